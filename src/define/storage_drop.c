/*
 * storage_drop.c: what add_link has made goes again with the link.
 *
 * What somebody has taken away by hand in the meantime is not missed.
 */
#include "postgres.h"

#include "catalog/pg_constraint.h"
#include "catalog/dependency.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "define/alter.h"
#include "define/define.h"
#include "graph/build.h"

bool
storage_created(LinkDefinition *link, const char *what)
{
	ListCell   *cell;

	foreach(cell, link->created)
	{
		if (strcmp(lfirst(cell), what) == 0)
			return true;
	}
	return false;
}

bool
storage_made_foreign_key(LinkDefinition *link)
{
	return storage_created(link, OidIsValid(link->junction) ? "junction" : "constraint");
}

static void
drop_constraint(Oid relid, Oid constraint)
{
	if (OidIsValid(constraint))
		run_as(table_owner(relid), "ALTER TABLE %s DROP CONSTRAINT %s",
			   table_text(relid), quote_identifier(get_constraint_name(constraint)));
}

static void
drop_foreign_key(LinkDefinition *link, Oid holder, List *columns)
{
	ForeignKey	key;

	if (find_columns_key(holder, columns, storage_referenced(link), &key) &&
		key.referenced == storage_referenced(link))
		drop_constraint(holder, key.oid);
}

void
drop_unique(Oid holder, List *columns)
{
	bool		deferrable;
	Oid			index = find_unique_btree(holder, list_length(columns),
										  column_numbers(holder, columns), &deferrable);

	if (OidIsValid(index))
		drop_constraint(holder, get_index_constraint(index));
}

/* What another link has over these columns; NULL: nothing. */
static char *
index_of_link(LinkDefinition *link, Oid holder, List *columns)
{
	if (!OidIsValid(link->junction))
		return storage_table(link) == holder && same_columns(storage_columns(link), columns) ?
			"index" : NULL;
	if (link->junction != holder)
		return NULL;
	if (same_columns(link->junction_source_columns, columns))
		return "source_index";
	return same_columns(link->junction_target_columns, columns) ? "target_index" : NULL;
}

/* Another link that goes over the columns needs the index, and takes it over. */
static bool
hand_over_index(LinkDefinition *from, Oid holder, List *columns)
{
	ListCell   *cell;

	foreach(cell, catalog_links())
	{
		LinkDefinition *link = lfirst(cell);
		char	   *what = index_of_link(link, holder, columns);

		if (what == NULL || link->id == from->id)
			continue;
		link->created = lappend(link->created, what);
		catalog_update_link(link);
		return true;
	}
	return false;
}

/* Do fields that stay, over relations, find their rows by it? */
static bool
index_is_needed(Oid index)
{
	ListCell   *cell;

	foreach(cell, graph_get()->fields)
	{
		Path	   *path = ((Field *) lfirst(cell))->path;

		for (int i = 0; path->relation_id != 0 && i < path->nsteps; i++)
		{
			if (path->steps[i].near_index == index || path->steps[i].far_index == index)
				return true;
		}
	}
	return false;
}

void
storage_drop_index(LinkDefinition *link, Oid holder, List *columns)
{
	Oid			index = find_plain_index(holder, columns);

	if (OidIsValid(index) && !hand_over_index(link, holder, columns) && !index_is_needed(index))
		run_as(table_owner(holder), "DROP INDEX %s", table_text(index));
}

static void
drop_columns(Oid holder, List *columns, bool cascade)
{
	ListCell   *cell;

	foreach(cell, columns)
		run_as(table_owner(holder), "ALTER TABLE %s DROP COLUMN IF EXISTS %s%s",
			   table_text(holder), column_text(lfirst(cell)), cascade ? " CASCADE" : "");
}

void
storage_drop(LinkDefinition *link, bool cascade)
{
	Oid			holder;
	List	   *columns;
	ListCell   *cell;

	if (OidIsValid(link->junction))
	{
		junction_drop(link, cascade);
		return;
	}
	position_drop(link, cascade);
	holder = storage_table(link);
	columns = storage_columns(link);
	foreach(cell, columns)
	{
		if (get_attnum(holder, lfirst(cell)) <= 0)
			return;
	}
	if (storage_created(link, "column"))
	{
		drop_columns(holder, columns, cascade);
		return;
	}
	if (storage_created(link, "constraint"))
		drop_foreign_key(link, holder, columns);
	if (storage_created(link, "unique"))
		drop_unique(holder, columns);
	if (storage_created(link, "index"))
		storage_drop_index(link, holder, columns);
	if (storage_created(link, "not_null"))
		run_as(table_owner(holder), "ALTER TABLE %s ALTER COLUMN %s DROP NOT NULL",
			   table_text(holder), column_text(linitial(columns)));
}
