/*
 * plan.c: the engine's queries are prepared once for each graph, and freed with it.
 *
 * They run as the owner of the holder, free of row security, with nothing but
 * pg_catalog in the search path and with fixed settings for text, so that a
 * value depends on the data alone.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

#include "engine/engine.h"
#include "engine/plan.h"
#include "engine/row.h"
#include "engine/trust.h"
#include "graph/settings.h"

static const struct
{
	const char *name;
	const char *value;
}			planning[] = {
	{"row_security", "off"},
	{"jit", "off"},
	/*
	 * From a holder to its linked rows the way is by index, row by row, whatever
	 * the statistics say; those of a table that is being loaded say nothing.
	 */
	{"enable_hashjoin", "off"},
	{"enable_mergejoin", "off"},
	{"enable_seqscan", "off"},
};

void
query_begin(QueryContext *context, Oid owner)
{
	SPI_connect();
	context->trusted = trust_enter();
	context->guc_level = settings_enter();
	for (int i = 0; i < lengthof(planning); i++)
		(void) set_config_option(planning[i].name, planning[i].value,
								 PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
								 true, 0, false);
	row_enter_user(owner, &context->save_userid, &context->save_sec_context);
	SetUserIdAndSecContext(owner, context->save_sec_context |
						   SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS |
						   SECURITY_RESTRICTED_OPERATION);
	engine_read_begin();
}

void
query_end(QueryContext *context)
{
	engine_read_end();
	trust_leave(context->trusted);
	row_leave_user(context->save_userid, context->save_sec_context);
	AtEOXact_GUC(true, context->guc_level);
	SPI_finish();
}

static SPIPlanPtr
prepare(Graph *graph, const char *sql, int ntypes, Oid *types)
{
	SPIPlanPtr	plan = SPI_prepare_cursor(sql, ntypes, types, CURSOR_OPT_GENERIC_PLAN);
	MemoryContext old;

	if (plan == NULL)
		elog(ERROR, "could not prepare \"%s\": %s", sql, SPI_result_code_string(SPI_result));

	/* In this order, so that no plan is kept that nobody knows of. */
	old = MemoryContextSwitchTo(graph->context);
	graph->plans = lappend(graph->plans, plan);
	MemoryContextSwitchTo(old);
	SPI_keepplan(plan);
	return plan;
}

GroupPlan *
plan_find(FieldGroup *group, Use *use, Path *path, int ahead, Bitmapset *fields)
{
	ListCell   *cell;

	foreach(cell, group->plans)
	{
		GroupPlan  *plan = lfirst(cell);

		if (plan->use == use && plan->path == path && plan->ahead == ahead &&
			bms_equal(plan->fields, fields))
			return plan;
	}
	return NULL;
}

static GroupPlan *
keep(Graph *graph, FieldGroup *group, const char *sql, SPIPlanPtr prepared)
{
	MemoryContext old = MemoryContextSwitchTo(graph->context);
	GroupPlan  *plan = palloc0(sizeof(GroupPlan));

	plan->plan = prepared;
	plan->sql = pstrdup(sql);
	group->plans = lappend(group->plans, plan);
	MemoryContextSwitchTo(old);
	return plan;
}

GroupPlan *
plan_keep(Graph *graph, FieldGroup *group, Use *use, Path *path, int ahead,
		  Bitmapset *fields, const char *sql, KeyShape *shape)
{
	Oid		   *types = palloc(sizeof(Oid) * shape->n);
	GroupPlan  *plan;
	MemoryContext old;

	for (int i = 0; i < shape->n; i++)
		types[i] = plan_array_type(shape, i);
	old = MemoryContextSwitchTo(graph->context);
	fields = bms_copy(fields);
	MemoryContextSwitchTo(old);
	trust_query(sql);
	plan = keep(graph, group, sql, prepare(graph, sql, shape->n, types));
	plan->use = use;
	plan->path = path;
	plan->ahead = ahead;
	plan->fields = fields;
	return plan;
}

GroupPlan *
plan_find_statement(Field *field, int statement)
{
	ListCell   *cell;

	foreach(cell, field->group->plans)
	{
		GroupPlan  *plan = lfirst(cell);

		if (plan->field == field && plan->statement == statement)
			return plan;
	}
	return NULL;
}

GroupPlan *
plan_keep_statement(Graph *graph, Field *field, int statement, const char *sql,
					int ntypes, Oid *types)
{
	GroupPlan  *plan = keep(graph, field->group, sql, prepare(graph, sql, ntypes, types));

	plan->field = field;
	plan->statement = statement;
	return plan;
}

/*
 * There are no arrays of arrays, and unnest() makes columns of composite values:
 * texts take the place of both.
 */
bool
plan_key_is_text(KeyShape *shape, int i)
{
	return !OidIsValid(get_array_type(shape->type[i])) || type_is_rowtype(shape->type[i]);
}

Oid
plan_array_type(KeyShape *shape, int i)
{
	return plan_key_is_text(shape, i) ? TEXTARRAYOID : get_array_type(shape->type[i]);
}

static void
texts_of(Oid type, int n, Datum *elements)
{
	int			level = settings_enter();
	Oid			output;
	bool		varlena;

	getTypeOutputInfo(type, &output, &varlena);
	for (int i = 0; i < n; i++)
		elements[i] = CStringGetTextDatum(OidOutputFunctionCall(output, elements[i]));
	AtEOXact_GUC(true, level);
}

Oid
plan_value_type(KeyShape *shape, int i)
{
	return plan_key_is_text(shape, i) ? TEXTOID : shape->type[i];
}

Datum
plan_value(KeyShape *shape, int i, Datum value)
{
	if (plan_key_is_text(shape, i))
		texts_of(shape->type[i], 1, &value);
	return value;
}

Datum
plan_array(KeyShape *shape, int i, int n, Datum *elements)
{
	Oid			type = get_element_type(plan_array_type(shape, i));
	int16		typlen;
	bool		typbyval;
	char		typalign;

	if (plan_key_is_text(shape, i))
		texts_of(shape->type[i], n, elements);
	get_typlenbyvalalign(type, &typlen, &typbyval, &typalign);
	return PointerGetDatum(construct_array(elements, n, type, typlen, typbyval, typalign));
}

/* One array for each column of the keys. */
Datum *
plan_arguments(KeyShape *shape, int n, KeyEntry **entries)
{
	Datum	   *arrays = palloc(sizeof(Datum) * shape->n);
	Datum	   *elements = palloc(sizeof(Datum) * Max(n, 1));

	for (int i = 0; i < shape->n; i++)
	{
		for (int j = 0; j < n; j++)
			elements[j] = entries[j]->key[i];
		arrays[i] = plan_array(shape, i, n, elements);
	}
	return arrays;
}

void
plan_append_keys(StringInfo buf, KeyShape *shape)
{
	appendStringInfoString(buf, "ROWS FROM (");
	for (int i = 0; i < shape->n; i++)
		appendStringInfo(buf, "%spg_catalog.unnest($%d)", i > 0 ? ", " : "", i + 1);
	appendStringInfoString(buf, ") WITH ORDINALITY a(");
	for (int i = 0; i < shape->n; i++)
		appendStringInfo(buf, "k%d, ", i + 1);
	appendStringInfoString(buf, "n)");
}

void
plan_execute(SPIPlanPtr plan, Datum *arguments, Snapshot snapshot)
{
	int			result = SPI_execute_snapshot(plan, arguments, NULL, snapshot,
											  InvalidSnapshot, false, true, 0);

	if (result != SPI_OK_SELECT)
		elog(ERROR, "query failed: %s", SPI_result_code_string(result));
}
