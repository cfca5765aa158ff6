/*
 * link_format.c: the stored form of a link, described here once, and how values
 * are read.  link_blocks.c reads keys in blocks, link_writer.c makes values, and
 * link_pack.c blocks.  No other file knows the form: all use views and writers.
 *
 * After the varlena header come four bytes:
 *
 *		version		how the keys are stored: 1 flat, 2 in blocks
 *		kind		LinkKind of the keys
 *		flags		LINK_ORDERED, LINK_TO_ONE
 *		reserved	0
 *
 * FLAT: keys of a fixed width (int2, int4, int8, uuid) one after the other, in
 * the byte order of the machine; their number follows from the length.  Keys
 * that are text (text, other, unresolved) are
 *
 *		uint32		number of keys
 *		uint32[]	for each key, where its text ends, counted from the first text
 *		bytes		the texts one after the other, in the database encoding
 *
 * so that any key is found without walking.
 *
 * BLOCKS: a link column is rewritten whenever a link is made or broken, so its
 * size is what links cost.  Keys in a row differ in little, and only that is
 * stored:
 *
 *		uint32		number of keys
 *		uint32		bytes of all texts (text and other only)
 *		blocks, each
 *			varint		number of keys
 *			varint		bytes of their texts (text and other only)
 *			varint		bytes of the steps
 *			first key	an integer: varint, zigzag, of the difference to the first
 *						key of the block before, or to 0; a uuid: 16 bytes; a
 *						text: varint of its length, bytes
 *			steps		from each key to the next; none if there is one key
 *
 * The step between integers is their difference less 1; in ordered links it may
 * be negative and is zigzag.  Steps begin with a byte: 64 if all are the same,
 * which follows as a varint, as for keys in a row; else the order of an
 * exponential Golomb code (link_bits.h) in which they follow.  The step between
 * uuids is a byte, how many bytes both begin with, and the bytes that follow.
 * The step between texts is how many bytes to take from the end of the one
 * before, and how many to put there, four bits each, each with a varint behind
 * the byte of what it exceeds 15 by if it is 15; and the bytes to put there.
 *
 * A key whose hash says so begins a block, about every 256th integer and 128th
 * string, wherever it stands; and so does one after a block of four times as
 * many.  So editing changes the blocks at hand only, and the others are copied.
 * To find a key, all blocks but one are skipped.
 *
 * Written are, flat, up to 16 keys, unresolved values, strings that are not
 * sorted, and what would not be smaller in blocks; all else in blocks.  Flat
 * values of any size are read, as they were written before there were blocks.
 * The form is a matter of the keys alone, not of how a set has come about: sets
 * that are equal, of one kind and flags, are equal bytes.
 *
 * Plain links are sorted by key and distinct.  Ordered and unresolved ones are
 * distinct, in the order written.  Nothing is aligned: values with a short
 * varlena header are read in place.
 *
 * STORAGE is EXTERNAL.  Compression would find nothing in what is left, and
 * takes many times longer than all the rest.  A large value that an UPDATE does
 * not touch stays where it is in the TOAST table.
 */
#include "type/link_stored.h"

#include "access/detoast.h"
#include "utils/memutils.h"

static void
refuse_stored(const char *what, int value)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("stored link has an unknown %s: %d", what, value),
			 errhint("It may have been written by a later version of interlink.")));
}

void
link_refuse_damaged(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("stored link is damaged")));
}

/* Finds the parts of a flat value; the sizes must fit each other. */
static void
view_flat(LinkView *view)
{
	Size		nkeys;

	view->cursor = NULL;
	view->ends = NULL;
	view->keys = view->body;
	if (view->width > 0)
	{
		if (view->size % view->width != 0)
			link_refuse_damaged();
		view->nkeys = (int) (view->size / view->width);
		return;
	}
	nkeys = view->size < LINK_COUNT_SIZE ? 0 : link_get_uint32(view->body);
	if (view->size < LINK_COUNT_SIZE ||
		nkeys > (view->size - LINK_COUNT_SIZE) / sizeof(uint32))
		link_refuse_damaged();
	view->nkeys = (int) nkeys;
	view->ends = view->body + LINK_COUNT_SIZE;
	view->keys = view->ends + nkeys * sizeof(uint32);
}

static void
view_blocks(LinkView *view)
{
	LinkFamily	family = link_kind_family(view->kind);
	Size		offset = link_blocks_offset(family);
	uint32		text_bytes = 0;

	view->keys = NULL;
	view->ends = NULL;
	if (view->size <= offset || link_get_uint32(view->body) > (uint64) view->size * LINK_BLOCK_LIMIT)
		link_refuse_damaged();
	view->nkeys = (int) link_get_uint32(view->body);
	if (link_family_has_texts(family))
		text_bytes = link_get_uint32(view->body + LINK_COUNT_SIZE);
	if (view->nkeys <= 0 || !AllocSizeIsValid(text_bytes))
		link_refuse_damaged();
	view->cursor = link_cursor_open(family, (view->flags & LINK_ORDERED) != 0, text_bytes,
									view->body + offset, view->body + view->size);
}

/* Reads the header; what it says is known here, or it is an error. */
static void
check_header(const char *header, Size size)
{
	if (size < LINK_HEADER_SIZE)
		link_refuse_damaged();
	if ((uint8) header[0] != LINK_FLAT && (uint8) header[0] != LINK_BLOCKS)
		refuse_stored("format version", (uint8) header[0]);
	if ((uint8) header[1] > LINK_OTHER)
		refuse_stored("kind of keys", (uint8) header[1]);
}

/* Opens a value for reading.  Only a toasted one is copied. */
LinkView
link_view(Datum datum)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(datum);
	const char *header = VARDATA_ANY(value);
	Size		size = VARSIZE_ANY_EXHDR(value);
	LinkView	view;

	check_header(header, size);
	view.kind = (LinkKind) header[1];
	view.flags = (uint8) header[2];
	view.width = link_kind_width(view.kind);
	view.body = header + LINK_HEADER_SIZE;
	view.size = size - LINK_HEADER_SIZE;
	view.owned = value == (struct varlena *) DatumGetPointer(datum) ? NULL : value;
	if ((uint8) header[0] == LINK_FLAT)
		view_flat(&view);
	else
		view_blocks(&view);
	return view;
}

void
link_view_free(LinkView *view)
{
	if (view->cursor != NULL)
		link_cursor_close(view->cursor);
	if (view->owned != NULL)
		pfree(view->owned);
	view->cursor = NULL;
	view->owned = NULL;
}

/* The number of keys; of a large value only the beginning is read. */
int
link_count(Datum datum)
{
	struct varlena *start = PG_DETOAST_DATUM_SLICE(datum, 0, LINK_HEADER_SIZE + LINK_COUNT_SIZE);
	const char *header = VARDATA_ANY(start);
	Size		size = VARSIZE_ANY_EXHDR(start);
	int			width;

	check_header(header, size);
	width = link_kind_width((LinkKind) header[1]);
	if ((uint8) header[0] == LINK_FLAT && width > 0)
		return (int) ((toast_raw_datum_size(datum) - VARHDRSZ - LINK_HEADER_SIZE) / width);
	if (size < LINK_HEADER_SIZE + LINK_COUNT_SIZE)
		link_refuse_damaged();
	return (int) link_get_uint32(header + LINK_HEADER_SIZE);
}

/* Keys one after the other are fastest. */
LinkKey
link_view_key(const LinkView *view, int i)
{
	const char *at = view->keys + (Size) i * view->width;
	LinkKey		key;
	int16		small;
	int32		middle;
	uint32		length;

	if (view->cursor != NULL)
	{
		link_cursor_seek(view->cursor, i);
		if (view->cursor->family != LINK_FAMILY_INTEGER)
			return view->cursor->key;
		key.number = view->cursor->key.number;
		return key;
	}
	switch (view->kind)
	{
		case LINK_INT2:
			memcpy(&small, at, sizeof(small));
			key.number = small;
			break;
		case LINK_INT4:
			memcpy(&middle, at, sizeof(middle));
			key.number = middle;
			break;
		case LINK_INT8:
			memcpy(&key.number, at, sizeof(key.number));
			break;
		case LINK_UUID:
			memcpy(key.uuid, at, UUID_LEN);
			break;
		default:
			key.text.data = link_flat_texts(view, i, i + 1, &length);
			key.text.length = (int) length;
			break;
	}
	return key;
}

/* Finds a key in a sorted flat value, or the place where it would be. */
static bool
find_in_flat(const LinkView *view, const LinkKey *key, int *position)
{
	LinkFamily	family = link_kind_family(view->kind);
	int			low = 0;
	int			high = view->nkeys;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;
		LinkKey		found = link_view_key(view, middle);
		int			result = link_key_compare(family, &found, key);

		if (result == 0)
		{
			*position = middle;
			return true;
		}
		if (result < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*position = low;
	return false;
}

/* Finds a key in a sorted view, or the place where it would be. */
bool
link_view_find(const LinkView *view, const LinkKey *key, int *position)
{
	if (view->cursor != NULL)
		return link_cursor_find(view->cursor, key, position);
	return find_in_flat(view, key, position);
}

/* The bytes of text of all keys; 0 for keys of a fixed width. */
Size
link_view_text_bytes(const LinkView *view)
{
	if (view->width > 0)
		return 0;
	return view->cursor != NULL ? view->cursor->text_bytes : link_text_end(view, view->nkeys - 1);
}

/* Whether equal keys of two values would be equal bytes. */
static bool
stored_alike(const LinkView *a, const LinkView *b)
{
	if (a->width != b->width || (a->cursor == NULL) != (b->cursor == NULL) ||
		link_kind_family(a->kind) != link_kind_family(b->kind))
		return false;
	return a->cursor == NULL || a->cursor->ordered == b->cursor->ordered;
}

/* Whether two values of one family hold the same keys in the same order. */
bool
link_view_identical(const LinkView *a, const LinkView *b)
{
	LinkFamily	family = link_kind_family(a->kind);

	if (a->nkeys != b->nkeys)
		return false;
	if (stored_alike(a, b))
		return a->size == b->size && memcmp(a->body, b->body, a->size) == 0;
	for (int i = 0; i < a->nkeys; i++)
	{
		LinkKey		x = link_view_key(a, i);
		LinkKey		y = link_view_key(b, i);

		if (link_key_compare(family, &x, &y) != 0)
			return false;
	}
	return true;
}
