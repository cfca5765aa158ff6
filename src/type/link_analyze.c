/*
 * link_analyze.c: statistics of link columns.
 *
 * ANALYZE keeps of a link column what it keeps of every column (common values,
 * number of distinct ones, width), and of its keys what it keeps of the elements
 * of arrays, in the same form:
 *
 *		STATISTIC_KIND_MCELEM	common keys and in what part of the rows they are
 *		STATISTIC_KIND_DECHIST	how many keys rows have
 *
 * In place of a key stands its hash (link_key_hash), which is one number for
 * all kinds of keys and all their spellings.  Behind the frequencies, arrays have
 * the least one, half of which is taken for any element that is not listed.  Here
 * twice the mean frequency of the other keys stands there, so that this comes out
 * as it should.
 */
#include "type/link_format.h"

#include <math.h>

#include "catalog/pg_operator.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"

PG_FUNCTION_INFO_V1(link_typanalyze);

/* More keys of a sample are not counted, but those of every second or third row. */
#define COUNTED_KEYS		1000000

/* So many common keys for each unit of the statistics target. */
#define COMMON_KEYS			25

typedef struct StandardStats
{
	AnalyzeAttrComputeStatsFunc compute;
	void	   *extra_data;
} StandardStats;

typedef struct KeyCount
{
	int32		hash;
	int			rows;			/* that have the key */
	double		expected;		/* of a common key: rows of such a sample that should have it */
} KeyCount;

/* What the sample holds. */
typedef struct KeySample
{
	int			nrows;			/* not NULL */
	int		   *sizes;			/* keys of each */
	double		total;			/* keys of them all */
	int			counted;		/* rows whose keys were counted */
	double		part;			/* of the rows of the table, that these are */
	double		nkeys;			/* keys counted */
	KeyCount   *keys;			/* distinct, most frequent first */
	int			ndistinct;
	int			nsingle;		/* in one row only */
} KeySample;

/* The keys that are not among the common ones. */
typedef struct OtherKeys
{
	double		number;
	double		total;			/* rows of the sample that have one, summed up over them */
} OtherKeys;

static int
compare_hashes(const void *a, const void *b)
{
	int32		x = *(const int32 *) a;
	int32		y = *(const int32 *) b;

	return (x > y) - (x < y);
}

static int
compare_by_hash(const void *a, const void *b)
{
	return compare_hashes(&((const KeyCount *) a)->hash, &((const KeyCount *) b)->hash);
}

static int
compare_by_rows(const void *a, const void *b)
{
	return ((const KeyCount *) b)->rows - ((const KeyCount *) a)->rows;
}

/* How many keys each row has; NULLs are left out. */
static void
count_rows(VacAttrStats *stats, AnalyzeAttrFetchFunc fetch, int samplerows, KeySample *sample)
{
	sample->sizes = palloc(samplerows * sizeof(int));
	sample->nrows = 0;
	sample->total = 0;
	for (int i = 0; i < samplerows; i++)
	{
		bool		isnull;
		Datum		value = fetch(stats, i, &isnull);

		if (isnull)
			continue;
		sample->sizes[sample->nrows] = link_count(value);
		sample->total += sample->sizes[sample->nrows++];
		compat_analyze_delay_point();
	}
}

/* Adds the hashes of a value's keys; returns their number. */
static int
add_hashes(Datum value, int32 *hashes)
{
	LinkView	view = link_view(value);
	LinkFamily	family = link_kind_family(view.kind);
	int			nkeys = view.nkeys;

	for (int i = 0; i < nkeys; i++)
	{
		LinkKey		key = link_view_key(&view, i);

		hashes[i] = (int32) link_key_hash(family, &key, 0);
	}
	link_view_free(&view);
	return nkeys;
}

/* The hashes of all keys, of every so many-th row if there are too many. */
static int32 *
collect_hashes(VacAttrStats *stats, AnalyzeAttrFetchFunc fetch, int samplerows, KeySample *sample)
{
	int			stride = 1 + (int) (sample->total / COUNTED_KEYS);
	Size		space = 0;
	Size		used = 0;
	int32	   *hashes;
	int			row = 0;

	for (int i = 0; i < sample->nrows; i += stride)
		space += sample->sizes[i];
	hashes = palloc_extended(Max(space, 1) * sizeof(int32), MCXT_ALLOC_HUGE);
	sample->counted = 0;
	for (int i = 0; i < samplerows; i++)
	{
		bool		isnull;
		Datum		value = fetch(stats, i, &isnull);

		if (isnull || row++ % stride != 0)
			continue;
		used += add_hashes(value, hashes + used);
		sample->counted++;
		compat_analyze_delay_point();
	}
	sample->nkeys = used;
	return hashes;
}

/* Counts equal hashes. */
static void
count_keys(int32 *hashes, KeySample *sample)
{
	Size		nhashes = (Size) sample->nkeys;
	Size		ndistinct = 0;

	qsort(hashes, nhashes, sizeof(int32), compare_hashes);
	for (Size i = 0; i < nhashes; i++)
		ndistinct += i == 0 || hashes[i] != hashes[i - 1];
	sample->keys = palloc_extended(Max(ndistinct, 1) * sizeof(KeyCount), MCXT_ALLOC_HUGE);
	sample->ndistinct = 0;
	for (Size i = 0; i < nhashes; i++)
	{
		if (i == 0 || hashes[i] != hashes[i - 1])
		{
			sample->keys[sample->ndistinct].hash = hashes[i];
			sample->keys[sample->ndistinct++].rows = 0;
		}
		sample->keys[sample->ndistinct - 1].rows++;
	}
	qsort(sample->keys, sample->ndistinct, sizeof(KeyCount), compare_by_rows);
	sample->nsingle = 0;
	for (int i = sample->ndistinct - 1; i >= 0 && sample->keys[i].rows == 1; i--)
		sample->nsingle++;
}

/* How many distinct keys the table has, by the estimator of Haas and Stokes. */
static double
distinct_keys(const KeySample *sample)
{
	double		all = sample->nkeys / sample->part;
	double		result = sample->nkeys * sample->ndistinct /
		(sample->nkeys - sample->nsingle + sample->nsingle * sample->nkeys / all);

	return Min(Max(result, sample->ndistinct), all);
}

/*
 * Of so many keys in a sample the frequency is clear: the first ones, of which
 * the sample has far more than it would by chance if all others were as frequent
 * as each other.
 */
static int
clear_keys(const KeySample *sample, int most, OtherKeys *others)
{
	int			n = 0;

	while (n < most && others->number >= 1)
	{
		double		rows = others->total / others->number;

		if (sample->keys[n].rows <= rows + 4 * sqrt(rows) + 4)
			break;
		others->total -= sample->keys[n++].rows;
		others->number--;
	}
	return n;
}

/* Few keys are all listed. */
static int
take_all(const KeySample *sample, OtherKeys *others)
{
	others->number -= sample->ndistinct;
	others->total = 0;
	return sample->ndistinct;
}

/*
 * How much of what other keys differ by in the sample they differ by in the
 * table, too, from 0 to 1: the rest is chance, which has the variance of a
 * Poisson distribution where the sample is a small part of the table.
 */
static double
true_difference(const KeySample *sample, int nclear, const OtherKeys *others)
{
	double		mean = others->total / others->number;
	double		chance = mean * (1 - sample->part);
	double		squares = 0;

	for (int i = nclear; i < sample->ndistinct; i++)
		squares += (double) sample->keys[i].rows * sample->keys[i].rows;
	squares = squares / others->number - mean * mean;
	return squares > chance ? 1 - chance / squares : 0;
}

/*
 * The keys to list; returns their number.  Those that are clearly common are
 * listed as often as the sample has them, and less clear ones as often as can be
 * expected from it, if that is more than half above the mean of the others, or
 * if there is room for all.
 */
static int
common_keys(KeySample *sample, int target, OtherKeys *others)
{
	double		ndistinct = distinct_keys(sample);
	int			most = Min(target * COMMON_KEYS, sample->ndistinct);
	int			n;
	double		mean;
	double		difference;
	bool		all;

	others->number = ndistinct;
	others->total = sample->nkeys;
	if (ndistinct <= target)
		n = take_all(sample, others);
	else
		n = clear_keys(sample, most, others);
	for (int i = 0; i < n; i++)
		sample->keys[i].expected = sample->keys[i].rows;
	if (others->number < 1)
		return n;
	mean = others->total / others->number;
	difference = true_difference(sample, n, others);
	all = ndistinct <= most && difference > 0.1;
	for (; n < most && (all || difference * (sample->keys[n].rows - mean) > mean / 2); n++)
	{
		sample->keys[n].expected = mean + difference * (sample->keys[n].rows - mean);
		others->total -= sample->keys[n].expected;
		others->number--;
	}
	return n;
}

static int
free_slot(VacAttrStats *stats)
{
	int			slot = 0;

	while (slot < STATISTIC_NUM_SLOTS && stats->stakind[slot] != 0)
		slot++;
	return slot;
}

static void
store_common_keys(VacAttrStats *stats, KeySample *sample)
{
	OtherKeys	others;
	int			ncommon = common_keys(sample, compat_statistics_target(stats), &others);
	int			n = Max(ncommon, 1);	/* there is no list without an entry */
	float4	   *numbers = MemoryContextAlloc(stats->anl_context, (n + 3) * sizeof(float4));
	Datum	   *values = MemoryContextAlloc(stats->anl_context, n * sizeof(Datum));
	int			slot = free_slot(stats);
	double		mean;

	if (slot == STATISTIC_NUM_SLOTS)
		return;
	mean = others.number >= 1 ? Max(others.total, 0) / others.number : 0;
	if (ncommon == 0)
		sample->keys[0].expected = mean;
	qsort(sample->keys, n, sizeof(KeyCount), compare_by_hash);
	for (int i = 0; i < n; i++)
	{
		values[i] = Int32GetDatum(sample->keys[i].hash);
		numbers[i] = (float4) (sample->keys[i].expected / sample->counted);
	}
	numbers[n] = (float4) (2 * mean / sample->counted);
	numbers[n + 1] = numbers[0];
	for (int i = 1; i < n; i++)
		numbers[n + 1] = Max(numbers[n + 1], numbers[i]);
	numbers[n + 2] = 0;

	stats->stakind[slot] = STATISTIC_KIND_MCELEM;
	stats->staop[slot] = Int4EqualOperator;
	stats->stanumbers[slot] = numbers;
	stats->numnumbers[slot] = n + 3;
	stats->stavalues[slot] = values;
	stats->numvalues[slot] = n;
	stats->statypid[slot] = INT4OID;
	stats->statyplen[slot] = sizeof(int32);
	stats->statypbyval[slot] = true;
	stats->statypalign[slot] = TYPALIGN_INT;
}

/* A histogram of the numbers of keys, with as many rows between any two, and the mean. */
static void
store_sizes(VacAttrStats *stats, KeySample *sample)
{
	int			nbounds = Max(Min(compat_statistics_target(stats) + 1, sample->nrows), 2);
	float4	   *numbers = MemoryContextAlloc(stats->anl_context, (nbounds + 1) * sizeof(float4));
	int			slot = free_slot(stats);

	if (slot == STATISTIC_NUM_SLOTS)
		return;
	qsort(sample->sizes, sample->nrows, sizeof(int), compare_hashes);
	for (int i = 0; i < nbounds; i++)
		numbers[i] = sample->sizes[(int) ((double) i * (sample->nrows - 1) / (nbounds - 1))];
	numbers[nbounds] = (float4) (sample->total / sample->nrows);
	stats->stakind[slot] = STATISTIC_KIND_DECHIST;
	stats->staop[slot] = Int4EqualOperator;
	stats->stanumbers[slot] = numbers;
	stats->numnumbers[slot] = nbounds + 1;
}

static void
compute_link_stats(VacAttrStats *stats, AnalyzeAttrFetchFunc fetch, int samplerows, double totalrows)
{
	StandardStats *standard = stats->extra_data;
	KeySample	sample;

	stats->extra_data = standard->extra_data;
	standard->compute(stats, fetch, samplerows, totalrows);
	stats->extra_data = standard;

	count_rows(stats, fetch, samplerows, &sample);
	if (sample.nrows == 0)
		return;
	if (sample.total > 0)
	{
		count_keys(collect_hashes(stats, fetch, samplerows, &sample), &sample);
		sample.part = Min(sample.counted / (totalrows * sample.nrows / samplerows), 1);
		if (sample.nkeys > 0)
			store_common_keys(stats, &sample);
	}
	store_sizes(stats, &sample);
}

Datum
link_typanalyze(PG_FUNCTION_ARGS)
{
	VacAttrStats *stats = (VacAttrStats *) PG_GETARG_POINTER(0);
	StandardStats *standard;

	if (!std_typanalyze(stats))
		PG_RETURN_BOOL(false);
	standard = palloc(sizeof(StandardStats));
	standard->compute = stats->compute_stats;
	standard->extra_data = stats->extra_data;
	stats->compute_stats = compute_link_stats;
	stats->extra_data = standard;
	PG_RETURN_BOOL(true);
}
