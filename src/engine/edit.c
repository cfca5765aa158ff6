/*
 * edit.c: from written link columns back to the storage of the link.
 *
 * All edits of a statement are taken together, so that it does not matter in
 * which order rows were written: a row taken out of one link and put into
 * another has moved.  The changes of the storage are captured like a user's.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "engine/capture.h"
#include "engine/edit.h"
#include "engine/engine.h"

/* Could a trigger or rule of the user make something else of our writes? */
static bool
may_be_altered(Table *table)
{
	Relation	rel = RelationIdGetRelation(table->relid);
	TriggerDesc *triggers = CopyTriggerDesc(rel->trigdesc);
	bool		result = rel->rd_rules != NULL;

	RelationClose(rel);
	for (int i = 0; triggers && i < triggers->numtriggers; i++)
	{
		Trigger    *trigger = &triggers->triggers[i];

		if (TRIGGER_FOR_ROW(trigger->tgtype) && TRIGGER_FOR_BEFORE(trigger->tgtype) &&
			!engine_owns_trigger(trigger->tgfoid))
			result = true;
	}
	return result;
}

static void
recompute_edited(Worklist *work, Field *field, List *edits)
{
	ListCell   *cell;

	foreach(cell, edits)
	{
		LinkEdit   *edit = lfirst(cell);

		note_recompute(work, worklist_unit(work, field->group, edit->anchor), field);
	}
}

/* The edits of one end of one link, as one list of rows to link and unlink. */
static void
apply_edits_of_field(Worklist *work, Field *field, List *edits)
{
	if (field->path->nsteps == 2)
		edit_junction(work, field, edits);
	else
		edit_foreign_key(work, field, edits);
	if (field->path->position || field->path->repeats || field->path->respelled ||
		may_be_altered(field->path->steps[0].far))
		recompute_edited(work, field, edits);
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
