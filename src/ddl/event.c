/*
 * event.c: the event triggers: which statements concern us, and how.
 *
 * They see every statement of their kinds in the database.  Whatever has to do
 * with none of our tables is let go after a look at its parse tree.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "commands/event_trigger.h"
#include "commands/extension.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#include "compat.h"
#include "ddl/ddl.h"
#include "define/define.h"

PG_FUNCTION_INFO_V1(interlink_ddl_start);
PG_FUNCTION_INFO_V1(interlink_ddl_end);
PG_FUNCTION_INFO_V1(interlink_ddl_drop);
PG_FUNCTION_INFO_V1(interlink_catalog_written);

/* Errors that say nothing of the definitions: another time they may be read. */
static bool
is_passing(int sqlerrcode)
{
	switch (ERRCODE_TO_CATEGORY(sqlerrcode))
	{
		case ERRCODE_TO_CATEGORY(ERRCODE_T_R_SERIALIZATION_FAILURE):	/* 40, deadlocks too */
		case ERRCODE_TO_CATEGORY(ERRCODE_INSUFFICIENT_RESOURCES):
		case ERRCODE_TO_CATEGORY(ERRCODE_STATEMENT_TOO_COMPLEX):
		case ERRCODE_TO_CATEGORY(ERRCODE_OPERATOR_INTERVENTION):
		case ERRCODE_TO_CATEGORY(ERRCODE_SYSTEM_ERROR):
			return true;
		default:
			return sqlerrcode == ERRCODE_LOCK_NOT_AVAILABLE;
	}
}

/*
 * Does the work, and undoes it when it fails.  A definition that cannot be
 * read, since something changed behind our back, must not stop the very
 * statement that would mend it.
 */
bool
ddl_try(void (*work) (void *), void *arg)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	volatile bool done = false;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		work(arg);
		ReleaseCurrentSubTransaction();
		done = true;
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
		if (is_passing(error->sqlerrcode))
			ReThrowError(error);
		ereport(WARNING,
				(errcode(error->sqlerrcode),
				 errmsg("could not read the definitions of links, lookups and rollups: %s",
						error->message),
				 errhint("See interlink.fields.")));
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	return done;
}

static void
read_graph(void *graph)
{
	*(Graph **) graph = graph_get();
}

Graph *
ddl_graph(void)
{
	Graph	   *graph = NULL;

	if (graph_is_current())
		return graph_get();
	return ddl_try(read_graph, &graph) ? graph : NULL;
}

static EventTriggerData *
event_of(FunctionCallInfo fcinfo)
{
	if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function must be called by an event trigger")));
	return (EventTriggerData *) fcinfo->context;
}

static bool
drops_something(AlterTableStmt *statement)
{
	ListCell   *cell;

	foreach(cell, statement->cmds)
	{
		AlterTableType type = lfirst_node(AlterTableCmd, cell)->subtype;

		if (type == AT_DropColumn || type == AT_DropConstraint)
			return true;
	}
	return false;
}

/* By somebody who may: what comes of it takes locks. */
static bool
drops_interlink(DropStmt *statement)
{
	Oid			extension = get_extension_oid("interlink", true);
	ListCell   *cell;

	if (!OidIsValid(extension) || !compat_owns_extension(extension, GetUserId()))
		return false;
	foreach(cell, statement->objects)
	{
		if (strcmp(strVal(lfirst(cell)), "interlink") == 0)
			return true;
	}
	return false;
}

/*
 * Dropping the extension leaves lookups and rollups as plain columns, even
 * those that read a link column, which goes with its type.
 */
static void
start_drop(DropStmt *statement)
{
	if (statement->removeType == OBJECT_TRIGGER)
		refuse_trigger_drop(statement);
	else if (statement->removeType == OBJECT_EXTENSION && drops_interlink(statement))
		protect_forget_all(ddl_graph());
	else
		protect_all(ddl_graph());
}

Datum
interlink_ddl_start(PG_FUNCTION_ARGS)
{
	Node	   *statement = event_of(fcinfo)->parsetree;

	if (running_own_statement() || !OidIsValid(catalog_link_relation()))
		PG_RETURN_NULL();
	switch (nodeTag(statement))
	{
		case T_RenameStmt:
			if (((RenameStmt *) statement)->renameType == OBJECT_TRIGGER)
				refuse_trigger_rename((RenameStmt *) statement);
			rename_begin(statement);
			break;
		case T_AlterObjectSchemaStmt:
		case T_AlterEnumStmt:
			rename_begin(statement);
			break;
		case T_AlterTableStmt:
			refuse_alter_table((AlterTableStmt *) statement);
			if (drops_something((AlterTableStmt *) statement))
				protect_all(ddl_graph());
			break;
		case T_CreateStmt:
			refuse_inheritance((CreateStmt *) statement);
			break;
		case T_DropStmt:
			start_drop((DropStmt *) statement);
			break;
		case T_DropOwnedStmt:
			protect_all(ddl_graph());
			break;
		default:
			break;
	}
	PG_RETURN_NULL();
}

/*
 * A unique index that contains a field changes how rows are locked, a foreign
 * key that becomes deferrable when they are looked for; the triggers follow.
 */
static void
follow_table(RangeVar *name)
{
	Graph	   *graph;
	List	   *relids = NIL;
	ListCell   *cell;
	Oid			relid = name ? RangeVarGetRelid(name, NoLock, true) : InvalidOid;

	if (!OidIsValid(relid) || (graph = ddl_graph()) == NULL ||
		graph_table(graph, relid) == NULL)
		return;
	foreach(cell, graph->tables)
	{
		Table	   *table = lfirst(cell);

		if (table->lock_early || table->relid == relid)
			relids = lappend_oid(relids, table->relid);
	}
	foreach(cell, relids)
		triggers_follow(lfirst_oid(cell));
}

/* Does the statement add or change a constraint? */
static bool
changes_constraint(AlterTableStmt *statement)
{
	ListCell   *cell;

	foreach(cell, statement->cmds)
	{
		AlterTableType type = lfirst_node(AlterTableCmd, cell)->subtype;

		if (type == AT_AlterConstraint || type == AT_AddConstraint || type == AT_AddIndex)
			return true;
	}
	return false;
}

Datum
interlink_ddl_end(PG_FUNCTION_ARGS)
{
	Node	   *statement = event_of(fcinfo)->parsetree;

	if (running_own_statement() || !OidIsValid(catalog_link_relation()))
		PG_RETURN_NULL();
	if (IsA(statement, AlterTableStmt))
	{
		refuse_alter_table((AlterTableStmt *) statement);
		if (changes_constraint((AlterTableStmt *) statement))
			follow_table(((AlterTableStmt *) statement)->relation);
	}
	else if (IsA(statement, IndexStmt))
		follow_table(((IndexStmt *) statement)->relation);
	else if (IsA(statement, CreateStmt))
		refuse_inheritance((CreateStmt *) statement);
	else
		rename_end(statement);
	PG_RETURN_NULL();
}

/* Whatever of ours was dropped has made the graph stale. */
Datum
interlink_ddl_drop(PG_FUNCTION_ARGS)
{
	(void) event_of(fcinfo);
	if (OidIsValid(catalog_link_relation()) && !graph_is_current())
		dropped_tidy();
	PG_RETURN_NULL();
}

/*
 * Rows of the catalog that did not come through the definition functions have
 * been restored from a dump.
 */
Datum
interlink_catalog_written(PG_FUNCTION_ARGS)
{
	graph_changed();
	PG_RETURN_POINTER(NULL);
}
