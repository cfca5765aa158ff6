/*
 * write.c: updating rows that the caller has locked.
 *
 * Rows are written through the table and index access methods and the
 * executor's trigger calls, in the order of ExecSimpleRelationUpdate(): BEFORE
 * ROW triggers, generated columns, constraints, the row, its indexes, AFTER
 * ROW triggers.  Row security does not apply, as with foreign key actions.
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "executor/nodeModifyTable.h"
#include "miscadmin.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "engine/engine.h"
#include "engine/row.h"

/* The part of a table whose rows are being updated. */
typedef struct PartWriter
{
	Relation	rel;			/* NULL: not opened yet */
	ResultRelInfo *result;
	TupleTableSlot *new;		/* the row last written, with the part's own columns */
	bool		quiet;			/* our own triggers do not fire */
	bool		after;			/* there are AFTER ROW triggers to fire */
	bool		refers;			/* the part has foreign keys */
	TriggerDesc *checks;		/* of those alone, once there are any to queue */
	bool		indexes_open;
} PartWriter;

/* A row whose foreign keys are to be checked. */
typedef struct Check
{
	int			part;
	ItemPointerData old;
	ItemPointerData new;
} Check;

void
row_enter_user(Oid user, Oid *save_userid, int *save_sec_context)
{
	GetUserIdAndSecContext(save_userid, save_sec_context);
	SetUserIdAndSecContext(user, *save_sec_context |
						   SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
}

void
row_leave_user(Oid save_userid, int save_sec_context)
{
	SetUserIdAndSecContext(save_userid, save_sec_context);
}

/*
 * The triggers are a copy, made for this write.  Ours are left out of a quiet
 * one, and the checks of foreign keys of every one: see queue_checks().  Other
 * triggers of foreign keys have nothing to do without keys among the fields.
 */
static void
sort_triggers(PartWriter *part, bool fields_in_keys)
{
	TriggerDesc *triggers = part->result->ri_TrigDesc;
	bool		before = false;

	if (triggers == NULL)
		return;
	for (int i = 0; i < triggers->numtriggers; i++)
	{
		Trigger    *trigger = &triggers->triggers[i];
		bool		check = RI_FKey_trigger_type(trigger->tgfoid) == RI_TRIGGER_FK;

		if (check || (part->quiet && engine_owns_trigger(trigger->tgfoid)))
			trigger->tgenabled = TRIGGER_DISABLED;
		if (!TRIGGER_FOR_ROW(trigger->tgtype) || !TRIGGER_FOR_UPDATE(trigger->tgtype))
			continue;
		part->refers |= check;
		if (trigger->tgenabled == TRIGGER_DISABLED)
			continue;
		before |= TRIGGER_FOR_BEFORE(trigger->tgtype);
		if (fields_in_keys || RI_FKey_trigger_type(trigger->tgfoid) == RI_TRIGGER_NONE)
			part->after |= TRIGGER_FOR_AFTER(trigger->tgtype);
	}
	triggers->trig_update_before_row = before;
	triggers->trig_update_after_row = part->after;
}

/* Has the table statement triggers for UPDATE other than ours? */
static bool
has_statement_triggers(TriggerDesc *triggers)
{
	if (triggers == NULL)
		return false;
	for (int i = 0; i < triggers->numtriggers; i++)
	{
		Trigger    *trigger = &triggers->triggers[i];

		if (!TRIGGER_FOR_ROW(trigger->tgtype) && TRIGGER_FOR_UPDATE(trigger->tgtype) &&
			!engine_owns_trigger(trigger->tgfoid))
			return true;
	}
	return triggers->trig_update_old_table || triggers->trig_update_new_table;
}

static Bitmapset *
offset_columns(Bitmapset *columns)
{
	Bitmapset  *result = NULL;
	int			att = -1;

	while ((att = bms_next_member(columns, att)) >= 0)
		result = bms_add_member(result, att - FirstLowInvalidHeapAttributeNumber);
	return result;
}

RowWriter *
row_writer_open(RowReader *reader, Bitmapset *columns, bool of_fields, bool in_statement)
{
	RowWriter  *writer = palloc0(sizeof(RowWriter));
	EState	   *estate = CreateExecutorState();

	writer->reader = reader;
	writer->of_fields = of_fields;
	writer->keys_change = !of_fields || reader->table->fields_in_keys;
	writer->in_statement = in_statement;
	writer->parts = palloc0(sizeof(PartWriter) * reader->nparts);
	writer->estate = estate;
	compat_init_range_table(estate, reader->rel, offset_columns(columns));
	writer->result = makeNode(ResultRelInfo);
	InitResultRelInfo(writer->result, reader->rel, 1, NULL, 0);
	CheckValidResultRel(writer->result, CMD_UPDATE COMPAT_CHECK_RESULT_REL_ARGS);
	estate->es_output_cid = GetCurrentCommandId(true);
	PushActiveSnapshot(GetTransactionSnapshot());
	estate->es_snapshot = GetActiveSnapshot();
	writer->epq = palloc0(sizeof(EPQState));
	compat_epq_init(writer->epq, estate);

	row_enter_user(reader->table->owner, &writer->save_userid, &writer->save_sec_context);
	AfterTriggerBeginQuery();
	writer->statement_triggers = has_statement_triggers(writer->result->ri_TrigDesc);
	if (writer->statement_triggers)
	{
		writer->capture = MakeTransitionCaptureState(writer->result->ri_TrigDesc,
													 reader->table->relid, CMD_UPDATE);
		ExecBSUpdateTriggers(estate, writer->result);
	}
	return writer;
}

static PartWriter *
open_part(RowWriter *writer, int part)
{
	RowReader  *reader = writer->reader;
	PartWriter *opened = &writer->parts[part];

	if (opened->rel)
		return opened;
	opened->rel = reader->rels[part];
	opened->result = reader->table->partitioned ?
		compat_partition_result(writer->estate, writer->result, reader->rel, opened->rel) :
		writer->result;
	opened->quiet = writer->of_fields && !others_change_rows(opened->result->ri_TrigDesc);
	sort_triggers(opened, writer->keys_change);
	opened->new = table_slot_create(opened->rel, NULL);
	return opened;
}

static void
close_part(PartWriter *opened)
{
	if (opened->rel == NULL)
		return;
	ExecDropSingleTupleTableSlot(opened->new);
	if (opened->indexes_open)
		ExecCloseIndices(opened->result);
}

/* Has this transaction made the version of the row? */
static bool
made_here(TupleTableSlot *row)
{
	bool		isnull;
	Datum		made_by = slot_getsysattr(row, MinTransactionIdAttributeNumber, &isnull);

	return TransactionIdIsCurrentTransactionId(DatumGetTransactionId(made_by));
}

static void
note_check(RowWriter *writer, int part, ItemPointer old)
{
	Check	   *check;

	if (writer->nchecks == writer->max_checks)
	{
		writer->max_checks = Max(64, writer->max_checks * 2);
		writer->checks = writer->checks == NULL ?
			palloc(sizeof(Check) * writer->max_checks) :
			repalloc_huge(writer->checks, sizeof(Check) * writer->max_checks);
	}
	check = &writer->checks[writer->nchecks++];
	check->part = part;
	check->old = *old;
	check->new = writer->parts[part].new->tts_tid;
}

static TriggerDesc *
checks_of(Relation rel)
{
	TriggerDesc *checks = CopyTriggerDesc(rel->trigdesc);

	for (int i = 0; i < checks->numtriggers; i++)
	{
		if (RI_FKey_trigger_type(checks->triggers[i].tgfoid) != RI_TRIGGER_FK)
			checks->triggers[i].tgenabled = TRIGGER_DISABLED;
	}
	return checks;
}

/*
 * A foreign key that was to be checked on a version of a row is checked on the
 * next one instead, if the same transaction has made both: the check that waits
 * leaves out what is no longer there.  The new one waits in the same place, in
 * the queue of the statement under way, as do those that the actions of foreign
 * keys give rise to: the statement may have deleted the row referred to, and the
 * action that sets the key to NULL may stand in that queue.
 */
static void
queue_checks(RowWriter *writer)
{
	for (uint64 i = 0; i < writer->nchecks; i++)
	{
		Check	   *check = &writer->checks[i];
		PartWriter *part = &writer->parts[check->part];

		if (part->checks == NULL)
			part->checks = checks_of(part->rel);
		part->result->ri_TrigDesc = part->checks;
		if (!table_tuple_fetch_row_version(part->rel, &check->new, SnapshotAny, part->new))
			elog(ERROR, "could not find a row that was written");
		ExecARUpdateTriggers(writer->estate, part->result, NULL, NULL, &check->old, NULL,
							 part->new, NIL, NULL, false);
	}
	writer->nchecks = 0;
}

void
row_writer_close(RowWriter *writer)
{
	if (writer->statement_triggers)
		ExecASUpdateTriggers(writer->estate, writer->result, writer->capture);
	CommandCounterIncrement();
	UpdateActiveSnapshotCommandId();
	if (!writer->in_statement)
		queue_checks(writer);
	AfterTriggerEndQuery(writer->estate);
	if (writer->in_statement)
		queue_checks(writer);
	row_leave_user(writer->save_userid, writer->save_sec_context);

	if (writer->converted)
		ExecDropSingleTupleTableSlot(writer->converted);
	EvalPlanQualEnd(writer->epq);
	for (int i = 0; i < writer->reader->nparts; i++)
		close_part(&writer->parts[i]);
	ExecResetTupleTable(writer->estate->es_tupleTable, false);
	ExecCloseResultRelations(writer->estate);
	PopActiveSnapshot();
	FreeExecutorState(writer->estate);
	pfree(writer);
}

/* The arrays have the table's columns, old and new the part's own. */
static void
compose_row(RowWriter *writer, PartWriter *part, AttrMap *map, TupleTableSlot *old,
			const Datum *values, const bool *isnull, const bool *replace)
{
	TupleTableSlot *new = part->new;
	int			natts = RelationGetNumberOfAttributes(writer->reader->rel);

	slot_getallattrs(old);
	ExecClearTuple(new);
	memcpy(new->tts_values, old->tts_values,
		   sizeof(Datum) * new->tts_tupleDescriptor->natts);
	memcpy(new->tts_isnull, old->tts_isnull,
		   sizeof(bool) * new->tts_tupleDescriptor->natts);
	for (int i = 0; i < natts; i++)
	{
		int			column = map ? map->attnums[i] - 1 : i;

		if (!replace[i])
			continue;
		new->tts_values[column] = values[i];
		new->tts_isnull[column] = isnull[i];
	}
	ExecStoreVirtualTuple(new);
	ExecMaterializeSlot(new);
	new->tts_tableOid = RelationGetRelid(part->rel);
}

/* Most updates are heap-only, so that the indexes are opened when one is not. */
static List *
insert_index_tuples(RowWriter *writer, PartWriter *part, CompatUpdateIndexes update_indexes)
{
	if (!part->indexes_open)
		ExecOpenIndices(part->result, false);
	part->indexes_open = true;
	if (part->result->ri_NumIndices == 0)
		return NIL;
	return compat_insert_index_tuples(part->result, part->new, writer->estate, update_indexes);
}

/* The row is locked: only a BEFORE trigger for it can have changed it or taken it away. */
static void
require_unmodified(PartWriter *part, ItemPointer tid)
{
	TupleTableSlot *slot = table_slot_create(part->rel, NULL);
	bool		found = table_tuple_fetch_row_version(part->rel, tid, SnapshotSelf, slot);

	ExecDropSingleTupleTableSlot(slot);
	if (!found)
		row_raise_modified(part->rel);
}

static void
update_row(RowWriter *writer, PartWriter *part, ItemPointer tid)
{
	EState	   *estate = writer->estate;
	ResultRelInfo *result = part->result;
	CompatUpdateIndexes update_indexes;
	List	   *recheck = NIL;
	TupleConstr *constraints = RelationGetDescr(part->rel)->constr;

	if (constraints && constraints->has_generated_stored)
		ExecComputeStoredGenerated(result, estate, part->new, CMD_UPDATE);
	if (constraints)
		ExecConstraints(result, part->new, estate);
	simple_table_tuple_update(part->rel, tid, part->new, estate->es_snapshot,
							  &update_indexes);
	if (compat_must_update_indexes(update_indexes))
		recheck = insert_index_tuples(writer, part, update_indexes);
	ExecARUpdateTriggers(estate, result, NULL, NULL, tid, NULL, part->new,
						 recheck, writer->capture, false);
	list_free(recheck);
}

/* Shows what was written with the table's columns. */
static void
show_written(RowWriter *writer, PartWriter *part, AttrMap *map)
{
	writer->quiet = part->quiet;
	writer->new = part->new;
	if (map == NULL)
		return;
	if (writer->converted == NULL)
		writer->converted = MakeSingleTupleTableSlot(RelationGetDescr(writer->reader->rel),
													 &TTSOpsVirtual);
	writer->new = execute_attr_map_slot(map, part->new, writer->converted);
}

bool
row_write(RowWriter *writer, const Datum *values, const bool *isnull, const bool *replace)
{
	RowReader  *reader = writer->reader;
	RowAddress	address = row_address(reader);
	PartWriter *part = open_part(writer, reader->part);
	AttrMap    *map = reader->parts[reader->part].map;
	TriggerDesc *triggers = part->result->ri_TrigDesc;

	compose_row(writer, part, map, reader->slots[reader->part], values, isnull, replace);

	/* A BEFORE trigger for another row may have changed this one. */
	if (!part->quiet)
	{
		if (!row_lock(reader, &address, writer->estate->es_snapshot, LockTupleNoKeyExclusive))
			return false;
		address = row_address(reader);
	}
	if (triggers && triggers->trig_update_before_row)
	{
		if (!compat_before_row_update(writer->estate, writer->epq, part->result,
									  &address.tid, part->new))
			return false;
		require_unmodified(part, &address.tid);
	}
	update_row(writer, part, &address.tid);
	if (part->refers && (writer->keys_change || made_here(reader->slots[reader->part])))
		note_check(writer, reader->part, &address.tid);
	ResetPerTupleExprContext(writer->estate);
	show_written(writer, part, map);
	return true;
}
