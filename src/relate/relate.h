/*
 * relate.h: relations: named ways from a row type to a table by equality of
 * columns.
 *
 * A relation is kept by names.  On use it becomes a route: hops from table to
 * table, each an equality of columns; a path over other relations and links
 * has several.  One generator makes SQL of a route, for the accessor as for
 * follow(), so that the two cannot differ.
 */
#ifndef INTERLINK_RELATE_H
#define INTERLINK_RELATE_H

#include "postgres.h"
#include "access/attnum.h"
#include "catalog/objectaddress.h"
#include "fmgr.h"
#include "nodes/parsenodes.h"

#include "graph/catalog.h"

typedef struct Hop
{
	Oid			near;			/* of pg_class; that of the row type at first */
	Oid			far;
	int			n;
	AttrNumber *near_att;
	AttrNumber *far_att;
	Oid		   *equal;			/* operator of the far column and the near one */
	Oid			unique_index;	/* grants at most one far row; InvalidOid: none does */
	int			once;			/* the hop at whose end rows of a path that shows
								 * each once come together; -1: not on such a path */
} Hop;

/* One column of an order. */
typedef struct OrderItem
{
	AttrNumber	att;
	bool		descending;
	bool		nulls_first;
} OrderItem;

typedef struct Route
{
	RelationDefinition *definition;
	List	   *hops;			/* Hop * */
	List	   *over;			/* int64 *: relations and links that a path names */
	List	   *order;			/* OrderItem *, as declared */
	bool		unique;			/* at most one row */
} Route;

/* row_type.c: row types, for messages and for SQL */
extern Oid	row_type_relation(Oid type);	/* InvalidOid: no row type */
extern char *row_type_label(Oid type);
extern char *row_type_text(Oid type);
extern Oid	row_type_schema(Oid type);
extern Oid	row_type_owner(Oid type);

/* equal.c: the operator by which two columns are equal; InvalidOid: none */
extern Oid	find_equality(Oid far_type, Oid near_type);
extern Oid	find_granting_index(Oid relid, int n, const AttrNumber *atts, const Oid *equal);

/* order.c: what order_by says */
extern List *order_read(Oid relid, const char *text);
extern bool order_reread(Oid relid, const char *text, List **order);
extern char *order_text(Oid relid, const char *prefix, List *order);
extern List *order_by_key(Oid relid);

/* route.c: a definition resolved */
extern Route *route_resolve(RelationDefinition *relation, Oid near, bool missing_ok);
extern RelationDefinition *relation_find(List *relations, Oid source, const char *name);
extern bool hop_same_reversed(Hop *a, Hop *b);
extern Oid	route_target(Route *route);
extern List *route_tables(Route *route);

/* sql.c: a route as SQL, from the row in $1 */
typedef enum RouteForm
{
	ROUTE_COLUMNS,				/* the body of an accessor */
	ROUTE_ROWS					/* whole rows, in default order if none is declared */
} RouteForm;

extern char *route_sql(Route *route, RouteForm form);

/* accessor.c: the function name(source) */
extern Oid	accessor_find(RelationDefinition *relation);
extern bool accessor_is_genuine(Oid function, Route *route);
extern void accessor_make(Route *route);
extern void accessor_refresh(Oid function, Route *route);
extern void accessor_move(Oid function, RelationDefinition *relation);
extern void accessor_drop(RelationDefinition *relation);
extern void accessor_need(Oid function, Route *route);
extern void accessor_release(Oid function);
extern bool accessor_has_needs(Oid function);

/* name.c: may a relation be called so? */
extern void check_relation_name(Oid source, const char *name, bool accessor);
extern bool relation_name_is_free(Oid source, const char *name, bool accessor);

/* define.c: from a definition to a relation */
extern int64 relation_define(RelationDefinition *relation, const bool *is_unique);
extern bool same_names(List *a, List *b);
extern void check_row_source(Oid source);
extern void check_row_target(Oid target);
extern void check_leads_to_one(Route *route);

/* drop.c */
extern void relation_remove(RelationDefinition *relation);
extern List *paths_over(List *relations, int64 id);

/* cache.c: what is known of relations in this session (known.h), and until when */
extern void relate_init(void);
extern void relate_changed(void);
extern bool relate_is_current(void);
extern bool relate_concerns(Oid relid);

/* rename.c, follow_ddl.c: what happens to relations when users rename, alter and drop */
extern void *relation_names_read(void);
extern void relation_names_follow(void *all);
extern void relations_before_alter(AlterTableStmt *statement);
extern void relations_after_alter(AlterTableStmt *statement);
extern void relations_after_index(IndexStmt *statement);
extern void relations_after_create(CreateStmt *statement);
extern void relations_protect(void);
extern void relations_tidy(bool links_gone);

#endif
