/*
 * follow_scan.c: following a relation from many rows of one query.
 *
 * Starting and ending a query costs more than finding one row.  So a plan that
 * is no more than a scan of one table is started once for each call of follow()
 * in a query and run again for each of its rows, as the inner side of a nested
 * loop is.  It ends with the query that follow() stands in.
 *
 * What changes from row to row is an external parameter, of which nodes are
 * not told that it has changed: those that keep something from one scan to the
 * next would show rows of another.  The plans that are taken here have none of
 * these.  Any other is run by SPI, row by row.
 */
#include "postgres.h"

#include "executor/executor.h"
#include "executor/spi.h"
#include "nodes/plannodes.h"
#include "tcop/dest.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
#include "utils/snapmgr.h"

#include "relate/known.h"

struct FollowScan
{
	Oid			source;
	char	   *name;			/* of the relation */
	Snapshot	snapshot;
	CachedPlan *plan;
	ResourceOwner owner;
	ParamListInfo params;
	QueryDesc  *query;
	ExprContext *keeper;		/* ends the scan with the query around it */
};

static bool
is_scan_of_table(Plan *plan)
{
	if (plan->initPlan)
		return false;
	switch (nodeTag(plan))
	{
		case T_SeqScan:
		case T_IndexScan:
		case T_IndexOnlyScan:
			return true;
		case T_BitmapHeapScan:
			return IsA(plan->lefttree, BitmapIndexScan);
		default:
			return false;
	}
}

/* Sorted or not; a sort that is not to be read backwards sorts anew each time. */
static bool
is_simple(PlannedStmt *statement)
{
	Plan	   *plan = statement->planTree;

	if (statement->commandType != CMD_SELECT || statement->subplans || statement->rowMarks ||
		statement->parallelModeNeeded)
		return false;
	return is_scan_of_table(plan) ||
		(IsA(plan, Sort) && !plan->initPlan && is_scan_of_table(plan->lefttree));
}

static void
end_scan(Datum arg)
{
	FollowScan *scan = (FollowScan *) DatumGetPointer(arg);

	ExecutorFinish(scan->query);
	ExecutorEnd(scan->query);
	FreeQueryDesc(scan->query);
	ReleaseCachedPlan(scan->plan, scan->owner);
}

/* In the memory of the query around us, which ends it. */
static FollowScan *
start_scan(KnownRelation *known, EState *estate, CachedPlan *plan)
{
	FollowScan *scan = palloc0(sizeof(FollowScan));

	scan->source = known->source;
	scan->name = pstrdup(known->route->definition->name);
	scan->snapshot = GetActiveSnapshot();
	scan->plan = plan;
	scan->owner = CurrentResourceOwner;
	scan->params = makeParamList(1);
	scan->params->params[0].ptype = known->source;
	scan->query = CreateQueryDesc(linitial_node(PlannedStmt, plan->stmt_list), "follow",
								  scan->snapshot, InvalidSnapshot, None_Receiver,
								  scan->params, NULL, 0);
	ExecutorStart(scan->query, 0);
	scan->keeper = CreateExprContext(estate);
	RegisterExprContextCallback(scan->keeper, end_scan, PointerGetDatum(scan));
	return scan;
}

/* NULL: the plan has to be run by SPI.  Connected to SPI, for the plan. */
FollowScan *
follow_scan_start(KnownRelation *known, SPIPlanPtr prepared, EState *estate)
{
	CachedPlan *plan = SPI_plan_get_cached_plan(prepared);
	MemoryContext old;
	FollowScan *scan = NULL;

	if (plan == NULL)
		return NULL;
	old = MemoryContextSwitchTo(estate->es_query_cxt);
	if (list_length(plan->stmt_list) == 1 && is_simple(linitial_node(PlannedStmt, plan->stmt_list)))
		scan = start_scan(known, estate, plan);
	else
		ReleaseCachedPlan(plan, CurrentResourceOwner);
	MemoryContextSwitchTo(old);
	return scan;
}

/* Before the query around it ends: another relation is followed. */
void
follow_scan_end(FollowScan *scan)
{
	FreeExprContext(scan->keeper, true);
}

bool
follow_scan_fits(FollowScan *scan, Oid source, const char *name, int length)
{
	return scan->source == source && scan->snapshot == GetActiveSnapshot() &&
		strlen(scan->name) == length && memcmp(scan->name, name, length) == 0;
}

/* Puts the rows into the store, which takes copies. */
void
follow_scan_run(FollowScan *scan, Datum row, Tuplestorestate *store)
{
	PlanState  *state = scan->query->planstate;
	MemoryContext old = MemoryContextSwitchTo(scan->query->estate->es_query_cxt);

	scan->params->params[0].value = row;
	scan->params->params[0].isnull = false;
	ExecReScan(state);
	for (;;)
	{
		TupleTableSlot *slot;

		ResetPerTupleExprContext(scan->query->estate);
		slot = ExecProcNode(state);
		if (TupIsNull(slot))
			break;
		follow_store_row(slot, store);
	}
	MemoryContextSwitchTo(old);
}
