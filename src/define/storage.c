/*
 * storage.c: where the keys of a link live: a foreign key.
 *
 *		ALTER TABLE holder ADD COLUMN key type [NOT NULL]
 *		ALTER TABLE holder ADD FOREIGN KEY (key) REFERENCES far (column)
 *			ON UPDATE CASCADE ON DELETE ...
 *		ALTER TABLE holder ADD UNIQUE (key) [DEFERRABLE]	for one_to_one
 *		CREATE INDEX ON holder USING btree (key)	for the others
 *
 * What exists is adopted as it stands, what is missing is added, and only what
 * was added (link->created) goes again with the link.
 */
#include "postgres.h"

#include "catalog/pg_constraint.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "define/define.h"
#include "graph/build.h"

static bool
key_at_target(LinkDefinition *link)
{
	return link->relationship == LINK_ONE_TO_MANY;
}

Oid
storage_table(LinkDefinition *link)
{
	return end_table(link, key_at_target(link));
}

Oid
storage_referenced(LinkDefinition *link)
{
	return end_table(link, !key_at_target(link));
}

char *
storage_column(LinkDefinition *link)
{
	return linitial(key_at_target(link) ? link->target_columns : link->source_columns);
}

static char *
referenced_column(LinkDefinition *link)
{
	return linitial(key_at_target(link) ? link->source_columns : link->target_columns);
}

static void
set_columns(LinkDefinition *link, char *key, char *referenced)
{
	link->source_columns = list_make1(key_at_target(link) ? referenced : key);
	link->target_columns = list_make1(key_at_target(link) ? key : referenced);
}

/* Names that would be too long are cut where it hurts least, as Postgres does. */
char *
storage_default_name(LinkDefinition *link, const char *suffix)
{
	if (!key_at_target(link))
		return makeObjectName(link->name, NULL, suffix);
	if (link->inverse)
		return makeObjectName(link->inverse, NULL, suffix);
	return makeObjectName(get_rel_name(link->source), link->name, suffix);
}

static char *
on_delete_word(char action)
{
	switch (action)
	{
		case FKCONSTR_ACTION_CASCADE:
			return "cascade";
		case FKCONSTR_ACTION_NOACTION:
		case FKCONSTR_ACTION_RESTRICT:
			return "restrict";
		default:
			return "unlink";
	}
}

static const char *
on_delete_clause(const char *on_delete)
{
	if (strcmp(on_delete, "cascade") == 0)
		return "CASCADE";
	return strcmp(on_delete, "restrict") == 0 ? "NO ACTION" : "SET NULL";
}

/* Two links over one column would each want to write it. */
static void
check_not_linked(Oid relid, const char *column)
{
	ListCell   *cell;

	foreach(cell, catalog_links())
	{
		LinkDefinition *link = lfirst(cell);

		if (!OidIsValid(link->junction) && storage_table(link) == relid &&
			strcmp(storage_column(link), column) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_OBJECT),
					 errmsg("column \"%s\" of %s already is the foreign key of a link",
							column, table_label(relid)),
					 errdetail("It belongs to %s.", end_label(link))));
	}
	foreach(cell, catalog_fields())
	{
		FieldDefinition *field = lfirst(cell);

		if (field->holder == relid && strcmp(field->name, column) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_WRONG_OBJECT_TYPE),
					 errmsg("column \"%s\" of %s is a computed field, not a foreign key",
							column, table_label(relid))));
	}
}

/* A row that is taken from another may not leave it without a link. */
void
check_may_move(LinkDefinition *link, bool required)
{
	if (link->relationship != LINK_ONE_TO_ONE || !required ||
		strcmp(link->on_taken, "move") != 0)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("on_taken => 'move' is not for required one_to_one links"),
			 errdetail("A row whose place is taken would be left without a link."),
			 errhint("Use on_taken => 'error'.")));
}

static void
check_adoptable(LinkDefinition *link, const char *column, ForeignKey *key)
{
	Oid			holder = storage_table(link);

	if (key->referenced != storage_referenced(link))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_FOREIGN_KEY),
				 errmsg("column \"%s\" of %s references %s, not %s", column,
						table_label(holder), table_label(key->referenced),
						table_label(storage_referenced(link)))));
	if (!key->validated)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("foreign key \"%s\" of %s is not valid",
						get_constraint_name(key->oid), table_label(holder)),
				 errhint("Use ALTER TABLE %s VALIDATE CONSTRAINT %s.", table_text(holder),
						 quote_identifier(get_constraint_name(key->oid)))));
	if (link->on_delete && strcmp(link->on_delete, on_delete_word(key->on_delete)) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("foreign key \"%s\" of %s says \"%s\" on delete, not \"%s\"",
						get_constraint_name(key->oid), table_label(holder),
						on_delete_word(key->on_delete), link->on_delete),
				 errhint("Leave on_delete out to adopt the foreign key as it stands.")));
}

/* The column is there; with its foreign key, or that will be added. */
static void
prepare_adopted(LinkRequest *request, char *column, AttrNumber attnum)
{
	LinkDefinition *link = request->link;
	Oid			holder = storage_table(link);
	bool		not_null = column_is_not_null(holder, attnum);
	ForeignKey	key;

	check_not_linked(holder, column);
	check_supported(column_is_generated(holder, attnum), "a generated column as a foreign key");
	check_key_type(holder, attnum);
	check_may_move(link, not_null);
	request->adopted = true;
	request->has_key = find_column_key(holder, attnum, storage_referenced(link), &key);
	if (request->has_key)
	{
		check_adoptable(link, column, &key);
		set_columns(link, column, get_attname(key.referenced, key.referenced_column, false));
		if (link->required && !not_null && key.on_delete == FKCONSTR_ACTION_SETNULL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("%s cannot be required", end_label(link)),
					 errdetail("Its foreign key \"%s\" clears column \"%s\" on delete.",
							   get_constraint_name(key.oid), column)));
		link->on_delete = on_delete_word(key.on_delete);
	}
	else
	{
		set_columns(link, column, key_column_name(storage_referenced(link)));
		if (not_null && link->on_delete && strcmp(link->on_delete, "unlink") == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("column \"%s\" of %s is NOT NULL and cannot be unlinked",
							column, table_label(holder)),
					 errhint("Use on_delete => 'restrict' or 'cascade'.")));
	}
}

static void
prepare_foreign_key(LinkRequest *request)
{
	LinkDefinition *link = request->link;
	Oid			holder = storage_table(link);
	char	   *column;
	AttrNumber	attnum;

	if (request->junction)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("parameter \"junction\" is for many_to_many links")));
	check_supported(list_length(request->foreign_key) > 1, "a foreign key of several columns");
	column = request->foreign_key ? linitial(request->foreign_key) : storage_default_name(link, "id");
	attnum = get_attnum(holder, column);
	if (attnum > 0 && request->foreign_key)
	{
		prepare_adopted(request, column, attnum);
		return;
	}
	if (attnum != InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_COLUMN),
				 errmsg("column \"%s\" of %s already exists", column, table_label(holder)),
				 errdetail("It would be the foreign key of %s.", end_label(link)),
				 errhint("Name it in foreign_key to adopt it, or name another column there.")));
	set_columns(link, column, key_column_name(storage_referenced(link)));
}

/* Decides what the storage will be.  Changes nothing yet. */
void
storage_prepare(LinkRequest *request)
{
	LinkDefinition *link = request->link;

	check_has_key(link->source);
	check_has_key(link->target);
	if (link->relationship == LINK_MANY_TO_MANY)
		junction_prepare(request);
	else
	{
		prepare_foreign_key(request);
		check_key_type(storage_referenced(link),
					   get_attnum(storage_referenced(link), referenced_column(link)));
	}
}

static void
note_created(LinkDefinition *link, char *what)
{
	link->created = lappend(link->created, what);
}

static void
make_column(LinkRequest *request)
{
	LinkDefinition *link = request->link;
	Oid			holder = storage_table(link);
	char	   *column = storage_column(link);

	if (!request->adopted)
	{
		Oid			referenced = storage_referenced(link);
		int32		typmod;
		Oid			collation;
		Oid			type = column_type(referenced, get_attnum(referenced, referenced_column(link)),
									   &typmod, &collation);

		add_column(holder, column, type, typmod, collation, link->required ? " NOT NULL" : "");
		note_created(link, "column");
	}
	else if (column_is_not_null(holder, get_attnum(holder, column)))
		link->required = true;
	else if (link->required)
	{
		run_as(table_owner(holder), "ALTER TABLE %s ALTER COLUMN %s SET NOT NULL",
			   table_text(holder), column_text(column));
		note_created(link, "not_null");
	}
	if (link->on_delete == NULL)
		link->on_delete = link->required ? "restrict" : "unlink";
}

/* As the caller: it is he who has been granted REFERENCES on the far table. */
static void
make_constraint(LinkRequest *request)
{
	LinkDefinition *link = request->link;

	if (request->has_key)
		return;
	run_as(GetUserId(),
		   "ALTER TABLE %s ADD FOREIGN KEY (%s) REFERENCES %s (%s) ON UPDATE CASCADE ON DELETE %s",
		   table_text(storage_table(link)), column_text(storage_column(link)),
		   table_text(storage_referenced(link)), column_text(referenced_column(link)),
		   on_delete_clause(link->on_delete));
	note_created(link, "constraint");
}

static void
make_index(LinkDefinition *link)
{
	Oid			holder = storage_table(link);
	AttrNumber	attnum = get_attnum(holder, storage_column(link));

	if (OidIsValid(find_btree_index(holder, 1, &attnum, false)))
		return;
	run_as(table_owner(holder), "CREATE INDEX ON %s USING btree (%s)",
		   table_text(holder), column_text(storage_column(link)));
	note_created(link, "index");
}

/* A UNIQUE constraint rather than an index: tools read one-to-one from it. */
static void
make_unique(LinkDefinition *link)
{
	Oid			holder = storage_table(link);
	AttrNumber	attnum = get_attnum(holder, storage_column(link));
	bool		deferrable;
	Oid			index = find_unique_btree(holder, 1, &attnum, &deferrable);

	if (!OidIsValid(index))
	{
		run_as(table_owner(holder), "ALTER TABLE %s ADD UNIQUE (%s)%s",
			   table_text(holder), column_text(storage_column(link)),
			   link->deferred_unique ? " DEFERRABLE INITIALLY IMMEDIATE" : "");
		note_created(link, "unique");
		return;
	}
	if (link->deferred_unique && !deferrable)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unique index \"%s\" of %s is not deferrable",
						get_rel_name(index), table_label(holder)),
				 errhint("Leave deferred_unique out to adopt it as it stands.")));
	link->deferred_unique = deferrable;
}

void
storage_make(LinkRequest *request)
{
	if (request->link->relationship == LINK_MANY_TO_MANY)
		junction_make(request);
	else
	{
		make_column(request);
		make_constraint(request);
		if (request->link->relationship == LINK_ONE_TO_ONE)
			make_unique(request->link);
		else
			make_index(request->link);
	}
}
