/*
 * alter_changes.c: the changes that alter_link is asked for, as JSON.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "define/alter.h"
#include "define/define.h"

static const char *const changeable[] = {"relationship", "inverse", "on_delete", "on_taken", "required",
"ordered", "deferred_unique", "columns", "comment"};
static const char *const unchangeable[] = {"source", "name", "target", "foreign_key", "junction"};

static bool
is_among(const char *name, const char *const *names, int n)
{
	for (int i = 0; i < n; i++)
	{
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

static void
check_name(LinkDefinition *link, const char *name)
{
	StringInfoData list;

	if (is_among(name, changeable, lengthof(changeable)))
		return;
	if (is_among(name, unchangeable, lengthof(unchangeable)))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("option \"%s\" of %s cannot be altered", name, end_label(link)),
				 strcmp(name, "name") == 0 ? errhint("Use ALTER TABLE ... RENAME COLUMN on the link column.") :
				 errhint("Drop the link and add it again.")));
	initStringInfo(&list);
	for (int i = 0; i < lengthof(changeable); i++)
		appendStringInfo(&list, "%s%s", i > 0 ? ", " : "", changeable[i]);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid option in parameter \"changes\": \"%s\"", name),
			 errhint("Available options: %s.", list.data)));
}

static void
check_names(LinkDefinition *link, Jsonb *changes)
{
	JsonbIterator *iterator = JsonbIteratorInit(&changes->root);
	JsonbIteratorToken token;
	JsonbValue	value;

	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			check_name(link, pnstrdup(value.val.string.val, value.val.string.len));
	}
}

static void
raise_wrong_type(const char *option, const char *expected)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("option \"%s\" in parameter \"changes\" must be %s or null", option, expected)));
}

/* False: the option is not among the changes.  NULL is null. */
static bool
changed_text(Jsonb *changes, const char *option, char **result)
{
	JsonbValue *value = getKeyJsonValueFromContainer(&changes->root, option, strlen(option), NULL);

	if (value == NULL)
		return false;
	if (value->type != jbvNull && value->type != jbvString)
		raise_wrong_type(option, "a string");
	*result = value->type == jbvNull ? NULL :
		pnstrdup(value->val.string.val, value->val.string.len);
	return true;
}

static void
change_bool(Jsonb *changes, const char *option, bool *result)
{
	JsonbValue *value = getKeyJsonValueFromContainer(&changes->root, option, strlen(option), NULL);

	if (value == NULL)
		return;
	if (value->type != jbvNull && value->type != jbvBool)
		raise_wrong_type(option, "true, false");
	*result = value->type == jbvBool && value->val.boolean;
}

static void
change_relationship(Jsonb *changes, LinkDefinition *link)
{
	char	   *text;

	if (!changed_text(changes, "relationship", &text))
		return;
	check_relationship_name(text);
	(void) link_relationship_parse(text ? text : "many_to_one", &link->relationship);
}

/* A name is as long as names are. */
static void
change_inverse(Jsonb *changes, LinkDefinition *link)
{
	if (!changed_text(changes, "inverse", &link->inverse) || link->inverse == NULL)
		return;
	if (link->inverse[0] == '\0' || strlen(link->inverse) >= NAMEDATALEN)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("invalid name of the inverse end: \"%s\"", link->inverse)));
}

/*
 * What was created by add_link gets its default back, and so does what follows
 * from others.  A foreign key that was there before goes on saying what it says.
 */
static void
reset_defaults(LinkDefinition *link, const char *on_delete_before, bool on_delete_given)
{
	bool		adopted = !storage_created(link, "column") && !storage_created(link, "junction");
	bool		says_itself = !storage_made_foreign_key(link);

	if (link->on_taken == NULL)
		link->on_taken = "error";
	if (link->columns == NULL)
		link->columns = adopted ? "none" : "link";
	if (link->on_delete == NULL && says_itself)
		link->on_delete = pstrdup(on_delete_before);
	else if (link->on_delete == NULL ||
			 (!on_delete_given && !says_itself && link->required &&
			  strcmp(link->on_delete, "unlink") == 0))
		link->on_delete = link->required ? "restrict" : "unlink";
}

LinkDefinition *
link_with_changes(FunctionCallInfo fcinfo, int n, LinkDefinition *link)
{
	LinkDefinition *changed = palloc(sizeof(LinkDefinition));
	Jsonb	   *changes;
	bool		on_delete_given;

	if (PG_ARGISNULL(n))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("parameter \"changes\" must not be null")));
	changes = PG_GETARG_JSONB_P(n);
	if (!JB_ROOT_IS_OBJECT(changes))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("parameter \"changes\" must be a JSON object")));
	*changed = *link;
	changed->created = list_copy(link->created);
	check_names(link, changes);
	change_relationship(changes, changed);
	change_inverse(changes, changed);
	on_delete_given = changed_text(changes, "on_delete", &changed->on_delete);
	(void) changed_text(changes, "on_taken", &changed->on_taken);
	(void) changed_text(changes, "columns", &changed->columns);
	(void) changed_text(changes, "comment", &changed->comment);
	change_bool(changes, "required", &changed->required);
	change_bool(changes, "ordered", &changed->ordered);
	change_bool(changes, "deferred_unique", &changed->deferred_unique);
	if (changed->relationship != LINK_ONE_TO_ONE &&
		getKeyJsonValueFromContainer(&changes->root, "deferred_unique", strlen("deferred_unique"), NULL) == NULL)
		changed->deferred_unique = false;	/* goes with the UNIQUE constraint */
	reset_defaults(changed, link->on_delete, on_delete_given && changed->on_delete);
	return changed;
}
