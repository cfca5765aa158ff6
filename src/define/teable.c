/*
 * teable.c: interlink.create_field: a field by Teable's JSON.
 *
 * It is put into the words of add_link, add_lookup and add_rollup, which do
 * the rest and know what is allowed:
 *
 *     SELECT interlink.add_rollup(holder => 'public.projects', name => 'Size',
 *         via => 'Team Members', function => 'count')
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "commands/defrem.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "nodes/makefuncs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/varlena.h"

#include "compat.h"
#include "define/define.h"
#include "define/teable.h"

PG_FUNCTION_INFO_V1(interlink_create_field);

/* ---- statements, as the caller ----------------------------------------------- */

static int64
execute(const char *statement)
{
	int64		result = 0;
	bool		isnull;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute(statement, false, 0) < 0)
		elog(ERROR, "could not execute \"%s\"", statement);
	if (SPI_processed == 1)
		result = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	SPI_finish();
	return result;
}

static void
begin_call(StringInfo call, const char *function, const char *table, Oid relid)
{
	initStringInfo(call);
	appendStringInfo(call, "SELECT interlink.%s(%s => %s", function, table,
					 quote_literal_cstr(table_text(relid)));
}

/* An argument that is NULL has not been given. */
static void
add_argument(StringInfo call, const char *name, const char *value)
{
	if (value)
		appendStringInfo(call, ", %s => %s", name, quote_literal_cstr(value));
}

static int64
end_call(StringInfo call)
{
	appendStringInfoChar(call, ')');
	return execute(call->data);
}

/* ---- tables and fields by what they are called -------------------------------- */

/* Of one to three parts; NULL: it is none. */
static RangeVar *
qualified_name(const char *name)
{
	List	   *parts;

	if (!SplitIdentifierString(pstrdup(name), '.', &parts) ||
		parts == NIL || list_length(parts) > 3)
		return NULL;
	return makeRangeVarFromNameList(textToQualifiedNameList(cstring_to_text(name)));
}

/* As it is written, else as SQL reads it: in lower case, with a schema, quoted. */
Oid
teable_find_table(const char *name)
{
	Oid			relid = RelnameGetRelid(name);
	RangeVar   *qualified = OidIsValid(relid) ? NULL : qualified_name(name);

	if (!OidIsValid(relid) && qualified == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("key \"foreignTableId\" must be the name of a table"),
				 errdetail("It is: \"%s\".", name)));
	if (!OidIsValid(relid))
		relid = RangeVarGetRelid(qualified, NoLock, true);
	if (!OidIsValid(relid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation \"%s\" does not exist", name),
				 errdetail("foreignTableId names it.")));
	return relid;
}

/* The name that a link, field or relation with this number has at the table; NULL: none. */
static char *
name_by_number(Oid relid, int64 id)
{
	ListCell   *cell;

	foreach(cell, catalog_links())
	{
		LinkDefinition *link = lfirst(cell);

		if (link->id == id && link->source == relid)
			return link->name;
		if (link->id == id && link->target == relid)
			return link->inverse;
	}
	foreach(cell, catalog_fields())
	{
		FieldDefinition *field = lfirst(cell);

		if (field->id == id && field->holder == relid)
			return field->name;
	}
	foreach(cell, catalog_relations())
	{
		RelationDefinition *relation = lfirst(cell);

		if (relation->id == id && relation->source == get_rel_type_id(relid))
			return relation->name;
	}
	return NULL;
}

static bool
is_taken(Oid relid, const char *name)
{
	bool		at_target;
	ListCell   *cell;

	if (get_attnum(relid, name) != InvalidAttrNumber ||
		find_end(catalog_links(), relid, name, &at_target))
		return true;
	foreach(cell, catalog_relations())
	{
		RelationDefinition *relation = lfirst(cell);

		if (relation->source == get_rel_type_id(relid) && strcmp(relation->name, name) == 0)
			return true;
	}
	return false;
}

/* NULL: not given.  A name of digits that nothing has is a number. */
char *
teable_name(TeableReference *reference, Oid relid, const char *key)
{
	char	   *name = reference->name;

	if (reference->has_number && (name == NULL || !is_taken(relid, name)))
	{
		char	   *numbered = name_by_number(relid, reference->number);

		name = numbered ? numbered : name;
	}
	if (reference->given && name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("there is no field with number %lld at %s",
						(long long) reference->number, table_label(relid)),
				 errdetail("%s names it.", key)));
	return name;
}

/* A column of the table; NULL: not given. */
static char *
looked_up_column(TeableField *field, Oid relid)
{
	char	   *name = teable_name(&field->lookup_field, relid, "lookupFieldId");

	if (name && get_attnum(relid, name) <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of %s does not exist", name, table_label(relid)),
				 errdetail("lookupFieldId names it.")));
	return name;
}

/* ---- links --------------------------------------------------------------------- */

/* The other end of a link is called after the table it comes from: projects, projects_2, … */
static char *
automatic_inverse(TeableField *field, Oid holder, Oid target)
{
	char	   *name = get_rel_name(holder);

	for (int i = 2; is_taken(target, name) ||
		 (target == holder && strcmp(name, field->name) == 0); i++)
		name = makeObjectName(get_rel_name(holder), NULL, psprintf("%d", i));
	return name;
}

static bool
is_automatic_inverse(const char *name, Oid source)
{
	const char *table = get_rel_name(source);
	size_t		length = strlen(table);

	if (strcmp(name, table) == 0)
		return true;
	return strncmp(name, table, length) == 0 && name[length] == '_' &&
		name[length + 1] != '\0' && strspn(name + length + 1, "0123456789") == strlen(name + length + 1);
}

/*
 * The second step of a link made in two, when the first has already given it
 * both of its ends: the one that got its name from us is given the right one.
 */
static int64
name_other_end(TeableField *field, Oid holder, LinkDefinition *link, bool at_target)
{
	char	   *old = end_name(link, at_target);
	ListCell   *cell;

	check_owner(holder);
	pair_check_relationship(field->relationship, link, at_target);
	if (strcmp(old, field->name) != 0)
		execute(psprintf("ALTER TABLE %s RENAME COLUMN %s TO %s", table_text(holder),
						 pstrdup(column_text(old)), pstrdup(column_text(field->name))));
	if (field->description == NULL)
		return link->id;
	comment_column(holder, field->name, field->description);
	foreach(cell, catalog_fields())
	{
		FieldDefinition *column = lfirst(cell);

		if (column->holder != holder || strcmp(column->name, field->name) != 0)
			continue;
		column->comment = field->description;
		catalog_update_field(column);
	}
	return link->id;
}

static void
raise_other_end_named(Oid holder, LinkDefinition *link, bool at_target)
{
	char	   *name = end_name(link, at_target);

	check_owner(holder);
	check_owner(end_table(link, !at_target));
	ereport(ERROR,
			(errcode(ERRCODE_DUPLICATE_COLUMN),
			 errmsg("the other end of link \"%s\" of %s is called \"%s\" already",
					end_name(link, !at_target), table_label(end_table(link, !at_target)), name),
			 strcmp(link->columns, "none") == 0 ? 0 :
			 errhint("Use ALTER TABLE %s RENAME COLUMN %s to give it another name.",
					 table_text(holder), column_text(name))));
}

/* The link whose one end was named as the other of this one; NULL: there is none. */
static LinkDefinition *
find_first_step(Oid holder, Oid target, const char *inverse, bool *at_target)
{
	LinkDefinition *link = inverse ? find_end(catalog_links(), target, inverse, at_target) : NULL;
	char	   *name;

	if (link == NULL || end_table(link, !*at_target) != holder)
		return NULL;
	*at_target = !*at_target;
	name = end_name(link, *at_target);
	if (name == NULL)
		return NULL;			/* add_link names it */
	if (strcmp(link->columns, "none") == 0 || !is_automatic_inverse(name, target))
		raise_other_end_named(holder, link, *at_target);
	return link;
}

static int64
create_link(TeableField *field, Oid holder)
{
	Oid			target;
	char	   *inverse;
	LinkDefinition *link;
	bool		at_target;
	StringInfoData call;

	if (field->foreign_table == NULL)
		teable_missing("foreignTableId", FIELD_LINK);
	if (!field->has_relationship)
		teable_missing("relationship", FIELD_LINK);
	target = teable_find_table(field->foreign_table);
	(void) looked_up_column(field, target);
	inverse = teable_name(&field->symmetric_field, target, "symmetricFieldId");
	if (inverse && field->one_way)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a link with symmetricFieldId cannot be one-way"),
				 errhint("Leave out symmetricFieldId or isOneWay.")));

	link = find_first_step(holder, target, inverse, &at_target);
	if (link)
		return name_other_end(field, holder, link, at_target);
	if (inverse == NULL && !field->one_way)
		inverse = automatic_inverse(field, holder, target);

	begin_call(&call, "add_link", "source", holder);
	add_argument(&call, "name", field->name);
	add_argument(&call, "target", table_text(target));
	add_argument(&call, "relationship", link_relationship_name(field->relationship));
	add_argument(&call, "inverse", inverse);
	add_argument(&call, "comment", field->description);
	return end_call(&call);
}

/* ---- lookups and rollups --------------------------------------------------------- */

static int64
create_lookup_or_rollup(TeableField *field, Oid holder)
{
	bool		lookup = field->kind == FIELD_LOOKUP;
	Oid			far = InvalidOid;
	char	   *via = teable_way(field, holder, &far);
	char	   *column = looked_up_column(field, far);
	StringInfoData call;

	if (lookup && !field->lookup_field.given)
		teable_missing("lookupFieldId", FIELD_LOOKUP);

	begin_call(&call, lookup ? "add_lookup" : "add_rollup", "holder", holder);
	add_argument(&call, "name", field->name);
	add_argument(&call, "via", via);
	add_argument(&call, "function", field->function);
	add_argument(&call, "field", column);
	add_argument(&call, "separator", field->separator);
	add_argument(&call, "comment", field->description);
	return end_call(&call);
}

Datum
interlink_create_field(PG_FUNCTION_ARGS)
{
	Oid			holder = arg_table(fcinfo, 0, "holder");
	TeableField *field;

	check_may_define("interlink.create_field()");
	check_given(fcinfo, 1, "definition");
	field = teable_read(PG_GETARG_JSONB_P(1));
	if (field->kind == FIELD_LINK)
		PG_RETURN_INT64(create_link(field, holder));
	PG_RETURN_INT64(create_lookup_or_rollup(field, holder));
}
