/*
 * faults.c: a build of the module in which memory can be made to run out.
 *
 * "make faults" links the module's own object files once more, so that their calls of the functions
 * below come here first.  fault_at(n, function) has the n-th of the calls that follow, or of those of
 * one function, fail as it would without memory; faults_left() says how many are still to come, 0 when it has
 * happened.  Each way out of the module by an error is gone once as n goes up from 1; see
 * test/tap/056_every_allocation.pl.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "optimizer/optimizer.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/relcache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

PG_FUNCTION_INFO_V1(fault_at);
PG_FUNCTION_INFO_V1(faults_left);

static int64 left = 0;
static char only[NAMEDATALEN];

static void
fault_point(const char *function)
{
	if (left > 0 && (only[0] == '\0' || strcmp(only, function) == 0) && --left == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory"),
				 errdetail("Made up for a test, in %s().", function)));
}

/*
 * The Makefile takes the names from the second argument.  Weak, since not every version of PostgreSQL
 * has all of them.
 */
#define WRAP(type, name, parameters, arguments) \
extern type __real_##name parameters __attribute__((weak)); \
extern type __wrap_##name parameters; \
type \
__wrap_##name parameters \
{ \
	fault_point(#name); \
	return __real_##name arguments; \
}

WRAP(void *, palloc, (Size size), (size))
WRAP(void *, palloc0, (Size size), (size))
WRAP(void *, palloc_extended, (Size size, int flags), (size, flags))
WRAP(void *, MemoryContextAlloc, (MemoryContext context, Size size), (context, size))
WRAP(void *, MemoryContextAllocZero, (MemoryContext context, Size size), (context, size))
WRAP(void *, MemoryContextAllocZeroAligned, (MemoryContext context, Size size), (context, size))
WRAP(void *, MemoryContextAllocExtended, (MemoryContext context, Size size, int flags), (context, size, flags))
WRAP(void *, repalloc, (void *pointer, Size size), (pointer, size))
WRAP(void *, repalloc_huge, (void *pointer, Size size), (pointer, size))
WRAP(MemoryContext, AllocSetContextCreateInternal,
	 (MemoryContext parent, const char *name, Size min, Size init, Size max), (parent, name, min, init, max))
WRAP(char *, pstrdup, (const char *in), (in))
WRAP(char *, pnstrdup, (const char *in, Size len), (in, len))
WRAP(text *, cstring_to_text, (const char *s), (s))
WRAP(void, initStringInfo, (StringInfo str), (str))
WRAP(void, appendStringInfoString, (StringInfo str, const char *s), (str, s))
WRAP(void, enlargeStringInfo, (StringInfo str, int needed), (str, needed))
WRAP(List *, lappend, (List *list, void *datum), (list, datum))
WRAP(List *, lappend_oid, (List *list, Oid datum), (list, datum))
WRAP(Bitmapset *, bms_add_member, (Bitmapset *a, int x), (a, x))
WRAP(Datum, datumCopy, (Datum value, bool byval, int len), (value, byval, len))
WRAP(HeapTuple, heap_form_tuple, (TupleDesc desc, Datum *values, bool *isnull), (desc, values, isnull))
WRAP(HeapTuple, heap_modify_tuple,
	 (HeapTuple tuple, TupleDesc desc, Datum *values, bool *isnull, bool *replace),
	 (tuple, desc, values, isnull, replace))
WRAP(Relation, table_open, (Oid relid, LOCKMODE mode), (relid, mode))
WRAP(Relation, relation_open, (Oid relid, LOCKMODE mode), (relid, mode))
WRAP(Relation, index_open, (Oid relid, LOCKMODE mode), (relid, mode))
WRAP(Relation, RelationIdGetRelation, (Oid relid), (relid))
WRAP(TupleTableSlot *, table_slot_create, (Relation rel, List **reglist), (rel, reglist))
WRAP(HeapTuple, SearchSysCache1, (int cache, Datum key), (cache, key))
WRAP(TypeCacheEntry *, lookup_type_cache, (Oid type, int flags), (type, flags))
WRAP(void, fmgr_info_cxt, (Oid function, FmgrInfo *info, MemoryContext context), (function, info, context))
WRAP(SysScanDesc, systable_beginscan,
	 (Relation rel, Oid index, bool ok, Snapshot snapshot, int nkeys, ScanKey key),
	 (rel, index, ok, snapshot, nkeys, key))
WRAP(Snapshot, RegisterSnapshot, (Snapshot snapshot), (snapshot))
WRAP(void, PushActiveSnapshot, (Snapshot snapshot), (snapshot))
WRAP(void, CommandCounterIncrement, (void), ())
WRAP(void, BeginInternalSubTransaction, (const char *name), (name))
WRAP(int, SPI_connect, (void), ())
WRAP(SPIPlanPtr, SPI_prepare, (const char *sql, int n, Oid *types), (sql, n, types))
WRAP(SPIPlanPtr, SPI_prepare_cursor, (const char *sql, int n, Oid *types, int options), (sql, n, types, options))
WRAP(int, SPI_execute, (const char *sql, bool read_only, long count), (sql, read_only, count))
WRAP(int, SPI_execute_snapshot,
	 (SPIPlanPtr plan, Datum *values, const char *nulls, Snapshot snapshot, Snapshot check, bool read_only,
	  bool fire, long count),
	 (plan, values, nulls, snapshot, check, read_only, fire, count))
WRAP(Expr *, expression_planner, (Expr *expr), (expr))
WRAP(ExprState *, ExecInitExpr, (Expr *expr, PlanState *parent), (expr, parent))
WRAP(EState *, CreateExecutorState, (void), ())
WRAP(ExprContext *, CreateStandaloneExprContext, (void), ())
WRAP(void, ExecOpenIndices, (ResultRelInfo *result, bool speculative), (result, speculative))
WRAP(bool, index_getnext_slot, (IndexScanDesc scan, ScanDirection direction, TupleTableSlot *slot),
	 (scan, direction, slot))

Datum
fault_at(PG_FUNCTION_ARGS)
{
	text_to_cstring_buffer(PG_GETARG_TEXT_PP(1), only, sizeof(only));
	left = PG_GETARG_INT64(0);
	PG_RETURN_VOID();
}

Datum
faults_left(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(left);
}
