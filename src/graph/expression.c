/*
 * expression.c: expressions over the linked row, as text and as trees.
 *
 * Text that a user wrote is read once, under his search path, and kept with
 * every name and operator qualified.  From then on it is read with nothing but
 * pg_catalog in the path, so that no setting of a session changes its meaning.
 */
#include "postgres.h"

#include "access/relation.h"
#include "access/transam.h"
#include "access/tupdesc.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_node.h"
#include "parser/parse_relation.h"
#include "parser/parser.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/ruleutils.h"

#include "compat.h"
#include "graph/expression.h"
#include "graph/settings.h"

/* Makes the position in an error that of the expression, not of the command. */
static void
expression_error_context(void *arg)
{
	int			position = geterrposition();

	if (position > 0)
	{
		errposition(0);
		internalerrposition(position);
		internalerrquery((const char *) arg);
	}
}

/* The raw tree of one expression; anything more than that is refused. */
static Node *
parse_one_expression(const char *text)
{
	List	   *parsed = raw_parser(text, RAW_PARSE_PLPGSQL_EXPR);
	SelectStmt *select = NULL;

	if (list_length(parsed) == 1)
		select = castNode(SelectStmt, linitial_node(RawStmt, parsed)->stmt);

	if (select == NULL || list_length(select->targetList) != 1 ||
		linitial_node(ResTarget, select->targetList)->name != NULL ||
		select->distinctClause || select->fromClause || select->whereClause ||
		select->groupClause || select->havingClause || select->windowClause ||
		select->sortClause || select->limitCount || select->limitOffset ||
		select->lockingClause || select->op != SETOP_NONE)
		ereport(ERROR,
				(errcode(ERRCODE_SYNTAX_ERROR),
				 errmsg("\"%s\" is not an expression", text)));
	return linitial_node(ResTarget, select->targetList)->val;
}

/* A column that is not there yet. */
typedef struct FutureColumn
{
	const char *name;
	Oid			type;
} FutureColumn;

static Node *
resolve_future_column(ParseState *pstate, ColumnRef *reference, Node *found)
{
	FutureColumn *column = pstate->p_ref_hook_state;
	Node	   *last = llast(reference->fields);

	if (found || !IsA(last, String) || strcmp(strVal(last), column->name) != 0)
		return NULL;
	return (Node *) makeNullConst(column->type, -1, get_typcollation(column->type));
}

/* pstate knows the columns; it is used up. */
static Node *
analyze(ParseState *pstate, const char *text)
{
	Node	   *expr;
	ErrorContextCallback callback;

	callback.callback = expression_error_context;
	callback.arg = unconstify(char *, text);
	callback.previous = error_context_stack;
	error_context_stack = &callback;

	pstate->p_sourcetext = text;
	expr = transformExpr(pstate, parse_one_expression(text),
						 EXPR_KIND_GENERATED_COLUMN);
	if (exprType(expr) == UNKNOWNOID)
		expr = coerce_type(pstate, expr, UNKNOWNOID, TEXTOID, -1,
						   COERCION_IMPLICIT, COERCE_IMPLICIT_CAST, -1);
	assign_expr_collations(pstate, expr);

	error_context_stack = callback.previous;
	free_parsestate(pstate);
	return expr;
}

/* As a user may write it: columns with or without the name of their table. */
static Node *
analyze_with_table(Relation rel, const char *text, FutureColumn *future)
{
	ParseState *pstate = make_parsestate(NULL);
	ParseNamespaceItem *nsitem = addRangeTableEntryForRelation(pstate, rel, AccessShareLock,
															   NULL, false, true);

	addNSItemToQuery(pstate, nsitem, false, true, true);
	if (future)
	{
		pstate->p_post_columnref_hook = resolve_future_column;
		pstate->p_ref_hook_state = future;
	}
	return analyze(pstate, text);
}

static void
check_whole_rows(Node *expr, const char *text)
{
	ListCell   *cell;

	foreach(cell, pull_var_clause(expr, 0))
	{
		if (((Var *) lfirst(cell))->varattno <= 0)
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("expression \"%s\" refers to a whole row or a system column", text),
					 errhint("Name the columns.")));
	}
}

static Node *
column_reference(Relation rel, const char *name)
{
	AttrNumber	attnum = InvalidAttrNumber;
	Form_pg_attribute att;

	if (strlen(name) < NAMEDATALEN)
		attnum = get_attnum(RelationGetRelid(rel), name);
	if (attnum <= 0)
		return NULL;
	att = TupleDescAttr(RelationGetDescr(rel), attnum - 1);
	return (Node *) makeVar(1, attnum, att->atttypid, att->atttypmod,
							att->attcollation, 0);
}

Node *
expression_read(Oid relid, const char *text)
{
	Relation	rel = relation_open(relid, AccessShareLock);
	Node	   *expr = column_reference(rel, text);

	if (expr == NULL)
	{
		expr = analyze_with_table(rel, text, NULL);
		check_whole_rows(expr, text);
		if (contain_mutable_functions(expr))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
					 errmsg("expression \"%s\" is not immutable", text),
					 errdetail("A stored field must come out the same whenever and by whomever it is computed."),
					 errhint("For times, name the zone: AT TIME ZONE 'UTC'.")));
	}
	relation_close(rel, NoLock);
	return expr;
}

void
expression_type_with(Oid relid, const char *text, const char *column,
					 Oid column_type, Oid *type, int32 *typmod, Oid *collation)
{
	Relation	rel = relation_open(relid, AccessShareLock);
	FutureColumn future = {column, column_type};
	Node	   *expr = analyze_with_table(rel, text, &future);

	*type = exprType(expr);
	*typmod = exprTypmod(expr);
	*collation = exprCollation(expr);
	relation_close(rel, NoLock);
}

static char *
deparse(Oid relid, const char *alias, Node *expr, bool with_alias)
{
	int			level = settings_enter();
	List	   *context = deparse_context_for(alias, relid);
	char	   *text = deparse_expression(expr, context, with_alias, false);

	AtEOXact_GUC(true, level);
	return text;
}

char *
expression_text(Oid relid, Node *expr)
{
	return deparse(relid, get_rel_name(relid), expr, false);
}

char *
expression_sql(Oid relid, const char *alias, Node *expr)
{
	return deparse(relid, alias, expr, true);
}

static TupleDesc
copy_descriptor(Oid relid)
{
	Relation	rel = RelationIdGetRelation(relid);
	TupleDesc	desc;

	if (!RelationIsValid(rel))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relid)));
	desc = CreateTupleDescCopy(RelationGetDescr(rel));
	RelationClose(rel);
	return desc;
}

static Node *
resolve_named_column(ParseState *pstate, ColumnRef *reference)
{
	TupleDesc	desc = pstate->p_ref_hook_state;
	Node	   *name = linitial(reference->fields);

	if (list_length(reference->fields) != 1 || !IsA(name, String))
		return NULL;
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);

		if (!att->attisdropped && strcmp(NameStr(att->attname), strVal(name)) == 0)
			return (Node *) makeVar(1, att->attnum, att->atttypid, att->atttypmod,
									att->attcollation, 0);
	}
	return NULL;
}

static void
become_owner(Oid relid, Oid *user, int *context)
{
	Oid			owner = compat_table_owner(relid);

	GetUserIdAndSecContext(user, context);
	if (OidIsValid(owner))		/* else it is gone */
		SetUserIdAndSecContext(owner, *context | SECURITY_RESTRICTED_OPERATION);
}

/*
 * What expression_text() wrote names columns alone, so that no range table is
 * needed, and with it no lock on the table: the graph is read by statements
 * that have nothing to do with it.
 */
Node *
expression_reread(Oid holder, Oid relid, const char *text)
{
	int			level = settings_enter();
	ParseState *pstate = make_parsestate(NULL);
	Oid			user;
	int			context;
	Node	   *expr;

	pstate->p_pre_columnref_hook = resolve_named_column;
	pstate->p_ref_hook_state = copy_descriptor(relid);
	become_owner(holder, &user, &context);
	expr = analyze(pstate, text);
	SetUserIdAndSecContext(user, context);
	AtEOXact_GUC(true, level);
	return expr;
}

/* Planning may evaluate what is constant in it. */
ExprState *
expression_compile(Oid holder, Node *expr)
{
	int			level = settings_enter();
	Oid			user;
	int			context;
	ExprState  *state;

	become_owner(holder, &user, &context);
	state = ExecInitExpr(expression_planner((Expr *) expr), NULL);
	SetUserIdAndSecContext(user, context);
	AtEOXact_GUC(true, level);
	return state;
}

/* Is a value of the type spelled in one way, whatever the settings? */
static bool
has_one_spelling(Oid type)
{
	switch (getBaseType(type))
	{
		case BOOLOID:
		case CHAROID:
		case NAMEOID:
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case OIDOID:
		case NUMERICOID:
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
		case UUIDOID:
		case JSONOID:
		case JSONBOID:
			return true;
		default:
			return type_is_enum(type);
	}
}

/* Functions of users may read settings, the search path above all. */
static bool
is_made_by_users(Oid function, void *context)
{
	return function >= FirstNormalObjectId;
}

static bool
depends_on_settings(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, CoerceViaIO) &&
		!has_one_spelling(exprType((Node *) ((CoerceViaIO *) node)->arg)))
		return true;
	return check_functions_in_node(node, is_made_by_users, context) ||
		expression_tree_walker(node, depends_on_settings, context);
}

bool
expression_depends_on_settings(Node *expr)
{
	return depends_on_settings(expr, NULL);
}
