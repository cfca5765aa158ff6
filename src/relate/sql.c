/*
 * sql.c: a route as SQL, from the row in $1.
 *
 * Every name is qualified: it runs under the search path of whoever asks.
 *
 * One hop, in the body of an accessor:
 *
 *		SELECT t.* FROM public.organizations AS t
 *		WHERE t.id OPERATOR(pg_catalog.=) ($1).organization_id
 *
 * Two hops:
 *
 *		SELECT t.* FROM public.memberships AS h1, public.organizations AS t
 *		WHERE h1.user_id OPERATOR(pg_catalog.=) ($1).id
 *		  AND t.id OPERATOR(pg_catalog.=) h1.organization_id
 *
 * The same, each row once, whatever the types of its columns:
 *
 *		SELECT t.* FROM public.organizations AS t
 *		WHERE EXISTS (SELECT 1 FROM public.memberships AS h1 WHERE ... AND ...)
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_collation.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "define/define.h"
#include "relate/relate.h"

/* The row on the far side of this hop, the last of which is the target. */
static char *
far_alias(Route *route, int hop)
{
	return hop == list_length(route->hops) - 1 ? "t" : psprintf("h%d", hop + 1);
}

/* A composite value in brackets, or an alias, which stands without. */
static char *
near_alias(Route *route, int hop)
{
	return hop == 0 ? "($1)" : far_alias(route, hop - 1);
}

static Oid
collation_of(Oid relid, AttrNumber att)
{
	Oid			type;
	int32		typmod;
	Oid			collation;

	get_atttypetypmodcoll(relid, att, &type, &typmod, &collation);
	return collation;
}

static char *
column_of(const char *alias, Oid relid, AttrNumber att)
{
	return psprintf("%s.%s", alias, quote_identifier(get_attname(relid, att, false)));
}

/* As for foreign keys, the far side says which texts are equal. */
static void
append_collation(StringInfo buf, Oid far, Oid near)
{
	HeapTuple	tuple;
	Form_pg_collation form;

	if (!OidIsValid(far) || !OidIsValid(near) || far == near)
		return;
	tuple = SearchSysCache1(COLLOID, ObjectIdGetDatum(far));
	if (!HeapTupleIsValid(tuple))
		return;
	form = (Form_pg_collation) GETSTRUCT(tuple);
	appendStringInfo(buf, " COLLATE %s",
					 quote_qualified_identifier(get_namespace_name(form->collnamespace),
												NameStr(form->collname)));
	ReleaseSysCache(tuple);
}

static void
append_equalities(StringInfo buf, Route *route, int number)
{
	Hop		   *hop = list_nth(route->hops, number);
	char	   *far = far_alias(route, number);
	char	   *near = near_alias(route, number);

	for (int i = 0; i < hop->n; i++)
	{
		appendStringInfoString(buf, i > 0 ? " AND " : "");
		generate_operator_clause(buf,
								 column_of(far, hop->far, hop->far_att[i]),
								 get_atttype(hop->far, hop->far_att[i]),
								 hop->equal[i],
								 column_of(near, hop->near, hop->near_att[i]),
								 get_atttype(hop->near, hop->near_att[i]));
		append_collation(buf, collation_of(hop->far, hop->far_att[i]),
						 collation_of(hop->near, hop->near_att[i]));
	}
}

static void
append_table(StringInfo buf, Route *route, int number)
{
	appendStringInfo(buf, "%s AS %s", table_text(((Hop *) list_nth(route->hops, number))->far),
					 far_alias(route, number));
}

/* The hop up to which rows come together once; the hop itself if they do not. */
static int
end_of_group(Route *route, int number)
{
	Hop		   *hop = list_nth(route->hops, number);
	bool		several = false;

	for (int i = number; i <= hop->once; i++)
		several |= !OidIsValid(((Hop *) list_nth(route->hops, i))->unique_index);
	return several ? hop->once : number;
}

/* EXISTS (SELECT 1 FROM … WHERE …) for the hops before the last of a group. */
static void
append_group(StringInfo buf, Route *route, int from, int to)
{
	appendStringInfoString(buf, "EXISTS (SELECT 1 FROM ");
	for (int i = from; i < to; i++)
	{
		appendStringInfoString(buf, i > from ? ", " : "");
		append_table(buf, route, i);
	}
	appendStringInfoString(buf, " WHERE ");
	for (int i = from; i <= to; i++)
	{
		appendStringInfoString(buf, i > from ? " AND " : "");
		append_equalities(buf, route, i);
	}
	appendStringInfoChar(buf, ')');
}

static void
append_hops(StringInfo buf, Route *route)
{
	int			n = list_length(route->hops);
	int			end;

	for (int i = 0; i < n; i = end + 1)
	{
		end = end_of_group(route, i);
		appendStringInfoString(buf, i > 0 ? ", " : "");
		append_table(buf, route, end);
	}
	appendStringInfoString(buf, " WHERE ");
	for (int i = 0; i < n; i = end + 1)
	{
		end = end_of_group(route, i);
		appendStringInfoString(buf, i > 0 ? " AND " : "");
		if (end > i)
			append_group(buf, route, i, end);
		else
			append_equalities(buf, route, i);
	}
}

static void
append_order(StringInfo buf, Route *route, RouteForm form)
{
	List	   *order = route->order;

	if (route->unique)
		return;
	if (order == NIL && form == ROUTE_ROWS)
		order = order_by_key(route_target(route));
	if (order)
		appendStringInfo(buf, " ORDER BY %s", order_text(route_target(route), "t.", order));
}

char *
route_sql(Route *route, RouteForm form)
{
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoString(&buf, "SELECT ");
	if (form == ROUTE_COLUMNS)
		appendStringInfoString(&buf, "t.*");
	else						/* "t" could be a column of it */
		appendStringInfo(&buf, "(t.*)::%s", row_type_text(get_rel_type_id(route_target(route))));
	appendStringInfoString(&buf, " FROM ");
	append_hops(&buf, route);
	append_order(&buf, route, form);
	return buf.data;
}
