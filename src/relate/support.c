/*
 * support.c: what the planner is told of follow().
 *
 * follow(u, 'organization', NULL::organizations) becomes organization(u),
 * which becomes a join.  So it does where the name is known when the query is
 * planned, the accessor is just what we would make, the caller may execute it,
 * and it has the rows in the same order: one row at most, or an order that was
 * declared.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "compat.h"
#include "relate/known.h"

PG_FUNCTION_INFO_V1(interlink_follow_support);

/* The relation that is followed, when that can be told.  To be released. */
static KnownRelation *
known_of_call(List *args)
{
	Const	   *name = lsecond(args);

	if (!IsA(name, Const) || name->constisnull || name->consttype != TEXTOID)
		return NULL;
	return known_relation(getBaseType(exprType(linitial(args))),
						  TextDatumGetCString(name->constvalue), true);
}

static Node *
accessor_call(KnownRelation *known, FuncExpr *call)
{
	Route	   *route = known->route;
	RelationDefinition *relation = route->definition;
	Node	   *row = linitial(call->args);
	Oid			function;
	FuncExpr   *result;

	if (!route->unique && route->order == NIL)
		return NULL;
	if (exprType(row) != relation->source || exprType(lthird(call->args)) != known->target ||
		contain_volatile_functions(lthird(call->args)))
		return NULL;
	function = accessor_find(relation);
	if (!OidIsValid(function) || !accessor_is_genuine(function, route) ||
		!compat_may_execute(function, GetUserId()))
		return NULL;
	result = makeFuncExpr(function, known->target, list_make1(row), InvalidOid, InvalidOid,
						  COERCE_EXPLICIT_CALL);
	result->funcretset = true;
	result->location = call->location;
	return (Node *) result;
}

Datum
interlink_follow_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);
	Node	   *result = NULL;
	KnownRelation *known;

	if (IsA(request, SupportRequestSimplify))
	{
		FuncExpr   *call = ((SupportRequestSimplify *) request)->fcall;

		known = known_of_call(call->args);
		if (known)
		{
			result = accessor_call(known, call);
			known_release(known);
		}
	}
	else if (IsA(request, SupportRequestRows) &&
			 IsA(((SupportRequestRows *) request)->node, FuncExpr))
	{
		SupportRequestRows *rows = (SupportRequestRows *) request;

		known = known_of_call(((FuncExpr *) rows->node)->args);
		if (known && known->route->unique)
		{
			rows->rows = 1;
			result = request;
		}
		if (known)
			known_release(known);
	}
	PG_RETURN_POINTER(result);
}
