/*
 * find.c: finding and locking single rows through an index.
 *
 * A row is found under a snapshot and then locked; the lock waits for whoever
 * is changing the row and follows it to its newest version, as EvalPlanQual
 * does, so that the columns read afterwards are those that stand.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/skey.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_amop.h"
#include "catalog/pg_am.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "engine/key.h"
#include "engine/row.h"

static int
position_in_key(KeyReader *key, AttrNumber att)
{
	for (int i = 0; i < key->shape->n; i++)
	{
		if (key->att[i] == att)
			return i;
	}
	elog(ERROR, "index does not lead with the columns of the key");
}

static void
init_scan_keys(RowFinder *finder)
{
	Relation	index = finder->index;
	KeyShape   *shape = finder->key.shape;

	finder->scankey = palloc(sizeof(ScanKeyData) * shape->n);
	finder->argument = palloc(sizeof(int) * shape->n);
	for (int i = 0; i < shape->n; i++)
	{
		int			arg = position_in_key(&finder->key, index->rd_index->indkey.values[i]);
		Oid			optype = index->rd_opcintype[i];
		Oid			type = shape->type[arg];
		Oid			operator = get_opfamily_member(index->rd_opfamily[i], optype, type,
												   BTEqualStrategyNumber);

		/* A binary-coercible type (varchar) compares as the class's own. */
		if (!OidIsValid(operator))
		{
			type = optype;
			operator = get_opfamily_member(index->rd_opfamily[i], optype, optype,
										   BTEqualStrategyNumber);
		}
		finder->argument[i] = arg;
		ScanKeyEntryInitialize(&finder->scankey[i], 0, i + 1, BTEqualStrategyNumber,
							   type == optype ? InvalidOid : type,
							   index->rd_indcollation[i],
							   get_opcode(operator), (Datum) 0);
	}
}

RowFinder *
row_finder_open(Table *table, Oid index, KeyReader *key, Snapshot snapshot)
{
	RowFinder  *finder = palloc0(sizeof(RowFinder));

	if (!OidIsValid(index))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("an index that interlink needs on table %s is missing", table->label),
				 errhint("interlink.audit() names it.")));
	finder->table = table;
	finder->rel = table_open(table->relid, RowExclusiveLock);
	finder->index = index_open(index, RowExclusiveLock);
	finder->key = *key;
	init_scan_keys(finder);
	finder->slot = table_slot_create(finder->rel, NULL);
	finder->scan = compat_index_beginscan(finder->rel, finder->index, snapshot,
										  key->shape->n);
	return finder;
}

void
row_finder_close(RowFinder *finder)
{
	index_endscan(finder->scan);
	if (finder->later)
		UnregisterSnapshot(finder->later);
	ExecDropSingleTupleTableSlot(finder->slot);
	index_close(finder->index, NoLock);
	table_close(finder->rel, NoLock);
	pfree(finder);
}

void
row_find(RowFinder *finder, Datum *key)
{
	int			n = finder->key.shape->n;

	for (int i = 0; i < n; i++)
		finder->scankey[i].sk_argument = key[finder->argument[i]];
	index_rescan(finder->scan, finder->scankey, n, NULL, 0);
}

TupleTableSlot *
row_next(RowFinder *finder)
{
	if (index_getnext_slot(finder->scan, ForwardScanDirection, finder->slot))
		return finder->slot;
	return NULL;
}

bool
row_lock(Relation rel, ItemPointer tid, Snapshot snapshot,
		 LockTupleMode mode, TupleTableSlot *slot)
{
	TM_FailureData failure;
	bool		own_snapshot = IsolationUsesXactSnapshot();
	ItemPointerData start = *tid;


	/*
	 * A weak lock that does not have to wait for an update under way must hold
	 * for the version that it makes, too; foreign keys rely on that.
	 */
	uint8		flags = TUPLE_LOCK_FLAG_LOCK_UPDATE_IN_PROGRESS |
	(own_snapshot ? 0 : TUPLE_LOCK_FLAG_FIND_LAST_VERSION);
	TM_Result	result = table_tuple_lock(rel, &start, snapshot, slot,
										  GetCurrentCommandId(true), mode, LockWaitBlock,
										  flags, &failure);

	if (result == TM_Ok && own_snapshot &&
		!table_tuple_satisfies_snapshot(rel, slot, GetTransactionSnapshot()))
		result = TM_Updated;
	if (result == TM_Ok)
		return true;
	if (result == TM_Deleted && !own_snapshot)
		return false;
	if (result == TM_Deleted || result == TM_Updated)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize access due to concurrent %s",
						result == TM_Deleted ? "delete" : "update")));
	if (result == TM_SelfModified || result == TM_Invisible)

		/*
		 * Changed by a command that is still under way, as a BEFORE trigger of
		 * the same statement can do.
		 */
		ereport(ERROR,
				(errcode(ERRCODE_TRIGGERED_DATA_CHANGE_VIOLATION),
				 errmsg("row of table \"%s\" was already modified by an operation triggered by the current command",
						RelationGetRelationName(rel)),
				 errhint("Consider using an AFTER trigger instead of a BEFORE trigger to propagate changes to other rows.")));
	elog(ERROR, "unexpected result of locking a row of \"%s\"",
		 RelationGetRelationName(rel));
}

void
row_fetch(Relation rel, ItemPointer tid, TupleTableSlot *slot)
{
	if (!table_tuple_fetch_row_version(rel, tid, SnapshotAny, slot))
		elog(ERROR, "a locked row of \"%s\" is gone", RelationGetRelationName(rel));
}

/* Looks at the table as it is now. */
static void
rescan_later(RowFinder *finder)
{
	index_endscan(finder->scan);
	if (finder->later)
		UnregisterSnapshot(finder->later);
	finder->later = RegisterSnapshot(GetLatestSnapshot());
	finder->scan = compat_index_beginscan(finder->rel, finder->index, finder->later,
										  finder->key.shape->n);
}

bool
row_find_and_lock(RowFinder *finder, Datum *key, Snapshot snapshot,
				  LockTupleMode mode)
{
	Datum	   *found = palloc(sizeof(Datum) * finder->key.shape->n);
	bool		lost;

	do
	{
		lost = false;
		row_find(finder, key);
		while (row_next(finder))
		{
			ItemPointerData tid = finder->slot->tts_tid;

			if (row_lock(finder->rel, &tid, snapshot, mode, finder->slot) &&
				key_read(&finder->key, finder->slot, found) &&
				key_equal(finder->key.shape, key, found))
				return true;

			/* While we waited it went; another may have taken its place. */
			lost = true;
		}
		if (lost)
			rescan_later(finder);
	} while (lost);
	return false;
}
