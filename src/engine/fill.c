/*
 * fill.c: making a row right before it is stored.
 *
 * On the table that has the key, a link column and the key beside it are two
 * views of one thing, and fields of the one linked row follow from it.  Both
 * are settled here, so that the row is written once.  The linked row is read
 * without a lock; the run at the end of the statement confirms the values.
 */
#include "postgres.h"

#include "commands/sequence.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "engine/apply.h"
#include "engine/capture.h"
#include "engine/query.h"
#include "engine/row.h"
#include "engine/spill.h"
#include "engine/value.h"
#include "type/link.h"

/* The row in the making. */
typedef struct RowInMaking
{
	TupleTableSlot *old;		/* NULL: INSERT */
	TupleTableSlot *new;
	Datum	   *values;
	bool	   *isnull;
	bool	   *replace;
	bool		changed;
} RowInMaking;

static Datum
get_column(RowInMaking *row, AttrNumber att, bool *isnull)
{
	if (row->replace[att - 1])
	{
		*isnull = row->isnull[att - 1];
		return row->values[att - 1];
	}
	return slot_getattr(row->new, att, isnull);
}

static void
set_column(RowInMaking *row, AttrNumber att, Datum value, bool isnull)
{
	row->values[att - 1] = value;
	row->isnull[att - 1] = isnull;
	row->replace[att - 1] = true;
	row->changed = true;
}

static bool
column_changed(RowInMaking *row, AttrNumber att)
{
	Form_pg_attribute form = TupleDescAttr(row->new->tts_tupleDescriptor, att - 1);
	bool		old_null;
	bool		new_null;
	Datum		before;
	Datum		after;

	if (row->old == NULL)
		return true;
	before = slot_getattr(row->old, att, &old_null);
	after = get_column(row, att, &new_null);
	if (old_null || new_null)
		return old_null != new_null;
	return !datum_image_eq(before, after, form->attbyval, form->attlen);
}

static void
raise_contradiction(Field *field, Datum *link_key, Datum *key)
{
	KeyShape   *shape = field->group->anchor.shape;

	ereport(ERROR,
			(errcode(ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION),
			 errmsg("link column \"%s\" of table %s contradicts its foreign key",
					field->definition->name, field->holder->label),
			 errdetail("The link column says %s, column \"%s\" says %s.",
					   link_key ? key_text(shape, link_key) : "NULL",
					   get_attname(field->holder->relid, field->group->anchor.att[0], false),
					   key ? key_text(shape, key) : "NULL"),
			 errhint("Write one of the two.")));
}

/*
 * The one key of a to-one link column; false when it is empty.  A link has been
 * made sure of by its type, an array is by us.
 */
static bool
only_key(Field *field, Datum column, bool isnull, Datum *key)
{
	Datum	   *keys;
	int			n = isnull ? 0 : link_column_keys(field, column, &keys);

	if (n > 1)
		(void) link_column_make(field, n, keys);	/* raises the error */
	if (n == 0)
		return false;
	*key = keys[0];
	return true;
}

/*
 * No linked row is '{}' in a to-many column, else NULL; an array has the form of
 * its kind.
 */
static void
settle_form(RowInMaking *row, Field *field)
{
	bool		isnull;
	Datum		column = get_column(row, field->attnum, &isnull);
	bool		is_array = OidIsValid(field->key_type);
	Datum	   *keys = NULL;
	int			n = isnull ? 0 : is_array ? link_column_keys(field, column, &keys) :
	link_count(column);

	if (n == 0 && field->path->to_one)
	{
		if (!isnull)
			set_column(row, field->attnum, (Datum) 0, true);
	}
	else if (isnull || is_array)
	{
		Datum		settled = link_column_make(field, n, keys);

		if (!value_identical(field, column, isnull, settled, false))
			set_column(row, field->attnum, settled, false);
	}
}

/*
 * The one of the two that changed wins; on INSERT the one that is given.  Both
 * given must agree.  Where link columns do not count the key wins.
 */
static void
settle_local_link(RowInMaking *row, Field *field)
{
	KeyReader  *anchor = &field->group->anchor;
	AttrNumber	att = anchor->att[0];
	bool		link_null;
	bool		key_null;
	Datum		link = get_column(row, field->attnum, &link_null);
	Datum		raw_key = get_column(row, att, &key_null);
	Datum		key = key_null ? (Datum) 0 :
	anchor->cast[0] ? FunctionCall1(anchor->cast[0], raw_key) : raw_key;
	Datum		link_key = (Datum) 0;
	bool		linked = only_key(field, link, link_null, &link_key);
	bool		link_given = row->old ? column_changed(row, field->attnum) : linked;
	bool		key_given = row->old ? column_changed(row, att) : !key_null;

	bool		agree = linked != key_null &&
	(!linked || key_equal(anchor->shape, &link_key, &key));

	if (link_writes == LINK_WRITES_ERROR && link_given && !agree)
		raise_link_write(field);
	if (link_writes == LINK_WRITES_IGNORE && !agree)
	{
		link_given = false;
		key_given = true;
	}
	if (link_given && key_given && !agree)
		raise_contradiction(field, linked ? &link_key : NULL, key_null ? NULL : &key);

	if (link_given && !key_given)
		set_column(row, att, linked ? key_to_column(field->holder->relid, att,
													 anchor->shape->type[0], link_key) : (Datum) 0,
				   !linked);
	else if (key_given && !link_given)
		set_column(row, field->attnum,
				   key_null ? (Datum) 0 : link_column_make(field, 1, &key), key_null);
	settle_form(row, field);
}

/* The value that the row has, or that a new row begins with. */
static void
restore_column(RowInMaking *row, Field *field)
{
	bool		isnull = !field->has_empty;
	Datum		value = field->empty;

	if (!column_changed(row, field->attnum))
		return;
	if (row->old)
		value = slot_getattr(row->old, field->attnum, &isnull);
	set_column(row, field->attnum, value, isnull);
}

static void
settle_far_link(RowInMaking *row, Field *field)
{
	if (link_writes == LINK_WRITES_IGNORE)
		restore_column(row, field);
	settle_form(row, field);
}

static bool
anchor_changed(RowInMaking *row, KeyReader *anchor)
{
	for (int i = 0; i < anchor->shape->n; i++)
	{
		if (column_changed(row, anchor->att[i]))
			return true;
	}
	return false;
}

static bool
current_anchor(RowInMaking *row, KeyReader *anchor, Datum *key)
{
	for (int i = 0; i < anchor->shape->n; i++)
	{
		bool		isnull;

		key[i] = get_column(row, anchor->att[i], &isnull);
		if (isnull)
			return false;
		if (anchor->cast[i])
			key[i] = FunctionCall1(anchor->cast[i], key[i]);
	}
	return true;
}

/* Reads the linked row, without a lock, and computes the fields from it. */
static void
compute_unlocked(Worklist *work, FieldGroup *group, KeyEntry *entry)
{
	Step	   *step = &group->paths[0]->steps[0];
	Unit	   *unit = entry->data;
	RowReader  *reader = row_reader_open(step->far, RowExclusiveLock);
	RowFinder  *finder = row_finder_open(reader, step->far_index, &step->far_key,
										 GetActiveSnapshot());

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

	if (computed_writes == COMPUTED_WRITES_IGNORE ||
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

bool
fill_row(Worklist *work, Table *table, TupleTableSlot *old, TupleTableSlot *new,
		 Datum *values, bool *isnull, bool *replace)
{
	RowInMaking row = {old, new, values, isnull, replace, false};
	ListCell   *cell;

	foreach(cell, table->fields)
	{
		Field	   *field = lfirst(cell);

		if (field->local)
			settle_local_link(&row, field);
		else if (field->editable)
			settle_far_link(&row, field);
		else if (field->group->keyed && computed_writes == COMPUTED_WRITES_IGNORE)
			restore_column(&row, field);
	}
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
