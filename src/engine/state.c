/*
 * state.c: who is writing, the engine or somebody else, and whether anybody may.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"

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

int
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

static const char *const trigger_functions[] = {
	"before_row", "after_row", "after_statement", "after_transaction"
};
static Oid	trigger_oids[lengthof(trigger_functions)];
static bool trigger_oids_known = false;
static int	trigger_oids_invalidated = 0;

static void
function_callback(Datum arg, int cacheid, uint32 hashvalue)
{
	trigger_oids_known = false;
	trigger_oids_invalidated++;
}

static void
find_trigger_functions(void)
{
	int			before = trigger_oids_invalidated;
	Oid			schema = get_namespace_oid("interlink", true);
	oidvector  *no_arguments = buildoidvector(NULL, 0);

	for (int i = 0; i < lengthof(trigger_functions); i++)
		trigger_oids[i] = GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid,
										  CStringGetDatum(trigger_functions[i]),
										  PointerGetDatum(no_arguments),
										  ObjectIdGetDatum(schema));
	trigger_oids_known = before == trigger_oids_invalidated;
}

bool
engine_has_triggers(Relation rel)
{
	for (int i = 0; rel->trigdesc && i < rel->trigdesc->numtriggers; i++)
	{
		if (engine_owns_trigger(rel->trigdesc->triggers[i].tgfoid))
			return true;
	}
	return false;
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

bool
others_change_rows(TriggerDesc *triggers)
{
	for (int i = 0; triggers && i < triggers->numtriggers; i++)
	{
		Trigger    *trigger = &triggers->triggers[i];

		if (TRIGGER_FOR_ROW(trigger->tgtype) && TRIGGER_FOR_BEFORE(trigger->tgtype) &&
			TRIGGER_FOR_UPDATE(trigger->tgtype) && trigger->tgenabled != TRIGGER_DISABLED &&
			!engine_owns_trigger(trigger->tgfoid))
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
