/*
 * link_key.c: single keys: kinds, order, text, hash.
 */
#include "type/link_format.h"

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "common/int.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* Enough for the sign and digits of an int64, and for a uuid. */
#define KEY_TEXT_SIZE		37

LinkFamily
link_kind_family(LinkKind kind)
{
	switch (kind)
	{
		case LINK_INT2:
		case LINK_INT4:
		case LINK_INT8:
			return LINK_FAMILY_INTEGER;
		case LINK_UUID:
			return LINK_FAMILY_UUID;
		default:
			return LINK_FAMILY_STRING;
	}
}

int
link_kind_width(LinkKind kind)
{
	switch (kind)
	{
		case LINK_INT2:
			return sizeof(int16);
		case LINK_INT4:
			return sizeof(int32);
		case LINK_INT8:
			return sizeof(int64);
		case LINK_UUID:
			return UUID_LEN;
		default:
			return 0;
	}
}

/* A domain is as good as its base type, whose values it holds. */
LinkKind
link_kind_for_type(Oid type)
{
	switch (getBaseType(type))
	{
		case INT2OID:
			return LINK_INT2;
		case INT4OID:
			return LINK_INT4;
		case INT8OID:
			return LINK_INT8;
		case UUIDOID:
			return LINK_UUID;
		case TEXTOID:
		case VARCHAROID:
			return LINK_TEXT;
		default:
			return LINK_OTHER;
	}
}

Oid
link_kind_type(LinkKind kind)
{
	switch (kind)
	{
		case LINK_INT2:
			return INT2OID;
		case LINK_INT4:
			return INT4OID;
		case LINK_INT8:
			return INT8OID;
		case LINK_UUID:
			return UUIDOID;
		default:
			return TEXTOID;
	}
}

/* Integers by value, uuids and texts by their bytes: no locale has a say. */
int
link_key_compare(LinkFamily family, const LinkKey *a, const LinkKey *b)
{
	int			result;

	if (family == LINK_FAMILY_INTEGER)
		return (a->number > b->number) - (a->number < b->number);
	if (family == LINK_FAMILY_UUID)
		return memcmp(a->uuid, b->uuid, UUID_LEN);
	result = memcmp(a->text.data, b->text.data,
					Min(a->text.length, b->text.length));
	if (result != 0)
		return result;
	return (a->text.length > b->text.length) - (a->text.length < b->text.length);
}

LinkReading
link_number_fit(LinkKind kind, int64 number)
{
	if (kind == LINK_INT2 && (number < PG_INT16_MIN || number > PG_INT16_MAX))
		return LINK_KEY_OUT_OF_RANGE;
	if (kind == LINK_INT4 && (number < PG_INT32_MIN || number > PG_INT32_MAX))
		return LINK_KEY_OUT_OF_RANGE;
	return LINK_KEY_GOOD;
}

/* A numeric that is a whole number may be written with zeros behind the point. */
int
link_whole_length(const char *text, int length)
{
	int			whole = length;

	while (whole > 0 && text[whole - 1] == '0')
		whole--;
	return whole > 0 && text[whole - 1] == '.' ? whole - 1 : length;
}

/* Reads a decimal integer, with a sign and blanks around it as SQL allows. */
static LinkReading
read_number(const char *data, int length, int64 *result)
{
	const char *end = data + length;
	bool		negative = false;
	bool		overflow = false;
	int64		value = 0;

	while (data < end && link_is_blank(*data))
		data++;
	while (data < end && link_is_blank(end[-1]))
		end--;
	if (data < end && (*data == '-' || *data == '+'))
		negative = *data++ == '-';
	if (data == end)
		return LINK_KEY_MALFORMED;
	/* counted downwards, as the smallest int64 has no positive twin */
	for (; data < end; data++)
	{
		if (*data < '0' || *data > '9')
			return LINK_KEY_MALFORMED;
		overflow |= pg_mul_s64_overflow(value, 10, &value);
		overflow |= pg_sub_s64_overflow(value, *data - '0', &value);
	}
	if (!negative)
		overflow |= pg_sub_s64_overflow(0, value, &value);
	*result = value;
	return overflow ? LINK_KEY_OUT_OF_RANGE : LINK_KEY_GOOD;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Reads a uuid in the spellings of its type: hyphens and braces may be there. */
static LinkReading
read_uuid(const char *data, int length, unsigned char *uuid)
{
	const char *end = data + length;

	if (length >= 2 && data[0] == '{' && end[-1] == '}')
	{
		data++;
		end--;
	}
	for (int i = 0; i < UUID_LEN; i++)
	{
		int			high;
		int			low;

		/* a hyphen may follow every group of four digits but the last */
		if (i > 0 && i % 2 == 0 && data < end && *data == '-')
			data++;
		if (end - data < 2)
			return LINK_KEY_MALFORMED;
		high = hex_digit(data[0]);
		low = hex_digit(data[1]);
		if (high < 0 || low < 0)
			return LINK_KEY_MALFORMED;
		uuid[i] = (unsigned char) (high << 4 | low);
		data += 2;
	}
	return data == end ? LINK_KEY_GOOD : LINK_KEY_MALFORMED;
}

/* Reads a text as a key of a kind.  A text key points into the text given. */
LinkReading
link_key_read(LinkKind kind, const char *data, int length, LinkKey *key)
{
	LinkReading reading;

	switch (link_kind_family(kind))
	{
		case LINK_FAMILY_INTEGER:
			reading = read_number(data, length, &key->number);
			if (reading == LINK_KEY_GOOD)
				reading = link_number_fit(kind, key->number);
			return reading;
		case LINK_FAMILY_UUID:
			return read_uuid(data, length, key->uuid);
		default:
			key->text.data = data;
			key->text.length = length;
			return LINK_KEY_GOOD;
	}
}

static const char *
kind_type_name(LinkKind kind)
{
	switch (kind)
	{
		case LINK_INT2:
			return "smallint";
		case LINK_INT4:
			return "integer";
		case LINK_INT8:
			return "bigint";
		case LINK_UUID:
			return "uuid";
		default:
			return "text";
	}
}

/* The error for a text that is no key of a kind. */
void
link_key_refuse(LinkReading reading, LinkKind kind, const char *data, int length)
{
	if (reading == LINK_KEY_OUT_OF_RANGE)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("key \"%s\" is out of range for type %s",
						pnstrdup(data, length), kind_type_name(kind))));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid key \"%s\" for a link with keys of type %s",
					pnstrdup(data, length), kind_type_name(kind))));
}

static char *
print_uuid(const unsigned char *uuid, char *to)
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < UUID_LEN; i++)
	{
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*to++ = '-';
		*to++ = digits[uuid[i] >> 4];
		*to++ = digits[uuid[i] & 0x0F];
	}
	return to;
}

/*
 * The text of a key, not terminated where it points into the value; in new
 * memory otherwise.
 */
char *
link_key_text(LinkFamily family, const LinkKey *key, int *length)
{
	char	   *result;

	if (family == LINK_FAMILY_STRING)
	{
		*length = key->text.length;
		return unconstify(char *, key->text.data);
	}
	result = palloc(KEY_TEXT_SIZE);
	if (family == LINK_FAMILY_INTEGER)
		*length = pg_lltoa(key->number, result);
	else
		*length = (int) (print_uuid(key->uuid, result) - result);
	return result;
}

static uint64
hash_number(int64 number, uint64 seed)
{
	return hash_bytes_extended((const unsigned char *) &number, sizeof(number), seed);
}

/*
 * A uuid of decimal digits only, with many zeros in front, might have been
 * written by somebody who meant the number: both must hash alike.
 */
static uint64
hash_uuid(const unsigned char *uuid, uint64 seed)
{
	char		digits[2 * UUID_LEN];
	int64		number;

	for (int i = 0; i < UUID_LEN; i++)
	{
		if ((i < 6 && uuid[i] != 0) || uuid[i] >> 4 > 9 || (uuid[i] & 0x0F) > 9)
			return hash_bytes_extended(uuid, UUID_LEN, seed);
		digits[2 * i] = '0' + (uuid[i] >> 4);
		digits[2 * i + 1] = '0' + (uuid[i] & 0x0F);
	}
	if (read_number(digits, sizeof(digits), &number) != LINK_KEY_GOOD)
		return hash_bytes_extended(uuid, UUID_LEN, seed);
	return hash_number(number, seed);
}

/*
 * A hash that two keys share whenever they could be the same key in some kind:
 * 7 of any integer type, 7.0, '7' and '007' of a literal, and so for uuids.  It lets
 * hash and GIN indexes be asked with literals whose kind is not known.
 */
uint64
link_key_hash(LinkFamily family, const LinkKey *key, uint64 seed)
{
	unsigned char uuid[UUID_LEN];
	int64		number;

	if (family == LINK_FAMILY_INTEGER)
		return hash_number(key->number, seed);
	if (family == LINK_FAMILY_UUID)
		return hash_uuid(key->uuid, seed);
	if (read_number(key->text.data, link_whole_length(key->text.data, key->text.length),
					&number) == LINK_KEY_GOOD)
		return hash_number(number, seed);
	if (read_uuid(key->text.data, key->text.length, uuid) == LINK_KEY_GOOD)
		return hash_uuid(uuid, seed);
	return hash_bytes_extended((const unsigned char *) key->text.data,
							   key->text.length, seed);
}

/* From and to values of link_kind_type(kind). */
LinkKey
link_key_from_datum(LinkKind kind, Datum value)
{
	LinkKey		key;
	text	   *string;

	switch (kind)
	{
		case LINK_INT2:
			key.number = DatumGetInt16(value);
			break;
		case LINK_INT4:
			key.number = DatumGetInt32(value);
			break;
		case LINK_INT8:
			key.number = DatumGetInt64(value);
			break;
		case LINK_UUID:
			memcpy(key.uuid, DatumGetUUIDP(value)->data, UUID_LEN);
			break;
		default:
			string = DatumGetTextPP(value);
			key.text.data = VARDATA_ANY(string);
			key.text.length = VARSIZE_ANY_EXHDR(string);
			break;
	}
	return key;
}

Datum
link_key_to_datum(LinkKind kind, const LinkKey *key)
{
	pg_uuid_t  *uuid;

	switch (kind)
	{
		case LINK_INT2:
			return Int16GetDatum((int16) key->number);
		case LINK_INT4:
			return Int32GetDatum((int32) key->number);
		case LINK_INT8:
			return Int64GetDatum(key->number);
		case LINK_UUID:
			uuid = palloc(sizeof(pg_uuid_t));
			memcpy(uuid->data, key->uuid, UUID_LEN);
			return UUIDPGetDatum(uuid);
		default:
			return PointerGetDatum(cstring_to_text_with_len(key->text.data, key->text.length));
	}
}
