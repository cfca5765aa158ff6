/*
 * field.c: interlink.add_lookup and interlink.add_rollup.
 *
 * Both are the same four things: a holder, a way to the linked rows, an
 * expression over them and an aggregator.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parser.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "define/define.h"
#include "graph/aggregator.h"
#include "graph/expression.h"
#include "relate/relate.h"

PG_FUNCTION_INFO_V1(interlink_add_lookup);
PG_FUNCTION_INFO_V1(interlink_add_rollup);

static const char *const storages[] = {"stored", "virtual"};

/* A column to be: its type, and what follows the type in ADD COLUMN. */
typedef struct NewColumn
{
	Oid			type;
	int32		typmod;
	Oid			collation;
	const char *constraints;
} NewColumn;

/* What is asked for, and what becomes of it. */
typedef struct FieldRequest
{
	FieldDefinition *field;
	Way		   *way;
	const Aggregator *aggregator;	/* NULL: a lookup */
	char	   *text;			/* the argument `field` */
	bool		recursive;		/* names itself; the column has been added */
	Node	   *expr;
	NewColumn	column;
} FieldRequest;

/* Positions of the arguments that both functions have, after the first three. */
typedef struct CommonArguments
{
	int			filter;
	int			order_by;
	int			distinct_values;
	int			max_items;
	int			storage;
	int			comment;
} CommonArguments;

static const CommonArguments lookup_arguments = {4, 5, 6, 7, 8, 9};
static const CommonArguments rollup_arguments = {5, 6, 7, 8, 11, 12};

static void
read_max_items(FunctionCallInfo fcinfo, int n, FieldDefinition *field)
{
	if (PG_ARGISNULL(n))
		return;
	field->max_items = PG_GETARG_INT32(n);
	if (field->max_items <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("parameter \"max_items\" must be greater than zero")));
}

static FieldDefinition *
read_field(FunctionCallInfo fcinfo, FieldKind kind, const CommonArguments *args)
{
	FieldDefinition *field = palloc0(sizeof(FieldDefinition));

	field->kind = kind;
	field->ready = true;
	field->holder = arg_table(fcinfo, 0, "holder");
	field->name = arg_name(fcinfo, 1, "name");
	field->via = arg_text(fcinfo, 2, "via");
	field->filter = arg_text_or_null(fcinfo, args->filter);
	field->order_by = arg_text_or_null(fcinfo, args->order_by);
	field->distinct_values = arg_bool(fcinfo, args->distinct_values, "distinct_values");
	read_max_items(fcinfo, args->max_items, field);
	field->storage = arg_text(fcinfo, args->storage, "storage");
	field->comment = arg_text_or_null(fcinfo, args->comment);

	check_option("storage", field->storage, storages, lengthof(storages));
	check_supported(strcmp(field->storage, "virtual") == 0, "storage => 'virtual'");
	check_supported(field->filter != NULL, "filter");
	check_supported(field->order_by != NULL, "order_by");
	check_supported(field->distinct_values, "distinct_values");
	check_supported(field->max_items > 0, "max_items");
	return field;
}

/* Asked before the locks, to keep strangers out, and again under them. */
static void
check_tables(FieldRequest *request)
{
	Oid			holder = request->field->holder;
	ListCell   *cell;

	check_table_kind(holder);
	check_owner(holder);
	check_has_key(holder);
	foreach(cell, way_tables(request->way))
	{
		check_table_kind(lfirst_oid(cell));
		check_far_rights(lfirst_oid(cell));
		check_reads(holder, lfirst_oid(cell));
	}
	check_relation_way(request->way, holder);
}

static void
lock_tables(FieldRequest *request)
{
	TableLocks	locks = {0};
	ListCell   *cell;

	table_locks_add(&locks, request->field->holder, AccessExclusiveLock);
	foreach(cell, way_tables(request->way))
		table_locks_add(&locks, lfirst_oid(cell), ShareRowExclusiveLock);
	table_locks_take(&locks);
}

/*
 * A lookup that finds no row is NULL and a list is of values of one kind, both
 * of which a domain may forbid: fields have the types beneath.
 */
static Node *
without_domain(Node *expr)
{
	int32		typmod = exprTypmod(expr);
	Oid			type = getBaseTypeAndTypmod(exprType(expr), &typmod);

	if (type == exprType(expr))
		return expr;
	return (Node *) makeRelabelType((Expr *) expr, type, typmod, exprCollation(expr),
									COERCE_EXPLICIT_CAST);
}

/* Is one of the names in the raw tree that of the new field? */
static bool
names_column(Node *node, void *arg)
{
	FieldRequest *request = arg;

	if (node == NULL)
		return false;
	if (IsA(node, ColumnRef))
	{
		ColumnRef  *reference = (ColumnRef *) node;
		Node	   *last = llast(reference->fields);

		return IsA(last, String) && strcmp(strVal(last), request->field->name) == 0 &&
			!(OidIsValid(way_junction(request->way)) && names_junction(reference));
	}
	return raw_expression_tree_walker(node, names_column, request);
}

/*
 * A rollup over a foreign key of the table to itself may name itself: it goes
 * over the tree that the rows make; by a link, or a relation that has the
 * foreign key under it.  Its column is not there yet.  For others
 * that is a cycle.  Longer cycles cannot be made by adding a field: nothing
 * refers to it so far.
 */
static bool
names_itself(FieldRequest *request)
{
	FieldDefinition *field = request->field;
	List	   *parsed;

	if (way_target(request->way) != field->holder)
		return false;
	if (strcmp(request->text, field->name) != 0)
	{
		parsed = raw_parser(request->text, RAW_PARSE_PLPGSQL_EXPR);
		if (!names_column(linitial_node(RawStmt, parsed)->stmt, request))
			return false;
	}
	if (request->aggregator && list_length(way_tables(request->way)) == 1)
		return true;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
			 errmsg("field \"%s\" of %s would depend on itself",
					field->name, table_label(field->holder)),
			 errdetail("%s.%s reads %s.%s.", table_text(field->holder), column_text(field->name),
					   table_text(field->holder), column_text(field->name))));
}

static bool
is_number(Oid type)
{
	return type == INT2OID || type == INT4OID || type == INT8OID || type == NUMERICOID ||
		type == FLOAT4OID || type == FLOAT8OID;
}

/*
 * The column is nullable also where the value never is NULL: whoever inserts
 * may write NULL to a computed column, and the value takes its place.
 */
static void
rollup_column(FieldRequest *request, Oid type, int32 typmod, Oid collation)
{
	NewColumn  *column = &request->column;
	const Aggregator *aggregator = request->aggregator;

	aggregator_type(aggregator, type, typmod, collation,
					&column->type, &column->typmod, &column->collation);
	column->constraints = "";
	if (aggregator->empty)
		column->constraints = psprintf(" DEFAULT %s", is_number(column->type) ?
									   aggregator->empty : quote_literal_cstr(aggregator->empty));
}

#define MAX_TYPES 4

static Oid
first_type_to_try(FieldRequest *request)
{
	const Aggregator *aggregator = request->aggregator;

	if (aggregator == NULL)
		return INT4OID;
	if (strcmp(aggregator->name, "and") == 0 || strcmp(aggregator->name, "or") == 0 ||
		strcmp(aggregator->name, "xor") == 0)
		return BOOLOID;
	return strcmp(aggregator->name, "array_join") == 0 ? TEXTOID : INT4OID;
}

/*
 * The type of sum(1 + descendants) depends on that of descendants: it is the
 * first, going up from integer, that comes out as itself.
 */
static void
add_recursive_column(FieldRequest *request)
{
	FieldDefinition *field = request->field;
	NewColumn  *column = &request->column;

	column->type = first_type_to_try(request);
	for (int i = 0; i < MAX_TYPES; i++)
	{
		Oid			assumed = column->type;
		Oid			type;
		int32		typmod;
		Oid			collation;

		expression_type_with(field->holder, request->text, field->name, assumed,
							 &type, &typmod, &collation);
		rollup_column(request, type, typmod, collation);
		if (column->type != assumed)
			continue;
		add_column(field->holder, field->name, column->type, -1,
				   column->collation, column->constraints);
		CommandCounterIncrement();
		request->recursive = true;
		request->expr = expression_read(field->holder, InvalidOid, request->text);
		return;
	}
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("no type fits field \"%s\" of %s, which reads itself",
					field->name, table_label(field->holder)),
			 errhint("Cast the expression.")));
}

static void
read_expression(FieldRequest *request)
{
	if (request->text == NULL)
		return;
	if (names_itself(request))
	{
		add_recursive_column(request);
		return;
	}
	request->expr = without_domain(expression_read(way_target(request->way),
												   way_junction(request->way), request->text));
	if (get_typtype(exprType(request->expr)) == TYPTYPE_PSEUDO)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TABLE_DEFINITION),
				 errmsg("field \"%s\" has the pseudo-type %s", request->text,
						format_type_be(exprType(request->expr)))));
}

/* A list of arrays is one array. */
static void
lookup_column(FieldRequest *request)
{
	NewColumn  *column = &request->column;
	Oid			array;

	column->typmod = exprTypmod(request->expr);
	column->type = exprType(request->expr);
	column->collation = exprCollation(request->expr);
	column->constraints = "";
	if (way_is_to_one(request->way))
		return;
	array = get_promoted_array_type(column->type);
	if (!OidIsValid(array))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("could not find array type for data type %s",
						format_type_be(column->type))));
	column->type = array;
	column->constraints = " DEFAULT '{}'";
}

static int64
define_field(FieldRequest *request)
{
	FieldDefinition *field = request->field;
	NewColumn  *column = &request->column;
	List	   *tables;

	check_column_free(field->holder, field->name);
	check_end_free(field->holder, field->name);
	check_function_free(field->holder, field->name);
	read_expression(request);
	if (request->recursive)
		;						/* has its column */
	else if (request->aggregator)
		rollup_column(request, request->expr ? exprType(request->expr) : INT4OID,
					  request->expr ? exprTypmod(request->expr) : -1,
					  request->expr ? exprCollation(request->expr) : InvalidOid);
	else
		lookup_column(request);
	if (request->expr && (request->aggregator == NULL || request->aggregator->takes_value))
		field->expression = expression_text(way_target(request->way),
											way_junction(request->way), request->expr);

	if (!request->recursive)
		add_column(field->holder, field->name, column->type, column->typmod,
				   column->collation, column->constraints);
	comment_column(field->holder, field->name, field->comment);
	make_way_indexes(request->way);
	catalog_insert_field(field);
	tables = list_append_unique_oid(way_tables(request->way), field->holder);
	finish_definition(append_id(NIL, field->id), tables, true);
	return field->id;
}

/* Whether a relation leads to one row may change; the type of the field does not. */
static void
remember_way(FieldDefinition *field, Way *way)
{
	if (way->link)
	{
		field->link_id = way->link->id;
		field->at_target = way->at_target;
		return;
	}
	field->relation_id = way->route->definition->id;
	field->leads_to_one = way->route->unique;
}

static int64
add_field(FieldRequest *request)
{
	FieldDefinition *field = request->field;

	request->way = via_find(field->holder, field->via);
	check_tables(request);
	lock_tables(request);
	request->way = via_find(field->holder, field->via);
	check_tables(request);
	remember_way(field, request->way);
	return define_field(request);
}

Datum
interlink_add_lookup(PG_FUNCTION_ARGS)
{
	FieldRequest request = {0};

	check_may_define("interlink.add_lookup()");
	request.field = read_field(fcinfo, FIELD_LOOKUP, &lookup_arguments);
	request.text = arg_text(fcinfo, 3, "field");
	PG_RETURN_INT64(add_field(&request));
}

/* How many linked rows there are does not depend on a field of theirs. */
static void
read_function(FunctionCallInfo fcinfo, FieldRequest *request)
{
	char	   *name = arg_text(fcinfo, 3, "function");

	request->aggregator = aggregator_find(name);
	if (request->aggregator == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid value for parameter \"function\": \"%s\"", name),
				 errhint("Available values: %s.", aggregator_names())));
	request->text = arg_text_or_null(fcinfo, 4);
	if (request->text == NULL && request->aggregator->takes_value)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("rollup function \"%s\" needs a field", request->aggregator->name),
				 errhint("Name a column of the linked table, or an expression over its columns, in field.")));
	request->field->function = pstrdup(request->aggregator->name);
}

/* The default is passed like a given value, so it is no contradiction. */
static void
read_separator(FunctionCallInfo fcinfo, FieldRequest *request)
{
	char	   *separator = arg_text_or_null(fcinfo, 9);

	if (strcmp(request->aggregator->name, "array_join") == 0)
		request->field->separator = separator ? separator : "";
	else if (separator && strcmp(separator, ", ") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("parameter \"separator\" is for array_join, not for %s",
						request->aggregator->name)));
}

Datum
interlink_add_rollup(PG_FUNCTION_ARGS)
{
	FieldRequest request = {0};

	check_may_define("interlink.add_rollup()");
	request.field = read_field(fcinfo, FIELD_ROLLUP, &rollup_arguments);
	check_supported(!PG_ARGISNULL(10), "on_empty");
	read_function(fcinfo, &request);
	read_separator(fcinfo, &request);
	PG_RETURN_INT64(add_field(&request));
}
