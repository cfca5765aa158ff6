/*
 * alter_link.c: interlink.alter_link: a link as it stands becomes one with other
 * options.
 *
 * What follows from an option is taken away and made again: a constraint, the
 * columns of places, the columns of the ends.  The rows of the storage stay, but
 * where a link becomes exclusive and on_violation says to keep the first.
 */
#include "postgres.h"

#include "commands/trigger.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "ddl/ddl.h"
#include "define/alter.h"
#include "define/define.h"
#include "engine/engine.h"
#include "graph/build.h"
#include "relate/relate.h"
#include "type/link.h"

PG_FUNCTION_INFO_V1(interlink_alter_link);

static const char *const violations[] = {"error", "keep_first"};

/* From what, to what. */
typedef struct Alteration
{
	LinkDefinition *old;
	LinkDefinition *new;
	bool		keep_first;
	List	   *filled;			/* ids of link columns whose values are to be made */
	bool		retyped[2];		/* the column of the end has other values now */
} Alteration;

static LinkDefinition *
find_link(Oid source, const char *name)
{
	ListCell   *cell;

	foreach(cell, catalog_links())
	{
		LinkDefinition *link = lfirst(cell);

		if (link->source == source && strcmp(link->name, name) == 0)
			return link;
	}
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("there is no link \"%s\" at %s", name, table_label(source)),
			 errhint("A link is named by its source end.")));
}

static bool
same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void
lock_link(LinkDefinition *link)
{
	TableLocks	locks = {0};
	ListCell   *cell;

	foreach(cell, end_tables(link))
		table_locks_add(&locks, lfirst_oid(cell), AccessExclusiveLock);
	table_locks_take(&locks);
}

/* As for dropping the link and adding it again. */
static void
check_rights(Alteration *alteration)
{
	LinkDefinition *link = alteration->old;

	check_owner(link->source);
	if (link->inverse || alteration->new->inverse || link->relationship == LINK_ONE_TO_MANY)
		check_owner(link->target);
	else
		check_far_rights(link->target);
	if (OidIsValid(link->junction))
		check_owner(link->junction);
}

/* How many rows of the storage share their key with one that comes first? */
static char *
surplus_sql(LinkDefinition *link, const char *action)
{
	Oid			holder = storage_table(link);
	char	   *position = position_column(link, true);

	return psprintf("%s EXISTS (SELECT FROM (SELECT tableoid, ctid,"
					" pg_catalog.row_number() OVER (PARTITION BY %s ORDER BY %s%s%s) AS n FROM %s"
					" WHERE ROW (%s) IS NOT NULL) s WHERE s.n OPERATOR(pg_catalog.>) 1"
					" AND s.tableoid OPERATOR(pg_catalog.=) t.tableoid AND s.ctid OPERATOR(pg_catalog.=) t.ctid)",
					action, columns_text(storage_columns(link)),
					position ? column_text(position) : "", position ? ", " : "",
					columns_text(key_column_names(holder)), table_text(holder),
					columns_text(storage_columns(link)));
}

/* The columns that are NULL in a row without link. */
static char *
clear_list(LinkDefinition *link)
{
	Oid			holder = storage_table(link);
	List	   *columns = storage_columns(link);
	Bitmapset  *cleared = NULL;
	Bitmapset  *fixed = NULL;
	StringInfoData buf;
	int			att = -1;

	divide_foreign_key(holder, list_length(columns), column_numbers(holder, columns), &cleared, &fixed);
	if (cleared == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_NOT_NULL_VIOLATION),
				 errmsg("%s is required", end_label(link)),
				 errdetail("Rows that share their link with others cannot be left without one.")));
	initStringInfo(&buf);
	while ((att = bms_next_member(cleared, att)) >= 0)
		appendStringInfo(&buf, "%s%s = NULL", buf.len > 0 ? ", " : "",
						 column_text(get_attname(holder, att, false)));
	return buf.data;
}

/* A statement of a user's kind: the fields follow, in this very statement. */
static void
keep_first_rows(LinkDefinition *link)
{
	Oid			holder = storage_table(link);

	write_as(table_owner(holder),
			 surplus_sql(link, psprintf("UPDATE %s t SET %s WHERE", table_text(holder), clear_list(link))));
	if (AfterTriggerPendingOnRel(holder))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_IN_USE),
				 errmsg("cannot alter %s while checks of rows are deferred", end_label(link)),
				 errdetail("Rows that share their link have been left without one, and %s waits for checks of that.",
						   table_label(holder)),
				 errhint("Run SET CONSTRAINTS ALL IMMEDIATE first, in the same transaction.")));
}

/* Between many_to_one and one_to_one, or from one kind of UNIQUE to another. */
static void
alter_unique(Alteration *alteration)
{
	LinkDefinition *old = alteration->old;
	LinkDefinition *new = alteration->new;
	bool		was_unique = old->relationship == LINK_ONE_TO_ONE;
	bool		is_unique = new->relationship == LINK_ONE_TO_ONE;

	if (was_unique == is_unique &&
		(!is_unique || old->deferred_unique == new->deferred_unique))
		return;
	if (is_unique && !was_unique && alteration->keep_first)
		keep_first_rows(old);
	storage_drop_unique(new);
	if (!is_unique)
		new->deferred_unique = false;
	else if (!was_unique)
		storage_forget_index(new);
	storage_make_unique_or_index(new);
}

static void
alter_required(Alteration *alteration)
{
	LinkDefinition *new = alteration->new;

	if (alteration->old->required != new->required)
		storage_set_required(new, new->required);
}

/* A list is the order of its keys when it begins to be kept, and when it ends. */
static void
alter_positions(Alteration *alteration)
{
	LinkDefinition *old = alteration->old;
	LinkDefinition *new = alteration->new;

	if (old->ordered && !new->ordered)
	{
		position_drop(old, false);
		new->source_position = new->target_position = NULL;
		new->created = without_mark(new->created, "position");
	}
	for (int at_target = 0; at_target < 2 && new->ordered; at_target++)
	{
		if (position_column(new, at_target))
			continue;
		position_prepare(new, at_target);
		position_make(new, at_target, true);
	}
}

static FieldDefinition *
end_field(LinkDefinition *link, bool at_target)
{
	ListCell   *cell;

	foreach(cell, catalog_fields())
	{
		FieldDefinition *field = lfirst(cell);

		if (field->kind == FIELD_LINK && field->link_id == link->id && field->at_target == at_target)
			return field;
	}
	return NULL;
}

static void
drop_end(LinkDefinition *link, bool at_target)
{
	FieldDefinition *field = end_field(link, at_target);

	if (field == NULL)
		return;
	catalog_delete_field(field->id);
	graph_changed();
	triggers_sync(field->holder);
	run_as(table_owner(field->holder), "ALTER TABLE %s DROP COLUMN IF EXISTS %s",
		   table_text(field->holder), column_text(field->name));
}

/* The column of an end is there, with another type, or not there any more. */
static void
alter_end(Alteration *alteration, bool at_target)
{
	LinkDefinition *old = alteration->old;
	LinkDefinition *new = alteration->new;
	FieldDefinition *field = end_field(old, at_target);
	bool		wanted = link_shows_ends(new) && end_name(new, at_target);
	bool		as_it_was = strcmp(old->columns, new->columns) == 0 && old->ordered == new->ordered &&
	old->relationship == new->relationship;

	if (field && !wanted)
		drop_end(old, at_target);
	else if (!field && wanted)
	{
		check_end_column(new, at_target);
		alteration->filled = append_id(alteration->filled, add_end_column(new, at_target, NULL));
	}
	else if (field && !as_it_was)
	{
		retype_end_column(new, at_target);
		alteration->retyped[at_target] = true;
		alteration->filled = append_id(alteration->filled, field->id);
	}
}

/* Does the value read the column of an end that has got another type? */
static bool
reads_retyped(Alteration *alteration, Field *field)
{
	LinkDefinition *link = alteration->new;
	Oid			read = field->value_position == 0 ? InvalidOid :
	field->path->steps[field->value_position - 1].far->relid;

	for (int at_target = 0; at_target < 2; at_target++)
	{
		if (alteration->retyped[at_target] && read == end_table(link, at_target) &&
			bms_is_member(get_attnum(read, end_name(link, at_target)), field->value_columns))
			return true;
	}
	return false;
}

/* Lookups and rollups show the rows in their order, or what the columns of the ends show. */
static void
refill_readers(Alteration *alteration)
{
	bool		reordered = alteration->old->ordered != alteration->new->ordered;
	List	   *readers = NIL;
	ListCell   *cell;

	foreach(cell, graph_get()->fields)
	{
		Field	   *field = lfirst(cell);

		if (!field->editable &&
			((reordered && field->path->link_id == alteration->new->id) ||
			 reads_retyped(alteration, field)))
			readers = append_id(readers, field->definition->id);
	}
	if (readers)
		engine_refill(readers);
}

static void
alter(Alteration *alteration)
{
	LinkDefinition *old = alteration->old;
	LinkDefinition *new = alteration->new;

	alter_check(old, new);

	/* What stands between columns and what they need is made again at the end. */
	protect_forget_all(graph_get());
	alter_unique(alteration);
	alter_required(alteration);
	if (strcmp(old->on_delete, new->on_delete) != 0)
		storage_remake_constraint(new);
	alter_positions(alteration);
	catalog_update_link(new);
	for (int at_target = 0; at_target < 2; at_target++)
		alter_end(alteration, at_target);
	if (!same_text(old->comment, new->comment) && end_field(new, false))
		run_as(table_owner(new->source), "COMMENT ON COLUMN %s.%s IS %s", table_text(new->source),
			   column_text(new->name), new->comment ? quote_literal_cstr(new->comment) : "NULL");
	finish_definition(alteration->filled, end_tables(new), true);
	refill_readers(alteration);
	protect_all(graph_get());
}

Datum
interlink_alter_link(PG_FUNCTION_ARGS)
{
	Oid			source = arg_table(fcinfo, 0, "source");
	char	   *name = arg_name(fcinfo, 1, "name");
	char	   *on_violation;
	Alteration	alteration = {0};

	check_may_define("interlink.alter_link()");
	on_violation = arg_text(fcinfo, 3, "on_violation");
	check_option("on_violation", on_violation, violations, lengthof(violations));
	alteration.keep_first = strcmp(on_violation, "keep_first") == 0;
	check_owner(source);
	alteration.old = find_link(source, name);
	alteration.new = link_with_changes(fcinfo, 2, alteration.old);
	check_rights(&alteration);
	lock_link(alteration.old);
	alteration.old = find_link(source, name);
	alteration.new = link_with_changes(fcinfo, 2, alteration.old);
	check_rights(&alteration);
	alter(&alteration);
	PG_RETURN_VOID();
}
