/*
 * far_change.c: edges whose value stands in the row at their other end.
 *
 * That row is locked when the edge has come or gone, so that its value stays as
 * it is until this transaction ends; whoever changes it afterwards finds the
 * holder over the edges that there are.  But what has been stored of an edge
 * that goes is the value that the row had when the holder was last brought up
 * to date.  If this transaction has changed the row since, and that is still to
 * be worked off, it is another one: only a recomputation can tell.
 *
 * So the row must be as another transaction has left it, or come from that by
 * updates that were all about something else.  The versions that these have made
 * are kept in mind as long as the worklist.
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "access/xact.h"
#include "utils/datum.h"
#include "utils/snapmgr.h"

#include "engine/far_change.h"
#include "engine/lock.h"
#include "engine/value.h"

static bool
is_own(TupleTableSlot *row)
{
	bool		isnull;
	Datum		made_by = slot_getsysattr(row, MinTransactionIdAttributeNumber, &isnull);

	return TransactionIdIsCurrentTransactionId(DatumGetTransactionId(made_by));
}

/* Where a version stands, without gaps, for hashing. */
typedef struct Version
{
	Oid			relid;
	BlockNumber block;
	uint32		offset;
} Version;

static Version
version_at(Oid relid, ItemPointer tid)
{
	Version		version = {relid, ItemPointerGetBlockNumber(tid), ItemPointerGetOffsetNumber(tid)};

	return version;
}

/* Does the row, as it is stored, lend what it did before this transaction? */
static bool
is_as_found(Worklist *work, TupleTableSlot *row)
{
	Version		version = version_at(row->tts_tableOid, &row->tts_tid);

	return !is_own(row) ||
		(work->own_versions && hash_search(work->own_versions, &version, HASH_FIND, NULL));
}

/* Has the version the same values to lend as the one before? */
static bool
lends_same(Table *table, TupleTableSlot *old, TupleTableSlot *new)
{
	int			att = -1;

	while ((att = bms_next_member(table->lent, att)) >= 0)
	{
		if (column_differs(old, new, att))
			return false;
	}
	return true;
}

void
note_version(Worklist *work, Table *table, TupleTableSlot *old, TupleTableSlot *new)
{
	Version		version;

	if (bms_is_empty(table->lent) || table->partitioned || !is_as_found(work, old) ||
		!lends_same(table, old, new))
		return;
	if (work->own_versions == NULL)
	{
		HASHCTL		control = {.keysize = sizeof(Version),.entrysize = sizeof(Version),
		.hcxt = work->context};

		work->own_versions = hash_create("interlink versions", 256, &control,
										 HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	}
	version = version_at(new->tts_tableOid, &new->tts_tid);
	(void) hash_search(work->own_versions, &version, HASH_ENTER, NULL);
}

/* The row at the other end of edges, read once however many lead to it. */
typedef struct FarRow
{
	bool		usable;
	Datum	   *values;			/* by number of the field in the group */
	bool	   *isnull;
} FarRow;

/* The rows at the other end of the edges of one use. */
typedef struct FarRows
{
	Use		   *use;
	KeyTable   *rows;
	RowFinder  *finder;
} FarRows;

static void
read_values(Worklist *work, Use *use, FarRow *row, TupleTableSlot *slot)
{
	ListCell   *cell;

	row->values = palloc(sizeof(Datum) * use->group->nfields);
	row->isnull = palloc(sizeof(bool) * use->group->nfields);
	foreach(cell, use->fields)
	{
		Field	   *field = lfirst(cell);
		int			i = field->index;

		if (!field->asks_far_row)
			continue;
		row->values[i] = value_of_row(work, field, slot, &row->isnull[i]);
		if (!row->isnull[i] && field->expr)
			row->values[i] = datumCopy(row->values[i], field->value_typbyval,
									   field->value_typlen);
	}
}

/* A row that the run has not come to lock yet is none to rely on. */
static bool
waits_for_lock(Worklist *work, Use *use, Datum *key)
{
	KeyTable   *locks = work->locks[use->number];

	return locks && key_table_get(locks, key);
}

static FarRow *
far_row(Worklist *work, FarRows *far, Datum *key)
{
	KeyEntry   *entry = key_table_put(far->rows, key);
	FarRow	   *row = entry->data;

	if (row)
		return row;
	row = entry->data = palloc0(sizeof(FarRow));
	if (lock_missed_rows() > 0 || waits_for_lock(work, far->use, key))
		return row;
	row_find(far->finder, entry->key);
	if (row_next(far->finder) && is_as_found(work, far->finder->reader->slots[far->finder->part]))
	{
		read_values(work, far->use, row, far->finder->slot);
		row->usable = true;
	}
	return row;
}

static FarRows *
rows_of_use(Worklist *work, List **all, Use *use, Snapshot snapshot)
{
	FarRows    *far;
	ListCell   *cell;

	foreach(cell, *all)
	{
		far = lfirst(cell);
		if (far->use == use)
			return far;
	}
	far = palloc(sizeof(FarRows));
	far->use = use;
	far->rows = key_table_create(CurrentMemoryContext, use->lock->key.shape);
	far->finder = row_finder_open(worklist_reader(work, use->lock->table), use->lock->index,
								  &use->lock->far_key, snapshot);
	*all = lappend(*all, far);
	return far;
}

static void
take_change(Worklist *work, Unit *unit, FarChange *change, FarRow *row)
{
	ListCell   *cell;

	foreach(cell, change->use->fields)
	{
		Field	   *field = lfirst(cell);
		int			i = field->index;

		if (!field->asks_far_row || unit->notes[i].recompute)
			continue;
		if (row->usable)
			note_value(work, unit, field, change->sign, row->values[i], row->isnull[i]);
		else
			note_recompute(work, unit, field);
	}
}

void
take_far_changes(Worklist *work, int n, KeyEntry *entries)
{
	Snapshot	snapshot = NULL;
	List	   *all = NIL;
	ListCell   *cell;

	for (int i = 0; i < n; i++)
	{
		Unit	   *unit = entries[i].data;

		if (unit->far_changes == NULL || !unit->found)
			continue;
		if (snapshot == NULL)
			snapshot = RegisterSnapshot(GetLatestSnapshot());
		for (FarChange *change = unit->far_changes; change; change = change->next)
			take_change(work, unit, change,
						far_row(work, rows_of_use(work, &all, change->use, snapshot), change->key));
	}
	foreach(cell, all)
		row_finder_close(((FarRows *) lfirst(cell))->finder);
	if (snapshot)
		UnregisterSnapshot(snapshot);
}
