/*
 * validate_computed.c: would values given for computed columns be refused?
 */
#include "postgres.h"

#include "executor/executor.h"
#include "executor/spi.h"
#include "utils/datum.h"

#include "check/validate.h"
#include "engine/capture.h"
#include "engine/field_context.h"
#include "engine/query.h"
#include "engine/trust.h"
#include "engine/value.h"

/* A generated column by which rows are found; false: not known, or NULL. */
static bool
generated_key(Candidate *candidate, GeneratedColumn *column, Datum *key)
{
	TupleTableSlot *slot;
	int			source = -1;
	bool		isnull;

	while ((source = bms_next_member(column->sources, source)) >= 0)
	{
		if (!column_is_known(candidate, source))
			return false;
	}
	slot = MakeSingleTupleTableSlot(candidate->desc, &TTSOpsVirtual);
	memcpy(slot->tts_values, candidate->values, sizeof(Datum) * candidate->desc->natts);
	memcpy(slot->tts_isnull, candidate->isnull, sizeof(bool) * candidate->desc->natts);
	*key = generated_value(candidate->table, column, ExecStoreVirtualTuple(slot), &isnull);
	ExecDropSingleTupleTableSlot(slot);
	return !isnull;
}

/* A column of the key by which the linked row is found; false: not known, or NULL. */
static bool
key_to_be(Candidate *candidate, AttrNumber att, Datum *key)
{
	GeneratedColumn *column = find_generated(candidate->table, att);

	if (column)
		return generated_key(candidate, column, key);
	*key = candidate->values[att - 1];
	return column_is_known(candidate, att) && !candidate->isnull[att - 1];
}

/* The value of a field of the one linked row, as it would be filled in; false: not known. */
static bool
value_to_be(Candidate *candidate, Field *field, Datum *value, bool *isnull)
{
	KeyReader  *anchor = &field->group->anchor;
	int			n = anchor->shape->n;
	char	  **parameters = palloc(sizeof(char *) * n);
	Oid		   *types = palloc(sizeof(Oid) * n);
	Datum	   *key = palloc(sizeof(Datum) * n);
	MemoryContext context = CurrentMemoryContext;
	QueryContext query;
	FieldContext asking;
	StringInfoData sql;

	for (int i = 0; i < n; i++)
	{
		AttrNumber	att = anchor->att[i];

		if (!key_to_be(candidate, att, &key[i]))
			return false;
		parameters[i] = psprintf("$%d", i + 1);
		types[i] = TupleDescAttr(candidate->desc, att - 1)->atttypid;
	}
	initStringInfo(&sql);
	append_field_query(&sql, list_make1(field), parameters);
	query_begin(&query, candidate->table->owner);
	field_context_begin(&asking, field);
	trust_query(sql.data);
	if (SPI_execute_with_args(sql.data, n, types, key, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not execute \"%s\"", sql.data);
	field_context_end(&asking);
	*isnull = true;
	if (SPI_processed == 1)
		*value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, isnull);
	if (!*isnull)
	{
		MemoryContext old = MemoryContextSwitchTo(context);

		*value = datumCopy(*value, field->typbyval, field->typlen);
		MemoryContextSwitchTo(old);
	}
	query_end(&query);
	return true;
}

/* As in fill.c: what stands; in a new row NULL and the value without linked rows; what will be. */
static bool
is_accepted(Candidate *candidate, Field *field)
{
	int			i = field->attnum - 1;
	Datum		given = candidate->values[i];
	bool		given_null = candidate->isnull[i];
	Datum		value = (Datum) 0;
	bool		isnull;

	if (computed_writes == COMPUTED_WRITES_IGNORE ||
		(candidate->update && value_identical(field, given, given_null, candidate->old_values[i],
											  candidate->old_isnull[i])))
		return true;
	if (!candidate->update &&
		(given_null || value_identical(field, given, false, field->empty, !field->has_empty)))
		return true;
	return !field->group->keyed && value_to_be(candidate, field, &value, &isnull) &&
		value_identical(field, given, given_null, value, isnull);
}

void
validate_computed(Candidate *candidate)
{
	for (int i = 0; i < candidate->desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(candidate->desc, i);
		Field	   *field = candidate->given[i] ?
			graph_field_by_name(candidate->graph, RelationGetRelid(candidate->rel),
								NameStr(att->attname)) : NULL;

		if (candidate->given[i] &&
			(att->attgenerated || (att->attidentity == ATTRIBUTE_IDENTITY_ALWAYS && !candidate->update)))
			report_problem(candidate, NameStr(att->attname), NULL,
						   "computed column: its value is generated always");
		else if (field && !field->editable && !candidate->wrong[i] && !is_accepted(candidate, field))
			report_problem(candidate, NameStr(att->attname), NULL,
						   "computed column: its value follows from other rows");
	}
}
