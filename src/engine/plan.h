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
	Field	   *field;			/* of a statement that writes a junction, */
	int			statement;		/* and which one it is */
	SPIPlanPtr	plan;
	char	   *sql;
} GroupPlan;

/* NULL: not prepared yet. */
extern GroupPlan *plan_find(FieldGroup *group, Use *use, Path *path, int ahead, Bitmapset *fields);

/* Prepares a query whose parameters are arrays of keys of this shape. */
extern GroupPlan *plan_keep(Graph *graph, FieldGroup *group, Use *use, Path *path, int ahead,
							Bitmapset *fields, const char *sql, KeyShape *shape);

/* Statements that are run with the caller's settings, numbered by who writes them. */
extern GroupPlan *plan_find_statement(Field *field, int statement);
extern GroupPlan *plan_keep_statement(Graph *graph, Field *field, int statement,
									  const char *sql, int ntypes, Oid *types);

/* ROWS FROM (unnest($1), …) WITH ORDINALITY a(k1, …, n) */
extern void plan_append_keys(StringInfo buf, KeyShape *shape);

/* Is a column of keys handed over in its text form? */
extern bool plan_key_is_text(KeyShape *shape, int i);

/* For one column of keys, one value, or an array of n; the elements are used up. */
extern Oid	plan_value_type(KeyShape *shape, int i);
extern Datum plan_value(KeyShape *shape, int i, Datum value);
extern Oid	plan_array_type(KeyShape *shape, int i);
extern Datum plan_array(KeyShape *shape, int i, int n, Datum *elements);

/* The arrays: one for each column of the keys. */
extern Datum *plan_arguments(KeyShape *shape, int n, KeyEntry **entries);

extern void plan_execute(SPIPlanPtr plan, Datum *arguments, Snapshot snapshot);

#endif
