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
#include "access/table.h"
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

/* May a trigger of the user change the rows that we write? */
static bool
has_before_triggers(TriggerDesc *triggers)
{
	for (int i = 0; triggers && i < triggers->numtriggers; i++)
	{
		Trigger    *trigger = &triggers->triggers[i];

		if (TRIGGER_FOR_ROW(trigger->tgtype) && TRIGGER_FOR_BEFORE(trigger->tgtype) &&
			TRIGGER_FOR_UPDATE(trigger->tgtype) && !engine_owns_trigger(trigger->tgfoid))
			return true;
	}
	return false;
}

/* triggers is a copy, made for this write. */
static void
leave_out_own_triggers(TriggerDesc *triggers)
{
	bool		before = false;
	bool		after = false;

	for (int i = 0; triggers && i < triggers->numtriggers; i++)
	{
		Trigger    *trigger = &triggers->triggers[i];

		if (engine_owns_trigger(trigger->tgfoid))
			trigger->tgenabled = TRIGGER_DISABLED;
		else if (TRIGGER_FOR_ROW(trigger->tgtype) && TRIGGER_FOR_UPDATE(trigger->tgtype))
		{
			before |= TRIGGER_FOR_BEFORE(trigger->tgtype);
			after |= TRIGGER_FOR_AFTER(trigger->tgtype);
		}
	}
	if (triggers)
	{
		triggers->trig_update_before_row = before;
		triggers->trig_update_after_row = after;
	}
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
row_writer_open(Table *table, Bitmapset *columns, bool of_fields)
{
	RowWriter  *writer = palloc0(sizeof(RowWriter));
	EState	   *estate = CreateExecutorState();

	writer->table = table;
	writer->rel = table_open(table->relid, RowExclusiveLock);
	writer->estate = estate;
	compat_init_range_table(estate, writer->rel, offset_columns(columns));
	writer->result = makeNode(ResultRelInfo);
	InitResultRelInfo(writer->result, writer->rel, 1, NULL, 0);
	CheckValidResultRel(writer->result, CMD_UPDATE COMPAT_CHECK_RESULT_REL_ARGS);
	writer->quiet = of_fields && !has_before_triggers(writer->result->ri_TrigDesc);
	if (writer->quiet)
		leave_out_own_triggers(writer->result->ri_TrigDesc);
	estate->es_output_cid = GetCurrentCommandId(true);
	PushActiveSnapshot(GetTransactionSnapshot());
	estate->es_snapshot = GetActiveSnapshot();
	ExecOpenIndices(writer->result, false);
	writer->epq = palloc0(sizeof(EPQState));
	EvalPlanQualInit(writer->epq, estate, NULL, NIL, -1);
	writer->new = table_slot_create(writer->rel, NULL);

	row_enter_user(table->owner, &writer->save_userid, &writer->save_sec_context);
	AfterTriggerBeginQuery();
	writer->statement_triggers = has_statement_triggers(writer->result->ri_TrigDesc);
	if (writer->statement_triggers)
	{
		writer->capture = MakeTransitionCaptureState(writer->result->ri_TrigDesc,
													 table->relid, CMD_UPDATE);
		ExecBSUpdateTriggers(estate, writer->result);
	}
	return writer;
}

void
row_writer_close(RowWriter *writer)
{
	if (writer->statement_triggers)
		ExecASUpdateTriggers(writer->estate, writer->result, writer->capture);
	CommandCounterIncrement();
	UpdateActiveSnapshotCommandId();
	AfterTriggerEndQuery(writer->estate);
	row_leave_user(writer->save_userid, writer->save_sec_context);

	ExecDropSingleTupleTableSlot(writer->new);
	EvalPlanQualEnd(writer->epq);
	ExecCloseIndices(writer->result);
	ExecResetTupleTable(writer->estate->es_tupleTable, false);
	ExecCloseResultRelations(writer->estate);
	PopActiveSnapshot();
	FreeExecutorState(writer->estate);
	table_close(writer->rel, NoLock);
	pfree(writer);
}

static void
compose_row(RowWriter *writer, TupleTableSlot *old, const Datum *values,
			const bool *isnull, const bool *replace)
{
	TupleTableSlot *new = writer->new;
	int			natts = RelationGetNumberOfAttributes(writer->rel);

	slot_getallattrs(old);
	ExecClearTuple(new);
	for (int i = 0; i < natts; i++)
	{
		new->tts_values[i] = replace[i] ? values[i] : old->tts_values[i];
		new->tts_isnull[i] = replace[i] ? isnull[i] : old->tts_isnull[i];
	}
	ExecStoreVirtualTuple(new);
	ExecMaterializeSlot(new);
	new->tts_tableOid = RelationGetRelid(writer->rel);
}

static void
update_row(RowWriter *writer, ItemPointer tid)
{
	EState	   *estate = writer->estate;
	ResultRelInfo *result = writer->result;
	CompatUpdateIndexes update_indexes;
	List	   *recheck = NIL;
	TupleConstr *constraints = RelationGetDescr(writer->rel)->constr;

	if (constraints && constraints->has_generated_stored)
		ExecComputeStoredGenerated(result, estate, writer->new, CMD_UPDATE);
	if (constraints)
		ExecConstraints(result, writer->new, estate);
	simple_table_tuple_update(writer->rel, tid, writer->new, estate->es_snapshot,
							  &update_indexes);
	if (result->ri_NumIndices > 0 && compat_must_update_indexes(update_indexes))
		recheck = compat_insert_index_tuples(result, writer->new, estate, update_indexes);
	ExecARUpdateTriggers(estate, result, NULL, NULL, tid, NULL, writer->new,
						 recheck, writer->capture, false);
	list_free(recheck);
}

bool
row_write(RowWriter *writer, TupleTableSlot *old, const Datum *values,
		  const bool *isnull, const bool *replace)
{
	ItemPointerData tid = old->tts_tid;
	TriggerDesc *triggers = writer->result->ri_TrigDesc;

	compose_row(writer, old, values, isnull, replace);

	/* A BEFORE trigger for another row may have changed this one. */
	if (!writer->quiet)
		(void) row_lock(writer->rel, &tid, writer->estate->es_snapshot,
						LockTupleNoKeyExclusive, old);
	if (triggers && triggers->trig_update_before_row &&
		!compat_before_row_update(writer->estate, writer->epq, writer->result,
								  &tid, writer->new))
		return false;
	update_row(writer, &tid);
	ResetPerTupleExprContext(writer->estate);
	return true;
}
