/*
 * dropped.c: definitions whose tables or columns are gone are forgotten.
 *
 * A link is gone with one of its tables or with a column of its storage.  A
 * link column alone is only a view of the link: when it is dropped the link
 * stays, with the foreign key or junction and what goes over it.
 *
 * What add_link has made is left where it is: a junction table that has lost
 * one of its ends may hold what somebody still wants.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "ddl/ddl.h"
#include "define/define.h"
#include "relate/relate.h"

typedef struct DroppedColumn
{
	Oid			relid;
	char	   *name;
} DroppedColumn;

typedef struct Tidying
{
	List	   *columns;		/* DroppedColumn * */
	List	   *links;			/* LinkDefinition *, those that stay */
	List	   *gone_links;
	List	   *fields;			/* FieldDefinition * */
	List	   *tables;			/* whose triggers have to be looked after */
} Tidying;

static bool
table_is_gone(Oid relid)
{
	return !SearchSysCacheExists1(RELOID, ObjectIdGetDatum(relid));
}

/* What the statement has dropped of one kind, by number and last name. */
static List *
dropped_objects(const char *condition)
{
	MemoryContext context = CurrentMemoryContext;
	List	   *objects = NIL;
	char	   *query = psprintf("SELECT o.objid, o.address_names[pg_catalog.array_upper(o.address_names, 1)]"
								 " FROM pg_catalog.pg_event_trigger_dropped_objects() AS o WHERE %s",
								 condition);

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute(query, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read what has been dropped");
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		MemoryContext old = MemoryContextSwitchTo(context);
		DroppedColumn *object = palloc(sizeof(DroppedColumn));
		bool		isnull;

		object->relid = DatumGetObjectId(SPI_getbinval(SPI_tuptable->vals[i],
													   SPI_tuptable->tupdesc, 1, &isnull));
		object->name = TextDatumGetCString(SPI_getbinval(SPI_tuptable->vals[i],
														 SPI_tuptable->tupdesc, 2, &isnull));
		objects = lappend(objects, object);
		MemoryContextSwitchTo(old);
	}
	SPI_finish();
	return objects;
}

/*
 * It is not enough to see what is there: one ALTER TABLE may drop a column and
 * add another of its name.
 */
List *
dropped_columns(void)
{
	return dropped_objects("o.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass"
						   " AND o.objsubid OPERATOR(pg_catalog.>) 0");
}

/* Names only, char *. */
List *
dropped_functions(void)
{
	List	   *names = NIL;
	ListCell   *cell;

	foreach(cell, dropped_objects("o.object_type OPERATOR(pg_catalog.=) 'function'"))
		names = lappend(names, ((DroppedColumn *) lfirst(cell))->name);
	return names;
}

bool
column_is_gone(List *dropped, Oid relid, const char *name)
{
	ListCell   *cell;

	foreach(cell, dropped)
	{
		DroppedColumn *column = lfirst(cell);

		if (column->relid == relid && strcmp(column->name, name) == 0)
			return true;
	}
	return get_attnum(relid, name) == InvalidAttrNumber;
}

bool
columns_are_gone(List *dropped, Oid relid, List *names)
{
	ListCell   *cell;

	foreach(cell, names)
	{
		if (column_is_gone(dropped, relid, lfirst(cell)))
			return true;
	}
	return false;
}

static bool
link_is_gone(Tidying *tidying, LinkDefinition *link)
{
	ListCell   *cell;

	foreach(cell, end_tables(link))
	{
		if (table_is_gone(lfirst_oid(cell)))
			return true;
	}
	return columns_are_gone(tidying->columns, link->source, link->source_columns) ||
		columns_are_gone(tidying->columns, link->target, link->target_columns) ||
		columns_are_gone(tidying->columns, link->junction, link->junction_source_columns) ||
		columns_are_gone(tidying->columns, link->junction, link->junction_target_columns);
}

static LinkDefinition *
find_link(List *links, int64 id)
{
	ListCell   *cell;

	foreach(cell, links)
	{
		if (((LinkDefinition *) lfirst(cell))->id == id)
			return lfirst(cell);
	}
	return NULL;
}

static void
concern(Tidying *tidying, LinkDefinition *link, Oid holder)
{
	if (link)
		tidying->tables = list_concat_unique_oid(tidying->tables, end_tables(link));
	if (OidIsValid(holder))
		tidying->tables = list_append_unique_oid(tidying->tables, holder);
}

/* What a relation was may not be told any more, but by the graph as it was. */
static void
concern_along(Tidying *tidying, FieldDefinition *definition)
{
	Graph	   *graph = graph_before();
	Field	   *field = graph ? graph_field(graph, definition->id) : NULL;

	for (int p = 0; field && p < field->path->nsteps; p++)
		tidying->tables = list_append_unique_oid(tidying->tables, field->path->steps[p].far->relid);
}

/* A link that has lost a position column goes on in the order of keys. */
static void
forget_positions(Tidying *tidying, LinkDefinition *link)
{
	Oid			relid = position_table(link);
	char	   *source = link->source_position;
	char	   *target = link->target_position;

	if (source && column_is_gone(tidying->columns, relid, source))
		link->source_position = NULL;
	if (target && column_is_gone(tidying->columns, relid, target))
		link->target_position = NULL;
	if (source == link->source_position && target == link->target_position)
		return;
	link->ordered = link->source_position || link->target_position;
	concern(tidying, link, InvalidOid);
	catalog_update_link(link);
}

static void
forget_links(Tidying *tidying)
{
	ListCell   *cell;

	foreach(cell, catalog_links())
	{
		LinkDefinition *link = lfirst(cell);

		if (!link_is_gone(tidying, link))
		{
			tidying->links = lappend(tidying->links, link);
			forget_positions(tidying, link);
			continue;
		}
		tidying->gone_links = lappend(tidying->gone_links, link);
		concern(tidying, link, InvalidOid);
		catalog_delete_link(link->id);
	}
}

/*
 * Returns the links that have lost a column at one of their ends.  A link that
 * is just not there, in the middle of a restore, says nothing.
 */
static List *
forget_fields(Tidying *tidying)
{
	List	   *shown_less = NIL;
	ListCell   *cell;

	foreach(cell, catalog_fields())
	{
		FieldDefinition *field = lfirst(cell);
		LinkDefinition *link = find_link(tidying->links, field->link_id);

		if (!find_link(tidying->gone_links, field->link_id) && !table_is_gone(field->holder) &&
			!column_is_gone(tidying->columns, field->holder, field->name))
		{
			tidying->fields = lappend(tidying->fields, field);
			continue;
		}
		if (link && field->kind == FIELD_LINK)
			shown_less = list_append_unique_ptr(shown_less, link);
		concern(tidying, link, field->holder);
		concern_along(tidying, field);
		if (!table_is_gone(field->holder))
			protect_forget(field->holder, field->name);
		catalog_delete_field(field->id);
	}
	return shown_less;
}

/* Is there still a field that goes over the link from this end? */
static bool
end_is_used(Tidying *tidying, LinkDefinition *link, bool at_target, bool by_link_column)
{
	ListCell   *cell;

	foreach(cell, tidying->fields)
	{
		FieldDefinition *field = lfirst(cell);

		if (field->link_id == link->id && field->at_target == at_target &&
			(!by_link_column || field->kind == FIELD_LINK))
			return true;
	}
	return false;
}

/* Is there a path that says the name of the target end? */
static bool
name_is_walked(LinkDefinition *link)
{
	char	   *inverse = link->inverse;
	int			with = list_length(paths_over(catalog_relations(), link->id));
	int			without;

	if (with == 0)
		return false;
	link->inverse = NULL;
	catalog_update_link(link);
	without = list_length(paths_over(catalog_relations(), link->id));
	link->inverse = inverse;
	return without < with;
}

/*
 * A target end without column loses its name, so that it can be added again,
 * unless lookups, rollups or paths go over it by that name.
 */
static void
show_less(Tidying *tidying, LinkDefinition *link)
{
	bool		at_source = end_is_used(tidying, link, false, true);
	bool		at_target = end_is_used(tidying, link, true, true);

	if (link->inverse && !at_target && !end_is_used(tidying, link, true, false) &&
		!name_is_walked(link))
		link->inverse = NULL;
	if (!at_source && !at_target)
		link->columns = "none";
	catalog_update_link(link);
}

/* True: links were among it. */
bool
dropped_tidy(void)
{
	Tidying		tidying = {0};
	ListCell   *cell;

	tidying.columns = dropped_columns();
	forget_links(&tidying);
	foreach(cell, forget_fields(&tidying))
		show_less(&tidying, lfirst(cell));
	if (tidying.tables == NIL)
		return false;
	graph_changed();
	foreach(cell, tidying.tables)
	{
		if (!table_is_gone(lfirst_oid(cell)))
			triggers_sync(lfirst_oid(cell));
	}
	return tidying.gone_links != NIL;
}
