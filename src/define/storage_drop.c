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

static void
drop_constraint(Oid relid, Oid constraint)
{
	if (OidIsValid(constraint))
		run_as(table_owner(relid), "ALTER TABLE %s DROP CONSTRAINT %s",
			   table_text(relid), quote_identifier(get_constraint_name(constraint)));
}

static void
drop_foreign_key(LinkDefinition *link, Oid holder, AttrNumber attnum)
{
	ForeignKey	key;

	if (find_column_key(holder, attnum, storage_referenced(link), &key) &&
		key.referenced == storage_referenced(link))
		drop_constraint(holder, key.oid);
}

static void
drop_unique(Oid holder, AttrNumber attnum)
{
	bool		deferrable;
	Oid			index = find_unique_btree(holder, 1, &attnum, &deferrable);

	if (OidIsValid(index))
		drop_constraint(holder, get_index_constraint(index));
}

static void
drop_index(Oid holder, AttrNumber attnum)
{
	Oid			index = find_plain_index(holder, attnum);

	if (OidIsValid(index))
		run_as(table_owner(holder), "DROP INDEX %s", table_text(index));
}

static void
drop_column(Oid holder, const char *column, bool cascade)
{
	run_as(table_owner(holder), "ALTER TABLE %s DROP COLUMN %s%s",
		   table_text(holder), column_text(column), cascade ? " CASCADE" : "");
}

void
storage_drop(LinkDefinition *link, bool cascade)
{
	Oid			holder;
	char	   *column;
	AttrNumber	attnum;

	if (OidIsValid(link->junction))
	{
		junction_drop(link, cascade);
		return;
	}
	position_drop(link, cascade);
	holder = storage_table(link);
	column = storage_column(link);
	attnum = get_attnum(holder, column);
	if (attnum <= 0)
		return;
	if (storage_created(link, "column"))
	{
		drop_column(holder, column, cascade);
		return;
	}
	if (storage_created(link, "constraint"))
		drop_foreign_key(link, holder, attnum);
	if (storage_created(link, "unique"))
		drop_unique(holder, attnum);
	if (storage_created(link, "index"))
		drop_index(holder, attnum);
	if (storage_created(link, "not_null"))
		run_as(table_owner(holder), "ALTER TABLE %s ALTER COLUMN %s DROP NOT NULL",
			   table_text(holder), column_text(column));
}
