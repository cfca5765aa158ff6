/*
 * link_ops.c: operators between two links, and functions on one.
 */
#include "type/link_format.h"

#include "funcapi.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(link_eq);
PG_FUNCTION_INFO_V1(link_ne);
PG_FUNCTION_INFO_V1(link_lt);
PG_FUNCTION_INFO_V1(link_le);
PG_FUNCTION_INFO_V1(link_ge);
PG_FUNCTION_INFO_V1(link_gt);
PG_FUNCTION_INFO_V1(link_cmp);
PG_FUNCTION_INFO_V1(link_contains);
PG_FUNCTION_INFO_V1(link_contained);
PG_FUNCTION_INFO_V1(link_overlaps);
PG_FUNCTION_INFO_V1(link_union);
PG_FUNCTION_INFO_V1(link_difference);
PG_FUNCTION_INFO_V1(link_cardinality);
PG_FUNCTION_INFO_V1(link_keys);

static bool
equal_links(FunctionCallInfo fcinfo)
{
	LinkPair	pair = link_pair(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1));
	bool		result = link_pair_equal(&pair);

	link_pair_free(&pair);
	return result;
}

static int
compare_links(FunctionCallInfo fcinfo)
{
	LinkPair	pair = link_pair(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1));
	int			result = link_pair_compare(&pair);

	link_pair_free(&pair);
	return result;
}

Datum
link_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(equal_links(fcinfo));
}

Datum
link_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!equal_links(fcinfo));
}

Datum
link_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_links(fcinfo) < 0);
}

Datum
link_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_links(fcinfo) <= 0);
}

Datum
link_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_links(fcinfo) >= 0);
}

Datum
link_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_links(fcinfo) > 0);
}

Datum
link_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_links(fcinfo));
}

Datum
link_contains(PG_FUNCTION_ARGS)
{
	LinkPair	pair = link_pair(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1));
	bool		result = link_pair_contains(&pair);

	link_pair_free(&pair);
	PG_RETURN_BOOL(result);
}

Datum
link_contained(PG_FUNCTION_ARGS)
{
	LinkPair	pair = link_pair(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1));
	bool		result = link_pair_contained(&pair);

	link_pair_free(&pair);
	PG_RETURN_BOOL(result);
}

Datum
link_overlaps(PG_FUNCTION_ARGS)
{
	LinkPair	pair = link_pair(PG_GETARG_DATUM(0), PG_GETARG_DATUM(1));
	bool		result = link_pair_overlaps(&pair);

	link_pair_free(&pair);
	PG_RETURN_BOOL(result);
}

/* The kind that holds the keys of both. */
static LinkKind
common_kind(const LinkView *a, const LinkView *b)
{
	if (a->kind == LINK_UNRESOLVED)
		return b->kind;
	if (b->kind == LINK_UNRESOLVED || link_kind_family(a->kind) == LINK_FAMILY_STRING)
		return a->kind;
	return Max(a->kind, b->kind);
}

static LinkKey *
keys_of_view(const LinkView *view, LinkKind kind, bool strict, int *nkeys)
{
	LinkKey    *keys = palloc_extended(Max(view->nkeys, 1) * sizeof(LinkKey), MCXT_ALLOC_HUGE);

	*nkeys = link_convert_keys(view, kind, strict, keys);
	return keys;
}

/*
 * Both sets together; the new keys of the right one come last if order counts.
 * The result may hold several keys even if a to-one column gave it: a column
 * judges what it is given.
 */
Datum
link_union(PG_FUNCTION_ARGS)
{
	LinkView	a;
	LinkView	b;
	LinkKind	kind;
	uint8		flags;
	LinkKey    *keys;
	int			nkeys;

	LINK_RETURN_IF_NULL_OPERAND();
	a = link_view(PG_GETARG_DATUM(0));
	b = link_view(PG_GETARG_DATUM(1));
	kind = common_kind(&a, &b);
	flags = (a.flags | b.flags) & LINK_ORDERED;
	if (a.kind != LINK_UNRESOLVED && b.kind != LINK_UNRESOLVED &&
		link_kind_family(a.kind) != link_kind_family(b.kind))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("cannot unite links whose keys are of types %s and %s",
						format_type_be(link_kind_type(a.kind)),
						format_type_be(link_kind_type(b.kind)))));
	link_view_convert(&a, kind, flags);
	keys = keys_of_view(&b, kind, true, &nkeys);
	PG_RETURN_LINK(link_edit(&a, flags, 0, NULL, nkeys, keys));
}

/*
 * The left set without the keys of the right one.  Two literals are compared by
 * the text of their keys, and the left one stays a literal.
 */
Datum
link_difference(PG_FUNCTION_ARGS)
{
	LinkView	a;
	LinkView	b;
	LinkKey    *keys;
	int			nkeys;

	LINK_RETURN_IF_NULL_OPERAND();
	a = link_view(PG_GETARG_DATUM(0));
	b = link_view(PG_GETARG_DATUM(1));
	if (a.kind != LINK_UNRESOLVED || b.kind != LINK_UNRESOLVED)
	{
		LinkPair	pair = link_pair_views(a, b);

		a = pair.a;
		b = pair.b;
	}
	if (link_kind_family(a.kind) != link_kind_family(b.kind))
		b.nkeys = 0;
	keys = keys_of_view(&b, a.kind, false, &nkeys);
	PG_RETURN_LINK(link_edit(&a, a.flags & LINK_ORDERED, nkeys, keys, 0, NULL));
}

Datum
link_cardinality(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(link_count(PG_GETARG_DATUM(0)));
}

/* The keys as text, one by one. */
Datum
link_keys(PG_FUNCTION_ARGS)
{
	FuncCallContext *context;
	LinkView   *view;
	LinkKey		key;
	MemoryContext before;
	char	   *text;
	int			length;

	if (SRF_IS_FIRSTCALL())
	{
		context = SRF_FIRSTCALL_INIT();
		before = MemoryContextSwitchTo(context->multi_call_memory_ctx);
		view = palloc(sizeof(LinkView));
		*view = link_view(PointerGetDatum(PG_DETOAST_DATUM_COPY(PG_GETARG_DATUM(0))));
		context->user_fctx = view;
		MemoryContextSwitchTo(before);
	}
	context = SRF_PERCALL_SETUP();
	view = context->user_fctx;
	if (context->call_cntr >= view->nkeys)
		SRF_RETURN_DONE(context);

	/* A view keeps the block that it has unpacked for the next key of it. */
	before = MemoryContextSwitchTo(context->multi_call_memory_ctx);
	key = link_view_key(view, (int) context->call_cntr);
	MemoryContextSwitchTo(before);
	text = link_key_text(link_kind_family(view->kind), &key, &length);
	SRF_RETURN_NEXT(context, PointerGetDatum(cstring_to_text_with_len(text, length)));
}
