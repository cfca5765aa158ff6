/*
 * end.c: the two ends of a link, and the columns that show them.
 *
 * The source end stands on the source table and shows keys of the target, the
 * target end the other way round.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "define/alter.h"
#include "define/define.h"

/* The relationship as seen from this end. */
LinkRelationship
end_relationship(LinkDefinition *link, bool at_target)
{
	if (at_target && link->relationship == LINK_MANY_TO_ONE)
		return LINK_ONE_TO_MANY;
	if (at_target && link->relationship == LINK_ONE_TO_MANY)
		return LINK_MANY_TO_ONE;
	return link->relationship;
}

bool
end_is_to_one(LinkDefinition *link, bool at_target)
{
	LinkRelationship seen = end_relationship(link, at_target);

	return seen == LINK_ONE_TO_ONE || seen == LINK_MANY_TO_ONE;
}

Oid
end_table(LinkDefinition *link, bool at_target)
{
	return at_target ? link->target : link->source;
}

/* NULL: the target end of a one-way link. */
char *
end_name(LinkDefinition *link, bool at_target)
{
	return at_target ? link->inverse : link->name;
}

/* For messages. */
char *
end_label(LinkDefinition *link)
{
	return psprintf("link \"%s\" of %s", link->name, table_label(link->source));
}

/* Every table on the way from one end to the other. */
List *
end_tables(LinkDefinition *link)
{
	List	   *tables = list_make1_oid(link->source);

	tables = list_append_unique_oid(tables, link->target);
	if (OidIsValid(link->junction))
		tables = list_append_unique_oid(tables, link->junction);
	return tables;
}

/*
 * The columns of the far table whose values this end shows: what the foreign
 * key or junction references there, else the primary key.
 */
static List *
shown_columns(LinkDefinition *link, bool at_target)
{
	Oid			far = end_table(link, !at_target);
	bool		key_at_target = link->relationship == LINK_ONE_TO_MANY;

	if (link->relationship != LINK_MANY_TO_MANY && at_target != key_at_target)
		return key_column_names(far);
	return at_target ? link->source_columns : link->target_columns;
}

static Oid
link_type(void)
{
	Oid			type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
									   CStringGetDatum("link"),
									   ObjectIdGetDatum(get_namespace_oid("interlink", false)));

	if (!OidIsValid(type))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("type interlink.link does not exist")));
	return type;
}

/* May there be a column at this end?  Asked before anything is changed. */
void
check_end_column(LinkDefinition *link, bool at_target)
{
	Oid			holder = end_table(link, at_target);
	Oid			far = end_table(link, !at_target);
	ListCell   *cell;

	check_column_free(holder, end_name(link, at_target));
	check_function_free(holder, end_name(link, at_target));
	check_key_types(far, shown_columns(link, at_target));
	check_reads(holder, far);
	if (link->relationship == LINK_MANY_TO_MANY)
		return;
	foreach(cell, storage_columns(link))
		check_not_partition_key(storage_table(link), lfirst(cell));
}

static const char *
column_default(LinkDefinition *link, bool at_target)
{
	return end_is_to_one(link, at_target) ? "" : " DEFAULT '{}' NOT NULL";
}

/* Of the elements of an array: a key of several columns is shown as text. */
static Oid
shown_type(LinkDefinition *link, bool at_target, LinkKind *kind, Oid *collation)
{
	Oid			far = end_table(link, !at_target);
	List	   *columns = shown_columns(link, at_target);
	int32		typmod;
	Oid			type;

	*kind = LINK_OTHER;
	*collation = InvalidOid;
	if (list_length(columns) > 1)
		return TEXTOID;
	type = column_type(far, get_attnum(far, linitial(columns)), &typmod, collation);
	*kind = link_kind_for_type(type);
	if (!OidIsValid(get_array_type(type)))
	{
		*collation = InvalidOid;
		return TEXTOID;			/* there are no arrays of arrays */
	}
	return type;
}

static char *
end_type_text(LinkDefinition *link, bool at_target)
{
	Oid			collation;
	LinkKind	kind;
	Oid			key_type = shown_type(link, at_target, &kind, &collation);

	if (strcmp(link->columns, "array") == 0)
		return type_text(get_array_type(key_type), -1, collation);
	return type_text(link_type(), link_typmod_make(end_relationship(link, at_target), kind, link->ordered),
					 InvalidOid);
}

/* Our triggers name the column; they come again with the definition. */
void
retype_end_column(LinkDefinition *link, bool at_target)
{
	Oid			holder = end_table(link, at_target);
	bool		to_one = end_is_to_one(link, at_target);
	const char *column = column_text(end_name(link, at_target));

	triggers_drop(holder);
	run_as(table_owner(holder), "ALTER TABLE %s ALTER COLUMN %s DROP DEFAULT, ALTER COLUMN %s DROP NOT NULL",
		   table_text(holder), column, column);
	run_as(table_owner(holder), "ALTER TABLE %s ALTER COLUMN %s TYPE %s USING %s",
		   table_text(holder), column, end_type_text(link, at_target), to_one ? "NULL" : "'{}'");
	if (!to_one)
		run_as(table_owner(holder), "ALTER TABLE %s ALTER COLUMN %s SET DEFAULT '{}', ALTER COLUMN %s SET NOT NULL",
			   table_text(holder), column, column);
}

/* Returns the id of the new field. */
int64
add_end_column(LinkDefinition *link, bool at_target, const char *comment)
{
	FieldDefinition *field = palloc0(sizeof(FieldDefinition));
	Oid			collation;
	LinkKind	kind;
	Oid			key_type = shown_type(link, at_target, &kind, &collation);

	field->holder = end_table(link, at_target);
	field->name = end_name(link, at_target);
	field->kind = FIELD_LINK;
	field->link_id = link->id;
	field->at_target = at_target;
	field->via = field->name;
	field->storage = "stored";
	field->ready = true;
	field->comment = unconstify(char *, comment);

	if (strcmp(link->columns, "array") == 0)
		add_column(field->holder, field->name, get_array_type(key_type), -1, collation,
				   column_default(link, at_target));
	else
		add_column(field->holder, field->name, link_type(),
				   link_typmod_make(end_relationship(link, at_target), kind, link->ordered),
				   InvalidOid, column_default(link, at_target));
	comment_column(field->holder, field->name, comment);
	return catalog_insert_field(field);
}
