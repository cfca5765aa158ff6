/*
 * argument.c: arguments of the SQL functions, and their values.
 *
 * The functions are not STRICT, as NULL means "the default" for most of their
 * arguments.  Those that must be given are asked for by name, for the message.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "define/define.h"

void
check_given(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (PG_ARGISNULL(n))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("parameter \"%s\" must not be null", name)));
}

/* A regclass can be any number; later checks rely on a table behind it. */
Oid
arg_table(FunctionCallInfo fcinfo, int n, const char *name)
{
	Oid			relid;

	check_given(fcinfo, n, name);
	relid = PG_GETARG_OID(n);
	if (get_rel_name(relid) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relid)));
	return relid;
}

Oid
arg_type(FunctionCallInfo fcinfo, int n, const char *name)
{
	check_given(fcinfo, n, name);
	if (!get_typisdefined(PG_GETARG_OID(n)))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("type with OID %u does not exist", PG_GETARG_OID(n))));
	return PG_GETARG_OID(n);
}

char *
arg_name_or_null(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? NULL : pstrdup(NameStr(*PG_GETARG_NAME(n)));
}

char *
arg_name(FunctionCallInfo fcinfo, int n, const char *name)
{
	char	   *result;

	check_given(fcinfo, n, name);
	result = arg_name_or_null(fcinfo, n);
	if (result[0] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_NAME),
				 errmsg("parameter \"%s\" must not be empty", name)));
	return result;
}

List *
arg_names_or_null(FunctionCallInfo fcinfo, int n)
{
	List	   *names = NIL;
	Datum	   *elements;
	bool	   *nulls;
	int			count;

	if (PG_ARGISNULL(n))
		return NIL;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(n), NAMEOID, NAMEDATALEN, false,
					  TYPALIGN_CHAR, &elements, &nulls, &count);
	for (int i = 0; i < count; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("a column name must not be null")));
		names = lappend(names, pstrdup(NameStr(*DatumGetName(elements[i]))));
	}
	return names;
}

List *
arg_texts(FunctionCallInfo fcinfo, int n, const char *name)
{
	List	   *texts = NIL;
	Datum	   *elements;
	bool	   *nulls;
	int			count;

	check_given(fcinfo, n, name);
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(n), TEXTOID, -1, false,
					  TYPALIGN_INT, &elements, &nulls, &count);
	for (int i = 0; i < count; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("an element of parameter \"%s\" must not be null", name)));
		texts = lappend(texts, TextDatumGetCString(elements[i]));
	}
	return texts;
}

char *
arg_text_or_null(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(n));
}

char *
arg_text(FunctionCallInfo fcinfo, int n, const char *name)
{
	check_given(fcinfo, n, name);
	return arg_text_or_null(fcinfo, n);
}

bool
arg_bool(FunctionCallInfo fcinfo, int n, const char *name)
{
	check_given(fcinfo, n, name);
	return PG_GETARG_BOOL(n);
}

/* NULL is for the caller to judge. */
void
check_option(const char *option, const char *value,
			 const char *const *allowed, int nallowed)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < nallowed; i++)
	{
		if (value == NULL || strcmp(value, allowed[i]) == 0)
			return;
		appendStringInfo(&list, "%s%s", i > 0 ? ", " : "", allowed[i]);
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid value for parameter \"%s\": \"%s\"", option, value),
			 errhint("Available values: %s.", list.data)));
}

/* For what the interface has and this version does not do yet. */
void
check_supported(bool asked_for, const char *what)
{
	if (asked_for)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("%s is not supported yet", what)));
}
