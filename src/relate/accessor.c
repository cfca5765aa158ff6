/*
 * accessor.c: the function that a relation is used by in queries, name(source).
 *
 *		CREATE FUNCTION public.organization(public.users) RETURNS SETOF public.organizations
 *		LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
 *		AS 'SELECT t.* FROM public.organizations AS t WHERE ...'
 *
 * It is such that the planner puts its body in its place, so that it costs
 * what the join costs: written as a string (a parsed body would hold fast the
 * columns that t.* meant when it was written), STABLE, not STRICT, without SET.
 *
 * It belongs to the user: it is dumped, and seen by tools which leave members
 * of extensions out.  What tells that it is ours is that it depends on the
 * extension, as ALTER FUNCTION ... DEPENDS ON EXTENSION has it: who replaces
 * the function takes that away.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "commands/extension.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "ddl/ddl.h"
#include "define/define.h"
#include "relate/relate.h"

static bool
belongs_to_us(Oid function)
{
	return list_member_oid(getAutoExtensionsOfObject(ProcedureRelationId, function),
						   get_extension_oid("interlink", true));
}

/* Ours, wherever it has been moved to; InvalidOid: there is none. */
Oid
accessor_find(RelationDefinition *relation)
{
	CatCList   *list = SearchSysCacheList1(PROCNAMEARGSNSP, CStringGetDatum(relation->name));
	Oid			target = get_rel_type_id(relation->target);
	Oid			found = InvalidOid;

	for (int i = 0; i < list->n_members && !OidIsValid(found); i++)
	{
		Form_pg_proc proc = (Form_pg_proc) GETSTRUCT(&list->members[i]->tuple);

		if (proc->pronargs == 1 && proc->proargtypes.values[0] == relation->source &&
			proc->prorettype == target && proc->proretset && belongs_to_us(proc->oid))
			found = proc->oid;
	}
	ReleaseSysCacheList(list);
	return found;
}

static float4
rows_wanted(Route *route)
{
	return route->unique ? 1 : 1000;
}

/* A view may call whatever it likes. */
static bool
is_parallel_safe(Route *route)
{
	ListCell   *cell;

	foreach(cell, route->hops)
	{
		char		kind = get_rel_relkind(((Hop *) lfirst(cell))->far);

		if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE &&
			kind != RELKIND_MATVIEW)
			return false;
	}
	return true;
}

static char *
source_of(HeapTuple tuple)
{
	bool		isnull;
	Datum		source = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_prosrc, &isnull);

	return isnull ? pstrdup("") : TextDatumGetCString(source);
}

/* Is the function what we would make of the route, in all that matters to a query? */
bool
accessor_is_genuine(Oid function, Route *route)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	Form_pg_proc proc;
	bool		result;

	if (!HeapTupleIsValid(tuple))
		return false;
	proc = (Form_pg_proc) GETSTRUCT(tuple);
	result = proc->prolang == SQLlanguageId && proc->provolatile == PROVOLATILE_STABLE &&
		proc->proretset && !proc->proisstrict && !proc->prosecdef &&
		proc->prokind == PROKIND_FUNCTION &&
		proc->prorettype == get_rel_type_id(route_target(route)) &&
		heap_attisnull(tuple, Anum_pg_proc_proconfig, NULL) &&
		heap_attisnull(tuple, Anum_pg_proc_prosqlbody, NULL) &&
		strcmp(source_of(tuple), route_sql(route, ROUTE_COLUMNS)) == 0;
	ReleaseSysCache(tuple);
	return result;
}

static bool
is_up_to_date(Oid function, Route *route)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	Form_pg_proc proc;
	bool		result;

	if (!HeapTupleIsValid(tuple))
		return false;
	proc = (Form_pg_proc) GETSTRUCT(tuple);
	result = proc->prorows == rows_wanted(route) &&
		(proc->proparallel == PROPARALLEL_SAFE) == is_parallel_safe(route) &&
		strcmp(source_of(tuple), route_sql(route, ROUTE_COLUMNS)) == 0;
	ReleaseSysCache(tuple);
	return result;
}

static Oid
function_owner(Oid function)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("function with OID %u does not exist", function)));
	owner = ((Form_pg_proc) GETSTRUCT(tuple))->proowner;
	ReleaseSysCache(tuple);
	return owner;
}

/* schema.name(source), for statements */
static char *
signature(Oid schema, RelationDefinition *relation)
{
	return psprintf("%s(%s)",
					quote_qualified_identifier(get_namespace_name(schema), relation->name),
					row_type_text(relation->source));
}

static void
create(Oid role, Oid schema, Route *route)
{
	RelationDefinition *relation = route->definition;
	char	   *function = signature(schema, relation);

	run_as(role, "CREATE OR REPLACE FUNCTION %s RETURNS SETOF %s LANGUAGE sql STABLE %sROWS %.0f AS %s",
		   function, row_type_text(get_rel_type_id(relation->target)),
		   is_parallel_safe(route) ? "PARALLEL SAFE " : "", rows_wanted(route),
		   quote_literal_cstr(route_sql(route, ROUTE_COLUMNS)));
	run_as(role, "ALTER FUNCTION %s DEPENDS ON EXTENSION interlink", function);
}

/*
 * What it needs: the columns of all hops and of the order, and what makes the
 * row that a forward relation leads to the only one.
 */
void
accessor_need(Oid function, Route *route)
{
	RelationDefinition *relation = route->definition;
	Hop		   *last = llast(route->hops);
	ObjectAddresses *needs = new_object_addresses();
	ObjectAddress address;
	ObjectAddress protection;
	ListCell   *cell;

	ObjectAddressSet(address, ProcedureRelationId, function);
	protection = protection_make(&address, psprintf("interlink_relation_" INT64_FORMAT, relation->id),
								 last->far, last->far_att[0]);
	foreach(cell, route->hops)
	{
		Hop		   *hop = lfirst(cell);

		protection_need_columns(needs, hop->near, hop->n, hop->near_att);
		protection_need_columns(needs, hop->far, hop->n, hop->far_att);
	}
	foreach(cell, route->order)
		protection_need_columns(needs, last->far, 1, &((OrderItem *) lfirst(cell))->att);
	if (relation->path == NIL && !relation->is_referencee)
		protection_need_index(needs, last->unique_index);
	record_object_address_dependencies(&protection, needs, DEPENDENCY_NORMAL);
	free_object_addresses(needs);
	CommandCounterIncrement();
}

void
accessor_release(Oid function)
{
	ObjectAddress address;

	ObjectAddressSet(address, ProcedureRelationId, function);
	protection_drop(&address);
}

bool
accessor_has_needs(Oid function)
{
	ObjectAddress address;

	ObjectAddressSet(address, ProcedureRelationId, function);
	return protection_exists(&address);
}

/*
 * PostGraphile wants a name for each function that no table has, and gives up
 * where users(organizations) stands beside a table users.  The tag is such a
 * name, for life; the field that people see is called after the function.  A
 * function of a composite type is no field there, and would be called by it.
 */
static char *
tagged_comment(RelationDefinition *relation)
{
	Oid			source = row_type_relation(relation->source);

	if (get_rel_relkind(source) == RELKIND_COMPOSITE_TYPE)
		return relation->comment;
	return psprintf("@name interlink_relation_" INT64_FORMAT "%s%s", relation->id,
					relation->comment ? "\n" : "", relation->comment ? relation->comment : "");
}

void
accessor_make(Route *route)
{
	RelationDefinition *relation = route->definition;
	Oid			schema = row_type_schema(relation->source);
	Oid			role = row_type_owner(relation->source);
	char	   *comment = tagged_comment(relation);

	create(role, schema, route);
	if (comment)
		run_as(role, "COMMENT ON FUNCTION %s IS %s", signature(schema, relation),
			   quote_literal_cstr(comment));
	accessor_need(accessor_find(relation), route);
}

/* After names or keys have changed; the name is that in the definition. */
void
accessor_refresh(Oid function, Route *route)
{
	if (!is_up_to_date(function, route))
		create(function_owner(function), get_func_namespace(function), route);
}

/* Along with its table. */
void
accessor_move(Oid function, RelationDefinition *relation)
{
	run_as(function_owner(function), "ALTER FUNCTION %s SET SCHEMA %s",
		   signature(get_func_namespace(function), relation),
		   quote_identifier(get_namespace_name(row_type_schema(relation->source))));
}

/* What hangs on it is in the way, as ever. */
void
accessor_drop(RelationDefinition *relation)
{
	Oid			function = accessor_find(relation);

	if (!OidIsValid(function))
		return;
	run_as(function_owner(function), "DROP FUNCTION %s",
		   signature(get_func_namespace(function), relation));
}
