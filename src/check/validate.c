/*
 * validate.c: interlink.validate(): what would be refused if a record were
 * written.
 *
 * The record is judged as an UPDATE when it names the primary key of a row
 * that is there, else as an INSERT.  Nothing is written, and nothing is
 * locked: another session may change the answer at any time.
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/resowner.h"

#include "check/validate.h"
#include "engine/value.h"
#include "define/define.h"
#include "engine/query.h"
#include "engine/trust.h"
#include "relate/relate.h"

PG_FUNCTION_INFO_V1(interlink_validate);

void
report_problem(Candidate *candidate, const char *column, const char *key, const char *format,...)
{
	StringInfoData buf;
	Datum		values[3] = {0};
	bool		isnull[3] = {false, key == NULL, false};
	va_list		args;
	int			missing;

	initStringInfo(&buf);
	do
	{
		va_start(args, format);
		missing = appendStringInfoVA(&buf, format, args);
		va_end(args);
		if (missing > 0)
			enlargeStringInfo(&buf, missing);
	} while (missing > 0);

	values[0] = CStringGetTextDatum(column);
	if (key)
		values[1] = CStringGetTextDatum(key);
	values[2] = CStringGetTextDatum(buf.data);
	tuplestore_putvalues(candidate->result->setResult, candidate->result->setDesc, values, isnull);
}

char *
value_text(Candidate *candidate, AttrNumber att)
{
	Oid			output;
	bool		varlena;

	if (candidate->isnull[att - 1])
		return NULL;
	getTypeOutputInfo(TupleDescAttr(candidate->desc, att - 1)->atttypid, &output, &varlena);
	return OidOutputFunctionCall(output, candidate->values[att - 1]);
}

List *
rows_of_query(Oid relid, const char *sql, int n, Oid *types, Datum *values)
{
	MemoryContext context = CurrentMemoryContext;
	QueryContext query;
	List	   *rows = NIL;

	query_begin(&query, table_owner(relid));
	trust_query(sql);
	if (SPI_execute_with_args(sql, n, types, values, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not execute \"%s\"", sql);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		MemoryContext old = MemoryContextSwitchTo(context);
		int			ncolumns = SPI_tuptable->tupdesc->natts;
		char	  **row = palloc(sizeof(char *) * ncolumns);

		for (int c = 0; c < ncolumns; c++)
			row[c] = SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, c + 1);
		rows = lappend(rows, row);
		MemoryContextSwitchTo(old);
	}
	query_end(&query);
	return rows;
}

/* Data that is wrong is reported; that the server is in trouble is an error. */
static bool
is_about_data(ErrorData *error)
{
	int			category = ERRCODE_TO_CATEGORY(error->sqlerrcode);

	return category == ERRCODE_TO_CATEGORY(ERRCODE_DATA_EXCEPTION) ||
		category == ERRCODE_TO_CATEGORY(ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION) ||
		category == ERRCODE_TO_CATEGORY(ERRCODE_CARDINALITY_VIOLATION) ||
		category == ERRCODE_TO_CATEGORY(ERRCODE_SYNTAX_ERROR);
}

/* Keys that are kept as text may be none of their type. */
static void
check_keys(Candidate *candidate, Form_pg_attribute att)
{
	Field	   *field = graph_field_by_name(candidate->graph, RelationGetRelid(candidate->rel),
											NameStr(att->attname));
	Datum	  **keys;

	if (field && field->editable && !candidate->isnull[att->attnum - 1])
		(void) link_column_keys(field, candidate->values[att->attnum - 1], &keys);
}

/* SELECT r.name FROM jsonb_to_record(record) AS r(name type), as the caller. */
static void
convert(Candidate *candidate, Form_pg_attribute att, Datum record)
{
	MemoryContext context = CurrentMemoryContext;
	Oid			type = JSONBOID;
	char	   *name = pstrdup(quote_identifier(NameStr(att->attname)));
	char	   *sql = psprintf("SELECT r.%s FROM pg_catalog.jsonb_to_record($1) AS r(%s %s)",
							   name, name, type_text(att->atttypid, att->atttypmod, InvalidOid));
	bool	   *isnull = &candidate->isnull[att->attnum - 1];
	Datum		value;

	SPI_connect();
	if (SPI_execute_with_args(sql, 1, &type, &record, NULL, true, 0) != SPI_OK_SELECT ||
		SPI_processed != 1)
		elog(ERROR, "could not execute \"%s\"", sql);
	value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, isnull);
	if (!*isnull)
	{
		MemoryContext old = MemoryContextSwitchTo(context);

		candidate->values[att->attnum - 1] = datumCopy(value, att->attbyval, att->attlen);
		MemoryContextSwitchTo(old);
	}
	SPI_finish();
}

static void
try_convert(Candidate *candidate, Form_pg_attribute att, Datum record)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	volatile bool converted = false;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		convert(candidate, att, record);
		converted = true;
		check_keys(candidate, att);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
		if (!is_about_data(error))
			ReThrowError(error);
		candidate->wrong[att->attnum - 1] = true;
		if (error->sqlerrcode == ERRCODE_CARDINALITY_VIOLATION)
			report_problem(candidate, NameStr(att->attname), NULL, "too many keys: %s", error->message);
		else
			report_problem(candidate, NameStr(att->attname), NULL, "wrong type: %s",
						   converted && error->detail ? error->detail : error->message);
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
}

/* Values of all members; those without a column are reported. */
static void
read_members(Candidate *candidate, Jsonb *record)
{
	JsonbIterator *iterator = JsonbIteratorInit(&record->root);
	JsonbValue	value;
	JsonbIteratorToken token;

	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
	{
		char	   *name;
		AttrNumber	att = InvalidAttrNumber;

		if (token != WJB_KEY)
			continue;
		name = pnstrdup(value.val.string.val, value.val.string.len);
		if (strlen(name) < NAMEDATALEN)
			att = get_attnum(RelationGetRelid(candidate->rel), name);
		if (att <= 0)
		{
			report_problem(candidate, name, NULL, "unknown column: there is no such column or link");
			continue;
		}
		candidate->given[att - 1] = true;
		try_convert(candidate, TupleDescAttr(candidate->desc, att - 1), JsonbPGetDatum(record));
	}
}

/* SELECT h.* of the row with this primary key; false: the record has none, or a new one. */
static bool
find_old_row(Candidate *candidate)
{
	Bitmapset  *key = RelationGetIndexAttrBitmap(candidate->rel, INDEX_ATTR_BITMAP_PRIMARY_KEY);
	int			n = bms_num_members(key);
	Oid		   *types = palloc(sizeof(Oid) * Max(n, 1));
	Datum	   *values = palloc(sizeof(Datum) * Max(n, 1));
	MemoryContext context = CurrentMemoryContext;
	QueryContext query;
	StringInfoData sql;
	bool		found;
	int			member = -1;
	int			count = 0;

	initStringInfo(&sql);
	appendStringInfo(&sql, "SELECT h.* FROM %s AS h WHERE ", table_text(RelationGetRelid(candidate->rel)));
	while ((member = bms_next_member(key, member)) >= 0)
	{
		AttrNumber	att = member + FirstLowInvalidHeapAttributeNumber;
		Form_pg_attribute form = TupleDescAttr(candidate->desc, att - 1);

		if (!candidate->given[att - 1] || candidate->wrong[att - 1] || candidate->isnull[att - 1])
			return false;
		types[count] = form->atttypid;
		values[count] = candidate->values[att - 1];
		if (count++ > 0)
			appendStringInfoString(&sql, " AND ");
		generate_operator_clause(&sql, psprintf("h.%s", quote_identifier(NameStr(form->attname))),
								 form->atttypid, find_equality(form->atttypid, form->atttypid),
								 psprintf("$%d", count), form->atttypid);
	}
	if (count == 0)
		return false;
	query_begin(&query, table_owner(RelationGetRelid(candidate->rel)));
	if (SPI_execute_with_args(sql.data, n, types, values, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not execute \"%s\"", sql.data);
	found = SPI_processed == 1;
	for (int i = 0, column = 0; found && i < candidate->desc->natts; i++)
	{
		Form_pg_attribute form = TupleDescAttr(candidate->desc, i);
		MemoryContext old;

		candidate->old_isnull[i] = true;
		if (form->attisdropped)
			continue;
		candidate->old_values[i] = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, ++column,
												 &candidate->old_isnull[i]);
		old = MemoryContextSwitchTo(context);
		if (!candidate->old_isnull[i])
			candidate->old_values[i] = datumCopy(candidate->old_values[i], form->attbyval, form->attlen);
		MemoryContextSwitchTo(old);
	}
	query_end(&query);
	return found;
}

static void
complete_from_old_row(Candidate *candidate)
{
	candidate->update = find_old_row(candidate);
	for (int i = 0; i < candidate->desc->natts; i++)
	{
		if (candidate->given[i])
			continue;
		candidate->values[i] = candidate->old_values[i];
		candidate->isnull[i] = candidate->old_isnull[i];
	}
}

static void
check_may_validate(Oid holder)
{
	if (get_rel_relkind(holder) != RELKIND_RELATION &&
		get_rel_relkind(holder) != RELKIND_PARTITIONED_TABLE)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not a table", get_rel_name(holder))));
	if (pg_class_aclcheck(holder, GetUserId(), ACL_INSERT | ACL_UPDATE) != ACLCHECK_OK &&
		pg_attribute_aclcheck_all(holder, GetUserId(), ACL_INSERT | ACL_UPDATE,
								  ACLMASK_ANY) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, get_rel_name(holder));
}

/* The links of a partition are those of the table that it is a part of. */
static Candidate *
make_candidate(FunctionCallInfo fcinfo, Oid holder)
{
	Candidate  *candidate = palloc0(sizeof(Candidate));
	Part	   *part;
	Table	   *table = graph_table_of(graph_get(), holder, &part);
	Oid			relid = table ? table->relid : holder;
	int			natts;

	candidate->result = (ReturnSetInfo *) fcinfo->resultinfo;
	candidate->target = holder;
	candidate->rel = table_open(relid, AccessShareLock);
	candidate->desc = CreateTupleDescCopyConstr(RelationGetDescr(candidate->rel));
	candidate->graph = graph_get();
	candidate->table = graph_table(candidate->graph, relid);
	natts = candidate->desc->natts;
	candidate->given = palloc0(sizeof(bool) * natts);
	candidate->wrong = palloc0(sizeof(bool) * natts);
	candidate->values = palloc0(sizeof(Datum) * natts);
	candidate->isnull = palloc0(sizeof(bool) * natts);
	candidate->old_values = palloc0(sizeof(Datum) * natts);
	candidate->old_isnull = palloc0(sizeof(bool) * natts);
	candidate->settled = palloc0(sizeof(bool) * natts);
	candidate->shown_as = palloc0(sizeof(char *) * natts);
	memset(candidate->old_isnull, true, sizeof(bool) * natts);
	return candidate;
}

Datum
interlink_validate(PG_FUNCTION_ARGS)
{
	Oid			holder = arg_table(fcinfo, 0, "holder");
	Candidate  *candidate;
	Jsonb	   *record;

	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("parameter \"record\" must not be null")));
	record = PG_GETARG_JSONB_P(1);
	if (!JB_ROOT_IS_OBJECT(record))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("parameter \"record\" must be a JSON object")));
	check_may_validate(holder);
	InitMaterializedSRF(fcinfo, 0);
	candidate = make_candidate(fcinfo, holder);
	graph_pin(candidate->graph);
	PG_TRY();
	{
		read_members(candidate, record);
		complete_from_old_row(candidate);
		validate_links(candidate);
		validate_computed(candidate);
		validate_required(candidate);
		validate_foreign_keys(candidate);
		validate_unique_keys(candidate);
	}
	PG_FINALLY();
	{
		graph_unpin(candidate->graph);
	}
	PG_END_TRY();
	table_close(candidate->rel, AccessShareLock);
	PG_RETURN_NULL();
}
