/*
 * state.c: who is writing, the engine or somebody else.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

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
		int			more = Max(8, maxwrites * 2);

		/* The number follows the room: memory may run out in between. */
		writes = writes == NULL ?
			MemoryContextAlloc(TopMemoryContext, sizeof(EngineWrite) * more) :
			repalloc(writes, sizeof(EngineWrite) * more);
		maxwrites = more;
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

void
engine_state_init(void)
{
	RegisterXactCallback(transaction_callback, NULL);
	RegisterSubXactCallback(subtransaction_callback, NULL);
}

bool
engine_owns_trigger(Oid function)
{
	char	   *name = get_func_name(function);
	Oid			schema = get_func_namespace(function);

	return name != NULL && schema == get_namespace_oid("interlink", true) &&
		(strcmp(name, "after_statement") == 0 || strcmp(name, "after_row") == 0 ||
		 strcmp(name, "before_row") == 0 || strcmp(name, "after_transaction") == 0);
}
