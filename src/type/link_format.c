/*
 * link_format.c: the stored form of a link, and the only code that knows it.
 *
 * After the varlena header come four bytes:
 *
 *		version		LINK_FORMAT_VERSION, so that other encodings can follow
 *		kind		LinkKind of the keys
 *		flags		LINK_ORDERED, LINK_TO_ONE
 *		reserved	0
 *
 * Keys of a fixed width (int2, int4, int8, uuid) follow one after the other, in
 * the byte order of the machine; their number follows from the length.  Keys
 * that are text (text, other, unresolved) are
 *
 *		uint32		number of keys
 *		uint32[]	for each key, where its text ends, counted from the first text
 *		bytes		the texts one after the other, in the database encoding
 *
 * so that any key is found without walking, in both forms, and binary search
 * works.  Nothing is aligned: values with a short varlena header are read in
 * place.
 *
 * Plain links are sorted by key and distinct, so equal sets of a kind are equal
 * bytes.  Ordered and unresolved ones are distinct, in the order written.
 *
 * STORAGE is EXTERNAL.  A link column is rewritten whenever a link is made or
 * broken, and what a compressed value costs then is taking it apart and packing
 * it again (six to eight times the rest); keys hardly compress anyway.  A large
 * value that an UPDATE does not touch stays where it is in the TOAST table.
 */
#include "type/link_format.h"

#include "utils/memutils.h"

#define LINK_COUNT_SIZE		sizeof(uint32)

static inline uint32
get_uint32(const char *from)
{
	uint32		result;

	memcpy(&result, from, sizeof(result));
	return result;
}

static inline void
put_uint32(char *to, uint32 value)
{
	memcpy(to, &value, sizeof(value));
}

static void
refuse_stored(const char *what, int value)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("stored link has an unknown %s: %d", what, value),
			 errhint("It may have been written by a later version of interlink.")));
}

/* Finds the parts behind the header; the sizes must fit each other. */
static void
view_keys(LinkView *view, const char *body, Size size)
{
	Size		nkeys;

	view->width = link_kind_width(view->kind);
	view->ends = NULL;
	if (view->width > 0)
	{
		if (size % view->width != 0)
			refuse_stored("length", (int) size);
		view->nkeys = (int) (size / view->width);
		view->keys = body;
		return;
	}
	nkeys = size < LINK_COUNT_SIZE ? 0 : get_uint32(body);
	if (size < LINK_COUNT_SIZE || nkeys > (size - LINK_COUNT_SIZE) / sizeof(uint32))
		refuse_stored("length", (int) size);
	view->nkeys = (int) nkeys;
	view->ends = body + LINK_COUNT_SIZE;
	view->keys = view->ends + nkeys * sizeof(uint32);
}

/* Opens a value for reading.  Only a toasted one is copied. */
LinkView
link_view(Datum datum)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(datum);
	const char *header = VARDATA_ANY(value);
	Size		size = VARSIZE_ANY_EXHDR(value);
	LinkView	view;

	if (size < LINK_HEADER_SIZE)
		refuse_stored("length", (int) size);
	if ((uint8) header[0] != LINK_FORMAT_VERSION)
		refuse_stored("format version", (uint8) header[0]);
	if ((uint8) header[1] > LINK_OTHER)
		refuse_stored("kind of keys", (uint8) header[1]);

	view.kind = (LinkKind) header[1];
	view.flags = (uint8) header[2];
	view.owned = value == (struct varlena *) DatumGetPointer(datum) ? NULL : value;
	view_keys(&view, header + LINK_HEADER_SIZE, size - LINK_HEADER_SIZE);
	return view;
}

void
link_view_free(LinkView *view)
{
	if (view->owned != NULL)
		pfree(view->owned);
	view->owned = NULL;
}

static inline uint32
text_end(const LinkView *view, int i)
{
	return i < 0 ? 0 : get_uint32(view->ends + i * sizeof(uint32));
}

LinkKey
link_view_key(const LinkView *view, int i)
{
	const char *at = view->keys + (Size) i * view->width;
	LinkKey		key;
	int16		small;
	int32		middle;

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
			key.text.data = view->keys + text_end(view, i - 1);
			key.text.length = (int) (text_end(view, i) - text_end(view, i - 1));
			break;
	}
	return key;
}

/* The bytes of text in a range of keys; 0 for keys of a fixed width. */
Size
link_view_bytes(const LinkView *view, int from, int to)
{
	if (view->width > 0)
		return 0;
	return text_end(view, to - 1) - text_end(view, from - 1);
}

void
link_writer_start(LinkWriter *writer, LinkKind kind, uint8 flags,
				  int nkeys, Size text_bytes)
{
	Size		size = VARHDRSZ + LINK_HEADER_SIZE;

	writer->width = link_kind_width(kind);
	if (writer->width > 0)
		size += (Size) nkeys * writer->width;
	else
		size += LINK_COUNT_SIZE + (Size) nkeys * sizeof(uint32) + text_bytes;
	if (!AllocSizeIsValid(size))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("link of %d keys is too large", nkeys)));

	writer->link = palloc(size);
	SET_VARSIZE(writer->link, size);
	writer->link->version = LINK_FORMAT_VERSION;
	writer->link->kind = kind;
	writer->link->flags = flags;
	writer->link->reserved = 0;
	writer->nkeys = 0;
	writer->used = 0;
	writer->ends = NULL;
	writer->keys = (char *) writer->link + VARHDRSZ + LINK_HEADER_SIZE;
	if (writer->width == 0)
	{
		put_uint32(writer->keys, nkeys);
		writer->ends = writer->keys + LINK_COUNT_SIZE;
		writer->keys = writer->ends + (Size) nkeys * sizeof(uint32);
	}
}

/* Takes over a run of keys from a value of the same kind. */
void
link_writer_copy(LinkWriter *writer, const LinkView *view, int from, int to)
{
	uint32		start;
	Size		bytes;

	if (to <= from)
		return;
	if (writer->width > 0)
	{
		memcpy(writer->keys + (Size) writer->nkeys * writer->width,
			   view->keys + (Size) from * view->width,
			   (Size) (to - from) * view->width);
		writer->nkeys += to - from;
		return;
	}
	start = text_end(view, from - 1);
	bytes = link_view_bytes(view, from, to);
	memcpy(writer->keys + writer->used, view->keys + start, bytes);
	for (int i = from; i < to; i++)
		put_uint32(writer->ends + (Size) writer->nkeys++ * sizeof(uint32),
				   text_end(view, i) - start + writer->used);
	writer->used += bytes;
}

void
link_writer_key(LinkWriter *writer, const LinkKey *key)
{
	char	   *at = writer->keys + (Size) writer->nkeys * writer->width;
	int16		small;
	int32		middle;

	switch ((LinkKind) writer->link->kind)
	{
		case LINK_INT2:
			small = (int16) key->number;
			memcpy(at, &small, sizeof(small));
			break;
		case LINK_INT4:
			middle = (int32) key->number;
			memcpy(at, &middle, sizeof(middle));
			break;
		case LINK_INT8:
			memcpy(at, &key->number, sizeof(key->number));
			break;
		case LINK_UUID:
			memcpy(at, key->uuid, UUID_LEN);
			break;
		default:
			memcpy(writer->keys + writer->used, key->text.data, key->text.length);
			writer->used += key->text.length;
			put_uint32(writer->ends + (Size) writer->nkeys * sizeof(uint32), writer->used);
			break;
	}
	writer->nkeys++;
}

/* A value of keys that are distinct and in their final order already. */
Link *
link_build(LinkKind kind, uint8 flags, int nkeys, const LinkKey *keys)
{
	LinkWriter	writer;
	Size		bytes = 0;

	if (link_kind_width(kind) == 0)
		for (int i = 0; i < nkeys; i++)
			bytes += keys[i].text.length;
	link_writer_start(&writer, kind, flags, nkeys, bytes);
	for (int i = 0; i < nkeys; i++)
		link_writer_key(&writer, &keys[i]);
	return writer.link;
}
