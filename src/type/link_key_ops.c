/*
 * link_key_ops.c: operators between a link and a key or an array of keys.
 *
 * The key side is read in the kind of the link.  If the link is a literal, it is
 * the link that is read in the type of the keys.
 */
#include "type/link_format.h"

#include "catalog/pg_type.h"
#include "utils/array.h"

PG_FUNCTION_INFO_V1(link_eq_int8);
PG_FUNCTION_INFO_V1(link_ne_int8);
PG_FUNCTION_INFO_V1(int8_eq_link);
PG_FUNCTION_INFO_V1(int8_ne_link);
PG_FUNCTION_INFO_V1(link_eq_uuid);
PG_FUNCTION_INFO_V1(link_ne_uuid);
PG_FUNCTION_INFO_V1(uuid_eq_link);
PG_FUNCTION_INFO_V1(uuid_ne_link);
PG_FUNCTION_INFO_V1(link_eq_text);
PG_FUNCTION_INFO_V1(link_ne_text);
PG_FUNCTION_INFO_V1(text_eq_link);
PG_FUNCTION_INFO_V1(text_ne_link);
PG_FUNCTION_INFO_V1(link_contains_key);
PG_FUNCTION_INFO_V1(key_contained_by_link);
PG_FUNCTION_INFO_V1(link_add_key);
PG_FUNCTION_INFO_V1(link_remove_key);
PG_FUNCTION_INFO_V1(link_eq_array);
PG_FUNCTION_INFO_V1(link_ne_array);
PG_FUNCTION_INFO_V1(array_eq_link);
PG_FUNCTION_INFO_V1(array_ne_link);
PG_FUNCTION_INFO_V1(link_contains_array);
PG_FUNCTION_INFO_V1(array_contained_by_link);
PG_FUNCTION_INFO_V1(link_contained_by_array);
PG_FUNCTION_INFO_V1(link_overlaps_array);
PG_FUNCTION_INFO_V1(link_add_array);
PG_FUNCTION_INFO_V1(link_remove_array);

/* The kind in which a literal is compared with keys of a type. */
static LinkKind
kind_for_operand(Oid type)
{
	LinkKind	kind = link_kind_for_type(type);

	return link_kind_family(kind) == LINK_FAMILY_INTEGER ? LINK_INT8 : kind;
}

static LinkOperand *
operand_of_arg(FunctionCallInfo fcinfo, int arg)
{
	return link_operand_for(fcinfo->flinfo, get_fn_expr_argtype(fcinfo->flinfo, arg));
}

/* Whether a link holds one key, looked up in place if it is sorted. */
static bool
contains_key(LinkView *view, LinkOperand *operand, Datum value)
{
	LinkFamily	family;
	LinkKey		key;
	const char *text;
	int			length;
	int			position;

	if (view->kind == LINK_UNRESOLVED)
		link_view_read_as(view, kind_for_operand(operand->base), 0);
	if (link_operand_key(operand, value, view->kind, &key, &text, &length) != LINK_KEY_GOOD)
		return false;
	if (link_is_sorted(view))
		return link_view_find(view, &key, &position);
	family = link_kind_family(view->kind);
	for (int i = 0; i < view->nkeys; i++)
	{
		LinkKey		found = link_view_key(view, i);

		if (link_key_compare(family, &found, &key) == 0)
			return true;
	}
	return false;
}

static bool
link_holds_key(FunctionCallInfo fcinfo, Datum link, int key_arg)
{
	LinkOperand *operand = operand_of_arg(fcinfo, key_arg);
	Datum		value = PG_GETARG_DATUM(key_arg);
	LinkView	view = link_view(link);
	bool		result;

	if (link_operand_is_json(operand))
	{
		LinkPair	pair = link_pair(link, LinkGetDatum(link_from_json_value(operand->base, value)));

		return link_pair_contains(&pair);
	}
	result = contains_key(&view, operand, value);
	link_view_free(&view);
	return result;
}

Datum
link_contains_key(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(link_holds_key(fcinfo, PG_GETARG_DATUM(0), 1));
}

Datum
key_contained_by_link(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(link_holds_key(fcinfo, PG_GETARG_DATUM(1), 0));
}

/* Whether a link is just this key. */
static bool
equals_key(FunctionCallInfo fcinfo, int link_arg, Oid type)
{
	LinkView	view = link_view(PG_GETARG_DATUM(link_arg));
	int			impossible = 0;
	bool		result = false;

	/* a literal may spell one key in several ways, or hold impossible ones */
	if (view.kind == LINK_UNRESOLVED)
		impossible = link_view_read_as(&view, kind_for_operand(type), 0);
	if (view.nkeys == 1 && impossible == 0)
		result = contains_key(&view, link_operand_for(fcinfo->flinfo, type),
							  PG_GETARG_DATUM(1 - link_arg));
	link_view_free(&view);
	return result;
}

/* Equality with a key of one type: four operators each. */
#define EQUALITY_WITH(type, TYPEOID) \
Datum \
link_eq_##type(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_BOOL(equals_key(fcinfo, 0, TYPEOID)); \
} \
\
Datum \
link_ne_##type(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_BOOL(!equals_key(fcinfo, 0, TYPEOID)); \
} \
\
Datum \
type##_eq_link(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_BOOL(equals_key(fcinfo, 1, TYPEOID)); \
} \
\
Datum \
type##_ne_link(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_BOOL(!equals_key(fcinfo, 1, TYPEOID)); \
}

EQUALITY_WITH(int8, INT8OID)
EQUALITY_WITH(uuid, UUIDOID)
EQUALITY_WITH(text, TEXTOID)

/* The second argument as keys of the given link's kind, to add or remove. */
static LinkKey *
edit_keys(FunctionCallInfo fcinfo, const LinkView *view, bool array, bool strict, int *nkeys)
{
	LinkView	keys;
	int			impossible;
	Datum		value = PG_GETARG_DATUM(1);
	LinkKey    *result;

	if (array)
		keys = link_array_view(fcinfo->flinfo, value, view->kind, LINK_ORDERED, strict, &impossible);
	else
	{
		LinkOperand *operand = operand_of_arg(fcinfo, 1);

		if (link_operand_is_json(operand))
			keys = link_view(LinkGetDatum(link_from_json_value(operand->base, value)));
		else
			keys = link_operand_view(operand, 1, &value, NULL, view->kind, LINK_ORDERED,
									 strict, &impossible);
	}
	result = palloc_extended(Max(keys.nkeys, 1) * sizeof(LinkKey), MCXT_ALLOC_HUGE);
	*nkeys = link_convert_keys(&keys, view->kind, strict, result);
	return result;
}

static Datum
add_to_link(FunctionCallInfo fcinfo, bool array)
{
	LinkView	view = link_view(PG_GETARG_DATUM(0));
	int			nkeys;
	LinkKey    *keys = edit_keys(fcinfo, &view, array, true, &nkeys);

	return LinkGetDatum(link_edit(&view, view.flags & LINK_ORDERED, 0, NULL, nkeys, keys));
}

static Datum
remove_from_link(FunctionCallInfo fcinfo, bool array)
{
	LinkView	view = link_view(PG_GETARG_DATUM(0));
	int			nkeys;
	LinkKey    *keys = edit_keys(fcinfo, &view, array, false, &nkeys);

	return LinkGetDatum(link_edit(&view, view.flags & LINK_ORDERED, nkeys, keys, 0, NULL));
}

Datum
link_add_key(PG_FUNCTION_ARGS)
{
	LINK_RETURN_IF_NULL_OPERAND();
	PG_RETURN_DATUM(add_to_link(fcinfo, false));
}

Datum
link_remove_key(PG_FUNCTION_ARGS)
{
	LINK_RETURN_IF_NULL_OPERAND();
	PG_RETURN_DATUM(remove_from_link(fcinfo, false));
}

Datum
link_add_array(PG_FUNCTION_ARGS)
{
	LINK_RETURN_IF_NULL_OPERAND();
	PG_RETURN_DATUM(add_to_link(fcinfo, true));
}

Datum
link_remove_array(PG_FUNCTION_ARGS)
{
	LINK_RETURN_IF_NULL_OPERAND();
	PG_RETURN_DATUM(remove_from_link(fcinfo, true));
}

/* A link and an array as a pair, the link first. */
static LinkPair
pair_with_array(FunctionCallInfo fcinfo, int link_arg)
{
	Datum		array = PG_GETARG_DATUM(1 - link_arg);
	LinkPair	pair;
	uint8		flags;

	pair.a = link_view(PG_GETARG_DATUM(link_arg));
	pair.impossible_a = 0;
	if (pair.a.kind == LINK_UNRESOLVED)
	{
		LinkOperand *operand = link_operand_for(fcinfo->flinfo,
												ARR_ELEMTYPE(DatumGetArrayTypeP(array)));

		pair.impossible_a = link_view_read_as(&pair.a, kind_for_operand(operand->base), 0);
	}
	flags = pair.a.flags;
	pair.b = link_array_view(fcinfo->flinfo, array, pair.a.kind, flags, false,
							 &pair.impossible_b);
	return pair;
}

static bool
equals_array(FunctionCallInfo fcinfo, int link_arg)
{
	LinkPair	pair = pair_with_array(fcinfo, link_arg);
	bool		result = link_pair_equal(&pair);

	link_pair_free(&pair);
	return result;
}

static bool
contains_array(FunctionCallInfo fcinfo, int link_arg)
{
	LinkPair	pair = pair_with_array(fcinfo, link_arg);
	bool		result = link_pair_contains(&pair);

	link_pair_free(&pair);
	return result;
}

Datum
link_eq_array(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(equals_array(fcinfo, 0));
}

Datum
link_ne_array(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!equals_array(fcinfo, 0));
}

Datum
array_eq_link(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(equals_array(fcinfo, 1));
}

Datum
array_ne_link(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!equals_array(fcinfo, 1));
}

Datum
link_contains_array(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(contains_array(fcinfo, 0));
}

Datum
array_contained_by_link(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(contains_array(fcinfo, 1));
}

Datum
link_contained_by_array(PG_FUNCTION_ARGS)
{
	LinkPair	pair = pair_with_array(fcinfo, 0);

	PG_RETURN_BOOL(link_pair_contained(&pair));
}

Datum
link_overlaps_array(PG_FUNCTION_ARGS)
{
	LinkPair	pair = pair_with_array(fcinfo, 0);

	PG_RETURN_BOOL(link_pair_overlaps(&pair));
}
