/*
 * link_spread.h: how keys are spread over the rows of a column.
 *
 * What part of the rows has each of the common keys, and each of the others.  A
 * link column has a spread, and so has a column of keys, whose rows have one key
 * each.
 */
#ifndef INTERLINK_LINK_SPREAD_H
#define INTERLINK_LINK_SPREAD_H

#include "type/link_format.h"

#include "nodes/pathnodes.h"
#include "utils/selfuncs.h"

typedef struct LinkCommonKey
{
	int32		hash;
	double		frequency;		/* part of the rows that are not NULL */
} LinkCommonKey;

typedef struct LinkSpread
{
	bool		is_link;
	bool		guessed;		/* the number of distinct keys is not known */
	double		nonnull;		/* part of the rows */
	double		average;		/* keys in a row that is not NULL */
	int			ncommon;
	LinkCommonKey *common;		/* by hash */
	double		others;			/* distinct keys that are not common */
	double		frequency;		/* of each of them */
	int			nsizes;			/* histogram of the number of keys */
	float4	   *sizes;
} LinkSpread;

/* link_spread.c */
extern bool link_spread_read(VariableStatData *vardata, Node *node, LinkSpread *spread);
extern double link_spread_distinct(const LinkSpread *spread);
extern double link_spread_frequency(const LinkSpread *spread, int32 hash);
extern double link_spread_mean(const LinkSpread *spread);
extern double link_spread_matching(const LinkSpread *part, const LinkSpread *whole);

#endif
