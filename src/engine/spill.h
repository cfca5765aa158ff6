/*
 * spill.h: more touched rows than there is memory for.
 */
#ifndef INTERLINK_SPILL_H
#define INTERLINK_SPILL_H

#include "engine/worklist.h"

extern int	note_memory;		/* GUC interlink.note_memory, in kB */

/* Do the notes take no more than so much? */
extern bool notes_have_room(Worklist *work, int kilobytes);

/* Do the notes take more than they may, and those of this group a good part? */
extern bool spill_is_due(Worklist *work, FieldGroup *group);

/*
 * From now on nothing but the keys of the group is noted.  Returns a unit that
 * takes whatever is noted and forgets it, as spill_put() does.
 */
extern Unit *spill_begin(Worklist *work, FieldGroup *group);
extern Unit *spill_put(Worklist *work, FieldGroup *group, Datum *key);

/* Computes and writes everything with these keys, from the least to the greatest. */
extern void spill_apply(Worklist *work, FieldGroup *group);

/* Files end with their subtransaction: every holder in place of those that were noted. */
extern void spill_settle(Worklist *work);
extern void spill_end(Worklist *work);

#endif
