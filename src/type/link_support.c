/*
 * link_support.c: index conditions for operators between a link and a key.
 *
 * GIN knows no type of key, and an index on keys knows no links.  So for
 *
 *		team @> 3,  3 <@ team		team @> interlink.link_of_key(3)
 *		manager = 2,  2 = manager	manager = interlink.link_of_key(2)
 *
 * is what an index on the link is asked, and for
 *
 *		e.id <@ p.team,  e.id = p.manager
 *
 * an index on the key is asked
 *
 *		e.id = ANY (interlink.link_possible_keys(p.team, '{}'::bigint[]))
 *
 * Each of these holds wherever the operator does, and the operator is tested
 * again.  Objects are found by the OIDs at hand, so that nobody needs rights on
 * the schemas they are in.
 */
#include "type/link_format.h"

#include "access/stratnum.h"
#include "catalog/pg_am.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/pathnodes.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

PG_FUNCTION_INFO_V1(link_support);
PG_FUNCTION_INFO_V1(link_of_key);
PG_FUNCTION_INFO_V1(link_possible_keys);

/* An operator between a link and a key, whichever way round. */
typedef struct KeyClause
{
	Oid			function;
	Oid			link_type;
	bool		contains;		/* @> or <@; else = */
	bool		on_link;		/* the index is on the link */
	Node	   *link;
	Node	   *key;
} KeyClause;

/* A function of the type that lives beside another one. */
static Oid
sibling_function(Oid function, const char *name, int nargs, const Oid *types)
{
	return GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid,
						   CStringGetDatum(name),
						   PointerGetDatum(buildoidvector(types, nargs)),
						   ObjectIdGetDatum(get_func_namespace(function)));
}

static List *
arguments_of(Node *node)
{
	if (IsA(node, OpExpr))
		return ((OpExpr *) node)->args;
	if (IsA(node, FuncExpr))
		return ((FuncExpr *) node)->args;
	return NIL;
}

static bool
read_clause(SupportRequestIndexCondition *request, KeyClause *clause)
{
	List	   *args = arguments_of(request->node);
	Oid		   *types;
	int			nargs;
	int			link_arg;

	(void) get_func_signature(request->funcid, &types, &nargs);
	if (list_length(args) != 2 || nargs != 2)
		return false;
	/* the other type is that of the key */
	link_arg = link_is_type(types[0]) ? 0 : 1;
	clause->function = request->funcid;
	clause->link_type = types[link_arg];
	clause->contains = types[1 - link_arg] == ANYNONARRAYOID;
	clause->on_link = request->indexarg == link_arg;
	clause->link = list_nth(args, link_arg);
	clause->key = list_nth(args, 1 - link_arg);
	return true;
}

/* A link that holds one key at most contains a key if it is equal to it. */
static bool
contains_is_equals(const KeyClause *clause)
{
	int32		typmod = exprTypmod(clause->link);
	Oid			type = getBaseType(exprType(clause->key));

	return typmod >= 0 && (link_typmod_flags(typmod) & LINK_TO_ONE) &&
		type != JSONOID && type != JSONBOID;
}

/* The operator between links to ask the index with, if its family has the one we know. */
static Oid
link_operator(SupportRequestIndexCondition *request, const KeyClause *clause)
{
	Oid			types[2] = {clause->link_type, clause->link_type};
	bool		contains = clause->contains;
	StrategyNumber strategy;
	Oid			operator;

	if (request->index->relam == GIN_AM_OID)
		strategy = contains ? LINK_CONTAINS : LINK_EQUAL;
	else if (contains && !contains_is_equals(clause))
		return InvalidOid;
	else if (request->index->relam == BTREE_AM_OID)
		strategy = BTEqualStrategyNumber;
	else if (request->index->relam == HASH_AM_OID)
		strategy = HTEqualStrategyNumber;
	else
		return InvalidOid;
	contains &= request->index->relam == GIN_AM_OID;
	operator = get_opfamily_member(request->opfamily, types[0], types[1], strategy);
	if (!OidIsValid(operator) || get_opcode(operator) !=
		sibling_function(clause->function, contains ? "link_contains" : "link_eq", 2, types))
		return InvalidOid;
	return operator;
}

static Expr *
condition_on_link(SupportRequestIndexCondition *request, const KeyClause *clause)
{
	Oid			type = ANYNONARRAYOID;
	Oid			operator = link_operator(request, clause);
	Oid			function = sibling_function(clause->function, "link_of_key", 1, &type);
	Expr	   *key;

	if (!OidIsValid(operator) || !OidIsValid(function))
		return NULL;
	key = (Expr *) makeFuncExpr(function, clause->link_type, list_make1(clause->key),
								InvalidOid, exprCollation(clause->key), COERCE_EXPLICIT_CALL);
	return make_opclause(operator, BOOLOID, false, (Expr *) clause->link,
						 (Expr *) eval_const_expressions(NULL, (Node *) key),
						 InvalidOid, InvalidOid);
}

/*
 * Whether the keys of a link, read in a type, are all that can equal a key of
 * this type.  A text is read in the kind of the link, which must be known then:
 * for links of integers '007' is 7.
 */
static bool
keys_can_be_listed(Oid type, const KeyClause *clause)
{
	int32		typmod = exprTypmod(clause->link);
	LinkKind	kind;

	switch (type)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case UUIDOID:
			return true;
		case TEXTOID:
		case BPCHAROID:
			kind = typmod < 0 ? LINK_UNRESOLVED : link_typmod_kind(typmod);
			return kind == LINK_TEXT || kind == LINK_OTHER;
		default:
			return false;
	}
}

/* The key as an index on this type sees it; NULL if it is of another one. */
static Node *
key_as(Oid type, Node *key)
{
	Oid			from = getBaseType(exprType(key));

	if (from != type && !(from == VARCHAROID && type == TEXTOID))
		return NULL;
	if (exprType(key) == type)
		return key;
	return (Node *) makeRelabelType((Expr *) key, type, -1, exprCollation(key), COERCE_IMPLICIT_CAST);
}

/* key = ANY (the keys of the link) */
static Expr *
any_key_of(const KeyClause *clause, Node *key, Oid operator, Oid function, Oid collation)
{
	Oid			array = get_array_type(exprType(key));
	Const	   *type = makeConst(array, -1, InvalidOid, -1,
								 PointerGetDatum(construct_empty_array(exprType(key))), false, false);
	Node	   *keys = (Node *) makeFuncExpr(function, array, list_make2(clause->link, type),
											 collation, InvalidOid, COERCE_EXPLICIT_CALL);
	ScalarArrayOpExpr *result = makeNode(ScalarArrayOpExpr);

	result->opno = operator;
	result->opfuncid = get_opcode(operator);
	result->useOr = true;
	result->inputcollid = collation;
	result->args = list_make2(key, eval_const_expressions(NULL, keys));
	result->location = -1;
	return (Expr *) result;
}

static Expr *
condition_on_key(SupportRequestIndexCondition *request, const KeyClause *clause)
{
	Oid			types[2] = {clause->link_type, ANYARRAYOID};
	Oid			type = request->index->opcintype[request->indexcol];
	Oid			function = sibling_function(clause->function, "link_possible_keys", 2, types);
	Oid			operator = get_opfamily_member(request->opfamily, type, type, BTEqualStrategyNumber);
	Node	   *key = key_as(type, clause->key);

	if (request->index->relam != BTREE_AM_OID || key == NULL ||
		!OidIsValid(operator) || !OidIsValid(function) || !keys_can_be_listed(type, clause))
		return NULL;
	return any_key_of(clause, key, operator, function, request->indexcollation);
}

Datum
link_support(PG_FUNCTION_ARGS)
{
	Node	   *node = (Node *) PG_GETARG_POINTER(0);
	SupportRequestIndexCondition *request;
	KeyClause	clause;
	Expr	   *condition;

	if (!IsA(node, SupportRequestIndexCondition))
		PG_RETURN_POINTER(NULL);
	request = (SupportRequestIndexCondition *) node;
	if (!read_clause(request, &clause))
		PG_RETURN_POINTER(NULL);
	condition = clause.on_link ? condition_on_link(request, &clause) :
		condition_on_key(request, &clause);
	request->lossy = true;
	PG_RETURN_POINTER(condition == NULL ? NIL : list_make1(condition));
}

/* What a key is as a literal. */
Datum
link_of_key(PG_FUNCTION_ARGS)
{
	LinkOperand *operand = link_operand_for(fcinfo->flinfo, get_fn_expr_argtype(fcinfo->flinfo, 0));
	Datum		key = PG_GETARG_DATUM(0);
	int			impossible;

	if (link_operand_is_json(operand))
		PG_RETURN_LINK(link_from_json_value(operand->base, key));
	PG_RETURN_LINK(link_operand_view(operand, 1, &key, NULL, LINK_UNRESOLVED, 0, true,
									 &impossible).owned);
}

/* The keys of a link that are possible in the element type of an array, which is not looked at. */
Datum
link_possible_keys(PG_FUNCTION_ARGS)
{
	Oid			type = get_element_type(get_fn_expr_argtype(fcinfo->flinfo, 1));
	LinkKind	kind = link_kind_for_type(type);
	LinkView	view;
	LinkKey    *keys;
	Datum	   *values;
	int			nkeys;
	int16		typlen;
	bool		typbyval;
	char		typalign;

	view = link_view(PG_GETARG_DATUM(0));
	keys = palloc_extended(Max(view.nkeys, 1) * sizeof(LinkKey), MCXT_ALLOC_HUGE);
	values = palloc_extended(Max(view.nkeys, 1) * sizeof(Datum), MCXT_ALLOC_HUGE);
	nkeys = link_convert_keys(&view, kind, false, keys);
	for (int i = 0; i < nkeys; i++)
		values[i] = link_key_to_datum(kind, &keys[i]);
	get_typlenbyvalalign(type, &typlen, &typbyval, &typalign);
	PG_RETURN_ARRAYTYPE_P(construct_array(values, nkeys, type, typlen, typbyval, typalign));
}
