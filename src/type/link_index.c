/*
 * link_index.c: hash and GIN support.
 *
 * Both are built on link_key_hash, which gives keys that may be the same key the
 * same hash, whatever their kinds: so an index over typed values can be asked
 * with a literal.  GIN stores the hashes, and rechecks the rows found.
 */
#include "type/link_format.h"

#include "access/gin.h"
#include "access/stratnum.h"
#include "common/hashfn.h"

PG_FUNCTION_INFO_V1(link_hash);
PG_FUNCTION_INFO_V1(link_hash_extended);
PG_FUNCTION_INFO_V1(link_gin_compare);
PG_FUNCTION_INFO_V1(link_gin_extract_value);
PG_FUNCTION_INFO_V1(link_gin_extract_query);
PG_FUNCTION_INFO_V1(link_gin_consistent);
PG_FUNCTION_INFO_V1(link_gin_triconsistent);

static int
compare_hashes(const void *a, const void *b)
{
	uint64		x = *(const uint64 *) a;
	uint64		y = *(const uint64 *) b;

	return (x > y) - (x < y);
}

/*
 * The hash of a set: the same for every order and spelling of its keys, as it is
 * not known whether the value at hand is a literal that has yet to be sorted.
 */
static uint64
hash_link(Datum link, uint64 seed)
{
	LinkView	view = link_view(link);
	LinkFamily	family = link_kind_family(view.kind);
	uint64	   *hashes = palloc_extended(Max(view.nkeys, 1) * sizeof(uint64), MCXT_ALLOC_HUGE);
	uint64		result = seed;

	for (int i = 0; i < view.nkeys; i++)
	{
		LinkKey		key = link_view_key(&view, i);

		hashes[i] = link_key_hash(family, &key, seed);
	}
	qsort(hashes, view.nkeys, sizeof(uint64), compare_hashes);
	for (int i = 0; i < view.nkeys; i++)
		if (i == 0 || hashes[i] != hashes[i - 1])
			result = hash_combine64(result, hashes[i]);
	pfree(hashes);
	link_view_free(&view);
	return result;
}

Datum
link_hash(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) hash_link(PG_GETARG_DATUM(0), 0));
}

/* With seed 0 the low half must be what link_hash gives. */
Datum
link_hash_extended(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64((int64) hash_link(PG_GETARG_DATUM(0), (uint64) PG_GETARG_INT64(1)));
}

/* The order of hashes inside a GIN index. */
Datum
link_gin_compare(PG_FUNCTION_ARGS)
{
	int32		a = PG_GETARG_INT32(0);
	int32		b = PG_GETARG_INT32(1);

	PG_RETURN_INT32((a > b) - (a < b));
}

static Datum *
entries_of(LinkView *view, int32 *nentries)
{
	LinkFamily	family = link_kind_family(view->kind);
	Datum	   *entries;

	*nentries = view->nkeys;
	if (view->nkeys == 0)
		return NULL;
	entries = palloc_extended(view->nkeys * sizeof(Datum), MCXT_ALLOC_HUGE);
	for (int i = 0; i < view->nkeys; i++)
	{
		LinkKey		key = link_view_key(view, i);

		entries[i] = Int32GetDatum((int32) link_key_hash(family, &key, 0));
	}
	return entries;
}

Datum
link_gin_extract_value(PG_FUNCTION_ARGS)
{
	LinkView	view = link_view(PG_GETARG_DATUM(0));
	int32	   *nentries = (int32 *) PG_GETARG_POINTER(1);

	PG_RETURN_POINTER(entries_of(&view, nentries));
}

/*
 * How far the entries of the query lead: rows without any key have an entry of
 * their own, that only some queries ask for.
 */
static int32
search_mode(StrategyNumber strategy, int nentries)
{
	switch (strategy)
	{
		case LINK_CONTAINS:
			return nentries > 0 ? GIN_SEARCH_MODE_DEFAULT : GIN_SEARCH_MODE_ALL;
		case LINK_CONTAINED:
			return GIN_SEARCH_MODE_INCLUDE_EMPTY;
		case LINK_EQUAL:
			return nentries > 0 ? GIN_SEARCH_MODE_DEFAULT : GIN_SEARCH_MODE_INCLUDE_EMPTY;
		default:
			return GIN_SEARCH_MODE_DEFAULT;
	}
}

Datum
link_gin_extract_query(PG_FUNCTION_ARGS)
{
	Datum		query = PG_GETARG_DATUM(0);
	int32	   *nentries = (int32 *) PG_GETARG_POINTER(1);
	StrategyNumber strategy = PG_GETARG_UINT16(2);
	int32	   *mode = (int32 *) PG_GETARG_POINTER(6);
	LinkView	view;
	int			impossible;

	if (strategy < LINK_ARRAY_STRATEGIES)
		view = link_view(query);
	else
		view = link_array_view(fcinfo->flinfo, query, LINK_UNRESOLVED, 0, false, &impossible);
	*mode = search_mode(strategy % LINK_ARRAY_STRATEGIES, view.nkeys);
	PG_RETURN_POINTER(entries_of(&view, nentries));
}

/* What the entries found say of a row: no, or perhaps. */
static GinTernaryValue
judge(StrategyNumber strategy, int nentries, const GinTernaryValue *found)
{
	int			some = 0;

	for (int i = 0; i < nentries; i++)
		some += found[i] != GIN_FALSE;
	switch (strategy)
	{
		case LINK_CONTAINS:
		case LINK_EQUAL:
			return some == nentries ? GIN_MAYBE : GIN_FALSE;
		case LINK_OVERLAPS:
			return some > 0 ? GIN_MAYBE : GIN_FALSE;
		default:
			/* the row may have keys that the query lacks, or none at all */
			return GIN_MAYBE;
	}
}

Datum
link_gin_consistent(PG_FUNCTION_ARGS)
{
	const bool *found = (bool *) PG_GETARG_POINTER(0);
	StrategyNumber strategy = PG_GETARG_UINT16(1);
	int32		nentries = PG_GETARG_INT32(3);
	bool	   *recheck = (bool *) PG_GETARG_POINTER(5);

	/* GIN_FALSE and GIN_TRUE are false and true */
	StaticAssertStmt(sizeof(bool) == sizeof(GinTernaryValue), "a bool is a ternary value");
	*recheck = true;
	PG_RETURN_BOOL(judge(strategy % LINK_ARRAY_STRATEGIES, nentries,
						 (const GinTernaryValue *) found) != GIN_FALSE);
}

Datum
link_gin_triconsistent(PG_FUNCTION_ARGS)
{
	const GinTernaryValue *found = (GinTernaryValue *) PG_GETARG_POINTER(0);
	StrategyNumber strategy = PG_GETARG_UINT16(1);
	int32		nentries = PG_GETARG_INT32(3);

	PG_RETURN_GIN_TERNARY_VALUE(judge(strategy % LINK_ARRAY_STRATEGIES, nentries, found));
}
