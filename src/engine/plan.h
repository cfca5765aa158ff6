/*
 * plan.h: prepared queries of the engine.
 */
#ifndef INTERLINK_PLAN_H
#define INTERLINK_PLAN_H

#include "executor/spi.h"
#include "lib/stringinfo.h"

#include "engine/query.h"

/* A prepared query of a group: without use and fields it reads positions. */
typedef struct GroupPlan
{
	Use		   *use;			/* of a walk; NULL for a recomputation */
	Path	   *path;			/* NULL for a statement that writes a junction */
	int			ahead;			/* of keys on the way: so many steps on */
	Bitmapset  *fields;
	SPIPlanPtr	plan;
	char	   *sql;
} GroupPlan;

/* NULL: not prepared yet. */
extern GroupPlan *plan_find(FieldGroup *group, Use *use, Path *path, int ahead, Bitmapset *fields);

/* Prepares a query whose parameters are arrays of keys of this shape. */
extern GroupPlan *plan_keep(Graph *graph, FieldGroup *group, Use *use, Path *path, int ahead,
							Bitmapset *fields, const char *sql, KeyShape *shape);

/* A statement that is run with the caller's settings; prepared when it is not yet. */
extern GroupPlan *plan_statement(Graph *graph, FieldGroup *group, const char *sql,
								 int ntypes, Oid *types);

/* ROWS FROM (unnest($1), …) WITH ORDINALITY a(k1, …, n) */
extern void plan_append_keys(StringInfo buf, KeyShape *shape);

/* Is a column of keys handed over in its text form? */
extern bool plan_key_is_text(KeyShape *shape, int i);

/* For one column of keys, an array of n values; the elements are used up. */
extern Oid	plan_array_type(KeyShape *shape, int i);
extern Datum plan_array(KeyShape *shape, int i, int n, Datum *elements);

/* The arrays: one for each column of the keys. */
extern Datum *plan_arguments(KeyShape *shape, int n, KeyEntry **entries);

extern void plan_execute(SPIPlanPtr plan, Datum *arguments, Snapshot snapshot);

#endif
