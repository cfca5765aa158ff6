/*
 * edit.h: the two kinds of storage that written link columns are brought to.
 */
#ifndef INTERLINK_EDIT_H
#define INTERLINK_EDIT_H

#include "engine/worklist.h"

/* edits: of LinkEdit *, all of this field. */
extern void edit_foreign_key(Worklist *work, Field *field, List *edits);
extern void edit_junction(Worklist *work, Field *field, List *edits);

extern void raise_unknown_key(Field *field, Table *table, KeyShape *shape, Datum *key);

#endif
