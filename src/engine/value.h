/*
 * value.h: values of fields.
 */
#ifndef INTERLINK_VALUE_H
#define INTERLINK_VALUE_H

#include "engine/worklist.h"

/* The field's expression over a row at its value_position (sign-less). */
extern Datum value_of_row(Worklist *work, Field *field, TupleTableSlot *row, bool *isnull);

/* What PostgreSQL will compute for the row when it stores it. */
extern Datum generated_value(Table *table, GeneratedColumn *column, TupleTableSlot *row,
							 bool *isnull);

/* Are two values of the field's type the same image? */
extern bool value_identical(Field *field, Datum a, bool a_null, Datum b, bool b_null);

/* Are the images of the column different in two rows of one kind? */
extern bool column_differs(TupleTableSlot *old, TupleTableSlot *new, AttrNumber att);

/* Positive when a is more extreme than b. */
extern int	value_order(Field *field, Datum a, Datum b);

/* NaN or infinite. */
extern bool is_special_numeric(Datum numeric);
extern int	scale_of_numeric(Datum numeric);

/*
 * The new value from the one that stands and what was noted.  False when only
 * a recomputation can tell.
 */
extern bool value_from_note(Field *field, FieldNote *note, Datum stored, bool stored_null,
							Datum *value, bool *isnull);

/*
 * A field of a forward path, from the key and the linked row (NULL: there is
 * none).  False when it takes a query.
 */
extern bool field_from_far_row(Worklist *work, Field *field, Datum *key,
							   TupleTableSlot *far, Datum *value, bool *isnull);

/*
 * A link column holds a link or an array of keys.  link_from_column() does not
 * mind how many keys a to-one column has; link_column_make() does.
 */
extern Datum link_from_column(Field *field, Datum column);
extern Datum link_to_column(Field *field, Datum link);

/* Keys as rows have them: each of the shape of path->shown. */
extern Datum link_column_make(Field *field, int nkeys, Datum **keys);
extern int	link_column_keys(Field *field, Datum column, Datum ***keys);

/* The keys of one that another lacks. */
extern int	link_column_minus(Field *field, Datum column, Datum other, Datum ***keys);

/* Of one key, as text. */
extern Datum link_column_of_text(Field *field, Datum key);

/* A key as the link holds it, and as it shows it. */
extern Datum link_key_value(Field *field, Datum *key);
extern char *link_key_label(Field *field, Datum *key);

/* A copy in the current memory context. */
extern Datum datum_copy_of(Field *field, Datum value);

#endif
