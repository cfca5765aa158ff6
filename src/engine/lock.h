/*
 * lock.h: locking the rows that a level of the run depends on or will write.
 */
#ifndef INTERLINK_LOCK_H
#define INTERLINK_LOCK_H

#include "engine/worklist.h"

typedef struct LockRequest
{
	Table	   *table;
	Oid			index;			/* unique, to find the row by */
	KeyReader  *reader;
	Datum	   *key;
	LockTupleMode mode;
	bool	   *found;			/* out; may be NULL */
	RowAddress *address;		/* out: of the locked version; may be NULL */
	RowAddress *hint;			/* where the row stood a moment ago; may be NULL */
} LockRequest;

typedef struct LockRequests
{
	int			n;
	int			max;
	LockRequest *requests;
} LockRequests;

extern LockRequest *lock_request(LockRequests *requests, Table *table, Oid index,
								 KeyReader *reader, Datum *key, LockTupleMode mode);

/*
 * Takes all the locks, tables in their rank and keys in order, each row once
 * and as strongly as anybody asked.  Every session keeps this order.
 */
extern void lock_requested_rows(Worklist *work, LockRequests *requests);

/* To be called when locks have been taken. */
extern void lock_waited(Worklist *work);

/*
 * How often this transaction has looked for a row that was not there.  It may
 * appear before a foreign key is checked, made by somebody else.
 */
extern uint64 lock_missed_rows(void);
extern void lock_init(void);

/*
 * How strongly a row is locked whose values flow into fields: where fields of
 * its own may be written in the same run, at once as that will need it, since
 * two sessions that share a lock cannot both strengthen it.
 */
extern LockTupleMode source_lock_mode(Table *table);

/*
 * key_lock.c: keys of guarded paths are locked before anything is read by them:
 * those that have been noted, and before a table is seen to those of the
 * anchors for which something is computed that no locked row stands for.  More
 * keys of a step than the limit, and it is locked as a whole.
 */
extern int	key_lock_limit(void);
extern void lock_noted_keys(Worklist *work);
extern void lock_anchor_keys(Worklist *work, Table *turn);
extern void key_lock_init(void);

#endif
