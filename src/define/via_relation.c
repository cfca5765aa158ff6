/*
 * via_relation.c: relations that lookups and rollups go over: which can be gone
 * over, and the indexes that this takes.
 *
 * A relation is followed by queries that anybody may plan as he likes.  What is
 * stored has to be found from both sides, by single keys and under locks, so
 * that some relations which can be followed cannot be gone over.
 */
#include "postgres.h"

#include "access/genam.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "commands/defrem.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "compat.h"
#include "define/define.h"
#include "graph/build.h"
#include "relate/relate.h"

static void
refuse_way(Way *way, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("a field cannot go over relation \"%s\" of %s", way->route->definition->name,
					row_type_label(way->route->definition->source)),
			 errdetail("%s", detail)));
}

static char *
column_pair(Hop *hop, int i)
{
	return psprintf("columns \"%s\" of %s and \"%s\" of %s",
					get_attname(hop->near, hop->near_att[i], false), table_label(hop->near),
					get_attname(hop->far, hop->far_att[i], false), table_label(hop->far));
}

/* What is equal under it is equal, byte by byte, under all others that are like it. */
static bool
collations_agree(Oid near, Oid far)
{
	if (!OidIsValid(near) || !OidIsValid(far))
		return true;
	return get_collation_isdeterministic(near) && get_collation_isdeterministic(far) &&
		(near == far || near == DEFAULT_COLLATION_OID || far == DEFAULT_COLLATION_OID);
}

/* Not so where it depends on the time zone, as that of a date and a timestamptz does. */
static bool
is_immutable(Oid function)
{
	return !OidIsValid(function) || func_volatile(function) == PROVOLATILE_IMMUTABLE;
}

static bool
converts_immutably(Oid from, Oid to)
{
	Oid			function = InvalidOid;

	return find_coercion_pathway(to, from, COERCION_IMPLICIT, &function) != COERCION_PATH_FUNC ||
		is_immutable(function);
}

/* Can an index over a column of this type be searched for a key of the other one? */
static bool
index_finds(Oid column, Oid key)
{
	Oid			class = GetDefaultOpClass(column, BTREE_AM_OID);
	Oid			input;

	if (!OidIsValid(class))
		return false;
	input = get_opclass_input_type(class);
	return column == key || IsBinaryCoercible(key, input) ||
		OidIsValid(get_opfamily_member(get_opclass_family(class), input, key,
									   BTEqualStrategyNumber));
}

/*
 * PostgreSQL's own, or that of the one type which both columns have.  What other
 * operators mean by "equal" when they compare two types, no index need know.
 */
static bool
is_known_equality(Oid operator, Oid near, Oid far)
{
	if (get_func_namespace(get_opcode(operator)) == PG_CATALOG_NAMESPACE)
		return true;
	return near == far && lookup_type_cache(near, TYPECACHE_EQ_OPR)->eq_opr == operator;
}

static void
check_pair(Way *way, Hop *hop, int i)
{
	Oid			near;
	Oid			far;
	Oid			near_collation;
	Oid			far_collation;
	int32		typmod;

	get_atttypetypmodcoll(hop->near, hop->near_att[i], &near, &typmod, &near_collation);
	get_atttypetypmodcoll(hop->far, hop->far_att[i], &far, &typmod, &far_collation);
	near = getBaseType(near);
	far = getBaseType(far);
	if (!index_finds(near, far) || !index_finds(far, near))
		refuse_way(way, psprintf("An index over one of %s, of types %s and %s, cannot be searched for the other.",
								 column_pair(hop, i), format_type_be(near), format_type_be(far)));
	if (!is_immutable(get_opcode(hop->equal[i])) ||
		!converts_immutably(near, far) || !converts_immutably(far, near))
		refuse_way(way, psprintf("Whether %s are equal depends on settings.",
								 column_pair(hop, i)));
	if (!collations_agree(near_collation, far_collation))
		refuse_way(way, psprintf("The collations of %s differ, or different texts are equal under them.",
								 column_pair(hop, i)));
	if (!is_known_equality(hop->equal[i], near, far))
		refuse_way(way, psprintf("It takes an operator that is not PostgreSQL's own to compare %s, which have different types.",
								 column_pair(hop, i)));
}

void
check_relation_way(Way *way, Oid holder)
{
	ListCell   *cell;

	if (way->link)
		return;
	foreach(cell, way->route->hops)
	{
		Hop		   *hop = lfirst(cell);

		if (hop->once >= 0 && !way->route->definition->distinct_rows)
			refuse_way(way, "A path that it goes over shows each row once (distinct_rows), and it does not.");
		for (int i = 0; i < hop->n; i++)
			check_pair(way, hop, i);
	}
	check_has_key(way_target(way));
}

/* Of the table's owner only: who may refer to a table may not burden it with indexes. */
static void
make_index(Oid relid, int n, const AttrNumber *atts)
{
	StringInfoData columns;

	if (OidIsValid(find_btree_index(relid, n, atts, false)))
		return;
	initStringInfo(&columns);
	for (int i = 0; i < n; i++)
		appendStringInfo(&columns, "%s%s", i > 0 ? ", " : "",
						 column_text(get_attname(relid, atts[i], false)));
	if (!compat_owns_table(relid, GetUserId()))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("%s has no index for the columns that the field goes over", table_label(relid)),
				 errhint("Its owner can make one: CREATE INDEX ON %s (%s).",
						 table_text(relid), columns.data)));
	run_as(table_owner(relid), "CREATE INDEX ON %s (%s)", table_text(relid), columns.data);
	ereport(NOTICE,
			(errmsg("created index \"%s\" on %s",
					get_rel_name(find_btree_index(relid, n, atts, false)), table_label(relid))));
}

/* From each side of each step to the other. */
void
make_way_indexes(Way *way)
{
	ListCell   *cell;

	if (way->link)
		return;
	foreach(cell, way->route->hops)
	{
		Hop		   *hop = lfirst(cell);

		make_index(hop->near, hop->n, hop->near_att);
		make_index(hop->far, hop->n, hop->far_att);
	}
}

/* NIL: over a link, or over a relation that has lost a table. */
List *
relation_field_tables(FieldDefinition *field)
{
	ListCell   *cell;

	foreach(cell, field->relation_id != 0 ? catalog_relations() : NIL)
	{
		RelationDefinition *relation = lfirst(cell);
		Route	   *route;

		if (relation->id != field->relation_id)
			continue;
		route = route_resolve(relation, field->holder, true);
		return route ? route_tables(route) : NIL;
	}
	return NIL;
}

/* Of FieldDefinition *. */
List *
fields_over_relation(int64 id)
{
	List	   *fields = NIL;
	ListCell   *cell;

	foreach(cell, catalog_fields())
	{
		if (((FieldDefinition *) lfirst(cell))->relation_id == id)
			fields = lappend(fields, lfirst(cell));
	}
	return fields;
}
