/*
 * link_stored.h: what the files share that know the stored form of a link, which
 * link_format.c describes.
 *
 * A cursor stands at one key of a value in blocks and moves forwards cheaply; a
 * packer takes keys one after the other, and blocks of other values as they are.
 */
#ifndef INTERLINK_LINK_STORED_H
#define INTERLINK_LINK_STORED_H

#include "type/link_format.h"

#define LINK_COUNT_SIZE		sizeof(uint32)

/* Where the steps of a block are one and the same, in place of an order k. */
#define LINK_EVEN_STEPS		64

/* So many bytes or more do not fit the four bits of a length. */
#define LINK_LONG			15

/* A block taken apart, its keys not yet. */
typedef struct LinkBlock
{
	int			nkeys;
	uint32		text_bytes;		/* of all its keys */
	LinkKey		first;
	const char *steps;			/* from the first key to the others */
	const char *end;
} LinkBlock;

struct LinkCursor
{
	LinkFamily	family;
	bool		ordered;
	const char *blocks;
	const char *end;

	LinkBlock	block;			/* the block at hand */
	int			block_rank;		/* the rank of its first key */
	uint32		block_text;		/* bytes of text in the blocks before */
	bool		is_last;
	LinkBlock	ahead;			/* the block after it, if it is not the last */

	int			rank;			/* the key at hand */
	LinkKey		key;
	int			order;			/* k of the steps, or LINK_EVEN_STEPS */
	uint64		even;			/* then the difference between two keys */
	uint64		place;			/* the bit at which the next step begins */
	const char *at;				/* the same, where steps are bytes */

	char	   *texts;			/* room for the texts of all keys */
	uint32		text_bytes;
	uint32		text_used;		/* in the block at hand */
};

struct LinkPacker
{
	LinkKind	kind;
	LinkFamily	family;
	bool		ordered;
	char	   *data;			/* the value in the making */
	Size		used;
	Size		space;
	int			nkeys;			/* in finished blocks */
	uint32		text_bytes;
	int64		previous;		/* the first key of the block before */
	LinkKey    *keys;			/* of the block being filled */
	uint64	   *steps;
	int			nopen;
	int			room;
};

/* Text and "other" keys differ in length; uuids are strings, too, but do not. */
static inline bool
link_family_has_texts(LinkFamily family)
{
	return family == LINK_FAMILY_STRING;
}

/* The bytes between the header and the blocks. */
static inline Size
link_blocks_offset(LinkFamily family)
{
	return link_family_has_texts(family) ? 2 * LINK_COUNT_SIZE : LINK_COUNT_SIZE;
}

static inline uint32
link_get_uint32(const char *from)
{
	uint32		result;

	memcpy(&result, from, sizeof(result));
	return result;
}

static inline void
link_put_uint32(char *to, uint32 value)
{
	memcpy(to, &value, sizeof(value));
}

/* Where a text of a flat value ends, counted from the first one. */
static inline uint32
link_text_end(const LinkView *view, int i)
{
	return i < 0 ? 0 : link_get_uint32(view->ends + i * sizeof(uint32));
}

/* Texts from one key up to another: where they start, and how many bytes they are. */
static inline const char *
link_flat_texts(const LinkView *view, int from, int to, uint32 *length)
{
	uint32		start = link_text_end(view, from - 1);
	uint32		end = link_text_end(view, to - 1);

	if (start > end || end > view->size - (view->keys - view->body))
		link_refuse_damaged();
	*length = end - start;
	return view->keys + start;
}

/* link_blocks.c */
extern LinkCursor *link_cursor_open(LinkFamily family, bool ordered, uint32 text_bytes,
									const char *blocks, const char *end);
extern void link_cursor_close(LinkCursor *cursor);
extern void link_cursor_seek(LinkCursor *cursor, int rank);
extern int	link_cursor_pack(LinkCursor *cursor, int to, LinkPacker *packer);
extern bool link_cursor_find(LinkCursor *cursor, const LinkKey *key, int *rank);

/* link_pack.c */
extern LinkPacker *link_packer_start(LinkKind kind, uint8 flags, Size header);
extern void link_pack_key(LinkPacker *packer, const LinkKey *key);
extern bool link_pack_block(LinkPacker *packer, LinkCursor *cursor, int to);
extern Link *link_packer_finish(LinkPacker *packer, int nkeys, Size *size, uint32 *text_bytes);

#endif
