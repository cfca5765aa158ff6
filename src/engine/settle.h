/*
 * settle.h: a row in the making, as BEFORE triggers see it.
 */
#ifndef INTERLINK_SETTLE_H
#define INTERLINK_SETTLE_H

#include "engine/key.h"

typedef struct RowInMaking
{
	TupleTableSlot *old;		/* NULL: INSERT */
	TupleTableSlot *new;
	Datum	   *values;
	bool	   *isnull;
	bool	   *replace;
	bool		changed;
} RowInMaking;

/* A column as it is to be stored. */
extern Datum get_column(RowInMaking *row, AttrNumber att, bool *isnull);
extern void set_column(RowInMaking *row, AttrNumber att, Datum value, bool isnull);

/* True for all columns of a new row. */
extern bool column_changed(RowInMaking *row, AttrNumber att);
extern bool anchor_changed(RowInMaking *row, KeyReader *anchor);

/* The key in these columns; false when it is not whole. */
extern bool current_anchor(RowInMaking *row, KeyReader *anchor, Datum *key);

/* The value that the row has, or that a new row begins with. */
extern void restore_column(RowInMaking *row, Field *field);

/* A link column beside its own key, and any other. */
extern void settle_local_link(RowInMaking *row, Field *field);
extern void settle_far_link(RowInMaking *row, Field *field);

#endif
