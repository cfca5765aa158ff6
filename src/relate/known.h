/*
 * known.h: a relation as it is kept in a session.
 */
#ifndef INTERLINK_KNOWN_H
#define INTERLINK_KNOWN_H

#include "postgres.h"
#include "executor/spi.h"

#include "relate/relate.h"

typedef struct KnownRelation
{
	MemoryContext context;
	int			pins;
	bool		stale;
	Oid			source;			/* the row type that it is followed from */
	Oid			target;			/* the row type that it leads to */
	Route	   *route;
	SPIPlanPtr	plan;			/* NULL: not made yet */
} KnownRelation;

/*
 * To be released after use.  NULL: there is none of this name, or, where that
 * is ok, not all of what it leads over is there.
 */
extern KnownRelation *known_relation(Oid source, const char *name, bool missing_ok);
extern void known_release(KnownRelation *known);

#endif
