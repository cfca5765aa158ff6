/*
 * edit.h: the two kinds of storage that written link columns are brought to.
 */
#ifndef INTERLINK_EDIT_H
#define INTERLINK_EDIT_H

#include "engine/worklist.h"

/* One key of a list that a user has written in some order. */
typedef struct OrderedKey
{
	Datum	   *key;
	bool		linked;			/* a row is there already */
	bool		added;			/* or this statement makes one */
	bool		placed;			/* it has a position, */
	bool		stays;			/* which is right among those of the others, */
	bool		moves;			/* or which has to be written */
	int64		position;
} OrderedKey;

typedef struct OrderedList
{
	Datum	   *anchor;
	int			n;
	OrderedKey *keys;			/* in the order written */
	KeyTable   *places;			/* key -> OrderedKey * */
} OrderedList;

/* Where the keys of ordered links are to stand, of OrderedList *. */
extern List *order_lists(Worklist *work, Field *field, List *edits);

/* edits: of LinkEdit *, all of this field. */
extern void edit_foreign_key(Worklist *work, Field *field, List *edits);
extern void edit_junction(Worklist *work, Field *field, List *edits);

extern void raise_unknown_key(Field *field, Table *table, KeyShape *shape, Datum *key);

#endif
