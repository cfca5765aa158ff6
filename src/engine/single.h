/*
 * single.h: statements that change one row.
 */
#ifndef INTERLINK_SINGLE_H
#define INTERLINK_SINGLE_H

#include "commands/trigger.h"

/*
 * Is the row that an AFTER ROW trigger is called for the only one that its
 * statement inserts or updates?  False also when that is not known.
 */
extern bool is_only_row(TriggerData *trigger);

extern void single_init(void);

#endif
