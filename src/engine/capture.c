/*
 * capture.c: from a changed row to notes.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/rel.h"

#include "engine/capture.h"
#include "engine/engine.h"
#include "engine/value.h"
#include "type/link.h"

/* A row that nothing can refer to has fields without linked rows. */
void
note_without_key(Worklist *work, FieldGroup *group, TupleTableSlot *row)
{
	KeyReader  *reader = &group->holder->key_reader;
	Datum	   *key = palloc(sizeof(Datum) * reader->shape->n);

	if (key_read(reader, row, key))
		note_stray(work, group, key);
}

/* Can the change of a row at position 1 be told from the row alone? */
static bool
tells_change(Field *field)
{
	return field->needed_position <= 1 && field->algebra != ALGEBRA_NONE;
}

/* Does the value of the field, or its place among others, come from these columns? */
static bool
concerns_value(Use *use, Field *field, Bitmapset *changed)
{
	return (field->value_position == use->position &&
			bms_overlap(field->value_columns, changed)) ||
		(use->position == 1 && (bms_overlap(field->order_columns, changed) ||
								bms_overlap(field->junction_columns, changed)));
}

/* A row of a junction without the key of the other side links nothing. */
static bool
leads_on(Use *use, TupleTableSlot *row)
{
	Step	   *next = use->position < use->path->nsteps ? &use->path->steps[use->position] : NULL;

	for (int i = 0; next && next->optional && i < next->near_key.shape->n; i++)
	{
		if (slot_attisnull(row, next->near_key.att[i]))
			return false;
	}
	return true;
}

static void
capture_edge(Worklist *work, Use *use, TupleTableSlot *row, int sign, bool values_only,
			 Bitmapset *changed)
{
	Datum		key[INDEX_MAX_KEYS];
	Unit	   *unit;
	bool		ask_far_row = false;
	ListCell   *cell;

	if (!key_read(&use->key, row, key) || !leads_on(use, row))
		return;
	unit = worklist_unit(work, use->group, key);
	foreach(cell, use->fields)
	{
		Field	   *field = lfirst(cell);
		bool		isnull;
		Datum		value;

		if (values_only && !concerns_value(use, field, changed))
			continue;
		if (!values_only && field->asks_far_row)
		{
			unit->notes[field->index].touched = ask_far_row = true;
			continue;
		}
		if (!tells_change(field))
		{
			note_recompute(work, unit, field);
			continue;
		}
		value = value_of_row(work, field, row, &isnull);
		note_value(work, unit, field, sign, value, isnull);
	}
	if (ask_far_row && !unit->spilled && key_read(&use->lock->key, row, key))
		note_far_change(work, unit, use, key, sign);
}

static void
capture_neighbour(Worklist *work, Use *use, TupleTableSlot *row)
{
	Datum	   *key;

	if (use->lock == NULL)
		return;
	key = palloc(sizeof(Datum) * use->lock->key.shape->n);
	if (key_read(&use->lock->key, row, key))
		note_lock(work, use, key);
}

/* The keys on both sides of a row on a guarded path; edge: they, or the row, are new. */
static void
capture_keys(Worklist *work, Use *use, TupleTableSlot *row, bool edge)
{
	Datum	   *key = palloc(sizeof(Datum) * INDEX_MAX_KEYS);

	if (use->far_side && key_read(&use->key, row, key))
		note_far_key(work, use, key);
	if (use->near_side && edge && key_read(&use->near_side->near_key, row, key))
		note_near_key(work, use, key);
}

/*
 * A trigger of the user has taken the key away after we had filled the row, or
 * a row that others refer to by a unique key has lost it.
 */
static void
capture_stray(Worklist *work, Use *use, TupleTableSlot *new)
{
	bool		stray = false;
	ListCell   *cell;

	foreach(cell, use->fields)
	{
		Field	   *field = lfirst(cell);
		bool		isnull;
		Datum		value = slot_getattr(new, field->attnum, &isnull);

		if (!value_identical(field, value, isnull, field->empty, !field->has_empty))
			stray = true;
	}
	if (stray)
		note_without_key(work, use->group, new);
}

/* The holder itself came, or changed the columns its rows are found by. */
static void
capture_holder(Worklist *work, Use *use, TupleTableSlot *old, TupleTableSlot *new)
{
	FieldGroup *group = use->group;
	Datum		key[INDEX_MAX_KEYS];
	Unit	   *unit;
	ListCell   *cell;

	/* Whatever is noted for the key it had counts no more. */
	if (old && group->keyed && key_read(&use->key, old, key))
	{
		unit = worklist_unit(work, group, key);
		foreach(cell, use->fields)
			note_recompute(work, unit, lfirst(cell));
	}
	if (new == NULL)
		return;
	if (!key_read(&use->key, new, key))
	{
		capture_stray(work, use, new);
		return;
	}
	unit = worklist_unit(work, group, key);
	foreach(cell, use->fields)
	{
		Field	   *field = lfirst(cell);
		bool		isnull;
		Datum		value = slot_getattr(new, field->attnum, &isnull);

		if (group->keyed)
			note_recompute(work, unit, field);
		else
			note_seen(work, unit, field, value, isnull);
	}
	if (group->keyed)
		capture_neighbour(work, use, new);
	capture_keys(work, use, new, true);
}

/* The row on the far side of a key that the holder has. */
static void
capture_far_row(Worklist *work, Use *use, TupleTableSlot *row, Bitmapset *changed)
{
	Datum		key[INDEX_MAX_KEYS];
	Unit	   *unit;
	ListCell   *cell;

	if (!key_read(&use->key, row, key))
		return;
	unit = worklist_unit(work, use->group, key);
	foreach(cell, use->fields)
	{
		Field	   *field = lfirst(cell);

		if (field->value_position > use->position ||
			(field->value_position == use->position &&
			 (changed == NULL || bms_overlap(field->value_columns, changed))))
			note_recompute(work, unit, field);
	}
}

static void
capture_distant(Worklist *work, Use *use, TupleTableSlot *row)
{
	Datum		key[INDEX_MAX_KEYS];

	if (key_read(&use->key, row, key))
		note_walk(work, use, key);
	capture_neighbour(work, use, row);
}

static Bitmapset *
changed_columns(Table *table, TupleTableSlot *old, TupleTableSlot *new)
{
	Bitmapset  *changed = NULL;
	int			att = -1;

	while ((att = bms_next_member(table->captured, att)) >= 0)
	{
		if (column_differs(old, new, att))
			changed = bms_add_member(changed, att);
	}
	return changed;
}

/* A row of a tree was hung under another: is there still a way to the root? */
static void
capture_climb(Worklist *work, Use *use, TupleTableSlot *new, bool edge)
{
	Step	   *step = &use->path->steps[0];
	KeyReader  *key = use->path->forward ? &step->near_key : &step->far_key;
	Datum	   *values;

	if (use->path != use->group->tree || new == NULL || !edge ||
		use->position != (use->path->forward ? 0 : 1))
		return;
	values = palloc(sizeof(Datum) * key->shape->n);
	if (key_read(key, new, values))
		note_climb(work, use->group, values);
}

static void
capture_use(Worklist *work, Use *use, TupleTableSlot *old, TupleTableSlot *new,
			Bitmapset *changed)
{
	bool		edge = true;

	if ((old == NULL && !use->on_insert) || (new == NULL && !use->on_delete))
		return;
	if (old && new)
	{
		if (!bms_overlap(changed, use->columns))
			return;
		edge = bms_overlap(changed, use->edge_columns);
	}
	capture_climb(work, use, new, edge);
	if (use->position == 0)
	{
		capture_holder(work, use, old, new);
		return;
	}
	for (int side = 0; side < 2; side++)
	{
		TupleTableSlot *row = side == 0 ? old : new;

		if (row == NULL)
			continue;
		capture_keys(work, use, row, edge && row == new);
		if (use->position > 1)
			capture_distant(work, use, row);
		else if (!use->group->keyed)
			capture_far_row(work, use, row, edge ? NULL : changed);
		else
		{
			capture_edge(work, use, row, side == 0 ? -1 : 1, !edge, changed);
			if (edge)
				capture_neighbour(work, use, row);
		}
	}
}

/* A field of the one linked row was written over by somebody. */
static bool
written_over(Use *use, Bitmapset *changed)
{
	ListCell   *cell;

	if (use->position > 0 || use->group->keyed || bms_overlap(changed, use->columns))
		return false;
	foreach(cell, use->fields)
	{
		if (bms_is_member(((Field *) lfirst(cell))->attnum, changed))
			return true;
	}
	return false;
}

void
capture_row(Worklist *work, Table *table, TupleTableSlot *old, TupleTableSlot *new,
			bool by_engine)
{
	bool		update = old && new;
	Bitmapset  *changed = update ? changed_columns(table, old, new) : NULL;
	ListCell   *cell;

	foreach(cell, table->uses)
	{
		Use		   *use = lfirst(cell);

		capture_use(work, use, old, new, changed);
		if (update && !by_engine && written_over(use, changed))
			capture_holder(work, use, old, new);
	}
}

void
capture_all(Worklist *work, Table *table)
{
	ListCell   *cell;

	foreach(cell, table->uses)
	{
		Use		   *use = lfirst(cell);

		if (use->position > 0)
			note_refill(work, use->group);
	}
}

/* A row has come from another partition: its links go with it. */
void
capture_arrival(Worklist *work, Table *table, TupleTableSlot *row)
{
	ListCell   *cell;

	foreach(cell, table->uses)
	{
		Use		   *use = lfirst(cell);

		if (use->position == 0 && use->group->keyed)
			capture_holder(work, use, NULL, row);
	}
}

/*
 * Is the step that leads to the row, or on from it, a foreign key of the row's?
 * Over others keys are locked, so that nothing comes unseen.
 */
static bool
may_come_unseen(Use *use)
{
	Path	   *path = use->path;

	return path->steps[0].kind != STEP_EQUAL ||
		(use->position == 1 && path->nsteps > 1 && path->steps[1].kind != STEP_EQUAL);
}

void
capture_late(Worklist *work, Table *table, TupleTableSlot *row)
{
	ListCell   *cell;

	foreach(cell, table->uses)
	{
		Use		   *use = lfirst(cell);
		Datum		key[INDEX_MAX_KEYS];
		ListCell   *other;
		Unit	   *unit;

		if (use->position > 1 || (use->position == 0 && use->group->keyed) ||
			!may_come_unseen(use) || !key_read(&use->key, row, key))
			continue;
		unit = worklist_unit(work, use->group, key);
		foreach(other, use->fields)
			note_recompute(work, unit, lfirst(other));
		capture_neighbour(work, use, row);
	}
}
