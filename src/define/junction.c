/*
 * junction.c: where the keys of a many_to_many link live.
 *
 *		CREATE TABLE junction (
 *			source type NOT NULL, target type NOT NULL,
 *			PRIMARY KEY (source, target))
 *		CREATE INDEX ON junction USING btree (target, source)
 *		ALTER TABLE junction ADD FOREIGN KEY (source) REFERENCES ... ON DELETE CASCADE,
 *			ADD FOREIGN KEY (target) REFERENCES ... ON DELETE CASCADE or NO ACTION
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "commands/defrem.h"
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

static void
check_junction_free(LinkRequest *request)
{
	Oid			existing = get_relname_relid(request->junction_name, request->junction_schema);

	if (!OidIsValid(existing))
		return;
	check_supported(request->junction && get_rel_relkind(existing) == RELKIND_RELATION,
					"adopting a junction table");
	ereport(ERROR,
			(errcode(ERRCODE_DUPLICATE_TABLE),
			 errmsg("relation \"%s\" already exists", request->junction_name),
			 errdetail("It would be the junction table of %s.", end_label(request->link)),
			 errhint("Name another table in junction.")));
}

void
junction_prepare(LinkRequest *request)
{
	LinkDefinition *link = request->link;

	if (request->foreign_key)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("parameter \"foreign_key\" is not for many_to_many links")));
	resolve_name(request);
	check_junction_free(request);
	link->source_columns = list_make1(key_column_name(link->source));
	link->target_columns = list_make1(key_column_name(link->target));
	link->junction_source_columns = list_make1("source");
	link->junction_target_columns = list_make1("target");
	check_key_type(link->source, key_column(link->source));
	check_key_type(link->target, key_column(link->target));
	if (link->on_delete == NULL)
		link->on_delete = "unlink";
}

static char *
key_type_text(Oid relid)
{
	int32		typmod;
	Oid			collation;
	Oid			type = column_type(relid, key_column(relid), &typmod, &collation);

	return type_text(type, typmod, collation);
}

/* As the caller: it is he who has been granted REFERENCES on the target. */
static void
make_constraints(LinkDefinition *link)
{
	run_as(GetUserId(),
		   "ALTER TABLE %s"
		   " ADD FOREIGN KEY (source) REFERENCES %s (%s) ON UPDATE CASCADE ON DELETE CASCADE,"
		   " ADD FOREIGN KEY (target) REFERENCES %s (%s) ON UPDATE CASCADE ON DELETE %s",
		   table_text(link->junction),
		   table_text(link->source), column_text(linitial(link->source_columns)),
		   table_text(link->target), column_text(linitial(link->target_columns)),
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
	Oid			owner = table_owner(link->source);
	char	   *name = quote_qualified_identifier(get_namespace_name(request->junction_schema),
												  request->junction_name);

	run_as(owner,
		   "CREATE TABLE %s (source %s NOT NULL, target %s NOT NULL, PRIMARY KEY (source, target))",
		   name, key_type_text(link->source), key_type_text(link->target));
	run_as(owner, "CREATE INDEX ON %s USING btree (target, source)", name);
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
	if (!storage_created(link, "junction"))
		position_drop(link, cascade);
	else
		run_as(table_owner(link->junction), "DROP TABLE %s%s",
			   table_text(link->junction), cascade ? " CASCADE" : "");
}
