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

typedef struct TableLock
{
	Oid			relid;
	LOCKMODE	mode;
	bool		partition;		/* only as such */
} TableLock;

static void
add_lock(TableLocks *locks, Oid relid, LOCKMODE mode, bool partition)
{
	TableLock  *lock;
	int			i = 0;

	while (i < list_length(locks->locks) &&
		   ((TableLock *) list_nth(locks->locks, i))->relid < relid)
		i++;
	lock = i < list_length(locks->locks) ? list_nth(locks->locks, i) : NULL;
	if (lock == NULL || lock->relid != relid)
	{
		lock = palloc(sizeof(TableLock));
		*lock = (TableLock) {relid, mode, partition};
		locks->locks = list_insert_nth(locks->locks, i, lock);
	}
	lock->mode = Max(lock->mode, mode);
	lock->partition &= partition;
}

/* With its partitions: a statement that names one of them locks no other. */
void
table_locks_add(TableLocks *locks, Oid relid, LOCKMODE mode)
{
	ListCell   *cell;

	if (!OidIsValid(relid))
		return;
	add_lock(locks, relid, mode, false);
	if (get_rel_relkind(relid) != RELKIND_PARTITIONED_TABLE)
		return;
	foreach(cell, find_all_inheritors(relid, NoLock, NULL))
		add_lock(locks, lfirst_oid(cell), mode, lfirst_oid(cell) != relid);
}

/* A table may have gone while we waited for the others; a partition may. */
void
table_locks_take(TableLocks *locks)
{
	ListCell   *cell;

	foreach(cell, locks->locks)
	{
		TableLock  *lock = lfirst(cell);

		LockRelationOid(lock->relid, lock->mode);
		if (!SearchSysCacheExists1(RELOID, ObjectIdGetDatum(lock->relid)))
		{
			if (!lock->partition)
				ereport(ERROR,
						(errcode(ERRCODE_UNDEFINED_TABLE),
						 errmsg("relation with OID %u does not exist", lock->relid)));
			UnlockRelationOid(lock->relid, lock->mode);
			continue;
		}

		/* Partitions that have come since; no more can from now on. */
		if (get_rel_relkind(lock->relid) == RELKIND_PARTITIONED_TABLE)
			(void) find_all_inheritors(lock->relid, lock->mode, NULL);
	}
}
