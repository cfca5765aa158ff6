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
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#include "compat.h"
#include "ddl/ddl.h"
#include "define/define.h"
#include "relate/relate.h"

PG_FUNCTION_INFO_V1(interlink_ddl_start);
PG_FUNCTION_INFO_V1(interlink_ddl_end);
PG_FUNCTION_INFO_V1(interlink_ddl_drop);

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
				 error->context ? errdetail("%s", error->context) : 0,
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

static void
protect(void)
{
	protect_all(ddl_graph());
	relations_protect();
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
	{
		partition_drop_begin(statement);
		protect();
	}
}

/*
 * Definitions that another session is about to commit must be seen, too.  It
 * holds locks on their tables, for which the statement itself would wait only
 * after we have read what is there.
 */
static void
lock_table_first(RangeVar *name)
{
	Oid			relid = name ? RangeVarGetRelid(name, NoLock, true) : InvalidOid;
	char		kind = OidIsValid(relid) ? get_rel_relkind(relid) : '\0';

	if (OidIsValid(relid) && kind != RELKIND_INDEX && kind != RELKIND_PARTITIONED_INDEX &&
		compat_owns_table(relid, GetUserId()))
		LockRelationOid(relid, AccessExclusiveLock);
}

static bool
alters_type(AlterTableStmt *statement)
{
	ListCell   *cell;

	foreach(cell, statement->cmds)
	{
		if (lfirst_node(AlterTableCmd, cell)->subtype == AT_AlterColumnType)
			return true;
	}
	return false;
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
			refuse_schema_rename((RenameStmt *) statement);
			if (((RenameStmt *) statement)->renameType == OBJECT_TRIGGER)
				refuse_trigger_rename((RenameStmt *) statement);
			else
				lock_table_first(((RenameStmt *) statement)->relation);
			rename_begin(statement);
			break;
		case T_AlterObjectSchemaStmt:
			lock_table_first(((AlterObjectSchemaStmt *) statement)->relation);
			rename_begin(statement);
			break;
		case T_AlterEnumStmt:
			rename_begin(statement);
			break;
		case T_AlterTableStmt:
			if (alters_type((AlterTableStmt *) statement))
				lock_table_first(((AlterTableStmt *) statement)->relation);
			refuse_alter_table((AlterTableStmt *) statement);
			if (drops_something((AlterTableStmt *) statement))
				protect();
			relations_before_alter((AlterTableStmt *) statement);
			partition_alter_begin((AlterTableStmt *) statement);
			break;
		case T_CreateStmt:
		case T_CreateForeignTableStmt:
			refuse_inheritance((CreateStmt *) statement);
			partition_create_begin((CreateStmt *) statement);
			break;
		case T_DropStmt:
			start_drop((DropStmt *) statement);
			break;
		case T_DropOwnedStmt:
			protect();
			break;
		default:
			break;
	}
	PG_RETURN_NULL();
}

/* The tables that fields go to by way of this one. */
static List *
tables_along(Graph *graph, Oid relid)
{
	List	   *relids = list_make1_oid(relid);
	ListCell   *cell;

	foreach(cell, graph->uses)
	{
		Use		   *use = lfirst(cell);
		Path	   *path = use->path;

		if (use->table->relid != relid)
			continue;
		for (int p = 0; p < path->nsteps; p++)
			relids = list_append_unique_oid(relids, path->steps[p].far->relid);
	}
	return relids;
}

/*
 * Where the check of a foreign key can be put off, it counts whether the row
 * that it leads to is there, and that row's table needs triggers.
 */
static void
follow_deferrability(RangeVar *name)
{
	Graph	   *graph = ddl_graph();
	Oid			relid = RangeVarGetRelid(name, NoLock, true);
	ListCell   *cell;

	if (graph == NULL || !OidIsValid(relid) || graph_table(graph, relid) == NULL)
		return;
	foreach(cell, tables_along(graph, relid))
		triggers_sync(lfirst_oid(cell));
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

static void
follow_constraints(AlterTableStmt *statement)
{
	ListCell   *cell;

	foreach(cell, statement->cmds)
	{
		AlterTableType type = lfirst_node(AlterTableCmd, cell)->subtype;

		if (type == AT_AlterConstraint || type == AT_DropConstraint)
			follow_deferrability(statement->relation);
		else if (type == AT_AddConstraint || type == AT_AddIndex || type == AT_ValidateConstraint)
			follow_table(statement->relation);
	}
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
		follow_constraints((AlterTableStmt *) statement);
		partition_alter_end((AlterTableStmt *) statement);
		relations_after_alter((AlterTableStmt *) statement);
		retype_end(statement);
	}
	else if (IsA(statement, IndexStmt))
	{
		follow_table(((IndexStmt *) statement)->relation);
		relations_after_index((IndexStmt *) statement);
	}
	else if (IsA(statement, CreateStmt))
	{
		refuse_inheritance((CreateStmt *) statement);
		partition_create_end((CreateStmt *) statement);
		relations_after_create((CreateStmt *) statement);
	}
	else
	{
		rename_end(statement);
		retype_end(statement);
	}
	PG_RETURN_NULL();
}

/* Other than with a table that it needs. */
static bool
may_drop_accessor(Node *statement)
{
	return IsA(statement, DropOwnedStmt) ||
		(IsA(statement, DropStmt) &&
		 (((DropStmt *) statement)->removeType == OBJECT_FUNCTION ||
		  ((DropStmt *) statement)->removeType == OBJECT_ROUTINE ||
		  ((DropStmt *) statement)->removeType == OBJECT_SCHEMA));
}

/* Whatever of ours was dropped has made what we know of it stale. */
Datum
interlink_ddl_drop(PG_FUNCTION_ARGS)
{
	Node	   *statement = event_of(fcinfo)->parsetree;
	bool		links_gone = false;

	if (!OidIsValid(catalog_link_relation()))
		PG_RETURN_NULL();
	if (!graph_is_current())
	{
		List	   *bereaved = running_own_statement() ? NIL : partition_bereaved(graph_before());

		links_gone = dropped_tidy();
		partition_mourn(bereaved);
	}
	if (!relate_is_current() || may_drop_accessor(statement))
		relations_tidy(links_gone);
	PG_RETURN_NULL();
}
