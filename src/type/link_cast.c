/*
 * link_cast.c: casts between links and keys or arrays of keys.
 *
 * A cast to link makes an unresolved value, as a literal is one: the column that
 * it is assigned to gives it its kind and order.
 */
#include "type/link_format.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(link_from_int2);
PG_FUNCTION_INFO_V1(link_from_int4);
PG_FUNCTION_INFO_V1(link_from_int8);
PG_FUNCTION_INFO_V1(link_from_uuid);
PG_FUNCTION_INFO_V1(link_from_text);
PG_FUNCTION_INFO_V1(link_from_array);
PG_FUNCTION_INFO_V1(link_to_int8);
PG_FUNCTION_INFO_V1(link_to_uuid);
PG_FUNCTION_INFO_V1(link_to_int2_array);
PG_FUNCTION_INFO_V1(link_to_int4_array);
PG_FUNCTION_INFO_V1(link_to_int8_array);
PG_FUNCTION_INFO_V1(link_to_uuid_array);
PG_FUNCTION_INFO_V1(link_to_text_array);
PG_FUNCTION_INFO_V1(link_to_varchar_array);

/* A literal of one key. */
static Link *
literal_of(LinkFamily family, const LinkKey *key)
{
	LinkKey		literal;
	int			length;

	literal.text.data = link_key_text(family, key, &length);
	literal.text.length = length;
	return link_build(LINK_UNRESOLVED, 0, 1, &literal);
}

static Link *
literal_of_number(int64 number)
{
	LinkKey		key;

	key.number = number;
	return literal_of(LINK_FAMILY_INTEGER, &key);
}

Datum
link_from_int2(PG_FUNCTION_ARGS)
{
	PG_RETURN_LINK(literal_of_number(PG_GETARG_INT16(0)));
}

Datum
link_from_int4(PG_FUNCTION_ARGS)
{
	PG_RETURN_LINK(literal_of_number(PG_GETARG_INT32(0)));
}

Datum
link_from_int8(PG_FUNCTION_ARGS)
{
	PG_RETURN_LINK(literal_of_number(PG_GETARG_INT64(0)));
}

Datum
link_from_uuid(PG_FUNCTION_ARGS)
{
	LinkKey		key = link_key_from_datum(LINK_UUID, PG_GETARG_DATUM(0));

	PG_RETURN_LINK(literal_of(LINK_FAMILY_UUID, &key));
}

/* Text is read as input is: drivers send '{1,2}' and '[1,2]' as text, too. */
Datum
link_from_text(PG_FUNCTION_ARGS)
{
	text	   *value = PG_GETARG_TEXT_PP(0);

	PG_RETURN_LINK(link_parse(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)));
}

Datum
link_from_array(PG_FUNCTION_ARGS)
{
	int			impossible;
	LinkView	view = link_array_view(fcinfo->flinfo, PG_GETARG_DATUM(0),
									   LINK_UNRESOLVED, 0, true, &impossible);

	PG_RETURN_LINK(view.owned);
}

/* The one key of a link; false if there is none. */
static bool
single_key(Datum link, LinkKind kind, Datum *key)
{
	Datum	   *keys;
	int			nkeys = link_keys_of(link, kind, &keys);

	if (nkeys > 1)
		ereport(ERROR,
				(errcode(ERRCODE_CARDINALITY_VIOLATION),
				 errmsg("cannot cast a link of %d keys to type %s",
						nkeys, format_type_be(link_kind_type(kind))),
				 errhint("Cast it to %s[].", format_type_be(link_kind_type(kind)))));
	if (nkeys == 1)
		*key = keys[0];
	return nkeys == 1;
}

Datum
link_to_int8(PG_FUNCTION_ARGS)
{
	Datum		key;

	if (!single_key(PG_GETARG_DATUM(0), LINK_INT8, &key))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(key);
}

Datum
link_to_uuid(PG_FUNCTION_ARGS)
{
	Datum		key;

	if (!single_key(PG_GETARG_DATUM(0), LINK_UUID, &key))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(key);
}

static Datum
array_of(Datum link, LinkKind kind, Oid type, int16 width, bool byval, char align)
{
	Datum	   *keys;
	int			nkeys = link_keys_of(link, kind, &keys);

	return PointerGetDatum(construct_array(keys, nkeys, type, width, byval, align));
}

Datum
link_to_int2_array(PG_FUNCTION_ARGS)
{
	return array_of(PG_GETARG_DATUM(0), LINK_INT2, INT2OID, sizeof(int16), true, TYPALIGN_SHORT);
}

Datum
link_to_int4_array(PG_FUNCTION_ARGS)
{
	return array_of(PG_GETARG_DATUM(0), LINK_INT4, INT4OID, sizeof(int32), true, TYPALIGN_INT);
}

Datum
link_to_int8_array(PG_FUNCTION_ARGS)
{
	return array_of(PG_GETARG_DATUM(0), LINK_INT8, INT8OID, sizeof(int64),
					FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
}

Datum
link_to_uuid_array(PG_FUNCTION_ARGS)
{
	return array_of(PG_GETARG_DATUM(0), LINK_UUID, UUIDOID, UUID_LEN, false, TYPALIGN_CHAR);
}

Datum
link_to_text_array(PG_FUNCTION_ARGS)
{
	return array_of(PG_GETARG_DATUM(0), LINK_TEXT, TEXTOID, -1, false, TYPALIGN_INT);
}

Datum
link_to_varchar_array(PG_FUNCTION_ARGS)
{
	return array_of(PG_GETARG_DATUM(0), LINK_TEXT, VARCHAROID, -1, false, TYPALIGN_INT);
}
