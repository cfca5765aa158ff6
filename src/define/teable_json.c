/*
 * teable_json.c: Teable's JSON for a field, read.
 *
 * A field is an object with name, type and options.  Teable itself keeps part
 * of what is here called options in lookupOptions; both places are read, and a
 * key may stand in one of them.  JSON null is the same as no key.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "parser/scansup.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "compat.h"
#include "define/define.h"
#include "define/teable.h"

#define LINKS (1 << FIELD_LINK)
#define LOOKUPS (1 << FIELD_LOOKUP)
#define ROLLUPS (1 << FIELD_ROLLUP)

typedef struct Key
{
	const char *name;
	int			kinds;			/* of fields that have it */
	const char *types;			/* of JSON, as the message says them */
} Key;

static const Key field_keys[] = {
	{"name", LINKS | LOOKUPS | ROLLUPS, "string"},
	{"type", LINKS | LOOKUPS | ROLLUPS, "string"},
	{"description", LINKS | LOOKUPS | ROLLUPS, "string"},
	{"options", LINKS | LOOKUPS | ROLLUPS, "object"},
	{"isLookup", LINKS | LOOKUPS | ROLLUPS, "boolean"},
	{"lookupOptions", LOOKUPS | ROLLUPS, "object"},
};

/* formatting and showAs say how a value is drawn, which is no matter of the data. */
static const Key option_keys[] = {
	{"relationship", LINKS | LOOKUPS | ROLLUPS, "string"},
	{"foreignTableId", LINKS | LOOKUPS | ROLLUPS, "string"},
	{"symmetricFieldId", LINKS, "string or number"},
	{"isOneWay", LINKS, "boolean"},
	{"linkFieldId", LOOKUPS | ROLLUPS, "string or number"},
	{"lookupFieldId", LINKS | LOOKUPS | ROLLUPS, "string or number"},
	{"rollupFunction", ROLLUPS, "string"},
	{"expression", ROLLUPS, "string"},
	{"formatting", LOOKUPS | ROLLUPS, "object"},
	{"showAs", LOOKUPS | ROLLUPS, "object"},
};

static const char *const kinds[] = {"link", "lookup", "rollup"};

/* The first four are add_link's own; the others mean the same in this order. */
static const char *const relationships[] =
{"one_to_one", "one_to_many", "many_to_one", "many_to_many",
"oneOne", "oneMany", "manyOne", "manyMany"};

/* The places where options stand. */
typedef struct Source
{
	FieldKind	kind;
	JsonbContainer *field;
	JsonbContainer *options;	/* these two: NULL when not given */
	JsonbContainer *lookup_options;
} Source;

const char *
teable_kind_name(FieldKind kind)
{
	return kinds[kind];
}

void
teable_missing(const char *key, FieldKind kind)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("key \"%s\" is missing in the definition of a %s", key, kinds[kind])));
}

static const char *
json_type(JsonbValue *value)
{
	switch (value->type)
	{
		case jbvNull:
			return "null";
		case jbvString:
			return "string";
		case jbvNumeric:
			return "number";
		case jbvBool:
			return "boolean";
		default:
			return JsonContainerIsArray(value->val.binary.data) ? "array" : "object";
	}
}

static char *
string_of(JsonbValue *value)
{
	return pnstrdup(value->val.string.val, value->val.string.len);
}

static const Key *
find_key(const Key *keys, int nkeys, FieldKind kind, const char *name)
{
	for (int i = 0; i < nkeys; i++)
	{
		if ((keys[i].kinds & 1 << kind) && strcmp(keys[i].name, name) == 0)
			return &keys[i];
	}
	return NULL;
}

static char *
key_names(const Key *keys, int nkeys, FieldKind kind)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < nkeys; i++)
	{
		if (keys[i].kinds & 1 << kind)
			appendStringInfo(&buf, "%s%s", buf.len > 0 ? ", " : "", keys[i].name);
	}
	return buf.data;
}

static void
check_type(const char *name, JsonbValue *value, const char *types)
{
	if (value->type == jbvNull || strstr(types, json_type(value)))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("key \"%s\" must be a JSON %s", name, types),
			 errdetail("It is: %s.", json_type(value))));
}

/* Nothing that is not understood is passed over. */
static void
check_keys(JsonbContainer *object, const Key *keys, int nkeys, FieldKind kind, const char *place)
{
	JsonbIterator *iterator = JsonbIteratorInit(object);
	JsonbIteratorToken token;
	JsonbValue	value;
	char	   *name = NULL;

	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
	{
		const Key  *key;

		if (token == WJB_KEY)
			name = string_of(&value);
		if (token != WJB_VALUE)
			continue;
		key = find_key(keys, nkeys, kind, name);
		if (key == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("unknown key \"%s\" in %s of a %s", name, place, kinds[kind]),
					 errhint("Available keys: %s.", key_names(keys, nkeys, kind))));
		check_type(name, &value, key->types);
	}
}

/* NULL when the key is not there, or null. */
static JsonbValue *
get(JsonbContainer *object, const char *key)
{
	JsonbValue *value = NULL;

	if (object)
		value = getKeyJsonValueFromContainer(object, key, strlen(key), NULL);
	return value && value->type != jbvNull ? value : NULL;
}

static JsonbContainer *
get_object(JsonbContainer *object, const char *key)
{
	JsonbValue *value = get(object, key);

	if (value)
		check_type(key, value, "object");
	return value ? value->val.binary.data : NULL;
}

static JsonbValue *
get_option(Source *source, const char *key)
{
	JsonbValue *value = get(source->options, key);
	JsonbValue *other = get(source->lookup_options, key);

	if (value && other)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("key \"%s\" is given twice", key),
				 errdetail("It stands in options and in lookupOptions.")));
	return value ? value : other;
}

static char *
get_string(Source *source, const char *key)
{
	JsonbValue *value = get_option(source, key);

	return value ? string_of(value) : NULL;
}

/* Like a name that is written in SQL, it is cut to what PostgreSQL has room for. */
static char *
name_of(JsonbValue *value)
{
	char	   *name = string_of(value);

	truncate_identifier(name, strlen(name), true);
	return name;
}

/* False: the text is not that of a number that a field could have. */
static bool
read_number(const char *text, int64 *number)
{
	errno = 0;
	*number = strtoi64(text, NULL, 10);
	return errno == 0 && text[0] != '\0' && strspn(text, "0123456789") == strlen(text);
}

static int64
number_of_field(const char *key, JsonbValue *value)
{
	char	   *text = numeric_normalize(value->val.numeric);
	int64		number;

	if (!read_number(text, &number))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("key \"%s\" must be the name or number of a field", key),
				 errdetail("It is: %s.", text)));
	return number;
}

static TeableReference
get_reference(Source *source, const char *key)
{
	TeableReference reference = {0};
	JsonbValue *value = get_option(source, key);

	if (value == NULL)
		return reference;
	reference.given = true;
	if (value->type == jbvString)
	{
		reference.name = name_of(value);
		reference.has_number = read_number(reference.name, &reference.number);
	}
	else
	{
		reference.number = number_of_field(key, value);
		reference.has_number = true;
	}
	return reference;
}

/*
 * isLookup makes any type a lookup; type and options are then those of the
 * field that is looked up, and lookupOptions says the rest.
 */
static void
find_places(Source *source)
{
	JsonbValue *type = get(source->field, "type");
	JsonbValue *is_lookup = get(source->field, "isLookup");
	char	   *name;

	source->options = get_object(source->field, "options");
	source->lookup_options = get_object(source->field, "lookupOptions");
	if (is_lookup)
		check_type("isLookup", is_lookup, "boolean");
	source->kind = FIELD_LOOKUP;
	if (type == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("key \"type\" is missing in the definition of a field"),
				 errhint("Available values: link, lookup, rollup.")));
	check_type("type", type, "string");
	name = string_of(type);
	if (is_lookup && is_lookup->val.boolean && strcmp(name, "lookup") != 0)
	{
		if (source->lookup_options == NULL)
			teable_missing("lookupOptions", FIELD_LOOKUP);
		source->options = NULL;
		return;
	}
	check_option("type", name, kinds, lengthof(kinds));
	for (int i = 0; i < lengthof(kinds); i++)
	{
		if (strcmp(name, kinds[i]) == 0)
			source->kind = i;
	}
}

static void
check_places(Source *source)
{
	check_keys(source->field, field_keys, lengthof(field_keys), source->kind, "the definition");
	if (source->options)
		check_keys(source->options, option_keys, lengthof(option_keys), source->kind, "options");
	if (source->lookup_options)
		check_keys(source->lookup_options, option_keys, lengthof(option_keys), source->kind,
				   "lookupOptions");
}

static void
read_relationship(Source *source, TeableField *field)
{
	char	   *text = get_string(source, "relationship");

	if (text == NULL)
		return;
	check_option("relationship", text, relationships, lengthof(relationships));
	field->has_relationship = true;
	for (int i = 0; i < lengthof(relationships); i++)
	{
		if (strcmp(text, relationships[i]) == 0)
			(void) link_relationship_parse(relationships[i % 4], &field->relationship);
	}
}

static const char *
skip_space(const char *c)
{
	while (scanner_isspace(*c))
		c++;
	return c;
}

/* Past a string in quotes of either kind, or NULL. */
static const char *
read_quoted(const char *c, char **string)
{
	const char *end = *c == '\'' || *c == '"' ? strchr(c + 1, *c) : NULL;

	if (end)
		*string = pnstrdup(c + 1, end - c - 1);
	return end ? end + 1 : NULL;
}

/* Past ({values}) or ({values}, 'separator'), or NULL. */
static const char *
read_arguments(const char *c, char **separator)
{
	static const char values[] = "{values}";

	c = skip_space(c + 1);
	if (pg_strncasecmp(c, values, strlen(values)) != 0)
		return NULL;
	c = skip_space(c + strlen(values));
	if (*c == ',')
		c = read_quoted(skip_space(c + 1), separator);
	c = c ? skip_space(c) : NULL;
	return c && *c == ')' ? skip_space(c + 1) : NULL;
}

/* sum, sum({values}), array_join({values}, '; ') */
static void
read_function(const char *text, TeableField *field)
{
	const char *start = skip_space(text);
	const char *c = start + strcspn(start, "(){}, \t\n\r\f\v'\"");

	field->function = pnstrdup(start, c - start);
	c = skip_space(c);
	if (*c == '(')
		c = read_arguments(c, &field->separator);
	if (c && *c == '\0' && field->function[0] != '\0')
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid rollup function: \"%s\"", text),
			 errhint("Write a function of {values}, such as sum({values}).")));
}

static void
read_rollup(Source *source, TeableField *field)
{
	char	   *function = get_string(source, "rollupFunction");
	char	   *expression = get_string(source, "expression");

	if (function && expression)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("rollupFunction and expression are both given"),
				 errdetail("They say the same thing.")));
	if (function == NULL && expression == NULL)
		teable_missing("rollupFunction", FIELD_ROLLUP);
	read_function(function ? function : expression, field);
}

TeableField *
teable_read(Jsonb *definition)
{
	TeableField *field = palloc0(sizeof(TeableField));
	Source		source = {.field = &definition->root};
	JsonbValue *value;

	if (!JB_ROOT_IS_OBJECT(definition))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the definition of a field must be a JSON object")));
	find_places(&source);
	check_places(&source);
	field->kind = source.kind;
	value = get(source.field, "name");
	if (value == NULL)
		teable_missing("name", field->kind);
	field->name = name_of(value);
	value = get(source.field, "description");
	field->description = value ? string_of(value) : NULL;
	read_relationship(&source, field);
	field->foreign_table = get_string(&source, "foreignTableId");
	field->symmetric_field = get_reference(&source, "symmetricFieldId");
	field->link_field = get_reference(&source, "linkFieldId");
	field->lookup_field = get_reference(&source, "lookupFieldId");
	value = get_option(&source, "isOneWay");
	field->one_way = value && value->val.boolean;
	if (field->kind == FIELD_ROLLUP)
		read_rollup(&source, field);
	return field;
}
