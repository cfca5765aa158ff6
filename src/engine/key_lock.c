/*
 * key_lock.c: locks on keys, for rows that are not there.
 *
 * Where no foreign key says so, the row that another one looks for may come,
 * go or change its key at the same time, and a row that is not there cannot be
 * locked.  So whoever changes a row on a guarded path locks, before it looks,
 *
 *	- the far key of each step by which the row is found, old and new: in the
 *	  far mode, since what is found there changes;
 *	- the near key of each step by which a row that is new there finds others,
 *	  and those of all steps behind it: in the near mode, since what is found
 *	  there is about to be read.
 *
 * Each mode goes with its like, and the two wait for each other: of two
 * transactions that write both sides of an edge the second sees what the first
 * has committed.  What is computed for an anchor that no locked row stands for
 * (many holders share it) is computed by one transaction at a time.
 *
 * The locks are held in the lock table of the server until the end of the
 * transaction, as advisory locks of a class of our own.  It has limited room:
 * a statement that needs many keys of a step locks the step as a whole, which
 * is decided before it takes any.  A step has two gates for that.
 *
 *					key			gate of the far side	gate of the near side
 *	near key		near		-						near
 *	far key			far			far						-
 *	near, all		-			near					near
 *	far, all		-			far						far
 *
 * So each still goes with its like, and all of one side waits for any key of
 * the other.  Who needs both modes has the one that waits for both.
 */
#include "postgres.h"

#include "access/xact.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "storage/lock.h"

#include "engine/lock.h"
#include "engine/query.h"

#define NEAR_MODE RowExclusiveLock
#define FAR_MODE ShareLock
#define BOTH_MODES ShareRowExclusiveLock

/* In place of the numbers that tell the user's own advisory locks apart. */
#define KEY_CLASS 0x6c6b
#define FAR_GATE_CLASS 0x6c66
#define NEAR_GATE_CLASS 0x6c6e

typedef struct KeyLock
{
	Step	   *step;
	uint32		step_hash;
	uint32		hash;
	LOCKMODE	mode;
	bool		whole;			/* every key of the step */
} KeyLock;

typedef struct KeyLocks
{
	int			n;
	int			max;
	KeyLock    *locks;
} KeyLocks;

static int	nlocked = 0;		/* in this transaction */

/* So many are taken in a transaction before it locks steps as a whole: half of its share. */
int
key_lock_limit(void)
{
	return max_locks_per_xact / 2;
}

/* The same in every session. */
static uint32
hash_step(Step *step)
{
	uint32		hash = hash_combine(murmurhash32(step->near->relid), murmurhash32(step->far->relid));

	for (int i = 0; i < step->near_key.shape->n; i++)
	{
		hash = hash_combine(hash, murmurhash32(step->near_key.att[i]));
		hash = hash_combine(hash, murmurhash32(step->far_key.att[i]));
	}
	return hash;
}

static void
add_key(KeyLocks *locks, Step *step, LOCKMODE mode, uint32 hash, bool whole)
{
	if (locks->n == locks->max)
	{
		locks->max = Max(16, locks->max * 2);
		locks->locks = locks->locks == NULL ? palloc(sizeof(KeyLock) * locks->max) :
			repalloc_huge(locks->locks, sizeof(KeyLock) * locks->max);
	}
	locks->locks[locks->n++] = (KeyLock) {
		.step = step,.step_hash = hash_step(step),.hash = hash,.mode = mode,.whole = whole
	};
}

static void
add_keys(KeyLocks *locks, Step *step, LOCKMODE mode, KeyTable *keys)
{
	uint32		position = 0;
	KeyEntry   *entry;

	while (keys && (entry = key_table_next(keys, &position)) != NULL)
		add_key(locks, step, mode, entry->hash, false);
}

/* Sources before what they flow into, as rows are. */
static int
compare_steps(const KeyLock *a, const KeyLock *b)
{
	if (a->step->far->rank != b->step->far->rank)
		return a->step->far->rank - b->step->far->rank;
	if (a->step->near->rank != b->step->near->rank)
		return a->step->near->rank - b->step->near->rank;
	return (a->step_hash > b->step_hash) - (a->step_hash < b->step_hash);
}

static int
compare_locks(const void *a, const void *b)
{
	const KeyLock *left = a;
	const KeyLock *right = b;
	int			order = compare_steps(left, right);

	return order != 0 ? order : (left->hash > right->hash) - (left->hash < right->hash);
}

static LOCKMODE
stronger(LOCKMODE a, LOCKMODE b)
{
	return a == b ? a : BOTH_MODES;
}

/* Sorted, each key once. */
static void
bring_in_order(KeyLocks *locks)
{
	int			n = 0;

	qsort(locks->locks, locks->n, sizeof(KeyLock), compare_locks);
	for (int i = 0; i < locks->n; i++)
	{
		KeyLock    *last = n > 0 ? &locks->locks[n - 1] : NULL;

		if (last && compare_locks(last, &locks->locks[i]) == 0)
		{
			last->mode = stronger(last->mode, locks->locks[i].mode);
			last->whole |= locks->locks[i].whole;
		}
		else
			locks->locks[n++] = locks->locks[i];
	}
	locks->n = n;
}

static void
lock(uint32 step_hash, uint32 key_hash, uint16 class, LOCKMODE mode)
{
	LOCKTAG		tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, step_hash, key_hash, class);
	if (LockAcquire(&tag, mode, false, false) == LOCKACQUIRE_OK)
		nlocked++;
}

/* All of them are of one step. */
static void
lock_step(KeyLock *locks, int n)
{
	uint32		step = locks[0].step_hash;
	bool		whole = nlocked + n > key_lock_limit();
	LOCKMODE	mode = locks[0].mode;

	for (int i = 0; i < n; i++)
	{
		mode = stronger(mode, locks[i].mode);
		whole |= locks[i].whole;
	}
	if (whole || mode != NEAR_MODE)
		lock(step, 0, FAR_GATE_CLASS, whole ? mode : FAR_MODE);
	if (whole || mode != FAR_MODE)
		lock(step, 0, NEAR_GATE_CLASS, whole ? mode : NEAR_MODE);
	for (int i = 0; i < n && !whole; i++)
		lock(step, locks[i].hash, KEY_CLASS, locks[i].mode);
}

static void
take(Worklist *work, KeyLocks *locks)
{
	bring_in_order(locks);
	for (int i = 0; i < locks->n;)
	{
		int			end = i + 1;

		while (end < locks->n && compare_steps(&locks->locks[i], &locks->locks[end]) == 0)
			end++;
		lock_step(&locks->locks[i], end - i);
		i = end;
	}
	lock_waited(work);
}

/* Of many holders that share an anchor none stands for it. */
static LOCKMODE
far_mode(Use *use)
{
	return use->position == 1 && !use->group->keyed ? BOTH_MODES : FAR_MODE;
}

/*
 * The keys that rows which are new on the way find others by, as many steps
 * further on; those on the way there are locked, and stay as they are.  There
 * are no more of them noted than it takes to lock the step as a whole; then all
 * behind it are locked likewise.
 */
static void
add_near_keys(Worklist *work, KeyLocks *locks, Use *use, int ahead)
{
	KeyTable   *keys = work->near_keys[use->number];
	Step	   *step;

	if (keys == NULL || use->position + ahead >= use->reach)
		return;
	step = &use->path->steps[use->position + ahead];
	if (ahead > 0 && key_table_count(keys) > key_lock_limit())
		add_key(locks, step, NEAR_MODE, 0, true);
	else
		add_keys(locks, step, NEAR_MODE,
				 ahead > 0 ? query_keys_ahead(work, use, keys, ahead) : keys);
}

void
lock_noted_keys(Worklist *work)
{
	KeyLocks	locks = {0};
	ListCell   *cell;
	int			ahead = 0;

	do
	{
		locks.n = 0;
		foreach(cell, work->graph->uses)
		{
			Use		   *use = lfirst(cell);

			add_near_keys(work, &locks, use, ahead);
			if (ahead == 0 && use->far_side)
				add_keys(&locks, use->far_side, far_mode(use), work->far_keys[use->number]);
		}
		if (locks.n > 0)
			take(work, &locks);
	} while (locks.n > 0 && ++ahead);
	foreach(cell, work->graph->uses)
	{
		Use		   *use = lfirst(cell);

		work->near_keys[use->number] = work->far_keys[use->number] = NULL;
	}
}

/* Is it to be computed, and not only confirmed? */
static bool
is_computed(FieldGroup *group, Unit *unit)
{
	for (int i = 0; i < group->nfields; i++)
	{
		if (unit->notes[i].recompute)
			return true;
	}
	return false;
}

void
lock_anchor_keys(Worklist *work, Table *turn)
{
	KeyLocks	locks = {0};
	ListCell   *cell;

	foreach(cell, work->graph->groups)
	{
		FieldGroup *group = lfirst(cell);
		Step	   *step = &group->paths[0]->steps[0];
		KeyTable   *units = work->units[group->number];
		KeyTable   *keys;
		uint32		position = 0;
		KeyEntry   *entry;

		if (group->turn != turn || group->keyed || !group->paths[0]->guarded)
			continue;
		if (work->spills[group->number])
			add_key(&locks, step, BOTH_MODES, 0, true);
		if (units == NULL)
			continue;
		keys = key_table_create(CurrentMemoryContext, group->anchor.shape);
		while ((entry = key_table_next(units, &position)) != NULL)
		{
			if (is_computed(group, entry->data))
				(void) key_table_put(keys, entry->key);
		}
		add_keys(&locks, step, BOTH_MODES, keys);
	}
	if (locks.n > 0)
		take(work, &locks);
}

static void
transaction_callback(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE)
		nlocked = 0;
}

void
key_lock_init(void)
{
	RegisterXactCallback(transaction_callback, NULL);
}
