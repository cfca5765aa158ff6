/*
 * lock.c: locking in the one order that every session keeps.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/inval.h"
#include "utils/snapmgr.h"

#include "engine/key.h"
#include "engine/lock.h"
#include "engine/row.h"

LockRequest *
lock_request(LockRequests *requests, Table *table, Oid index,
			 KeyReader *reader, Datum *key, LockTupleMode mode)
{
	LockRequest *request;

	if (requests->n == requests->max)
	{
		requests->max = Max(16, requests->max * 2);
		requests->requests = requests->requests == NULL ?
			palloc(sizeof(LockRequest) * requests->max) :
			repalloc_huge(requests->requests, sizeof(LockRequest) * requests->max);
	}
	request = &requests->requests[requests->n++];
	request->table = table;
	request->index = index;
	request->reader = reader;
	request->key = key;
	request->mode = mode;
	request->found = NULL;
	request->address = NULL;
	request->hint = NULL;
	return request;
}

LockTupleMode
source_lock_mode(Table *table)
{
	ListCell   *cell;

	foreach(cell, table->groups)
	{
		if (((FieldGroup *) lfirst(cell))->keyed)
			return table->lock;
	}
	return LockTupleShare;
}

/*
 * Keys can be compared when they have the same columns and types, in the same
 * order.  A relation may name the columns of an index in another order than a
 * foreign key, or compare them with columns of another type.
 */
static int
compare_forms(KeyReader *a, KeyReader *b)
{
	if (a == b)
		return 0;
	if (a->shape->n != b->shape->n)
		return a->shape->n - b->shape->n;
	for (int i = 0; i < a->shape->n; i++)
	{
		if (a->att[i] != b->att[i])
			return a->att[i] - b->att[i];
		if (a->shape->type[i] != b->shape->type[i])
			return a->shape->type[i] < b->shape->type[i] ? -1 : 1;
	}
	return 0;
}

/* By table, index, form of the key, and key; the strongest of equals first. */
static int
compare_requests(const void *a, const void *b)
{
	const LockRequest *left = a;
	const LockRequest *right = b;
	int			order;

	if (left->table != right->table)
	{
		if (left->table->rank != right->table->rank)
			return left->table->rank - right->table->rank;
		return left->table->relid < right->table->relid ? -1 : 1;
	}
	if (left->index != right->index)
		return left->index < right->index ? -1 : 1;
	order = compare_forms(left->reader, right->reader);
	if (order == 0)
		order = key_compare(left->reader->shape, left->key, right->key);
	if (order != 0)
		return order;
	return (int) right->mode - (int) left->mode;
}

static bool
same_way(LockRequest *a, LockRequest *b)
{
	return a->index == b->index && compare_forms(a->reader, b->reader) == 0;
}

/* Of two that go the same way. */
static bool
same_row(LockRequest *a, LockRequest *b)
{
	return key_equal(a->reader->shape, a->key, b->key);
}

static uint64 missed_rows = 0;

uint64
lock_missed_rows(void)
{
	return missed_rows;
}

static void
transaction_callback(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
		event == XACT_EVENT_PREPARE)
		missed_rows = 0;
}

void
lock_init(void)
{
	RegisterXactCallback(transaction_callback, NULL);
}

static void
answer(LockRequest *request, bool found, RowReader *reader)
{
	if (!found)
		missed_rows++;
	if (request->found)
		*request->found = found;
	if (request->address && found)
		*request->address = row_address(reader);
}

/* Rows of one table, found through one of its indexes. */
typedef struct Locker
{
	RowReader  *reader;
	Snapshot	snapshot;
	RowFinder  *finder;			/* opened with the first row that takes it */
} Locker;

/* The row may still stand where somebody saw it in this statement. */
static bool
lock_by_hint(Locker *locker, LockRequest *request, RowAddress *hint)
{
	Datum	   *key = palloc(sizeof(Datum) * request->reader->shape->n);

	return row_fetch_visible(locker->reader, hint, locker->snapshot) &&
		row_lock(locker->reader, hint, locker->snapshot, request->mode) &&
		key_read(request->reader, locker->reader->slot, key) &&
		key_equal(request->reader->shape, request->key, key);
}

static bool
lock_row(Locker *locker, LockRequest *request, RowAddress *hint)
{
	if (hint && lock_by_hint(locker, request, hint))
		return true;
	if (locker->finder == NULL)
		locker->finder = row_finder_open(locker->reader, request->index, request->reader,
										 locker->snapshot);
	return row_find_and_lock(locker->finder, request->key, request->mode);
}

static RowAddress *
any_hint(LockRequest *requests, int n)
{
	for (int i = 0; i < n && same_row(&requests[0], &requests[i]); i++)
	{
		if (requests[i].hint)
			return requests[i].hint;
	}
	return NULL;
}

/* All of them are for the same index, with keys of one form. */
static void
lock_through_index(Worklist *work, LockRequest *requests, int n)
{
	Locker		locker = {worklist_reader(work, requests[0].table),
	RegisterSnapshot(GetLatestSnapshot()), NULL};

	for (int i = 0; i < n;)
	{
		LockRequest *first = &requests[i];
		bool		found = lock_row(&locker, first, any_hint(first, n - i));

		for (; i < n && same_row(first, &requests[i]); i++)
			answer(&requests[i], found, locker.reader);
	}
	if (locker.finder)
		row_finder_close(locker.finder);
	UnregisterSnapshot(locker.snapshot);
}

void
lock_requested_rows(Worklist *work, LockRequests *requests)
{
	if (requests->n == 0)
		return;
	if (requests->n > 1)
		qsort(requests->requests, requests->n, sizeof(LockRequest), compare_requests);
	for (int i = 0; i < requests->n;)
	{
		int			end = i + 1;

		while (end < requests->n && same_way(&requests->requests[i], &requests->requests[end]))
			end++;
		lock_through_index(work, &requests->requests[i], end - i);
		i = end;
	}

	lock_waited(work);
}

/* Meanwhile a partition may have been attached by who had the lock. */
void
lock_waited(Worklist *work)
{
	AcceptInvalidationMessages();
	if (!graph_is_current())
		worklist_close_readers(work);
}
