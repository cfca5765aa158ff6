/*
 * guard.c: what a user has written into computed columns and link columns.
 */
#include "postgres.h"

#include "utils/lsyscache.h"

#include "engine/capture.h"
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
			Datum ***keys)
{
	if (isnull)
		return 0;
	if (other_null)
		return link_column_keys(field, column, keys);
	return link_column_minus(field, column, other, keys);
}

/* The field of this row is computed anew, whatever was written into it. */
static void
note_written_over(Worklist *work, Field *field, TupleTableSlot *new)
{
	KeyReader  *anchor = &field->group->anchor;
	Datum	   *key = palloc(sizeof(Datum) * anchor->shape->n);

	if (key_read(anchor, new, key))
		note_recompute(work, worklist_unit(work, field->group, key), field);
	else
		note_without_key(work, field->group, new);
}

static void
raise_no_key(Field *field)
{
	ereport(ERROR,
			(errcode(ERRCODE_NOT_NULL_VIOLATION),
			 errmsg("link \"%s\" of table %s cannot be made from a row without key",
					field->definition->name, field->holder->label),
			 errdetail("Column \"%s\", by which rows are linked, is null.",
					   get_attname(field->holder->relid, field->group->anchor.att[0], false))));
}

/*
 * What was written is in the column before it is in the storage.  The field's
 * note counts from the storage, so it gets the opposite here: if all comes to
 * be as written, nothing is left to do, and else just what is missing.
 */
static void
note_ahead(Worklist *work, Unit *unit, Field *field, const LinkEdit *edit)
{
	for (int i = 0; i < edit->nadded; i++)
		note_value(work, unit, field, -1, link_key_value(field, edit->added[i]), false);
	for (int i = 0; i < edit->nremoved; i++)
		note_value(work, unit, field, 1, link_key_value(field, edit->removed[i]), false);

	/* In a list every place may change. */
	if (field->path->position)
		note_recompute(work, unit, field);
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
	if (edit->nadded + edit->nremoved + edit->nkeys == 0)
		;
	else if (!key_read(anchor, new, values))
	{
		if (edit->nadded > 0)
			raise_no_key(field);
	}
	else
	{
		edit->anchor = key_copy(anchor->shape, values);
		note_ahead(work, worklist_unit(work, field->group, values), field, edit);
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
