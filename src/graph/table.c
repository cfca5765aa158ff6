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
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_depend.h"
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
	build_parts(table, rel);
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

/* unique: over these columns alone; immediate: and checked with every row. */
static Oid
find_index(Oid relid, int n, const AttrNumber *atts, bool unique, bool immediate)
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
			(!unique || (index->indisunique && index->indnkeyatts == n)) &&
			(!immediate || index->indimmediate) &&
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

Oid
find_btree_index(Oid relid, int n, const AttrNumber *atts, bool unique)
{
	return find_index(relid, n, atts, unique, unique);
}

Oid
find_unique_btree(Oid relid, int n, const AttrNumber *atts, bool *deferrable)
{
	Oid			index = find_index(relid, n, atts, true, true);

	*deferrable = !OidIsValid(index);
	return OidIsValid(index) ? index : find_index(relid, n, atts, true, false);
}

void
index_columns(Oid index, AttrNumber *atts)
{
	HeapTuple	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(index));
	Form_pg_index form;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("index with OID %u does not exist", index)));
	form = (Form_pg_index) GETSTRUCT(tuple);
	for (int i = 0; i < form->indnkeyatts; i++)
		atts[i] = form->indkey.values[i];
	ReleaseSysCache(tuple);
}

static bool
index_is_among(Oid index, Bitmapset *columns)
{
	HeapTuple	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(index));
	Form_pg_index form;
	bool		result;

	if (!HeapTupleIsValid(tuple))
		return false;
	form = (Form_pg_index) GETSTRUCT(tuple);
	result = form->indisunique && form->indisvalid && form->indimmediate &&
		heap_attisnull(tuple, Anum_pg_index_indpred, NULL);
	for (int i = 0; i < form->indnkeyatts; i++)
		result = result && bms_is_member(form->indkey.values[i], columns);
	ReleaseSysCache(tuple);
	return result;
}

bool
has_unique_among(Oid relid, Bitmapset *columns)
{
	Relation	rel = RelationIdGetRelation(relid);
	bool		found = false;
	ListCell   *cell;

	if (!RelationIsValid(rel))
		return false;			/* somebody has dropped it just now */
	foreach(cell, RelationGetIndexList(rel))
		found = found || index_is_among(lfirst_oid(cell), columns);
	RelationClose(rel);
	return found;
}

bool
column_not_null(Oid relid, AttrNumber att)
{
	HeapTuple	tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relid), Int16GetDatum(att));
	bool		result;

	if (!HeapTupleIsValid(tuple))
		return false;
	result = ((Form_pg_attribute) GETSTRUCT(tuple))->attnotnull;
	ReleaseSysCache(tuple);
	return result;
}

/* Do the columns of the constraint make up these pairs, in whatever order? */
static bool
same_columns(Datum conkey, Datum confkey, int n, const AttrNumber *from, const AttrNumber *to)
{
	ArrayType  *referencing = DatumGetArrayTypeP(conkey);
	int16	   *here = (int16 *) ARR_DATA_PTR(referencing);
	int16	   *there = (int16 *) ARR_DATA_PTR(DatumGetArrayTypeP(confkey));

	if (ARR_DIMS(referencing)[0] != n)
		return false;
	for (int i = 0; i < n; i++)
	{
		bool		found = false;

		for (int j = 0; j < n && !found; j++)
			found = here[j] == from[i] && there[j] == to[i];
		if (!found)
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
		if (same_columns(heap_getattr(tuple, Anum_pg_constraint_conkey, desc, &isnull),
						 heap_getattr(tuple, Anum_pg_constraint_confkey, desc, &isnull), n, from, to))
			found = form->oid;
		*immediate = !form->condeferrable;
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return found;
}

/* The sequence of an identity column, or of a column that owns one. */
Oid
find_owned_sequence(Oid relid, AttrNumber att)
{
	Relation	catalog = table_open(DependRelationId, AccessShareLock);
	ScanKeyData keys[3];
	SysScanDesc scan;
	HeapTuple	tuple;
	Oid			sequence = InvalidOid;

	ScanKeyInit(&keys[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(RelationRelationId));
	ScanKeyInit(&keys[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(relid));
	ScanKeyInit(&keys[2], Anum_pg_depend_refobjsubid, BTEqualStrategyNumber,
				F_INT4EQ, Int32GetDatum(att));
	scan = systable_beginscan(catalog, DependReferenceIndexId, true, NULL, 3, keys);
	while (!OidIsValid(sequence) && HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(tuple);

		if (form->classid == RelationRelationId && form->objsubid == 0 &&
			get_rel_relkind(form->objid) == RELKIND_SEQUENCE)
			sequence = form->objid;
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return sequence;
}

/* A unique index of what a foreign key can point at. */
static bool
index_makes_key(HeapTuple tuple)
{
	Form_pg_index index = (Form_pg_index) GETSTRUCT(tuple);

	return index->indisunique && index->indislive &&
		heap_attisnull(tuple, Anum_pg_index_indexprs, NULL) &&
		heap_attisnull(tuple, Anum_pg_index_indpred, NULL);
}

static bool
column_in_key_of(Relation catalog, Oid relid, AttrNumber att)
{
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	bool		found = false;

	ScanKeyInit(&key, Anum_pg_index_indrelid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(relid));
	scan = systable_beginscan(catalog, IndexIndrelidIndexId, true, NULL, 1, &key);
	while (!found && HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_index index = (Form_pg_index) GETSTRUCT(tuple);

		for (int i = 0; i < index->indnkeyatts && index_makes_key(tuple); i++)
			found = found || index->indkey.values[i] == att;
	}
	systable_endscan(scan);
	return found;
}

bool
column_in_key(Table *table, AttrNumber att)
{
	Relation	catalog = table_open(IndexRelationId, AccessShareLock);
	bool		found = false;

	for (int i = 0; i < table->nparts && !found; i++)
	{
		Part	   *part = &table->parts[i];

		found = column_in_key_of(catalog, part->relid,
								 part->map ? part->map->attnums[att - 1] : att);
	}
	table_close(catalog, AccessShareLock);
	return found;
}

/* except: not in one over these columns and no others. */
static bool
column_in_foreign_key(Oid relid, AttrNumber att, Bitmapset *except)
{
	Relation	rel = RelationIdGetRelation(relid);
	bool		found = false;
	ListCell   *cell;

	if (!RelationIsValid(rel))
		return false;			/* somebody has dropped it just now */
	foreach(cell, RelationGetFKeyList(rel))
	{
		ForeignKeyCacheInfo *key = lfirst(cell);
		Bitmapset  *columns = NULL;

		for (int i = 0; i < key->nkeys; i++)
			columns = bms_add_member(columns, key->conkey[i]);
		found = found || (bms_is_member(att, columns) && !bms_equal(columns, except));
	}
	RelationClose(rel);
	return found;
}

/* Does the column belong to the primary key, or to another foreign key than this? */
static bool
column_is_shared(Oid relid, AttrNumber att, Bitmapset *foreign_key)
{
	Relation	rel = RelationIdGetRelation(relid);
	bool		shared;

	if (!RelationIsValid(rel))
		return false;			/* somebody has dropped it just now */
	shared = bms_is_member(att - FirstLowInvalidHeapAttributeNumber,
						   RelationGetIndexAttrBitmap(rel, INDEX_ATTR_BITMAP_PRIMARY_KEY));
	RelationClose(rel);
	return shared || column_in_foreign_key(relid, att, foreign_key);
}

void
divide_foreign_key(Oid relid, int n, const AttrNumber *atts,
				   Bitmapset **cleared, Bitmapset **fixed)
{
	Bitmapset  *columns = NULL;
	Bitmapset  *free = NULL;

	for (int i = 0; i < n; i++)
		columns = bms_add_member(columns, atts[i]);
	for (int i = 0; i < n; i++)
	{
		if (n == 1 || !column_is_shared(relid, atts[i], columns))
			free = bms_add_member(free, atts[i]);
	}
	if (free == NULL)
		free = bms_copy(columns);
	*fixed = bms_difference(columns, free);
	for (int i = 0; i < n; i++)
	{
		if (bms_is_member(atts[i], free) && !column_not_null(relid, atts[i]))
			*cleared = bms_add_member(*cleared, atts[i]);
	}
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

		if (column_in_key(field->holder, field->attnum))
		{
			field->holder->lock = LockTupleExclusive;
			field->holder->fields_in_keys = true;
		}

		/* Partitions may have foreign keys of their own. */
		if (field->holder->partitioned ||
			column_in_foreign_key(field->holder->relid, field->attnum, NULL))
			field->holder->fields_in_keys = true;
	}
}
