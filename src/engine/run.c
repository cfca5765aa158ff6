/*
 * run.c: working off what was noted.
 *
 * A run goes level by level up the field graph.  On each level it finds the
 * holders that far changes lead to, locks everything the level depends on or
 * will write, takes a new snapshot, computes, and writes each touched row once.
 * Its writes are captured like anybody's, and join the same worklist.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "engine/apply.h"
#include "engine/capture.h"
#include "engine/climb.h"
#include "engine/engine.h"
#include "engine/lock.h"
#include "engine/query.h"

/* The lowest level with anything noted; 0: none. */
static int
next_level(Worklist *work)
{
	int			level = 0;
	ListCell   *cell;

	foreach(cell, work->graph->groups)
	{
		FieldGroup *group = lfirst(cell);

		if ((work->units[group->number] || work->refill[group->number] ||
			 work->climbs[group->number]) &&
			(level == 0 || group->level < level))
			level = group->level;
	}
	foreach(cell, work->graph->uses)
	{
		Use		   *use = lfirst(cell);

		if (work->walks[use->number] && (level == 0 || use->group->level < level))
			level = use->group->level;
	}
	return level;
}

static void
find_candidates(Worklist *work, int level)
{
	ListCell   *cell;

	foreach(cell, work->graph->uses)
	{
		Use		   *use = lfirst(cell);
		KeyTable   *keys = work->walks[use->number];

		if (keys == NULL || use->group->level != level)
			continue;
		work->walks[use->number] = NULL;
		query_walk(work, use, keys);
	}
	foreach(cell, work->graph->groups)
	{
		FieldGroup *group = lfirst(cell);

		if (group->level != level || !work->refill[group->number])
			continue;
		work->refill[group->number] = false;
		query_all_anchors(work, group);
	}
}

/* The units of one group, taken off the worklist. */
typedef struct Batch
{
	FieldGroup *group;
	int			n;
	KeyEntry   *entries;		/* in key order */
} Batch;

static List *
take_batches(Worklist *work, int level)
{
	List	   *batches = NIL;
	ListCell   *cell;

	foreach(cell, work->graph->groups)
	{
		FieldGroup *group = lfirst(cell);
		KeyTable   *units = work->units[group->number];
		Batch	   *batch;

		if (units == NULL || group->level != level)
			continue;
		work->units[group->number] = NULL;
		batch = palloc(sizeof(Batch));
		batch->group = group;
		batch->n = key_table_count(units);
		batch->entries = key_table_sorted(units);
		batches = lappend(batches, batch);
	}
	return batches;
}

static bool
reads_far_row(FieldGroup *group, Unit *unit)
{
	for (int i = 0; i < group->nfields; i++)
	{
		if (unit->notes[i].touched && !group->fields[i]->local)
			return true;
	}
	return false;
}

static void
request_batch(LockRequests *requests, Batch *batch)
{
	FieldGroup *group = batch->group;

	for (int i = 0; i < batch->n; i++)
	{
		Unit	   *unit = batch->entries[i].data;
		Step	   *step = &group->paths[0]->steps[0];

		if (group->keyed)
			lock_request(requests, group->holder, group->index, &group->anchor,
						 batch->entries[i].key, group->holder->lock,
						 &unit->found, &unit->tid);
		else if (group->paths[0]->forward && reads_far_row(group, unit))
			lock_request(requests, step->far, step->far_index, &step->far_key,
						 batch->entries[i].key, source_lock_mode(step->far),
						 &unit->far_found, &unit->far_tid);
	}
}

static void
climb_trees(Worklist *work, int level)
{
	ListCell   *cell;

	foreach(cell, work->graph->groups)
	{
		FieldGroup *group = lfirst(cell);
		KeyTable   *starts = work->climbs[group->number];

		if (starts == NULL || group->level != level)
			continue;
		work->climbs[group->number] = NULL;
		climb(group, starts);
	}
}

static void
request_neighbours(Worklist *work, LockRequests *requests, int level)
{
	ListCell   *cell;

	foreach(cell, work->graph->uses)
	{
		Use		   *use = lfirst(cell);
		KeyTable   *keys = work->locks[use->number];
		KeyEntry   *entries;

		if (keys == NULL || use->group->level != level)
			continue;
		work->locks[use->number] = NULL;
		entries = key_table_sorted(keys);
		for (int i = 0; i < key_table_count(keys); i++)
			lock_request(requests, use->lock->table, use->lock->index,
						 &use->lock->far_key, entries[i].key,
						 source_lock_mode(use->lock->table), NULL, NULL);
	}
}

/* Finds the current versions of rows that are locked already. */
static void
refresh_batch(Batch *batch)
{
	LockRequests requests = {0};

	CommandCounterIncrement();
	request_batch(&requests, batch);
	lock_requested_rows(&requests);
}

static void
run_level(Worklist *work, int level)
{
	LockRequests requests = {0};
	List	   *batches;
	ListCell   *cell;

	CommandCounterIncrement();
	find_candidates(work, level);
	climb_trees(work, level);
	batches = take_batches(work, level);
	foreach(cell, batches)
		request_batch(&requests, lfirst(cell));
	request_neighbours(work, &requests, level);
	lock_requested_rows(&requests);

	foreach(cell, batches)
	{
		Batch	   *batch = lfirst(cell);

		/* The batch before may have written the same rows anew. */
		if (cell != list_head(batches))
			refresh_batch(batch);
		if (batch->group->keyed)
			apply_keyed(work, batch->group, batch->n, batch->entries);
		else
			apply_forward(work, batch->group, batch->n, batch->entries);
	}
}

static void
work_off(Worklist *work)
{
	for (;;)
	{
		MemoryContext scratch;
		MemoryContext old;
		int			level;

		CHECK_FOR_INTERRUPTS();
		level = work->edits ? 0 : next_level(work);
		if (work->edits == NIL && level == 0)
			break;
		scratch = AllocSetContextCreate(work->context, "interlink level",
										ALLOCSET_DEFAULT_SIZES);
		old = MemoryContextSwitchTo(scratch);
		if (work->edits)
			apply_edits(work);
		else
			run_level(work, level);
		MemoryContextSwitchTo(old);
		MemoryContextDelete(scratch);
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
