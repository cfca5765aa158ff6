/*
 * link_set.c: comparing two links.
 *
 * Two values are first made comparable.  An unresolved one is read in the kind
 * and order of the other; keys that are impossible there are counted, as they
 * equal nothing.  Two unresolved ones are sets of texts.  Integers of any width
 * compare as numbers.  Keys of different families (a number, a uuid, a text)
 * are different keys, whatever they look like.
 */
#include "type/link_format.h"

/* The kind in which two values are compared if neither is more than a literal. */
static void
both_unresolved(LinkPair *pair)
{
	link_view_read_as(&pair->a, LINK_TEXT, 0);
	link_view_read_as(&pair->b, LINK_TEXT, 0);
}

LinkPair
link_pair_views(LinkView a, LinkView b)
{
	LinkPair	pair = {a, b, 0, 0};

	if (a.kind == LINK_UNRESOLVED && b.kind == LINK_UNRESOLVED)
		both_unresolved(&pair);
	else if (a.kind == LINK_UNRESOLVED)
		pair.impossible_a = link_view_read_as(&pair.a, b.kind, b.flags);
	else if (b.kind == LINK_UNRESOLVED)
		pair.impossible_b = link_view_read_as(&pair.b, a.kind, a.flags);
	return pair;
}

LinkPair
link_pair(Datum a, Datum b)
{
	return link_pair_views(link_view(a), link_view(b));
}

void
link_pair_free(LinkPair *pair)
{
	link_view_free(&pair->a);
	link_view_free(&pair->b);
}

static bool
same_family(const LinkPair *pair)
{
	return link_kind_family(pair->a.kind) == link_kind_family(pair->b.kind);
}

bool
link_pair_equal(LinkPair *pair)
{
	if (pair->impossible_a > 0 || pair->impossible_b > 0 || pair->a.nkeys != pair->b.nkeys)
		return false;
	if (pair->a.nkeys == 0)
		return true;
	return same_family(pair) && link_view_identical(&pair->a, &pair->b);
}

/*
 * The order of btree: key by key, then the shorter one first.  An impossible
 * key counts as greater than all keys there can be, so that searching an index
 * with a literal finds its place and no entry.
 */
int
link_pair_compare(LinkPair *pair)
{
	LinkFamily	a = link_kind_family(pair->a.kind);
	LinkFamily	b = link_kind_family(pair->b.kind);
	int			common = Min(pair->a.nkeys, pair->b.nkeys);

	if (a != b && common > 0)
		return a < b ? -1 : 1;
	for (int i = 0; i < common; i++)
	{
		LinkKey		x = link_view_key(&pair->a, i);
		LinkKey		y = link_view_key(&pair->b, i);
		int			result = link_key_compare(a, &x, &y);

		if (result != 0)
			return result;
	}
	if (pair->a.nkeys < pair->b.nkeys)
		return pair->impossible_a > 0 ? 1 : -1;
	if (pair->a.nkeys > pair->b.nkeys)
		return pair->impossible_b > 0 ? -1 : 1;
	return (pair->impossible_a > 0) - (pair->impossible_b > 0);
}

/* Whether every key of the part is in the whole. */
static bool
contains_all(LinkView *whole, const LinkView *part)
{
	int			position;

	if (part->nkeys > whole->nkeys)
		return false;
	link_view_sort(whole);
	for (int i = 0; i < part->nkeys; i++)
	{
		LinkKey		key = link_view_key(part, i);

		if (!link_view_find(whole, &key, &position))
			return false;
	}
	return true;
}

bool
link_pair_contains(LinkPair *pair)
{
	if (pair->impossible_b > 0)
		return false;
	if (!same_family(pair))
		return pair->b.nkeys == 0;
	return contains_all(&pair->a, &pair->b);
}

bool
link_pair_contained(LinkPair *pair)
{
	if (pair->impossible_a > 0)
		return false;
	if (!same_family(pair))
		return pair->a.nkeys == 0;
	return contains_all(&pair->b, &pair->a);
}

bool
link_pair_overlaps(LinkPair *pair)
{
	LinkView   *large = pair->a.nkeys < pair->b.nkeys ? &pair->b : &pair->a;
	LinkView   *small = pair->a.nkeys < pair->b.nkeys ? &pair->a : &pair->b;
	int			position;

	if (!same_family(pair) || small->nkeys == 0)
		return false;
	link_view_sort(large);
	for (int i = 0; i < small->nkeys; i++)
	{
		LinkKey		key = link_view_key(small, i);

		if (link_view_find(large, &key, &position))
			return true;
	}
	return false;
}
