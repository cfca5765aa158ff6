/*
 * link_json.c: links from and to JSON.
 *
 * Read are a number or string (one key), null (none), an object with a member
 * "id" (that key), and an array of all these.  Written are [1,2], and 2 or null
 * where the value was made for a to-one column.
 */
#include "type/link_format.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"

PG_FUNCTION_INFO_V1(link_from_json);
PG_FUNCTION_INFO_V1(link_from_jsonb);
PG_FUNCTION_INFO_V1(link_to_json);
PG_FUNCTION_INFO_V1(link_to_jsonb);

typedef struct JsonKeys
{
	LinkKey    *keys;
	int			nkeys;
} JsonKeys;

pg_noreturn static void
refuse_json(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid JSON for a link"),
			 errdetail("%s", detail),
			 errhint("Write [1,2], [{\"id\":1},{\"id\":2}], a single key, or null.")));
}

static void
add_scalar(JsonKeys *list, const JsonbValue *value)
{
	LinkKey    *key = &list->keys[list->nkeys];

	switch (value->type)
	{
		case jbvNull:
			return;
		case jbvString:
			key->text.data = value->val.string.val;
			key->text.length = value->val.string.len;
			break;
		case jbvNumeric:
			key->text.data = DatumGetCString(DirectFunctionCall1(numeric_out,
																 NumericGetDatum(value->val.numeric)));
			key->text.length = strlen(key->text.data);
			break;
		case jbvBool:
			refuse_json("A key must be a number or a string, not a boolean.");
		default:
			refuse_json("A key must be a number or a string.");
	}
	list->nkeys++;
}

static void
add_object(JsonKeys *list, JsonbContainer *object)
{
	JsonbValue *id = getKeyJsonValueFromContainer(object, "id", 2, NULL);

	if (id == NULL)
		refuse_json("An object has no member \"id\".");
	add_scalar(list, id);
}

static void
add_element(JsonKeys *list, const JsonbValue *value)
{
	if (value->type != jbvBinary)
		add_scalar(list, value);
	else if (JsonContainerIsObject(value->val.binary.data))
		add_object(list, value->val.binary.data);
	else
		refuse_json("Arrays of arrays are no list of keys.");
}

static Link *
from_container(JsonbContainer *root)
{
	JsonKeys	list;
	JsonbIterator *iterator;
	JsonbValue	value;
	JsonbIteratorToken token;

	list.keys = palloc((JsonContainerSize(root) + 1) * sizeof(LinkKey));
	list.nkeys = 0;
	if (JsonContainerIsObject(root))
		add_object(&list, root);
	else
	{
		/* a lone scalar is stored as an array, too */
		iterator = JsonbIteratorInit(root);
		while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
			if (token == WJB_ELEM)
				add_element(&list, &value);
	}
	return link_canonical(LINK_UNRESOLVED, 0, list.nkeys, list.keys);
}

Link *
link_parse_json(const char *text, int length)
{
	Datum		jsonb = DirectFunctionCall1(jsonb_in, CStringGetDatum(pnstrdup(text, length)));

	return from_container(&DatumGetJsonbP(jsonb)->root);
}

/* An unresolved link from a value of type json or jsonb. */
Link *
link_from_json_value(Oid type, Datum value)
{
	text	   *json;

	if (type == JSONBOID)
		return from_container(&DatumGetJsonbP(value)->root);
	json = DatumGetTextPP(value);
	return link_parse_json(VARDATA_ANY(json), VARSIZE_ANY_EXHDR(json));
}

Datum
link_from_json(PG_FUNCTION_ARGS)
{
	PG_RETURN_LINK(link_from_json_value(JSONOID, PG_GETARG_DATUM(0)));
}

Datum
link_from_jsonb(PG_FUNCTION_ARGS)
{
	PG_RETURN_LINK(link_from_json_value(JSONBOID, PG_GETARG_DATUM(0)));
}

/* Whether a text is an integer just as JSON writes it. */
static bool
is_json_integer(const char *data, int length)
{
	LinkKey		key;
	char	   *text;
	int			written;

	if (link_key_read(LINK_INT8, data, length, &key) != LINK_KEY_GOOD)
		return false;
	text = link_key_text(LINK_FAMILY_INTEGER, &key, &written);
	return written == length && memcmp(text, data, length) == 0;
}

/* Text keys are strings; those of a literal that nobody gave a type, as they look. */
static void
write_key(StringInfo json, const LinkView *view, int i)
{
	LinkKey		key = link_view_key(view, i);
	LinkFamily	family = link_kind_family(view->kind);
	int			length;
	char	   *text = link_key_text(family, &key, &length);

	if (family == LINK_FAMILY_INTEGER ||
		(view->kind == LINK_UNRESOLVED && is_json_integer(text, length)))
		appendBinaryStringInfo(json, text, length);
	else
		escape_json(json, pnstrdup(text, length));
}

static char *
json_text(Datum link)
{
	LinkView	view = link_view(link);
	StringInfoData json;

	initStringInfo(&json);
	if ((view.flags & LINK_TO_ONE) && view.nkeys == 0)
		appendStringInfoString(&json, "null");
	else if ((view.flags & LINK_TO_ONE) && view.nkeys == 1)
		write_key(&json, &view, 0);
	else
	{
		appendStringInfoChar(&json, '[');
		for (int i = 0; i < view.nkeys; i++)
		{
			if (i > 0)
				appendStringInfoChar(&json, ',');
			write_key(&json, &view, i);
		}
		appendStringInfoChar(&json, ']');
	}
	return json.data;
}

Datum
link_to_json(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(json_text(PG_GETARG_DATUM(0))));
}

Datum
link_to_jsonb(PG_FUNCTION_ARGS)
{
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json_text(PG_GETARG_DATUM(0))));
}
