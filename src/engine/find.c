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
#include "catalog/pg_amop.h"
#include "catalog/pg_am.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "engine/key.h"
#include "engine/row.h"
#include "graph/build.h"

/* The scan of one part. */
typedef struct PartScan
{
	Relation	index;			/* NULL: not opened yet */
	ScanKeyData *scankey;
	int		   *argument;		/* scan key -> position in the key */
	IndexScanDesc scan;
} PartScan;

static int
position_in_key(int n, const AttrNumber *columns, AttrNumber att)
{
	for (int i = 0; i < n; i++)
	{
		if (columns[i] == att)
			return i;
	}
	elog(ERROR, "index does not lead with the columns of the key");
}

/* columns: of the part, in the order of the key. */
static void
init_scan_keys(PartScan *scan, KeyShape *shape, const AttrNumber *columns)
{
	Relation	index = scan->index;

	scan->scankey = palloc(sizeof(ScanKeyData) * shape->n);
	scan->argument = palloc(sizeof(int) * shape->n);
	for (int i = 0; i < shape->n; i++)
	{
		int			arg = position_in_key(shape->n, columns, index->rd_index->indkey.values[i]);
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
		scan->argument[i] = arg;
		ScanKeyEntryInitialize(&scan->scankey[i], 0, i + 1, BTEqualStrategyNumber,
							   type == optype ? InvalidOid : type,
							   index->rd_indcollation[i],
							   get_opcode(operator), (Datum) 0);
	}
}

static void
raise_missing_index(Table *table)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("an index that interlink needs on table %s is missing", table->label),
			 errhint("interlink.audit() names it.")));
}

static void
open_part(RowFinder *finder, int i)
{
	PartScan   *scan = &finder->scans[i];
	Part	   *part = &finder->reader->parts[i];
	Table	   *table = finder->reader->table;
	int			n = finder->key.shape->n;
	AttrNumber *columns = palloc(sizeof(AttrNumber) * n);
	Oid			index = finder->index;

	for (int k = 0; k < n; k++)
		columns[k] = part->map ? part->map->attnums[finder->key.att[k] - 1] : finder->key.att[k];
	(void) row_reader_part(finder->reader, i);
	if (table->partitioned)
		index = find_btree_index(part->relid, n, columns, false);
	if (!OidIsValid(index))
		raise_missing_index(table);
	scan->index = index_open(index, RowExclusiveLock);
	init_scan_keys(scan, finder->key.shape, columns);
	pfree(columns);
}

RowFinder *
row_finder_open(RowReader *reader, Oid index, KeyReader *key, Snapshot snapshot)
{
	RowFinder  *finder = palloc0(sizeof(RowFinder));

	if (!OidIsValid(index))
		raise_missing_index(reader->table);
	finder->reader = reader;
	finder->index = index;
	finder->key = *key;
	finder->snapshot = snapshot;
	finder->scans = palloc0(sizeof(PartScan) * finder->reader->nparts);
	if (reader->table->partitioned)
		finder->router = router_open(finder->reader, key);
	return finder;
}

void
row_finder_close(RowFinder *finder)
{
	for (int i = 0; i < finder->reader->nparts; i++)
	{
		PartScan   *scan = &finder->scans[i];

		if (scan->scan)
			index_endscan(scan->scan);
		if (scan->index)
			index_close(scan->index, NoLock);
	}
	if (finder->router)
		router_close(finder->router);
	if (finder->later)
		UnregisterSnapshot(finder->later);
	pfree(finder);
}

void
row_find(RowFinder *finder, Datum *key)
{
	int			only = finder->router ? router_choose(finder->router, finder->reader, key) : -1;

	finder->sought = key;
	finder->part = -1;
	finder->next = Max(only, 0);
	finder->last = only == -1 ? finder->reader->nparts - 1 : only;
}

static void
start_part(RowFinder *finder, int i)
{
	PartScan   *scan = &finder->scans[i];
	int			n = finder->key.shape->n;

	if (scan->index == NULL)
		open_part(finder, i);
	if (scan->scan == NULL)
		scan->scan = compat_index_beginscan(row_reader_part(finder->reader, i), scan->index,
											finder->later ? finder->later : finder->snapshot, n);
	for (int k = 0; k < n; k++)
		scan->scankey[k].sk_argument = finder->sought[scan->argument[k]];
	index_rescan(scan->scan, scan->scankey, n, NULL, 0);
}

/* Is there a row in the part that is being scanned? */
static bool
next_in_part(RowFinder *finder)
{
	if (!index_getnext_slot(finder->scans[finder->part].scan, ForwardScanDirection,
							finder->reader->slots[finder->part]))
	{
		row_reader_forget(finder->reader, finder->part);
		return false;
	}
	finder->slot = row_reader_show(finder->reader, finder->part);
	return true;
}

TupleTableSlot *
row_next(RowFinder *finder)
{
	for (;;)
	{
		if (finder->part >= 0 && next_in_part(finder))
			return finder->slot;
		if (finder->next > finder->last)
			return NULL;
		finder->part = finder->next++;
		start_part(finder, finder->part);
	}
}

/* Looks at the table as it is now. */
static void
rescan_later(RowFinder *finder)
{
	for (int i = 0; i < finder->reader->nparts; i++)
	{
		if (finder->scans[i].scan)
			index_endscan(finder->scans[i].scan);
		finder->scans[i].scan = NULL;
	}
	if (finder->later)
		UnregisterSnapshot(finder->later);
	finder->later = RegisterSnapshot(GetLatestSnapshot());
}

bool
row_find_and_lock(RowFinder *finder, Datum *key, LockTupleMode mode)
{
	Datum	   *found = palloc(sizeof(Datum) * finder->key.shape->n);
	bool		lost;

	do
	{
		lost = false;
		row_find(finder, key);
		while (row_next(finder))
		{
			RowAddress	address = row_address(finder->reader);

			if (row_lock(finder->reader, &address, finder->snapshot, mode) &&
				key_read(&finder->key, finder->slot = finder->reader->slot, found) &&
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
