/*
 * link_spread.c: reading what ANALYZE has kept of keys (link_analyze.c).
 */
#include "type/link_spread.h"

#include "catalog/pg_statistic.h"
#include "utils/lsyscache.h"

static int
compare_common(const void *a, const void *b)
{
	int32		x = ((const LinkCommonKey *) a)->hash;
	int32		y = ((const LinkCommonKey *) b)->hash;

	return (x > y) - (x < y);
}

double
link_spread_distinct(const LinkSpread *spread)
{
	return Max(spread->ncommon + spread->others, 1);
}

/* The part of the rows that have a key. */
double
link_spread_frequency(const LinkSpread *spread, int32 hash)
{
	LinkCommonKey wanted = {hash, 0};
	LinkCommonKey *found = bsearch(&wanted, spread->common, spread->ncommon,
								   sizeof(LinkCommonKey), compare_common);

	return found ? found->frequency : spread->frequency;
}

/* A key that is not known: each is as likely. */
double
link_spread_mean(const LinkSpread *spread)
{
	return spread->average / link_spread_distinct(spread);
}

static bool
is_link_node(Node *node)
{
	return link_is_type(getBaseType(exprType(node)));
}

/*
 * The spread of a link column; false without statistics.  These are hashes, and
 * it is only here that they are compared, so nobody learns more of them than how
 * many rows are expected, who may not read the column.
 */
static bool
spread_of_links(VariableStatData *vardata, LinkSpread *spread)
{
	AttStatsSlot keys;
	AttStatsSlot sizes;
	double		common = 0;

	if (!get_attstatsslot(&sizes, vardata->statsTuple, STATISTIC_KIND_DECHIST, InvalidOid,
						  ATTSTATSSLOT_NUMBERS))
		return false;
	spread->nsizes = sizes.nnumbers - 1;
	spread->sizes = sizes.numbers;
	spread->average = sizes.numbers[sizes.nnumbers - 1];
	spread->ncommon = 0;
	spread->others = 0;
	spread->frequency = 0;
	/* the histogram stays; it is small */
	if (!get_attstatsslot(&keys, vardata->statsTuple, STATISTIC_KIND_MCELEM, InvalidOid,
						  ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
		return true;
	if (keys.nnumbers == keys.nvalues + 3)
	{
		spread->ncommon = keys.nvalues;
		spread->common = palloc((keys.nvalues + 1) * sizeof(LinkCommonKey));
		for (int i = 0; i < keys.nvalues; i++)
		{
			spread->common[i].hash = DatumGetInt32(keys.values[i]);
			spread->common[i].frequency = keys.numbers[i];
			common += keys.numbers[i];
		}
		spread->frequency = keys.numbers[keys.nvalues] / 2;
		if (spread->frequency > 0)
			spread->others = Max(spread->average - common, 0) / spread->frequency;
	}
	free_attstatsslot(&keys);
	return true;
}

/* The hash of a value of some type, as a link would hold it. */
static int32
hash_of_key(LinkOperand *operand, Datum value)
{
	const char *text;
	int			length;
	LinkKey		key;

	(void) link_operand_key(operand, value, LINK_UNRESOLVED, &key, &text, &length);
	return (int32) link_key_hash(LINK_FAMILY_STRING, &key, 0);
}

/* The spread of a column of keys. */
static void
spread_of_keys(VariableStatData *vardata, LinkSpread *spread)
{
	FmgrInfo	flinfo = {.fn_mcxt = CurrentMemoryContext};
	double		ndistinct = get_variable_numdistinct(vardata, &spread->guessed);
	double		common = 0;
	AttStatsSlot values;
	LinkOperand *operand;

	spread->average = 1;
	spread->nsizes = 0;
	spread->ncommon = 0;
	if (HeapTupleIsValid(vardata->statsTuple) &&
		get_attstatsslot(&values, vardata->statsTuple, STATISTIC_KIND_MCV, InvalidOid,
						 ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
	{
		operand = link_operand_for(&flinfo, values.valuetype);
		/* who may not read the column might be told of its values by the output function */
		if (statistic_proc_security_check(vardata, operand->output.fn_oid))
			spread->ncommon = values.nvalues;
		spread->common = palloc((values.nvalues + 1) * sizeof(LinkCommonKey));
		for (int i = 0; i < spread->ncommon; i++)
		{
			spread->common[i].hash = hash_of_key(operand, values.values[i]);
			spread->common[i].frequency = values.numbers[i] / Max(spread->nonnull, 1e-6);
			common += spread->common[i].frequency;
		}
		qsort(spread->common, spread->ncommon, sizeof(LinkCommonKey), compare_common);
		free_attstatsslot(&values);
	}
	spread->others = Max(ndistinct - spread->ncommon, 0);
	spread->frequency = spread->others > 0 ? Max(1 - common, 0) / spread->others : 0;
}

bool
link_spread_read(VariableStatData *vardata, Node *node, LinkSpread *spread)
{
	memset(spread, 0, sizeof(LinkSpread));
	spread->nonnull = 1;
	spread->is_link = is_link_node(node);
	if (HeapTupleIsValid(vardata->statsTuple))
		spread->nonnull = 1 - ((Form_pg_statistic) GETSTRUCT(vardata->statsTuple))->stanullfrac;
	if (!spread->is_link)
	{
		if (get_element_type(getBaseType(exprType(node))) != InvalidOid)
			return false;
		spread_of_keys(vardata, spread);
		return true;
	}
	return HeapTupleIsValid(vardata->statsTuple) && spread_of_links(vardata, spread);
}

/* What is left of a spread when some common keys have been matched. */
typedef struct Rest
{
	double		keys;
	double		frequency;		/* summed up over them */
} Rest;

static Rest
rest_of(const LinkSpread *spread)
{
	Rest		rest = {link_spread_distinct(spread), spread->average};

	return rest;
}

static void
take_out(Rest *rest, double frequency)
{
	rest->keys--;
	rest->frequency -= frequency;
}

/*
 * A key drawn from one column: in what part of the other's rows is it?  Keys
 * that are common in both are matched; of the rest, the fewer ones are taken to
 * be any of the others.
 */
double
link_spread_matching(const LinkSpread *part, const LinkSpread *whole)
{
	Rest		part_rest = rest_of(part);
	Rest		whole_rest = rest_of(whole);
	double		sum = 0;
	double		keys;
	int			w = 0;

	for (int i = 0; i < part->ncommon; i++)
	{
		const LinkCommonKey *key = &part->common[i];

		while (w < whole->ncommon && whole->common[w].hash < key->hash)
			w++;
		if (w == whole->ncommon || whole->common[w].hash != key->hash)
			continue;
		sum += key->frequency * whole->common[w].frequency;
		take_out(&part_rest, key->frequency);
		take_out(&whole_rest, whole->common[w].frequency);
	}
	keys = Max(part_rest.keys, whole_rest.keys);
	if (keys >= 1 && part_rest.frequency > 0 && whole_rest.frequency > 0)
		sum += part_rest.frequency * whole_rest.frequency / keys;
	return part->average > 0 ? Min(sum / part->average, 1) : 0;
}
