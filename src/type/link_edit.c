/*
 * link_edit.c: taking keys out of a set and putting others in.
 *
 * This is what happens to a link column whenever a link is made or broken, so
 * it is done without unpacking the set: the few changed keys are looked up, and
 * the runs between them are copied as they are.
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
	extent.bytes = link_view_text_bytes(base);
	return extent;
}

static void
extent_change(Extent *extent, const LinkView *base, const Change *change)
{
	int			sign = change->insert ? 1 : -1;

	extent->nkeys += sign;
	if (base->width == 0)
		extent->bytes += sign * change->key.text.length;
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
		extent_change(extent, base, change);
	}
	return n;
}

/* Writes the base with the changes, which are in order of place. */
static Link *
write_changed(const LinkView *base, uint8 flags, int nchanges, const Change *changes,
			  const Extent *extent)
{
	LinkWriter	writer;
	int			copied = 0;

	link_check_cardinality(flags, extent->nkeys);
	link_writer_start(&writer, base->kind, flags, extent->nkeys, extent->bytes);
	for (int i = 0; i < nchanges; i++)
	{
		link_writer_copy(&writer, base, copied, changes[i].position);
		copied = changes[i].position;
		if (changes[i].insert)
			link_writer_key(&writer, &changes[i].key);
		else
			copied++;
	}
	link_writer_copy(&writer, base, copied, base->nkeys);
	return link_writer_finish(&writer);
}

static Link *
edit_sorted(const LinkView *base, uint8 flags,
			int nremove, LinkKey *remove, int nadd, LinkKey *add)
{
	LinkFamily	family = link_kind_family(base->kind);
	Extent		extent = extent_of(base);
	Change	   *changes;
	Link	   *link;
	int			n;

	nremove = link_keys_sort(family, nremove, remove);
	nadd = link_keys_sort(family, nadd, add);
	changes = palloc_extended((nremove + nadd + 1) * sizeof(Change), MCXT_ALLOC_HUGE);
	n = plan_changes(base, nremove, remove, nadd, add, changes, &extent);
	link = write_changed(base, flags, n, changes, &extent);
	pfree(changes);
	return link;
}

/* Finds a key among some that are sorted; -1 if it is none of them. */
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
 * The changes that two lists amount to where order counts: keys go where they
 * stand, and new ones come to the end, in the order given.  A key that is both
 * taken out and put in goes there, too.  The base is walked once, the lists are
 * kept sorted beside it.
 */
static int
plan_ordered(const LinkView *base, int nremove, LinkKey *remove,
			 int nadd, const LinkKey *add, Change *changes, Extent *extent)
{
	LinkFamily	family = link_kind_family(base->kind);
	LinkKey    *sorted = palloc_extended((nadd + 1) * sizeof(LinkKey), MCXT_ALLOC_HUGE);
	bool	   *present = palloc0(nadd + 1);
	int			nsorted;
	int			n = 0;

	if (nadd > 0)
		memcpy(sorted, add, nadd * sizeof(LinkKey));
	nsorted = link_keys_sort(family, nadd, sorted);
	nremove = link_keys_sort(family, nremove, remove);
	for (int i = 0; i < base->nkeys; i++)
	{
		Change	   *change = &changes[n];
		int			place;

		change->key = link_view_key(base, i);
		change->position = i;
		change->insert = false;
		if (find_in(family, nremove, remove, &change->key) >= 0)
		{
			/* no key is there twice */
			if (n == nremove)
				link_refuse_damaged();
			extent_change(extent, base, &changes[n++]);
		}
		else if ((place = find_in(family, nsorted, sorted, &change->key)) >= 0)
			present[place] = true;
	}
	for (int i = 0; i < nadd; i++)
	{
		int			place = find_in(family, nsorted, sorted, &add[i]);

		/* a key given twice is put in where it comes first */
		if (present[place])
			continue;
		present[place] = true;
		changes[n].key = add[i];
		changes[n].position = base->nkeys;
		changes[n].insert = true;
		extent_change(extent, base, &changes[n++]);
	}
	pfree(sorted);
	pfree(present);
	return n;
}

static Link *
edit_ordered(const LinkView *base, uint8 flags,
			 int nremove, LinkKey *remove, int nadd, const LinkKey *add)
{
	Extent		extent = extent_of(base);
	Change	   *changes = palloc_extended((nremove + nadd + 1) * sizeof(Change), MCXT_ALLOC_HUGE);
	int			n = plan_ordered(base, nremove, remove, nadd, add, changes, &extent);
	Link	   *link = write_changed(base, flags, n, changes, &extent);

	pfree(changes);
	return link;
}

/*
 * The base without some keys and with others; all are of the base's kind.  The
 * lists may be sorted in place.
 */
Link *
link_edit(const LinkView *base, uint8 flags,
		  int nremove, LinkKey *remove, int nadd, LinkKey *add)
{
	if (link_is_sorted(base))
		return edit_sorted(base, flags, nremove, remove, nadd, add);
	return edit_ordered(base, flags, nremove, remove, nadd, add);
}
