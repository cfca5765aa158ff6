/*
 * move.h: rows on their way from one partition to another.
 *
 * PostgreSQL deletes such a row and inserts it elsewhere, with the values of
 * its computed columns and link columns as they were.  For the row that arrives
 * it has to be known that nobody wrote these values, and what they were before.
 */
#ifndef INTERLINK_MOVE_H
#define INTERLINK_MOVE_H

#include "graph/graph.h"

/* A row is about to be updated, and may move. */
extern void move_begin(Table *table, TupleTableSlot *old, TupleTableSlot *new);

/* What the row that is inserted was before, or NULL when it is a new one. */
extern TupleTableSlot *move_arrives(Table *table, TupleTableSlot *new);

extern void move_init(void);

#endif
