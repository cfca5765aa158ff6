/*
 * partition.c: partitions that come and go.
 *
 * The partitioned table is locked before the statement, so that no session
 * works on with a list of partitions that is out of date.  After it the new
 * partition gets its triggers, and the fields learn of its rows; those of one
 * that goes are taken off.  A partition that is to be dropped is detached
 * first, while its rows can still be read.
 */
#include "postgres.h"

#include "access/relation.h"
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "compat.h"
#include "ddl/ddl.h"
#include "define/define.h"
#include "engine/engine.h"

static Oid
relation_named(RangeVar *name)
{
	return RangeVarGetRelid(name, NoLock, true);
}

/* Of a table of ours nothing may happen to partitions that the fields do not hear of. */
static void
refuse_unread(Oid relid)
{
	Relation	rel;
	bool		ours;

	if (!OidIsValid(relid) || ddl_graph() != NULL ||
		(rel = try_relation_open(relid, AccessShareLock)) == NULL)
		return;
	ours = engine_has_triggers(rel);
	relation_close(rel, AccessShareLock);
	if (ours)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("cannot change the partitions of %s because the definitions of links, lookups and rollups cannot be read",
						table_label(relid)),
				 errhint("Mend what a definition needs, or drop its column.")));
}

/* The partitioned table of ours that the relation is, or is a part of. */
static Oid
root_of(Oid relid)
{
	Graph	   *graph = OidIsValid(relid) ? ddl_graph() : NULL;
	Part	   *part;
	Table	   *table = graph ? graph_table_of(graph, relid, &part) : NULL;

	return table ? table->relid : InvalidOid;
}

/*
 * Locks the partitioned table of ours that the named relation is, or is a part
 * of.  While we wait for it the name may come to mean something else.
 */
static Oid
lock_root_of(RangeVar *name, LOCKMODE mode, bool (*may) (Oid relid), Oid *relid)
{
	for (;;)
	{
		Oid			root;

		*relid = relation_named(name);
		root = root_of(*relid);
		if (!OidIsValid(root) || !may(*relid))
			return InvalidOid;
		LockRelationOid(root, mode);
		if (relation_named(name) == *relid && root_of(*relid) == root)
			return root;
		UnlockRelationOid(root, mode);
	}
}

static PartitionCmd *
partition_command(AlterTableStmt *statement, AlterTableType type)
{
	ListCell   *cell;

	foreach(cell, statement->cmds)
	{
		AlterTableCmd *command = lfirst_node(AlterTableCmd, cell);

		if (command->subtype == type)
			return (PartitionCmd *) command->def;
	}
	return NULL;
}

static void
refuse_concurrent(Oid root)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("cannot detach a partition of %s concurrently", table_label(root)),
			 errdetail("Links, lookups and rollups would be wrong between its two transactions."),
			 errhint("Leave out CONCURRENTLY.")));
}

static bool
may_alter(Oid relid)
{
	return compat_owns_table(relid, GetUserId());
}

void
partition_alter_begin(AlterTableStmt *statement)
{
	PartitionCmd *attach = partition_command(statement, AT_AttachPartition);
	PartitionCmd *detach = partition_command(statement, AT_DetachPartition);
	Oid			relid;
	Oid			root;

	if (attach == NULL && detach == NULL)
		return;
	refuse_unread(relation_named(statement->relation));
	root = lock_root_of(statement->relation,
						attach ? ShareRowExclusiveLock : AccessExclusiveLock, may_alter, &relid);
	if (OidIsValid(root) && detach && detach->concurrent)
		refuse_concurrent(root);
}

/* Like the triggers, what its columns depend on. */
static void
joined(Oid root, Oid partition)
{
	Graph	   *graph;

	check_partitions(partition);
	triggers_attach(root, partition);
	if ((graph = ddl_graph()) != NULL && graph_table(graph, root))
		protect_partitions(graph_table(graph, root));
}

static void
attached(Oid root, Oid partition)
{
	joined(root, partition);
	engine_attach(root, partition);
}

static void
unprotect(Oid root, Oid partition)
{
	Graph	   *graph = ddl_graph();
	Table	   *table = graph ? graph_table(graph, root) : NULL;
	ListCell   *cell;

	foreach(cell, table ? table->fields : NIL)
		protect_forget(partition, ((Field *) lfirst(cell))->definition->name);
}

static void
detached(Oid root, Oid partition)
{
	unprotect(root, partition);
	triggers_detach(partition);
	engine_detach(root, partition);
}

void
partition_alter_end(AlterTableStmt *statement)
{
	PartitionCmd *attach = partition_command(statement, AT_AttachPartition);
	PartitionCmd *detach = partition_command(statement, AT_DetachPartition);
	Oid			root;

	if (attach == NULL && detach == NULL)
		return;
	root = root_of(relation_named(statement->relation));
	if (!OidIsValid(root))
		return;
	if (attach)
		attached(root, relation_named(attach->name));
	else
		detached(root, relation_named(detach->name));
}

static Oid
created_below(CreateStmt *statement)
{
	Oid			parent;

	if (statement->partbound == NULL)
		return InvalidOid;
	parent = relation_named(linitial(statement->inhRelations));
	refuse_unread(parent);
	return root_of(parent);
}

void
partition_create_begin(CreateStmt *statement)
{
	Oid			root = created_below(statement);

	if (!OidIsValid(root) || !compat_owns_table(root, GetUserId()))
		return;
	if (IsA(statement, CreateForeignTableStmt))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("%s cannot have a foreign table as a partition", table_label(root)),
				 errdetail("It has links, lookups or rollups.")));
	LockRelationOid(root, AccessExclusiveLock);
}

/* It has no rows yet. */
void
partition_create_end(CreateStmt *statement)
{
	Oid			root = created_below(statement);
	Oid			relid = OidIsValid(root) ? relation_named(statement->relation) : InvalidOid;

	if (!OidIsValid(relid) || root_of(relid) != root)
		return;
	joined(root, relid);
}

/* Is it a part that the user may drop? */
static bool
may_drop(Oid relid)
{
	return root_of(relid) != relid &&
		(compat_owns_table(relid, GetUserId()) ||
		 compat_owns_schema(get_rel_namespace(relid), GetUserId()));
}

void
partition_drop_begin(DropStmt *statement)
{
	ListCell   *cell;

	if (statement->removeType != OBJECT_TABLE)
		return;
	foreach(cell, statement->objects)
	{
		RangeVar   *name = makeRangeVarFromNameList(castNode(List, lfirst(cell)));
		Oid			relid = relation_named(name);
		Oid			root;
		Oid			parent;

		if (get_rel_relispartition(relid))
			refuse_unread(relid);
		root = lock_root_of(name, AccessExclusiveLock, may_drop, &relid);
		if (!OidIsValid(root))
			continue;
		parent = get_partition_parent(relid, false);
		run_as(table_owner(parent), "ALTER TABLE %s DETACH PARTITION %s",
			   table_text(parent), table_text(relid));
		detached(root, relid);
	}
}

static bool
is_gone(Oid relid)
{
	return !SearchSysCacheExists1(RELOID, ObjectIdGetDatum(relid));
}

/*
 * Partitions that went with something else, a schema or a role.  graph: as it
 * was before.
 */
List *
partition_bereaved(Graph *graph)
{
	List	   *relids = NIL;
	ListCell   *cell;
	ListCell   *partition;

	foreach(cell, graph ? graph->tables : NIL)
	{
		Table	   *table = lfirst(cell);

		if (is_gone(table->relid))
			continue;
		foreach(partition, table->partitions)
		{
			if (is_gone(lfirst_oid(partition)))
				relids = list_append_unique_oid(relids, table->relid);
		}
	}
	return relids;
}

void
partition_mourn(List *relids)
{
	ListCell   *cell;

	foreach(cell, relids)
		engine_forget_rows(lfirst_oid(cell));
}
