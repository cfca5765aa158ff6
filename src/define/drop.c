/*
 * drop.c: interlink.drop_field.
 *
 * What goes with a field: for an end of a link the whole link with the columns
 * at both ends; and every field and relation that needs a column that goes, or
 * goes over a link or relation that goes.  Those are refused unless cascade is
 * asked for.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/lsyscache.h"

#include "ddl/ddl.h"
#include "define/define.h"
#include "graph/graph.h"
#include "relate/relate.h"

PG_FUNCTION_INFO_V1(interlink_drop_field);

/* What will be dropped, and what was found to hang on it. */
typedef struct Drop
{
	List	   *all_fields;		/* of FieldDefinition * */
	List	   *all_links;		/* of LinkDefinition * */
	List	   *all_relations;	/* of RelationDefinition * */
	List	   *fields;			/* those that go */
	List	   *links;
	List	   *relations;		/* of RelationDefinition * */
	bool		cascade;
	bool		keep_data;
	StringInfoData dependants;
} Drop;

static bool
keeps_column(Drop *drop, FieldDefinition *field)
{
	return drop->keep_data && field->kind != FIELD_LINK;
}

/* Does this column of this table go? */
static bool
column_goes(Drop *drop, Oid relid, const char *column)
{
	ListCell   *cell;

	foreach(cell, drop->fields)
	{
		FieldDefinition *field = lfirst(cell);

		if (field->holder == relid && strcmp(field->name, column) == 0 &&
			!keeps_column(drop, field))
			return true;
	}
	foreach(cell, drop->links)
	{
		LinkDefinition *link = lfirst(cell);

		if (!drop->keep_data && storage_created(link, "column") && storage_table(link) == relid &&
			storage_has_column(link, column))
			return true;
		if (!drop->keep_data && storage_created(link, "position") && position_table(link) == relid &&
			position_is(link, column))
			return true;
	}
	return false;
}

static bool
link_goes(Drop *drop, int64 id)
{
	ListCell   *cell;

	foreach(cell, drop->links)
	{
		if (((LinkDefinition *) lfirst(cell))->id == id)
			return true;
	}
	return false;
}

/* Does the field go over a relation that goes? */
static bool
relation_goes(Drop *drop, FieldDefinition *field)
{
	ListCell   *cell;

	foreach(cell, field->relation_id != 0 ? drop->relations : NIL)
	{
		if (((RelationDefinition *) lfirst(cell))->id == field->relation_id)
			return true;
	}
	return false;
}

static bool
any_column_goes(Drop *drop, Oid relid, Bitmapset *columns)
{
	int			attnum = -1;

	while ((attnum = bms_next_member(columns, attnum)) >= 0)
	{
		if (column_goes(drop, relid, get_attname(relid, attnum, false)))
			return true;
	}
	return false;
}

/* Does the expression of this field read a column that goes? */
static bool
reads_what_goes(Drop *drop, FieldDefinition *definition)
{
	Field	   *field = graph_field(graph_get(), definition->id);

	if (field == NULL || field->value_position == 0)
		return false;
	return any_column_goes(drop, field->path->steps[field->value_position - 1].far->relid,
						   field->value_columns) ||
		any_column_goes(drop, field->path->steps[0].far->relid, field->junction_columns);
}

/* Is one of the columns that this link goes over about to go? */
static bool
stands_on_what_goes(Drop *drop, LinkDefinition *link)
{
	ListCell   *cell;

	foreach(cell, link->source_columns)
	{
		if (column_goes(drop, link->source, lfirst(cell)))
			return true;
	}
	foreach(cell, link->target_columns)
	{
		if (column_goes(drop, link->target, lfirst(cell)))
			return true;
	}
	return false;
}

static void
note_dependant(Drop *drop, const char *kind, const char *name, Oid relid)
{
	appendStringInfo(&drop->dependants, "%s%s \"%s\" of %s depends on it.",
					 drop->dependants.len > 0 ? "\n" : "", kind, name, table_label(relid));
}

static void
include_field(Drop *drop, FieldDefinition *field)
{
	drop->fields = lappend(drop->fields, field);
}

static void
include_link(Drop *drop, LinkDefinition *link)
{
	ListCell   *cell;

	drop->links = lappend(drop->links, link);
	foreach(cell, drop->all_fields)
	{
		FieldDefinition *field = lfirst(cell);

		if (field->kind == FIELD_LINK && field->link_id == link->id)
			include_field(drop, field);
	}
}

/* One round of looking for what hangs on what goes; false: nothing new. */
static bool
include_dependants(Drop *drop)
{
	bool		found = false;
	ListCell   *cell;

	foreach(cell, drop->all_fields)
	{
		FieldDefinition *field = lfirst(cell);

		if (field->kind == FIELD_LINK || list_member_ptr(drop->fields, field))
			continue;
		if (link_goes(drop, field->link_id) || relation_goes(drop, field) ||
			reads_what_goes(drop, field))
		{
			note_dependant(drop, field->kind == FIELD_LOOKUP ? "Lookup" : "Rollup",
						   field->name, field->holder);
			include_field(drop, field);
			found = true;
		}
	}
	foreach(cell, drop->all_links)
	{
		LinkDefinition *link = lfirst(cell);

		if (!list_member_ptr(drop->links, link) && stands_on_what_goes(drop, link))
		{
			note_dependant(drop, "Link", link->name, link->source);
			include_link(drop, link);
			found = true;
		}
	}
	return found;
}

static bool
any_name_goes(Drop *drop, Oid relid, List *names)
{
	ListCell   *cell;

	foreach(cell, names)
	{
		if (column_goes(drop, relid, lfirst(cell)))
			return true;
	}
	return false;
}

/* By its columns, or those of its order. */
static bool
relation_needs_what_goes(Drop *drop, RelationDefinition *relation)
{
	List	   *order = NIL;
	ListCell   *cell;

	if (relation->order_by)
		(void) order_reread(relation->target, relation->order_by, &order);
	foreach(cell, order)
	{
		if (column_goes(drop, relation->target,
						get_attname(relation->target, ((OrderItem *) lfirst(cell))->att, false)))
			return true;
	}
	return any_name_goes(drop, row_type_relation(relation->source), relation->local_attributes) ||
		any_name_goes(drop, relation->target, relation->remote_attributes);
}

/* Over columns that go, and paths over links and relations that go; true: there are new ones. */
static bool
include_relations(Drop *drop)
{
	int			before = list_length(drop->relations);
	ListCell   *cell;

	foreach(cell, drop->all_relations)
	{
		if (relation_needs_what_goes(drop, lfirst(cell)))
			drop->relations = list_append_unique_ptr(drop->relations, lfirst(cell));
	}
	foreach(cell, drop->links)
		drop->relations = list_concat_unique_ptr(drop->relations,
												 paths_over(drop->all_relations,
															((LinkDefinition *) lfirst(cell))->id));
	for (int i = 0; i < list_length(drop->relations); i++)
	{
		RelationDefinition *relation = list_nth(drop->relations, i);

		drop->relations = list_concat_unique_ptr(drop->relations,
												 paths_over(drop->all_relations, relation->id));
		if (i >= before)
			note_dependant(drop, "Relation", relation->name, row_type_relation(relation->source));
	}
	return list_length(drop->relations) > before;
}

/* The field that was named, or the link that has an end of this name. */
static void
include_named(Drop *drop, Oid holder, const char *name)
{
	ListCell   *cell;

	foreach(cell, drop->all_links)
	{
		LinkDefinition *link = lfirst(cell);

		if ((link->source == holder && strcmp(link->name, name) == 0) ||
			(link->target == holder && link->inverse && strcmp(link->inverse, name) == 0))
		{
			include_link(drop, link);
			return;
		}
	}
	foreach(cell, drop->all_fields)
	{
		FieldDefinition *field = lfirst(cell);

		if (field->holder == holder && strcmp(field->name, name) == 0)
		{
			include_field(drop, field);
			return;
		}
	}
	if (get_attnum(holder, name) != InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("column \"%s\" of %s is not a link, lookup or rollup",
						name, table_label(holder))));
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("field \"%s\" of %s does not exist", name, table_label(holder))));
}

static void
collect(Drop *drop, Oid holder, const char *name)
{
	drop->all_fields = catalog_fields();
	drop->all_links = catalog_links();
	drop->all_relations = catalog_relations();
	drop->fields = NIL;
	drop->links = NIL;
	drop->relations = NIL;
	initStringInfo(&drop->dependants);
	include_named(drop, holder, name);
	while (include_relations(drop) || include_dependants(drop))
		;
	if (drop->dependants.len > 0 && !drop->cascade)
		ereport(ERROR,
				(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
				 errmsg("cannot drop field \"%s\" of %s because other fields depend on it",
						name, table_label(holder)),
				 errdetail("%s", drop->dependants.data),
				 errhint("Use cascade => true to drop the dependent fields too.")));
}

static LinkDefinition *
link_of(Drop *drop, FieldDefinition *field)
{
	ListCell   *cell;

	foreach(cell, drop->all_links)
	{
		if (((LinkDefinition *) lfirst(cell))->id == field->link_id)
			return lfirst(cell);
	}
	return NULL;
}

/* Every table whose triggers or columns may change. */
static List *
concerned_tables(Drop *drop)
{
	List	   *tables = NIL;
	ListCell   *cell;

	foreach(cell, drop->links)
		tables = list_concat_unique_oid(tables, end_tables(lfirst(cell)));
	foreach(cell, drop->fields)
	{
		FieldDefinition *field = lfirst(cell);
		LinkDefinition *link = link_of(drop, field);

		tables = list_append_unique_oid(tables, field->holder);
		if (link)
			tables = list_concat_unique_oid(tables, end_tables(link));
		tables = list_concat_unique_oid(tables, relation_field_tables(field));
	}
	return tables;
}

static void
check_rights(Drop *drop)
{
	ListCell   *cell;

	foreach(cell, drop->links)
	{
		LinkDefinition *link = lfirst(cell);

		check_owner(link->source);
		if (link->inverse || link->relationship == LINK_ONE_TO_MANY)
			check_owner(link->target);
	}
	foreach(cell, drop->fields)
		check_owner(((FieldDefinition *) lfirst(cell))->holder);
	foreach(cell, drop->relations)
		check_row_source(((RelationDefinition *) lfirst(cell))->source);
}

static void
lock_concerned(Drop *drop)
{
	TableLocks	locks = {0};
	ListCell   *cell;

	foreach(cell, concerned_tables(drop))
		table_locks_add(&locks, lfirst_oid(cell), AccessExclusiveLock);
	table_locks_take(&locks);
}

static void
forget_definitions(Drop *drop)
{
	ListCell   *cell;

	foreach(cell, drop->relations)
		relation_remove(lfirst(cell));
	if (drop->relations)
		relate_changed();
	foreach(cell, drop->fields)
	{
		FieldDefinition *field = lfirst(cell);

		protect_forget(field->holder, field->name);
		catalog_delete_field(field->id);
	}
	foreach(cell, drop->links)
		catalog_delete_link(((LinkDefinition *) lfirst(cell))->id);
	finish_definition(NIL, concerned_tables(drop), false);
}

/*
 * After the triggers, whose WHEN clauses would hold the columns fast.  What
 * else depends on a column, such as a view, is PostgreSQL's to refuse.
 */
static void
drop_columns(Drop *drop)
{
	ListCell   *cell;

	foreach(cell, drop->fields)
	{
		FieldDefinition *field = lfirst(cell);

		if (!keeps_column(drop, field))
			run_as(table_owner(field->holder), "ALTER TABLE %s DROP COLUMN IF EXISTS %s%s",
				   table_text(field->holder), column_text(field->name),
				   drop->cascade ? " CASCADE" : "");
	}
	foreach(cell, drop->links)
	{
		if (!drop->keep_data)
			storage_drop(lfirst(cell), drop->cascade);
	}
}

Datum
interlink_drop_field(PG_FUNCTION_ARGS)
{
	Drop		drop = {0};
	Oid			holder = arg_table(fcinfo, 0, "holder");
	char	   *name = arg_name(fcinfo, 1, "name");

	check_may_define("interlink.drop_field()");
	drop.cascade = arg_bool(fcinfo, 2, "cascade");
	drop.keep_data = arg_bool(fcinfo, 3, "keep_data");

	check_owner(holder);
	collect(&drop, holder, name);
	check_rights(&drop);
	lock_concerned(&drop);
	collect(&drop, holder, name);
	check_rights(&drop);
	lock_concerned(&drop);

	forget_definitions(&drop);
	drop_columns(&drop);
	retype_rows(concerned_tables(&drop));
	PG_RETURN_VOID();
}
