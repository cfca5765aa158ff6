/*
 * expression.c: expressions over the linked row, and the junction's, as text and
 * as trees.
 *
 * Text that a user wrote is read once, under his search path, and kept with
 * every name and operator qualified.  From then on it is read with nothing but
 * pg_catalog in the path, so that no setting of a session changes its meaning.
 */
#include "postgres.h"

#include "access/relation.h"
#include "access/sysattr.h"
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
#include "parser/parse_type.h"
#include "parser/parser.h"
#include "rewrite/rewriteManip.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/ruleutils.h"

#include "compat.h"
#include "graph/expression.h"
#include "graph/settings.h"

/*
 * Makes the position in an error that of the expression, not of the command.
 * PostgreSQL takes it for that of a generated column, and says so in some errors.
 */
static void
expression_error_context(void *arg)
{
	int			position = geterrposition();

	errcontext("expression of a field");

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

/* What users call the table that makes a link. */
#define JUNCTION "junction"

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

/* From there PostgreSQL knows no way on, except for literals, which need no such cast. */
static bool
refuse_unknown(Node *node, void *pstate)
{
	if (node && IsA(node, TypeCast))
	{
		Type		type = LookupTypeName(pstate, ((TypeCast *) node)->typeName, NULL, true);
		bool		unknown = type && typeTypeId(type) == UNKNOWNOID;

		if (type)
			ReleaseSysCache(type);
		if (unknown)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_TABLE_DEFINITION),
					 errmsg("expressions of fields cannot have the pseudo-type unknown"),
					 errhint("Cast to text."),
					 parser_errposition(pstate, ((TypeCast *) node)->location)));
	}
	return node && raw_expression_tree_walker(node, refuse_unknown, pstate);
}

/* pstate knows the columns; it is used up. */
static Node *
analyze(ParseState *pstate, const char *text)
{
	Node	   *raw;
	Node	   *expr;
	ErrorContextCallback callback;

	callback.callback = expression_error_context;
	callback.arg = unconstify(char *, text);
	callback.previous = error_context_stack;
	error_context_stack = &callback;

	pstate->p_sourcetext = text;
	raw = parse_one_expression(text);
	(void) refuse_unknown(raw, pstate);
	expr = transformExpr(pstate, raw, EXPR_KIND_GENERATED_COLUMN);
	if (exprType(expr) == UNKNOWNOID)
		expr = coerce_type(pstate, expr, UNKNOWNOID, TEXTOID, -1,
						   COERCION_IMPLICIT, COERCE_IMPLICIT_CAST, -1);
	assign_expr_collations(pstate, expr);

	error_context_stack = callback.previous;
	free_parsestate(pstate);
	return expr;
}

bool
names_junction(ColumnRef *reference)
{
	Node	   *first = linitial(reference->fields);

	return list_length(reference->fields) == 2 && IsA(first, String) &&
		strcmp(strVal(first), JUNCTION) == 0;
}

static Node *
refuse_junction(ParseState *pstate, ColumnRef *reference, Node *found)
{
	if (found == NULL && names_junction(reference))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("there is no junction table on the way to %s",
						(char *) pstate->p_ref_hook_state),
				 errhint("junction.<column> is for fields by an end of a many_to_many link."),
				 parser_errposition(pstate, reference->location)));
	return NULL;
}

/*
 * As a user may write it: columns with or without the name of their table, and
 * junction.<column>, which hides the name of a table that happens to be called so.
 */
static Node *
analyze_with_tables(Relation rel, Relation junction, const char *text, FutureColumn *future)
{
	ParseState *pstate = make_parsestate(NULL);
	ParseNamespaceItem *linked = addRangeTableEntryForRelation(pstate, rel, AccessShareLock,
															   NULL, false, true);
	bool		hidden = junction && strcmp(RelationGetRelationName(rel), JUNCTION) == 0;

	addNSItemToQuery(pstate, linked, false, !hidden, true);
	if (junction)
		addNSItemToQuery(pstate,
						 addRangeTableEntryForRelation(pstate, junction, AccessShareLock,
													   makeAlias(JUNCTION, NIL), false, true),
						 false, true, false);
	else if (future)
	{
		pstate->p_post_columnref_hook = resolve_future_column;
		pstate->p_ref_hook_state = future;
	}
	else
	{
		pstate->p_post_columnref_hook = refuse_junction;
		pstate->p_ref_hook_state = psprintf("table \"%s\"", RelationGetRelationName(rel));
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
	return (Node *) makeVar(LINKED_ROW, attnum, att->atttypid, att->atttypmod,
							att->attcollation, 0);
}

Node *
expression_read(Oid relid, Oid junction, const char *text)
{
	Relation	rel = relation_open(relid, AccessShareLock);
	Relation	between = OidIsValid(junction) ? relation_open(junction, AccessShareLock) : NULL;
	Node	   *expr = column_reference(rel, text);

	if (expr == NULL)
	{
		expr = analyze_with_tables(rel, between, text, NULL);
		check_whole_rows(expr, text);
		if (contain_mutable_functions(expr))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
					 errmsg("expression \"%s\" is not immutable", text),
					 errdetail("A stored field must come out the same whenever and by whomever it is computed."),
					 errhint("%s", expression_hint(expr))));
	}
	if (between)
		relation_close(between, NoLock);
	relation_close(rel, NoLock);
	return expr;
}

void
expression_type_with(Oid relid, const char *text, const char *column,
					 Oid column_type, Oid *type, int32 *typmod, Oid *collation)
{
	Relation	rel = relation_open(relid, AccessShareLock);
	FutureColumn future = {column, column_type};
	Node	   *expr = analyze_with_tables(rel, NULL, text, &future);

	*type = exprType(expr);
	*typmod = exprTypmod(expr);
	*collation = exprCollation(expr);
	relation_close(rel, NoLock);
}

static RangeTblEntry *
table_entry(Oid relid)
{
	RangeTblEntry *entry = makeNode(RangeTblEntry);

	entry->rtekind = RTE_RELATION;
	entry->relid = relid;
	entry->relkind = get_rel_relkind(relid);
	entry->rellockmode = AccessShareLock;
	entry->eref = makeAlias(get_rel_name(relid), NIL);
	return entry;
}

List *
expression_rtable(Oid relid, Oid junction)
{
	List	   *rtable = list_make1(table_entry(relid));

	return OidIsValid(junction) ? lappend(rtable, table_entry(junction)) : rtable;
}

/* alias: NULL, where columns shall stand alone. */
static char *
deparse(Oid relid, const char *alias, Oid junction, const char *junction_alias, Node *expr)
{
	int			level = settings_enter();
	PlannedStmt *plan = makeNode(PlannedStmt);
	List	   *names = list_make2(unconstify(char *, alias), unconstify(char *, junction_alias));
	char	   *text;

	plan->rtable = expression_rtable(relid, junction);
	text = deparse_expression(expr, deparse_context_for_plan_tree(plan, names), true, false);
	AtEOXact_GUC(true, level);
	return text;
}

char *
expression_text(Oid relid, Oid junction, Node *expr)
{
	return deparse(relid, NULL, junction, JUNCTION, expr);
}

char *
expression_sql(Oid relid, const char *alias,
			   Oid junction, const char *junction_alias, Node *expr)
{
	return deparse(relid, alias, junction, junction_alias, expr);
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

/* The columns that names may mean; by varno, less 1. */
typedef struct Columns
{
	TupleDesc	desc[2];
} Columns;

static Node *
resolve_named_column(ParseState *pstate, ColumnRef *reference)
{
	Columns    *columns = pstate->p_ref_hook_state;
	int			varno = names_junction(reference) ? JUNCTION_ROW : LINKED_ROW;
	TupleDesc	desc = columns->desc[varno - 1];
	Node	   *name = llast(reference->fields);

	if (list_length(reference->fields) != varno || !IsA(name, String))
		return NULL;
	for (int i = 0; desc && i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);

		if (!att->attisdropped && strcmp(NameStr(att->attname), strVal(name)) == 0)
			return (Node *) makeVar(varno, att->attnum, att->atttypid, att->atttypmod,
									att->attcollation, 0);
	}
	if (desc && varno == JUNCTION_ROW)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column %s.%s does not exist", JUNCTION,
						IsA(name, String) ? strVal(name) : "*"),
				 parser_errposition(pstate, reference->location)));
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
 * What expression_text() wrote names columns alone, or those of the junction by
 * that name, so that no range table is needed, and with it no lock on the tables:
 * the graph is read by statements that have nothing to do with them.
 */
Node *
expression_reread(Oid holder, Oid relid, Oid junction, const char *text)
{
	Columns		columns = {0};
	int			level = settings_enter();
	ParseState *pstate = make_parsestate(NULL);
	Oid			user;
	int			context;
	Node	   *expr;

	columns.desc[LINKED_ROW - 1] = copy_descriptor(relid);
	if (get_rel_name(junction))	/* else there is none, or it is gone */
		columns.desc[JUNCTION_ROW - 1] = copy_descriptor(junction);
	pstate->p_pre_columnref_hook = resolve_named_column;
	pstate->p_ref_hook_state = &columns;
	become_owner(holder, &user, &context);
	expr = analyze(pstate, text);
	SetUserIdAndSecContext(user, context);
	AtEOXact_GUC(true, level);
	return expr;
}

Bitmapset *
expression_columns(Node *expr, int varno)
{
	Bitmapset  *atts = NULL;
	Bitmapset  *columns = NULL;
	int			i = -1;

	pull_varattnos(expr, varno, &atts);
	while ((i = bms_next_member(atts, i)) >= 0)
		columns = bms_add_member(columns, i + FirstLowInvalidHeapAttributeNumber);
	return columns;
}

/* Planning may evaluate what is constant in it. */
void
expression_of_junction(Node *expr)
{
	ChangeVarNodes(expr, JUNCTION_ROW, LINKED_ROW, 0);
}

/* In memory of its own until it is done, since it may fail again and again. */
void
expression_compile(ExprState **state, Oid holder, Node *expr, MemoryContext context)
{
	MemoryContext own = AllocSetContextCreate(CurrentMemoryContext, "interlink expression",
											  ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(own);
	int			level = settings_enter();
	Oid			user;
	int			security;
	ExprState  *compiled;

	become_owner(holder, &user, &security);
	compiled = ExecInitExpr(expression_planner((Expr *) copyObject(expr)), NULL);
	SetUserIdAndSecContext(user, security);
	AtEOXact_GUC(true, level);
	MemoryContextSwitchTo(old);
	MemoryContextSetParent(own, context);
	*state = compiled;
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
