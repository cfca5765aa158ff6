/*
 * batch.h: the units of one group that are worked off together.
 */
#ifndef INTERLINK_BATCH_H
#define INTERLINK_BATCH_H

#include "engine/lock.h"

typedef struct Batch
{
	FieldGroup *group;
	int			n;
	KeyEntry   *entries;		/* in key order */
} Batch;

extern Batch *batch_of(FieldGroup *group, KeyTable *units);

/* Asks for locks on the holders, or on the linked rows, of these units. */
extern void batch_request(Worklist *work, LockRequests *requests, FieldGroup *group,
						  KeyTable *units);

/* Finds the current versions of rows that are locked already. */
extern void batch_refresh(Worklist *work, Batch *batch);

/* Computes and writes. */
extern void batch_apply(Worklist *work, Batch *batch);

#endif
