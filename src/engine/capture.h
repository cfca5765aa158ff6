/*
 * capture.h: what the trigger functions do with a row.
 */
#ifndef INTERLINK_CAPTURE_H
#define INTERLINK_CAPTURE_H

#include "engine/worklist.h"

typedef enum ComputedWrites
{
	COMPUTED_WRITES_ERROR,
	COMPUTED_WRITES_IGNORE
} ComputedWrites;

typedef enum LinkWrites
{
	LINK_WRITES_APPLY,
	LINK_WRITES_ERROR,
	LINK_WRITES_IGNORE
} LinkWrites;

extern int	computed_writes;	/* GUC interlink.computed_writes */
extern int	link_writes;		/* GUC interlink.link_writes */

extern void raise_generated_always(Field *field);
extern void raise_link_write(Field *field);

/* Judges what a user wrote into computed columns, and notes link edits. */
extern void guard_row(Worklist *work, Table *table,
					  TupleTableSlot *old, TupleTableSlot *new);

/* A row of a group's holder that nothing can refer to, since its key is NULL. */
extern void note_without_key(Worklist *work, FieldGroup *group, TupleTableSlot *row);

/*
 * Notes what the change of a row means: old NULL is INSERT, new NULL DELETE.
 * by_engine: it is a field of this table that the engine has written.
 */
extern void capture_row(Worklist *work, Table *table, TupleTableSlot *old,
						TupleTableSlot *new, bool by_engine);

/* Rows have gone that cannot be told one by one. */
extern void capture_all(Worklist *work, Table *table);

/*
 * The same for a row that comes with what hangs on it: moved from another
 * partition, or with a whole partition.  In addition to capture_row().
 */
extern void capture_arrival(Worklist *work, Table *table, TupleTableSlot *row);

/*
 * Notes that whatever the row leads to or takes part in has to be computed anew,
 * since a row that it refers to may have come after it.
 */
extern void capture_late(Worklist *work, Table *table, TupleTableSlot *row);

/* Works until nothing is noted any more in this layer. */
extern void run_worklist(Worklist *work);

/* Brings the storage of links in line with what was written into link columns. */
extern void apply_edits(Worklist *work);

/*
 * The row as it is to be stored: link columns and their keys agreed, fields of
 * the one linked row filled in.  target: the table or its partition.  Returns
 * false when nothing had to change.
 */
extern bool fill_row(Worklist *work, Table *table, Oid target, TupleTableSlot *old,
					 TupleTableSlot *new, Datum *values, bool *isnull, bool *replace);

#endif
