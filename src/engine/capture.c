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

int			computed_writes = COMPUTED_WRITES_ERROR;
int			link_writes = LINK_WRITES_APPLY;

void
raise_generated_always(Field *field)
{
	ereport(ERROR,
			(errcode(ERRCODE_GENERATED_ALWAYS),
			 errmsg("column \"%s\" of table %s can only be computed",
					field->definition->name, field->holder->label),
			 errdetail("Column \"%s\" is a %s.", field->definition->name,
					   field->definition->kind == FIELD_LOOKUP ? "lookup" : "rollup"),
			 errhint("Leave it out, or SET interlink.computed_writes = 'ignore'.")));
}

void
raise_link_write(Field *field)
{
	ereport(ERROR,
			(errcode(ERRCODE_GENERATED_ALWAYS),
			 errmsg("link column \"%s\" of table %s must not be written",
					field->definition->name, field->holder->label),
			 errdetail("interlink.link_writes is \"error\".")));
}

static Datum
link_column(TupleTableSlot *slot, AttrNumber att, bool *isnull)
{
	if (slot == NULL)
	{
		*isnull = true;
		return (Datum) 0;
	}
	return slot_getattr(slot, att, isnull);
}

/* The keys that one version of the column has and the other lacks. */
static int
keys_gained(Field *field, Datum column, bool isnull, Datum other, bool other_null,
			Datum **keys)
{
	if (isnull)
		return 0;
	if (other_null)
		return link_column_keys(field, column, keys);
	return link_minus(link_from_column(field, column), link_from_column(field, other),
					  link_typmod_kind(field->link_typmod), keys);
}

/* The field of this row is computed anew, whatever was written into it. */
static void
note_written_over(Worklist *work, Field *field, TupleTableSlot *new)
{
	KeyReader  *anchor = &field->group->anchor;
	Datum	   *key = palloc(sizeof(Datum) * anchor->shape->n);

	if (key_read(anchor, new, key))
		note_recompute(work, worklist_unit(work, field->group, key), field);
}

static void
note_link_edit(Worklist *work, Field *field, TupleTableSlot *old, TupleTableSlot *new)
{
	bool		old_null;
	bool		new_null;
	Datum		before = link_column(old, field->attnum, &old_null);
	Datum		after = link_column(new, field->attnum, &new_null);
	MemoryContext context = MemoryContextSwitchTo(work->context);
	LinkEdit   *edit = palloc0(sizeof(LinkEdit));
	KeyReader  *anchor = &field->group->anchor;
	Datum	   *values = palloc(sizeof(Datum) * anchor->shape->n);

	edit->field = field;
	edit->nadded = keys_gained(field, after, new_null, before, old_null, &edit->added);
	edit->nremoved = keys_gained(field, before, old_null, after, new_null, &edit->removed);
	if (field->path->position)
		edit->nkeys = keys_gained(field, after, new_null, (Datum) 0, true, &edit->keys);
	if (edit->nadded + edit->nremoved + edit->nkeys > 0 && key_read(anchor, new, values))
	{
		edit->anchor = key_copy(anchor->shape, values);
		worklist_unit(work, field->group, values)->notes[field->index].edited = true;
		work->edits = lappend(work->edits, edit);
		work->dirty = true;
	}
	MemoryContextSwitchTo(context);
}

/* A value that a user gave for a computed column must be the one that stands. */
static void
guard_computed(Worklist *work, Field *field, TupleTableSlot *old, TupleTableSlot *new)
{
	bool		isnull;
	Datum		value = slot_getattr(new, field->attnum, &isnull);

	if (old == NULL &&
		value_identical(field, value, isnull, field->empty, !field->has_empty))
		return;
	if (!(old == NULL && isnull) && computed_writes == COMPUTED_WRITES_ERROR)
		raise_generated_always(field);
	note_written_over(work, field, new);
}

/* What a user wrote into a link column, old NULL being INSERT. */
static void
guard_link(Worklist *work, Field *field, TupleTableSlot *old, TupleTableSlot *new)
{
	bool		isnull;
	Datum		value = slot_getattr(new, field->attnum, &isnull);

	if (link_writes == LINK_WRITES_APPLY)
		note_link_edit(work, field, old, new);
	else if (old || !value_identical(field, value, isnull, field->empty, !field->has_empty))
	{
		if (link_writes == LINK_WRITES_ERROR)
			raise_link_write(field);
		note_written_over(work, field, new);
	}
}

void
guard_row(Worklist *work, Table *table, TupleTableSlot *old, TupleTableSlot *new)
{
	ListCell   *cell;

	foreach(cell, table->fields)
	{
		Field	   *field = lfirst(cell);

		/* What stands beside its own key is seen to by the BEFORE trigger. */
		if (!field->group->keyed)
			continue;
		if (old && !column_differs(old, new, field->attnum))
			continue;
		if (field->editable)
			guard_link(work, field, old, new);
		else
			guard_computed(work, field, old, new);
	}
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
		(use->position == 1 && bms_overlap(field->order_columns, changed));
}

static void
capture_edge(Worklist *work, Use *use, TupleTableSlot *row, int sign, bool values_only,
			 Bitmapset *changed)
{
	Datum		key[INDEX_MAX_KEYS];
	Unit	   *unit;
	bool		ask_far_row = false;
	ListCell   *cell;

	if (!key_read(&use->key, row, key))
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

/* A trigger of the user has taken the key away after we had filled the row. */
static void
capture_stray(Worklist *work, Use *use, TupleTableSlot *new)
{
	KeyReader  *reader = &use->table->key_reader;
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
	{
		Datum	   *key = palloc(sizeof(Datum) * reader->shape->n);

		if (key_read(reader, new, key))
			note_stray(work, use->group, key);
	}
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
		if (!group->keyed)
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
			!key_read(&use->key, row, key))
			continue;
		unit = worklist_unit(work, use->group, key);
		foreach(other, use->fields)
			note_recompute(work, unit, lfirst(other));
		capture_neighbour(work, use, row);
	}
}
