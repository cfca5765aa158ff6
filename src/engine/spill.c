/*
 * spill.c: more touched rows than there is memory for.
 *
 * What has changed need not be known: that a row was touched is enough to
 * compute its fields anew.  So beyond a certain size only the keys of a group
 * are kept, in a sort of PostgreSQL's, which goes to disk when it has to.  They
 * are worked off in ranges that follow one another, so that rows are locked in
 * the order of their keys and written once, as ever.
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/tuplesort.h"
#include "utils/typcache.h"

#include "engine/batch.h"
#include "engine/spill.h"

/* So many units of a group are always kept, and so many worked off together. */
#define FEW_UNITS	1000
#define RANGE_UNITS 10000

int			note_memory = 64 * 1024;

struct Spill
{
	Tuplesortstate *sort;
	TupleTableSlot *in;
	TupleTableSlot *out;
	Unit	   *sink;
};

bool
notes_have_room(Worklist *work, int kilobytes)
{
	return MemoryContextMemAllocated(work->context, false) <= (Size) kilobytes * 1024;
}

bool
spill_is_due(Worklist *work, FieldGroup *group)
{
	return !notes_have_room(work, note_memory) &&
		key_table_count(work->units[group->number]) >= FEW_UNITS && group->tree == NULL;
}

/* Files of the sort end with the subtransaction whose notes these are. */
static ResourceOwner
enter_owner(void)
{
	ResourceOwner outer = CurrentResourceOwner;

	CurrentResourceOwner = CurTransactionResourceOwner;
	return outer;
}

static void
leave_owner(ResourceOwner outer)
{
	CurrentResourceOwner = outer;
}

static Tuplesortstate *
begin_sort(KeyShape *shape, TupleDesc desc)
{
	AttrNumber	columns[INDEX_MAX_KEYS];
	Oid			operators[INDEX_MAX_KEYS];
	bool		nulls_first[INDEX_MAX_KEYS] = {false};

	for (int i = 0; i < shape->n; i++)
	{
		columns[i] = i + 1;
		operators[i] = lookup_type_cache(shape->type[i], TYPECACHE_LT_OPR)->lt_opr;
	}
	return tuplesort_begin_heap(desc, shape->n, columns, operators, shape->collation,
								nulls_first, work_mem, NULL, TUPLESORT_NONE);
}

static Spill *
make_spill(FieldGroup *group)
{
	KeyShape   *shape = group->anchor.shape;
	Spill	   *spill = palloc0(sizeof(Spill));
	TupleDesc	desc = CreateTemplateTupleDesc(shape->n);

	for (int i = 0; i < shape->n; i++)
		TupleDescInitEntry(desc, i + 1, NULL, shape->type[i], -1, 0);
	spill->in = MakeSingleTupleTableSlot(desc, &TTSOpsVirtual);
	spill->out = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);
	spill->sink = palloc0(offsetof(Unit, notes) + sizeof(FieldNote) * group->nfields);
	spill->sink->spilled = true;
	spill->sort = begin_sort(shape, desc);
	return spill;
}

static void
end_spill(Spill *spill)
{
	tuplesort_end(spill->sort);
	ExecDropSingleTupleTableSlot(spill->in);
	ExecDropSingleTupleTableSlot(spill->out);
}

/* Which fields are touched at all is known of the group. */
static void
merge_touched(FieldGroup *group, Unit *unit, Unit *from)
{
	for (int i = 0; i < group->nfields; i++)
		unit->notes[i].touched |= from->notes[i].touched;
}

Unit *
spill_begin(Worklist *work, FieldGroup *group)
{
	KeyTable   *units = work->units[group->number];
	MemoryContext old = MemoryContextSwitchTo(work->context);
	ResourceOwner outer = enter_owner();
	uint32		position = 0;
	KeyEntry   *entry;

	ereport(DEBUG1,
			(errmsg_internal("notes of table %s take more than %d kB: only keys are kept",
							 group->holder->label, note_memory)));
	work->spills[group->number] = make_spill(group);
	leave_owner(outer);
	MemoryContextSwitchTo(old);
	work->units[group->number] = NULL;
	while ((entry = key_table_next(units, &position)) != NULL)
	{
		merge_touched(group, work->spills[group->number]->sink, entry->data);
		(void) spill_put(work, group, entry->key);
	}
	return work->spills[group->number]->sink;
}

Unit *
spill_put(Worklist *work, FieldGroup *group, Datum *key)
{
	Spill	   *spill = work->spills[group->number];
	ResourceOwner outer = enter_owner();

	ExecClearTuple(spill->in);
	for (int i = 0; i < group->anchor.shape->n; i++)
	{
		spill->in->tts_values[i] = key[i];
		spill->in->tts_isnull[i] = false;
	}
	ExecStoreVirtualTuple(spill->in);
	tuplesort_puttupleslot(spill->sort, spill->in);
	leave_owner(outer);
	work->dirty = true;
	return spill->sink;
}

static Unit *
whole_unit(FieldGroup *group, Unit *sink)
{
	Unit	   *unit = palloc0(offsetof(Unit, notes) + sizeof(FieldNote) * group->nfields);

	unit->push = true;
	merge_touched(group, unit, sink);
	for (int i = 0; i < group->nfields; i++)
		unit->notes[i].recompute = group->keyed && unit->notes[i].touched;
	return unit;
}

/* The next keys, each once, with everything to do for them; NULL: no more. */
static KeyTable *
next_range(FieldGroup *group, Spill *spill)
{
	KeyTable   *units = key_table_create(CurrentMemoryContext, group->anchor.shape);
	ResourceOwner outer = enter_owner();

	while (key_table_count(units) < RANGE_UNITS &&
		   tuplesort_gettupleslot(spill->sort, true, false, spill->out, NULL))
	{
		KeyEntry   *entry;

		slot_getallattrs(spill->out);
		entry = key_table_put(units, spill->out->tts_values);
		if (entry->data == NULL)
			entry->data = whole_unit(group, spill->sink);
	}
	leave_owner(outer);
	return key_table_count(units) > 0 ? units : NULL;
}

static void
apply_range(Worklist *work, FieldGroup *group, KeyTable *units)
{
	LockRequests requests = {0};

	CommandCounterIncrement();
	batch_request(work, &requests, group, units);
	lock_requested_rows(work, &requests);
	batch_apply(work, batch_of(group, units));
}

void
spill_apply(Worklist *work, FieldGroup *group)
{
	Spill	   *spill = work->spills[group->number];
	MemoryContext outer = work->scratch;
	List	   *readers = work->readers;
	ResourceOwner owner = enter_owner();
	KeyTable   *units;

	work->spills[group->number] = NULL;
	tuplesort_performsort(spill->sort);
	leave_owner(owner);
	do
	{
		MemoryContext old;

		CHECK_FOR_INTERRUPTS();
		work->readers = NIL;
		work->scratch = AllocSetContextCreate(outer, "interlink range", ALLOCSET_DEFAULT_SIZES);
		old = MemoryContextSwitchTo(work->scratch);
		units = next_range(group, spill);
		if (units)
			apply_range(work, group, units);
		worklist_close_readers(work);
		MemoryContextSwitchTo(old);
		MemoryContextDelete(work->scratch);
	} while (units);
	work->scratch = outer;
	work->readers = readers;
	end_spill(spill);
}

void
spill_settle(Worklist *work)
{
	ListCell   *cell;

	foreach(cell, work->graph->groups)
	{
		FieldGroup *group = lfirst(cell);

		if (work->spills[group->number])
			note_refill(work, group);
	}
	spill_end(work);
}

void
spill_end(Worklist *work)
{
	ListCell   *cell;

	foreach(cell, work->graph->groups)
	{
		Spill	  **spill = &work->spills[((FieldGroup *) lfirst(cell))->number];

		if (*spill)
			end_spill(*spill);
		*spill = NULL;
	}
}
