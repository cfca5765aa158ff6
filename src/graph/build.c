/*
 * build.c: the graph from the catalog, and its fields.
 */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "graph/aggregator.h"
#include "graph/build.h"
#include "graph/expression.h"

static Node *
column_var(Table *table, AttrNumber attnum)
{
	Oid			type;
	int32		typmod;
	Oid			collation;

	get_atttypetypmodcoll(table->relid, attnum, &type, &typmod, &collation);
	return (Node *) makeVar(1, attnum, type, typmod, collation, 0);
}

/* The modifier of the column, or that which it would have if it were no array. */
static void
resolve_link_type(Field *field)
{
	Path	   *path = field->path;
	LinkRelationship seen = path->nsteps == 2 ? LINK_MANY_TO_MANY : path->one_to_one ? LINK_ONE_TO_ONE :
	path->to_one ? LINK_MANY_TO_ONE : LINK_ONE_TO_MANY;

	field->key_type = get_element_type(field->type);
	field->link_typmod = OidIsValid(field->key_type) ?
		link_typmod_make(seen, path->kind, path->position != 0) : field->typmod;
}

/* The key in these columns as the text that a link holds; NULL where it is not whole. */
static Node *
key_as_text(Field *field, Table *table, KeyReader *key)
{
	char	  **columns = palloc(sizeof(char *) * key->shape->n);

	for (int i = 0; i < key->shape->n; i++)
		columns[i] = pstrdup(quote_identifier(get_attname(table->relid, key->att[i], false)));
	return expression_reread(field->holder->relid, table->relid, InvalidOid,
							 key_text_sql(key->shape, columns));
}

/*
 * Any type can be that of a key, and a key can have several columns.  Its text
 * is as the linked row spells it, and is read there unless there is only one
 * way to spell it.
 */
static void
resolve_other_link_column(Field *field)
{
	Path	   *path = field->path;
	Step	   *last = &path->steps[path->nsteps - 1];
	KeyReader  *key = path->shown;
	Table	   *table = last->far;

	field->value_position = path->nsteps;
	if (path->nsteps == 2 && !path->respelled)
	{
		field->value_position = 1;
		key = &last->near_key;
		table = last->near;
	}
	field->expr = key_as_text(field, table, key);
	field->fixed_settings = true;
}

/*
 * A link column beside its own foreign key is made from that key alone.  Any
 * other collects the keys of the linked rows: from the junction, where they
 * stand already, else from the far table.
 */
static void
resolve_link_column(Field *field)
{
	Path	   *path = field->path;
	Step	   *last = &path->steps[path->nsteps - 1];

	resolve_link_type(field);
	field->editable = true;
	field->beside = path->forward;
	field->local = path->forward && !path->respelled;
	if (path->forward)
		field->aggregator = aggregator_value();
	else
		field->aggregator = path->to_one ? aggregator_only_key() :
			aggregator_set(link_typmod_ordered(field->link_typmod));
	if (field->local)
		return;					/* value_position 0: the row itself */
	if (path->kind == LINK_OTHER)
		resolve_other_link_column(field);
	else
	{
		field->value_position = 1;
		field->expr = path->nsteps == 2 ? column_var(last->near, last->near_key.att[0]) :
			column_var(last->far, last->far->key[0]);
	}
}

/*
 * What reads nothing but the junction is a value of its rows, as that of any
 * other table whose rows refer to the holder.  Not where the order of the values
 * may have to be read in the linked row.
 */
static void
resolve_junction(Field *field)
{
	field->junction_columns = expression_columns(field->expr, JUNCTION_ROW);
	if (bms_is_empty(field->junction_columns) || field->path->respelled ||
		!bms_is_empty(expression_columns(field->expr, LINKED_ROW)))
		return;
	expression_of_junction(field->expr);
	field->junction_columns = NULL;
	field->value_position = 1;
}

static void
resolve_expression(Field *field)
{
	FieldDefinition *definition = field->definition;
	Oid			far = field->path->steps[field->path->nsteps - 1].far->relid;
	Oid			junction = path_junction(field->path);
	const char *text = definition->expression;

	if (!field->aggregator->takes_value || text == NULL)
	{
		field->value_position = field->path->distinct ? field->path->nsteps : 1;
		return;
	}
	field->value_position = field->path->nsteps;
	field->expr = expression_reread(field->holder->relid, far, junction, text);

	/* Empty text does not count as a value. */
	if (strcmp(field->aggregator->name, "counta") == 0 &&
		TypeCategory(exprType(field->expr)) == TYPCATEGORY_STRING)
		field->expr = expression_reread(field->holder->relid, far, junction,
										psprintf("NULLIF((%s)::text, ''::text)", text));
	resolve_junction(field);
}

static void
resolve_aggregator(Field *field)
{
	FieldDefinition *definition = field->definition;

	if (definition->kind == FIELD_ROLLUP)
	{
		field->aggregator = aggregator_find(definition->function);
		if (field->aggregator == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_FUNCTION),
					 errmsg("rollup function \"%s\" does not exist", definition->function)));
		resolve_expression(field);
		if (field->expr && OidIsValid(get_element_type(exprType(field->expr))))
			field->aggregator = aggregator_over_arrays(field->aggregator);
	}
	else if (field->path->to_one)
	{
		field->aggregator = aggregator_value();
		resolve_expression(field);
	}
	else
	{
		field->aggregator = aggregator_list(false);
		resolve_expression(field);
		if (OidIsValid(get_element_type(exprType(field->expr))))
			field->aggregator = aggregator_list(true);
	}
}

/* Deltas need types whose arithmetic is exact and whose order is the column's. */
static Algebra
usable_algebra(Field *field)
{
	Algebra		algebra = field->aggregator->algebra;
	TypeCacheEntry *cache;

	/* Whether a row is reached still, or was before, one way does not tell. */
	if (field->path->distinct)
		return ALGEBRA_NONE;

	/* Nor does a single row the value, if it comes from two. */
	if (field->junction_columns)
		return ALGEBRA_NONE;
	switch (algebra)
	{
		case ALGEBRA_SUM:
			if (field->value_type == NUMERICOID)
				field->exact_scale = exprTypmod(field->expr) >= 0;
			else if (field->value_type != INT2OID && field->value_type != INT4OID &&
					 field->value_type != INT8OID)
				return ALGEBRA_NONE;
			return algebra;
		case ALGEBRA_EXTREME:
			cache = lookup_type_cache(field->type, TYPECACHE_CMP_PROC);
			if (!OidIsValid(cache->cmp_proc) ||
				!IsBinaryCoercible(field->value_type, field->type))
				return ALGEBRA_NONE;
			field->compare = palloc0(sizeof(FmgrInfo));
			fmgr_info_cxt(cache->cmp_proc, field->compare, CurrentMemoryContext);
			return algebra;
		case ALGEBRA_SET:
			if (field->path->repeats || field->path->respelled)
				return ALGEBRA_NONE;
			field->collation = C_COLLATION_OID; /* links order text bytewise */
			cache = lookup_type_cache(field->value_type, TYPECACHE_CMP_PROC);
			field->compare = palloc0(sizeof(FmgrInfo));
			fmgr_info_cxt(cache->cmp_proc, field->compare, CurrentMemoryContext);
			return algebra;
		default:
			return algebra;
	}
}

/* Does the value change when the linked rows change their order? */
static bool
depends_on_order(Field *field)
{
	if (strstr(field->aggregator->call, "%o") || field->path->may_branch)
		return true;
	return strstr(field->aggregator->call, "%f") &&
		(field->value_type == FLOAT4OID || field->value_type == FLOAT8OID);
}

/* Where the values stand in the junction, so do the keys that order them. */
static KeyReader *
ordering_key(Field *field)
{
	Path	   *path = field->path;
	int			p = Max(field->value_position, 1);

	return p == path->nsteps ? path->shown : &path->steps[p].near_key;
}

static void
resolve_value(Field *field)
{
	if (field->expr)
	{
		field->value_columns = expression_columns(field->expr, LINKED_ROW);
		field->value_type = getBaseType(exprType(field->expr));
		get_typlenbyval(field->value_type, &field->value_typlen, &field->value_typbyval);
		field->fixed_settings |= expression_depends_on_settings(field->expr);
	}
	field->algebra = usable_algebra(field);
	if (depends_on_order(field))
	{
		if (field->path->position)
			field->order_columns = bms_make_singleton(field->path->position);
		add_key_columns(&field->value_columns, ordering_key(field));
	}
}

static void
resolve_empty(Field *field)
{
	Oid			input;
	Oid			ioparam;

	if (field->aggregator->empty == NULL)
		return;
	getTypeInputInfo(field->type, &input, &ioparam);
	field->empty = OidInputFunctionCall(input, pstrdup(field->aggregator->empty),
										ioparam, field->typmod);
	field->has_empty = true;
}

/*
 * In the middle of a restore primary keys may be missing: there is nothing to
 * maintain then, and nothing to find rows by.
 */
static bool
has_keys(Field *field)
{
	Path	   *path = field->path;

	return field->holder->nkey > 0 && path->steps[path->nsteps - 1].far->nkey > 0;
}

/*
 * Beyond the value only the existence of rows counts, which a foreign key
 * grants at the end of each statement, unless its check can be put off.  A
 * relation may lead over a row that has no key for the next one.
 */
static int
needed_position(Field *field)
{
	Path	   *path = field->path;
	int			needed = field->local ? 0 : Max(1, field->value_position);

	for (int p = Max(1, needed); p < path->nsteps; p++)
	{
		if (path->steps[p].kind != STEP_FORWARD || !path->steps[p].immediate ||
			path->relation_id != 0)
			return path->nsteps;
	}
	return needed;
}

/* False when the column or a table of the way is gone. */
static bool
resolve_field(Graph *graph, List **paths, Field *field)
{
	FieldDefinition *definition = field->definition;
	LinkDefinition *link = graph_link(graph, definition->link_id);

	field->holder = build_table(graph, definition->holder);
	if (field->holder == NULL || (link == NULL && definition->relation_id == 0))
		return false;
	field->attnum = get_attnum(definition->holder, definition->name);
	if (field->attnum <= 0)
		return false;
	get_atttypetypmodcoll(definition->holder, field->attnum,
						  &field->type, &field->typmod, &field->collation);
	get_typlenbyval(field->type, &field->typlen, &field->typbyval);
	field->path = link ? build_path(graph, paths, link, definition->at_target) :
		build_relation_path(graph, paths, definition);
	if (field->path == NULL || !has_keys(field))
		return false;

	if (definition->kind == FIELD_LINK)
		resolve_link_column(field);
	else
		resolve_aggregator(field);
	resolve_value(field);
	resolve_empty(field);
	field->needed_position = needed_position(field);
	return true;
}

static void
reading_context(void *arg)
{
	Field	   *field = arg;

	errcontext("definition of field \"%s\"%s%s", field->definition->name,
			   field->holder ? " of table " : "", field->holder ? field->holder->label : "");
}

/* Whatever fails here fails in statements that have nothing to do with the field. */
static bool
try_field(Graph *graph, List **paths, Field *field)
{
	ErrorContextCallback callback = {error_context_stack, reading_context, field};
	bool		resolved;

	error_context_stack = &callback;
	resolved = resolve_field(graph, paths, field);
	error_context_stack = callback.previous;
	return resolved;
}

static void
build_fields(Graph *graph, List *definitions)
{
	List	   *paths = NIL;
	ListCell   *cell;

	foreach(cell, definitions)
	{
		Field	   *field = palloc0(sizeof(Field));

		field->definition = lfirst(cell);
		if (strcmp(field->definition->storage, "stored") != 0)
			continue;
		if (try_field(graph, &paths, field))
		{
			graph->fields = lappend(graph->fields, field);
			field->holder->fields = lappend(field->holder->fields, field);
		}
		else
			graph->unresolved = lappend(graph->unresolved, field->definition);
	}
}

Graph *
graph_build(void)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext,
												  "interlink graph",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	Graph	   *graph = palloc0(sizeof(Graph));

	graph->context = context;
	if (OidIsValid(catalog_link_relation()))
	{
		graph->links = catalog_links();
		graph->relations = catalog_relations();
		build_fields(graph, catalog_fields());
		build_lock_modes(graph);
		build_levels(graph);
		build_ranks(graph);
		build_groups(graph);
		build_uses(graph);
		build_partition_index(graph);
		summarize_tables(graph);
	}
	MemoryContextSwitchTo(old);
	return graph;
}
