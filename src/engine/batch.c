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

static void
request_holder(LockRequests *requests, FieldGroup *group, KeyEntry *entry)
{
	Unit	   *unit = entry->data;
	LockRequest *request = lock_request(requests, group->holder, group->index, &group->anchor,
										entry->key, group->holder->lock);

	request->found = &unit->found;
	request->address = &unit->address;
}

static void
request_far_row(Worklist *work, LockRequests *requests, FieldGroup *group, KeyEntry *entry)
{
	Step	   *step = &group->paths[0]->steps[0];
	KeyTable   *fills = work->fills[group->number];
	KeyEntry   *fill = fills ? key_table_get(fills, entry->key) : NULL;
	Unit	   *unit = entry->data;
	LockRequest *request = lock_request(requests, step->far, step->far_index, &step->far_key,
										entry->key, source_lock_mode(step->far));

	request->found = &unit->far_found;
	request->address = &unit->far_address;
	if (fill && ((Unit *) fill->data)->far_found)
		request->hint = &((Unit *) fill->data)->far_address;
}

static void
request_row(Worklist *work, LockRequests *requests, FieldGroup *group, KeyEntry *entry)
{
	if (group->keyed)
		request_holder(requests, group, entry);
	else if (group->paths[0]->forward && reads_far_row(group, entry->data))
		request_far_row(work, requests, group, entry);
}

void
batch_request(Worklist *work, LockRequests *requests, FieldGroup *group, KeyTable *units)
{
	uint32		position = 0;
	KeyEntry   *entry;

	while ((entry = key_table_next(units, &position)) != NULL)
		request_row(work, requests, group, entry);
}

void
batch_refresh(Worklist *work, Batch *batch)
{
	LockRequests requests = {0};

	CommandCounterIncrement();
	for (int i = 0; i < batch->n; i++)
		request_row(work, &requests, batch->group, &batch->entries[i]);
	lock_requested_rows(work, &requests);
}

void
batch_apply(Worklist *work, Batch *batch)
{
	if (batch->group->keyed)
		apply_keyed(work, batch->group, batch->n, batch->entries);
	else
		apply_forward(work, batch->group, batch->n, batch->entries);
}
