/*
 * link_parse.c: reading the text form.
 *
 *		{1,2,3}  {"a b",c}		keys in braces, quoted as in an array
 *		{"{\"id\":7}"}			where a quoted one may be a JSON object
 *		7						a bare key
 *		[7,8]  {"id":7} ...		JSON, see link_json.c
 *		''  null				no key
 *
 * The result is unresolved: it keeps the order and the text of its keys.
 */
#include "type/link_format.h"

typedef struct Parser
{
	const char *start;			/* the whole literal, for messages */
	int			length;
	const char *at;
	const char *end;
	char	   *text;			/* room for the keys without their quotes */
	LinkKey    *keys;
	int			nkeys;
	int			space;
} Parser;

pg_noreturn static void
refuse_literal(const Parser *parser, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("malformed link literal: \"%s\"",
					pnstrdup(parser->start, parser->length)),
			 errdetail("%s", detail)));
}

static void
skip_blanks(Parser *parser)
{
	while (parser->at < parser->end && link_is_blank(*parser->at))
		parser->at++;
}

/* Takes a key, and the room that its text takes up. */
static void
add_key(Parser *parser, const char *data, int length)
{
	if (parser->nkeys == parser->space)
	{
		parser->space = Max(16, parser->space * 2);
		if (parser->keys == NULL)
			parser->keys = palloc(parser->space * sizeof(LinkKey));
		else
			parser->keys = repalloc_huge(parser->keys, parser->space * sizeof(LinkKey));
	}
	parser->keys[parser->nkeys].text.data = data;
	parser->keys[parser->nkeys].text.length = length;
	parser->nkeys++;
	parser->text += length;
}

/* A brace opens a JSON object if a quoted word and a colon follow. */
bool
link_is_json_object(const char *text, int length)
{
	Parser		ahead = {.at = text, .end = text + length};

	if (length == 0 || *ahead.at != '{')
		return false;
	ahead.at++;
	skip_blanks(&ahead);
	if (ahead.at == ahead.end || *ahead.at != '"')
		return false;
	for (ahead.at++; ahead.at < ahead.end && *ahead.at != '"'; ahead.at++)
		if (*ahead.at == '\\' && ahead.at + 1 < ahead.end)
			ahead.at++;
	if (ahead.at == ahead.end)
		return false;
	ahead.at++;
	skip_blanks(&ahead);
	return ahead.at < ahead.end && *ahead.at == ':';
}

/* The key of a JSON object, if it has one. */
static void
add_object(Parser *parser, const char *text, int length)
{
	LinkView	view = link_view(LinkGetDatum(link_parse_json(text, length)));

	for (int i = 0; i < view.nkeys; i++)
	{
		LinkKey		key = link_view_key(&view, i);

		add_key(parser, key.text.data, key.text.length);
	}
}

/*
 * A key in quotes; a backslash takes the next character as it is.  It is a JSON
 * object if its brace is not taken so: node-pg sends an array of objects in this
 * way, and link_out puts a backslash before the brace of a key.
 */
static void
parse_quoted(Parser *parser)
{
	char	   *text = parser->text;
	int			length = 0;
	bool		brace;

	parser->at++;
	brace = parser->at < parser->end && *parser->at == '{';
	for (; parser->at < parser->end && *parser->at != '"'; parser->at++)
	{
		if (*parser->at == '\\' && ++parser->at == parser->end)
			break;
		text[length++] = *parser->at;
	}
	if (parser->at == parser->end)
		refuse_literal(parser, "A quoted key does not end.");
	parser->at++;
	if (brace && link_is_json_object(text, length))
		add_object(parser, text, length);
	else
		add_key(parser, text, length);
}

static bool
is_null_word(const char *data, int length)
{
	return length == 4 && pg_strncasecmp(data, "null", 4) == 0;
}

/* A key without quotes ends at a comma or brace; blanks around it do not count. */
static void
parse_unquoted(Parser *parser)
{
	char	   *text = parser->text;
	int			length = 0;
	int			kept = 0;
	bool		escaped = false;

	for (; parser->at < parser->end && *parser->at != ',' && *parser->at != '}'; parser->at++)
	{
		if (*parser->at == '{' || *parser->at == '"')
			refuse_literal(parser, "A key that holds braces or quotes must be in double quotes.");
		if (*parser->at == '\\')
		{
			escaped = true;
			if (++parser->at == parser->end)
				break;
			text[length++] = *parser->at;
			kept = length;
			continue;
		}
		text[length++] = *parser->at;
		if (!link_is_blank(*parser->at))
			kept = length;
	}
	if (kept == 0 && parser->at == parser->end)
		refuse_literal(parser, "The closing brace is missing.");
	if (kept == 0)
		refuse_literal(parser, "A key is missing.");
	if (escaped || !is_null_word(text, kept))
		add_key(parser, text, kept);
}

/* What must come next in braces, and is skipped. */
static char
next_of(Parser *parser, const char *allowed, const char *otherwise)
{
	skip_blanks(parser);
	if (parser->at == parser->end)
		refuse_literal(parser, "The closing brace is missing.");
	if (strchr(allowed, *parser->at) == NULL)
		refuse_literal(parser, otherwise);
	return *parser->at++;
}

static void
parse_keys(Parser *parser)
{
	do
	{
		skip_blanks(parser);
		if (parser->at < parser->end && *parser->at == '"')
			parse_quoted(parser);
		else
			parse_unquoted(parser);
	} while (next_of(parser, ",}", "Keys must be separated by commas.") == ',');
}

static void
parse_braces(Parser *parser)
{
	parser->at++;
	skip_blanks(parser);
	if (parser->at < parser->end && *parser->at == '}')
		parser->at++;
	else
		parse_keys(parser);
	if (parser->at != parser->end)
		refuse_literal(parser, "There is text after the closing brace.");
}

Link *
link_parse(const char *text, int length)
{
	Parser		parser = {text, length, text, text + length};

	skip_blanks(&parser);
	while (parser.at < parser.end && link_is_blank(parser.end[-1]))
		parser.end--;
	length = (int) (parser.end - parser.at);

	if (length == 0)
		return link_build(LINK_UNRESOLVED, 0, 0, NULL);
	if (length == 4 && memcmp(parser.at, "null", 4) == 0)
		return link_build(LINK_UNRESOLVED, 0, 0, NULL);
	if (*parser.at == '[' || *parser.at == '"' || link_is_json_object(parser.at, length))
		return link_parse_json(parser.at, length);
	parser.text = palloc(length);
	if (*parser.at == '{')
		parse_braces(&parser);
	else
		add_key(&parser, parser.at, length);
	return link_canonical(LINK_UNRESOLVED, 0, parser.nkeys, parser.keys);
}
