/*
 * link_edit.c: taking keys out of a set and putting others in.
 *
 * This is what happens to a link column whenever a link is made or broken, so
 * it is done without unpacking the set: the few changed keys are looked up by
 * binary search, and the runs between them are copied as they are.
 */
#include "type/link_format.h"

/* A change at a place of the base. */
typedef struct Change
{
	int			position;
	bool		insert;			/* put the key in here, else take this one out */
	LinkKey		key;
} Change;

/* What is known about the result before it is written. */
typedef struct Extent
{
	int			nkeys;
	Size		bytes;
} Extent;

static Extent
extent_of(const LinkView *base)
{
	Extent		extent;

	extent.nkeys = base->nkeys;
	extent.bytes = link_view_bytes(base, 0, base->nkeys);
	return extent;
}

static void
extent_add(Extent *extent, const LinkView *base, const LinkKey *key)
{
	extent->nkeys++;
	if (base->width == 0)
		extent->bytes += key->text.length;
}

static void
extent_remove(Extent *extent, const LinkView *base, int position)
{
	extent->nkeys--;
	extent->bytes -= link_view_bytes(base, position, position + 1);
}

/*
 * The changes that two sorted lists amount to, in order of place.  A key in
 * both is put in.  Returns their number.
 */
static int
plan_changes(const LinkView *base, int nremove, const LinkKey *remove,
			 int nadd, const LinkKey *add, Change *changes, Extent *extent)
{
	LinkFamily	family = link_kind_family(base->kind);
	int			r = 0;
	int			a = 0;
	int			n = 0;

	while (r < nremove || a < nadd)
	{
		int			order = r == nremove ? 1 : a == nadd ? -1 :
			link_key_compare(family, &remove[r], &add[a]);
		Change	   *change = &changes[n];
		bool		present;

		change->insert = order >= 0;
		change->key = change->insert ? add[a] : remove[r];
		r += order <= 0;
		a += order >= 0;
		present = link_view_find(base, &change->key, &change->position);
		if (present == change->insert)
			continue;
		n++;
		if (change->insert)
			extent_add(extent, base, &change->key);
		else
			extent_remove(extent, base, change->position);
	}
	return n;
}

static Link *
edit_sorted(const LinkView *base, uint8 flags,
			int nremove, LinkKey *remove, int nadd, LinkKey *add)
{
	LinkFamily	family = link_kind_family(base->kind);
	Extent		extent = extent_of(base);
	Change	   *changes;
	LinkWriter	writer;
	int			copied = 0;
	int			n;

	nremove = link_keys_sort(family, nremove, remove);
	nadd = link_keys_sort(family, nadd, add);
	changes = palloc((nremove + nadd + 1) * sizeof(Change));
	n = plan_changes(base, nremove, remove, nadd, add, changes, &extent);

	link_check_cardinality(flags, extent.nkeys);
	link_writer_start(&writer, base->kind, flags, extent.nkeys, extent.bytes);
	for (int i = 0; i < n; i++)
	{
		link_writer_copy(&writer, base, copied, changes[i].position);
		copied = changes[i].position;
		if (changes[i].insert)
			link_writer_key(&writer, &changes[i].key);
		else
			copied++;
	}
	link_writer_copy(&writer, base, copied, base->nkeys);
	pfree(changes);
	return writer.link;
}

static int
find_in(LinkFamily family, int nkeys, const LinkKey *sorted, const LinkKey *key)
{
	int			low = 0;
	int			high = nkeys;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;
		int			result = link_key_compare(family, &sorted[middle], key);

		if (result == 0)
			return middle;
		if (result < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return -1;
}

/*
 * Where order counts, keys stay where they are and new ones go to the end, in
 * the order given.  A key that is both taken out and put in goes there, too.
 */
static Link *
edit_ordered(const LinkView *base, uint8 flags,
			 int nremove, LinkKey *remove, int nadd, LinkKey *add)
{
	LinkFamily	family = link_kind_family(base->kind);
	LinkKey    *result = palloc_extended((base->nkeys + nadd + 1) * sizeof(LinkKey),
										 MCXT_ALLOC_HUGE);
	int			nkeys = 0;
	Link	   *link;

	nremove = link_keys_sort(family, nremove, remove);
	for (int i = 0; i < base->nkeys; i++)
	{
		LinkKey		key = link_view_key(base, i);

		if (find_in(family, nremove, remove, &key) < 0)
			result[nkeys++] = key;
	}
	if (nadd > 0)
		memcpy(result + nkeys, add, nadd * sizeof(LinkKey));
	link = link_canonical((LinkKind) base->kind, flags, nkeys + nadd, result);
	pfree(result);
	return link;
}

/*
 * The base without some keys and with others; all are of the base's kind.  The
 * lists are sorted in place.
 */
Link *
link_edit(const LinkView *base, uint8 flags,
		  int nremove, LinkKey *remove, int nadd, LinkKey *add)
{
	if (link_is_sorted(base))
		return edit_sorted(base, flags, nremove, remove, nadd, add);
	return edit_ordered(base, flags, nremove, remove, nadd, add);
}
