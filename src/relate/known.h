/*
 * known.h: a relation as it is kept in a session.
 */
#ifndef INTERLINK_KNOWN_H
#define INTERLINK_KNOWN_H

#include "postgres.h"
#include "executor/spi.h"
#include "nodes/execnodes.h"
#include "utils/tuplestore.h"

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

/* follow.c: a row that comes as one composite value */
extern void follow_store_row(TupleTableSlot *slot, Tuplestorestate *store);

/* follow_scan.c: a plan that is started once for all rows of a query */
typedef struct FollowScan FollowScan;

extern FollowScan *follow_scan_start(KnownRelation *known, SPIPlanPtr prepared, EState *estate);
extern bool follow_scan_fits(FollowScan *scan, Oid source, const char *name, int length);
extern void follow_scan_end(FollowScan *scan);
extern void follow_scan_run(FollowScan *scan, Datum row, Tuplestorestate *store);

#endif
