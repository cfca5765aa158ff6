/*
 * link_writer.c: making values in their stored form, which link_format.c
 * describes.
 */
#include "type/link_stored.h"

#include "utils/memutils.h"

/* Whether so many keys may be stored in blocks, if that makes the value smaller. */
static bool
may_use_blocks(LinkKind kind, uint8 flags, int nkeys)
{
	if (nkeys <= LINK_FLAT_KEYS || kind == LINK_UNRESOLVED)
		return false;
	return link_kind_family(kind) == LINK_FAMILY_INTEGER || (flags & LINK_ORDERED) == 0;
}

static void
set_header(Link *link, Size size, uint8 version, LinkKind kind, uint8 flags)
{
	SET_VARSIZE(link, size);
	link->version = version;
	link->kind = kind;
	link->flags = flags;
	link->reserved = 0;
}

static void
start_flat(LinkWriter *writer)
{
	writer->link = palloc(writer->flat_size);
	set_header(writer->link, writer->flat_size, LINK_FLAT, writer->kind, writer->flags);
	writer->written = 0;
	writer->used = 0;
	writer->ends = NULL;
	writer->keys = (char *) writer->link + VARHDRSZ + LINK_HEADER_SIZE;
	if (writer->width == 0)
	{
		link_put_uint32(writer->keys, writer->nkeys);
		writer->ends = writer->keys + LINK_COUNT_SIZE;
		writer->keys = writer->ends + (Size) writer->nkeys * sizeof(uint32);
	}
}

/* Starts a value of so many keys, which must then be written in their order. */
void
link_writer_start(LinkWriter *writer, LinkKind kind, uint8 flags,
				  int nkeys, Size text_bytes)
{
	Size		size = VARHDRSZ + LINK_HEADER_SIZE;

	writer->kind = kind;
	writer->flags = flags;
	writer->nkeys = nkeys;
	writer->width = link_kind_width(kind);
	writer->packer = NULL;
	if (writer->width > 0)
		size += (Size) nkeys * writer->width;
	else
		size += LINK_COUNT_SIZE + (Size) nkeys * sizeof(uint32) + text_bytes;
	if (!AllocSizeIsValid(size))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("link of %d keys is too large", nkeys)));
	writer->flat_size = size;
	if (may_use_blocks(kind, flags, nkeys))
		writer->packer = link_packer_start(kind, flags, VARHDRSZ + LINK_HEADER_SIZE +
										   link_blocks_offset(link_kind_family(kind)));
	else
		start_flat(writer);
}

/* A damaged value may yield other keys than it has promised. */
static inline void
check_room(const LinkWriter *writer, int nkeys, Size text_bytes)
{
	if (nkeys > writer->nkeys - writer->written ||
		(writer->width == 0 && text_bytes > (Size) ((char *) writer->link + writer->flat_size -
													(writer->keys + writer->used))))
		link_refuse_damaged();
}

/* Takes over keys of a flat value, stored in the same way. */
static void
copy_flat(LinkWriter *writer, const LinkView *view, int from, int to)
{
	uint32		start;
	uint32		bytes;
	const char *texts;

	if (writer->width > 0)
	{
		check_room(writer, to - from, 0);
		memcpy(writer->keys + (Size) writer->written * writer->width,
			   view->keys + (Size) from * view->width,
			   (Size) (to - from) * view->width);
		writer->written += to - from;
		return;
	}
	texts = link_flat_texts(view, from, to, &bytes);
	check_room(writer, to - from, bytes);
	memcpy(writer->keys + writer->used, texts, bytes);
	start = link_text_end(view, from - 1);
	for (int i = from; i < to; i++)
		link_put_uint32(writer->ends + (Size) writer->written++ * sizeof(uint32),
						link_text_end(view, i) - start + writer->used);
	writer->used += bytes;
}

/* Whether blocks of a value may be taken over as they are. */
static bool
same_blocks(const LinkWriter *writer, const LinkView *view)
{
	return writer->packer != NULL && view->cursor != NULL &&
		writer->packer->ordered == view->cursor->ordered;
}

/* Takes over a run of keys from a value of the same kind, without looking at them where it can. */
void
link_writer_copy(LinkWriter *writer, const LinkView *view, int from, int to)
{
	if (to <= from)
		return;
	if (writer->packer == NULL && view->cursor == NULL)
	{
		copy_flat(writer, view, from, to);
		return;
	}
	for (int i = from; i < to;)
	{
		if (!same_blocks(writer, view))
		{
			LinkKey		key = link_view_key(view, i++);

			link_writer_key(writer, &key);
			continue;
		}
		link_cursor_seek(view->cursor, i);
		if (link_pack_block(writer->packer, view->cursor, to))
			i += view->cursor->block.nkeys;
		else
			i = link_cursor_pack(view->cursor, to, writer->packer);
	}
}

/* A text must stay until the value is finished. */
void
link_writer_key(LinkWriter *writer, const LinkKey *key)
{
	char	   *at;
	int16		small;
	int32		middle;

	if (writer->packer != NULL)
	{
		link_pack_key(writer->packer, key);
		return;
	}
	check_room(writer, 1, writer->width == 0 ? key->text.length : 0);
	at = writer->keys + (Size) writer->written * writer->width;
	switch (writer->kind)
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
			link_put_uint32(writer->ends + (Size) writer->written * sizeof(uint32), writer->used);
			break;
	}
	writer->written++;
}

/* Writes a value in blocks once more, as a flat one. */
static Link *
flattened(LinkWriter *writer, Link *link)
{
	LinkView	view = link_view(LinkGetDatum(link));

	start_flat(writer);
	for (int i = 0; i < view.nkeys; i++)
	{
		LinkKey		key = link_view_key(&view, i);

		link_writer_key(writer, &key);
	}
	link_view_free(&view);
	pfree(link);
	return writer->link;
}

/* The value; it has got as many keys as it was started with. */
Link *
link_writer_finish(LinkWriter *writer)
{
	LinkPacker *packer = writer->packer;
	LinkFamily	family = link_kind_family(writer->kind);
	uint32		text_bytes;
	char	   *body;
	Link	   *link;
	Size		size;

	if (packer == NULL)
	{
		if (writer->written != writer->nkeys)
			link_refuse_damaged();
		return writer->link;
	}
	writer->packer = NULL;
	link = link_packer_finish(packer, writer->nkeys, &size, &text_bytes);
	set_header(link, size, LINK_BLOCKS, writer->kind, writer->flags);
	body = (char *) link + VARHDRSZ + LINK_HEADER_SIZE;
	link_put_uint32(body, writer->nkeys);
	if (link_family_has_texts(family))
		link_put_uint32(body + LINK_COUNT_SIZE, text_bytes);
	return size < writer->flat_size ? link : flattened(writer, link);
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
	return link_writer_finish(&writer);
}
