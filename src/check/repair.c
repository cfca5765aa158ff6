/*
 * repair.c: interlink.repair().
 *
 * What audit finds is handed to the engine as units to be recomputed, so that
 * locks, order and the fields that depend on the mended ones are the engine's
 * business, as with any change.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#include "check/check.h"
#include "compat.h"
#include "define/define.h"
#include "engine/capture.h"
#include "engine/engine.h"
#include "engine/field_context.h"
#include "engine/query.h"
#include "engine/trust.h"
#include "graph/build.h"

PG_FUNCTION_INFO_V1(interlink_repair);

static List *
keys_argument(FunctionCallInfo fcinfo)
{
	Datum	   *elements;
	bool	   *nulls;
	int			n;
	List	   *keys = NIL;

	if (PG_ARGISNULL(2))
		return NIL;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(2), TEXTOID, -1, false, TYPALIGN_INT,
					  &elements, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		if (!nulls[i])
			keys = lappend(keys, makeString(TextDatumGetCString(elements[i])));
	}
	return keys;
}

/*
 * Locks the row with this key, if its anchor is still NULL, and says where it stands,
 * in the caller's memory; NULL when it is not like that any more.
 */
static char *
lock_unanchored(Field *field, const char *key_text)
{
	FieldGroup *group = field->group;
	MemoryContext caller = CurrentMemoryContext;
	QueryContext context;
	char	   *place = NULL;
	char	   *sql;

	query_begin(&context, field->holder->owner);
	sql = psprintf("SELECT h.tableoid, h.ctid FROM %s h WHERE %s IS NULL AND %s = %s FOR NO KEY UPDATE OF h",
				   field->holder->name,
				   key_text_sql(group->anchor.shape, anchor_columns(group, "h")),
				   check_key_sql(field->holder), quote_literal_cstr(key_text));
	if (SPI_execute(sql, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not execute \"%s\"", sql);
	if (SPI_processed > 0)
	{
		char	   *table = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
		char	   *row = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2);
		MemoryContext own = MemoryContextSwitchTo(caller);

		place = psprintf("h.tableoid OPERATOR(pg_catalog.=) %s AND h.ctid OPERATOR(pg_catalog.=) '%s'",
						 table, row);
		MemoryContextSwitchTo(own);
	}
	query_end(&context);
	return place;
}

/*
 * The anchor is NULL: the field has no linked rows, whatever it shows.  The row is
 * found under the settings under which its key was read, and written under those of
 * the session, which the user's triggers see, as they do with any write.
 */
static void
clear_row(Field *field, const char *key_text)
{
	char	   *value = field->has_empty ? quote_literal_cstr(field->aggregator->empty) : "NULL";
	char	   *place = lock_unanchored(field, key_text);

	if (place == NULL)
		return;
	engine_write_begin(field->holder->relid);
	write_as(field->holder->owner,
			 psprintf("UPDATE %s h SET %s = %s WHERE %s", field->holder->name,
					  quote_identifier(field->definition->name), value, place));
	engine_write_end();
}

/* Notes the row for recomputation by its anchor; false when it has none. */
static bool
note_row(Worklist *work, Field *field, HeapTuple tuple, TupleDesc desc)
{
	int			n = field->group->anchor.shape->n;
	Datum	   *anchor = palloc(sizeof(Datum) * n);

	for (int i = 0; i < n; i++)
	{
		bool		isnull;

		anchor[i] = SPI_getbinval(tuple, desc, 4 + i, &isnull);
		if (isnull)
			return false;
	}
	note_recompute(work, worklist_unit(work, field->group, anchor), field);
	return true;
}

static int64
repair_field(int64 id, List *keys)
{
	MemoryContext caller = CurrentMemoryContext;
	QueryContext context;
	FieldContext checking;
	Worklist   *work = worklist_current();
	Field	   *field = graph_field(work->graph, id);
	SPITupleTable *rows;
	char	   *sql;
	uint64		nrows;
	int64		repaired = 0;
	List	   *unanchored = NIL;
	ListCell   *cell;

	query_begin(&context, field->holder->owner);
	sql = check_sql(field, true);
	field_context_begin(&checking, field);
	trust_query(sql);
	if (SPI_execute(sql, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not check field \"%s\"", field->definition->name);
	field_context_end(&checking);
	rows = SPI_tuptable;
	nrows = SPI_processed;
	for (uint64 i = 0; i < nrows; i++)
	{
		char	   *key = SPI_getvalue(rows->vals[i], rows->tupdesc, 1);

		if (keys && !list_member(keys, makeString(key)))
			continue;
		if (!note_row(work, field, rows->vals[i], rows->tupdesc))
		{
			MemoryContext own = MemoryContextSwitchTo(caller);

			unanchored = lappend(unanchored, pstrdup(key));
			MemoryContextSwitchTo(own);
		}
		repaired++;
	}
	query_end(&context);
	foreach(cell, unanchored)
		clear_row(field, lfirst(cell));
	while ((work = worklist_pending()) != NULL)
		run_worklist(work);
	return repaired;
}

static void
check_may_repair(Field *field)
{
	if (!compat_owns_table(field->holder->relid, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, get_rel_name(field->holder->relid));
}

/* Triggers first: what is mended must stay right. */
static void
repair_triggers(Graph *graph, Oid holder)
{
	List	   *relids = NIL;
	ListCell   *cell;

	foreach(cell, graph->tables)
	{
		Table	   *table = lfirst(cell);

		if ((!OidIsValid(holder) || table->relid == holder) && check_triggers(table))
			relids = lappend_oid(relids, table->relid);
	}
	foreach(cell, relids)
		triggers_restore(lfirst_oid(cell));
}

static void
make_index(Table *table, KeyReader *key)
{
	StringInfoData columns;

	initStringInfo(&columns);
	for (int i = 0; i < key->shape->n; i++)
		appendStringInfo(&columns, "%s%s", i > 0 ? ", " : "",
						 quote_identifier(get_attname(table->relid, key->att[i], false)));
	if (!OidIsValid(find_btree_index(table->relid, key->shape->n, key->att, false)))
		run_as(table->owner, "CREATE INDEX ON %s (%s)", table->name, columns.data);
}

static void
repair_indexes(Graph *graph, Oid holder, const char *name)
{
	ListCell   *cell;

	foreach(cell, graph->fields)
	{
		Field	   *field = lfirst(cell);

		if (!check_selects(field, holder, name))
			continue;
		for (int p = 0; p < field->path->nsteps; p++)
		{
			Step	   *step = &field->path->steps[p];

			if (!OidIsValid(step->near_index))
				make_index(step->near, &step->near_key);
			if (!OidIsValid(step->far_index))
				make_index(step->far, &step->far_key);
		}
	}
}

static void
report(ReturnSetInfo *result, Field *field, int64 repaired)
{
	Datum		values[3] = {CStringGetTextDatum(table_name(field->holder->relid)),
		CStringGetTextDatum(field->definition->name),
	Int64GetDatum(repaired)};
	bool		isnull[3] = {false, false, false};

	tuplestore_putvalues(result->setResult, result->setDesc, values, isnull);
}

static void
check_arguments(Graph *graph, FunctionCallInfo fcinfo, Oid *holder, char **name)
{
	ListCell   *cell;

	check_field_argument(graph, fcinfo, holder, name);
	foreach(cell, graph->fields)
	{
		if (check_selects(lfirst(cell), *holder, *name))
			check_may_repair(lfirst(cell));
	}
}

/* What keeps values right, before the values. */
static void
repair_structure(FunctionCallInfo fcinfo, Oid *holder, char **name)
{
	Graph	   *graph = graph_get();

	graph_pin(graph);
	PG_TRY();
	{
		check_arguments(graph, fcinfo, holder, name);
		repair_triggers(graph, *holder);
		repair_indexes(graph, *holder, *name);
	}
	PG_FINALLY();
	{
		graph_unpin(graph);
	}
	PG_END_TRY();
}

static void
repair_values(ReturnSetInfo *result, Oid holder, const char *name, List *keys)
{
	Graph	   *graph = graph_get();

	graph_pin(graph);
	PG_TRY();
	{
		for (int level = 1; level <= graph->levels; level++)
		{
			ListCell   *cell;

			foreach(cell, graph->fields)
			{
				Field	   *field = lfirst(cell);

				if (field->level == level && check_selects(field, holder, name))
					report(result, field, repair_field(field->definition->id, keys));
			}
		}
	}
	PG_FINALLY();
	{
		graph_unpin(graph);
	}
	PG_END_TRY();
}

Datum
interlink_repair(PG_FUNCTION_ARGS)
{
	List	   *keys = keys_argument(fcinfo);
	Oid			holder;
	char	   *name;

	repair_structure(fcinfo, &holder, &name);
	InitMaterializedSRF(fcinfo, 0);
	repair_values((ReturnSetInfo *) fcinfo->resultinfo, holder, name, keys);
	PG_RETURN_NULL();
}
