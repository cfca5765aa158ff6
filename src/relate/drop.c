/*
 * drop.c: interlink.drop_relation.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "storage/lmgr.h"

#include "define/define.h"
#include "relate/relate.h"

PG_FUNCTION_INFO_V1(interlink_drop_relation);

static bool
goes_over(RelationDefinition *relation, int64 id)
{
	Route	   *route;
	ListCell   *cell;

	if (relation->path == NIL)
		return false;
	route = route_resolve(relation, row_type_relation(relation->source), true);
	foreach(cell, route ? route->over : NIL)
	{
		if (*(int64 *) lfirst(cell) == id)
			return true;
	}
	return false;
}

/* The paths that go over the relation or link of this number. */
List *
paths_over(List *relations, int64 id)
{
	List	   *paths = NIL;
	ListCell   *cell;

	foreach(cell, relations)
	{
		if (goes_over(lfirst(cell), id))
			paths = lappend(paths, lfirst(cell));
	}
	return paths;
}

/* The definition first: the accessor is then nobody's when it goes. */
void
relation_remove(RelationDefinition *relation)
{
	catalog_delete_relation(relation->id);
	accessor_drop(relation);
}

static RelationDefinition *
find_or_fail(Oid source, const char *name, List **relations)
{
	RelationDefinition *relation;

	*relations = catalog_relations();
	relation = relation_find(*relations, source, name);
	if (relation == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("relation \"%s\" of %s does not exist", name, row_type_label(source))));
	return relation;
}

static void
check_paths(RelationDefinition *relation, List *relations)
{
	StringInfoData buf;
	ListCell   *cell;

	initStringInfo(&buf);
	foreach(cell, paths_over(relations, relation->id))
	{
		RelationDefinition *path = lfirst(cell);

		appendStringInfo(&buf, "%sRelation \"%s\" of %s goes over it.", buf.len > 0 ? "\n" : "",
						 path->name, row_type_label(path->source));
	}
	if (buf.len > 0)
		ereport(ERROR,
				(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
				 errmsg("cannot drop relation \"%s\" of %s because paths go over it",
						relation->name, row_type_label(relation->source)),
				 errdetail("%s", buf.data),
				 errhint("Drop them with interlink.drop_relation() first.")));
}

static void
check_fields(RelationDefinition *relation)
{
	StringInfoData buf;
	ListCell   *cell;

	initStringInfo(&buf);
	foreach(cell, fields_over_relation(relation->id))
	{
		FieldDefinition *field = lfirst(cell);

		appendStringInfo(&buf, "%s%s \"%s\" of %s goes over it.", buf.len > 0 ? "\n" : "",
						 field->kind == FIELD_LOOKUP ? "Lookup" : "Rollup",
						 field->name, table_label(field->holder));
	}
	if (buf.len > 0)
		ereport(ERROR,
				(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
				 errmsg("cannot drop relation \"%s\" of %s because fields go over it",
						relation->name, row_type_label(relation->source)),
				 errdetail("%s", buf.data),
				 errhint("Drop them with interlink.drop_field() first.")));
}

Datum
interlink_drop_relation(PG_FUNCTION_ARGS)
{
	Oid			source = arg_type(fcinfo, 0, "source");
	char	   *name = arg_name(fcinfo, 1, "name");
	RelationDefinition *relation;
	List	   *relations;

	check_may_define("interlink.drop_relation()");
	check_row_source(source);
	LockRelationOid(row_type_relation(source), ShareUpdateExclusiveLock);
	relation = find_or_fail(source, name, &relations);
	check_paths(relation, relations);
	check_fields(relation);
	relation_remove(relation);
	relate_changed();
	PG_RETURN_VOID();
}
