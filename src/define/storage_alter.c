/*
 * storage_alter.c: parts of the storage of a link are taken away and made again.
 *
 * The link is as it is to be; its list of what was created is kept up to date.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "define/alter.h"
#include "define/define.h"

List *
without_mark(List *created, const char *what)
{
	List	   *result = NIL;
	ListCell   *cell;

	foreach(cell, created)
	{
		if (strcmp(lfirst(cell), what) != 0)
			result = lappend(result, lfirst(cell));
	}
	return result;
}

void
storage_drop_unique(LinkDefinition *link)
{
	if (!storage_created(link, "unique"))
		return;
	drop_unique(storage_table(link), storage_columns(link));
	link->created = without_mark(link->created, "unique");
}

/* A UNIQUE constraint has an index of its own. */
void
storage_forget_index(LinkDefinition *link)
{
	if (!storage_created(link, "index"))
		return;
	storage_drop_index(link, storage_table(link), storage_columns(link));
	link->created = without_mark(link->created, "index");
}

void
storage_make_unique_or_index(LinkDefinition *link)
{
	if (link->relationship == LINK_ONE_TO_ONE)
		make_unique(link);
	else
		make_index(link);
}

void
storage_set_required(LinkDefinition *link, bool required)
{
	Oid			holder = storage_table(link);
	ListCell   *cell;

	foreach(cell, storage_columns(link))
		run_as(table_owner(holder), "ALTER TABLE %s ALTER COLUMN %s %s NOT NULL",
			   table_text(holder), column_text(lfirst(cell)), required ? "SET" : "DROP");
	link->created = without_mark(link->created, "not_null");
	if (required)
		link->created = lappend(link->created, "not_null");
}

/*
 * A junction has two foreign keys; what happens on delete is said by that to the
 * target.  Users may have made it deferrable.
 */
void
storage_remake_constraint(LinkDefinition *link)
{
	bool		by_junction = OidIsValid(link->junction);
	Oid			holder = by_junction ? link->junction : storage_table(link);
	Oid			referenced = by_junction ? link->target : storage_referenced(link);
	List	   *columns = by_junction ? link->junction_target_columns : storage_columns(link);
	ForeignKey	key;

	if (!find_columns_key(holder, columns, referenced, &key) || key.referenced != referenced)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the foreign key of %s is missing", end_label(link))));
	run_as(table_owner(holder), "ALTER TABLE %s DROP CONSTRAINT %s, ADD CONSTRAINT %s FOREIGN KEY (%s)"
		   " REFERENCES %s (%s) ON UPDATE CASCADE ON DELETE %s%s",
		   table_text(holder), quote_identifier(get_constraint_name(key.oid)),
		   quote_identifier(get_constraint_name(key.oid)), columns_text(key.columns),
		   table_text(referenced), columns_text(key.referenced_columns),
		   by_junction ? (strcmp(link->on_delete, "restrict") == 0 ? "NO ACTION" : "CASCADE") :
		   on_delete_clause(link->on_delete),
		   key.deferred ? " DEFERRABLE INITIALLY DEFERRED" : key.deferrable ? " DEFERRABLE" : "");
}
