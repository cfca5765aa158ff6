/*
 * state.c: who is writing, the engine or somebody else.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "engine/engine.h"

/* A write of the engine that is under way. */
typedef struct EngineWrite
{
	int			trigger_depth;	/* of the code that writes */
	int			nest_level;		/* of its subtransaction */
	Oid			fields_of;
} EngineWrite;

/* The innermost is the last. */
static EngineWrite *writes = NULL;
static int	nwrites = 0;
static int	maxwrites = 0;

static int
trigger_depth(void)
{
	LOCAL_FCINFO(fcinfo, 0);

	InitFunctionCallInfoData(*fcinfo, NULL, 0, InvalidOid, NULL, NULL);
	return DatumGetInt32(pg_trigger_depth(fcinfo));
}

void
engine_write_begin(Oid fields_of)
{
	if (nwrites == maxwrites)
	{
		maxwrites = Max(8, maxwrites * 2);
		writes = writes == NULL ?
			MemoryContextAlloc(TopMemoryContext, sizeof(EngineWrite) * maxwrites) :
			repalloc(writes, sizeof(EngineWrite) * maxwrites);
	}
	writes[nwrites].trigger_depth = trigger_depth();
	writes[nwrites].nest_level = GetCurrentTransactionNestLevel();
	writes[nwrites++].fields_of = fields_of;
}

void
engine_write_end(void)
{
	Assert(nwrites > 0);
	nwrites--;
}

bool
engine_fires(void)
{
	return nwrites > 0 && trigger_depth() == writes[nwrites - 1].trigger_depth + 1;
}

bool
engine_fires_for(Oid relid)
{
	return nwrites > 0 && writes[nwrites - 1].fields_of == relid && engine_fires();
}

static void
subtransaction_callback(SubXactEvent event, SubTransactionId subid,
						SubTransactionId parent, void *arg)
{
	if (event != SUBXACT_EVENT_ABORT_SUB)
		return;
	while (nwrites > 0 && writes[nwrites - 1].nest_level >= GetCurrentTransactionNestLevel())
		nwrites--;
}

static void
transaction_callback(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_ABORT || event == XACT_EVENT_PARALLEL_ABORT)
		nwrites = 0;
}

static const char *const trigger_functions[] = {
	"before_row", "after_row", "after_statement", "after_transaction"
};
static Oid	trigger_oids[lengthof(trigger_functions)];
static bool trigger_oids_known = false;

static void
function_callback(Datum arg, int cacheid, uint32 hashvalue)
{
	trigger_oids_known = false;
}

static void
find_trigger_functions(void)
{
	Oid			schema = get_namespace_oid("interlink", true);
	oidvector  *no_arguments = buildoidvector(NULL, 0);

	for (int i = 0; i < lengthof(trigger_functions); i++)
		trigger_oids[i] = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid,
										  CStringGetDatum(trigger_functions[i]),
										  PointerGetDatum(no_arguments),
										  ObjectIdGetDatum(schema));
	trigger_oids_known = true;
}

bool
engine_owns_trigger(Oid function)
{
	if (!trigger_oids_known)
		find_trigger_functions();
	for (int i = 0; i < lengthof(trigger_oids); i++)
	{
		if (trigger_oids[i] == function)
			return true;
	}
	return false;
}

void
engine_state_init(void)
{
	RegisterXactCallback(transaction_callback, NULL);
	RegisterSubXactCallback(subtransaction_callback, NULL);
	CacheRegisterSyscacheCallback(PROCOID, function_callback, (Datum) 0);
}
