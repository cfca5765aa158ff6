/*
 * follow_ddl.c: what becomes of relations when tables, columns and keys are
 * added, altered and dropped.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "storage/lockdefs.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "compat.h"
#include "ddl/ddl.h"
#include "define/define.h"
#include "relate/relate.h"

static bool
leads_over(Route *route, Oid relid)
{
	ListCell   *cell;

	foreach(cell, route->hops)
	{
		Hop		   *hop = lfirst(cell);

		if (hop->near == relid || hop->far == relid)
			return true;
	}
	return false;
}

/* Those with an accessor that lead over this table; InvalidOid: over any. */
static List *
routes_over(Oid relid)
{
	List	   *routes = NIL;
	ListCell   *cell;

	foreach(cell, catalog_relations())
	{
		RelationDefinition *relation = lfirst(cell);
		Route	   *route;

		if (!relation->accessor || !OidIsValid(accessor_find(relation)))
			continue;
		route = route_resolve(relation, row_type_relation(relation->source), true);
		if (route && (!OidIsValid(relid) || leads_over(route, relid)))
			routes = lappend(routes, route);
	}
	return routes;
}

/*
 * After a key has come or gone.  In the middle of a restore, keys come one by
 * one, to accessors that are as they were with all of them: then what is not
 * unique yet is left as it is.
 */
static void
follow_keys(Oid relid, bool may_lose)
{
	ListCell   *cell;

	if (!OidIsValid(relid) || !relate_concerns(relid))
		return;
	catalog_lock();
	foreach(cell, routes_over(relid))
	{
		Route	   *route = lfirst(cell);

		if (route->unique || may_lose)
			accessor_refresh(accessor_find(route->definition), route);
	}
}

static void
release(Oid relid)
{
	ListCell   *cell;

	if (!OidIsValid(relid) || !relate_concerns(relid) || !compat_owns_table(relid, GetUserId()))
		return;
	catalog_lock();
	foreach(cell, routes_over(relid))
		accessor_release(accessor_find(((Route *) lfirst(cell))->definition));
}

/* With the operators of other types, or not at all. */
static void
hold_again(List *relids)
{
	bool		concerns = false;
	ListCell   *cell;

	foreach(cell, relids)
		concerns = concerns || relate_concerns(lfirst_oid(cell));
	if (!concerns)
		return;
	foreach(cell, catalog_relations())
	{
		RelationDefinition *relation = lfirst(cell);
		Oid			function = relation->accessor ? accessor_find(relation) : InvalidOid;
		Route	   *route;

		if (!OidIsValid(function) || accessor_has_needs(function))
			continue;
		route = route_resolve(relation, row_type_relation(relation->source), false);
		if (relation->path == NIL && !relation->is_referencee)
			check_leads_to_one(route);
		accessor_refresh(function, route);
		accessor_need(function, route);
	}
	relate_changed();
}

static Oid
named(RangeVar *name)
{
	return RangeVarGetRelid(name, NoLock, true);
}

/* PostgreSQL does not alter the type of a column that something needs. */
void
relations_before_alter(AlterTableStmt *statement)
{
	ListCell   *cell;
	ListCell   *relid;

	foreach(cell, statement->cmds)
	{
		bool		concerns = lfirst_node(AlterTableCmd, cell)->subtype == AT_AlterColumnType;

		foreach(relid, concerns ? altered_relations(statement) : NIL)
			release(lfirst_oid(relid));
	}
}

void
relations_after_alter(AlterTableStmt *statement)
{
	ListCell   *cell;

	foreach(cell, statement->cmds)
	{
		AlterTableCmd *command = lfirst_node(AlterTableCmd, cell);

		switch (command->subtype)
		{
			case AT_AlterColumnType:
				hold_again(altered_relations(statement));
				break;
			case AT_AddConstraint:
			case AT_AddIndex:
			case AT_AttachPartition:
				follow_keys(named(statement->relation), false);
				break;
			case AT_AddInherit:
			case AT_DropInherit:
				follow_keys(named(castNode(RangeVar, command->def)), true);
				break;
			default:
				break;
		}
	}
}

void
relations_after_index(IndexStmt *statement)
{
	follow_keys(named(statement->relation), false);
}

/* A key of a parent says nothing of the rows of its children. */
void
relations_after_create(CreateStmt *statement)
{
	ListCell   *cell;

	foreach(cell, statement->inhRelations)
		follow_keys(named(lfirst_node(RangeVar, cell)), true);
}

/*
 * What accessors need cannot be dumped.  It is told to PostgreSQL anew before
 * the first statement after a restore that drops something.
 */
void
relations_protect(void)
{
	static bool protected = false;
	List	   *missing = NIL;
	ListCell   *cell;

	if (protected && relate_is_current())
		return;
	(void) relate_concerns(InvalidOid);
	foreach(cell, routes_over(InvalidOid))
	{
		if (!accessor_has_needs(accessor_find(((Route *) lfirst(cell))->definition)))
			missing = lappend(missing, lfirst(cell));
	}
	if (missing)
		catalog_lock();
	foreach(cell, missing)
	{
		Route	   *route = lfirst(cell);
		Oid			function = accessor_find(route->definition);

		if (OidIsValid(function) && !accessor_has_needs(function))
			accessor_need(function, route);
	}

	/* What the transaction may still undo is not to be relied on. */
	protected = missing == NIL;
}

/* Whether the statement has taken away a table or column that it stands on. */
static bool
is_gone(RelationDefinition *relation, List *dropped, bool others_gone)
{
	Oid			near = row_type_relation(relation->source);
	List	   *order = NIL;
	ListCell   *cell;

	if (!OidIsValid(near) || !SearchSysCacheExists1(RELOID, ObjectIdGetDatum(relation->target)))
		return true;
	if (relation->path)
		return others_gone && route_resolve(relation, near, true) == NULL;
	if (columns_are_gone(dropped, near, relation->local_attributes) ||
		columns_are_gone(dropped, relation->target, relation->remote_attributes))
		return true;
	if (relation->order_by && !order_reread(relation->target, relation->order_by, &order))
		return true;
	foreach(cell, order)
	{
		if (column_is_gone(dropped, relation->target,
						   get_attname(relation->target, ((OrderItem *) lfirst(cell))->att, false)))
			return true;
	}
	return false;
}

static bool
is_among(const char *name, List *names)
{
	ListCell   *cell;

	foreach(cell, names)
	{
		if (strcmp(lfirst(cell), name) == 0)
			return true;
	}
	return false;
}

/*
 * An accessor that was dropped by itself leaves the relation.  One that went
 * with the key that a forward relation needs, by CASCADE, takes it along.
 */
static bool
lost_accessor(RelationDefinition *relation, List *functions)
{
	return relation->accessor && !OidIsValid(accessor_find(relation)) &&
		is_among(relation->name, functions);
}

static bool
lost_key(RelationDefinition *relation)
{
	Route	   *route;

	if (relation->path || relation->is_referencee)
		return false;
	route = route_resolve(relation, row_type_relation(relation->source), true);
	return route && !route->unique;
}

/* What PostgreSQL has not told the user of already. */
static void
say_dropped(RelationDefinition *relation, bool lost)
{
	if (OidIsValid(row_type_relation(relation->source)) && !lost)
		ereport(NOTICE,
				(errmsg("drop cascades to relation \"%s\" of %s", relation->name,
						row_type_label(relation->source))));
}

/* One round; paths over what has gone go in the next. */
static bool
tidy_round(List *dropped, List *functions, bool others_gone)
{
	bool		removed = false;
	ListCell   *cell;

	foreach(cell, catalog_relations())
	{
		RelationDefinition *relation = lfirst(cell);
		bool		lost = lost_accessor(relation, functions);

		if (!is_gone(relation, dropped, others_gone) && !(lost && lost_key(relation)))
			continue;
		say_dropped(relation, lost);
		relation_remove(relation);
		removed = true;
	}
	return removed;
}

static void
note_lost_accessors(List *functions)
{
	ListCell   *cell;

	foreach(cell, catalog_relations())
	{
		RelationDefinition *relation = lfirst(cell);

		if (!lost_accessor(relation, functions))
			continue;
		relation->accessor = false;
		catalog_update_relation(relation);
	}
}

/* After a statement that drops; links_gone: it has taken links along. */
void
relations_tidy(bool links_gone)
{
	List	   *dropped = dropped_columns();
	List	   *functions = dropped_functions();
	bool		others_gone = links_gone;
	ListCell   *cell;

	while (tidy_round(dropped, functions, others_gone))
		others_gone = true;
	note_lost_accessors(functions);
	foreach(cell, routes_over(InvalidOid))
	{
		Route	   *route = lfirst(cell);

		accessor_refresh(accessor_find(route->definition), route);
	}
	relate_changed();
	(void) relate_concerns(InvalidOid);
}
