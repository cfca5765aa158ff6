/*
 * ddl.c: statements, as the role that has the right to run them.
 *
 * Definitions are carried out in SQL, so that everything that hangs on a
 * statement (dependencies, event triggers, locks, logging) is as if a user had
 * written it.  Every name in it is qualified and quoted.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "define/define.h"

/* How deep we are in statements of our own; event triggers leave them alone. */
static int	own_statements = 0;

static char *format_statement(const char *format, va_list args) pg_attribute_printf(1, 0);

bool
running_own_statement(void)
{
	return own_statements > 0;
}

static char *
format_statement(const char *format, va_list args)
{
	StringInfoData buf;
	va_list		copy;
	int			missing;

	initStringInfo(&buf);
	for (;;)
	{
		va_copy(copy, args);
		missing = appendStringInfoVA(&buf, format, copy);
		va_end(copy);
		if (missing == 0)
			return buf.data;
		enlargeStringInfo(&buf, missing);
	}
}

/* An error leaves the role and the path to the abort of the transaction. */
/* Runs a statement as another user. */
static void
run_statement(Oid role, int more_context, const char *statement)
{
	Oid			user;
	int			context;
	int			result;

	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(role, context | SECURITY_LOCAL_USERID_CHANGE | more_context);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	result = SPI_execute(statement, false, 0);
	if (result < 0)
		elog(ERROR, "SPI_execute failed: %s", SPI_result_code_string(result));
	SPI_finish();
	SetUserIdAndSecContext(user, context);
	CommandCounterIncrement();
}

void
run_as(Oid role, const char *format,...)
{
	int			level = NewGUCNestLevel();
	va_list		args;
	char	   *statement;

	va_start(args, format);
	statement = format_statement(format, args);
	va_end(args);

	(void) set_config_option("search_path", "pg_catalog, pg_temp",
							 PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	own_statements++;
	PG_TRY();
	{
		run_statement(role, SECURITY_RESTRICTED_OPERATION, statement);
	}
	PG_FINALLY();
	{
		own_statements--;
	}
	PG_END_TRY();
	AtEOXact_GUC(true, level);
}

void
write_as(Oid role, const char *statement)
{
	run_statement(role, SECURITY_NOFORCE_RLS, statement);
}

Oid
table_owner(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relid)));
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

/* For statements: always qualified. */
char *
table_text(Oid relid)
{
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)),
									  get_rel_name(relid));
}

/* For messages: as PostgreSQL writes it, the schema where it is not visible. */
char *
table_label(Oid relid)
{
	char	   *name = get_rel_name(relid);
	const char *kind = get_rel_relkind(relid) == RELKIND_COMPOSITE_TYPE ? "type" : "table";

	if (name == NULL)
		return psprintf("relation %u", relid);
	if (RelationIsVisible(relid))
		return psprintf("%s \"%s\"", kind, name);
	return psprintf("%s \"%s.%s\"", kind, get_namespace_name(get_rel_namespace(relid)), name);
}

/* quote_identifier, but with a result of its own to keep. */
const char *
column_text(const char *name)
{
	return quote_identifier(name);
}

static char *
collation_text(Oid collation)
{
	HeapTuple	tuple = SearchSysCache1(COLLOID, ObjectIdGetDatum(collation));
	Form_pg_collation form;
	char	   *result;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("collation with OID %u does not exist", collation)));
	form = (Form_pg_collation) GETSTRUCT(tuple);
	result = quote_qualified_identifier(get_namespace_name(form->collnamespace),
										NameStr(form->collname));
	ReleaseSysCache(tuple);
	return result;
}

char *
type_text(Oid type, int32 typmod, Oid collation)
{
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoString(&buf, format_type_extended(type, typmod,
													  FORMAT_TYPE_TYPEMOD_GIVEN |
													  FORMAT_TYPE_FORCE_QUALIFY));
	if (OidIsValid(collation) && collation != get_typcollation(type))
		appendStringInfo(&buf, " COLLATE %s", collation_text(collation));
	return buf.data;
}

void
add_column(Oid relid, const char *name, Oid type, int32 typmod, Oid collation,
		   const char *constraints)
{
	run_as(table_owner(relid), "ALTER TABLE %s ADD COLUMN %s %s%s",
		   table_text(relid), column_text(name),
		   type_text(type, typmod, collation), constraints);
}

void
comment_column(Oid relid, const char *name, const char *comment)
{
	if (comment)
		run_as(table_owner(relid), "COMMENT ON COLUMN %s.%s IS %s",
			   table_text(relid), column_text(name), quote_literal_cstr(comment));
}
