/*
 * part.c: the partitions of a table.
 *
 * Fields, links and triggers belong to the partitioned table; its rows are in
 * the leaves, whose columns may stand in another order.  Everything that reads
 * or writes single rows goes through the leaves, everything else through the
 * table.
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "access/tupdesc.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"
#include "utils/partcache.h"
#include "utils/rel.h"
#include "utils/relcache.h"

#include "compat.h"
#include "graph/build.h"

/* A partition, at whatever depth, and the table that it belongs to. */
typedef struct PartitionEntry
{
	Oid			relid;
	Table	   *table;
	Part	   *part;			/* NULL: itself partitioned */
} PartitionEntry;

static int
compare_parts(const void *a, const void *b)
{
	Oid			left = ((const Part *) a)->relid;
	Oid			right = ((const Part *) b)->relid;

	return (left > right) - (left < right);
}

/* Columns of the partitioned relation, at whatever depth, that decide on the way down. */
static void
add_partition_key(Table *table, Relation rel)
{
	PartitionKey key = RelationGetPartitionKey(rel);
	Bitmapset  *columns = NULL;
	int			i = -1;

	for (int k = 0; k < key->partnatts; k++)
		if (key->partattrs[k] != 0)
			columns = bms_add_member(columns, key->partattrs[k] - FirstLowInvalidHeapAttributeNumber);
	pull_varattnos((Node *) key->partexprs, 1, &columns);
	while ((i = bms_next_member(columns, i)) >= 0)
	{
		char	   *name = get_attname(RelationGetRelid(rel),
									   i + FirstLowInvalidHeapAttributeNumber, false);

		table->partition_key = bms_add_member(table->partition_key,
											  get_attnum(table->relid, name));
	}
}

/* All leaves, in the order of their oids; inner: what lies on the way, as Oid. */
static Part *
read_parts(Table *table, int *nparts, List **inner)
{
	List	   *relids = find_all_inheritors(table->relid, NoLock, NULL);
	Part	   *parts = palloc(sizeof(Part) * list_length(relids));
	ListCell   *cell;

	*nparts = 0;
	foreach(cell, relids)
	{
		Relation	rel = RelationIdGetRelation(lfirst_oid(cell));

		if (!RelationIsValid(rel))
			continue;
		if (rel->rd_rel->relkind == RELKIND_PARTITIONED_TABLE)
			*inner = lappend_oid(*inner, RelationGetRelid(rel));
		else
		{
			parts[*nparts].relid = RelationGetRelid(rel);
			parts[(*nparts)++].map = compat_attrmap_by_name(RelationGetDescr(rel), table->desc);
		}
		RelationClose(rel);
	}
	qsort(parts, *nparts, sizeof(Part), compare_parts);
	return parts;
}

/* A plain table is its own only part. */
void
build_parts(Table *table, Relation rel)
{
	List	   *inner = NIL;
	ListCell   *cell;

	table->partitioned = rel->rd_rel->relkind == RELKIND_PARTITIONED_TABLE;
	if (!table->partitioned)
	{
		table->parts = palloc0(sizeof(Part));
		table->parts->relid = table->relid;
		table->nparts = 1;
		return;
	}
	table->desc = CreateTupleDescCopy(RelationGetDescr(rel));
	table->parts = read_parts(table, &table->nparts, &inner);
	foreach(cell, inner)
	{
		Relation	between = RelationIdGetRelation(lfirst_oid(cell));

		add_partition_key(table, between);
		RelationClose(between);
		if (lfirst_oid(cell) != table->relid)
			table->partitions = lappend_oid(table->partitions, lfirst_oid(cell));
	}
	for (int i = 0; i < table->nparts; i++)
		table->partitions = lappend_oid(table->partitions, table->parts[i].relid);
}

static int
compare_entries(const void *a, const void *b)
{
	Oid			left = ((const PartitionEntry *) a)->relid;
	Oid			right = ((const PartitionEntry *) b)->relid;

	return (left > right) - (left < right);
}

static Part *
find_part(Part *parts, int n, Oid relid)
{
	Part		sought = {.relid = relid};

	return bsearch(&sought, parts, n, sizeof(Part), compare_parts);
}

void
build_partition_index(Graph *graph)
{
	ListCell   *cell;
	ListCell   *other;
	int			n = 0;

	foreach(cell, graph->tables)
		n += list_length(((Table *) lfirst(cell))->partitions);
	graph->partitions = palloc(sizeof(PartitionEntry) * Max(n, 1));
	foreach(cell, graph->tables)
	{
		Table	   *table = lfirst(cell);

		foreach(other, table->partitions)
		{
			PartitionEntry *entry = &graph->partitions[graph->npartitions++];

			entry->relid = lfirst_oid(other);
			entry->table = table;
			entry->part = find_part(table->parts, table->nparts, entry->relid);
		}
	}
	qsort(graph->partitions, graph->npartitions, sizeof(PartitionEntry), compare_entries);
}

Table *
graph_table_of(Graph *graph, Oid relid, Part **part)
{
	Table	   *table = graph_table(graph, relid);
	PartitionEntry sought = {.relid = relid};
	PartitionEntry *entry;

	*part = NULL;
	if (table)
	{
		*part = table->partitioned ? NULL : table->parts;
		return table;
	}
	entry = bsearch(&sought, graph->partitions, graph->npartitions,
					sizeof(PartitionEntry), compare_entries);
	if (entry == NULL)
		return NULL;
	*part = entry->part;
	return entry->table;
}

Part *
table_parts(Table *table, int *nparts)
{
	List	   *inner = NIL;

	*nparts = table->nparts;
	if (!table->partitioned ||
		(graph_is_current() && graph_table(graph_get(), table->relid) == table))
		return table->parts;
	return read_parts(table, nparts, &inner);
}
