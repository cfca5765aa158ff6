/*
 * link_convert.c: from one kind of keys to another.
 *
 * A value meets a typed column (the modifier is applied, and a key that is
 * impossible there is an error) or another value in a comparison (an unresolved
 * value is read as the other one is, and an impossible key equals nothing).
 */
#include "type/link_format.h"

PG_FUNCTION_INFO_V1(link_coerce);

/* One key of a view as a key of another kind. */
static LinkReading
convert_key(LinkFamily from, const LinkKey *key, LinkKind kind, LinkKey *result)
{
	char	   *text;
	int			length;

	if (from == link_kind_family(kind))
	{
		*result = *key;
		return from == LINK_FAMILY_INTEGER ? link_number_fit(kind, key->number) : LINK_KEY_GOOD;
	}
	text = link_key_text(from, key, &length);
	return link_key_read(kind, text, length, result);
}

/*
 * The keys of a value in another kind, in their order.  Impossible ones are an
 * error if strict, and left out otherwise.
 */
int
link_convert_keys(const LinkView *view, LinkKind kind, bool strict, LinkKey *keys)
{
	LinkFamily	from = link_kind_family(view->kind);
	int			nkeys = 0;

	for (int i = 0; i < view->nkeys; i++)
	{
		LinkKey		key = link_view_key(view, i);
		LinkReading reading = convert_key(from, &key, kind, &keys[nkeys]);

		if (reading == LINK_KEY_GOOD)
			nkeys++;
		else if (strict)
		{
			int			length;
			char	   *text = link_key_text(from, &key, &length);

			link_key_refuse(reading, kind, text, length);
		}
	}
	return nkeys;
}

static LinkKey *
room_for_keys(int nkeys)
{
	return palloc_extended(Max(nkeys, 1) * sizeof(LinkKey), MCXT_ALLOC_HUGE);
}

/* Puts another value into a view, which then owns it. */
static void
replace_value(LinkView *view, Link *link)
{
	link_view_free(view);
	*view = link_view(LinkGetDatum(link));
	view->owned = link;
}

static int
convert_view(LinkView *view, LinkKind kind, uint8 flags, bool strict)
{
	LinkKey    *keys = room_for_keys(view->nkeys);
	int			nkeys = link_convert_keys(view, kind, strict, keys);
	int			impossible = view->nkeys - nkeys;

	replace_value(view, link_canonical(kind, flags, nkeys, keys));
	pfree(keys);
	return impossible;
}

/* Makes a view one of the kind and order asked for; an impossible key is an error. */
void
link_view_convert(LinkView *view, LinkKind kind, uint8 flags)
{
	if (view->kind != kind || (view->flags & LINK_ORDERED) != (flags & LINK_ORDERED))
		convert_view(view, kind, flags & LINK_ORDERED, true);
}

/* The same for a comparison: impossible keys are left out and counted. */
int
link_view_read_as(LinkView *view, LinkKind kind, uint8 flags)
{
	return convert_view(view, kind, flags & LINK_ORDERED, false);
}

/* Makes a view one that can be searched. */
void
link_view_sort(LinkView *view)
{
	if (!link_is_sorted(view))
		convert_view(view, view->kind == LINK_UNRESOLVED ? LINK_TEXT : view->kind, 0, false);
}

/* The same keys under other flags: nothing is sorted or checked. */
static Link *
reflagged(const LinkView *view, uint8 flags)
{
	LinkWriter	writer;

	link_writer_start(&writer, view->kind, flags, view->nkeys, link_view_text_bytes(view));
	link_writer_copy(&writer, view, 0, view->nkeys);
	return link_writer_finish(&writer);
}

/*
 * A value as a column of this modifier holds it.  More than one key in a to-one
 * column is an error.
 */
Link *
link_apply_typmod(Datum link, int32 typmod)
{
	LinkView	view = link_view(link);
	LinkKind	kind = typmod < 0 ? view.kind : link_typmod_kind(typmod);
	uint8		flags = typmod < 0 ? view.flags : link_typmod_flags(typmod);
	LinkKey    *keys;

	if (view.kind == kind && view.flags == flags)
		return (Link *) DatumGetPointer(link);
	/* a sorted value is one in order, too; the other way round it must be sorted */
	if (view.kind == kind && (link_is_sorted(&view) || (flags & LINK_ORDERED)))
	{
		link_check_cardinality(flags, view.nkeys);
		return reflagged(&view, flags);
	}
	keys = room_for_keys(view.nkeys);
	return link_canonical(kind, flags, link_convert_keys(&view, kind, true, keys), keys);
}

/* The length coercion: what makes a literal a value of its column. */
Datum
link_coerce(PG_FUNCTION_ARGS)
{
	PG_RETURN_LINK(link_apply_typmod(PG_GETARG_DATUM(0), PG_GETARG_INT32(1)));
}
