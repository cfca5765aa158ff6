/*
 * tree.h: working off the rows of a tree in the order in which their values
 * follow from each other.
 */
#ifndef INTERLINK_TREE_H
#define INTERLINK_TREE_H

#include "engine/worklist.h"

/*
 * Works off all units of a group whose fields read themselves, and what that
 * brings about in the same group.
 */
extern void tree_apply(Worklist *work, FieldGroup *group);

#endif
