/*
 * link_typmod.c: the modifier of the type, as in link(many_to_many,int8,ordered).
 *
 * It is an integer that holds all there is to say, so that nothing need be
 * looked up to read it: bits 0-1 are the relationship as seen from this end,
 * bits 2-4 the kind of the keys, bit 5 is set for an ordered link.
 */
#include "type/link_format.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#define RELATIONSHIP_MASK	0x03
#define KIND_SHIFT			2
#define KIND_MASK			0x07
#define ORDERED_BIT			0x20

PG_FUNCTION_INFO_V1(link_typmod_in);
PG_FUNCTION_INFO_V1(link_typmod_out);

typedef struct Spelling
{
	const char *text;
	int			value;
} Spelling;

/* The first spelling of a value is the one that is shown. */
static const Spelling relationships[] = {
	{"one_to_one", LINK_ONE_TO_ONE},
	{"one_to_many", LINK_ONE_TO_MANY},
	{"many_to_one", LINK_MANY_TO_ONE},
	{"many_to_many", LINK_MANY_TO_MANY},
	{"oneOne", LINK_ONE_TO_ONE},
	{"oneMany", LINK_ONE_TO_MANY},
	{"manyOne", LINK_MANY_TO_ONE},
	{"manyMany", LINK_MANY_TO_MANY},
};

static const Spelling kinds[] = {
	{"int2", LINK_INT2},
	{"int4", LINK_INT4},
	{"int8", LINK_INT8},
	{"uuid", LINK_UUID},
	{"text", LINK_TEXT},
	{"other", LINK_OTHER},
	{"smallint", LINK_INT2},
	{"integer", LINK_INT4},
	{"int", LINK_INT4},
	{"bigint", LINK_INT8},
	{"varchar", LINK_TEXT},
	{"character varying", LINK_TEXT},
};

static const Spelling *
find_spelling(const Spelling *spellings, int n, const char *text)
{
	for (int i = 0; i < n; i++)
		if (pg_strcasecmp(spellings[i].text, text) == 0)
			return &spellings[i];
	return NULL;
}

static const char *
shown_spelling(const Spelling *spellings, int n, int value)
{
	for (int i = 0; i < n; i++)
		if (spellings[i].value == value)
			return spellings[i].text;
	return "unresolved";
}

bool
link_relationship_parse(const char *text, LinkRelationship *result)
{
	const Spelling *found = find_spelling(relationships, lengthof(relationships), text);

	if (found != NULL)
		*result = (LinkRelationship) found->value;
	return found != NULL;
}

const char *
link_relationship_name(LinkRelationship relationship)
{
	return shown_spelling(relationships, lengthof(relationships), relationship);
}

bool
link_kind_parse(const char *text, LinkKind *result)
{
	const Spelling *found = find_spelling(kinds, lengthof(kinds), text);

	if (found != NULL)
		*result = (LinkKind) found->value;
	return found != NULL;
}

const char *
link_kind_name(LinkKind kind)
{
	return shown_spelling(kinds, lengthof(kinds), kind);
}

static bool
is_to_one(LinkRelationship relationship)
{
	return relationship == LINK_ONE_TO_ONE || relationship == LINK_MANY_TO_ONE;
}

/* One key has no order, so that a to-one modifier never carries one. */
int32
link_typmod_make(LinkRelationship relationship, LinkKind kind, bool ordered)
{
	Assert(kind != LINK_UNRESOLVED);
	return relationship | (kind << KIND_SHIFT) |
		(ordered && !is_to_one(relationship) ? ORDERED_BIT : 0);
}

LinkRelationship
link_typmod_relationship(int32 typmod)
{
	return (LinkRelationship) (typmod & RELATIONSHIP_MASK);
}

LinkKind
link_typmod_kind(int32 typmod)
{
	int			kind = (typmod >> KIND_SHIFT) & KIND_MASK;

	if (typmod < 0)
		return LINK_UNRESOLVED;
	if (kind < LINK_INT2 || kind > LINK_OTHER)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid modifier %d of type interlink.link", typmod)));
	return (LinkKind) kind;
}

bool
link_typmod_ordered(int32 typmod)
{
	return typmod >= 0 && (typmod & ORDERED_BIT) != 0;
}

/* The flags of values made for a column of this modifier. */
uint8
link_typmod_flags(int32 typmod)
{
	if (typmod < 0)
		return 0;
	return (link_typmod_ordered(typmod) ? LINK_ORDERED : 0) |
		(is_to_one(link_typmod_relationship(typmod)) ? LINK_TO_ONE : 0);
}

static int32
parse_typmod(int n, Datum *words)
{
	LinkRelationship relationship;
	LinkKind	kind;
	bool		ordered = n == 3;

	if (n < 2 || n > 3)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid number of modifiers of type interlink.link: %d", n),
				 errhint("Write link(relationship, key type) or link(relationship, key type, ordered).")));
	if (!link_relationship_parse(DatumGetCString(words[0]), &relationship))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid relationship in a modifier of type interlink.link: \"%s\"",
						DatumGetCString(words[0])),
				 errhint("Allowed are one_to_one, one_to_many, many_to_one and many_to_many.")));
	if (!link_kind_parse(DatumGetCString(words[1]), &kind))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid key type in a modifier of type interlink.link: \"%s\"",
						DatumGetCString(words[1])),
				 errhint("Allowed are int2, int4, int8, uuid, text and other.")));
	if (ordered && pg_strcasecmp(DatumGetCString(words[2]), "ordered") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid third modifier of type interlink.link: \"%s\"",
						DatumGetCString(words[2])),
				 errhint("The only one allowed is \"ordered\".")));
	if (ordered && is_to_one(relationship))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a %s link cannot be ordered", link_relationship_name(relationship)),
				 errdetail("It holds at most one key.")));
	return link_typmod_make(relationship, kind, ordered);
}

Datum
link_typmod_in(PG_FUNCTION_ARGS)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	Datum	   *words;
	int			n;

	if (ARR_ELEMTYPE(array) != CSTRINGOID || ARR_NDIM(array) != 1 || array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("modifiers of type interlink.link must be a one-dimensional array of cstring without nulls")));
	deconstruct_array(array, CSTRINGOID, -2, false, TYPALIGN_CHAR, &words, NULL, &n);
	PG_RETURN_INT32(parse_typmod(n, words));
}

Datum
link_typmod_out(PG_FUNCTION_ARGS)
{
	int32		typmod = PG_GETARG_INT32(0);

	if (typmod < 0)
		PG_RETURN_CSTRING(pstrdup(""));
	PG_RETURN_CSTRING(psprintf("(%s,%s%s)",
							   link_relationship_name(link_typmod_relationship(typmod)),
							   link_kind_name(link_typmod_kind(typmod)),
							   link_typmod_ordered(typmod) ? ",ordered" : ""));
}
