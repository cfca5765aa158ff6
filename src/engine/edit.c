/*
 * edit.c: from written link columns back to the storage of the link.
 *
 * All edits of a statement are taken together, so that it does not matter in
 * which order rows were written: a row taken out of one link and put into
 * another has moved.  The changes of the storage are captured like a user's.
 */
#include "postgres.h"

#include "access/xact.h"

#include "engine/capture.h"
#include "engine/edit.h"
#include "engine/engine.h"

/* The edits of one end of one link, as one list of rows to link and unlink. */
static void
apply_edits_of_field(Worklist *work, Field *field, List *edits)
{
	if (field->path->nsteps == 2)
		edit_junction(work, field, edits);
	else
		edit_foreign_key(work, field, edits);
}

void
apply_edits(Worklist *work)
{
	List	   *edits = work->edits;
	ListCell   *cell;

	work->edits = NIL;
	CommandCounterIncrement();	/* rows may be linked to themselves */
	foreach(cell, work->graph->fields)
	{
		Field	   *field = lfirst(cell);
		List	   *of_field = NIL;
		ListCell   *other;

		if (!field->editable)
			continue;
		foreach(other, edits)
		{
			LinkEdit   *edit = lfirst(other);

			if (edit->field == field)
				of_field = lappend(of_field, edit);
		}
		if (of_field)
			apply_edits_of_field(work, field, of_field);
	}
}

void
raise_unknown_key(Field *field, Table *table, KeyShape *shape, Datum *key)
{
	ereport(ERROR,
			(errcode(ERRCODE_FOREIGN_KEY_VIOLATION),
			 errmsg("link \"%s\" of table %s refers to a row that does not exist",
					field->definition->name, field->holder->label),
			 errdetail("Key %s is not present in table %s.",
					   key_text(shape, key), table->label)));
}
