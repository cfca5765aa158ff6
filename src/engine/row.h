/*
 * row.h: finding, locking and writing single rows.
 */
#ifndef INTERLINK_ROW_H
#define INTERLINK_ROW_H

#include "access/genam.h"
#include "nodes/execnodes.h"
#include "utils/relcache.h"
#include "utils/snapshot.h"

#include "graph/graph.h"

/* Rows of one table found through one btree index. */
typedef struct RowFinder
{
	Table	   *table;
	Relation	rel;
	Relation	index;
	KeyReader	key;			/* the columns looked for */
	struct ScanKeyData *scankey;
	int		   *argument;		/* scan key -> position in the key */
	IndexScanDesc scan;
	TupleTableSlot *slot;
	Snapshot	later;			/* when the table had to be looked at again */
} RowFinder;

/* Opens the table (with ROW EXCLUSIVE) and the index; snapshot is kept. */
extern RowFinder *row_finder_open(Table *table, Oid index, KeyReader *key, Snapshot snapshot);
extern void row_finder_close(RowFinder *finder);

/* The rows with this key: start, then next until it returns NULL. */
extern void row_find(RowFinder *finder, Datum *key);
extern TupleTableSlot *row_next(RowFinder *finder);

/*
 * Locks the version of the row that is current, waiting for whoever changes
 * it, and puts it into the slot.  False when the row is gone.  Rows are found
 * under the latest snapshot at every isolation level, since all of them are to
 * be maintained; above READ COMMITTED one that this transaction cannot see, or
 * that was changed meanwhile, raises 40001.
 */
extern bool row_lock(Relation rel, ItemPointer tid, Snapshot snapshot,
					 LockTupleMode mode, TupleTableSlot *slot);

/* Reads the version of a row that the caller has locked. */
extern void row_fetch(Relation rel, ItemPointer tid, TupleTableSlot *slot);

/* Finds the only row with the key, locks it, and makes sure it still has it. */
extern bool row_find_and_lock(RowFinder *finder, Datum *key, Snapshot snapshot,
							  LockTupleMode mode);

/* A table whose rows are being updated. */
typedef struct RowWriter
{
	Table	   *table;
	Relation	rel;
	EState	   *estate;
	ResultRelInfo *result;
	struct EPQState *epq;
	TupleTableSlot *new;		/* the row last written */
	bool		quiet;			/* our own triggers do not fire */
	bool		statement_triggers;
	struct TransitionCaptureState *capture;
	Oid			save_userid;
	int			save_sec_context;
} RowWriter;

/*
 * Updates run as the owner of the table and fire its triggers; AFTER triggers
 * fire in row_writer_close().  columns are those that will be written.  With
 * of_fields our own triggers have nothing to add and are left out (quiet),
 * unless the user has BEFORE triggers that may change more than we do.
 */
extern RowWriter *row_writer_open(Table *table, Bitmapset *columns, bool of_fields);
extern void row_writer_close(RowWriter *writer);

/*
 * Writes a row that the caller has locked and fetched, with some columns
 * replaced (the arrays cover all columns).  The row as it was written is in
 * writer->new then.  False when a BEFORE trigger of the
 * user did not let it pass.
 */
extern bool row_write(RowWriter *writer, TupleTableSlot *old, const Datum *values,
					  const bool *isnull, const bool *replace);

/* Runs what follows as another user until row_leave_user(). */
extern void row_enter_user(Oid user, Oid *save_userid, int *save_sec_context);
extern void row_leave_user(Oid save_userid, int save_sec_context);

#endif
