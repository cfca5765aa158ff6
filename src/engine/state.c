/*
 * state.c: who is writing, the engine or somebody else, and whether anybody may.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "engine/engine.h"

/* What the engine is doing: a write, or a reading by way of users' expressions. */
typedef struct Activity
{
	bool		reading;
	int			trigger_depth;	/* of the code that does it */
	int			nest_level;		/* of its subtransaction */
	Oid			fields_of;
} Activity;

/* The innermost is the last. */
static Activity *activities = NULL;
static int	nactivities = 0;
static int	maxactivities = 0;

static int
trigger_depth(void)
{
	LOCAL_FCINFO(fcinfo, 0);

	InitFunctionCallInfoData(*fcinfo, NULL, 0, InvalidOid, NULL, NULL);
	return DatumGetInt32(pg_trigger_depth(fcinfo));
}

static void
begin(bool reading, Oid fields_of)
{
	Activity   *activity;

	if (nactivities == maxactivities)
	{
		int			more = Max(8, maxactivities * 2);

		/* The number follows the room: memory may run out in between. */
		activities = activities == NULL ?
			MemoryContextAlloc(TopMemoryContext, sizeof(Activity) * more) :
			repalloc(activities, sizeof(Activity) * more);
		maxactivities = more;
	}
	activity = &activities[nactivities++];
	activity->reading = reading;
	activity->trigger_depth = trigger_depth();
	activity->nest_level = GetCurrentTransactionNestLevel();
	activity->fields_of = fields_of;
}

static void
end(void)
{
	Assert(nactivities > 0);
	nactivities--;
}

void
engine_write_begin(Oid fields_of)
{
	begin(false, fields_of);
}

void
engine_write_end(void)
{
	end();
}

void
engine_read_begin(void)
{
	begin(true, InvalidOid);
}

void
engine_read_end(void)
{
	end();
}

static Activity *
innermost(void)
{
	return nactivities > 0 ? &activities[nactivities - 1] : NULL;
}

bool
engine_fires(void)
{
	Activity   *activity = innermost();

	return activity && !activity->reading && trigger_depth() == activity->trigger_depth + 1;
}

bool
engine_fires_for(Oid relid)
{
	return innermost() && innermost()->fields_of == relid && engine_fires();
}

void
engine_refuse_while_reading(void)
{
	if (innermost() && innermost()->reading)
		ereport(ERROR,
				(errcode(ERRCODE_S_R_E_MODIFYING_SQL_DATA_NOT_PERMITTED),
				 errmsg("an expression of a field may not write to tables that have links, lookups or rollups"),
				 errdetail("It calls a function that is declared immutable, and writes.")));
}

static void
subtransaction_callback(SubXactEvent event, SubTransactionId subid,
						SubTransactionId parent, void *arg)
{
	if (event != SUBXACT_EVENT_ABORT_SUB)
		return;
	while (innermost() && innermost()->nest_level >= GetCurrentTransactionNestLevel())
		nactivities--;
}

static void
transaction_callback(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_ABORT || event == XACT_EVENT_PARALLEL_ABORT)
		nactivities = 0;
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
