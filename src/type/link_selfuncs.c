/*
 * link_selfuncs.c: estimates of @>, <@ and &&, from what link_analyze.c keeps.
 *
 * The operators are seen as one question: is what stands on the "part" side in
 * what stands on the "whole" side?  Either side may be a link or an array, and
 * the part a single key.
 *
 * A Spread says how keys are spread over the rows of a column: what part of the
 * rows has each of the common keys, and each of the others.  A link column has
 * one, and so has a column of keys, whose rows have one key each.
 */
#include "type/link_format.h"

#include <math.h>

#include "catalog/pg_operator.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/pathnodes.h"
#include "optimizer/optimizer.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"

PG_FUNCTION_INFO_V1(link_contains_sel);
PG_FUNCTION_INFO_V1(link_contained_sel);
PG_FUNCTION_INFO_V1(link_overlaps_sel);
PG_FUNCTION_INFO_V1(link_contains_joinsel);
PG_FUNCTION_INFO_V1(link_contained_joinsel);
PG_FUNCTION_INFO_V1(link_overlaps_joinsel);

/* Without statistics: as for arrays. */
#define DEFAULT_SELECTIVITY		0.005
#define DEFAULT_KEYS			10

typedef enum Question
{
	CONTAINS,					/* left @> right */
	CONTAINED,					/* left <@ right */
	OVERLAPS
} Question;

typedef struct CommonKey
{
	int32		hash;
	double		frequency;		/* part of the rows that are not NULL */
} CommonKey;

typedef struct Spread
{
	bool		is_link;
	bool		guessed;		/* the number of distinct keys is not known */
	double		nonnull;		/* part of the rows */
	double		average;		/* keys in a row that is not NULL */
	int			ncommon;
	CommonKey  *common;			/* by hash */
	double		others;			/* distinct keys that are not common */
	double		frequency;		/* of each of them */
	int			nsizes;			/* histogram of the number of keys */
	float4	   *sizes;
} Spread;

static int
compare_common(const void *a, const void *b)
{
	int32		x = ((const CommonKey *) a)->hash;
	int32		y = ((const CommonKey *) b)->hash;

	return (x > y) - (x < y);
}

static double
distinct_of(const Spread *spread)
{
	return Max(spread->ncommon + spread->others, 1);
}

/* The part of the rows that have a key. */
static double
frequency_of(const Spread *spread, int32 hash)
{
	CommonKey	wanted = {hash, 0};
	CommonKey  *found = bsearch(&wanted, spread->common, spread->ncommon,
								sizeof(CommonKey), compare_common);

	return found ? found->frequency : spread->frequency;
}

/* A key that is not known: each is as likely. */
static double
mean_frequency(const Spread *spread)
{
	return spread->average / distinct_of(spread);
}

static bool
is_link_node(Node *node)
{
	return link_is_type(getBaseType(exprType(node)));
}

/* The spread of a link column; false without statistics. */
static bool
spread_of_links(VariableStatData *vardata, Spread *spread)
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
	/* kept while planning: the histogram and the copy are small */
	if (!get_attstatsslot(&keys, vardata->statsTuple, STATISTIC_KIND_MCELEM, InvalidOid,
						  ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
		return true;
	if (keys.nnumbers == keys.nvalues + 3)
	{
		spread->ncommon = keys.nvalues;
		spread->common = palloc((keys.nvalues + 1) * sizeof(CommonKey));
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
spread_of_keys(VariableStatData *vardata, Spread *spread)
{
	FmgrInfo	flinfo = {.fn_mcxt = CurrentMemoryContext};
	double		ndistinct = get_variable_numdistinct(vardata, &spread->guessed);
	double		common = 0;
	AttStatsSlot values;

	spread->average = 1;
	spread->nsizes = 0;
	spread->ncommon = 0;
	if (HeapTupleIsValid(vardata->statsTuple) &&
		get_attstatsslot(&values, vardata->statsTuple, STATISTIC_KIND_MCV, InvalidOid,
						 ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
	{
		LinkOperand *operand = link_operand_for(&flinfo, values.valuetype);

		spread->ncommon = values.nvalues;
		spread->common = palloc((values.nvalues + 1) * sizeof(CommonKey));
		for (int i = 0; i < values.nvalues; i++)
		{
			spread->common[i].hash = hash_of_key(operand, values.values[i]);
			spread->common[i].frequency = values.numbers[i] / Max(spread->nonnull, 1e-6);
			common += spread->common[i].frequency;
		}
		qsort(spread->common, spread->ncommon, sizeof(CommonKey), compare_common);
		free_attstatsslot(&values);
	}
	spread->others = Max(ndistinct - spread->ncommon, 0);
	spread->frequency = spread->others > 0 ? Max(1 - common, 0) / spread->others : 0;
}

static bool
read_spread(VariableStatData *vardata, Node *node, Spread *spread)
{
	memset(spread, 0, sizeof(Spread));
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

/* The keys of a constant: a link, an array of keys, a key, or JSON. */
static LinkView
keys_of_constant(const Const *constant)
{
	FmgrInfo	flinfo = {.fn_mcxt = CurrentMemoryContext};
	Oid			type = getBaseType(constant->consttype);
	Datum		value = constant->constvalue;
	LinkOperand *operand;
	int			impossible;

	if (link_is_type(type))
		return link_view(value);
	if (get_element_type(type) != InvalidOid)
		return link_array_view(&flinfo, value, LINK_UNRESOLVED, 0, true, &impossible);
	operand = link_operand_for(&flinfo, type);
	if (link_operand_is_json(operand))
		return link_view(LinkGetDatum(link_from_json_value(operand->base, value)));
	return link_operand_view(operand, 1, &value, NULL, LINK_UNRESOLVED, 0, true, &impossible);
}

static int32 *
hashes_of_constant(const Const *constant, int *nhashes)
{
	LinkView	view = keys_of_constant(constant);
	LinkFamily	family = link_kind_family(view.kind);
	int32	   *hashes = palloc_extended(Max(view.nkeys, 1) * sizeof(int32), MCXT_ALLOC_HUGE);

	*nhashes = view.nkeys;
	for (int i = 0; i < view.nkeys; i++)
	{
		LinkKey		key = link_view_key(&view, i);

		hashes[i] = (int32) link_key_hash(family, &key, 0);
	}
	link_view_free(&view);
	return hashes;
}

/* The part of the rows that have all of some keys, or any of them. */
static double
has_keys(const Spread *spread, int nhashes, const int32 *hashes, bool all)
{
	double		none = 1;
	double		every = 1;

	for (int i = 0; i < nhashes; i++)
	{
		double		frequency = frequency_of(spread, hashes[i]);

		every *= frequency;
		none *= 1 - frequency;
	}
	return all ? every : 1 - none;
}

/* The part of a link column's rows whose keys are all among some: as for arrays. */
static double
within_keys(PlannerInfo *root, Node *column, int nhashes, const int32 *hashes, int varRelid)
{
	Datum	   *values = palloc_extended(Max(nhashes, 1) * sizeof(Datum), MCXT_ALLOC_HUGE);
	RelabelType *relabeled = makeRelabelType((Expr *) column, INT4ARRAYOID, -1, InvalidOid,
											 COERCE_IMPLICIT_CAST);
	ArrayType  *array;
	Const	   *constant;

	for (int i = 0; i < nhashes; i++)
		values[i] = Int32GetDatum(hashes[i]);
	array = construct_array(values, nhashes, INT4OID, sizeof(int32), true, TYPALIGN_INT);
	constant = makeConst(INT4ARRAYOID, -1, InvalidOid, -1, PointerGetDatum(array), false, false);
	return DatumGetFloat8(DirectFunctionCall4(arraycontsel, PointerGetDatum(root),
											  ObjectIdGetDatum(OID_ARRAY_CONTAINED_OP),
											  PointerGetDatum(list_make2(relabeled, constant)),
											  Int32GetDatum(varRelid)));
}

/* The keys of an array that is made of single ones; else one is expected. */
static int
expected_keys(Node *node)
{
	return IsA(node, ArrayExpr) ? list_length(((ArrayExpr *) node)->elements) : 1;
}

/* A link or array that is not known yet: how many keys it has, and that key is among how many. */
static double
expected_whole(PlannerInfo *root, Node *node, double *distinct)
{
	VariableStatData vardata;
	Spread		spread;
	double		keys = DEFAULT_KEYS;

	*distinct = 1;
	if (IsA(node, ArrayExpr))
		return expected_keys(node);
	examine_variable(root, node, 0, &vardata);
	if (read_spread(&vardata, node, &spread))
	{
		keys = spread.average;
		*distinct = distinct_of(&spread);
	}
	ReleaseVariableStats(vardata);
	return keys;
}

/* A column of keys, or of links, and what is known to stand on the other side. */
static double
with_constant(PlannerInfo *root, const Spread *spread, Node *column, const Const *other,
			  bool column_is_part, Question question, int varRelid)
{
	int			nhashes;
	int32	   *hashes;
	double		sum = 0;

	if (other->constisnull)
		return 0;
	hashes = hashes_of_constant(other, &nhashes);
	if (question == OVERLAPS || !column_is_part)
		return spread->nonnull * has_keys(spread, nhashes, hashes, question != OVERLAPS);
	if (spread->is_link)
		return within_keys(root, column, nhashes, hashes, varRelid);
	for (int i = 0; i < nhashes; i++)
		sum += frequency_of(spread, hashes[i]);
	return spread->nonnull * sum;
}

static double
with_unknown(PlannerInfo *root, const Spread *spread, Node *other, bool column_is_part, Question question)
{
	double		frequency = mean_frequency(spread);
	double		distinct;
	double		keys;

	if (question == OVERLAPS)
		return spread->nonnull * (1 - pow(1 - Min(frequency, 1), expected_keys(other)));
	if (!column_is_part)
		return spread->nonnull * pow(frequency, expected_keys(other));
	keys = expected_whole(root, other, &distinct);
	if (spread->is_link)
		return DEFAULT_SELECTIVITY;
	return spread->nonnull * keys / Max(distinct_of(spread), distinct);
}

static Datum
restriction(FunctionCallInfo fcinfo, Question question)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	int			varRelid = PG_GETARG_INT32(3);
	VariableStatData vardata;
	Spread		spread;
	Node	   *other;
	bool		on_left;
	double		result = DEFAULT_SELECTIVITY;

	if (!get_restriction_variable(root, args, varRelid, &vardata, &other, &on_left))
		PG_RETURN_FLOAT8(DEFAULT_SELECTIVITY);
	if (read_spread(&vardata, vardata.var, &spread))
	{
		bool		is_part = on_left == (question == CONTAINED);

		if (IsA(other, Const))
			result = with_constant(root, &spread, vardata.var, (Const *) other, is_part, question, varRelid);
		else
			result = with_unknown(root, &spread, other, is_part, question);
	}
	ReleaseVariableStats(vardata);
	CLAMP_PROBABILITY(result);
	PG_RETURN_FLOAT8(result);
}

Datum
link_contains_sel(PG_FUNCTION_ARGS)
{
	return restriction(fcinfo, CONTAINS);
}

Datum
link_contained_sel(PG_FUNCTION_ARGS)
{
	return restriction(fcinfo, CONTAINED);
}

Datum
link_overlaps_sel(PG_FUNCTION_ARGS)
{
	return restriction(fcinfo, OVERLAPS);
}

/* What is left of a spread when some common keys have been matched. */
typedef struct Rest
{
	double		keys;
	double		frequency;		/* summed up over them */
} Rest;

static Rest
rest_of(const Spread *spread)
{
	Rest		rest = {distinct_of(spread), spread->average};

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
static double
matching(const Spread *part, const Spread *whole)
{
	Rest		part_rest = rest_of(part);
	Rest		whole_rest = rest_of(whole);
	double		sum = 0;
	double		keys;
	int			w = 0;

	for (int i = 0; i < part->ncommon; i++)
	{
		const CommonKey *key = &part->common[i];

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

/* The same for all keys of a row, or any of them. */
static double
matching_rows(const Spread *part, const Spread *whole, bool all)
{
	double		one = part->guessed ? mean_frequency(whole) : matching(part, whole);
	double		sum = 0;

	if (!part->is_link || part->nsizes == 0)
		return one;
	for (int i = 0; i < part->nsizes; i++)
		sum += all ? pow(one, part->sizes[i]) : 1 - pow(1 - one, part->sizes[i]);
	return sum / part->nsizes;
}

/* The part of one column's distinct keys that the rows of another one can have. */
static double
coverage(const Spread *spread, const Spread *other, double other_rows)
{
	return Min(Min(distinct_of(other), other_rows * other->average) / distinct_of(spread), 1);
}

/*
 * The part of the outer rows that have a match.  Between keys and links, those
 * distinct keys that are fewer are taken to be among the others, as for equality.
 */
static double
semi_join(double pairs, const Spread *outer, const Spread *inner, VariableStatData *inner_data)
{
	double		rows = inner_data->rel ? inner_data->rel->rows : 1000;
	double		covered = coverage(outer, inner, rows);
	double		sum = 0;

	if (outer->is_link == inner->is_link || inner->guessed || outer->guessed)
		return 1 - exp(-pairs * rows);
	if (!outer->is_link)
		return outer->nonnull * covered;
	for (int i = 0; i < outer->nsizes; i++)
		sum += 1 - pow(1 - covered, outer->sizes[i]);
	return outer->nonnull * sum / outer->nsizes;
}

static Datum
join(FunctionCallInfo fcinfo, Question question)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	JoinType	type = (JoinType) PG_GETARG_INT16(3);
	SpecialJoinInfo *info = (SpecialJoinInfo *) PG_GETARG_POINTER(4);
	VariableStatData left_data;
	VariableStatData right_data;
	Spread		left;
	Spread		right;
	bool		reversed;
	double		result = DEFAULT_SELECTIVITY;

	get_join_variables(root, args, info, &left_data, &right_data, &reversed);
	if (read_spread(&left_data, linitial(args), &left) && read_spread(&right_data, lsecond(args), &right))
	{
		const Spread *part = question == CONTAINED ? &left : &right;
		const Spread *whole = question == CONTAINED ? &right : &left;

		result = left.nonnull * right.nonnull * matching_rows(part, whole, question != OVERLAPS);
		if (type == JOIN_SEMI || type == JOIN_ANTI)
			result = reversed ? semi_join(result, &right, &left, &left_data) :
				semi_join(result, &left, &right, &right_data);
	}
	ReleaseVariableStats(left_data);
	ReleaseVariableStats(right_data);
	CLAMP_PROBABILITY(result);
	PG_RETURN_FLOAT8(result);
}

Datum
link_contains_joinsel(PG_FUNCTION_ARGS)
{
	return join(fcinfo, CONTAINS);
}

Datum
link_contained_joinsel(PG_FUNCTION_ARGS)
{
	return join(fcinfo, CONTAINED);
}

Datum
link_overlaps_joinsel(PG_FUNCTION_ARGS)
{
	return join(fcinfo, OVERLAPS);
}
