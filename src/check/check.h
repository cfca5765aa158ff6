/*
 * check.h: what audit and repair share.
 */
#ifndef INTERLINK_CHECK_H
#define INTERLINK_CHECK_H

#include "fmgr.h"

#include "graph/graph.h"

/*
 * SELECT key, stored, expected[, anchor…] FROM holder … of the rows whose
 * stored value is not what the definition says.
 */
extern char *check_sql(Field *field, bool with_anchor);

/*
 * SELECT row, key FROM referencing h WHERE no referenced row has the key: what
 * foreign keys do not allow, and what is left when triggers were off.
 */
extern char *check_dangling_sql(Table *referencing, KeyReader *key,
								Table *referenced, KeyReader *referenced_key);

/* What is wrong with a table's triggers, indexes and foreign keys: char *. */
extern List *check_triggers(Table *table);
extern List *check_structure(Field *field);

/* Tables (Oid) with triggers of ours of whose fields nothing is known. */
extern List *check_strangers(Graph *graph);

/* SQL of the primary key of row h as text, as audit() shows it. */
extern char *check_key_sql(Table *table);

/* As regclass shows it. */
extern char *table_name(Oid relid);

/* Is the field among those asked for?  Raises an error for an unknown one. */
extern void check_field_argument(Graph *graph, FunctionCallInfo fcinfo,
								 Oid *holder, char **name);
extern bool check_selects(Field *field, Oid holder, const char *name);

#endif
