/*
 * update.c: writing computed values into rows of a group's holder.
 */
#include "postgres.h"

#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "engine/capture.h"
#include "engine/engine.h"
#include "engine/far_change.h"
#include "engine/update.h"
#include "engine/value.h"

FieldUpdate *
field_update_open(Worklist *work, FieldGroup *group)
{
	FieldUpdate *update = palloc0(sizeof(FieldUpdate));
	int			natts;

	update->work = work;
	update->group = group;
	update->reader = worklist_reader(work, group->holder);
	natts = RelationGetNumberOfAttributes(update->reader->rel);
	update->values = palloc0(sizeof(Datum) * natts);
	update->isnull = palloc0(sizeof(bool) * natts);
	update->replace = palloc0(sizeof(bool) * natts);
	return update;
}

/* Sets out what differs from the row; false when nothing does. */
static bool
prepare_row(FieldUpdate *update, Unit *unit, TupleTableSlot *row)
{
	FieldGroup *group = update->group;
	bool		differs = false;

	for (int i = 0; i < group->nfields; i++)
	{
		Field	   *field = group->fields[i];
		FieldNote  *note = &unit->notes[i];
		int			column = field->attnum - 1;
		bool		isnull;
		Datum		stored;

		update->replace[column] = false;
		if (!note->computed)
			continue;
		stored = slot_getattr(row, field->attnum, &isnull);
		if (value_identical(field, stored, isnull, note->value, note->isnull))
			continue;
		update->values[column] = note->value;
		update->isnull[column] = note->isnull;
		update->replace[column] = true;
		differs = true;
	}
	return differs;
}

static void
start_writing(FieldUpdate *update)
{
	FieldGroup *group = update->group;
	Bitmapset  *columns = NULL;

	for (int i = 0; i < group->nfields; i++)
		columns = bms_add_member(columns, group->fields[i]->attnum);
	engine_write_begin(group->holder->relid);
	update->writer = row_writer_open(update->reader, columns, true, update->work->in_statement);
}

/* Is what the row has now what we wanted it to have? */
static bool
written_as_meant(FieldUpdate *update)
{
	FieldGroup *group = update->group;

	for (int i = 0; i < group->nfields; i++)
	{
		Field	   *field = group->fields[i];
		int			column = field->attnum - 1;
		bool		isnull;
		Datum		value;

		if (!update->replace[column])
			continue;
		value = slot_getattr(update->writer->new, field->attnum, &isnull);
		if (!value_identical(field, value, isnull, update->values[column], update->isnull[column]))
			return false;
	}
	return true;
}

static void
raise_interference(FieldUpdate *update)
{
	ereport(ERROR,
			(errcode(ERRCODE_TRIGGERED_DATA_CHANGE_VIOLATION),
			 errmsg("a trigger of table %s does not let fields be brought up to date",
					update->group->holder->label),
			 errdetail("It suppressed or changed the update of field \"%s\" or one beside it.",
					   update->group->fields[0]->definition->name),
			 errhint("A BEFORE UPDATE trigger must return NEW and leave lookups, rollups and link columns alone.")));
}

/* Under the definitions as they are now: until the table was opened anybody may have changed them. */
static void
capture_written(FieldUpdate *update)
{
	Table	   *table = update->group->holder;
	Worklist   *work = update->work;

	if (work->generation != graph_generation())
	{
		work = worklist_current();
		table = graph_table(work->graph, table->relid);
	}
	if (table)
		capture_row(work, table, update->reader->slot, update->writer->new, true);
}

void
field_update_row(FieldUpdate *update, Unit *unit, const RowAddress *address)
{
	TupleTableSlot *row = row_fetch(update->reader, address);

	if (!prepare_row(update, unit, row))
		return;
	if (update->writer == NULL)
		start_writing(update);
	if (!row_write(update->writer, update->values, update->isnull, update->replace) ||
		!written_as_meant(update))
		raise_interference(update);
	update->work->written++;
	if (update->writer->quiet)
	{
		note_version(update->work, update->group->holder, update->reader->slot,
					 update->writer->new);
		capture_written(update);
	}
}

void
field_update_close(FieldUpdate *update)
{
	if (update->writer)
	{
		row_writer_close(update->writer);
		engine_write_end();
	}
}
