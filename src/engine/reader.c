/*
 * reader.c: reading and locking single rows, whichever partition they are in.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "engine/row.h"

RowReader *
row_reader_open(Table *table, LOCKMODE lock)
{
	RowReader  *reader = palloc0(sizeof(RowReader));

	reader->context = CurrentMemoryContext;
	reader->table = table;
	reader->rel = table_open(table->relid, lock);
	reader->parts = table_parts(table, reader->rel, &reader->nparts);
	reader->rels = palloc0(sizeof(Relation) * reader->nparts);
	reader->slots = palloc0(sizeof(TupleTableSlot *) * reader->nparts);
	return reader;
}

void
row_reader_close(RowReader *reader)
{
	for (int i = 0; i < reader->nparts; i++)
	{
		if (reader->rels[i] == NULL)
			continue;
		ExecDropSingleTupleTableSlot(reader->slots[i]);
		if (reader->rels[i] != reader->rel)
			table_close(reader->rels[i], NoLock);
	}
	if (reader->converted)
		ExecDropSingleTupleTableSlot(reader->converted);
	table_close(reader->rel, NoLock);
	pfree(reader);
}

Relation
row_reader_part(RowReader *reader, int part)
{
	if (reader->rels[part] == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(reader->context);

		reader->rels[part] = reader->table->partitioned ?
			table_open(reader->parts[part].relid, RowExclusiveLock) : reader->rel;
		reader->slots[part] = table_slot_create(reader->rels[part], NULL);
		MemoryContextSwitchTo(old);
	}
	return reader->rels[part];
}

TupleTableSlot *
row_reader_show(RowReader *reader, int part)
{
	TupleTableSlot *slot = reader->slots[part];
	AttrMap    *map = reader->parts[part].map;

	reader->part = part;
	if (map)
	{
		if (reader->converted == NULL)
		{
			MemoryContext old = MemoryContextSwitchTo(reader->context);

			reader->converted = MakeSingleTupleTableSlot(RelationGetDescr(reader->rel),
														 &TTSOpsVirtual);
			MemoryContextSwitchTo(old);
		}
		execute_attr_map_slot(map, slot, reader->converted);
		reader->converted->tts_tid = slot->tts_tid;
		reader->converted->tts_tableOid = slot->tts_tableOid;
		slot = reader->converted;
	}
	reader->slot = slot;
	return slot;
}

/*
 * What was read last is no more to be relied on: to look for a row in vain
 * leaves something else in the slot.
 */
void
row_reader_forget(RowReader *reader, int part)
{
	ExecClearTuple(reader->slots[part]);
	if (reader->converted)
		ExecClearTuple(reader->converted);
}

RowAddress
row_address(RowReader *reader)
{
	RowAddress	address = {reader->parts[reader->part].relid, reader->slot->tts_tid};

	return address;
}

int
row_reader_find_part(RowReader *reader, Oid relid)
{
	int			low = 0;
	int			high = reader->nparts - 1;

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (reader->parts[middle].relid < relid)
			low = middle + 1;
		else
			high = middle;
	}
	if (high < 0 || reader->parts[low].relid != relid)
		elog(ERROR, "relation %u is not a partition of %s", relid, reader->table->label);
	return low;
}

/* Is it the row that was read last? */
static bool
stands_at(RowReader *reader, const RowAddress *address)
{
	return reader->slot && !TTS_EMPTY(reader->slot) &&
		reader->parts[reader->part].relid == address->relid &&
		ItemPointerEquals(&reader->slot->tts_tid, unconstify(ItemPointerData *, &address->tid));
}

static bool
fetch_version(RowReader *reader, const RowAddress *address, Snapshot snapshot)
{
	int			part = row_reader_find_part(reader, address->relid);
	Relation	rel = row_reader_part(reader, part);
	ItemPointerData tid = address->tid;

	if (table_tuple_fetch_row_version(rel, &tid, snapshot, reader->slots[part]))
	{
		(void) row_reader_show(reader, part);
		return true;
	}
	row_reader_forget(reader, part);
	return false;
}

TupleTableSlot *
row_fetch(RowReader *reader, const RowAddress *address)
{
	if (!stands_at(reader, address) && !fetch_version(reader, address, SnapshotAny))
		elog(ERROR, "a locked row of \"%s\" is gone", RelationGetRelationName(reader->rel));
	return reader->slot;
}

bool
row_fetch_visible(RowReader *reader, const RowAddress *address, Snapshot snapshot)
{
	return fetch_version(reader, address, snapshot);
}

/* By a command that is still under way, as a BEFORE trigger of the same statement can do. */
void
row_raise_modified(Relation rel)
{
	ereport(ERROR,
			(errcode(ERRCODE_TRIGGERED_DATA_CHANGE_VIOLATION),
			 errmsg("row of table \"%s\" was already modified by an operation triggered by the current command",
					RelationGetRelationName(rel)),
			 errhint("Consider using an AFTER trigger instead of a BEFORE trigger to propagate changes to other rows.")));
}

bool
row_lock(RowReader *reader, const RowAddress *address, Snapshot snapshot,
		 LockTupleMode mode)
{
	int			part = row_reader_find_part(reader, address->relid);
	Relation	rel = row_reader_part(reader, part);
	TupleTableSlot *slot = reader->slots[part];
	TM_FailureData failure;
	bool		own_snapshot = IsolationUsesXactSnapshot();
	ItemPointerData start = address->tid;

	/*
	 * A weak lock that does not have to wait for an update under way must hold
	 * for the version that it makes, too; foreign keys rely on that.
	 */
	uint8		flags = TUPLE_LOCK_FLAG_LOCK_UPDATE_IN_PROGRESS |
	(own_snapshot ? 0 : TUPLE_LOCK_FLAG_FIND_LAST_VERSION);
	TM_Result	result = table_tuple_lock(rel, &start, snapshot, slot,
										  GetCurrentCommandId(true), mode, LockWaitBlock,
										  flags, &failure);

	if (result == TM_Ok && own_snapshot &&
		!table_tuple_satisfies_snapshot(rel, slot, GetTransactionSnapshot()))
		result = TM_Updated;
	if (result == TM_Ok)
	{
		(void) row_reader_show(reader, part);
		return true;
	}
	row_reader_forget(reader, part);
	if (result == TM_Deleted && !own_snapshot)
		return false;
	if (result == TM_Deleted || result == TM_Updated)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize access due to concurrent %s",
						result == TM_Deleted ? "delete" : "update")));
	if (result == TM_SelfModified || result == TM_Invisible)
		row_raise_modified(rel);
	elog(ERROR, "unexpected result of locking a row of \"%s\"",
		 RelationGetRelationName(rel));
}

