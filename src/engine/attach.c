/*
 * attach.c: partitions that come and go, to the engine.
 *
 * A partition that is attached is so many rows inserted, one that is detached so
 * many rows deleted.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "engine/capture.h"
#include "engine/engine.h"

static void
work_off(void)
{
	Worklist   *work;

	while ((work = worklist_pending()) != NULL)
		run_worklist(work);
}

static void
capture_whole_row(Table *table, TupleTableSlot *row, bool comes)
{
	Worklist   *work = worklist_current();

	capture_row(work, table, comes ? NULL : row, comes ? row : NULL, false);
	if (comes)
		capture_arrival(work, table, row);
}

static void
capture_leaf(Table *table, Oid leaf, bool comes)
{
	Relation	rel = table_open(leaf, AccessShareLock);
	AttrMap    *map = compat_attrmap_by_name(RelationGetDescr(rel), table->desc);
	TupleTableSlot *slot = table_slot_create(rel, NULL);
	TupleTableSlot *row = map ? MakeSingleTupleTableSlot(table->desc, &TTSOpsVirtual) : slot;
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	TableScanDesc scan = table_beginscan(rel, snapshot, 0, NULL);
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "interlink attach",
												  ALLOCSET_DEFAULT_SIZES);

	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		MemoryContext old = MemoryContextSwitchTo(scratch);

		CHECK_FOR_INTERRUPTS();
		if (map)
			execute_attr_map_slot(map, slot, row);
		capture_whole_row(table, row, comes);
		MemoryContextSwitchTo(old);
		MemoryContextReset(scratch);
	}
	MemoryContextDelete(scratch);
	table_endscan(scan);
	UnregisterSnapshot(snapshot);
	if (map)
		ExecDropSingleTupleTableSlot(row);
	ExecDropSingleTupleTableSlot(slot);
	table_close(rel, NoLock);
}

static void
capture_partition(Oid relid, Oid partition, bool comes)
{
	Table	   *table = graph_table(graph_get(), relid);
	ListCell   *cell;

	if (table == NULL)
		return;
	foreach(cell, find_all_inheritors(partition, AccessShareLock, NULL))
	{
		if (get_rel_relkind(lfirst_oid(cell)) == RELKIND_RELATION)
			capture_leaf(table, lfirst_oid(cell), comes);
	}
	work_off();
}

void
engine_attach(Oid table, Oid partition)
{
	capture_partition(table, partition, true);
}

void
engine_detach(Oid table, Oid partition)
{
	capture_partition(table, partition, false);
}

void
engine_forget_rows(Oid relid)
{
	Worklist   *work = worklist_current();
	Table	   *table = graph_table(work->graph, relid);

	if (table)
		capture_all(work, table);
	work_off();
}
