/*
 * expression.h: expressions over the linked row, and the junction's, as text and
 * as trees.
 */
#ifndef INTERLINK_EXPRESSION_H
#define INTERLINK_EXPRESSION_H

#include "postgres.h"
#include "nodes/bitmapset.h"
#include "nodes/execnodes.h"
#include "nodes/pg_list.h"

/*
 * What columns an expression may name, and the varno of each: those of the linked
 * row, and junction.<column> of the row that makes the link, where one does
 * (junction: InvalidOid, where none does).
 */
#define LINKED_ROW 1
#define JUNCTION_ROW 2

/*
 * Reads the text a user gave as `field`: the name of a column of the table, or
 * an expression over its columns.  Refuses subqueries, aggregates, window and
 * set-returning functions and anything not IMMUTABLE.
 */
extern Node *expression_read(Oid relid, Oid junction, const char *text);

/* What helps where it is not IMMUTABLE. */
extern const char *expression_hint(Node *expr);

/* Is this, in a raw tree, a column of the junction? */
extern bool names_junction(ColumnRef *reference);

/*
 * The type, typmod and collation of an expression that names a column which is
 * not there yet and would have this type.
 */
extern void expression_type_with(Oid relid, const char *text, const char *column,
								 Oid column_type, Oid *type, int32 *typmod, Oid *collation);

/* The tree as text in which every name and operator is qualified. */
extern char *expression_text(Oid relid, Oid junction, Node *expr);

/* The same with an alias of its table before each column. */
extern char *expression_sql(Oid relid, const char *alias,
							Oid junction, const char *junction_alias, Node *expr);

/* Range table entries for the two. */
extern List *expression_rtable(Oid relid, Oid junction);

/*
 * Reads back what expression_text has written, whatever the search path, with
 * the rights of the owner of the table that holds the field: who happens to
 * need the definitions may lack those on schemas that he has nothing to do with.
 */
extern Node *expression_reread(Oid holder, Oid relid, Oid junction, const char *text);

/* The columns that it reads of one of its rows. */
extern Bitmapset *expression_columns(Node *expr, int varno);

/* What reads the junction's row alone reads that as the linked one from now on; in place. */
extern void expression_of_junction(Node *expr);

/*
 * Makes it ready for evaluation, with the same rights, in the context.  This calls
 * functions whose arguments are constant, and fails where a function is missing or
 * forbidden: so only when a value is wanted, not when definitions are read, which any
 * statement may have to do.
 */
extern void expression_compile(ExprState **state, Oid holder, Node *expr,
							   MemoryContext context);

/*
 * Could settings of the session make a difference?  PostgreSQL calls the text
 * of floating point numbers and intervals immutable.
 */
extern bool expression_depends_on_settings(Node *expr);

#endif
