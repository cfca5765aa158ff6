/*
 * link_pack.c: writing keys in blocks.
 *
 * Where a block begins is decided by the key itself, so that putting a key in
 * or taking one out changes the blocks around it and no others, and the same
 * keys make the same blocks whatever has happened to the set before.
 */
#include "type/link_stored.h"

#include "common/hashfn.h"

#include "type/link_bits.h"

/* A key in so many begins a block; one that grows to four times this ends. */
#define NUMBER_BLOCK_BITS	8
#define STRING_BLOCK_BITS	7

StaticAssertDecl(LINK_BLOCK_LIMIT == 4 << NUMBER_BLOCK_BITS, "LINK_BLOCK_LIMIT is the largest block");

/* The bits of a number mixed, so that those of its hash's top depend on all of them. */
static inline uint64
hash_number(uint64 number)
{
	number = (number ^ number >> 32) * UINT64CONST(0x9E3779B97F4A7C15);
	return (number ^ number >> 32) * UINT64CONST(0xD6E8FEB86659FD93);
}

static bool
begins_block(LinkFamily family, const LinkKey *key)
{
	uint32		hash;

	if (family == LINK_FAMILY_INTEGER)
		return hash_number(key->number) >> (64 - NUMBER_BLOCK_BITS) == 0;
	if (family == LINK_FAMILY_UUID)
		hash = hash_bytes(key->uuid, UUID_LEN);
	else
		hash = hash_bytes((const unsigned char *) key->text.data, key->text.length);
	return hash >> (32 - STRING_BLOCK_BITS) == 0;
}

static int
block_limit(LinkFamily family)
{
	return 4 << (family == LINK_FAMILY_INTEGER ? NUMBER_BLOCK_BITS : STRING_BLOCK_BITS);
}

LinkPacker *
link_packer_start(LinkKind kind, uint8 flags, Size header)
{
	LinkPacker *packer = palloc0(sizeof(LinkPacker));

	packer->kind = kind;
	packer->family = link_kind_family(kind);
	packer->ordered = (flags & LINK_ORDERED) != 0;
	packer->used = header;
	packer->space = header + 256;
	packer->data = palloc(packer->space);
	packer->room = 64;
	packer->keys = palloc(packer->room * sizeof(LinkKey));
	packer->steps = palloc(packer->room * sizeof(uint64));
	return packer;
}

/* Makes room for so many bytes, and some that a writer of bits may touch. */
static char *
make_room(LinkPacker *packer, Size bytes)
{
	Size		wanted = packer->used + bytes + LINK_BITS_SLACK;

	if (wanted > packer->space)
	{
		packer->space = Max(wanted, packer->space * 2);
		packer->data = repalloc_huge(packer->data, packer->space);
	}
	return packer->data + packer->used;
}

/* What every block begins with; the steps follow. */
static void
write_head(LinkPacker *packer, int nkeys, uint32 text_bytes, Size steps, const LinkKey *first)
{
	bool		has_texts = link_family_has_texts(packer->family);
	char	   *to = make_room(packer, 4 * LINK_VARINT_SIZE + UUID_LEN +
							   (has_texts ? first->text.length : 0) + steps);

	to = link_put_varint(to, nkeys);
	if (has_texts)
		to = link_put_varint(to, text_bytes);
	to = link_put_varint(to, steps);
	if (packer->family == LINK_FAMILY_INTEGER)
	{
		to = link_put_varint(to, link_zigzag((uint64) first->number - (uint64) packer->previous));
		packer->previous = first->number;
	}
	else if (packer->family == LINK_FAMILY_UUID)
	{
		memcpy(to, first->uuid, UUID_LEN);
		to += UUID_LEN;
	}
	else
	{
		to = link_put_varint(to, first->text.length);
		memcpy(to, first->text.data, first->text.length);
		to += first->text.length;
	}
	packer->used = to - packer->data;
	packer->nkeys += nkeys;
	packer->text_bytes += text_bytes;
}

/* What is to be known of the steps of a block before they are written. */
typedef struct NumberSteps
{
	bool		even;			/* they are all the same */
	int			mean_length;	/* in bits */
	int			order;			/* of the code that they take the fewest bits in */
	uint64		bits;			/* these */
} NumberSteps;

static void
find_steps(LinkPacker *packer, NumberSteps *found)
{
	int			nsteps = packer->nopen - 1;
	uint64		lengths = 0;
	uint64		differences = 0;

	for (int i = 0; i < nsteps; i++)
	{
		uint64		step = (uint64) packer->keys[i + 1].number - (uint64) packer->keys[i].number - 1;

		if (packer->ordered)
			step = link_zigzag(step);
		packer->steps[i] = step;
		differences |= step ^ packer->steps[0];
		lengths += step == 0 ? 0 : pg_leftmost_one_pos64(step) + 1;
	}
	found->even = differences == 0;
	found->mean_length = nsteps > 0 ? (int) (lengths / nsteps) : 0;
}

/* The best order is the mean of the lengths, or next to it. */
static void
find_order(const uint64 *steps, int nsteps, NumberSteps *found)
{
	int			middle = Min(Max(found->mean_length, 1), LINK_EVEN_STEPS - 2);
	uint64		bits[3] = {0, 0, 0};
	int			best = 0;

	for (int i = 0; i < nsteps; i++)
	{
		bits[0] += link_step_size(steps[i], middle - 1);
		bits[1] += link_step_size(steps[i], middle);
		bits[2] += link_step_size(steps[i], middle + 1);
	}
	for (int i = 1; i < 3; i++)
		if (bits[i] < bits[best])
			best = i;
	found->order = middle - 1 + best;
	found->bits = bits[best];
}

static void
write_even_steps(LinkPacker *packer)
{
	char		buffer[1 + LINK_VARINT_SIZE];
	Size		size = 0;

	if (packer->nopen > 1)
	{
		buffer[0] = LINK_EVEN_STEPS;
		size = link_put_varint(buffer + 1, packer->steps[0]) - buffer;
	}
	write_head(packer, packer->nopen, 0, size, &packer->keys[0]);
	memcpy(make_room(packer, size), buffer, size);
	packer->used += size;
}

static void
write_numbers(LinkPacker *packer)
{
	int			nsteps = packer->nopen - 1;
	NumberSteps steps;
	uint64		place = 0;
	Size		size;
	char	   *to;

	find_steps(packer, &steps);
	if (steps.even)
	{
		write_even_steps(packer);
		return;
	}
	find_order(packer->steps, nsteps, &steps);
	size = 1 + (steps.bits + 7) / 8;
	write_head(packer, packer->nopen, 0, size, &packer->keys[0]);
	to = make_room(packer, size);
	packer->used += size;
	*to++ = (char) steps.order;
	memset(to, 0, size + LINK_BITS_SLACK - 1);
	for (int i = 0; i < nsteps; i++)
		link_put_step(to, &place, packer->steps[i], steps.order);
}

static inline const char *
string_of(LinkFamily family, const LinkKey *key, int *length)
{
	*length = family == LINK_FAMILY_UUID ? UUID_LEN : key->text.length;
	return family == LINK_FAMILY_UUID ? (const char *) key->uuid : key->text.data;
}

/* How many bytes a string begins with that the one before begins with, too. */
static int
shared_bytes(const char *a, int alen, const char *b, int blen)
{
	int			n = Min(alen, blen);
	int			shared = 0;

	while (shared < n && a[shared] == b[shared])
		shared++;
	return shared;
}

static char *
put_long(char *to, int length)
{
	return length < LINK_LONG ? to : link_put_varint(to, length - LINK_LONG);
}

/* The step from one string to the next. */
static char *
put_string_step(char *to, LinkFamily family, const char *string, int length, int before, int shared)
{
	int			gone = before - shared;
	int			rest = length - shared;

	if (family == LINK_FAMILY_UUID)
		*to++ = (char) shared;
	else
	{
		*to++ = (char) (Min(gone, LINK_LONG) << 4 | Min(rest, LINK_LONG));
		to = put_long(to, gone);
		to = put_long(to, rest);
	}
	memcpy(to, string + shared, rest);
	return to + rest;
}

/* Puts the steps into memory of their own, as their size goes before them. */
static char *
steps_of_strings(LinkPacker *packer, Size *size, uint32 *text_bytes)
{
	int			before;
	const char *last = string_of(packer->family, &packer->keys[0], &before);
	Size		most = 0;
	char	   *steps;
	char	   *to;

	*text_bytes = 0;
	for (int i = 0; i < packer->nopen; i++)
	{
		int			length;

		(void) string_of(packer->family, &packer->keys[i], &length);
		*text_bytes += length;
		most += 1 + 2 * LINK_VARINT_SIZE + length;
	}
	to = steps = palloc(most);
	for (int i = 1; i < packer->nopen; i++)
	{
		int			length;
		const char *string = string_of(packer->family, &packer->keys[i], &length);

		to = put_string_step(to, packer->family, string, length, before,
							 shared_bytes(last, before, string, length));
		last = string;
		before = length;
	}
	*size = to - steps;
	return steps;
}

static void
write_strings(LinkPacker *packer)
{
	uint32		text_bytes;
	Size		size;
	char	   *steps = steps_of_strings(packer, &size, &text_bytes);

	write_head(packer, packer->nopen, link_family_has_texts(packer->family) ? text_bytes : 0,
			   size, &packer->keys[0]);
	memcpy(make_room(packer, size), steps, size);
	packer->used += size;
	pfree(steps);
}

static void
finish_block(LinkPacker *packer)
{
	if (packer->nopen == 0)
		return;
	if (packer->family == LINK_FAMILY_INTEGER)
		write_numbers(packer);
	else
		write_strings(packer);
	packer->nopen = 0;
}

/* The key, if it is a text, must stay until the value is finished. */
void
link_pack_key(LinkPacker *packer, const LinkKey *key)
{
	if (packer->nopen > 0 &&
		(packer->nopen == block_limit(packer->family) || begins_block(packer->family, key)))
		finish_block(packer);
	if (packer->nopen == packer->room)
	{
		packer->room *= 2;
		packer->keys = repalloc(packer->keys, packer->room * sizeof(LinkKey));
		packer->steps = repalloc(packer->steps, packer->room * sizeof(uint64));
	}
	/* no more is read than has just been written */
	if (packer->family == LINK_FAMILY_INTEGER)
		packer->keys[packer->nopen++].number = key->number;
	else
		packer->keys[packer->nopen++] = *key;
}

/*
 * Takes over the block at whose first key a cursor stands, if it is known to be
 * a block here, too: no key before it belongs to it, and the key behind it, which
 * is before rank "to" and so comes next, begins another.
 */
bool
link_pack_block(LinkPacker *packer, LinkCursor *cursor, int to)
{
	const LinkBlock *block = &cursor->block;
	Size		steps = block->end - block->steps;

	if (cursor->rank != cursor->block_rank || cursor->is_last ||
		cursor->block_rank + block->nkeys >= to)
		return false;
	if (packer->nkeys + packer->nopen > 0 && !begins_block(packer->family, &block->first))
		return false;
	if (!begins_block(packer->family, &cursor->ahead.first))
		return false;
	finish_block(packer);
	write_head(packer, block->nkeys, block->text_bytes, steps, &block->first);
	memcpy(make_room(packer, steps), block->steps, steps);
	packer->used += steps;
	return true;
}

/* The value with its header still empty; the packer is gone. */
Link *
link_packer_finish(LinkPacker *packer, int nkeys, Size *size, uint32 *text_bytes)
{
	Link	   *link;

	finish_block(packer);
	if (packer->nkeys != nkeys)
		link_refuse_damaged();
	link = (Link *) packer->data;
	*size = packer->used;
	*text_bytes = packer->text_bytes;
	pfree(packer->keys);
	pfree(packer->steps);
	pfree(packer);
	return link;
}
