/*
 * router.c: from a key to the only partition that may hold it.
 *
 * A unique index of a partitioned table contains the partition key, so that
 * rows found by key need a look into one partition only.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "partitioning/partbounds.h"
#include "partitioning/partdesc.h"
#include "utils/lsyscache.h"
#include "utils/partcache.h"
#include "utils/rel.h"

#include "engine/row.h"

/* A partitioned relation, the table itself or one between it and its leaves. */
typedef struct Router
{
	Relation	rel;
	PartitionKey key;
	PartitionDesc desc;
	int		   *argument;		/* column of the partition key -> position in the key */
	struct Router **inner;		/* of the partitions that are partitioned themselves */
} Router;

/* -1 when the key does not contain the column as it is. */
static int
position_in_key(Table *table, KeyReader *key, Router *router, int i)
{
	AttrNumber	att = router->key->partattrs[i];
	char	   *name;

	if (att == 0)
		return -1;
	name = get_attname(RelationGetRelid(router->rel), att, false);
	att = get_attnum(table->relid, name);
	for (int k = 0; k < key->shape->n; k++)
	{
		if (key->att[k] == att && key->cast[k] == NULL &&
			getBaseType(router->key->parttypid[i]) == key->shape->type[k])
			return k;
	}
	return -1;
}

static Router *
open_relation(Table *table, Oid relid, KeyReader *key)
{
	Router	   *router = palloc0(sizeof(Router));

	router->rel = table_open(relid, AccessShareLock);
	router->key = RelationGetPartitionKey(router->rel);
	router->desc = RelationGetPartitionDesc(router->rel, true);
	router->argument = palloc(sizeof(int) * router->key->partnatts);
	router->inner = palloc0(sizeof(Router *) * Max(router->desc->nparts, 1));
	for (int i = 0; i < router->key->partnatts; i++)
	{
		router->argument[i] = position_in_key(table, key, router, i);
		if (router->argument[i] < 0)
		{
			router_close(router);
			return NULL;
		}
	}
	for (int i = 0; i < router->desc->nparts; i++)
	{
		if (router->desc->is_leaf[i])
			continue;
		router->inner[i] = open_relation(table, router->desc->oids[i], key);
		if (router->inner[i] == NULL)
		{
			router_close(router);
			return NULL;
		}
	}
	return router;
}

/* NULL when the key does not contain the partition key. */
Router *
router_open(RowReader *reader, KeyReader *key)
{
	return open_relation(reader->table, reader->table->relid, key);
}

void
router_close(Router *router)
{
	for (int i = 0; i < router->desc->nparts; i++)
	{
		if (router->inner[i])
			router_close(router->inner[i]);
	}
	table_close(router->rel, NoLock);
	pfree(router);
}

/* Which partition of the relation; -1: none. */
static int
partition_for(Router *router, Datum *values)
{
	PartitionKey key = router->key;
	PartitionBoundInfo bound = router->desc->boundinfo;
	bool		isnull[PARTITION_MAX_KEYS] = {false};
	bool		equal = false;
	int			offset;
	int			index = -1;

	if (router->desc->nparts == 0)
		return -1;
	switch (key->strategy)
	{
		case PARTITION_STRATEGY_HASH:
			index = bound->indexes[compute_partition_hash_value(key->partnatts, key->partsupfunc,
																key->partcollation, values, isnull)
								   % bound->nindexes];
			break;
		case PARTITION_STRATEGY_LIST:
			offset = partition_list_bsearch(key->partsupfunc, key->partcollation, bound,
											values[0], &equal);
			if (offset >= 0 && equal)
				index = bound->indexes[offset];
			break;
		case PARTITION_STRATEGY_RANGE:
			offset = partition_range_datum_bsearch(key->partsupfunc, key->partcollation, bound,
												   key->partnatts, values, &equal);
			index = bound->indexes[offset + 1];
			break;
	}
	return index >= 0 ? index : bound->default_index;
}

int
router_choose(Router *router, RowReader *reader, Datum *key)
{
	for (;;)
	{
		Datum		values[PARTITION_MAX_KEYS];
		int			chosen;

		for (int i = 0; i < router->key->partnatts; i++)
			values[i] = key[router->argument[i]];
		chosen = partition_for(router, values);
		if (chosen < 0)
			return -2;
		if (router->inner[chosen] == NULL)
			return row_reader_find_part(reader, router->desc->oids[chosen]);
		router = router->inner[chosen];
	}
}
