/*
 * link_api.c: the type as the rest of the extension uses it (link.h).
 */
#include "type/link_format.h"

#include "catalog/pg_type.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

static LinkKey *
keys_from_datums(LinkKind kind, int nkeys, const Datum *values)
{
	LinkKey    *keys = palloc_extended(Max(nkeys, 1) * sizeof(LinkKey), MCXT_ALLOC_HUGE);

	for (int i = 0; i < nkeys; i++)
		keys[i] = link_key_from_datum(kind, values[i]);
	return keys;
}

Datum
link_make(int32 typmod, int nkeys, const Datum *keys)
{
	LinkKind	kind = link_typmod_kind(typmod);
	LinkKey    *list = keys_from_datums(kind, nkeys, keys);
	Link	   *link = link_canonical(kind, link_typmod_flags(typmod), nkeys, list);

	pfree(list);
	return LinkGetDatum(link);
}

int
link_keys_of(Datum link, LinkKind kind, Datum **keys)
{
	LinkView	view = link_view(link);

	link_view_convert(&view, kind, view.kind == LINK_UNRESOLVED ? LINK_ORDERED : view.flags);
	*keys = palloc_extended(Max(view.nkeys, 1) * sizeof(Datum), MCXT_ALLOC_HUGE);
	for (int i = 0; i < view.nkeys; i++)
	{
		LinkKey		key = link_view_key(&view, i);

		(*keys)[i] = link_key_to_datum(kind, &key);
	}
	link_view_free(&view);
	return view.nkeys;
}

bool
link_is_type(Oid type)
{
	HeapTuple	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	char	   *schema = NULL;

	if (!HeapTupleIsValid(tuple))
		return false;
	if (strcmp(NameStr(((Form_pg_type) GETSTRUCT(tuple))->typname), "link") == 0)
		schema = get_namespace_name(((Form_pg_type) GETSTRUCT(tuple))->typnamespace);
	ReleaseSysCache(tuple);
	return schema != NULL && strcmp(schema, "interlink") == 0;
}

bool
link_is_same(Datum a, Datum b)
{
	LinkView	x = link_view(a);
	LinkView	y = link_view(b);
	bool		same = x.kind == y.kind && x.flags == y.flags && link_view_identical(&x, &y);

	link_view_free(&x);
	link_view_free(&y);
	return same;
}

Datum
link_merge(Datum link, int32 typmod, int nremove, const Datum *remove,
		   int nadd, const Datum *add)
{
	LinkKind	kind = link_typmod_kind(typmod);
	uint8		flags = link_typmod_flags(typmod);
	LinkView	view = link_view(link);
	LinkKey    *out = keys_from_datums(kind, nremove, remove);
	LinkKey    *in = keys_from_datums(kind, nadd, add);
	Link	   *result;

	link_view_convert(&view, kind, flags);
	result = link_edit(&view, flags, nremove, out, nadd, in);
	pfree(out);
	pfree(in);
	link_view_free(&view);
	return LinkGetDatum(result);
}

int
link_minus(Datum link, Datum other, LinkKind kind, Datum **keys)
{
	LinkView	view = link_view(link);
	LinkView	rest = link_view(other);
	int			nkeys = 0;
	int			position;

	link_view_convert(&view, kind, view.kind == LINK_UNRESOLVED ? LINK_ORDERED : view.flags);
	link_view_convert(&rest, kind, 0);
	*keys = palloc_extended(Max(view.nkeys, 1) * sizeof(Datum), MCXT_ALLOC_HUGE);
	for (int i = 0; i < view.nkeys; i++)
	{
		LinkKey		key = link_view_key(&view, i);

		if (!link_view_find(&rest, &key, &position))
			(*keys)[nkeys++] = link_key_to_datum(kind, &key);
	}
	link_view_free(&view);
	link_view_free(&rest);
	return nkeys;
}
