/*
 * run.c: working off what was noted.
 *
 * A run goes from table to table.  On each it finds the holders that far
 * changes lead to, locks everything it depends on or will write, takes a new
 * snapshot, computes, and writes each touched row once.  Its writes are
 * captured like anybody's, and join the same worklist.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "engine/apply.h"
#include "engine/batch.h"
#include "engine/capture.h"
#include "engine/climb.h"
#include "engine/edit.h"
#include "engine/query.h"
#include "engine/spill.h"
#include "engine/tree.h"

/*
 * Locks have to be taken in one order by everybody, so the run goes from table
 * to table by rank, and only within a table by level: what a change brings
 * about by a long way is known, and joins what it brings about by a short one,
 * before the rows that both lead to are locked.
 */

static bool
group_has_work(Worklist *work, FieldGroup *group)
{
	ListCell   *cell;

	if (work->units[group->number] || work->spills[group->number] || work->refill[group->number] ||
		work->climbs[group->number] || work->strays[group->number])
		return true;
	foreach(cell, work->graph->uses)
	{
		Use		   *use = lfirst(cell);

		if (use->group == group && work->walks[use->number])
			return true;
	}
	return false;
}

static bool
comes_before(Table *table, Table *other)
{
	return other == NULL || table->rank < other->rank ||
		(table->rank == other->rank && table->relid < other->relid);
}

/* The first table, in the order of locking, with anything noted; NULL: none. */
static Table *
next_table(Worklist *work)
{
	Table	   *next = NULL;
	ListCell   *cell;

	foreach(cell, work->graph->groups)
	{
		FieldGroup *group = lfirst(cell);

		if (comes_before(group->turn, next) && group_has_work(work, group))
			next = group->turn;
	}
	foreach(cell, work->graph->uses)
	{
		Use		   *use = lfirst(cell);

		if (work->locks[use->number] && comes_before(use->lock->table, next))
			next = use->lock->table;
	}
	return next;
}

/* The lowest level at which fields of the table have work; 0: none. */
static int
next_level(Worklist *work, Table *table)
{
	int			level = 0;
	ListCell   *cell;

	foreach(cell, work->graph->groups)
	{
		FieldGroup *group = lfirst(cell);

		if (group->turn == table && (level == 0 || group->level < level) &&
			group_has_work(work, group))
			level = group->level;
	}
	return level;
}

/* Walks back from far rows that have changed to the holders they concern. */
static void
find_candidates(Worklist *work, Table *table)
{
	ListCell   *cell;

	foreach(cell, work->graph->uses)
	{
		Use		   *use = lfirst(cell);
		KeyTable   *keys = work->walks[use->number];

		if (keys == NULL || use->group->turn != table)
			continue;
		work->walks[use->number] = NULL;
		query_walk(work, use, keys);
	}
	foreach(cell, work->graph->groups)
	{
		FieldGroup *group = lfirst(cell);

		if (group->turn != table || !work->refill[group->number])
			continue;
		work->refill[group->number] = false;
		query_all_anchors(work, group);
	}
}

static List *
take_batches(Worklist *work, Table *table, int level)
{
	List	   *batches = NIL;
	ListCell   *cell;

	foreach(cell, work->graph->groups)
	{
		FieldGroup *group = lfirst(cell);
		KeyTable   *units = work->units[group->number];

		if (units == NULL || group->tree || group->turn != table || group->level != level)
			continue;
		work->units[group->number] = NULL;

		/* Those first that only look whether what was filled in is right. */
		batches = group->keyed ? lappend(batches, batch_of(group, units)) :
			lcons(batch_of(group, units), batches);
	}
	return batches;
}

/* Rows of the table that values flow through to others. */
static void
request_neighbours(Worklist *work, LockRequests *requests, Table *table)
{
	ListCell   *cell;

	foreach(cell, work->graph->uses)
	{
		Use		   *use = lfirst(cell);
		KeyTable   *keys = work->locks[use->number];
		KeyEntry   *entries;

		if (keys == NULL || (use->lock->table != table && use->group->turn != table))
			continue;
		work->locks[use->number] = NULL;
		entries = key_table_sorted(keys);
		for (int i = 0; i < key_table_count(keys); i++)
			(void) lock_request(requests, use->lock->table, use->lock->index,
								&use->lock->far_key, entries[i].key,
								source_lock_mode(use->lock->table));
	}
}

/*
 * Everything on this table that is known to be needed, at whatever level, and
 * the linked rows of groups whose turn it is.
 */
static void
request_table(Worklist *work, LockRequests *requests, Table *table)
{
	ListCell   *cell;

	foreach(cell, work->graph->groups)
	{
		FieldGroup *group = lfirst(cell);
		KeyTable   *units = work->units[group->number];

		if (units && (group->turn == table ||
					  (group->keyed ? group->holder : group->paths[0]->steps[0].far) == table))
			batch_request(work, requests, group, units);
	}
	request_neighbours(work, requests, table);
}

/*
 * The tables on which rows have to be locked for this one's turn.  On each of
 * them everything that is known to be needed is locked at once: a part now and
 * another part later would be out of order.
 */
static List *
tables_to_lock(Worklist *work, Table *table)
{
	List	   *tables = list_make1(table);
	ListCell   *cell;

	foreach(cell, work->graph->uses)
	{
		Use		   *use = lfirst(cell);

		if (use->group->turn == table && work->locks[use->number])
			tables = list_append_unique_ptr(tables, use->lock->table);
	}
	return tables;
}

static void
climb_trees(Worklist *work, Table *table)
{
	ListCell   *cell;

	foreach(cell, work->graph->groups)
	{
		FieldGroup *group = lfirst(cell);
		KeyTable   *starts = work->climbs[group->number];

		if (starts == NULL || group->turn != table)
			continue;
		work->climbs[group->number] = NULL;
		climb(group, starts);
	}
}

static void
clear_strays(Worklist *work, Table *table)
{
	ListCell   *cell;

	foreach(cell, work->graph->groups)
	{
		FieldGroup *group = lfirst(cell);
		KeyTable   *keys = work->strays[group->number];

		if (keys == NULL || group->turn != table)
			continue;
		work->strays[group->number] = NULL;
		apply_strays(work, group, keys);
	}
}

static void
run_level(Worklist *work, Table *table, int level)
{
	List	   *batches = take_batches(work, table, level);
	uint64		written = work->written;
	ListCell   *cell;

	foreach(cell, batches)
	{
		Batch	   *batch = lfirst(cell);

		/* One before may have written the same rows anew. */
		if (work->written != written)
			batch_refresh(work, batch);
		batch_apply(work, batch);
	}
	foreach(cell, work->graph->groups)
	{
		FieldGroup *group = lfirst(cell);

		if (group->tree && group->turn == table && group->level == level)
			tree_apply(work, group);
		if (work->spills[group->number] && group->turn == table && group->level == level)
			spill_apply(work, group);
	}
}

static void
run_table(Worklist *work, Table *table)
{
	LockRequests requests = {0};
	ListCell   *cell;
	int			level;

	CommandCounterIncrement();
	clear_strays(work, table);
	CommandCounterIncrement();
	find_candidates(work, table);
	climb_trees(work, table);
	foreach(cell, tables_to_lock(work, table))
		request_table(work, &requests, lfirst(cell));
	lock_requested_rows(work, &requests);
	level = next_level(work, table);
	if (level > 0)
		run_level(work, table, level);
}

static void
work_off(Worklist *work)
{
	for (;;)
	{
		MemoryContext outer = work->scratch;
		MemoryContext old;
		Table	   *table;
		List	   *readers;

		CHECK_FOR_INTERRUPTS();
		table = work->edits ? NULL : next_table(work);
		if (work->edits == NIL && table == NULL)
			break;
		work->scratch = AllocSetContextCreate(work->context, "interlink level",
											  ALLOCSET_DEFAULT_SIZES);
		old = MemoryContextSwitchTo(work->scratch);
		readers = work->readers;	/* of the run that this one is nested in */
		work->readers = NIL;
		if (work->edits)
			apply_edits(work);
		else
			run_table(work, table);
		worklist_close_readers(work);
		work->readers = readers;
		MemoryContextSwitchTo(old);
		MemoryContextDelete(work->scratch);
		work->scratch = outer;
	}
}

void
run_worklist(Worklist *work)
{
	work->running++;
	work_off(work);
	work->running--;
	work->dirty = false;

	/* An outer run of this layer still needs it. */
	if (work->running == 0)
		worklist_finish(work);
}
