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
#include "engine/far_change.h"
#include "engine/lock.h"
#include "engine/move.h"
#include "engine/settle.h"
#include "engine/single.h"
#include "type/link.h"

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

/* The table that the trigger concerns, and where in it the rows stand. */
typedef struct Subject
{
	Worklist   *work;
	Table	   *table;
	AttrMap    *map;			/* from the columns of a partition; NULL: the same */
} Subject;

/*
 * The trigger is there, and nothing that it could do.  Either a partition has come
 * while this statement is under way, or the definitions are not in this database:
 * then the row would go unheard.  A restore of data alone, which says so by a
 * setting, may bring them later, and all is filled then.
 */
static void
refuse_stranger(Graph *graph, Relation relation)
{
	Part	   *part;

	if (graph != graph_get() && graph_table_of(graph_get(), RelationGetRelid(relation), &part))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_IN_USE),
				 errmsg("cannot write to table \"%s\" because its links, lookups and rollups were changed by the statement that is under way",
						RelationGetRelationName(relation))));
	if (computed_writes != COMPUTED_WRITES_IGNORE)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("cannot write to table \"%s\" because the definitions of its links, lookups and rollups are missing",
						RelationGetRelationName(relation)),
				 errdetail("A dump of the schema alone is without them, one of single tables or schemas has them with --extension=interlink only."),
				 errhint("Restore what pg_dump --data-only --table='interlink.*' writes there, or drop the triggers that call functions of interlink.")));
}

static Subject
subject_of(TriggerData *trigger)
{
	Oid			relid = RelationGetRelid(trigger->tg_relation);
	Subject		subject = {worklist_current(), NULL, NULL};
	Part	   *part;

	subject.table = graph_table_of(subject.work->graph, relid, &part);
	if (part)
		subject.map = part->map;

	if (subject.table == NULL)
		refuse_stranger(subject.work->graph, trigger->tg_relation);
	return subject;
}

/* The row with the columns of the table, in the memory of this trigger call. */
static TupleTableSlot *
table_slot(Subject *subject, TupleTableSlot *slot)
{
	if (slot == NULL || subject->map == NULL)
		return slot;
	return execute_attr_map_slot(subject->map, slot,
								 MakeTupleTableSlot(subject->table->desc, &TTSOpsVirtual));
}

static TupleTableSlot *
old_slot(Subject *subject, TriggerData *trigger)
{
	return TRIGGER_FIRED_BY_INSERT(trigger->tg_event) ? NULL :
		table_slot(subject, trigger->tg_trigslot);
}

static TupleTableSlot *
new_slot(Subject *subject, TriggerData *trigger)
{
	if (TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		return NULL;
	return table_slot(subject, TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ?
					  trigger->tg_newslot : trigger->tg_trigslot);
}

/* The tuple with what was settled in place; the arrays have the table's columns. */
static HeapTuple
replaced_tuple(HeapTuple tuple, TupleDesc desc, AttrMap *map,
			   Datum *values, bool *isnull, bool *replace)
{
	Datum	   *own_values;
	bool	   *own_isnull;
	bool	   *own_replace;

	if (map == NULL)
		return heap_modify_tuple(tuple, desc, values, isnull, replace);
	own_values = palloc0(sizeof(Datum) * desc->natts);
	own_isnull = palloc0(sizeof(bool) * desc->natts);
	own_replace = palloc0(sizeof(bool) * desc->natts);
	for (int i = 0; i < map->maplen; i++)
	{
		int			column = map->attnums[i] - 1;

		if (!replace[i])
			continue;
		own_values[column] = values[i];
		own_isnull[column] = isnull[i];
		own_replace[column] = true;
	}
	return heap_modify_tuple(tuple, desc, own_values, own_isnull, own_replace);
}

/* Are there triggers that could let a link column contradict the key beside it? */
static bool
users_are_next(Subject *subject, TriggerData *trigger)
{
	return subject->table->beside &&
		user_triggers_follow(trigger->tg_relation, TRIGGER_FIRED_BY_UPDATE(trigger->tg_event));
}

static HeapTuple
filled_tuple(Subject *subject, TriggerData *trigger, TupleTableSlot *old,
			 TupleTableSlot *new, HeapTuple tuple)
{
	int			natts = new->tts_tupleDescriptor->natts;
	Datum	   *values = palloc0(sizeof(Datum) * natts);
	bool	   *isnull = palloc0(sizeof(bool) * natts);
	bool	   *replace = palloc0(sizeof(bool) * natts);
	bool		changed = fill_row(subject->work, subject->table, RelationGetRelid(trigger->tg_relation),
								   old, new, values, isnull, replace);

	if (users_are_next(subject, trigger))
	{
		RowInMaking row = {old, new, values, isnull, replace};

		remember_links(subject->table, &row, TRIGGER_FIRED_BY_UPDATE(trigger->tg_event));
	}
	if (!changed)
		return tuple;
	return replaced_tuple(tuple, RelationGetDescr(trigger->tg_relation), subject->map,
						  values, isnull, replace);
}

Datum
interlink_before_row(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_data(fcinfo, "interlink.before_row");
	bool		update = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event);
	HeapTuple	tuple = update ? trigger->tg_newtuple : trigger->tg_trigtuple;
	Subject		subject = subject_of(trigger);
	TupleTableSlot *old;
	TupleTableSlot *new;

	if (subject.table == NULL || engine_fires_for(subject.table->relid))
		return PointerGetDatum(tuple);
	old = old_slot(&subject, trigger);
	new = new_slot(&subject, trigger);
	if (update)
		move_begin(subject.work->graph, subject.table, old, new);
	else
		old = move_arrives(subject.table, new);
	subject.work->running++;
	tuple = filled_tuple(&subject, trigger, old, new, tuple);
	subject.work->running--;
	return PointerGetDatum(tuple);
}

/* In a statement that fires triggers; TRUNCATE expects no events but its own. */
static void
run_pending(bool in_statement)
{
	Worklist   *work;

	while ((work = worklist_pending()) != NULL)
	{
		work->in_statement = in_statement;
		run_worklist(work);
	}
}

/*
 * Before the row's foreign keys are checked: a row that one refers to, and that
 * was not there, may be committed until then.  The end of the statement looks again.
 */
static void
run_at_once(TriggerData *trigger)
{
	uint64		missed = lock_missed_rows();
	Subject		subject;

	run_pending(true);
	if (lock_missed_rows() == missed)
		return;
	subject = subject_of(trigger);
	if (subject.table)
		capture_late(subject.work, subject.table, new_slot(&subject, trigger));
}

Datum
interlink_after_row(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_data(fcinfo, "interlink.after_row");
	Subject		subject = subject_of(trigger);
	TupleTableSlot *old;
	TupleTableSlot *new;
	TupleTableSlot *moved = NULL;
	bool		by_engine;

	if (subject.table == NULL)
		return PointerGetDatum(NULL);
	old = old_slot(&subject, trigger);
	new = new_slot(&subject, trigger);
	by_engine = engine_fires_for(subject.table->relid);
	if (new && !old)
		moved = move_arrives(subject.table, new);
	subject.work->running++;
	if (new && !by_engine)
	{
		guard_row(subject.work, subject.table, moved ? moved : old, new);
		if (users_are_next(&subject, trigger))
			guard_late_links(subject.table, moved ? moved : old, new, old != NULL);
	}
	capture_row(subject.work, subject.table, old, new, by_engine);
	if (old && new)
		note_version(subject.work, subject.table, old, new);
	if (moved)
		capture_arrival(subject.work, subject.table, new);
	subject.work->running--;

	/* What the engine's own writes bring about joins the run under way. */
	if (!engine_fires() && is_only_row(trigger))
		run_at_once(trigger);
	return PointerGetDatum(NULL);
}

Datum
interlink_after_statement(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = trigger_data(fcinfo, "interlink.after_statement");

	if (TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event))
	{
		Subject		subject = subject_of(trigger);

		if (subject.table)
			capture_all(subject.work, subject.table);
	}

	if (!engine_fires())
		run_pending(!TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event));
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
	Subject		subject;

	if (lock_missed_rows() == 0)
		return PointerGetDatum(NULL);
	subject = subject_of(trigger);
	if (subject.table)
		capture_late(subject.work, subject.table, new_slot(&subject, trigger));
	run_pending(false);
	return PointerGetDatum(NULL);
}

/* How the values of each pair are stored: looked up once for each call in a statement. */
typedef struct Storage
{
	int16		typlen;
	bool		typbyval;
	bool		is_link;
} Storage;

static void
look_up_storage(FmgrInfo *function, int pair, Storage *storage)
{
	Oid			type = get_fn_expr_argtype(function, 2 * pair);

	if (!OidIsValid(type) || get_fn_expr_argtype(function, 2 * pair + 1) != type)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("values that are compared must be of one type"),
				 errdetail("Arguments %d and %d of interlink.differ are not.",
						   2 * pair + 1, 2 * pair + 2)));
	get_typlenbyval(type, &storage->typlen, &storage->typbyval);
	storage->is_link = storage->typlen == -1 && link_is_type(type);
}

static Storage *
storage_of_pairs(FmgrInfo *function, int nargs)
{
	Storage    *storage;

	if (function->fn_extra)
		return function->fn_extra;
	if (nargs % 2 != 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("interlink.differ compares pairs of values, not %d", nargs)));
	storage = MemoryContextAlloc(function->fn_mcxt, sizeof(Storage) * nargs / 2);
	for (int pair = 0; pair < nargs / 2; pair++)
		look_up_storage(function, pair, &storage[pair]);
	function->fn_extra = storage;
	return storage;
}

/* Different images; a link may have been stored in an earlier form. */
static bool
pair_differs(Storage *storage, NullableDatum *a, NullableDatum *b)
{
	if (a->isnull || b->isnull)
		return a->isnull != b->isnull;
	if (datum_image_eq(a->value, b->value, storage->typbyval, storage->typlen))
		return false;
	return !storage->is_link || !link_is_same(a->value, b->value);
}

/*
 * Is any of the pairs of values, each of one type, two different images?  For
 * WHEN clauses, and for the audit.  PostgreSQL reads, plans and prepares a WHEN
 * clause anew for each statement, so that one call for all columns is less than
 * half the work of one for each.
 */
Datum
interlink_differ(PG_FUNCTION_ARGS)
{
	Storage    *storage = storage_of_pairs(fcinfo->flinfo, PG_NARGS());

	for (int i = 0; i < PG_NARGS(); i += 2)
	{
		if (pair_differs(&storage[i / 2], &fcinfo->args[i], &fcinfo->args[i + 1]))
			PG_RETURN_BOOL(true);
	}
	PG_RETURN_BOOL(false);
}
