/*
 * link_blocks.c: reading keys that are stored in blocks.
 *
 * A cursor moves forwards key by key, and block by block without looking inside
 * them.  Backwards it goes to the start of its block or of the value.  Keys of
 * text are put together in memory of the cursor, each at a place of its own, so
 * that they stay as long as it does.
 *
 * Nothing is believed that could lead out of the value: it may be damaged.
 */
#include "type/link_stored.h"

#include "type/link_bits.h"

static inline const char *
checked(const char *at)
{
	if (at == NULL)
		link_refuse_damaged();
	return at;
}

/* Reads the first key of a block; returns what follows it. */
static const char *
parse_first(const LinkCursor *cursor, const char *at, int64 previous, LinkKey *first)
{
	uint64		value;

	if (cursor->family == LINK_FAMILY_UUID)
	{
		if (cursor->end - at < UUID_LEN)
			link_refuse_damaged();
		memcpy(first->uuid, at, UUID_LEN);
		return at + UUID_LEN;
	}
	at = checked(link_get_varint(at, cursor->end, &value));
	if (cursor->family == LINK_FAMILY_INTEGER)
	{
		first->number = (int64) ((uint64) previous + link_unzigzag(value));
		return at;
	}
	if (value > (uint64) (cursor->end - at))
		link_refuse_damaged();
	first->text.data = at;
	first->text.length = (int) value;
	return at + value;
}

static void
parse_block(const LinkCursor *cursor, const char *at, int64 previous, LinkBlock *block)
{
	uint64		nkeys;
	uint64		text_bytes = 0;
	uint64		size;

	at = checked(link_get_varint(at, cursor->end, &nkeys));
	if (link_family_has_texts(cursor->family))
		at = checked(link_get_varint(at, cursor->end, &text_bytes));
	at = checked(link_get_varint(at, cursor->end, &size));
	at = parse_first(cursor, at, previous, &block->first);
	if (nkeys - 1 >= LINK_BLOCK_LIMIT || size > (uint64) (cursor->end - at) ||
		(nkeys == 1) != (size == 0) || text_bytes > cursor->text_bytes)
		link_refuse_damaged();
	block->nkeys = (int) nkeys;
	block->text_bytes = (uint32) text_bytes;
	block->steps = at;
	block->end = at + size;
}

/* How the steps of a block of integers are written. */
static void
parse_order(LinkCursor *cursor)
{
	uint64		step;

	cursor->order = (uint8) *cursor->block.steps;
	cursor->at = cursor->block.steps + 1;
	cursor->place = 0;
	if (cursor->order > LINK_EVEN_STEPS)
		link_refuse_damaged();
	if (cursor->order < LINK_EVEN_STEPS)
		return;
	checked(link_get_varint(cursor->at, cursor->block.end, &step));
	cursor->even = 1 + (cursor->ordered ? link_unzigzag(step) : step);
	if (cursor->even == 0)
		link_refuse_damaged();
}

/* Goes to the first key of the block at hand. */
static void
restart_block(LinkCursor *cursor)
{
	cursor->rank = cursor->block_rank;
	cursor->key = cursor->block.first;
	if (cursor->family == LINK_FAMILY_INTEGER)
	{
		if (cursor->block.nkeys > 1)
			parse_order(cursor);
		return;
	}
	cursor->at = cursor->block.steps;
	if (link_family_has_texts(cursor->family))
		cursor->text_used = cursor->key.text.length;
}

static void
look_ahead(LinkCursor *cursor)
{
	cursor->is_last = cursor->block.end == cursor->end;
	if (!cursor->is_last)
		parse_block(cursor, cursor->block.end, cursor->block.first.number, &cursor->ahead);
}

static void
rewind_cursor(LinkCursor *cursor)
{
	parse_block(cursor, cursor->blocks, 0, &cursor->block);
	cursor->block_rank = 0;
	cursor->block_text = 0;
	look_ahead(cursor);
	restart_block(cursor);
}

static void
next_block(LinkCursor *cursor)
{
	if (cursor->is_last)
		link_refuse_damaged();
	cursor->block_rank += cursor->block.nkeys;
	cursor->block_text += cursor->block.text_bytes;
	cursor->block = cursor->ahead;
	look_ahead(cursor);
	restart_block(cursor);
}

static void
next_number(LinkCursor *cursor)
{
	uint64		step;

	if (cursor->order == LINK_EVEN_STEPS)
	{
		cursor->key.number = (int64) ((uint64) cursor->key.number + cursor->even);
		return;
	}
	if (!link_get_step(cursor->at, cursor->block.end, &cursor->place, cursor->order, &step))
		link_refuse_damaged();
	if (cursor->ordered)
		step = link_unzigzag(step);
	cursor->key.number = (int64) ((uint64) cursor->key.number + step + 1);
}

/* A uuid begins as the one before; behind how many bytes it differs comes first. */
static void
next_uuid(LinkCursor *cursor)
{
	int			shared;

	if (cursor->at == cursor->block.end)
		link_refuse_damaged();
	shared = (uint8) *cursor->at++;
	if (shared >= UUID_LEN || cursor->block.end - cursor->at < UUID_LEN - shared)
		link_refuse_damaged();
	memcpy(cursor->key.uuid + shared, cursor->at, UUID_LEN - shared);
	cursor->at += UUID_LEN - shared;
}

/* A length in four bits, or what it exceeds them by behind the byte. */
static uint64
next_length(LinkCursor *cursor, int bits)
{
	uint64		more = 0;

	if (bits == LINK_LONG)
		cursor->at = checked(link_get_varint(cursor->at, cursor->block.end, &more));
	return bits + more;
}

/* A text is the one before with some bytes taken from its end, and others put there. */
static void
next_text(LinkCursor *cursor)
{
	uint64		length = cursor->key.text.length;
	uint64		gone;
	uint64		rest;
	uint8		lengths;
	char	   *text;

	if (cursor->at == cursor->block.end)
		link_refuse_damaged();
	lengths = (uint8) *cursor->at++;
	gone = next_length(cursor, lengths >> 4);
	rest = next_length(cursor, lengths & 0x0F);
	if (gone > length || rest > (uint64) (cursor->block.end - cursor->at) ||
		cursor->text_used + length - gone + rest > cursor->block.text_bytes ||
		(uint64) cursor->block_text + cursor->block.text_bytes > cursor->text_bytes)
		link_refuse_damaged();
	if (cursor->texts == NULL)
		cursor->texts = palloc(cursor->text_bytes);
	text = cursor->texts + cursor->block_text + cursor->text_used;
	memcpy(text, cursor->key.text.data, length - gone);
	memcpy(text + length - gone, cursor->at, rest);
	cursor->at += rest;
	cursor->key.text.data = text;
	cursor->key.text.length = (int) (length - gone + rest);
	cursor->text_used += cursor->key.text.length;
}

static inline void
next_key(LinkCursor *cursor)
{
	if (cursor->family == LINK_FAMILY_INTEGER)
		next_number(cursor);
	else if (cursor->family == LINK_FAMILY_UUID)
		next_uuid(cursor);
	else
		next_text(cursor);
	cursor->rank++;
}

LinkCursor *
link_cursor_open(LinkFamily family, bool ordered, uint32 text_bytes,
				 const char *blocks, const char *end)
{
	LinkCursor *cursor = palloc(sizeof(LinkCursor));

	cursor->family = family;
	cursor->ordered = ordered;
	cursor->blocks = blocks;
	cursor->end = end;
	cursor->text_bytes = text_bytes;
	cursor->texts = NULL;
	rewind_cursor(cursor);
	return cursor;
}

void
link_cursor_close(LinkCursor *cursor)
{
	if (cursor->texts != NULL)
		pfree(cursor->texts);
	pfree(cursor);
}

/* Goes to the key of a rank. */
void
link_cursor_seek(LinkCursor *cursor, int rank)
{
	if (rank < cursor->block_rank)
		rewind_cursor(cursor);
	else if (rank < cursor->rank)
		restart_block(cursor);
	while (rank - cursor->block_rank >= cursor->block.nkeys)
		next_block(cursor);
	if (cursor->family == LINK_FAMILY_INTEGER && rank > cursor->rank &&
		cursor->order == LINK_EVEN_STEPS)
	{
		cursor->key.number = (int64) ((uint64) cursor->key.number +
									  (uint64) (rank - cursor->rank) * cursor->even);
		cursor->rank = rank;
	}
	while (cursor->rank < rank)
		next_key(cursor);
}

/*
 * Packs the keys from the one at hand up to a rank, or to the end of the block;
 * returns the rank of the next one.
 */
int
link_cursor_pack(LinkCursor *cursor, int to, LinkPacker *packer)
{
	int			last = Min(to, cursor->block_rank + cursor->block.nkeys) - 1;

	link_pack_key(packer, &cursor->key);
	while (cursor->rank < last)
	{
		next_key(cursor);
		link_pack_key(packer, &cursor->key);
	}
	return last + 1;
}

/* Goes to the block that holds a key if the value does. */
static void
seek_block(LinkCursor *cursor, const LinkKey *key)
{
	if (link_key_compare(cursor->family, &cursor->key, key) > 0)
	{
		if (link_key_compare(cursor->family, &cursor->block.first, key) > 0)
			rewind_cursor(cursor);
		else
			restart_block(cursor);
	}
	while (!cursor->is_last && link_key_compare(cursor->family, &cursor->ahead.first, key) <= 0)
		next_block(cursor);
}

/* Finds a key in a value that is sorted, or the rank that it would have. */
bool
link_cursor_find(LinkCursor *cursor, const LinkKey *key, int *rank)
{
	int			last;
	int			order;

	seek_block(cursor, key);
	last = cursor->block_rank + cursor->block.nkeys - 1;
	if (cursor->family == LINK_FAMILY_INTEGER && cursor->rank < last &&
		cursor->order == LINK_EVEN_STEPS && cursor->key.number < key->number)
	{
		uint64		distance = (uint64) key->number - (uint64) cursor->key.number;

		link_cursor_seek(cursor, (int) Min((uint64) last, cursor->rank + distance / cursor->even));
	}
	while ((order = link_key_compare(cursor->family, &cursor->key, key)) < 0 && cursor->rank < last)
		next_key(cursor);
	*rank = cursor->rank + (order < 0);
	return order == 0;
}
