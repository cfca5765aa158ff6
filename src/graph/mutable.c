/*
 * mutable.c: what would make an expression that is not immutable so.
 */
#include "postgres.h"

#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"
#include "utils/lsyscache.h"

#include "graph/expression.h"

static bool
is_time(Node *expr)
{
	Oid			type = exprType(expr);
	Oid			element = get_element_type(type);

	return TypeCategory(OidIsValid(element) ? element : type) == TYPCATEGORY_DATETIME;
}

static bool
is_mutable(Oid function, void *context)
{
	return func_volatile(function) != PROVOLATILE_IMMUTABLE;
}

static List *
arguments_of(Node *node)
{
	switch (nodeTag(node))
	{
		case T_FuncExpr:
			return ((FuncExpr *) node)->args;
		case T_OpExpr:
			return ((OpExpr *) node)->args;
		case T_ScalarArrayOpExpr:
			return ((ScalarArrayOpExpr *) node)->args;
		case T_CoerceViaIO:
			return list_make1(((CoerceViaIO *) node)->arg);
		case T_ArrayCoerceExpr:
			return list_make1(((ArrayCoerceExpr *) node)->arg);
		default:
			return NIL;
	}
}

/* Does something mutable take or give a date or time? */
static bool
depends_on_zone(Node *node, void *context)
{
	ListCell   *cell;

	if (node == NULL)
		return false;
	if (IsA(node, SQLValueFunction) || check_functions_in_node(node, is_mutable, NULL))
	{
		if (is_time(node))
			return true;
		foreach(cell, arguments_of(node))
		{
			if (is_time(lfirst(cell)))
				return true;
		}
	}
	return expression_tree_walker(node, depends_on_zone, context);
}

const char *
expression_hint(Node *expr)
{
	if (depends_on_zone(expr, NULL))
		return "For times, name the zone: AT TIME ZONE 'UTC'.";
	return "Use immutable functions and casts, for example an explicit ::text.";
}
