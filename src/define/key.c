/*
 * key.c: keys, foreign keys and indexes that a table has.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_index.h"
#include "nodes/bitmapset.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/syscache.h"

#include "define/define.h"

/* Rows are locked in the order of their keys, so every table needs one. */
void
check_has_key(Oid relid)
{
	Oid			constraint;

	if (get_primary_key_attnos(relid, true, &constraint) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("%s has no primary key", table_label(relid)),
				 errhint("Add one with ALTER TABLE %s ADD PRIMARY KEY.", table_text(relid))));
	if (get_primary_key_attnos(relid, false, &constraint) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the primary key of %s is deferrable", table_label(relid)),
				 errdetail("A foreign key cannot point at a deferrable key.")));
}

/* The column that is the primary key of the table. */
AttrNumber
key_column(Oid relid)
{
	Oid			constraint;
	Bitmapset  *columns;

	check_has_key(relid);
	columns = get_primary_key_attnos(relid, false, &constraint);
	if (bms_num_members(columns) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("the primary key of %s has several columns, which is not supported yet",
						table_label(relid))));
	return bms_singleton_member(columns) + FirstLowInvalidHeapAttributeNumber;
}

/* The columns of the primary key, in its order. */
List *
key_column_names(Oid relid)
{
	Relation	rel = table_open(relid, NoLock);
	List	   *names = NIL;
	HeapTuple	tuple;
	Form_pg_index index;

	check_has_key(relid);
	(void) RelationGetIndexList(rel);	/* sets rd_pkindex */
	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(rel->rd_pkindex));
	index = (Form_pg_index) GETSTRUCT(tuple);
	for (int i = 0; i < index->indnkeyatts; i++)
		names = lappend(names, get_attname(relid, index->indkey.values[i], false));
	ReleaseSysCache(tuple);
	table_close(rel, NoLock);
	return names;
}

char *
key_column_name(Oid relid)
{
	return get_attname(relid, key_column(relid), false);
}

/* The type of a column beneath its domains. */
Oid
column_type(Oid relid, AttrNumber attnum, int32 *typmod, Oid *collation)
{
	Oid			type;

	get_atttypetypmodcoll(relid, attnum, &type, typmod, collation);
	return getBaseTypeAndTypmod(type, typmod);
}

/* Keys that a link can hold. */
void
check_key_type(Oid relid, AttrNumber attnum)
{
	int32		typmod;
	Oid			collation;
	Oid			type = column_type(relid, attnum, &typmod, &collation);

	if (link_kind_for_type(type) == LINK_OTHER)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("column \"%s\" of %s has type %s, which is not supported as a key yet",
						get_attname(relid, attnum, false), table_label(relid),
						format_type_be(type)),
				 errhint("Keys may be smallint, integer, bigint, uuid or text.")));
	if (OidIsValid(collation) && !get_collation_isdeterministic(collation))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("column \"%s\" of %s has a nondeterministic collation, which is not supported as a key",
						get_attname(relid, attnum, false), table_label(relid))));
}

static FormData_pg_attribute
column_form(Oid relid, AttrNumber attnum)
{
	HeapTuple	tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relid), Int16GetDatum(attnum));
	FormData_pg_attribute form;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column %d of %s does not exist", attnum, table_label(relid))));
	memcpy(&form, GETSTRUCT(tuple), ATTRIBUTE_FIXED_PART_SIZE);
	ReleaseSysCache(tuple);
	return form;
}

bool
column_is_not_null(Oid relid, AttrNumber attnum)
{
	return column_form(relid, attnum).attnotnull;
}

bool
column_is_generated(Oid relid, AttrNumber attnum)
{
	return column_form(relid, attnum).attgenerated != '\0';
}

/* An ordinary index on this column alone, as add_link makes them. */
Oid
find_plain_index(Oid relid, AttrNumber attnum)
{
	Relation	rel = table_open(relid, NoLock);
	Oid			result = InvalidOid;
	ListCell   *cell;

	foreach(cell, RelationGetIndexList(rel))
	{
		HeapTuple	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(lfirst_oid(cell)));
		Form_pg_index index = (Form_pg_index) GETSTRUCT(tuple);

		if (index->indnatts == 1 && index->indkey.values[0] == attnum && !index->indisunique &&
			heap_attisnull(tuple, Anum_pg_index_indpred, NULL))
			result = index->indexrelid;
		ReleaseSysCache(tuple);
	}
	table_close(rel, NoLock);
	return result;
}

static ForeignKey
read_foreign_key(ForeignKeyCacheInfo *info)
{
	HeapTuple	tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(info->conoid));
	Form_pg_constraint form;
	ForeignKey	key;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("constraint with OID %u does not exist", info->conoid)));
	form = (Form_pg_constraint) GETSTRUCT(tuple);
	key.oid = info->conoid;
	key.referenced = info->confrelid;
	key.referenced_column = info->confkey[0];
	key.on_delete = form->confdeltype;
	key.deferrable = form->condeferrable;
	key.validated = form->convalidated;
	ReleaseSysCache(tuple);
	return key;
}

/*
 * A foreign key that is on this column alone.  One that points at the table
 * asked for goes before others; false when there is none at all.
 */
bool
find_column_key(Oid relid, AttrNumber attnum, Oid referenced, ForeignKey *found)
{
	Relation	rel = table_open(relid, NoLock);
	bool		any = false;
	ListCell   *cell;

	foreach(cell, RelationGetFKeyList(rel))
	{
		ForeignKeyCacheInfo *info = lfirst(cell);

		if (info->nkeys != 1 || info->conkey[0] != attnum)
			continue;
		if (!any || info->confrelid == referenced)
			*found = read_foreign_key(info);
		any = true;
		if (info->confrelid == referenced)
			break;
	}
	table_close(rel, NoLock);
	return any;
}
