/*
 * define.c: interlink.add_relation and interlink.add_path.
 */
#include "postgres.h"

#include "access/transam.h"
#include "catalog/pg_class.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "compat.h"
#include "define/define.h"
#include "relate/relate.h"

PG_FUNCTION_INFO_V1(interlink_add_relation);
PG_FUNCTION_INFO_V1(interlink_add_path);

/* A row type that the caller owns and that lasts. */
void
check_row_source(Oid source)
{
	Oid			relid = row_type_relation(source);

	if (!OidIsValid(relid))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("type %s is not a row type", format_type_be(source)),
				 errdetail("A relation starts at the rows of a table, view, materialized view or composite type.")));
	if (relid < FirstNormalObjectId ||
		get_rel_namespace(relid) == get_rel_namespace(catalog_relation_relation()))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied: \"%s\" is a system catalog", get_rel_name(relid))));
	if (get_rel_persistence(relid) == RELPERSISTENCE_TEMP)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TABLE_DEFINITION),
				 errmsg("%s is temporary", row_type_label(source)),
				 errdetail("Relations are for what lasts.")));
	if (get_rel_relkind(relid) == RELKIND_COMPOSITE_TYPE ? !compat_owns_type(source, GetUserId()) :
		!compat_owns_table(relid, GetUserId()))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("must be owner of %s", row_type_label(source))));
}

/* What has rows; that they may be read is checked as they are, but strangers are kept out. */
void
check_row_target(Oid target)
{
	switch (get_rel_relkind(target))
	{
		case RELKIND_RELATION:
		case RELKIND_PARTITIONED_TABLE:
		case RELKIND_VIEW:
		case RELKIND_MATVIEW:
		case RELKIND_FOREIGN_TABLE:
			break;
		default:
			ereport(ERROR,
					(errcode(ERRCODE_WRONG_OBJECT_TYPE),
					 errmsg("\"%s\" is not a table or view", get_rel_name(target))));
	}
	if (get_rel_persistence(target) == RELPERSISTENCE_TEMP)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TABLE_DEFINITION),
				 errmsg("%s is temporary", table_label(target)),
				 errdetail("Relations are for what lasts.")));
	if (pg_class_aclcheck(target, GetUserId(), ACL_SELECT) != ACLCHECK_OK)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied for %s", table_label(target)),
				 errdetail("A relation to a table takes the privilege SELECT on it.")));
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

bool
same_names(List *a, List *b)
{
	ListCell   *left;
	ListCell   *right;

	if (list_length(a) != list_length(b))
		return false;
	forboth(left, a, right, b)
	{
		if (strcmp(lfirst(left), lfirst(right)) != 0)
			return false;
	}
	return true;
}

static bool
same_relation(RelationDefinition *a, RelationDefinition *b)
{
	return a->target == b->target &&
		same_names(a->local_attributes, b->local_attributes) &&
		same_names(a->remote_attributes, b->remote_attributes) &&
		same_names(a->path, b->path) &&
		a->is_referencee == b->is_referencee && a->distinct_rows == b->distinct_rows &&
		a->accessor == b->accessor &&
		same_text(a->order_by, b->order_by) && same_text(a->comment, b->comment);
}

/* The same again is no error; 0: the name is free. */
static int64
registered_already(RelationDefinition *relation)
{
	RelationDefinition *other = relation_find(catalog_relations(), relation->source, relation->name);

	if (other == NULL)
		return 0;
	if (!same_relation(relation, other))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_COLUMN),
				 errmsg("%s already has a relation \"%s\"", row_type_label(relation->source),
						relation->name),
				 errdetail("It is defined in another way."),
				 errhint("Drop it with interlink.drop_relation() first, or choose another name.")));
	ereport(NOTICE,
			(errcode(ERRCODE_DUPLICATE_OBJECT),
			 errmsg("relation \"%s\" of %s already exists, skipping", relation->name,
					row_type_label(relation->source))));
	return other->id;
}

static char *
names_text(List *names)
{
	StringInfoData buf;
	ListCell   *cell;

	initStringInfo(&buf);
	foreach(cell, names)
		appendStringInfo(&buf, "%s%s", buf.len > 0 ? ", " : "", quote_identifier(lfirst(cell)));
	return buf.data;
}

void
check_leads_to_one(Route *route)
{
	RelationDefinition *relation = route->definition;

	if (!route->unique)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_FOREIGN_KEY),
				 errmsg("there is no unique constraint on %s within (%s)",
						table_label(relation->target), names_text(relation->remote_attributes)),
				 errdetail("The forward relation \"%s\" of %s leads to one row at most.",
						   relation->name, row_type_label(relation->source)),
				 errhint("Add a constraint, or use is_referencee => true for a relation to any number of rows.")));
}

static void
check_uniqueness(Route *route, const bool *is_unique)
{
	RelationDefinition *relation = route->definition;

	if (!relation->is_referencee && is_unique && !*is_unique)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a forward relation is always unique"),
				 errhint("Use is_referencee => true for a relation to any number of rows.")));
	if (!relation->is_referencee)
		check_leads_to_one(route);
	if (is_unique && *is_unique != route->unique)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("parameter \"is_unique\" contradicts the keys of %s",
						table_label(relation->target)),
				 route->unique ?
				 errdetail("A primary key or unique constraint lies within (%s).",
						   names_text(relation->remote_attributes)) :
				 errdetail("No primary key or unique constraint lies within (%s).",
						   names_text(relation->remote_attributes)),
				 errhint("Leave it out to have it derived.")));
}

/*
 * Definitions of one source wait for each other, and for who adds or drops a
 * key or column of a table on the way; readers and writers do not.
 */
static void
lock_tables(RelationDefinition *relation, Route *route)
{
	TableLocks	locks = {0};
	ListCell   *cell;

	table_locks_add(&locks, row_type_relation(relation->source), ShareUpdateExclusiveLock);
	foreach(cell, route->hops)
		table_locks_add(&locks, ((Hop *) lfirst(cell))->far, ShareUpdateExclusiveLock);
	table_locks_take(&locks);
}

static Route *
resolve(RelationDefinition *relation)
{
	Route	   *route = route_resolve(relation, row_type_relation(relation->source), false);
	ListCell   *cell;

	foreach(cell, route->hops)
		check_row_target(((Hop *) lfirst(cell))->far);
	relation->target = route_target(route);
	return route;
}

/* Complete but for the target of a path.  Returns its number. */
int64
relation_define(RelationDefinition *relation, const bool *is_unique)
{
	Route	   *route;
	int64		id;

	check_row_source(relation->source);
	lock_tables(relation, resolve(relation));
	check_row_source(relation->source);
	route = resolve(relation);

	id = registered_already(relation);
	if (id != 0)
		return id;
	if (relation->path == NIL)
		check_uniqueness(route, is_unique);
	check_relation_name(relation->source, relation->name, relation->accessor);
	catalog_insert_relation(relation);
	if (relation->accessor)
		accessor_make(route);
	relate_changed();
	return relation->id;
}

static void
check_attributes(RelationDefinition *relation)
{
	if (relation->local_attributes == NIL ||
		list_length(relation->local_attributes) != list_length(relation->remote_attributes))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("parameters \"local_attributes\" and \"remote_attributes\" must name as many columns each, at least one")));
}

Datum
interlink_add_relation(PG_FUNCTION_ARGS)
{
	RelationDefinition *relation = palloc0(sizeof(RelationDefinition));
	bool		is_unique;
	char	   *order_by = arg_text_or_null(fcinfo, 7);

	check_may_define("interlink.add_relation()");
	relation->source = arg_type(fcinfo, 0, "source");
	relation->name = arg_name(fcinfo, 1, "name");
	relation->target = arg_table(fcinfo, 2, "target");
	relation->local_attributes = arg_names_or_null(fcinfo, 3);
	relation->remote_attributes = arg_names_or_null(fcinfo, 4);
	is_unique = PG_ARGISNULL(5) ? false : PG_GETARG_BOOL(5);
	relation->is_referencee = arg_bool(fcinfo, 6, "is_referencee");
	relation->accessor = arg_bool(fcinfo, 8, "accessor");
	relation->comment = arg_text_or_null(fcinfo, 9);

	check_attributes(relation);
	check_row_target(relation->target);
	if (order_by)
		relation->order_by = order_text(relation->target, "",
										order_read(relation->target, order_by));
	PG_RETURN_INT64(relation_define(relation, PG_ARGISNULL(5) ? NULL : &is_unique));
}

Datum
interlink_add_path(PG_FUNCTION_ARGS)
{
	RelationDefinition *relation = palloc0(sizeof(RelationDefinition));

	check_may_define("interlink.add_path()");
	relation->source = arg_type(fcinfo, 0, "source");
	relation->name = arg_name(fcinfo, 1, "name");
	relation->path = arg_texts(fcinfo, 2, "path");
	relation->distinct_rows = arg_bool(fcinfo, 3, "distinct_rows");
	relation->accessor = arg_bool(fcinfo, 4, "accessor");
	if (relation->path == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("parameter \"path\" must name at least one relation")));
	PG_RETURN_INT64(relation_define(relation, NULL));
}
