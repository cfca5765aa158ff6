/*
 * catalog_row.c: rows of the catalog tables, and how they are found, added and
 * replaced.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/indexing.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/sequence.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "graph/catalog.h"
#include "graph/catalog_row.h"

Oid
catalog_relation_named(const char *name)
{
	Oid			schema = get_namespace_oid("interlink", true);

	return OidIsValid(schema) ? get_relname_relid(name, schema) : InvalidOid;
}

/* Values out of a row.  Each is copied, since the row goes with the scan. */

char *
row_text(CatalogRow *row, int att)
{
	return row->nulls[att - 1] ? NULL : TextDatumGetCString(row->values[att - 1]);
}

char *
row_name(CatalogRow *row, int att)
{
	return row->nulls[att - 1] ? NULL : pstrdup(NameStr(*DatumGetName(row->values[att - 1])));
}

Oid
row_oid(CatalogRow *row, int att)
{
	return row->nulls[att - 1] ? InvalidOid : DatumGetObjectId(row->values[att - 1]);
}

bool
row_bool(CatalogRow *row, int att)
{
	return !row->nulls[att - 1] && DatumGetBool(row->values[att - 1]);
}

List *
row_strings(CatalogRow *row, int att, Oid element_type)
{
	List	   *result = NIL;
	Datum	   *elements;
	int			n;

	if (row->nulls[att - 1])
		return NIL;
	deconstruct_array(DatumGetArrayTypeP(row->values[att - 1]), element_type,
					  element_type == NAMEOID ? NAMEDATALEN : -1, false,
					  element_type == NAMEOID ? TYPALIGN_CHAR : TYPALIGN_INT,
					  &elements, NULL, &n);
	for (int i = 0; i < n; i++)
		result = lappend(result, element_type == NAMEOID ?
						 pstrdup(NameStr(*DatumGetName(elements[i]))) :
						 TextDatumGetCString(elements[i]));
	return result;
}

/* Values into a row; what is NULL in C is NULL in SQL. */

void
row_put(CatalogRow *row, int att, Datum value)
{
	row->values[att - 1] = value;
	row->nulls[att - 1] = false;
}

void
row_put_text(CatalogRow *row, int att, const char *text)
{
	if (text)
		row_put(row, att, CStringGetTextDatum(text));
}

void
row_put_name(CatalogRow *row, int att, const char *name)
{
	if (name)
		row_put(row, att, DirectFunctionCall1(namein, CStringGetDatum(name)));
}

void
row_put_strings(CatalogRow *row, int att, List *strings, Oid element_type)
{
	Datum	   *elements = palloc(sizeof(Datum) * (list_length(strings) + 1));
	ArrayType  *array;
	ListCell   *cell;
	int			n = 0;

	foreach(cell, strings)
		elements[n++] = element_type == NAMEOID ?
			DirectFunctionCall1(namein, CStringGetDatum(lfirst(cell))) :
			CStringGetTextDatum((char *) lfirst(cell));
	array = construct_array(elements, n, element_type,
							element_type == NAMEOID ? NAMEDATALEN : -1, false,
							element_type == NAMEOID ? TYPALIGN_CHAR : TYPALIGN_INT);
	row_put(row, att, PointerGetDatum(array));
}

CatalogRow
row_empty(int natts)
{
	CatalogRow	row = {palloc0(sizeof(Datum) * natts), palloc(sizeof(bool) * natts)};

	memset(row.nulls, true, sizeof(bool) * natts);
	return row;
}

void
catalog_scan_begin(CatalogScan *scan, Oid relid, LOCKMODE lockmode)
{
	scan->rel = table_open(relid, lockmode);
	scan->row = row_empty(RelationGetNumberOfAttributes(scan->rel));
	scan->snapshot = RegisterSnapshot(GetLatestSnapshot());
	scan->scan = systable_beginscan(scan->rel, InvalidOid, false, scan->snapshot, 0, NULL);
}

HeapTuple
catalog_scan_next(CatalogScan *scan)
{
	HeapTuple	tuple = systable_getnext(scan->scan);

	if (HeapTupleIsValid(tuple))
		heap_deform_tuple(tuple, RelationGetDescr(scan->rel), scan->row.values, scan->row.nulls);
	return tuple;
}

void
catalog_scan_end(CatalogScan *scan, LOCKMODE lockmode)
{
	systable_endscan(scan->scan);
	UnregisterSnapshot(scan->snapshot);
	table_close(scan->rel, lockmode);
}

static int
compare_ids(const ListCell *a, const ListCell *b)
{
	int64		left = *(int64 *) lfirst(a);
	int64		right = *(int64 *) lfirst(b);

	return (left > right) - (left < right);
}

void
catalog_sort(List *definitions)
{
	list_sort(definitions, compare_ids);
}

int64
catalog_next_id(void)
{
	return nextval_internal(catalog_relation_named("definition_id"), false);
}

void
catalog_insert_row(Oid relid, CatalogRow *row)
{
	Relation	rel = table_open(relid, RowExclusiveLock);

	CatalogTupleInsert(rel, heap_form_tuple(RelationGetDescr(rel), row->values, row->nulls));
	table_close(rel, RowExclusiveLock);
	CommandCounterIncrement();
}

/*
 * Replaces the row with this id, or removes it when no other is given.  One
 * transaction at a time: definitions of tables that have no lock in common may
 * still share a row.
 */
void
catalog_replace_row(Oid relid, int64 id, CatalogRow *with)
{
	CatalogScan scan;
	HeapTuple	tuple;

	catalog_lock();
	catalog_scan_begin(&scan, relid, RowExclusiveLock);
	while ((tuple = catalog_scan_next(&scan)) != NULL)
	{
		ItemPointerData tid = tuple->t_self;

		if (DatumGetInt64(scan.row.values[0]) != id)
			continue;
		if (with)
			CatalogTupleUpdate(scan.rel, &tid,
							   heap_form_tuple(RelationGetDescr(scan.rel), with->values, with->nulls));
		else
			CatalogTupleDelete(scan.rel, &tid);
		break;
	}
	catalog_scan_end(&scan, RowExclusiveLock);
	CommandCounterIncrement();
}
