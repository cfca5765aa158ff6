/*
 * link_io.c: input, output, receive, send.
 *
 * The binary form is, with integers in network order,
 *
 *		int8		format version, now 1
 *		int8		kind of the keys (LinkKind)
 *		int8		flags
 *		int32		number of keys
 *		per key		int32 length, then the bytes: an integer of the kind's
 *					width, the 16 bytes of a uuid, or text
 *
 * Receive trusts nothing: the order is made anew, too, because the order of
 * texts may differ in the encoding of the client.
 */
#include "type/link_format.h"

#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"

PG_FUNCTION_INFO_V1(link_in);
PG_FUNCTION_INFO_V1(link_out);
PG_FUNCTION_INFO_V1(link_recv);
PG_FUNCTION_INFO_V1(link_send);

#define BINARY_VERSION		1
#define BINARY_HEADER		7	/* version, kind, flags, number */
#define BINARY_KEY_HEADER	4	/* length */

Datum
link_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	int32		typmod = PG_GETARG_INT32(2);
	Link	   *link = link_parse(text, strlen(text));

	if (typmod >= 0)
		link = link_apply_typmod(LinkGetDatum(link), typmod);
	PG_RETURN_LINK(link);
}

static bool
needs_quotes(const char *text, int length)
{
	if (length == 0 || (length == 4 && pg_strncasecmp(text, "null", 4) == 0))
		return true;
	for (int i = 0; i < length; i++)
		if (link_is_blank(text[i]) || strchr("{},\"\\", text[i]) != NULL)
			return true;
	return false;
}

static void
write_text(StringInfo out, const char *text, int length)
{
	if (!needs_quotes(text, length))
	{
		appendBinaryStringInfo(out, text, length);
		return;
	}
	appendStringInfoChar(out, '"');
	if (link_is_json_object(text, length))
		appendStringInfoChar(out, '\\');
	for (int i = 0; i < length; i++)
	{
		if (text[i] == '"' || text[i] == '\\')
			appendStringInfoChar(out, '\\');
		appendStringInfoChar(out, text[i]);
	}
	appendStringInfoChar(out, '"');
}

Datum
link_out(PG_FUNCTION_ARGS)
{
	LinkView	view = link_view(PG_GETARG_DATUM(0));
	LinkFamily	family = link_kind_family(view.kind);
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoChar(&out, '{');
	for (int i = 0; i < view.nkeys; i++)
	{
		LinkKey		key = link_view_key(&view, i);
		int			length;
		char	   *text = link_key_text(family, &key, &length);

		if (i > 0)
			appendStringInfoChar(&out, ',');
		if (family == LINK_FAMILY_STRING)
			write_text(&out, text, length);
		else
		{
			appendBinaryStringInfo(&out, text, length);
			pfree(text);
		}
	}
	appendStringInfoChar(&out, '}');
	PG_RETURN_CSTRING(out.data);
}

pg_noreturn static void
refuse_binary(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid binary form of a link"),
			 errdetail("%s", detail)));
}

/* An integer of the width of its kind; the length was checked. */
static int64
receive_number(StringInfo buffer, int length)
{
	switch (length)
	{
		case sizeof(int16):
			return (int16) pq_getmsgint(buffer, 2);
		case sizeof(int32):
			return (int32) pq_getmsgint(buffer, 4);
		default:
			return pq_getmsgint64(buffer);
	}
}

static LinkKey
receive_key(StringInfo buffer, LinkKind kind)
{
	LinkKey		key;
	int			width = link_kind_width(kind);
	int			length;

	if (buffer->len - buffer->cursor < BINARY_KEY_HEADER)
		refuse_binary("The message ends before the last key.");
	length = (int32) pq_getmsgint(buffer, 4);
	if (length < 0 || length > buffer->len - buffer->cursor)
		refuse_binary("The length of a key exceeds the message.");
	if (width > 0 && length != width)
		refuse_binary("The length of a key is not that of its type.");
	switch (link_kind_family(kind))
	{
		case LINK_FAMILY_INTEGER:
			key.number = receive_number(buffer, length);
			break;
		case LINK_FAMILY_UUID:
			memcpy(key.uuid, pq_getmsgbytes(buffer, UUID_LEN), UUID_LEN);
			break;
		default:
			key.text.data = pq_getmsgtext(buffer, length, &key.text.length);
			if (strlen(key.text.data) != key.text.length)
				refuse_binary("A key contains a zero byte.");
			break;
	}
	return key;
}

static Link *
receive_link(StringInfo buffer)
{
	int			version;
	int			kind;
	int			flags;
	int			nkeys;
	LinkKey    *keys;

	if (buffer->len - buffer->cursor < BINARY_HEADER)
		refuse_binary("The message is too short.");
	version = pq_getmsgbyte(buffer);
	kind = pq_getmsgbyte(buffer);
	flags = pq_getmsgbyte(buffer);
	nkeys = (int32) pq_getmsgint(buffer, 4);
	if (version != BINARY_VERSION)
		refuse_binary("The format version is unknown.");
	if (kind > LINK_OTHER)
		refuse_binary("The kind of the keys is unknown.");
	if ((flags & ~LINK_KNOWN_FLAGS) != 0 || flags == LINK_KNOWN_FLAGS ||
		(kind == LINK_UNRESOLVED && flags != 0))
		refuse_binary("The flags are unknown.");
	/* no room is made on a mere promise */
	if (nkeys < 0 || nkeys > (buffer->len - buffer->cursor) / BINARY_KEY_HEADER)
		refuse_binary("The number of keys exceeds the message.");

	keys = palloc_extended(Max(nkeys, 1) * sizeof(LinkKey), MCXT_ALLOC_HUGE);
	for (int i = 0; i < nkeys; i++)
		keys[i] = receive_key(buffer, (LinkKind) kind);
	if (buffer->cursor != buffer->len)
		refuse_binary("Bytes follow the last key.");
	return link_canonical((LinkKind) kind, flags, nkeys, keys);
}

Datum
link_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buffer = (StringInfo) PG_GETARG_POINTER(0);
	int32		typmod = PG_GETARG_INT32(2);
	Link	   *link = receive_link(buffer);

	if (typmod >= 0)
		link = link_apply_typmod(LinkGetDatum(link), typmod);
	PG_RETURN_LINK(link);
}

static void
send_text(StringInfo buffer, const char *text, int length)
{
	char	   *sent = pg_server_to_client(text, length);

	if (sent != text)
		length = strlen(sent);
	pq_sendint32(buffer, length);
	pq_sendbytes(buffer, sent, length);
	if (sent != text)
		pfree(sent);
}

static void
send_key(StringInfo buffer, LinkKind kind, const LinkKey *key)
{
	int			width = link_kind_width(kind);

	switch (kind)
	{
		case LINK_INT2:
			pq_sendint32(buffer, width);
			pq_sendint16(buffer, (int16) key->number);
			break;
		case LINK_INT4:
			pq_sendint32(buffer, width);
			pq_sendint32(buffer, (int32) key->number);
			break;
		case LINK_INT8:
			pq_sendint32(buffer, width);
			pq_sendint64(buffer, key->number);
			break;
		case LINK_UUID:
			pq_sendint32(buffer, width);
			pq_sendbytes(buffer, (const char *) key->uuid, width);
			break;
		default:
			send_text(buffer, key->text.data, key->text.length);
			break;
	}
}

Datum
link_send(PG_FUNCTION_ARGS)
{
	LinkView	view = link_view(PG_GETARG_DATUM(0));
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendbyte(&buffer, BINARY_VERSION);
	pq_sendbyte(&buffer, view.kind);
	pq_sendbyte(&buffer, view.flags);
	pq_sendint32(&buffer, view.nkeys);
	for (int i = 0; i < view.nkeys; i++)
	{
		LinkKey		key = link_view_key(&view, i);

		send_key(&buffer, view.kind, &key);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}
