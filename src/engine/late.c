/*
 * late.c: link columns that a user's trigger writes after our own BEFORE trigger.
 *
 * A link column and the foreign key beside it agree when our trigger is done with
 * a row.  If they do not once the row is stored, a trigger that sorts after ours
 * has written one of the two.  Which one is told by what ours had made of the link
 * column, which is remembered from the one to the other, where there is a trigger
 * in between: a key that was written wins, as ever, and a link that was written
 * comes too late, and may not vanish in silence.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_trigger.h"
#include "common/hashfn.h"
#include "utils/datum.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "engine/capture.h"
#include "engine/engine.h"
#include "engine/settle.h"
#include "engine/value.h"

/* A link column in a row that is inserted, or updated; without padding. */
typedef struct Place
{
	uint64		row;
	Oid			table;
	AttrNumber	column;
	uint16		update;
} Place;

typedef struct Settled
{
	Place		place;
	uint64		link;
} Settled;

/* Of the client's statement that is under way. */
static HTAB *settled = NULL;
static MemoryContext settled_context = NULL;
static TimestampTz settled_since = 0;

static void
forget(void *arg)
{
	settled = NULL;
	settled_context = NULL;
}

static void
begin_statement(void)
{
	HASHCTL		control = {.keysize = sizeof(Place),.entrysize = sizeof(Settled)};
	MemoryContextCallback *callback;

	if (settled_context && settled_since != GetCurrentStatementStartTimestamp())
		MemoryContextDelete(settled_context);
	if (settled)
		return;
	if (settled_context == NULL)
	{
		settled_context = AllocSetContextCreate(TopTransactionContext, "interlink settled links",
												ALLOCSET_SMALL_SIZES);
		callback = MemoryContextAllocZero(settled_context, sizeof(MemoryContextCallback));
		callback->func = forget;
		MemoryContextRegisterResetCallback(settled_context, callback);
	}
	settled_since = GetCurrentStatementStartTimestamp();
	control.hcxt = settled_context;
	settled = hash_create("interlink settled links", 64, &control,
						  HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

bool
user_triggers_follow(Relation rel, bool update)
{
	TriggerDesc *triggers = rel->trigdesc;
	const char *ours = update ? BEFORE_UPDATE_TRIGGER : BEFORE_INSERT_TRIGGER;

	for (int i = 0; triggers && i < triggers->numtriggers; i++)
	{
		Trigger    *trigger = &triggers->triggers[i];

		if (trigger->tgenabled != TRIGGER_DISABLED && strcmp(trigger->tgname, ours) > 0 &&
			TRIGGER_FOR_BEFORE(trigger->tgtype) && TRIGGER_FOR_ROW(trigger->tgtype) &&
			(update ? TRIGGER_FOR_UPDATE(trigger->tgtype) : TRIGGER_FOR_INSERT(trigger->tgtype)))
			return true;
	}
	return false;
}

/* The row is known by its primary key, as it looks. */
static Place
place_of(RowInMaking *row, Table *table, Field *field, bool update)
{
	KeyReader  *reader = &table->key_reader;
	Place		place = {0, table->relid, field->attnum, update};

	for (int i = 0; i < reader->shape->n; i++)
	{
		Form_pg_attribute form = TupleDescAttr(row->new->tts_tupleDescriptor, reader->att[i] - 1);
		bool		isnull;
		Datum		value = get_column(row, reader->att[i], &isnull);

		place.row = hash_combine64(place.row, isnull ? 0 :
								   datum_image_hash(value, form->attbyval, form->attlen));
	}
	return place;
}

/* Links and arrays have a length. */
static uint64
image_of_link(RowInMaking *row, Field *field)
{
	bool		isnull;
	Datum		value = get_column(row, field->attnum, &isnull);
	struct varlena *link = isnull ? NULL : PG_DETOAST_DATUM_PACKED(value);

	return isnull ? 0 : hash_bytes_extended((unsigned char *) VARDATA_ANY(link),
											VARSIZE_ANY_EXHDR(link), 1);
}

void
remember_links(Table *table, RowInMaking *row, bool update)
{
	ListCell   *cell;

	begin_statement();
	foreach(cell, table->fields)
	{
		Field	   *field = lfirst(cell);
		Place		place;

		if (!field->beside)
			continue;
		place = place_of(row, table, field, update);
		((Settled *) hash_search(settled, &place, HASH_ENTER, NULL))->link =
			image_of_link(row, field);
	}
}

/* Does the link column stand as ours has left it, or, not having been called for it, found it? */
static bool
is_as_settled(RowInMaking *row, Table *table, Field *field, bool update)
{
	Place		place = place_of(row, table, field, update);
	Settled    *entry = settled ? hash_search(settled, &place, HASH_FIND, NULL) : NULL;
	bool		same;

	if (entry == NULL)
		return row->old && !column_differs(row->old, row->new, field->attnum);
	same = entry->link == image_of_link(row, field);
	(void) hash_search(settled, &place, HASH_REMOVE, NULL);
	return same;
}

void
guard_late_links(Table *table, TupleTableSlot *old, TupleTableSlot *new, bool update)
{
	RowInMaking row = {.old = old,.new = new};
	ListCell   *cell;

	row.replace = palloc0(sizeof(bool) * new->tts_tupleDescriptor->natts);
	foreach(cell, table->fields)
	{
		Field	   *field = lfirst(cell);

		if (field->beside && !is_as_settled(&row, table, field, update))
			refuse_late_link(&row, field);
	}
}
