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
	Oid			target;			/* where it is stored: the table, or its partition */
	bool		overruled;		/* a link column has replaced a key that had its default */
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

/* After an overruling: link columns that share columns of keys agree still, or follow. */
extern void confirm_local_link(RowInMaking *row, Field *field);

/* The link column has been written when it was settled already: it has to agree with the key. */
extern void refuse_late_link(RowInMaking *row, Field *field);

/* late.c: is there a user's BEFORE trigger that fires after our own? */
extern bool user_triggers_follow(Relation rel, bool update);
extern void remember_links(Table *table, RowInMaking *row, bool update);
extern void guard_late_links(Table *table, TupleTableSlot *old, TupleTableSlot *new, bool update);

/* default.c: false: not the same each time. */
extern bool column_default(Oid relid, AttrNumber att, Datum *value, bool *isnull);
extern bool is_column_default(Oid relid, AttrNumber att, Datum value, bool isnull);

/* Has each of these columns, in a new row, what it gets when nobody names it? */
extern bool columns_are_default(RowInMaking *row, Field *field, Bitmapset *columns);

/* Is this column of the foreign key NULL in a row that is unlinked by way of the link column? */
extern bool unlinking_clears(Path *path, AttrNumber att);

#endif
