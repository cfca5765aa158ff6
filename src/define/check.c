/*
 * check.c: may this be done, to these tables, under this name, by this role?
 *
 * Each function answers one question and raises the one error that goes with
 * it.  They read the system catalogs only.
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "access/table.h"
#include "access/transam.h"
#include "access/xact.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_proc.h"
#include "miscadmin.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "compat.h"
#include "define/define.h"

void
check_may_define(const char *function)
{
	PreventCommandIfReadOnly(function);
	PreventCommandIfParallelMode(function);
}

static void
refuse_table(int sqlstate, Oid relid, const char *what)
{
	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("\"%s\" is %s", get_rel_name(relid), what),
			 errdetail("Links, lookups and rollups are for permanent tables.")));
}

static void
check_relkind(Oid relid)
{
	switch (get_rel_relkind(relid))
	{
		case RELKIND_RELATION:
		case RELKIND_PARTITIONED_TABLE:
			break;
		case RELKIND_VIEW:
			refuse_table(ERRCODE_WRONG_OBJECT_TYPE, relid, "a view");
			break;
		case RELKIND_MATVIEW:
			refuse_table(ERRCODE_WRONG_OBJECT_TYPE, relid, "a materialized view");
			break;
		case RELKIND_FOREIGN_TABLE:
			refuse_table(ERRCODE_WRONG_OBJECT_TYPE, relid, "a foreign table");
			break;
		default:
			refuse_table(ERRCODE_WRONG_OBJECT_TYPE, relid, "not a table");
	}
}

static void
check_persistence(Oid relid)
{
	char		persistence = get_rel_persistence(relid);

	if (persistence == RELPERSISTENCE_TEMP)
		refuse_table(ERRCODE_INVALID_TABLE_DEFINITION, relid, "a temporary table");

	/* After a crash it would be empty, and what was derived from it would not. */
	if (persistence == RELPERSISTENCE_UNLOGGED)
		refuse_table(ERRCODE_INVALID_TABLE_DEFINITION, relid, "an unlogged table");
}

static void
check_inheritance(Oid relid)
{
	if (get_rel_relispartition(relid))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("%s is a partition", table_label(relid)),
				 errdetail("Links, lookups and rollups belong to the partitioned table.")));
	if (get_rel_relkind(relid) == RELKIND_PARTITIONED_TABLE)
		check_partitions(relid);
	else if (find_inheritance_children(relid, NoLock) != NIL || has_superclass(relid))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("%s takes part in inheritance, which links, lookups and rollups do not support",
						table_label(relid)),
				 errhint("Use partitions.")));
}

void
check_table_kind(Oid relid)
{
	if (relid < FirstNormalObjectId ||
		relid == catalog_link_relation() || relid == catalog_field_relation() ||
		relid == catalog_relation_relation())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied: \"%s\" is a system catalog", get_rel_name(relid))));
	check_relkind(relid);
	check_persistence(relid);
	check_inheritance(relid);
}

void
check_partitions(Oid relid)
{
	ListCell   *cell;

	foreach(cell, find_all_inheritors(relid, NoLock, NULL))
	{
		check_relkind(lfirst_oid(cell));
		check_persistence(lfirst_oid(cell));
	}
}

/* To write it is to send the row to another partition, which a trigger cannot. */
void
check_not_partition_key(Oid relid, const char *column)
{
	ListCell   *cell;

	foreach(cell, find_all_inheritors(relid, NoLock, NULL))
	{
		Relation	rel;
		AttrNumber	att = get_attnum(lfirst_oid(cell), column);
		bool		in_expression;

		if (get_rel_relkind(lfirst_oid(cell)) != RELKIND_PARTITIONED_TABLE)
			continue;
		rel = table_open(lfirst_oid(cell), AccessShareLock);
		if (has_partition_attrs(rel, bms_make_singleton(att - FirstLowInvalidHeapAttributeNumber),
								&in_expression))
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("there can be no link column for column \"%s\" of %s",
							column, table_label(relid)),
					 errdetail("The column belongs to the partition key."),
					 errhint("Use columns => 'none'.")));
		table_close(rel, NoLock);
	}
}

void
check_owner(Oid relid)
{
	if (!compat_owns_table(relid, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, get_rel_name(relid));
}

/* A link puts foreign keys and triggers on the far table and reads it. */
void
check_far_rights(Oid relid)
{
	const AclMode needed = ACL_SELECT | ACL_REFERENCES | ACL_TRIGGER;

	if (compat_owns_table(relid, GetUserId()) ||
		pg_class_aclmask(relid, GetUserId(), needed, ACLMASK_ALL) == needed)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("permission denied for %s", table_label(relid)),
			 errdetail("A link to a table takes its owner, or the privileges SELECT, REFERENCES and TRIGGER on it.")));
}

/* What a field shows is read as the owner of the table that holds it. */
void
check_reads(Oid holder, Oid relid)
{
	Oid			owner = table_owner(holder);

	if (pg_class_aclcheck(relid, owner, ACL_SELECT) == ACLCHECK_OK)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("permission denied for %s", table_label(relid)),
			 errdetail("A field reads it as \"%s\", the owner of %s.",
					   GetUserNameFromId(owner, false), table_label(holder)),
			 errhint("Use GRANT SELECT ON %s TO %s.", table_text(relid),
					 quote_identifier(GetUserNameFromId(owner, false)))));
}

void
check_column_free(Oid relid, const char *name)
{
	if (get_attnum(relid, name) != InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_COLUMN),
				 errmsg("column \"%s\" of %s already exists", name, table_label(relid))));
}

/* Ends have names of their own also where they show no column. */
void
check_end_free(Oid relid, const char *name)
{
	ListCell   *cell;

	foreach(cell, catalog_links())
	{
		LinkDefinition *link = lfirst(cell);

		if ((link->source == relid && strcmp(link->name, name) == 0) ||
			(link->target == relid && link->inverse && strcmp(link->inverse, name) == 0))
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_COLUMN),
					 errmsg("%s already has a link \"%s\"", table_label(relid), name)));
	}
	foreach(cell, catalog_relations())
	{
		RelationDefinition *relation = lfirst(cell);

		if (relation->source == get_rel_type_id(relid) && strcmp(relation->name, name) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_COLUMN),
					 errmsg("%s already has a relation \"%s\"", table_label(relid), name)));
	}
}

/*
 * A column hides a function of one argument in attribute notation: t.name
 * would mean something else from then on, in every query that has it.
 */
void
check_function_free(Oid relid, const char *name)
{
	CatCList   *list = SearchSysCacheList1(PROCNAMEARGSNSP, CStringGetDatum(name));
	Oid			row_type = get_rel_type_id(relid);
	bool		taken = false;

	for (int i = 0; i < list->n_members; i++)
	{
		Form_pg_proc proc = (Form_pg_proc) GETSTRUCT(&list->members[i]->tuple);

		taken |= proc->pronargs == 1 && proc->proargtypes.values[0] == row_type;
	}
	ReleaseCatCacheList(list);
	if (taken)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_FUNCTION),
				 errmsg("there is a function \"%s\" of rows of %s", name, table_label(relid)),
				 errdetail("A column of that name would take its place in attribute notation."),
				 errhint("Choose another name.")));
}
