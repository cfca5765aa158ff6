/*
 * link_selfuncs.c: estimates of @>, <@ and &&, from what link_analyze.c keeps.
 *
 * The operators are seen as one question: is what stands on the "part" side in
 * what stands on the "whole" side?  Either side may be a link or an array, and
 * the part a single key.
 */
#include "type/link_spread.h"

#include <math.h>

#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "optimizer/optimizer.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

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
has_keys(const LinkSpread *spread, int nhashes, const int32 *hashes, bool all)
{
	double		none = 1;
	double		every = 1;

	for (int i = 0; i < nhashes; i++)
	{
		double		frequency = link_spread_frequency(spread, hashes[i]);

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
	LinkSpread	spread;
	double		keys = DEFAULT_KEYS;

	*distinct = 1;
	if (IsA(node, ArrayExpr))
		return expected_keys(node);
	examine_variable(root, node, 0, &vardata);
	if (link_spread_read(&vardata, node, &spread))
	{
		keys = spread.average;
		*distinct = link_spread_distinct(&spread);
	}
	ReleaseVariableStats(vardata);
	return keys;
}

/* A column of keys, or of links, and what is known to stand on the other side. */
static double
with_constant(PlannerInfo *root, const LinkSpread *spread, Node *column, const Const *other,
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
		sum += link_spread_frequency(spread, hashes[i]);
	return spread->nonnull * sum;
}

static double
with_unknown(PlannerInfo *root, const LinkSpread *spread, Node *other, bool column_is_part, Question question)
{
	double		frequency = link_spread_mean(spread);
	double		distinct;
	double		keys;

	if (question == OVERLAPS)
		return spread->nonnull * (1 - pow(1 - Min(frequency, 1), expected_keys(other)));
	if (!column_is_part)
		return spread->nonnull * pow(frequency, expected_keys(other));
	keys = expected_whole(root, other, &distinct);
	if (spread->is_link)
		return DEFAULT_SELECTIVITY;
	return spread->nonnull * keys / Max(link_spread_distinct(spread), distinct);
}

static Datum
restriction(FunctionCallInfo fcinfo, Question question)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	int			varRelid = PG_GETARG_INT32(3);
	VariableStatData vardata;
	LinkSpread	spread;
	Node	   *other;
	bool		on_left;
	double		result = DEFAULT_SELECTIVITY;

	if (!get_restriction_variable(root, args, varRelid, &vardata, &other, &on_left))
		PG_RETURN_FLOAT8(DEFAULT_SELECTIVITY);
	if (link_spread_read(&vardata, vardata.var, &spread))
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

/* The same for all keys of a row, or any of them. */
static double
matching_rows(const LinkSpread *part, const LinkSpread *whole, bool all)
{
	double		one = part->guessed ? link_spread_mean(whole) : link_spread_matching(part, whole);
	double		sum = 0;

	if (!part->is_link || part->nsizes == 0)
		return one;
	for (int i = 0; i < part->nsizes; i++)
		sum += all ? pow(one, part->sizes[i]) : 1 - pow(1 - one, part->sizes[i]);
	return sum / part->nsizes;
}

/* The part of one column's distinct keys that the rows of another one can have. */
static double
coverage(const LinkSpread *spread, const LinkSpread *other, double other_rows)
{
	return Min(Min(link_spread_distinct(other), other_rows * other->average) / link_spread_distinct(spread), 1);
}

/*
 * The part of the outer rows that have a match.  Between keys and links, those
 * distinct keys that are fewer are taken to be among the others, as for equality.
 */
static double
semi_join(double pairs, const LinkSpread *outer, const LinkSpread *inner, VariableStatData *inner_data)
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
	LinkSpread	left;
	LinkSpread	right;
	bool		reversed;
	double		result = DEFAULT_SELECTIVITY;

	get_join_variables(root, args, info, &left_data, &right_data, &reversed);
	if (link_spread_read(&left_data, linitial(args), &left) && link_spread_read(&right_data, lsecond(args), &right))
	{
		const LinkSpread *part = question == CONTAINED ? &left : &right;
		const LinkSpread *whole = question == CONTAINED ? &right : &left;

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
