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
#include "catalog/pg_partitioned_table.h"
#include "nodes/primnodes.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

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
add_partition_key(Table *table, Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(PARTRELID, ObjectIdGetDatum(relid));
	Form_pg_partitioned_table form;
	Bitmapset  *columns = NULL;
	bool		isnull;
	Datum		expressions;
	int			i = -1;

	if (!HeapTupleIsValid(tuple))
		return;
	form = (Form_pg_partitioned_table) GETSTRUCT(tuple);
	for (int k = 0; k < form->partnatts; k++)
		if (form->partattrs.values[k] != 0)
			columns = bms_add_member(columns, form->partattrs.values[k] - FirstLowInvalidHeapAttributeNumber);
	expressions = SysCacheGetAttr(PARTRELID, tuple, Anum_pg_partitioned_table_partexprs, &isnull);
	if (!isnull)
		pull_varattnos(stringToNode(TextDatumGetCString(expressions)), 1, &columns);
	ReleaseSysCache(tuple);
	while ((i = bms_next_member(columns, i)) >= 0)
	{
		char	   *name = get_attname(relid, i + FirstLowInvalidHeapAttributeNumber, false);

		table->partition_key = bms_add_member(table->partition_key,
											  get_attnum(table->relid, name));
	}
}

static int
column_count(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	int			n = 0;

	if (HeapTupleIsValid(tuple))
	{
		n = ((Form_pg_class) GETSTRUCT(tuple))->relnatts;
		ReleaseSysCache(tuple);
	}
	return n;
}

/* NULL when the columns stand in the same places. */
static AttrMap *
column_map(TupleDesc desc, Oid relid)
{
	int			natts = desc->natts;
	AttrMap    *map = make_attrmap(natts);
	bool		same = column_count(relid) == natts;

	for (int i = 0; i < natts; i++)
	{
		Form_pg_attribute column = TupleDescAttr(desc, i);

		if (column->attisdropped)
			same = same && get_attname(relid, i + 1, true) == NULL;
		else
		{
			map->attnums[i] = get_attnum(relid, NameStr(column->attname));
			same = same && map->attnums[i] == i + 1;
		}
	}
	return same ? NULL : map;
}

/*
 * All leaves, in the order of their oids; inner: what lies on the way, as Oid.
 * None is locked, any may be dropped by somebody in this moment: so nothing but
 * the system caches is asked, which then have no answer.
 */
static Part *
read_parts(Oid root, TupleDesc desc, int *nparts, List **inner)
{
	List	   *relids = find_all_inheritors(root, NoLock, NULL);
	Part	   *parts = palloc(sizeof(Part) * list_length(relids));
	ListCell   *cell;

	*nparts = 0;
	foreach(cell, relids)
	{
		Oid			relid = lfirst_oid(cell);

		switch (get_rel_relkind(relid))
		{
			case RELKIND_PARTITIONED_TABLE:
				*inner = lappend_oid(*inner, relid);
				break;
			case RELKIND_RELATION:
				parts[*nparts].relid = relid;
				parts[(*nparts)++].map = column_map(desc, relid);
				break;
			default:
				break;
		}
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
	table->parts = read_parts(table->relid, table->desc, &table->nparts, &inner);
	foreach(cell, inner)
	{
		add_partition_key(table, lfirst_oid(cell));
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
table_parts(Table *table, Relation rel, int *nparts)
{
	List	   *inner = NIL;

	*nparts = table->nparts;
	if (!table->partitioned ||
		(graph_is_current() && graph_table(graph_get(), table->relid) == table))
		return table->parts;
	return read_parts(table->relid, RelationGetDescr(rel), nparts, &inner);
}
