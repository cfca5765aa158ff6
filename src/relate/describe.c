/*
 * describe.c: what interlink.relations shows beyond the catalog, and
 * interlink.reciprocal.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"

#include "define/define.h"
#include "relate/relate.h"

PG_FUNCTION_INFO_V1(interlink_reciprocal);
PG_FUNCTION_INFO_V1(interlink_describe_relation);

static bool
is_the_way_back(Route *there, RelationDefinition *relation)
{
	Route	   *back;
	int			n = list_length(there->hops);

	if (relation->distinct_rows != there->definition->distinct_rows ||
		(there->definition->path == NIL &&
		 (relation->path || relation->is_referencee == there->definition->is_referencee)))
		return false;
	back = route_resolve(relation, row_type_relation(relation->source), true);
	if (back == NULL || list_length(back->hops) != n)
		return false;
	for (int i = 0; i < n; i++)
	{
		if (!hop_same_reversed(list_nth(there->hops, i), list_nth(back->hops, n - 1 - i)))
			return false;
	}
	return true;
}

/* The relation that leads back the same way; NULL: there is none. */
static RelationDefinition *
reciprocal_of(Route *route, List *relations)
{
	Oid			target = get_rel_type_id(route_target(route));
	ListCell   *cell;

	foreach(cell, relations)
	{
		RelationDefinition *relation = lfirst(cell);

		if (relation->source == target && is_the_way_back(route, relation))
			return relation;
	}
	return NULL;
}

Datum
interlink_reciprocal(PG_FUNCTION_ARGS)
{
	Oid			source = arg_type(fcinfo, 0, "source");
	char	   *name = arg_name(fcinfo, 1, "name");
	List	   *relations = catalog_relations();
	RelationDefinition *relation = relation_find(relations, source, name);

	if (relation == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("relation \"%s\" of %s does not exist", name, row_type_label(source))));
	relation = reciprocal_of(route_resolve(relation, row_type_relation(source), false), relations);
	if (relation == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(relation->name));
}

static void
put(Datum *values, bool *nulls, int i, const char *text)
{
	nulls[i] = text == NULL;
	values[i] = text ? CStringGetTextDatum(text) : (Datum) 0;
}

/* NULL where the definition has lost a table or column. */
Datum
interlink_describe_relation(PG_FUNCTION_ARGS)
{
	List	   *relations = catalog_relations();
	Datum		values[3] = {0};
	bool		nulls[3] = {true, true, true};
	TupleDesc	desc;
	ListCell   *cell;

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	foreach(cell, relations)
	{
		RelationDefinition *relation = lfirst(cell);
		RelationDefinition *back;
		Route	   *route;
		Oid			function;

		if (relation->id != PG_GETARG_INT64(0))
			continue;
		route = route_resolve(relation, row_type_relation(relation->source), true);
		if (route == NULL)
			break;
		values[0] = BoolGetDatum(route->unique);
		nulls[0] = false;
		function = accessor_find(relation);
		put(values, nulls, 1, OidIsValid(function) ? format_procedure(function) : NULL);
		back = reciprocal_of(route, relations);
		put(values, nulls, 2, back ? back->name : NULL);
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}
