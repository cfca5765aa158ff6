/*
 * follow.c: interlink.follow and interlink.follow_one.
 *
 * Rows are read with the rights of whoever asks, under the snapshot of the
 * calling query.  Where the planner knows the relation, and its accessor does
 * the same, the accessor takes the place of follow() before any of this runs:
 * see support.c.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/tuplestore.h"

#include "relate/known.h"

PG_FUNCTION_INFO_V1(interlink_follow);
PG_FUNCTION_INFO_V1(interlink_follow_one);

static Oid
arg_row_type(FunctionCallInfo fcinfo, int n, const char *name)
{
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, n);

	if (!OidIsValid(type) || !OidIsValid(row_type_relation(getBaseType(type))))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("parameter \"%s\" is not a row", name),
				 OidIsValid(type) ? errdetail("Its type is %s.", format_type_be(type)) : 0));
	return getBaseType(type);
}

/* To be released. */
static KnownRelation *
known_or_fail(FunctionCallInfo fcinfo)
{
	Oid			source = arg_row_type(fcinfo, 0, "source");
	KnownRelation *known;
	char	   *name;

	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("parameter \"relation\" must not be null")));
	name = text_to_cstring(PG_GETARG_TEXT_PP(1));
	known = known_relation(source, name, false);
	if (known == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("relation \"%s\" of %s does not exist", name, row_type_label(source))));
	return known;
}

static void
check_target(FunctionCallInfo fcinfo, KnownRelation *known)
{
	Oid			asked = arg_row_type(fcinfo, 2, "target");

	if (asked != known->target)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("relation \"%s\" of %s leads to rows of %s, not of %s",
						known->route->definition->name, row_type_label(known->source),
						row_type_label(known->target), row_type_label(asked)),
				 errhint("Use NULL::%s as the last argument.", format_type_be(known->target))));
}

/* Connected to SPI.  The plan is for any row: it does not change with the calls. */
static SPIPlanPtr
plan_of(KnownRelation *known)
{
	char	   *sql;

	if (known->plan)
		return known->plan;
	sql = route_sql(known->route, ROUTE_ROWS);
	known->plan = SPI_prepare_cursor(sql, 1, &known->source, CURSOR_OPT_GENERIC_PLAN);
	if (known->plan == NULL)
		elog(ERROR, "could not prepare \"%s\": %s", sql, SPI_result_code_string(SPI_result));
	if (SPI_keepplan(known->plan) != 0)
		elog(ERROR, "could not keep the plan of \"%s\"", sql);
	return known->plan;
}

/* Takes rows that come as one composite value each. */
typedef struct RowReceiver
{
	DestReceiver receiver;
	Tuplestorestate *store;
} RowReceiver;

static bool
receive_row(TupleTableSlot *slot, DestReceiver *self)
{
	HeapTupleHeader header;
	HeapTupleData tuple;
	bool		isnull;
	Datum		value = slot_getattr(slot, 1, &isnull);

	if (isnull)
		return true;
	header = DatumGetHeapTupleHeader(value);
	tuple.t_len = HeapTupleHeaderGetDatumLength(header);
	ItemPointerSetInvalid(&tuple.t_self);
	tuple.t_tableOid = InvalidOid;
	tuple.t_data = header;
	tuplestore_puttuple(((RowReceiver *) self)->store, &tuple);
	return true;
}

static void
receive_startup(DestReceiver *self, int operation, TupleDesc desc)
{
}

static void
receive_end(DestReceiver *self)
{
}

static void
follow_row(KnownRelation *known, Datum row, Tuplestorestate *store)
{
	SPIExecuteOptions options = {0};
	RowReceiver receiver = {{receive_row, receive_startup, receive_end, receive_end, DestTuplestore}};

	receiver.store = store;
	options.params = makeParamList(1);
	options.params->params[0].value = row;
	options.params->params[0].isnull = false;
	options.params->params[0].ptype = known->source;
	options.read_only = true;
	options.dest = (DestReceiver *) &receiver;
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute_plan_extended(plan_of(known), &options) != SPI_OK_SELECT)
		elog(ERROR, "could not follow relation \"%s\"", known->route->definition->name);
	SPI_finish();
}

static Tuplestorestate *
begin_result(FunctionCallInfo fcinfo)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext old;

	if (result == NULL || !IsA(result, ReturnSetInfo) ||
		(result->allowedModes & SFRM_Materialize) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("set-valued function called in context that cannot accept a set")));
	old = MemoryContextSwitchTo(result->econtext->ecxt_per_query_memory);
	result->returnMode = SFRM_Materialize;
	result->setResult = tuplestore_begin_heap((result->allowedModes & SFRM_Materialize_Random) != 0,
											  false, work_mem);
	MemoryContextSwitchTo(old);
	return result->setResult;
}

Datum
interlink_follow(PG_FUNCTION_ARGS)
{
	Tuplestorestate *store = begin_result(fcinfo);
	KnownRelation *known = known_or_fail(fcinfo);

	PG_TRY();
	{
		check_target(fcinfo, known);
		if (!PG_ARGISNULL(0))
			follow_row(known, PG_GETARG_DATUM(0), store);
	}
	PG_FINALLY();
	{
		known_release(known);
	}
	PG_END_TRY();
	PG_RETURN_NULL();
}

static void
check_unique(KnownRelation *known)
{
	if (!known->route->unique)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("relation \"%s\" of %s may lead to several rows",
						known->route->definition->name, row_type_label(known->source)),
				 errhint("Use interlink.follow().")));
}

/* The row in the memory of the caller; false: there is none. */
static bool
follow_to_one(KnownRelation *known, Datum row, Datum *result)
{
	bool		isnull = true;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute_plan(plan_of(known), &row, NULL, true, 2) != SPI_OK_SELECT)
		elog(ERROR, "could not follow relation \"%s\"", known->route->definition->name);
	if (SPI_processed > 1)		/* a deferred constraint is violated for now */
		ereport(ERROR,
				(errcode(ERRCODE_CARDINALITY_VIOLATION),
				 errmsg("relation \"%s\" of %s leads to several rows",
						known->route->definition->name, row_type_label(known->source))));
	if (SPI_processed == 1)
		*result = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	if (!isnull)
		*result = SPI_datumTransfer(*result, false, -1);
	SPI_finish();
	return !isnull;
}

Datum
interlink_follow_one(PG_FUNCTION_ARGS)
{
	KnownRelation *known = known_or_fail(fcinfo);
	Datum		result = (Datum) 0;
	bool		found = false;

	PG_TRY();
	{
		check_target(fcinfo, known);
		check_unique(known);
		if (!PG_ARGISNULL(0))
			found = follow_to_one(known, PG_GETARG_DATUM(0), &result);
	}
	PG_FINALLY();
	{
		known_release(known);
	}
	PG_END_TRY();
	if (!found)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(result);
}
