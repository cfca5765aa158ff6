/*
 * link_canonical.c: sorting keys and dropping repeated ones.
 */
#include "type/link_format.h"

/* A key with the place where it was written. */
typedef struct PlacedKey
{
	LinkKey		key;
	int			place;
} PlacedKey;

static int
compare_numbers(const void *a, const void *b)
{
	int64		x = ((const LinkKey *) a)->number;
	int64		y = ((const LinkKey *) b)->number;

	return (x > y) - (x < y);
}

static int
compare_uuids(const void *a, const void *b)
{
	return link_key_compare(LINK_FAMILY_UUID, a, b);
}

static int
compare_texts(const void *a, const void *b)
{
	return link_key_compare(LINK_FAMILY_STRING, a, b);
}

/* Sorts keys and drops repeated ones; returns how many are left. */
int
link_keys_sort(LinkFamily family, int nkeys, LinkKey *keys)
{
	int			kept = 0;

	if (nkeys < 2)
		return nkeys;
	qsort(keys, nkeys, sizeof(LinkKey),
		  family == LINK_FAMILY_INTEGER ? compare_numbers :
		  family == LINK_FAMILY_UUID ? compare_uuids : compare_texts);
	for (int i = 1; i < nkeys; i++)
		if (link_key_compare(family, &keys[kept], &keys[i]) != 0)
			keys[++kept] = keys[i];
	return kept + 1;
}

static int
compare_placed(const void *a, const void *b, void *family)
{
	const PlacedKey *x = a;
	const PlacedKey *y = b;
	int			result = link_key_compare(*(LinkFamily *) family, &x->key, &y->key);

	return result != 0 ? result : (x->place > y->place) - (x->place < y->place);
}

/* Drops repeated keys where order counts: the first occurrence stays. */
static int
drop_repeated(LinkFamily family, int nkeys, LinkKey *keys)
{
	PlacedKey  *placed;
	bool	   *repeated;
	int			kept = 0;

	if (nkeys < 2)
		return nkeys;
	placed = palloc(nkeys * sizeof(PlacedKey));
	repeated = palloc0(nkeys * sizeof(bool));
	for (int i = 0; i < nkeys; i++)
	{
		placed[i].key = keys[i];
		placed[i].place = i;
	}
	qsort_arg(placed, nkeys, sizeof(PlacedKey), compare_placed, &family);
	for (int i = 1; i < nkeys; i++)
		if (link_key_compare(family, &placed[i - 1].key, &placed[i].key) == 0)
			repeated[placed[i].place] = true;
	for (int i = 0; i < nkeys; i++)
		if (!repeated[i])
			keys[kept++] = keys[i];
	pfree(placed);
	pfree(repeated);
	return kept;
}

void
link_check_cardinality(uint8 flags, int nkeys)
{
	if ((flags & LINK_TO_ONE) && nkeys > 1)
		ereport(ERROR,
				(errcode(ERRCODE_CARDINALITY_VIOLATION),
				 errmsg("a to-one link holds at most one key"),
				 errdetail("%d keys were given.", nkeys)));
}

/* The canonical value of some keys of a kind; the array is worked on in place. */
Link *
link_canonical(LinkKind kind, uint8 flags, int nkeys, LinkKey *keys)
{
	LinkFamily	family = link_kind_family(kind);

	if (kind == LINK_UNRESOLVED || (flags & LINK_ORDERED))
		nkeys = drop_repeated(family, nkeys, keys);
	else
		nkeys = link_keys_sort(family, nkeys, keys);
	link_check_cardinality(flags, nkeys);
	return link_build(kind, flags, nkeys, keys);
}
