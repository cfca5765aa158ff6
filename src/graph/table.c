/*
 * table.c: what the graph knows of a table: its key, indexes, foreign keys.
 *
 * No lock is taken on the tables: the graph may hold tables that the current
 * statement has nothing to do with, and whoever changes one of them sends an
 * invalidation that makes the graph stale.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_index.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/syscache.h"

#include "graph/build.h"

static bool
is_btree(Oid index)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(index));
	bool		result;

	if (!HeapTupleIsValid(tuple))
		return false;
	result = ((Form_pg_class) GETSTRUCT(tuple))->relam == BTREE_AM_OID;
	ReleaseSysCache(tuple);
	return result;
}

static void
build_primary_key(Table *table, Relation rel)
{
	HeapTuple	tuple;
	Form_pg_index index;
	Oid			oid;

	(void) RelationGetIndexList(rel);	/* sets rd_pkindex */
	oid = rel->rd_pkindex;
	if (!OidIsValid(oid))
		return;
	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(oid));
	if (!HeapTupleIsValid(tuple))
		return;
	index = (Form_pg_index) GETSTRUCT(tuple);
	table->key_index = oid;
	table->nkey = index->indnkeyatts;
	table->key = palloc(sizeof(AttrNumber) * table->nkey);
	for (int i = 0; i < table->nkey; i++)
		table->key[i] = index->indkey.values[i];
	ReleaseSysCache(tuple);
	build_key_reader(&table->key_reader,
					 build_key_shape(table, table->key, table, table->key, table->nkey),
					 table, table->key);
}

Table *
build_table(Graph *graph, Oid relid)
{
	Table	   *table = graph_table(graph, relid);
	Relation	rel;

	if (table)
		return table;
	rel = RelationIdGetRelation(relid);
	if (!RelationIsValid(rel))
		return NULL;
	table = palloc0(sizeof(Table));
	table->relid = relid;
	table->name = quote_qualified_identifier(get_namespace_name(RelationGetNamespace(rel)),
											 RelationGetRelationName(rel));
	table->label = psprintf("\"%s\"", RelationGetRelationName(rel));
	table->owner = rel->rd_rel->relowner;
	table->lock = LockTupleNoKeyExclusive;
	build_primary_key(table, rel);
	RelationClose(rel);
	graph->tables = lappend(graph->tables, table);
	return table;
}

/* Do the leading columns of the index make up the set of these columns? */
static bool
index_covers(Form_pg_index index, int n, const AttrNumber *atts)
{
	if (index->indnkeyatts < n)
		return false;
	for (int i = 0; i < n; i++)
	{
		bool		found = false;

		for (int j = 0; j < n && !found; j++)
			found = index->indkey.values[j] == atts[i];
		if (!found)
			return false;
	}
	return true;
}

Oid
find_btree_index(Oid relid, int n, const AttrNumber *atts, bool unique)
{
	Relation	rel = RelationIdGetRelation(relid);
	List	   *indexes;
	Oid			result = InvalidOid;
	ListCell   *cell;

	if (!RelationIsValid(rel))
		return InvalidOid;		/* somebody has dropped it just now */
	indexes = RelationGetIndexList(rel);
	foreach(cell, indexes)
	{
		HeapTuple	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(lfirst_oid(cell)));
		Form_pg_index index;

		if (!HeapTupleIsValid(tuple))
			continue;
		index = (Form_pg_index) GETSTRUCT(tuple);
		if (index->indisvalid && index_covers(index, n, atts) &&
			(!unique || (index->indisunique && index->indimmediate && index->indnkeyatts == n)) &&
			is_btree(index->indexrelid) &&
			heap_attisnull(tuple, Anum_pg_index_indpred, NULL))
			result = index->indexrelid;
		ReleaseSysCache(tuple);
		if (OidIsValid(result))
			break;
	}
	list_free(indexes);
	RelationClose(rel);
	return result;
}

static bool
same_columns(Datum array, int n, const AttrNumber *atts)
{
	ArrayType  *columns = DatumGetArrayTypeP(array);
	int16	   *values = (int16 *) ARR_DATA_PTR(columns);

	if (ARR_DIMS(columns)[0] != n)
		return false;
	for (int i = 0; i < n; i++)
	{
		if (values[i] != atts[i])
			return false;
	}
	return true;
}

/* The foreign key, if there is one; is it checked by the end of the statement? */
Oid
find_foreign_key(Oid referencing, int n, const AttrNumber *from,
				 Oid referenced, const AttrNumber *to, bool *immediate)
{
	Relation	catalog = table_open(ConstraintRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	Oid			found = InvalidOid;

	ScanKeyInit(&key, Anum_pg_constraint_conrelid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(referencing));
	scan = systable_beginscan(catalog, ConstraintRelidTypidNameIndexId, true,
							  NULL, 1, &key);
	while (!OidIsValid(found) && HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(tuple);
		TupleDesc	desc = RelationGetDescr(catalog);
		bool		isnull;

		if (form->contype != CONSTRAINT_FOREIGN || form->confrelid != referenced)
			continue;
		if (same_columns(heap_getattr(tuple, Anum_pg_constraint_conkey, desc, &isnull), n, from) &&
			same_columns(heap_getattr(tuple, Anum_pg_constraint_confkey, desc, &isnull), n, to))
			found = form->oid;
		*immediate = !form->condeferrable;
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return found;
}

/*
 * A written column that belongs to a unique index makes the UPDATE take the
 * strongest row lock; then the row is locked that way from the start.
 */
void
build_lock_modes(Graph *graph)
{
	ListCell   *cell;

	foreach(cell, graph->fields)
	{
		Field	   *field = lfirst(cell);
		Relation	rel = RelationIdGetRelation(field->holder->relid);
		Bitmapset  *keys;

		if (!RelationIsValid(rel))
			continue;			/* somebody has dropped it just now */
		keys = RelationGetIndexAttrBitmap(rel, INDEX_ATTR_BITMAP_KEY);
		if (bms_is_member(field->attnum - FirstLowInvalidHeapAttributeNumber, keys))
			field->holder->lock = LockTupleExclusive;
		bms_free(keys);
		RelationClose(rel);
	}
}
