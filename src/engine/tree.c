/*
 * tree.c: working off the rows of a tree.
 *
 * What a row's field reads in other rows of the tree has to be computed before:
 * a rollup of what is below goes from the deepest rows up, one of what is above
 * from the root down.  So each row is computed once, however many of the
 * tree's rows a statement has touched.
 *
 * The order is a matter of cost alone.  Depths are read without locks, and a
 * unit that is noted too late is worked off all the same.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "engine/batch.h"
#include "engine/climb.h"
#include "engine/tree.h"

/* So many rows are worked off one after the other before depths are asked for. */
#define FEW_STEPS 50

static void
agenda_add(Worklist *work, Agenda *agenda, int depth, Datum *key)
{
	MemoryContext old = MemoryContextSwitchTo(work->context);

	if (depth >= agenda->ndepths)
	{
		int			n = Max(64, depth * 2);

		agenda->at = agenda->at == NULL ? palloc(sizeof(List *) * n) :
			repalloc(agenda->at, sizeof(List *) * n);
		for (int i = agenda->ndepths; i < n; i++)
			agenda->at[i] = NIL;
		agenda->ndepths = n;
	}
	agenda->at[depth] = lappend(agenda->at[depth], key);
	MemoryContextSwitchTo(old);
	agenda->next = Min(agenda->next, depth);
	agenda->last = Max(agenda->last, depth);
}

/* What has been noted since is put where it belongs. */
static void
agenda_fill(Worklist *work, FieldGroup *group, Ladder *ladder)
{
	Agenda	   *agenda = work->agendas[group->number];
	List	   *fresh = agenda->fresh;
	ListCell   *cell;

	agenda->fresh = NIL;
	foreach(cell, fresh)
		agenda_add(work, agenda, ladder_depth(ladder, lfirst(cell)), lfirst(cell));
	list_free(fresh);
}

/* The keys whose turn it is; NIL: none are left. */
static List *
agenda_take(FieldGroup *group, Agenda *agenda)
{
	bool		down = group->tree->forward;

	while (agenda->next <= agenda->last)
	{
		int			depth = down ? agenda->next++ : agenda->last--;
		List	   *keys = agenda->at[depth];

		agenda->at[depth] = NIL;
		if (keys)
			return keys;
	}
	agenda->next = INT_MAX;
	agenda->last = -1;
	return NIL;
}

static int
compare_entries(const void *a, const void *b, void *shape)
{
	return key_compare(shape, ((const KeyEntry *) a)->key, ((const KeyEntry *) b)->key);
}

/* The units of these keys, taken off the worklist. */
static Batch *
take_units(Worklist *work, FieldGroup *group, List *keys)
{
	KeyTable   *units = work->units[group->number];
	Batch	   *batch = palloc(sizeof(Batch));
	ListCell   *cell;

	batch->group = group;
	batch->n = 0;
	batch->entries = palloc(sizeof(KeyEntry) * list_length(keys));
	foreach(cell, keys)
	{
		if (key_table_take(units, lfirst(cell), &batch->entries[batch->n]))
			batch->n++;
	}
	qsort_arg(batch->entries, batch->n, sizeof(KeyEntry), compare_entries,
			  group->anchor.shape);
	if (key_table_count(units) == 0)
		work->units[group->number] = NULL;
	return batch;
}

/* A way that goes from row to row needs no order. */
static List *
only_unit(Worklist *work, FieldGroup *group)
{
	Agenda	   *agenda = work->agendas[group->number];

	if (key_table_count(work->units[group->number]) != 1 || list_length(agenda->fresh) != 1)
		return NIL;
	return agenda->fresh;
}

void
tree_apply(Worklist *work, FieldGroup *group)
{
	Agenda	   *agenda = work->agendas[group->number];
	Ladder	   *ladder = NULL;
	MemoryContext step_context = AllocSetContextCreate(CurrentMemoryContext, "interlink tree",
													   ALLOCSET_DEFAULT_SIZES);

	/* Where a trigger of the user hangs rows elsewhere, the way up comes first. */
	for (int step = 0; work->units[group->number] && !work->climbs[group->number]; step++)
	{
		List	   *keys = step < FEW_STEPS ? only_unit(work, group) : NIL;
		MemoryContext old;
		Batch	   *batch;

		CHECK_FOR_INTERRUPTS();
		if (keys)
			agenda->fresh = NIL;
		else
		{
			if (ladder == NULL)
				ladder = ladder_open(group, false);
			agenda_fill(work, group, ladder);
			keys = agenda_take(group, agenda);
		}
		old = MemoryContextSwitchTo(step_context);
		batch = take_units(work, group, keys);
		list_free(keys);
		batch_refresh(work, batch);
		batch_apply(work, batch);
		MemoryContextSwitchTo(old);
		MemoryContextReset(step_context);
	}
	if (ladder)
		ladder_close(ladder);
}
