/*
 * table_lock.c: the order in which a definition locks its tables.
 *
 * All tables of a definition are locked at the start, in the order of their
 * numbers, each with the strongest lock that it will need: two definitions
 * then wait for each other but never in a circle.
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "define/define.h"

static void
add_lock(TableLocks *locks, Oid relid, LOCKMODE mode)
{
	int			i = 0;

	while (i < locks->n && locks->relid[i] < relid)
		i++;
	if (i < locks->n && locks->relid[i] == relid)
	{
		locks->mode[i] = Max(locks->mode[i], mode);
		return;
	}
	if (locks->n == locks->allocated)
	{
		locks->allocated = Max(4, locks->allocated * 2);
		locks->relid = locks->relid ?
			repalloc(locks->relid, sizeof(Oid) * locks->allocated) :
			palloc(sizeof(Oid) * locks->allocated);
		locks->mode = locks->mode ?
			repalloc(locks->mode, sizeof(LOCKMODE) * locks->allocated) :
			palloc(sizeof(LOCKMODE) * locks->allocated);
	}
	memmove(&locks->relid[i + 1], &locks->relid[i], sizeof(Oid) * (locks->n - i));
	memmove(&locks->mode[i + 1], &locks->mode[i], sizeof(LOCKMODE) * (locks->n - i));
	locks->relid[i] = relid;
	locks->mode[i] = mode;
	locks->n++;
}

/* With its partitions: a statement that names one of them locks no other. */
void
table_locks_add(TableLocks *locks, Oid relid, LOCKMODE mode)
{
	ListCell   *cell;

	if (!OidIsValid(relid))
		return;
	add_lock(locks, relid, mode);
	if (get_rel_relkind(relid) != RELKIND_PARTITIONED_TABLE)
		return;
	foreach(cell, find_all_inheritors(relid, NoLock, NULL))
		add_lock(locks, lfirst_oid(cell), mode);
}

/* A table may have gone while we waited for the others. */
void
table_locks_take(TableLocks *locks)
{
	for (int i = 0; i < locks->n; i++)
	{
		LockRelationOid(locks->relid[i], locks->mode[i]);
		if (!SearchSysCacheExists1(RELOID, ObjectIdGetDatum(locks->relid[i])))
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_TABLE),
					 errmsg("relation with OID %u does not exist", locks->relid[i])));

		/* Partitions that have come since; no more can from now on. */
		if (get_rel_relkind(locks->relid[i]) == RELKIND_PARTITIONED_TABLE)
			(void) find_all_inheritors(locks->relid[i], locks->mode[i], NULL);
	}
}
