/*
 * fill.c: making a row right before it is stored.
 *
 * Link columns and the keys beside them are settled, and fields of the one
 * linked row follow from that, so that the row is written once.  The linked row
 * is read without a lock; the run at the end of the statement confirms the values.
 */
#include "postgres.h"

#include "commands/sequence.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "engine/apply.h"
#include "engine/capture.h"
#include "engine/query.h"
#include "engine/row.h"
#include "engine/settle.h"
#include "engine/spill.h"
#include "engine/value.h"

/* Reads the linked row, without a lock, and computes the fields from it. */
static void
compute_unlocked(Worklist *work, FieldGroup *group, KeyEntry *entry)
{
	Step	   *step = &group->paths[0]->steps[0];
	Unit	   *unit = entry->data;
	RowReader  *reader;
	RowFinder  *finder;

	if (!group->paths[0]->filled)
	{
		ask_for_query(group, unit);
		query_recompute(work, group, 1, entry);
		return;
	}
	reader = row_reader_open(step->far, RowExclusiveLock);
	finder = row_finder_open(reader, step->far_index, &step->far_key, GetActiveSnapshot());
	row_find(finder, entry->key);
	unit->far_found = row_next(finder) != NULL;
	compute_from_far_row(work, group, entry, unit->far_found ? finder->slot : NULL);
	if (unit->far_found)
		unit->far_address = row_address(reader);
	row_finder_close(finder);
	row_reader_close(reader);
	query_recompute(work, group, 1, entry);
}

static Unit *
compute_unit(Worklist *work, FieldGroup *group, Datum *key)
{
	Unit	   *unit = palloc0(offsetof(Unit, notes) + sizeof(FieldNote) * group->nfields);
	KeyEntry	entry = {.key = key,.data = unit};

	for (int i = 0; i < group->nfields; i++)
		unit->notes[i].touched = !group->fields[i]->local;
	compute_unlocked(work, group, &entry);
	return unit;
}

static Unit *
copy_unit(FieldGroup *group, Unit *unit)
{
	Size		size = offsetof(Unit, notes) + sizeof(FieldNote) * group->nfields;
	Unit	   *copy = memcpy(palloc(size), unit, size);

	for (int i = 0; i < group->nfields; i++)
	{
		FieldNote  *note = &copy->notes[i];

		if (note->computed && !note->isnull)
			note->value = datum_copy_of(group->fields[i], note->value);
	}
	return copy;
}

/* So many linked rows of a statement are remembered. */
#define MAX_FILLS (1 << 16)

/*
 * The fields as the linked row gives them.  Each linked row is read once in a
 * statement; what has changed since is found when the values are confirmed.
 */
static Unit *
unit_for_key(Worklist *work, FieldGroup *group, Datum *key)
{
	KeyTable  **fills = &work->fills[group->number];
	MemoryContext old;
	KeyEntry   *entry;
	Unit	   *unit;

	if (*fills == NULL)
		*fills = key_table_create(work->context, group->anchor.shape);
	entry = key_table_get(*fills, key);
	if (entry)
		return entry->data;
	unit = compute_unit(work, group, key);
	if (key_table_count(*fills) < MAX_FILLS && notes_have_room(work, note_memory / 2))
	{
		old = MemoryContextSwitchTo(work->context);
		key_table_put(*fills, key)->data = copy_unit(group, unit);
		MemoryContextSwitchTo(old);
	}
	return unit;
}

/* May the user have given this value for a column that is computed? */
static bool
value_accepted(RowInMaking *row, Field *field, Datum value, bool isnull)
{
	bool		given_null;
	Datum		given = slot_getattr(row->new, field->attnum, &given_null);

	if (field->editable || computed_writes == COMPUTED_WRITES_IGNORE ||
		value_identical(field, given, given_null, value, isnull))
		return true;
	if (row->old == NULL)
		return given_null ||
			value_identical(field, given, given_null, field->empty, !field->has_empty);
	return !column_changed(row, field->attnum);
}

static void
settle_field(RowInMaking *row, Field *field, Datum value, bool isnull)
{
	bool		stands_null;
	Datum		stands = get_column(row, field->attnum, &stands_null);

	if (!value_accepted(row, field, value, isnull))
		raise_generated_always(field);
	if (!value_identical(field, stands, stands_null, value, isnull))
		set_column(row, field->attnum, value, isnull);
}

static void
settle_forward_group(Worklist *work, RowInMaking *row, FieldGroup *group)
{
	Datum	   *key = palloc(sizeof(Datum) * group->anchor.shape->n);
	bool		moved = row->old == NULL || anchor_changed(row, &group->anchor);
	Unit	   *unit = NULL;

	if (moved && current_anchor(row, &group->anchor, key))
		unit = unit_for_key(work, group, key);
	for (int i = 0; i < group->nfields; i++)
	{
		Field	   *field = group->fields[i];
		bool		isnull;
		Datum		value;

		if (field->local)
			continue;
		if (!moved)
		{
			value = slot_getattr(row->old, field->attnum, &isnull);
			settle_field(row, field, value, isnull);
		}
		else if (unit)
			settle_field(row, field, unit->notes[i].value, unit->notes[i].isnull);
		else
			settle_field(row, field, field->empty, !field->has_empty);
	}
}

/* In the order in which rows are written; no other is known yet. */
static void
lock_holders_early(RowInMaking *row, Table *table)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	ListCell   *cell;

	foreach(cell, table->uses)
	{
		Use		   *use = lfirst(cell);
		Datum	   *key = palloc(sizeof(Datum) * use->key.shape->n);
		RowReader  *reader;
		RowFinder  *finder;

		if (!use_locks_early(use) || !anchor_changed(row, &use->key) ||
			!current_anchor(row, &use->key, key))
			continue;
		reader = row_reader_open(use->group->holder, RowExclusiveLock);
		finder = row_finder_open(reader, use->group->index, &use->group->anchor, snapshot);
		(void) row_find_and_lock(finder, key, LockTupleExclusive);
		row_finder_close(finder);
		row_reader_close(reader);
	}
	UnregisterSnapshot(snapshot);
}

/*
 * A row that gets another key goes to the end of that list, unless its place is
 * written with it.  Not so where the key itself has changed and a foreign key
 * passes that on: this, and the engine, write free of row security.
 */
static void
append_to_lists(RowInMaking *row, Table *table)
{
	Datum		key[INDEX_MAX_KEYS];
	ListCell   *cell;

	if (row->old && InNoForceRLSOperation())
		return;
	foreach(cell, table->orders)
	{
		Path	   *path = lfirst(cell);
		KeyReader  *anchor = &path->steps[0].far_key;
		bool		isnull;

		(void) get_column(row, path->position, &isnull);
		if (!OidIsValid(path->sequence) ||
			(row->old ? column_changed(row, path->position) : !isnull) ||
			!anchor_changed(row, anchor) || !current_anchor(row, anchor, key))
			continue;
		set_column(row, path->position,
				   Int64GetDatum(nextval_internal(path->sequence, false)), false);
	}
}

/* The row with what has been settled. */
static TupleTableSlot *
settled_row(RowInMaking *row)
{
	TupleTableSlot *slot = MakeSingleTupleTableSlot(row->new->tts_tupleDescriptor, &TTSOpsVirtual);

	for (int i = 0; i < slot->tts_tupleDescriptor->natts; i++)
		slot->tts_values[i] = get_column(row, i + 1, &slot->tts_isnull[i]);
	return ExecStoreVirtualTuple(slot);
}

/* PostgreSQL will compute them again, from the same columns. */
static void
make_generated(RowInMaking *row, Table *table)
{
	TupleTableSlot *slot = settled_row(row);
	ListCell   *cell;

	foreach(cell, table->generated)
	{
		GeneratedColumn *column = lfirst(cell);
		bool		isnull;
		Datum		value = generated_value(table, column, slot, &isnull);

		set_column(row, column->att, value, isnull);
	}
	ExecDropSingleTupleTableSlot(slot);
}

static void
confirm_local_links(RowInMaking *row, Table *table)
{
	ListCell   *cell;

	foreach(cell, table->fields)
	{
		if (((Field *) lfirst(cell))->beside)
			confirm_local_link(row, lfirst(cell));
	}
}

bool
fill_row(Worklist *work, Table *table, Oid target, TupleTableSlot *old, TupleTableSlot *new,
		 Datum *values, bool *isnull, bool *replace)
{
	RowInMaking row = {old, new, values, isnull, replace,.target = target};
	ListCell   *cell;

	foreach(cell, table->fields)
	{
		Field	   *field = lfirst(cell);

		if (field->beside)
			settle_local_link(&row, field);
		else if (field->editable)
			settle_far_link(&row, field);
		else if (field->group->keyed && computed_writes == COMPUTED_WRITES_IGNORE)
			restore_column(&row, field);
	}
	if (row.overruled)
		confirm_local_links(&row, table);
	if (table->generated)
		make_generated(&row, table);
	foreach(cell, table->groups)
	{
		FieldGroup *group = lfirst(cell);

		if (!group->keyed)
			settle_forward_group(work, &row, group);
	}
	append_to_lists(&row, table);
	if (table->lock_early)
		lock_holders_early(&row, table);
	return row.changed;
}
