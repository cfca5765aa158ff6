/*
 * far_change.h: edges whose value stands in the row at their other end.
 */
#ifndef INTERLINK_FAR_CHANGE_H
#define INTERLINK_FAR_CHANGE_H

#include "engine/worklist.h"

/*
 * Brings what these units' edges lead to into their notes.  The holders are
 * locked, and the rows that the edges lead to.
 */
extern void take_far_changes(Worklist *work, int n, KeyEntry *entries);

/* A row has been updated: the versions before and after, as they are stored. */
extern void note_version(Worklist *work, Table *table, TupleTableSlot *old, TupleTableSlot *new);

#endif
