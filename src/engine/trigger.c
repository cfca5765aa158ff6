/*
 * trigger.c: the trigger functions, the only way in for changes.
 *
 *	before_row		BEFORE INSERT OR UPDATE, on tables with link columns or
 *					fields of the one linked row: makes the row right itself
 *	after_row		AFTER INSERT, UPDATE, DELETE: notes what the change means
 *	after_statement	AFTER the statement: works off what was noted
 *	after_transaction	deferred, on tables with a deferrable foreign key
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "engine/capture.h"
#include "engine/engine.h"
#include "engine/lock.h"

PG_FUNCTION_INFO_V1(interlink_before_row);
PG_FUNCTION_INFO_V1(interlink_after_row);
PG_FUNCTION_INFO_V1(interlink_after_statement);
PG_FUNCTION_INFO_V1(interlink_after_transaction);
PG_FUNCTION_INFO_V1(interlink_differ);

static TriggerData *
trigger_data(FunctionCallInfo fcinfo, const char *name)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"%s\" was not called by trigger manager", name)));
	return (TriggerData *) fcinfo->context;
}

static HeapTuple
filled_tuple(Worklist *work, Table *table, TriggerData *trigger,
			 TupleTableSlot *old, TupleTableSlot *new, HeapTuple tuple)
{
	int			natts = RelationGetNumberOfAttributes(trigger->tg_relation);
	Datum	   *values = palloc0(sizeof(Datum) * natts);
	bool	   *isnull = palloc0(sizeof(bool) * natts);
	bool	   *replace = palloc0(sizeof(bool) * natts);

	if (!fill_row(work, table, old, new, values, isnull, replace))
		return tuple;
	return heap_modify_tuple(tuple, RelationGetDescr(trigger->tg_relation),
							 values, isnull, replace);
}

Datum
interlink_before_row(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_data(fcinfo, "interlink.before_row");
	bool		update = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event);
	HeapTuple	tuple = update ? trigger->tg_newtuple : trigger->tg_trigtuple;
	Oid			relid = RelationGetRelid(trigger->tg_relation);
	Worklist   *work;
	Table	   *table;

	if (engine_fires_for(relid))
		return PointerGetDatum(tuple);
	work = worklist_current();
	table = graph_table(work->graph, relid);
	if (table == NULL)
		return PointerGetDatum(tuple);
	work->running++;
	tuple = filled_tuple(work, table, trigger,
						 update ? trigger->tg_trigslot : NULL,
						 update ? trigger->tg_newslot : trigger->tg_trigslot,
						 tuple);
	work->running--;
	return PointerGetDatum(tuple);
}

Datum
interlink_after_row(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_data(fcinfo, "interlink.after_row");
	Oid			relid = RelationGetRelid(trigger->tg_relation);
	Worklist   *work = worklist_current();
	Table	   *table = graph_table(work->graph, relid);
	TupleTableSlot *old = NULL;
	TupleTableSlot *new = NULL;
	bool		by_engine;

	if (table == NULL)
		return PointerGetDatum(NULL);
	if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		new = trigger->tg_trigslot;
	else
		old = trigger->tg_trigslot;
	if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
		new = trigger->tg_newslot;

	by_engine = engine_fires_for(relid);
	work->running++;
	if (new && !by_engine)
		guard_row(work, table, old, new);
	capture_row(work, table, old, new, by_engine);
	work->running--;
	return PointerGetDatum(NULL);
}

/* Rows that a TRUNCATE has taken away cannot be told one by one. */
static void
capture_truncate(Relation rel)
{
	Worklist   *work = worklist_current();
	Table	   *table = graph_table(work->graph, RelationGetRelid(rel));
	ListCell   *cell;

	if (table == NULL)
		return;
	foreach(cell, table->uses)
	{
		Use		   *use = lfirst(cell);

		if (use->position > 0)
			note_refill(work, use->group);
	}
}

Datum
interlink_after_statement(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_data(fcinfo, "interlink.after_statement");
	Worklist   *work;

	if (TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event))
		capture_truncate(trigger->tg_relation);

	/* What the engine's own writes bring about joins the run under way. */
	if (engine_fires())
		return PointerGetDatum(NULL);
	while ((work = worklist_pending()) != NULL)
		run_worklist(work);
	return PointerGetDatum(NULL);
}

/*
 * At the end of the transaction, on tables with a deferrable foreign key: the
 * row that it refers to may have been committed by another session after this
 * one had looked for it in vain.
 */
Datum
interlink_after_transaction(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_data(fcinfo, "interlink.after_transaction");
	Worklist   *work;
	Table	   *table;

	if (!lock_missed_row())
		return PointerGetDatum(NULL);
	work = worklist_current();
	table = graph_table(work->graph, RelationGetRelid(trigger->tg_relation));
	if (table)
		capture_late(work, table, TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ?
					 trigger->tg_newslot : trigger->tg_trigslot);
	while ((work = worklist_pending()) != NULL)
		run_worklist(work);
	return PointerGetDatum(NULL);
}

/* Are two values of one type different images?  For WHEN clauses. */
Datum
interlink_differ(PG_FUNCTION_ARGS)
{
	Oid			type;
	int16		typlen;
	bool		typbyval;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_BOOL(PG_ARGISNULL(0) != PG_ARGISNULL(1));
	type = get_fn_expr_argtype(fcinfo->flinfo, 0);
	get_typlenbyval(type, &typlen, &typbyval);
	PG_RETURN_BOOL(!datum_image_eq(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1),
								   typbyval, typlen));
}
