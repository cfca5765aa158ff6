/*
 * compat.h: the only file that knows of PostgreSQL versions.
 */
#ifndef INTERLINK_COMPAT_H
#define INTERLINK_COMPAT_H

#include "postgres.h"

#if PG_VERSION_NUM < 150000
#error "interlink needs PostgreSQL 15 or later"
#endif

#if PG_VERSION_NUM >= 160000
#include "catalog/pg_extension.h"
#define compat_owns_extension(extension, user) \
	object_ownercheck(ExtensionRelationId, extension, user)
#else
#define compat_owns_extension(extension, user) pg_extension_ownercheck(extension, user)
#endif

/* The varlena macros left postgres.h in 16. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* 18 has the attribute under this name, and no longer under the old one. */
#if PG_VERSION_NUM < 180000
#define pg_noreturn pg_attribute_noreturn()
#endif

#include "access/attmap.h"
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/tableam.h"
#include "access/tupconvert.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_class.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "commands/vacuum.h"
#include "executor/executor.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_relation.h"
#include "utils/syscache.h"

#if PG_VERSION_NUM >= 180000
#define compat_index_beginscan(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, NULL, nkeys, 0)
#else
#define compat_index_beginscan(heap, index, snapshot, nkeys) \
	index_beginscan(heap, index, snapshot, nkeys, 0)
#endif

/* NULL when the columns are in the same places. */
#if PG_VERSION_NUM >= 160000
#define compat_attrmap_by_name(in, out) build_attrmap_by_name_if_req(in, out, false)
#else
#define compat_attrmap_by_name(in, out) build_attrmap_by_name_if_req(in, out)
#endif

#if PG_VERSION_NUM >= 160000
#define CompatUpdateIndexes TU_UpdateIndexes
#define compat_must_update_indexes(update) ((update) != TU_None)
#define compat_insert_index_tuples(result, slot, estate, update) \
	ExecInsertIndexTuples(result, slot, estate, true, false, NULL, NIL, (update) == TU_Summarizing)
#else
#define CompatUpdateIndexes bool
#define compat_must_update_indexes(update) (update)
#define compat_insert_index_tuples(result, slot, estate, update) \
	ExecInsertIndexTuples(result, slot, estate, true, false, NULL, NIL)
#endif

#if PG_VERSION_NUM >= 180000
#define compat_before_row_update(estate, epq, result, tid, slot) \
	ExecBRUpdateTriggers(estate, epq, result, tid, NULL, slot, NULL, NULL, false)
#elif PG_VERSION_NUM >= 160000
#define compat_before_row_update(estate, epq, result, tid, slot) \
	ExecBRUpdateTriggers(estate, epq, result, tid, NULL, slot, NULL, NULL)
#else
#define compat_before_row_update(estate, epq, result, tid, slot) \
	ExecBRUpdateTriggers(estate, epq, result, tid, NULL, slot, NULL)
#endif

#if PG_VERSION_NUM >= 160000
#define compat_epq_init(epq, estate) EvalPlanQualInit(epq, estate, NULL, NIL, -1, NIL)
#else
#define compat_epq_init(epq, estate) EvalPlanQualInit(epq, estate, NULL, NIL, -1)
#endif

#if PG_VERSION_NUM >= 180000
#define COMPAT_CHECK_RESULT_REL_ARGS , ONCONFLICT_NONE, NIL
#elif PG_VERSION_NUM >= 170000
#define COMPAT_CHECK_RESULT_REL_ARGS , NIL
#else
#define COMPAT_CHECK_RESULT_REL_ARGS
#endif

#if PG_VERSION_NUM >= 160000
#define compat_owns_table(relid, user) object_ownercheck(RelationRelationId, relid, user)
#define compat_owns_type(type, user) object_ownercheck(TypeRelationId, type, user)
#define compat_may_execute(function, user) \
	(object_aclcheck(ProcedureRelationId, function, user, ACL_EXECUTE) == ACLCHECK_OK)
#else
#define compat_owns_table(relid, user) pg_class_ownercheck(relid, user)
#define compat_owns_type(type, user) pg_type_ownercheck(type, user)
#define compat_may_execute(function, user) \
	(pg_proc_aclcheck(function, user, ACL_EXECUTE) == ACLCHECK_OK)
#endif

#if PG_VERSION_NUM >= 160000
#include "catalog/pg_namespace.h"
#define compat_owns_schema(schema, user) object_ownercheck(NamespaceRelationId, schema, user)
#else
#define compat_owns_schema(schema, user) pg_namespace_ownercheck(schema, user)
#endif

static inline Oid
compat_table_owner(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Oid			owner = InvalidOid;

	if (HeapTupleIsValid(tuple))
	{
		owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
		ReleaseSysCache(tuple);
	}
	return owner;
}

static inline void compat_check_as_owners(Query *query);

static inline bool
compat_sublinks_as_owners(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		compat_check_as_owners((Query *) node);
		return false;
	}
	return expression_tree_walker(node, compat_sublinks_as_owners, context);
}

/* Rights and row security of each table of the query are its owner's. */
static inline void
compat_check_as_owners(Query *query)
{
	ListCell   *cell;

	foreach(cell, query->rtable)
	{
		RangeTblEntry *rte = lfirst(cell);

		if (rte->rtekind == RTE_SUBQUERY)
			compat_check_as_owners(rte->subquery);
#if PG_VERSION_NUM < 160000
		if (rte->rtekind == RTE_RELATION)
			rte->checkAsUser = compat_table_owner(rte->relid);
#endif
	}
#if PG_VERSION_NUM >= 160000
	foreach(cell, query->rteperminfos)
	{
		RTEPermissionInfo *permissions = lfirst(cell);

		permissions->checkAsUser = compat_table_owner(permissions->relid);
	}
#endif
	(void) query_tree_walker(query, compat_sublinks_as_owners, NULL, QTW_IGNORE_RT_SUBQUERIES);
}

/*
 * A range table of one relation that is going to be updated; columns are
 * offset as in RTEPermissionInfo.updatedCols.
 */
static inline void
compat_init_range_table(EState *estate, Relation rel, Bitmapset *columns)
{
	RangeTblEntry *rte = makeNode(RangeTblEntry);

	rte->rtekind = RTE_RELATION;
	rte->relid = RelationGetRelid(rel);
	rte->relkind = rel->rd_rel->relkind;
	rte->rellockmode = RowExclusiveLock;
#if PG_VERSION_NUM >= 160000
	{
		List	   *permissions = NIL;

		addRTEPermissionInfo(&permissions, rte)->updatedCols = columns;
#if PG_VERSION_NUM >= 180000
		ExecInitRangeTable(estate, list_make1(rte), permissions, bms_make_singleton(1));
#else
		ExecInitRangeTable(estate, list_make1(rte), permissions);
#endif
	}
#else
	rte->updatedCols = columns;
	ExecInitRangeTable(estate, list_make1(rte));
#endif
}

/* A partition whose rows are going to be updated, below its table in the range table. */
static inline ResultRelInfo *
compat_partition_result(EState *estate, ResultRelInfo *root, Relation table, Relation partition)
{
	ResultRelInfo *result = makeNode(ResultRelInfo);

	InitResultRelInfo(result, partition, 0, root, 0);
#if PG_VERSION_NUM < 160000
	result->ri_RootToPartitionMap = convert_tuples_by_name(RelationGetDescr(table),
														   RelationGetDescr(partition));
#endif
	return result;
}

/* How much ANALYZE is to keep of a column. */
#if PG_VERSION_NUM >= 170000
#define compat_statistics_target(stats) ((stats)->attstattarget)
#else
#define compat_statistics_target(stats) ((stats)->attr->attstattarget)
#endif

#if PG_VERSION_NUM >= 180000
#define compat_analyze_delay_point() vacuum_delay_point(true)
#else
#define compat_analyze_delay_point() vacuum_delay_point()
#endif

/* ALTER TABLE subcommands that change values without firing triggers. */
#if PG_VERSION_NUM >= 170000
#define COMPAT_CHANGES_VALUES(subtype) \
	((subtype) == AT_AlterColumnType || (subtype) == AT_SetExpression)
#else
#define COMPAT_CHANGES_VALUES(subtype) ((subtype) == AT_AlterColumnType)
#endif

/* A constraint of a column that constrains nothing. */
static inline Oid
compat_create_marker_constraint(const char *name, Oid schema, Oid relid, AttrNumber column)
{
#if PG_VERSION_NUM >= 180000
	return CreateConstraintEntry(name, schema, CONSTRAINT_TRIGGER, false, false, true, true,
								 InvalidOid, relid, &column, 1, 1, InvalidOid, InvalidOid,
								 InvalidOid, NULL, NULL, NULL, NULL, 0, ' ', ' ', NULL, 0, ' ',
								 NULL, NULL, NULL, true, 0, true, false, true);
#else
	return CreateConstraintEntry(name, schema, CONSTRAINT_TRIGGER, false, false, true,
								 InvalidOid, relid, &column, 1, 1, InvalidOid, InvalidOid,
								 InvalidOid, NULL, NULL, NULL, NULL, 0, ' ', ' ', NULL, 0, ' ',
								 NULL, NULL, NULL, true, 0, true, true);
#endif
}

#endif
