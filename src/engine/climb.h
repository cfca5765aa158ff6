/*
 * climb.h: from rows of a tree to its root.
 */
#ifndef INTERLINK_CLIMB_H
#define INTERLINK_CLIMB_H

#include "engine/worklist.h"

/*
 * Locks each of the starting rows and all above them, whatever their values,
 * and raises an error when one comes round to itself: two sessions that hang
 * each other's trees under one another meet on the way.
 */
extern void climb(FieldGroup *group, KeyTable *starts);

/* The way up in the tree of a group, and what is known of it. */
typedef struct Ladder Ladder;

/* With locks the rows on the way are locked. */
extern Ladder *ladder_open(FieldGroup *group, bool locks);
extern void ladder_close(Ladder *ladder);

/* How many rows are above the one with this key?  Raises an error for a cycle. */
extern int	ladder_depth(Ladder *ladder, Datum *key);

#endif
