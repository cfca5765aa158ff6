/*
 * row.h: finding, locking and writing single rows.
 */
#ifndef INTERLINK_ROW_H
#define INTERLINK_ROW_H

#include "access/genam.h"
#include "nodes/execnodes.h"
#include "storage/lockdefs.h"
#include "utils/relcache.h"
#include "utils/snapshot.h"

#include "compat.h"
#include "graph/graph.h"

/* Where a version of a row stands. */
typedef struct RowAddress
{
	Oid			relid;			/* the table, or its partition */
	ItemPointerData tid;
} RowAddress;

/* A table that single rows are read from, whichever partition they are in. */
typedef struct RowReader
{
	MemoryContext context;		/* as long as this, so are its slots */
	Table	   *table;
	Relation	rel;			/* the table */
	int			nparts;
	Part	   *parts;
	Relation   *rels;			/* of the parts; NULL: not needed yet */
	TupleTableSlot **slots;		/* likewise, with the part's own columns */
	TupleTableSlot *converted;	/* with the table's, where those differ */
	int			part;			/* of the row last read */
	TupleTableSlot *slot;		/* that row, with the table's columns */
} RowReader;

extern RowReader *row_reader_open(Table *table, LOCKMODE lock);
extern void row_reader_close(RowReader *reader);

/* The number of this part. */
extern int	row_reader_find_part(RowReader *reader, Oid relid);

/* Opens a part and returns its relation. */
extern Relation row_reader_part(RowReader *reader, int part);

/* Makes what stands in the slot of the part the row last read. */
extern TupleTableSlot *row_reader_show(RowReader *reader, int part);

/* No row has been found in the part. */
extern void row_reader_forget(RowReader *reader, int part);

/* Of the row last read. */
extern RowAddress row_address(RowReader *reader);

/* Reads the version of a row that the caller has locked. */
extern TupleTableSlot *row_fetch(RowReader *reader, const RowAddress *address);

/* Reads a version if this snapshot, which is registered, sees it. */
extern bool row_fetch_visible(RowReader *reader, const RowAddress *address, Snapshot snapshot);

/* Never returns. */
pg_noreturn extern void row_raise_modified(Relation rel);

/*
 * Locks the version of the row that is current, waiting for whoever changes
 * it, and reads it.  False when the row is gone.  Rows are found under the
 * latest snapshot at every isolation level, since all of them are to be
 * maintained; above READ COMMITTED one that this transaction cannot see, or
 * that was changed meanwhile, raises 40001.  So does, at any level, a row that
 * was moved to another partition while we waited, as with foreign keys.
 */
extern bool row_lock(RowReader *reader, const RowAddress *address, Snapshot snapshot,
					 LockTupleMode mode);

struct PartScan;
struct Router;

/* Rows of one table found through one btree index. */
typedef struct RowFinder
{
	RowReader  *reader;
	Oid			index;			/* of the table */
	KeyReader	key;			/* the columns looked for */
	Snapshot	snapshot;
	Snapshot	later;			/* when the table had to be looked at again */
	struct PartScan *scans;		/* one for each part */
	struct Router *router;		/* from a key to the only part that may have it */
	Datum	   *sought;
	int			part;			/* being scanned; -1: none */
	int			next;			/* to be scanned */
	int			last;			/* of those */
	TupleTableSlot *slot;		/* the reader's */
} RowFinder;

/* index: of the reader's table; the snapshot is kept.  Closing leaves the reader. */
extern RowFinder *row_finder_open(RowReader *reader, Oid index, KeyReader *key, Snapshot snapshot);
extern void row_finder_close(RowFinder *finder);

/* The rows with this key, which must stay as it is: start, then next until NULL. */
extern void row_find(RowFinder *finder, Datum *key);
extern TupleTableSlot *row_next(RowFinder *finder);

/* Finds the only row with the key, locks it, and makes sure it still has it. */
extern bool row_find_and_lock(RowFinder *finder, Datum *key, LockTupleMode mode);

/*
 * Finds the partition by the partition key, where the key that is looked for
 * contains that.  router_choose: its number among the parts; -1 when it may be
 * any, -2 when there is none.
 */
extern struct Router *router_open(RowReader *reader, KeyReader *key);
extern int	router_choose(struct Router *router, RowReader *reader, Datum *key);
extern void router_close(struct Router *router);

struct PartWriter;
struct Check;

/* A table whose rows are being updated. */
typedef struct RowWriter
{
	RowReader  *reader;			/* the rows that are written */
	EState	   *estate;
	ResultRelInfo *result;		/* of the table */
	struct EPQState *epq;
	struct PartWriter *parts;	/* one for each part */
	TupleTableSlot *converted;
	TupleTableSlot *new;		/* the row last written, with the table's columns */
	bool		of_fields;
	bool		keys_change;	/* keys may be among the columns */
	bool		in_statement;
	struct Check *checks;		/* of foreign keys, to be queued */
	uint64		nchecks;
	uint64		max_checks;
	bool		quiet;			/* our own triggers did not fire for it */
	bool		statement_triggers;
	struct TransitionCaptureState *capture;
	Oid			save_userid;
	int			save_sec_context;
} RowWriter;

/*
 * Updates run as the owner of the table and fire its triggers; AFTER triggers
 * fire in row_writer_close().  columns are those that will be written.  With
 * of_fields our own triggers have nothing to add and are left out (quiet),
 * unless the user has BEFORE triggers that may change more than we do.  With
 * in_statement, which is for triggers at the end of a statement, foreign keys
 * are checked when what that statement has queued so far is done.
 */
extern RowWriter *row_writer_open(RowReader *reader, Bitmapset *columns, bool of_fields,
								  bool in_statement);
extern void row_writer_close(RowWriter *writer);

/*
 * Writes the row that the reader has read last, which the caller has locked, with some
 * columns of the table replaced (the arrays cover all of them).  The row as it
 * was written is in writer->new then.  False when a BEFORE trigger of the user
 * did not let it pass.  The row stays in its partition.
 */
extern bool row_write(RowWriter *writer, const Datum *values, const bool *isnull,
					  const bool *replace);

/* Runs what follows as another user until row_leave_user(). */
extern void row_enter_user(Oid user, Oid *save_userid, int *save_sec_context);
extern void row_leave_user(Oid save_userid, int save_sec_context);

#endif
