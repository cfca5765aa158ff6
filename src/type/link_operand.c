/*
 * link_operand.c: keys and arrays of other types as operands of link operators.
 *
 * Integers, uuids and texts are taken as they are.  Values of any other type
 * become text under fixed settings, so that the same key is the same text in
 * every session; that is also how keys of kind "other" are made.
 */
#include "type/link_format.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

/* Settings that change how values are written, and what is used instead. */
static const char *const fixed_settings[][2] = {
	{"DateStyle", "ISO, YMD"},
	{"IntervalStyle", "postgres"},
	{"TimeZone", "UTC"},
	{"extra_float_digits", "1"},
	{"bytea_output", "hex"},
	{"lc_monetary", "C"},
	{"xmlbinary", "base64"},
	{"quote_all_identifiers", "off"},
	{"search_path", "pg_catalog"},
};

/* Common types whose text no setting changes: switching settings takes a while. */
static bool
ignores_settings(Oid type)
{
	switch (type)
	{
		case BOOLOID:
		case CHAROID:
		case NUMERICOID:
		case OIDOID:
		case BITOID:
		case VARBITOID:
		case INETOID:
		case CIDROID:
		case MACADDROID:
		case MACADDR8OID:
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case UUIDOID:
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
		case NAMEOID:
			return true;
		default:
			return type_is_enum(type);
	}
}

/* How to read operands of a type; kept with the call for the next row. */
LinkOperand *
link_operand_for(FmgrInfo *flinfo, Oid type)
{
	LinkOperand *operand = flinfo->fn_extra;
	Oid			output;
	bool		varlena;

	if (operand == NULL)
	{
		operand = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(LinkOperand));
		flinfo->fn_extra = operand;
	}
	if (operand->type == type && OidIsValid(type))
		return operand;
	if (!OidIsValid(type))
		ereport(ERROR,
				(errcode(ERRCODE_INDETERMINATE_DATATYPE),
				 errmsg("could not determine the type of the key")));

	operand->type = InvalidOid;
	operand->base = getBaseType(type);
	operand->settings = !ignores_settings(operand->base);
	get_typlenbyvalalign(type, &operand->typlen, &operand->typbyval, &operand->typalign);
	getTypeOutputInfo(operand->base, &output, &varlena);
	fmgr_info_cxt(output, &operand->output, flinfo->fn_mcxt);
	operand->type = type;
	return operand;
}

bool
link_operand_is_json(const LinkOperand *operand)
{
	return operand->base == JSONOID || operand->base == JSONBOID;
}

/* The text of a value under the fixed settings. */
char *
link_output_text(LinkOperand *operand, Datum value)
{
	char	   *result;
	int			nest;

	if (!operand->settings)
		return OutputFunctionCall(&operand->output, value);
	nest = NewGUCNestLevel();
	for (int i = 0; i < lengthof(fixed_settings); i++)
		(void) set_config_option(fixed_settings[i][0], fixed_settings[i][1],
								 PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
								 true, 0, false);
	result = OutputFunctionCall(&operand->output, value);
	AtEOXact_GUC(true, nest);
	return result;
}

static LinkReading
read_integer(int64 number, LinkKind kind, LinkKey *key, const char **text, int *length)
{
	key->number = number;
	if (link_kind_family(kind) == LINK_FAMILY_INTEGER)
	{
		LinkReading reading = link_number_fit(kind, number);

		if (reading == LINK_KEY_GOOD)
			return reading;
	}
	*text = link_key_text(LINK_FAMILY_INTEGER, key, length);
	return link_key_read(kind, *text, *length, key);
}

/*
 * Reads an operand as a key of a kind.  Where that failed, and for all keys of
 * text, its text is given, too.
 */
LinkReading
link_operand_key(LinkOperand *operand, Datum value, LinkKind kind,
				 LinkKey *key, const char **text, int *length)
{
	switch (operand->base)
	{
		case INT2OID:
			return read_integer(DatumGetInt16(value), kind, key, text, length);
		case INT4OID:
			return read_integer(DatumGetInt32(value), kind, key, text, length);
		case INT8OID:
			return read_integer(DatumGetInt64(value), kind, key, text, length);
		case UUIDOID:
			*key = link_key_from_datum(LINK_UUID, value);
			if (kind == LINK_UUID)
				return LINK_KEY_GOOD;
			*text = link_key_text(LINK_FAMILY_UUID, key, length);
			break;
		case TEXTOID:
		case VARCHAROID:
			*key = link_key_from_datum(LINK_TEXT, value);
			*text = key->text.data;
			*length = key->text.length;
			break;
		case BPCHAROID:
			*key = link_key_from_datum(LINK_TEXT, value);
			*text = key->text.data;
			*length = bpchartruelen(unconstify(char *, *text), key->text.length);
			break;
		default:
			*text = link_output_text(operand, value);
			*length = strlen(*text);
			if (operand->base == NUMERICOID && link_kind_family(kind) == LINK_FAMILY_INTEGER)
				*length = link_whole_length(*text, *length);
			break;
	}
	return link_key_read(kind, *text, *length, key);
}

/*
 * Operands as a value of a kind.  NULLs are dropped; impossible keys are an
 * error if strict, else left out and counted.
 */
LinkView
link_operand_view(LinkOperand *operand, int nvalues, const Datum *values,
				  const bool *nulls, LinkKind kind, uint8 flags,
				  bool strict, int *impossible)
{
	LinkKey    *keys = palloc_extended(Max(nvalues, 1) * sizeof(LinkKey), MCXT_ALLOC_HUGE);
	const char *text = NULL;
	int			length = 0;
	int			nkeys = 0;
	Link	   *link;
	LinkView	view;

	*impossible = 0;
	for (int i = 0; i < nvalues; i++)
	{
		LinkReading reading;

		if (nulls != NULL && nulls[i])
			continue;
		reading = link_operand_key(operand, values[i], kind, &keys[nkeys], &text, &length);
		if (reading == LINK_KEY_GOOD)
			nkeys++;
		else if (strict)
			link_key_refuse(reading, kind, text, length);
		else
			(*impossible)++;
	}
	link = link_canonical(kind, flags & LINK_ORDERED, nkeys, keys);
	pfree(keys);
	view = link_view(LinkGetDatum(link));
	view.owned = link;
	return view;
}

/* The elements of an array, whatever its dimensions, as a value of a kind. */
LinkView
link_array_view(FmgrInfo *flinfo, Datum array, LinkKind kind,
				uint8 flags, bool strict, int *impossible)
{
	ArrayType  *elements = DatumGetArrayTypeP(array);
	LinkOperand *operand = link_operand_for(flinfo, ARR_ELEMTYPE(elements));
	Datum	   *values;
	bool	   *nulls;
	int			nvalues;

	deconstruct_array(elements, ARR_ELEMTYPE(elements), operand->typlen,
					  operand->typbyval, operand->typalign, &values, &nulls, &nvalues);
	return link_operand_view(operand, nvalues, values, nulls, kind, flags, strict, impossible);
}
