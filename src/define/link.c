/*
 * link.c: interlink.add_link.
 */
#include "postgres.h"

#include "utils/lsyscache.h"

#include "define/alter.h"
#include "define/define.h"

PG_FUNCTION_INFO_V1(interlink_add_link);

static const char *const relationships[] =
{"one_to_one", "one_to_many", "many_to_one", "many_to_many"};
static const char *const deletions[] = {"unlink", "restrict", "cascade"};
static const char *const takings[] = {"error", "move"};
static const char *const displays[] = {"link", "array", "none"};

/* The arguments of add_link by position. */
enum
{
	ARG_SOURCE,
	ARG_NAME,
	ARG_TARGET,
	ARG_RELATIONSHIP,
	ARG_INVERSE,
	ARG_FOREIGN_KEY,
	ARG_JUNCTION,
	ARG_ON_DELETE,
	ARG_ON_TAKEN,
	ARG_REQUIRED,
	ARG_ORDERED,
	ARG_DEFERRED_UNIQUE,
	ARG_COLUMNS,
	ARG_COMMENT
};

static LinkDefinition *
read_link(FunctionCallInfo fcinfo)
{
	LinkDefinition *link = palloc0(sizeof(LinkDefinition));
	char	   *relationship = arg_text(fcinfo, ARG_RELATIONSHIP, "relationship");

	check_relationship_name(relationship);
	(void) link_relationship_parse(relationship, &link->relationship);
	link->source = arg_table(fcinfo, ARG_SOURCE, "source");
	link->name = arg_name(fcinfo, ARG_NAME, "name");
	link->target = arg_table(fcinfo, ARG_TARGET, "target");
	link->inverse = arg_name_or_null(fcinfo, ARG_INVERSE);
	link->on_delete = arg_text_or_null(fcinfo, ARG_ON_DELETE);
	link->on_taken = arg_text(fcinfo, ARG_ON_TAKEN, "on_taken");
	link->required = arg_bool(fcinfo, ARG_REQUIRED, "required");
	link->ordered = arg_bool(fcinfo, ARG_ORDERED, "ordered");
	link->deferred_unique = arg_bool(fcinfo, ARG_DEFERRED_UNIQUE, "deferred_unique");
	link->columns = arg_text_or_null(fcinfo, ARG_COLUMNS);
	link->comment = arg_text_or_null(fcinfo, ARG_COMMENT);
	if (link->inverse && link->inverse[0] == '\0')
		link->inverse = arg_name(fcinfo, ARG_INVERSE, "inverse");
	return link;
}

static void
check_options(LinkDefinition *link)
{
	check_option("on_delete", link->on_delete, deletions, lengthof(deletions));
	check_option("on_taken", link->on_taken, takings, lengthof(takings));
	check_option("columns", link->columns, displays, lengthof(displays));
}

/* Options that do not go together. */
static void
check_combination(LinkDefinition *link)
{
	bool		many_to_many = link->relationship == LINK_MANY_TO_MANY;

	if (many_to_many && link->required)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a many_to_many link cannot be required"),
				 errdetail("It has no foreign key that could be NOT NULL.")));
	if (many_to_many && link->on_delete && strcmp(link->on_delete, "cascade") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("on_delete => 'cascade' is not for many_to_many links"),
				 errdetail("Only the row of the junction table holds the key."),
				 errhint("Use 'unlink' or 'restrict'.")));
	if (link->required && link->on_delete && strcmp(link->on_delete, "unlink") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a required link cannot be unlinked on delete"),
				 errhint("Use on_delete => 'restrict' or 'cascade'.")));
	if (link->ordered && link->relationship == LINK_ONE_TO_ONE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a one_to_one link cannot be ordered"),
				 errdetail("At either end it holds at most one key.")));
	if (link->deferred_unique && link->relationship != LINK_ONE_TO_ONE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("deferred_unique is for one_to_one links"),
				 errdetail("No other has a UNIQUE constraint.")));
	check_may_move(link, link->required);
	if (link->inverse && link->source == link->target && strcmp(link->name, link->inverse) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_COLUMN),
				 errmsg("both ends of the link would be called \"%s\" on %s",
						link->name, table_label(link->source))));
}

void
check_link_options(LinkDefinition *link)
{
	check_options(link);
	check_combination(link);
}

/* NULL is for the caller to judge. */
void
check_relationship_name(const char *name)
{
	check_option("relationship", name, relationships, lengthof(relationships));
}

/* Asked before the locks, to keep strangers out, and again under them. */
static void
check_tables(LinkDefinition *link, LinkDefinition *other_end)
{
	bool		target_gets_column = link->relationship == LINK_ONE_TO_MANY || link->inverse;

	check_table_kind(link->source);
	check_table_kind(link->target);
	check_owner(link->source);
	if (target_gets_column && other_end == NULL)
		check_owner(link->target);
	else
		check_far_rights(link->target);
}

static void
lock_tables(LinkDefinition *link, LinkDefinition *other_end)
{
	TableLocks	locks = {0};
	bool		target_gets_column = link->relationship == LINK_ONE_TO_MANY || link->inverse;

	table_locks_add(&locks, link->source, AccessExclusiveLock);
	table_locks_add(&locks, link->target, target_gets_column && other_end == NULL ?
			 AccessExclusiveLock : ShareRowExclusiveLock);
	if (other_end)
		table_locks_add(&locks, other_end->junction,
						other_end->ordered ? AccessExclusiveLock : ShareRowExclusiveLock);
	else if (OidIsValid(link->junction))
		table_locks_add(&locks, link->junction,
						link->ordered ? AccessExclusiveLock : ShareRowExclusiveLock);
	table_locks_take(&locks);
}

static bool
shows_columns(LinkDefinition *link)
{
	return strcmp(link->columns, "none") != 0;
}

static void
check_names(LinkDefinition *link)
{
	check_end_free(link->source, link->name);
	if (link->inverse)
		check_end_free(link->target, link->inverse);
}

/* The link column beside a foreign key that is to be made. */
static void
check_key_name(LinkDefinition *link)
{
	char	   *shown = end_name(link, link->relationship == LINK_ONE_TO_MANY);

	if (link->relationship != LINK_MANY_TO_MANY && shown && storage_has_column(link, shown))
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_COLUMN),
				 errmsg("the foreign key and the link column would both be called \"%s\" on %s",
						shown, table_label(storage_table(link))),
				 errhint("Name another column in foreign_key.")));
}

static void
check_columns(LinkDefinition *link)
{
	check_key_name(link);
	check_end_column(link, false);
	if (link->inverse)
		check_end_column(link, true);
}

static int64
define_link(LinkRequest *request)
{
	LinkDefinition *link = request->link;
	List	   *fields = NIL;

	check_names(link);
	storage_prepare(request);
	if (link->columns == NULL)
		link->columns = request->adopted ? "none" : "link";
	if (shows_columns(link))
		check_columns(link);
	for (int at_target = 0; at_target < 2; at_target++)
		position_prepare(link, at_target);
	storage_make(request);
	for (int at_target = 0; at_target < 2; at_target++)
		position_make(link, at_target, request->adopted);
	catalog_insert_link(link);
	if (shows_columns(link))
		fields = append_id(fields, add_end_column(link, false, link->comment));
	if (shows_columns(link) && link->inverse)
		fields = append_id(fields, add_end_column(link, true, NULL));
	finish_definition(fields, end_tables(link), request->adopted);
	return link->id;
}

/* The link of which this is the other end, else the junction that is to be adopted. */
static LinkDefinition *
find_storage(LinkRequest *request)
{
	LinkDefinition *other_end = pair_find(request->link);

	if (other_end == NULL && request->link->relationship == LINK_MANY_TO_MANY)
		junction_find(request);
	return other_end;
}

Datum
interlink_add_link(PG_FUNCTION_ARGS)
{
	LinkRequest request = {0};
	LinkDefinition *other_end;

	check_may_define("interlink.add_link()");
	request.link = read_link(fcinfo);
	request.foreign_key = arg_names_or_null(fcinfo, ARG_FOREIGN_KEY);
	if (!PG_ARGISNULL(ARG_FOREIGN_KEY) && request.foreign_key == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("parameter \"foreign_key\" must not be empty"),
				 errhint("Leave it out for a foreign key with the default name.")));
	request.junction = arg_text_or_null(fcinfo, ARG_JUNCTION);
	check_link_options(request.link);

	other_end = find_storage(&request);
	check_tables(request.link, other_end);
	lock_tables(request.link, other_end);
	other_end = find_storage(&request);
	check_tables(request.link, other_end);

	if (other_end == NULL)
		PG_RETURN_INT64(define_link(&request));
	pair_ends(&request, other_end);
	PG_RETURN_INT64(other_end->id);
}
