/*
 * audit.c: interlink.audit().
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#include "check/check.h"
#include "define/define.h"
#include "engine/query.h"
#include "engine/trust.h"

PG_FUNCTION_INFO_V1(interlink_audit);

static void
report(ReturnSetInfo *result, const char *table, const char *column,
	   const char *key, const char *stored, const char *expected, const char *problem)
{
	const char *texts[6] = {table, column, key, stored, expected, problem};
	Datum		values[6];
	bool		isnull[6];

	for (int i = 0; i < 6; i++)
	{
		isnull[i] = texts[i] == NULL;
		values[i] = isnull[i] ? (Datum) 0 : CStringGetTextDatum(texts[i]);
	}
	tuplestore_putvalues(result->setResult, result->setDesc, values, isnull);
}

static char *
key_names(Table *table, KeyReader *key)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; i < key->shape->n; i++)
		appendStringInfo(&names, "%s%s", i > 0 ? ", " : "",
						 get_attname(table->relid, key->att[i], false));
	return names.data;
}

/* Foreign keys hold unless triggers were off. */
static void
audit_dangling(ReturnSetInfo *result, Step *step)
{
	bool		forward = step->kind == STEP_FORWARD;
	Table	   *referencing = forward ? step->near : step->far;
	Table	   *referenced = forward ? step->far : step->near;
	KeyReader  *key = forward ? &step->near_key : &step->far_key;
	KeyReader  *referenced_key = forward ? &step->far_key : &step->near_key;
	char	   *sql = check_dangling_sql(referencing, key, referenced, referenced_key);
	char	   *table = table_name(referencing->relid);
	QueryContext context;

	query_begin(&context, referencing->owner);
	trust_query(sql);
	if (SPI_execute(sql, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not execute \"%s\"", sql);
	for (uint64 i = 0; i < SPI_processed; i++)
		report(result, table,
			   key_names(referencing, key),
			   SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1),
			   SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 2), NULL,
			   psprintf("there is no such row in table %s", referenced->label));
	query_end(&context);
}

/* Each foreign key once; checked: of Oid. */
static List *
audit_path(ReturnSetInfo *result, Path *path, List *checked)
{
	for (int p = 0; p < path->nsteps; p++)
	{
		Step	   *step = &path->steps[p];

		if (step->kind == STEP_EQUAL || list_member_oid(checked, step->constraint))
			continue;
		checked = lappend_oid(checked, step->constraint);
		audit_dangling(result, step);
	}
	return checked;
}

/*
 * The tables are locked when their query has been prepared: what is looked at
 * then shows no TRUNCATE by halves for which the lock had to wait.
 */
static Snapshot
snapshot_under_locks(void)
{
	return IsolationUsesXactSnapshot() || IsInParallelMode() ?
		GetActiveSnapshot() : GetLatestSnapshot();
}

static void
audit_values(ReturnSetInfo *result, Field *field)
{
	QueryContext context;
	char	   *sql = check_sql(field, false);
	char	   *table = table_name(field->holder->relid);
	SPIPlanPtr	plan;

	query_begin(&context, field->holder->owner);
	trust_query(sql);
	plan = SPI_prepare(sql, 0, NULL);
	if (plan == NULL ||
		SPI_execute_snapshot(plan, NULL, NULL, snapshot_under_locks(), InvalidSnapshot,
							 true, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not execute \"%s\"", sql);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple	tuple = SPI_tuptable->vals[i];
		TupleDesc	desc = SPI_tuptable->tupdesc;

		report(result, table, field->definition->name,
			   SPI_getvalue(tuple, desc, 1), SPI_getvalue(tuple, desc, 2),
			   SPI_getvalue(tuple, desc, 3), "value differs from its definition");
	}
	query_end(&context);
}

/* With a table named, its owner's data is shown only to those who may read it. */
static bool
may_audit(Table *table, bool named)
{
	if (pg_class_aclcheck(table->relid, GetUserId(), ACL_SELECT) == ACLCHECK_OK)
		return true;
	if (named)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, get_rel_name(table->relid));
	return false;
}

static void
audit_tables(ReturnSetInfo *result, Graph *graph, Oid holder)
{
	ListCell   *cell;

	foreach(cell, graph->tables)
	{
		Table	   *table = lfirst(cell);
		ListCell   *problem;

		if ((OidIsValid(holder) && table->relid != holder) ||
			!may_audit(table, OidIsValid(holder)))
			continue;
		foreach(problem, check_triggers(table))
			report(result, table_name(table->relid), NULL, NULL, NULL, NULL, lfirst(problem));
	}
}

/* Definitions that lost their column, table or key while nobody looked. */
static void
audit_unresolved(ReturnSetInfo *result, Graph *graph, Oid holder, const char *name)
{
	ListCell   *cell;

	foreach(cell, graph->unresolved)
	{
		FieldDefinition *field = lfirst(cell);

		if (name == NULL && (!OidIsValid(holder) || field->holder == holder))
			report(result, table_name(field->holder), field->name, NULL, NULL, NULL,
				   "is defined, but its column, or a table or key on the way, is missing");
	}
}

/* Tables out of a dump that was without the definitions. */
static void
audit_strangers(ReturnSetInfo *result, Graph *graph)
{
	ListCell   *cell;

	foreach(cell, check_strangers(graph))
		report(result, table_name(lfirst_oid(cell)), NULL, NULL, NULL, NULL,
			   "has triggers of interlink, but the definitions of its fields are missing");
}

static void
audit_fields(ReturnSetInfo *result, Graph *graph, Oid holder, const char *name)
{
	List	   *checked = NIL;
	ListCell   *cell;

	foreach(cell, graph->fields)
	{
		Field	   *field = lfirst(cell);
		ListCell   *problem;

		if (!check_selects(field, holder, name) || !may_audit(field->holder, name != NULL))
			continue;
		foreach(problem, check_structure(field))
			report(result, table_name(field->holder->relid), field->definition->name,
				   NULL, NULL, NULL, lfirst(problem));
		checked = audit_path(result, field->path, checked);
		audit_values(result, field);
	}
}

Datum
interlink_audit(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Graph	   *graph = graph_get();
	Oid			holder;
	char	   *name;

	graph_pin(graph);
	PG_TRY();
	{
		check_field_argument(graph, fcinfo, &holder, &name);
		InitMaterializedSRF(fcinfo, 0);
		audit_tables(result, graph, holder);
		audit_unresolved(result, graph, holder, name);
		if (!OidIsValid(holder))
			audit_strangers(result, graph);
		audit_fields(result, graph, holder, name);
	}
	PG_FINALLY();
	{
		graph_unpin(graph);
	}
	PG_END_TRY();
	PG_RETURN_NULL();
}
