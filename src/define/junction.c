/*
 * junction.c: where the keys of a many_to_many link live.
 *
 *		CREATE TABLE junction (
 *			source type NOT NULL, target type NOT NULL,
 *			PRIMARY KEY (source, target))
 *		CREATE INDEX ON junction USING btree (target, source)
 *		ALTER TABLE junction ADD FOREIGN KEY (source) REFERENCES ... ON DELETE CASCADE,
 *			ADD FOREIGN KEY (target) REFERENCES ... ON DELETE CASCADE or NO ACTION
 *
 * A key of several columns has as many here: source_a, source_b.  A table that
 * is there is another file's business: junction_adopt.c.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "commands/defrem.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/varlena.h"

#include "define/define.h"

/*
 * <source>_<name>.  Where that is too long it is cut, and then numbered while
 * it is taken: nobody asked for the cut name.
 */
static char *
default_name(LinkDefinition *link)
{
	char	   *source = get_rel_name(link->source);
	char	   *name = makeObjectName(source, link->name, NULL);
	Oid			schema = get_rel_namespace(link->source);

	if (strlen(source) + 1 + strlen(link->name) < NAMEDATALEN)
		return name;
	for (int i = 1; OidIsValid(get_relname_relid(name, schema)); i++)
		name = makeObjectName(source, link->name, psprintf("%d", i));
	return name;
}

/* A name without a schema stands beside the source table. */
static void
resolve_name(LinkRequest *request)
{
	char	   *schema = NULL;

	request->junction_schema = get_rel_namespace(request->link->source);
	if (request->junction == NULL)
	{
		request->junction_name = default_name(request->link);
		return;
	}
	DeconstructQualifiedName(textToQualifiedNameList(cstring_to_text(request->junction)),
							 &schema, &request->junction_name);
	if (schema)
		request->junction_schema = get_namespace_oid(schema, false);
}

/* Finds the table that is to be adopted, if there is one; it is not locked yet. */
void
junction_find(LinkRequest *request)
{
	LinkDefinition *link = request->link;
	Oid			existing;

	resolve_name(request);
	existing = get_relname_relid(request->junction_name, request->junction_schema);
	if (OidIsValid(existing) && request->junction == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_TABLE),
				 errmsg("relation \"%s\" already exists", request->junction_name),
				 errdetail("It would be the junction table of %s.", end_label(link)),
				 errhint("Name it in junction to adopt it, or name another table there.")));
	link->junction = existing;
	request->adopted = OidIsValid(existing);
}

/* "source", or where the key has several columns "source_a", "source_b". */
static List *
default_columns(const char *side, List *key)
{
	List	   *names = NIL;
	ListCell   *cell;

	foreach(cell, key)
		names = lappend(names, list_length(key) > 1 ? makeObjectName(side, lfirst(cell), NULL) :
						pstrdup(side));
	return names;
}

void
junction_prepare(LinkRequest *request)
{
	LinkDefinition *link = request->link;

	if (request->adopted)
	{
		junction_adopt(request);
		return;
	}
	if (request->foreign_key)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("parameter \"foreign_key\" is not for many_to_many links"),
				 errdetail("Only of a junction table that is adopted can it name the columns.")));
	link->source_columns = key_column_names(link->source);
	link->target_columns = key_column_names(link->target);
	link->junction_source_columns = default_columns("source", link->source_columns);
	link->junction_target_columns = default_columns("target", link->target_columns);
	check_key_types(link->source, link->source_columns);
	check_key_types(link->target, link->target_columns);
	if (link->on_delete == NULL)
		link->on_delete = "unlink";
}

/* "source type NOT NULL, …" */
static void
append_columns(StringInfo sql, List *names, Oid referenced, List *key)
{
	ListCell   *name;
	ListCell   *column;

	forboth(name, names, column, key)
	{
		int32		typmod;
		Oid			collation;
		Oid			type = column_type(referenced, get_attnum(referenced, lfirst(column)),
									   &typmod, &collation);

		appendStringInfo(sql, "%s %s NOT NULL, ", column_text(lfirst(name)),
						 type_text(type, typmod, collation));
	}
}

static void
make_table(LinkDefinition *link, const char *name)
{
	Oid			owner = table_owner(link->source);
	char	   *sources = columns_text(link->junction_source_columns);
	char	   *targets = columns_text(link->junction_target_columns);
	StringInfoData columns;

	initStringInfo(&columns);
	append_columns(&columns, link->junction_source_columns, link->source, link->source_columns);
	append_columns(&columns, link->junction_target_columns, link->target, link->target_columns);
	run_as(owner, "CREATE TABLE %s (%sPRIMARY KEY (%s, %s))", name, columns.data, sources, targets);
	run_as(owner, "CREATE INDEX ON %s USING btree (%s, %s)", name, targets, sources);
}

/* As the caller: it is he who has been granted REFERENCES on the target. */
static void
make_constraints(LinkDefinition *link)
{
	run_as(GetUserId(),
		   "ALTER TABLE %s"
		   " ADD FOREIGN KEY (%s) REFERENCES %s (%s) ON UPDATE CASCADE ON DELETE CASCADE,"
		   " ADD FOREIGN KEY (%s) REFERENCES %s (%s) ON UPDATE CASCADE ON DELETE %s",
		   table_text(link->junction),
		   columns_text(link->junction_source_columns),
		   table_text(link->source), columns_text(link->source_columns),
		   columns_text(link->junction_target_columns),
		   table_text(link->target), columns_text(link->target_columns),
		   strcmp(link->on_delete, "restrict") == 0 ? "NO ACTION" : "CASCADE");
}

/* The owner of the target reads the junction for the column at his end. */
static void
share_with_target(LinkDefinition *link)
{
	Oid			owner = table_owner(link->junction);
	Oid			reader = table_owner(link->target);

	if (reader != owner)
		run_as(owner, "GRANT SELECT ON %s TO %s", table_text(link->junction),
			   quote_identifier(GetUserNameFromId(reader, false)));
}

void
junction_make(LinkRequest *request)
{
	LinkDefinition *link = request->link;

	if (request->adopted)
	{
		junction_make_indexes(link);
		return;
	}
	make_table(link, quote_qualified_identifier(get_namespace_name(request->junction_schema),
												request->junction_name));
	link->junction = get_relname_relid(request->junction_name, request->junction_schema);
	make_constraints(link);
	share_with_target(link);
	link->created = lappend(link->created, "junction");
}

/* What add_link has made goes; an adopted junction is left as it was found. */
void
junction_drop(LinkDefinition *link, bool cascade)
{
	if (get_rel_name(link->junction) == NULL)
		return;
	if (storage_created(link, "junction"))
	{
		run_as(table_owner(link->junction), "DROP TABLE %s%s",
			   table_text(link->junction), cascade ? " CASCADE" : "");
		return;
	}
	position_drop(link, cascade);
	if (storage_created(link, "source_index"))
		storage_drop_index(link, link->junction, link->junction_source_columns);
	if (storage_created(link, "target_index"))
		storage_drop_index(link, link->junction, link->junction_target_columns);
}
