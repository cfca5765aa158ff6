/*
 * apply.c: from notes and locks to written rows, for holders found by key.
 */
#include "postgres.h"

#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "engine/apply.h"
#include "engine/engine.h"
#include "engine/far_change.h"
#include "engine/query.h"
#include "engine/row.h"
#include "engine/update.h"
#include "engine/value.h"

/*
 * A field that was recomputed in this statement is recomputed again: the
 * change may have been seen already.  True when any field is to be recomputed.
 */
static bool
consider_marks(FieldGroup *group, KeyEntry *entry)
{
	Unit	   *unit = entry->data;
	bool		recompute = false;

	for (int i = 0; i < group->nfields; i++)
	{
		FieldNote  *note = &unit->notes[i];

		if (!note->touched)
			continue;
		if (!note->recompute && is_marked(group->fields[i], entry->hash))
			note->recompute = true;
		if (note->recompute)
			mark_recomputed(group->fields[i], entry->hash);
		recompute |= note->recompute;
	}
	return recompute;
}

/* New values where the notes tell them; the rest is left to recomputation. */
static bool
bring_forward(FieldGroup *group, KeyEntry *entry, TupleTableSlot *row)
{
	Unit	   *unit = entry->data;
	bool		recompute = false;

	for (int i = 0; i < group->nfields; i++)
	{
		Field	   *field = group->fields[i];
		FieldNote  *note = &unit->notes[i];
		bool		isnull;
		Datum		stored;

		if (!note->touched || note->recompute)
			continue;
		stored = slot_getattr(row, field->attnum, &isnull);
		if (value_from_note(field, note, stored, isnull, &note->value, &note->isnull))
		{
			/* An unchanged value may still point into the row. */
			if (!note->isnull && note->value == stored)
				note->value = datum_copy_of(field, stored);
			note->computed = true;
		}
		else
		{
			note->recompute = recompute = true;
			mark_recomputed(field, entry->hash);
		}
	}
	return recompute;
}

/*
 * Has the path no row any more?  A count that was brought forward just now says
 * so; what has been noted and is still to be worked off changes nothing, since
 * the fields that follow from it are marked.
 */
static bool
path_is_empty(FieldGroup *group, Unit *unit, Path *path)
{
	for (int i = 0; i < group->nfields; i++)
	{
		Field	   *field = group->fields[i];
		FieldNote  *note = &unit->notes[i];

		if (field->path == path && field->algebra == ALGEBRA_COUNT && field->expr == NULL &&
			note->computed && !note->recompute)
			return DatumGetInt64(note->value) == 0;
	}
	return false;
}

/* Without rows there is nothing to compute.  True when something still is. */
static bool
settle_empty(FieldGroup *group, Unit *unit)
{
	bool		recompute = false;

	for (int i = 0; i < group->nfields; i++)
	{
		Field	   *field = group->fields[i];
		FieldNote  *note = &unit->notes[i];

		if (!note->recompute)
			continue;
		if (!path_is_empty(group, unit, field->path))
		{
			recompute = true;
			continue;
		}
		note->value = field->empty;
		note->isnull = !field->has_empty;
		note->computed = true;
	}
	return recompute;
}

static bool
bring_all_forward(Worklist *work, FieldGroup *group, int n, KeyEntry *entries)
{
	RowReader  *reader = worklist_reader(work, group->holder);
	bool		recompute = false;

	for (int i = 0; i < n; i++)
	{
		Unit	   *unit = entries[i].data;

		bool		ask = consider_marks(group, &entries[i]);

		if (!unit->found)
			continue;
		ask |= bring_forward(group, &entries[i], row_fetch(reader, &unit->address));
		if (ask)
			recompute |= settle_empty(group, unit);
	}
	return recompute;
}

void
apply_keyed(Worklist *work, FieldGroup *group, int n, KeyEntry *entries)
{
	FieldUpdate *update;
	int			nfound = 0;

	take_far_changes(work, n, entries);
	if (bring_all_forward(work, group, n, entries))
	{
		KeyEntry   *found = palloc(sizeof(KeyEntry) * n);

		for (int i = 0; i < n; i++)
		{
			if (((Unit *) entries[i].data)->found)
				found[nfound++] = entries[i];
		}
		if (nfound > 0)
			query_recompute(work, group, nfound, found);
	}
	update = field_update_open(work, group);
	for (int i = 0; i < n; i++)
	{
		Unit	   *unit = entries[i].data;

		if (unit->found)
			field_update_row(update, unit, &unit->address);
	}
	field_update_close(update);
}
