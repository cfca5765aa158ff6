/*
 * apply.h: from notes and locks to written rows.
 */
#ifndef INTERLINK_APPLY_H
#define INTERLINK_APPLY_H

#include "engine/worklist.h"

/*
 * Computes and writes the fields of holders that are found by their key.  The
 * caller has locked the rows (unit->found, unit->address) and the sources.
 */
extern void apply_keyed(Worklist *work, FieldGroup *group, int n, KeyEntry *entries);

/*
 * Likewise the fields of holders that have the key of their one linked row:
 * confirms what BEFORE triggers have filled in, pushes what has changed.  The
 * caller has locked the far rows (unit->far_found, unit->far_address).
 */
extern void apply_forward(Worklist *work, FieldGroup *group, int n, KeyEntry *entries);

/*
 * Computes the touched fields of a unit from its linked row (NULL: none); a
 * field that takes a query is left with note->recompute.
 */
extern void compute_from_far_row(Worklist *work, FieldGroup *group, KeyEntry *entry,
								 TupleTableSlot *far);

/* Has all of them computed by a query, where no one row gives the values. */
extern void ask_for_query(FieldGroup *group, Unit *unit);

/* Clears the fields of holders, by primary key, that have no linked row. */
extern void apply_strays(Worklist *work, FieldGroup *group, KeyTable *keys);

#endif
