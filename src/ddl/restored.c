/*
 * restored.c: definitions that come as rows of the catalog, out of a dump.
 *
 * A dump of the data alone brings them between the tables of users, in the order
 * of schemas.  What is loaded later is noticed by the triggers, and brings fields
 * forward; tables that came earlier have the values of the dump, in which all of
 * it is contained already.  So these fields are filled from what is there when
 * the definitions come.
 *
 * In the restore of a whole dump there is nothing to do: then there are neither
 * primary keys nor triggers yet.  Where triggers are off, values stay as they are
 * in the dump.
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "storage/lmgr.h"

#include "ddl/ddl.h"
#include "define/define.h"
#include "engine/engine.h"
#include "relate/relate.h"

PG_FUNCTION_INFO_V1(interlink_catalog_written);

/* Of two sessions that restore parts of them the second sees what the first has brought. */
static void
lock_definitions(void)
{
	LockDatabaseObject(RelationRelationId, catalog_field_relation(), 2, ExclusiveLock);
}

/* Whoever loads rows at this moment does not know the definitions yet. */
static void
lock_tables(Graph *graph)
{
	TableLocks	locks = {0};
	ListCell   *cell;

	foreach(cell, graph->tables)
		table_locks_add(&locks, ((Table *) lfirst(cell))->relid, ShareRowExclusiveLock);
	table_locks_take(&locks);
}

static void
fill_fields(void)
{
	Graph	   *graph = graph_get();
	List	   *ids = NIL;
	ListCell   *cell;

	if (graph->fields == NIL)
		return;
	lock_tables(graph);
	foreach(cell, graph_get()->fields)
		ids = append_id(ids, ((Field *) lfirst(cell))->definition->id);
	engine_fill(ids);
}

Datum
interlink_catalog_written(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	lock_definitions();
	graph_changed();
	relate_changed();
	if (CALLED_AS_TRIGGER(fcinfo) && TRIGGER_FIRED_BY_INSERT(trigger->tg_event) &&
		SessionReplicationRole != SESSION_REPLICATION_ROLE_REPLICA)
		fill_fields();
	PG_RETURN_POINTER(NULL);
}
