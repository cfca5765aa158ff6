/*
 * link_column.c: link columns of either type: interlink.link, or an array of
 * the keys for clients that cannot read a type of its own; and from the keys
 * that they show to those that rows have.
 *
 * What is done with the keys is done with links; an array is made a link before
 * and a link an array after, so that both mean the same.
 *
 * Where a key has several columns, or one of another type than links know, a
 * link holds its text, made and read under fixed settings.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "engine/value.h"
#include "graph/settings.h"
#include "type/link.h"

static LinkKind
kind_of(Field *field)
{
	return field->path->kind;
}

/* The text of a value of any type, as key_text_sql() has it, and back. */
static Datum
text_of_value(Oid type, Datum value)
{
	Oid			output;
	bool		varlena;
	char	   *text;

	getTypeOutputInfo(type, &output, &varlena);
	text = OidOutputFunctionCall(output, value);
	if (getBaseType(type) == BPCHAROID)
		text[bpchartruelen(text, strlen(text))] = '\0';
	return CStringGetTextDatum(text);
}

static Datum
value_of_text(Oid type, Datum string)
{
	Oid			input;
	Oid			ioparam;

	getTypeInputInfo(type, &input, &ioparam);
	return OidInputFunctionCall(input, TextDatumGetCString(string), ioparam, -1);
}

static Datum
text_of_key(KeyShape *shape, Datum *key)
{
	bool	   *isnull;
	HeapTuple	tuple;
	TupleDesc	desc;
	char	   *text;

	if (shape->n == 1)
		return text_of_value(shape->type[0], key[0]);
	isnull = palloc0(sizeof(bool) * shape->n);
	desc = lookup_rowtype_tupdesc_copy(RECORDOID, shape->row_typmod);
	tuple = heap_form_tuple(desc, key, isnull);
	text = OidOutputFunctionCall(F_RECORD_OUT, HeapTupleGetDatum(tuple));
	return CStringGetTextDatum(text);
}

static Datum *
key_of_row_text(KeyShape *shape, char *text)
{
	Datum	   *key = palloc(sizeof(Datum) * shape->n);
	bool	   *isnull = palloc(sizeof(bool) * shape->n);
	Datum		row = OidInputFunctionCall(F_RECORD_IN, text, RECORDOID, shape->row_typmod);
	HeapTupleHeader header = DatumGetHeapTupleHeader(row);
	HeapTupleData tuple = {.t_len = HeapTupleHeaderGetDatumLength(header),.t_data = header};

	ItemPointerSetInvalid(&tuple.t_self);
	heap_deform_tuple(&tuple, lookup_rowtype_tupdesc_copy(RECORDOID, shape->row_typmod), key, isnull);
	for (int i = 0; i < shape->n; i++)
	{
		if (isnull[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("there is a null in it")));
	}
	return key;
}

static Datum *
key_of_text(KeyShape *shape, Datum string)
{
	Datum	   *key;

	if (shape->n > 1)
		return key_of_row_text(shape, TextDatumGetCString(string));
	key = palloc(sizeof(Datum));
	*key = value_of_text(shape->type[0], string);
	return key;
}

/* Keys of an array: NULLs do not count. */
static int
array_keys(Datum column, Datum **keys)
{
	ArrayType  *array = DatumGetArrayTypeP(column);
	int16		typlen;
	bool		typbyval;
	char		typalign;
	bool	   *nulls;
	int			n;
	int			kept = 0;

	get_typlenbyvalalign(ARR_ELEMTYPE(array), &typlen, &typbyval, &typalign);
	deconstruct_array(array, ARR_ELEMTYPE(array), typlen, typbyval, typalign, keys, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		if (!nulls[i])
			(*keys)[kept++] = (*keys)[i];
	}
	return kept;
}

/* Between elements of an array and keys of a link that are texts. */
static void
convert_all(Field *field, int n, Datum *keys, Datum (*convert) (Oid type, Datum value))
{
	int			level;

	if (kind_of(field) != LINK_OTHER || field->key_type == TEXTOID)
		return;
	level = settings_enter();
	for (int i = 0; i < n; i++)
		keys[i] = convert(field->key_type, keys[i]);
	AtEOXact_GUC(true, level);
}

Datum
link_from_column(Field *field, Datum column)
{
	Datum	   *keys;
	int			n;

	if (!OidIsValid(field->key_type))
		return column;
	n = array_keys(column, &keys);
	convert_all(field, n, keys, text_of_value);
	return link_make(link_typmod_make(LINK_MANY_TO_MANY, kind_of(field),
									  link_typmod_ordered(field->link_typmod)), n, keys);
}

Datum
link_to_column(Field *field, Datum link)
{
	Datum	   *keys;
	int			n;
	int16		typlen;
	bool		typbyval;
	char		typalign;

	if (!OidIsValid(field->key_type))
		return link;
	n = link_keys_of(link, kind_of(field), &keys);
	convert_all(field, n, keys, value_of_text);
	get_typlenbyvalalign(field->key_type, &typlen, &typbyval, &typalign);
	return PointerGetDatum(construct_array(keys, n, field->key_type, typlen, typbyval, typalign));
}

Datum
link_column_of_text(Field *field, Datum key)
{
	return link_to_column(field, link_make(field->link_typmod, 1, &key));
}

Datum
link_column_make(Field *field, int nkeys, Datum **keys)
{
	Datum	   *plain = palloc_extended(sizeof(Datum) * Max(nkeys, 1), MCXT_ALLOC_HUGE);
	bool		as_text = kind_of(field) == LINK_OTHER && nkeys > 0;
	int			level = as_text ? settings_enter() : 0;

	for (int i = 0; i < nkeys; i++)
		plain[i] = as_text ? text_of_key(field->path->shown->shape, keys[i]) : keys[i][0];
	if (as_text)
		AtEOXact_GUC(true, level);
	return link_to_column(field, link_make(field->link_typmod, nkeys, plain));
}

/* "(country,code)", of a key of several columns */
static char *
form_of_keys(Field *field)
{
	KeyReader  *shown = field->path->shown;
	Oid			far = field->path->steps[field->path->nsteps - 1].far->relid;
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < shown->shape->n; i++)
		appendStringInfo(&buf, "%c%s", i > 0 ? ',' : '(', get_attname(far, shown->att[i], false));
	appendStringInfoChar(&buf, ')');
	return buf.data;
}

/* The types of keys know nothing of links; the error in hand is one of theirs. */
static void
raise_wrong_key(Field *field, Datum key, MemoryContext context)
{
	ErrorData  *error;

	MemoryContextSwitchTo(context);
	error = CopyErrorData();
	if (ERRCODE_TO_CATEGORY(error->sqlerrcode) != ERRCODE_TO_CATEGORY(ERRCODE_DATA_EXCEPTION))
		PG_RE_THROW();
	FlushErrorState();
	ereport(ERROR,
			(errcode(error->sqlerrcode),
			 errmsg("invalid key in link column \"%s\" of table %s",
					field->definition->name, field->holder->label),
			 errdetail("Key %s: %s.", TextDatumGetCString(key), error->message),
			 field->path->shown->shape->n > 1 ?
			 errhint("A key has the form %s.", form_of_keys(field)) : 0));
}

/* From keys of a link to keys of rows. */
static Datum **
keys_of_rows(Field *field, int n, Datum *plain)
{
	Datum	  **keys = palloc_extended(sizeof(Datum *) * Max(n, 1), MCXT_ALLOC_HUGE);
	MemoryContext context = CurrentMemoryContext;
	volatile int i = 0;
	int			level;

	if (kind_of(field) != LINK_OTHER)
	{
		for (int k = 0; k < n; k++)
			keys[k] = &plain[k];
		return keys;
	}
	level = settings_enter();
	PG_TRY();
	{
		for (; i < n; i++)
			keys[i] = key_of_text(field->path->shown->shape, plain[i]);
	}
	PG_CATCH();
	{
		raise_wrong_key(field, plain[i], context);
	}
	PG_END_TRY();
	AtEOXact_GUC(true, level);
	return keys;
}

int
link_column_keys(Field *field, Datum column, Datum ***keys)
{
	Datum	   *plain;
	int			n = link_keys_of(link_from_column(field, column), kind_of(field), &plain);

	*keys = keys_of_rows(field, n, plain);
	return n;
}

int
link_column_minus(Field *field, Datum column, Datum other, Datum ***keys)
{
	Datum	   *plain;
	int			n = link_minus(link_from_column(field, column), link_from_column(field, other),
							   kind_of(field), &plain);

	*keys = keys_of_rows(field, n, plain);
	return n;
}

static Datum
fixed_text_of_key(Field *field, Datum *key)
{
	int			level = settings_enter();
	Datum		result = text_of_key(field->path->shown->shape, key);

	AtEOXact_GUC(true, level);
	return result;
}

Datum
link_key_value(Field *field, Datum *key)
{
	return kind_of(field) == LINK_OTHER ? fixed_text_of_key(field, key) : key[0];
}

char *
link_key_label(Field *field, Datum *key)
{
	return TextDatumGetCString(fixed_text_of_key(field, key));
}
