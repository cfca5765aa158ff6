/*
 * batch.c: the units of one group that are worked off together.
 */
#include "postgres.h"

#include "access/xact.h"

#include "engine/apply.h"
#include "engine/batch.h"

Batch *
batch_of(FieldGroup *group, KeyTable *units)
{
	Batch	   *batch = palloc(sizeof(Batch));

	batch->group = group;
	batch->n = key_table_count(units);
	batch->entries = key_table_sorted(units);
	return batch;
}

static bool
reads_far_row(FieldGroup *group, Unit *unit)
{
	for (int i = 0; i < group->nfields; i++)
	{
		if (unit->notes[i].touched && !group->fields[i]->local)
			return true;
	}
	return false;
}

void
batch_request(LockRequests *requests, Batch *batch)
{
	FieldGroup *group = batch->group;

	for (int i = 0; i < batch->n; i++)
	{
		Unit	   *unit = batch->entries[i].data;
		Step	   *step = &group->paths[0]->steps[0];

		if (group->keyed)
			lock_request(requests, group->holder, group->index, &group->anchor,
						 batch->entries[i].key, group->holder->lock,
						 &unit->found, &unit->address);
		else if (group->paths[0]->forward && reads_far_row(group, unit))
			lock_request(requests, step->far, step->far_index, &step->far_key,
						 batch->entries[i].key, source_lock_mode(step->far),
						 &unit->far_found, &unit->far_address);
	}
}

void
batch_refresh(Batch *batch)
{
	LockRequests requests = {0};

	CommandCounterIncrement();
	batch_request(&requests, batch);
	lock_requested_rows(&requests);
}

void
batch_apply(Worklist *work, Batch *batch)
{
	if (batch->group->keyed)
		apply_keyed(work, batch->group, batch->n, batch->entries);
	else
		apply_forward(work, batch->group, batch->n, batch->entries);
}
