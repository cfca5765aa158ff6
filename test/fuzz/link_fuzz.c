/*
 * link_fuzz.c: random input for the type interlink.link.
 *
 *	link_fuzz(target, seed, cases)
 *
 * makes as many cases of one target and tells how many were values and how many
 * errors.  A value must come back the same after being written and read again;
 * an error must be one that is meant for bad input.  Anything else ends the run
 * with the case in hex.
 *
 *	text	what link_in reads, under any modifier
 *	json	what the casts from json and jsonb read
 *	binary	what link_recv reads
 *	stored	values damaged on disk, which must at worst be an error
 *	edit	keys put into sets and taken out, against a list of them
 *
 * The type is used through its SQL functions; this module knows nothing of it.
 */
#include "fuzz.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "parser/parse_func.h"
#include "parser/parse_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/syscache.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(link_fuzz);

#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

static void
set_input(Fuzz *fuzz, Datum varlena)
{
	struct varlena *value = PG_DETOAST_DATUM_PACKED(varlena);

	resetStringInfo(&fuzz->input);
	appendBinaryStringInfo(&fuzz->input, VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

static bool
same_image(Datum a, Datum b)
{
	struct varlena *x = PG_DETOAST_DATUM_PACKED(a);
	struct varlena *y = PG_DETOAST_DATUM_PACKED(b);

	return VARSIZE_ANY_EXHDR(x) == VARSIZE_ANY_EXHDR(y) &&
		memcmp(VARDATA_ANY(x), VARDATA_ANY(y), VARSIZE_ANY_EXHDR(x)) == 0;
}

static void
expect(bool holds, const char *promise)
{
	if (!holds)
		ereport(ERROR, (errcode(ERRCODE_ASSERT_FAILURE), errmsg("broken promise: %s", promise)));
}

static Datum
read_text(Fuzz *fuzz, char *text, int32 typmod)
{
	return InputFunctionCall(&fuzz->in, text, fuzz->ioparam, typmod);
}

static Datum
receive(Fuzz *fuzz, const char *data, int length, int32 typmod)
{
	StringInfoData buffer;

	initStringInfo(&buffer);
	appendBinaryStringInfo(&buffer, data, length);
	return ReceiveFunctionCall(&fuzz->recv, &buffer, fuzz->ioparam, typmod);
}

static Datum
received_again(Fuzz *fuzz, Datum value, int32 typmod)
{
	bytea	   *sent = SendFunctionCall(&fuzz->send, value);

	return receive(fuzz, VARDATA_ANY(sent), VARSIZE_ANY_EXHDR(sent), typmod);
}

static void
test_text(Fuzz *fuzz)
{
	int32		typmod = any_typmod(fuzz);
	Datum		value = read_text(fuzz, fuzz->input.data, typmod);
	char	   *text = OutputFunctionCall(&fuzz->out, value);

	expect(same_image(value, read_text(fuzz, text, typmod)), "text is read as it was written");
	expect(same_image(value, received_again(fuzz, value, typmod)), "text is received as it was sent");
	expect(DatumGetBool(FunctionCall2(&fuzz->equal, value, value)), "a value equals itself");
}

static void
test_json(Fuzz *fuzz)
{
	Datum		json = DirectFunctionCall1(jsonb_in, CStringGetDatum(fuzz->input.data));
	Datum		value = FunctionCall1(&fuzz->from_jsonb, json);
	Datum		again = FunctionCall1(&fuzz->from_jsonb, FunctionCall1(&fuzz->to_jsonb, value));
	Datum		text = PointerGetDatum(cstring_to_text(fuzz->input.data));

	expect(same_image(value, again), "JSON is read as it was written");
	expect(same_image(value, FunctionCall1(&fuzz->from_json, text)), "json is read as jsonb is");
}

static void
test_binary(Fuzz *fuzz)
{
	int32		typmod = any_typmod(fuzz);
	Datum		value = receive(fuzz, fuzz->input.data, fuzz->input.len, typmod);

	expect(same_image(value, received_again(fuzz, value, typmod)), "binary is received as it was sent");
	if (typmod >= 0)
		expect(same_image(value, read_text(fuzz, OutputFunctionCall(&fuzz->out, value), typmod)),
			   "binary is read as it was written");
}

/* All that looks at a value. */
static void
test_stored(Fuzz *fuzz)
{
	Datum		value = PointerGetDatum(cstring_to_text_with_len(fuzz->input.data, fuzz->input.len));

	(void) FunctionCall1(&fuzz->count, value);
	(void) FunctionCall1(&fuzz->hash, value);
	(void) FunctionCall2(&fuzz->equal, value, value);
	(void) FunctionCall2(&fuzz->add, value, read_text(fuzz, "{7,70000}", -1));
	(void) FunctionCall2(&fuzz->subtract, value, read_text(fuzz, "{7,1,2,x}", -1));
	(void) SendFunctionCall(&fuzz->send, value);
	(void) OutputFunctionCall(&fuzz->out, value);
}

/* A text form of some keys: numbers as they are, or as texts or uuids made of them. */
static char *
list_of(const int64 *keys, int nkeys, int form)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoChar(&text, '{');
	for (int i = 0; i < nkeys; i++)
	{
		if (i > 0)
			appendStringInfoChar(&text, ',');
		if (form == 0)
			appendStringInfo(&text, INT64_FORMAT, keys[i]);
		else if (form == 1)
			appendStringInfo(&text, "%.*sk" INT64_FORMAT, (int) (keys[i] & 15), "aaaaaaaaaaaaaaaa", keys[i]);
		else
			appendStringInfo(&text, "%08x00000000%016" INT64_MODIFIER "x", (uint32) (keys[i] * 2654435761u), keys[i]);
	}
	appendStringInfoChar(&text, '}');
	return text.data;
}

/* Takes keys out of a list, and appends others that it lacks. */
static int
edit_list(int64 *keys, int nkeys, const int64 *changed, int nchanged, bool add)
{
	for (int c = 0; c < nchanged; c++)
	{
		int			i = 0;

		while (i < nkeys && keys[i] != changed[c])
			i++;
		if (add && i == nkeys)
			keys[nkeys++] = changed[c];
		else if (!add && i < nkeys)
		{
			memmove(keys + i, keys + i + 1, (nkeys - i - 1) * sizeof(int64));
			nkeys--;
		}
	}
	return nkeys;
}

static void
test_edit(Fuzz *fuzz)
{
	static const uint64 widths[] = {1, 3, 20, 5000, UINT64CONST(100000000000)};
	uint64		width = widths[below(fuzz, lengthof(widths))];
	int			form = below(fuzz, 3);
	/* int8, text or uuid, to many; texts and numbers in order, too */
	int32		typmod = fuzz->typmods[form * 2 + (once_in(fuzz, 3) ? 1 : 0)];
	int			nkeys = below(fuzz, once_in(fuzz, 20) ? 5000 : 60);
	int64	   *keys = palloc((nkeys + 100) * sizeof(int64));
	int64		last = (int64) below(fuzz, 1000);
	Datum		value;

	for (int i = 0; i < nkeys; i++)
		keys[i] = last += 1 + (once_in(fuzz, 50) ? below(fuzz, 100000) : below(fuzz, width));
	value = read_text(fuzz, list_of(keys, nkeys, form), typmod);
	for (int round = 0; round < 10; round++)
	{
		bool		add = once_in(fuzz, 2);
		int64		changed[8];
		int			nchanged = below(fuzz, 8);

		for (int i = 0; i < nchanged; i++)
			changed[i] = nkeys > 0 && !once_in(fuzz, 3) ? keys[below(fuzz, nkeys)] + once_in(fuzz, 3) :
				last + (int64) below(fuzz, 100);
		value = FunctionCall2(add ? &fuzz->add : &fuzz->subtract, value,
							  read_text(fuzz, list_of(changed, nchanged, form), -1));
		nkeys = edit_list(keys, nkeys, changed, nchanged, add);
		resetStringInfo(&fuzz->input);
		appendStringInfoString(&fuzz->input, list_of(keys, nkeys, form));
		expect(same_image(value, read_text(fuzz, fuzz->input.data, typmod)), "an edited set is as a new one");
		expect(DatumGetInt32(FunctionCall1(&fuzz->count, value)) == nkeys, "the keys are counted right");
	}
}

typedef struct Target
{
	const char *name;
	void		(*make) (Fuzz *fuzz);
	void		(*test) (Fuzz *fuzz);
} Target;

static void
make_text(Fuzz *fuzz)
{
	switch (below(fuzz, 4))
	{
		case 0:
			add_pieces(fuzz);
			break;
		case 1:
			add_json(fuzz, 0);
			break;
		default:
			add_list(fuzz, "{", "}", once_in(fuzz, 3) ? "\"" : "");
			break;
	}
	mutate(fuzz);
	make_valid_text(&fuzz->input);
}

static void
make_json(Fuzz *fuzz)
{
	add_json(fuzz, 0);
	if (once_in(fuzz, 2))
		mutate(fuzz);
	make_valid_text(&fuzz->input);
}

/* A value of any kind that is right. */
static Datum
good_value(Fuzz *fuzz)
{
	add_list(fuzz, "{", "}", "");
	for (;;)
	{
		int32		typmod = any_typmod(fuzz);

		/* only texts and literals can hold all that lists do */
		if (typmod < 0 || strpbrk(fuzz->input.data, "x-") == NULL || once_in(fuzz, 50))
			return read_text(fuzz, fuzz->input.data, typmod);
	}
}

static void
make_binary(Fuzz *fuzz)
{
	set_input(fuzz, PointerGetDatum(SendFunctionCall(&fuzz->send, good_value(fuzz))));
	mutate(fuzz);
}

static void
make_stored(Fuzz *fuzz)
{
	set_input(fuzz, good_value(fuzz));
	mutate(fuzz);
}

static void
make_nothing(Fuzz *fuzz)
{
}

static const Target targets[] = {
	{"text", make_text, test_text},
	{"json", make_json, test_json},
	{"binary", make_binary, test_binary},
	{"stored", make_stored, test_stored},
	{"edit", make_nothing, test_edit},
};

/* Errors that are meant for bad input. */
static bool
is_clean(const Target *target, int sqlerrcode)
{
	switch (sqlerrcode)
	{
		case ERRCODE_INVALID_TEXT_REPRESENTATION:
		case ERRCODE_INVALID_BINARY_REPRESENTATION:
		case ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE:
		case ERRCODE_CARDINALITY_VIOLATION:
		case ERRCODE_CHARACTER_NOT_IN_REPERTOIRE:
		case ERRCODE_UNTRANSLATABLE_CHARACTER:
			return true;
		case ERRCODE_DATA_CORRUPTED:
		case ERRCODE_OUT_OF_MEMORY:
		case ERRCODE_PROGRAM_LIMIT_EXCEEDED:
			return target->test == test_stored;
		default:
			return false;
	}
}

/* Runs one case; true if it was a value. */
static bool
run_case(Fuzz *fuzz, const Target *target, int64 number, MemoryContext context)
{
	ResourceOwner owner = CurrentResourceOwner;
	volatile bool value = true;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		target->make(fuzz);
		target->test(fuzz);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		if (!is_clean(target, error->sqlerrcode))
		{
			CurrentResourceOwner = owner;
			ereport(ERROR,
					(errcode(ERRCODE_ASSERT_FAILURE),
					 errmsg("%s: %s", unpack_sql_state(error->sqlerrcode), error->message),
					 errdetail("Case " INT64_FORMAT " of target %s, in hex: %s", number, target->name,
							   TextDatumGetCString(DirectFunctionCall2(binary_encode,
																	   PointerGetDatum(cstring_to_text_with_len(fuzz->input.data, fuzz->input.len)),
																	   PointerGetDatum(cstring_to_text("hex")))))));
		}
		value = false;
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	return value;
}

static void
find_function(FmgrInfo *function, const char *schema, const char *name, int nargs, Oid first, Oid second)
{
	Oid			types[2] = {first, second};
	List	   *names = list_make1(makeString(pstrdup(name)));

	if (schema != NULL)
		names = lcons(makeString(pstrdup(schema)), names);
	fmgr_info(LookupFuncName(names, nargs, types, false), function);
}

static void
add_typmod(Fuzz *fuzz, const char *modifier)
{
	Oid			type;

	parseTypeString(psprintf("interlink.link(%s)", modifier), &type, &fuzz->typmods[fuzz->ntypmods++], 0);
}

static void
open_type(Fuzz *fuzz)
{
	static const char *const modifiers[] = {
		"many_to_many,int8", "many_to_many,int8,ordered", "many_to_many,text", "many_to_many,text,ordered",
		"many_to_many,uuid", "many_to_many,uuid,ordered", "many_to_many,int4", "one_to_many,int2", "one_to_many,int4,ordered",
		"many_to_one,int8", "one_to_one,text", "many_to_one,uuid", "many_to_many,other", "many_to_many,other,ordered"
	};
	int32		typmod;
	Oid			function;
	bool		varlena;

	parseTypeString("interlink.link", &fuzz->type, &typmod, 0);
	getTypeInputInfo(fuzz->type, &function, &fuzz->ioparam);
	fmgr_info(function, &fuzz->in);
	getTypeOutputInfo(fuzz->type, &function, &varlena);
	fmgr_info(function, &fuzz->out);
	getTypeBinaryInputInfo(fuzz->type, &function, &fuzz->ioparam);
	fmgr_info(function, &fuzz->recv);
	getTypeBinaryOutputInfo(fuzz->type, &function, &varlena);
	fmgr_info(function, &fuzz->send);
	find_function(&fuzz->from_json, "interlink", "link_from_json", 1, JSONOID, InvalidOid);
	find_function(&fuzz->from_jsonb, "interlink", "link_from_jsonb", 1, JSONBOID, InvalidOid);
	find_function(&fuzz->to_jsonb, "interlink", "link_to_jsonb", 1, fuzz->type, InvalidOid);
	find_function(&fuzz->hash, "interlink", "link_hash", 1, fuzz->type, InvalidOid);
	find_function(&fuzz->count, NULL, "cardinality", 1, fuzz->type, InvalidOid);
	find_function(&fuzz->equal, "interlink", "link_eq", 2, fuzz->type, fuzz->type);
	find_function(&fuzz->add, "interlink", "link_union", 2, fuzz->type, fuzz->type);
	find_function(&fuzz->subtract, "interlink", "link_difference", 2, fuzz->type, fuzz->type);
	for (int i = 0; i < lengthof(modifiers); i++)
		add_typmod(fuzz, modifiers[i]);
}

static const Target *
find_target(const char *name)
{
	for (int i = 0; i < lengthof(targets); i++)
		if (strcmp(targets[i].name, name) == 0)
			return &targets[i];
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("no target \"%s\"", name)));
}

Datum
link_fuzz(PG_FUNCTION_ARGS)
{
	const Target *target = find_target(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	int64		cases = PG_GETARG_INT64(2);
	int64		values = 0;
	MemoryContext before = CurrentMemoryContext;
	MemoryContext context = AllocSetContextCreate(before, "link_fuzz", ALLOCSET_DEFAULT_SIZES);
	Fuzz		fuzz = {0};

	open_type(&fuzz);
	pg_prng_seed(&fuzz.random, (uint64) PG_GETARG_INT64(1));
	for (int64 i = 0; i < cases; i++)
	{
		CHECK_FOR_INTERRUPTS();
		MemoryContextReset(context);
		MemoryContextSwitchTo(context);
		initStringInfo(&fuzz.input);
		values += run_case(&fuzz, target, i + 1, context);
	}
	MemoryContextSwitchTo(before);
	MemoryContextDelete(context);
	PG_RETURN_TEXT_P(cstring_to_text(psprintf(INT64_FORMAT " values, " INT64_FORMAT " errors", values, cases - values)));
}
