/*
 * forward.c: fields of holders that have the key of their one linked row.
 *
 * A BEFORE trigger has filled them in from an unlocked read; that is confirmed
 * here, with the linked row locked.  Where it turns out otherwise, and where
 * the linked row itself has changed, the value is pushed to every holder with
 * the key.
 */
#include "postgres.h"

#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "engine/apply.h"
#include "engine/engine.h"
#include "engine/query.h"
#include "engine/row.h"
#include "engine/update.h"
#include "engine/value.h"

void
compute_from_far_row(Worklist *work, FieldGroup *group, KeyEntry *entry,
					 TupleTableSlot *far)
{
	Unit	   *unit = entry->data;

	for (int i = 0; i < group->nfields; i++)
	{
		Field	   *field = group->fields[i];
		FieldNote  *note = &unit->notes[i];

		if (!note->touched)
			continue;
		if (!field_from_far_row(work, field, entry->key, far, &note->value, &note->isnull))
			note->recompute = true;
		else
		{
			if (!note->isnull)
				note->value = datum_copy_of(field, note->value);
			note->computed = true;
		}
	}
}

static void
compute_all(Worklist *work, FieldGroup *group, int n, KeyEntry *entries)
{
	RowReader  *reader = worklist_reader(work, group->paths[0]->steps[0].far);

	for (int i = 0; i < n; i++)
	{
		Unit	   *unit = entries[i].data;

		compute_from_far_row(work, group, &entries[i], unit->far_found ?
							 row_fetch(reader, &unit->far_address) : NULL);
	}
	query_recompute(work, group, n, entries);
}

/* Have the rows of this statement been filled with something else? */
static bool
must_push(FieldGroup *group, Unit *unit)
{
	if (unit->push)
		return true;
	for (int i = 0; i < group->nfields; i++)
	{
		FieldNote  *note = &unit->notes[i];

		if (note->touched && note->has_seen &&
			!value_identical(group->fields[i], note->seen, note->seen_null,
							 note->value, note->isnull))
			return true;
	}
	return false;
}

/* A holder row that a value is pushed to. */
typedef struct Target
{
	Datum	   *key;			/* its primary key, for the order of locking */
	RowAddress	address;
	KeyEntry   *entry;
} Target;

typedef struct Targets
{
	int			n;
	int			max;
	Target	   *targets;
} Targets;

static bool
is_right(FieldGroup *group, Unit *unit, TupleTableSlot *row)
{
	for (int i = 0; i < group->nfields; i++)
	{
		Field	   *field = group->fields[i];
		FieldNote  *note = &unit->notes[i];
		bool		isnull;
		Datum		stored = slot_getattr(row, field->attnum, &isnull);

		if (note->computed && !value_identical(field, stored, isnull, note->value, note->isnull))
			return false;
	}
	return true;
}

/*
 * Rows that have the value already need no lock: who is changing one of them
 * confirms what it gets, with the linked row locked.
 */
static void
collect_targets(FieldGroup *group, RowFinder *finder, KeyEntry *entry, Targets *targets)
{
	KeyReader  *reader = &group->holder->key_reader;
	Datum	   *key = palloc(sizeof(Datum) * reader->shape->n);

	row_find(finder, entry->key);
	while (row_next(finder))
	{
		Target	   *target;

		if (is_right(group, entry->data, finder->slot) || !key_read(reader, finder->slot, key))
			continue;
		if (targets->n == targets->max)
		{
			targets->max = Max(16, targets->max * 2);
			targets->targets = targets->targets == NULL ?
				palloc(sizeof(Target) * targets->max) :
				repalloc_huge(targets->targets, sizeof(Target) * targets->max);
		}
		target = &targets->targets[targets->n++];
		target->key = key_copy(reader->shape, key);
		target->address = row_address(finder->reader);
		target->entry = entry;
	}
}

static int
compare_targets(const void *a, const void *b, void *shape)
{
	return key_compare(shape, ((const Target *) a)->key, ((const Target *) b)->key);
}

/* Locks the row and makes sure that it still has the key it was found by. */
static bool
lock_target(FieldGroup *group, RowFinder *finder, Target *target, Snapshot snapshot)
{
	Datum	   *anchor = palloc(sizeof(Datum) * group->anchor.shape->n);

	return row_lock(finder->reader, &target->address, snapshot, group->holder->lock) &&
		key_read(&group->anchor, finder->reader->slot, anchor) &&
		key_equal(group->anchor.shape, anchor, target->entry->key);
}

static void
push(Worklist *work, FieldGroup *group, int n, KeyEntry *entries)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	RowFinder  *finder = row_finder_open(worklist_reader(work, group->holder), group->index,
										 &group->anchor, snapshot);
	FieldUpdate *update = field_update_open(work, group);
	Targets		targets = {0};
	int			nlocked = 0;

	for (int i = 0; i < n; i++)
	{
		if (must_push(group, entries[i].data))
			collect_targets(group, finder, &entries[i], &targets);
	}
	qsort_arg(targets.targets, targets.n, sizeof(Target), compare_targets,
			  group->holder->key_reader.shape);
	for (int i = 0; i < targets.n; i++)
	{
		if (!lock_target(group, finder, &targets.targets[i], snapshot))
			continue;
		targets.targets[nlocked] = targets.targets[i];
		targets.targets[nlocked++].address = row_address(finder->reader);
	}
	for (int i = 0; i < nlocked; i++)
		field_update_row(update, targets.targets[i].entry->data, &targets.targets[i].address);
	field_update_close(update);
	row_finder_close(finder);
	UnregisterSnapshot(snapshot);
}

void
apply_forward(Worklist *work, FieldGroup *group, int n, KeyEntry *entries)
{
	bool		any = false;

	compute_all(work, group, n, entries);
	for (int i = 0; i < n && !any; i++)
		any = must_push(group, entries[i].data);
	if (any)
		push(work, group, n, entries);
}

void
apply_strays(Worklist *work, FieldGroup *group, KeyTable *keys)
{
	Table	   *holder = group->holder;
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	RowFinder  *finder = row_finder_open(worklist_reader(work, holder), holder->key_index,
										 &holder->key_reader, snapshot);
	FieldUpdate *update = field_update_open(work, group);
	KeyEntry   *entries = key_table_sorted(keys);
	Unit	   *unit = palloc0(offsetof(Unit, notes) + sizeof(FieldNote) * group->nfields);
	Datum	   *anchor = palloc(sizeof(Datum) * group->anchor.shape->n);

	for (int i = 0; i < group->nfields; i++)
	{
		unit->notes[i].computed = true;
		unit->notes[i].value = group->fields[i]->empty;
		unit->notes[i].isnull = !group->fields[i]->has_empty;
	}
	for (int i = 0; i < key_table_count(keys); i++)
	{
		RowAddress	address;

		if (!row_find_and_lock(finder, entries[i].key, holder->lock) ||
			key_read(&group->anchor, finder->slot, anchor))
			continue;
		address = row_address(finder->reader);
		field_update_row(update, unit, &address);
	}
	field_update_close(update);
	row_finder_close(finder);
	UnregisterSnapshot(snapshot);
}
