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

#endif
