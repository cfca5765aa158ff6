/*
 * query.h: the queries of the engine, and the settings they run under.
 */
#ifndef INTERLINK_QUERY_H
#define INTERLINK_QUERY_H

#include "lib/stringinfo.h"

#include "engine/worklist.h"

/*
 * Appends a subquery that computes these fields (of one path) for one holder:
 *
 *	SELECT count(*) AS c1, (SELECT … ) AS c2 FROM far t1 WHERE t1.key = <anchor>
 *
 * anchor gives, for each column of the anchor, the SQL to compare with.  Field
 * i becomes column c<i + 1>, in the type of the field's own column.
 */
extern void append_field_query(StringInfo buf, List *fields, char **anchor);

/*
 * SELECT t1.key AS k1, …, aggregate AS c1, … FROM far t1 … GROUP BY t1.key: the
 * values of aggregates of one path for all anchors that lead to a row at all.
 */
extern void append_grouped_query(StringInfo buf, List *fields);

/* alias.column, quoted */
extern char *sql_column(Table *table, AttrNumber att, const char *alias);

/* The same for the columns of a key. */
extern char **sql_columns(Table *table, KeyReader *key, const char *alias);

/* left[0] = right[0] AND …, by the operators of the key's types */
extern void append_equal_keys(StringInfo buf, KeyShape *shape, char **left, char **right);

/* "a.k1", "a.k2", … or "h.col", … */
/* A column of unnested keys, which plan_array() may have made texts. */
extern char *sql_parameter(KeyShape *shape, int i, const char *name);
extern char **key_parameters(KeyShape *shape, const char *alias);
extern char **anchor_parameters(FieldGroup *group);
extern char **anchor_columns(FieldGroup *group, const char *alias);

/* Queries under settings that make their results the same for everybody. */
typedef struct QueryContext
{
	Oid			save_userid;
	int			save_sec_context;
	int			guc_level;
	const char *trusted;		/* by the query around this one */
} QueryContext;

extern void query_begin(QueryContext *context, Oid owner);
extern void query_end(QueryContext *context);

/*
 * Computes the fields anew for units that ask for it; the caller has locked
 * what has to be locked, and the query takes a new snapshot.  Values go into
 * the notes, allocated in work->context.
 */
extern void query_recompute(Worklist *work, FieldGroup *group, int nunits, KeyEntry *units);

/* Adds to the group's units the holders that the walked keys lead to. */
extern void query_walk(Worklist *work, Use *use, KeyTable *keys);

/* Adds a unit that recomputes everything for every holder of the group. */
extern void query_all_anchors(Worklist *work, FieldGroup *group);

#endif
