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

#include "define/alter.h"
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

List *
storage_columns(LinkDefinition *link)
{
	return key_at_target(link) ? link->target_columns : link->source_columns;
}

bool
storage_has_column(LinkDefinition *link, const char *column)
{
	ListCell   *cell;

	foreach(cell, storage_columns(link))
	{
		if (strcmp(lfirst(cell), column) == 0)
			return true;
	}
	return false;
}

static List *
referenced_columns(LinkDefinition *link)
{
	return key_at_target(link) ? link->source_columns : link->target_columns;
}

static void
set_columns(LinkDefinition *link, List *key, List *referenced)
{
	link->source_columns = key_at_target(link) ? referenced : key;
	link->target_columns = key_at_target(link) ? key : referenced;
}

/* Is there no column that could be NULL, so that the link could be broken? */
bool
storage_is_required(Oid holder, List *columns)
{
	Bitmapset  *cleared = NULL;
	Bitmapset  *fixed = NULL;

	divide_foreign_key(holder, list_length(columns), column_numbers(holder, columns),
					   &cleared, &fixed);
	return cleared == NULL;
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

char *
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

const char *
on_delete_clause(const char *on_delete)
{
	if (strcmp(on_delete, "cascade") == 0)
		return "CASCADE";
	return strcmp(on_delete, "restrict") == 0 ? "NO ACTION" : "SET NULL";
}

/* Two links over the same columns would each want to write them. */
static void
check_not_linked(Oid relid, List *columns)
{
	ListCell   *cell;
	ListCell   *name;

	foreach(cell, catalog_links())
	{
		LinkDefinition *link = lfirst(cell);

		if (!OidIsValid(link->junction) && storage_table(link) == relid &&
			same_columns(storage_columns(link), columns))
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_OBJECT),
					 errmsg("%s of %s already %s the foreign key of a link",
							columns_label(columns), table_label(relid),
							list_length(columns) > 1 ? "are" : "is"),
					 errdetail("It belongs to %s.", end_label(link))));
	}
	foreach(cell, catalog_fields())
	{
		FieldDefinition *field = lfirst(cell);

		foreach(name, columns)
		{
			if (field->holder == relid && strcmp(field->name, lfirst(name)) == 0)
				ereport(ERROR,
						(errcode(ERRCODE_WRONG_OBJECT_TYPE),
						 errmsg("column \"%s\" of %s is a computed field, not a foreign key",
								field->name, table_label(relid))));
		}
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

void
check_validated(Oid holder, ForeignKey *key)
{
	if (key->validated)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("foreign key \"%s\" of %s is not valid",
					get_constraint_name(key->oid), table_label(holder)),
			 errhint("Use ALTER TABLE %s VALIDATE CONSTRAINT %s.", table_text(holder),
					 quote_identifier(get_constraint_name(key->oid)))));
}

static void
check_adoptable(LinkDefinition *link, List *columns, ForeignKey *key)
{
	Oid			holder = storage_table(link);

	if (key->referenced != storage_referenced(link))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_FOREIGN_KEY),
				 errmsg("%s of %s references %s, not %s", columns_label(columns),
						table_label(holder), table_label(key->referenced),
						table_label(storage_referenced(link)))));
	check_validated(holder, key);
	if (link->on_delete && strcmp(link->on_delete, on_delete_word(key->on_delete)) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("foreign key \"%s\" of %s says \"%s\" on delete, not \"%s\"",
						get_constraint_name(key->oid), table_label(holder),
						on_delete_word(key->on_delete), link->on_delete),
				 errhint("Leave on_delete out to adopt the foreign key as it stands.")));
}

/* What the foreign key says must go together with what is asked for. */
static void
adopt_foreign_key(LinkDefinition *link, ForeignKey *key, bool not_null)
{
	Oid			holder = storage_table(link);

	check_adoptable(link, key->columns, key);
	set_columns(link, key->columns, key->referenced_columns);
	if (link->required && !not_null && key->on_delete == FKCONSTR_ACTION_SETNULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s cannot be required", end_label(link)),
				 errdetail("Its foreign key \"%s\" clears %s on delete.",
						   get_constraint_name(key->oid), columns_label(key->cleared))));
	if (link->required && !not_null && list_length(key->columns) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s cannot be required", end_label(link)),
				 errdetail("Of %s, some may be NULL.", columns_label(key->columns)),
				 errhint("Use ALTER TABLE %s ALTER COLUMN ... SET NOT NULL before.", table_text(holder))));
	link->on_delete = on_delete_word(key->on_delete);
}

/* As many columns as the primary key has. */
static List *
primary_key_for(LinkDefinition *link, List *columns)
{
	List	   *key = key_column_names(storage_referenced(link));

	if (list_length(columns) != list_length(key))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s cannot be the foreign key of %s", columns_label(columns), end_label(link)),
				 errdetail("The primary key of %s is made of %s.", table_label(storage_referenced(link)),
						   columns_label(key))));
	return key;
}

/* The columns are there; with their foreign key, or that will be added. */
static void
prepare_adopted(LinkRequest *request, List *columns)
{
	LinkDefinition *link = request->link;
	Oid			holder = storage_table(link);
	bool		not_null = storage_is_required(holder, columns);
	ForeignKey	key;

	check_not_linked(holder, columns);
	check_supported(any_column_is_generated(holder, columns), "a generated column as a foreign key");
	check_key_types(holder, columns);
	check_may_move(link, not_null);
	request->adopted = true;
	request->has_key = find_columns_key(holder, columns, storage_referenced(link), &key);
	if (request->has_key)
	{
		adopt_foreign_key(link, &key, not_null);
		return;
	}
	set_columns(link, columns, primary_key_for(link, columns));
	if (not_null && link->on_delete && strcmp(link->on_delete, "unlink") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s of %s is NOT NULL and cannot be unlinked",
						columns_label(columns), table_label(holder)),
				 errhint("Use on_delete => 'restrict' or 'cascade'.")));
}

/* <name>_id, or where the key has several columns <name>_<column> for each. */
static List *
default_columns(LinkDefinition *link)
{
	List	   *key = key_column_names(storage_referenced(link));
	List	   *names = NIL;
	ListCell   *cell;

	foreach(cell, key)
		names = lappend(names, storage_default_name(link, list_length(key) > 1 ? lfirst(cell) : "id"));
	return names;
}

static void
check_column_to_be(LinkRequest *request, const char *column)
{
	LinkDefinition *link = request->link;
	Oid			holder = storage_table(link);

	if (get_attnum(holder, column) == InvalidAttrNumber)
		return;
	if (request->foreign_key && list_length(request->foreign_key) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("column \"%s\" of %s already exists, others of the foreign key do not",
						column, table_label(holder)),
				 errhint("Add the missing columns first to adopt all of them, or name others.")));
	ereport(ERROR,
			(errcode(ERRCODE_DUPLICATE_COLUMN),
			 errmsg("column \"%s\" of %s already exists", column, table_label(holder)),
			 errdetail("It would be the foreign key of %s.", end_label(link)),
			 errhint("Name it in foreign_key to adopt it, or name another column there.")));
}

/* Are all of them columns of the table? */
static bool
all_exist(Oid relid, List *columns)
{
	ListCell   *cell;

	foreach(cell, columns)
	{
		if (get_attnum(relid, lfirst(cell)) <= 0)
			return false;
	}
	return true;
}

static void
check_each_once(List *columns)
{
	ListCell   *cell;
	ListCell   *other;

	foreach(cell, columns)
	{
		for_each_from(other, columns, foreach_current_index(cell) + 1)
		{
			if (strcmp(lfirst(cell), lfirst(other)) == 0)
				ereport(ERROR,
						(errcode(ERRCODE_DUPLICATE_COLUMN),
						 errmsg("parameter \"foreign_key\" names column \"%s\" twice",
								(char *) lfirst(cell))));
		}
	}
}

static void
prepare_foreign_key(LinkRequest *request)
{
	LinkDefinition *link = request->link;
	List	   *columns = request->foreign_key ? request->foreign_key : default_columns(link);
	ListCell   *cell;

	if (request->junction)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("parameter \"junction\" is for many_to_many links")));
	check_each_once(columns);
	if (request->foreign_key && all_exist(storage_table(link), columns))
	{
		prepare_adopted(request, columns);
		return;
	}
	foreach(cell, columns)
		check_column_to_be(request, lfirst(cell));
	set_columns(link, columns, primary_key_for(link, columns));
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
		check_key_types(storage_referenced(link), referenced_columns(link));
	}
}

static void
note_created(LinkDefinition *link, char *what)
{
	link->created = lappend(link->created, what);
}

static void
make_columns(LinkDefinition *link)
{
	Oid			holder = storage_table(link);
	Oid			referenced = storage_referenced(link);
	ListCell   *name;
	ListCell   *other;

	forboth(name, storage_columns(link), other, referenced_columns(link))
	{
		int32		typmod;
		Oid			collation;
		Oid			type = column_type(referenced, get_attnum(referenced, lfirst(other)),
									   &typmod, &collation);

		add_column(holder, lfirst(name), type, typmod, collation, link->required ? " NOT NULL" : "");
	}
	note_created(link, "column");
}

static void
settle_required(LinkRequest *request)
{
	LinkDefinition *link = request->link;
	Oid			holder = storage_table(link);

	if (!request->adopted)
		make_columns(link);
	else if (storage_is_required(holder, storage_columns(link)))
		link->required = true;
	else if (link->required)
	{
		run_as(table_owner(holder), "ALTER TABLE %s ALTER COLUMN %s SET NOT NULL",
			   table_text(holder), column_text(linitial(storage_columns(link))));
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
		   table_text(storage_table(link)), columns_text(storage_columns(link)),
		   table_text(storage_referenced(link)), columns_text(referenced_columns(link)),
		   on_delete_clause(link->on_delete));
	note_created(link, "constraint");
}

void
make_index(LinkDefinition *link)
{
	Oid			holder = storage_table(link);
	List	   *columns = storage_columns(link);

	if (OidIsValid(find_btree_index(holder, list_length(columns), column_numbers(holder, columns), false)))
		return;
	run_as(table_owner(holder), "CREATE INDEX ON %s USING btree (%s)",
		   table_text(holder), columns_text(columns));
	note_created(link, "index");
}

/* A UNIQUE constraint rather than an index: tools read one-to-one from it. */
void
make_unique(LinkDefinition *link)
{
	Oid			holder = storage_table(link);
	List	   *columns = storage_columns(link);
	bool		deferrable;
	Oid			index = find_unique_btree(holder, list_length(columns),
										  column_numbers(holder, columns), &deferrable);

	if (!OidIsValid(index))
	{
		run_as(table_owner(holder), "ALTER TABLE %s ADD UNIQUE (%s)%s",
			   table_text(holder), columns_text(columns),
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
		settle_required(request);
		make_constraint(request);
		if (request->link->relationship == LINK_ONE_TO_ONE)
			make_unique(request->link);
		else
			make_index(request->link);
	}
}
