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
 * The column of the far table whose values this end shows: what the foreign
 * key or junction references there, else the primary key.
 */
static AttrNumber
shown_column(LinkDefinition *link, bool at_target)
{
	Oid			far = end_table(link, !at_target);
	bool		key_at_target = link->relationship == LINK_ONE_TO_MANY;

	if (link->relationship != LINK_MANY_TO_MANY && at_target != key_at_target)
		return key_column(far);
	return get_attnum(far, linitial(at_target ? link->source_columns : link->target_columns));
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

	check_column_free(holder, end_name(link, at_target));
	check_function_free(holder, end_name(link, at_target));
	check_key_type(far, shown_column(link, at_target));
	check_reads(holder, far);
	if (link->relationship != LINK_MANY_TO_MANY)
		check_not_partition_key(storage_table(link), storage_column(link));
}

/* Returns the id of the new field. */
int64
add_end_column(LinkDefinition *link, bool at_target, const char *comment)
{
	FieldDefinition *field = palloc0(sizeof(FieldDefinition));
	Oid			far = end_table(link, !at_target);
	int32		typmod;
	Oid			collation;
	Oid			key_type = column_type(far, shown_column(link, at_target), &typmod, &collation);

	field->holder = end_table(link, at_target);
	field->name = end_name(link, at_target);
	field->kind = FIELD_LINK;
	field->link_id = link->id;
	field->at_target = at_target;
	field->via = field->name;
	field->storage = "stored";
	field->ready = true;
	field->comment = unconstify(char *, comment);

	typmod = link_typmod_make(end_relationship(link, at_target),
							  link_kind_for_type(key_type), link->ordered);
	add_column(field->holder, field->name, link_type(), typmod, InvalidOid,
			   end_is_to_one(link, at_target) ? "" : " DEFAULT '{}' NOT NULL");
	comment_column(field->holder, field->name, comment);
	return catalog_insert_field(field);
}
