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
#include "utils/array.h"
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

AttrNumber *
column_numbers(Oid relid, List *names)
{
	AttrNumber *atts = palloc(sizeof(AttrNumber) * Max(list_length(names), 1));
	ListCell   *cell;

	foreach(cell, names)
		atts[foreach_current_index(cell)] = get_attnum(relid, lfirst(cell));
	return atts;
}

static bool
has_name(List *names, const char *name)
{
	ListCell   *cell;

	foreach(cell, names)
	{
		if (strcmp(lfirst(cell), name) == 0)
			return true;
	}
	return false;
}

bool
same_columns(List *a, List *b)
{
	ListCell   *cell;

	foreach(cell, a)
	{
		if (!has_name(b, lfirst(cell)))
			return false;
	}
	return list_length(a) == list_length(b);
}

char *
columns_text(List *names)
{
	StringInfoData buf;
	ListCell   *cell;

	initStringInfo(&buf);
	foreach(cell, names)
		appendStringInfo(&buf, "%s%s", buf.len > 0 ? ", " : "", column_text(lfirst(cell)));
	return buf.data;
}

char *
columns_label(List *names)
{
	StringInfoData buf;
	ListCell   *cell;

	initStringInfo(&buf);
	foreach(cell, names)
		appendStringInfo(&buf, "%s\"%s\"", buf.len > 0 ? ", " :
						 list_length(names) > 1 ? "columns " : "column ", (char *) lfirst(cell));
	return buf.data;
}

/* The type of a column beneath its domains. */
Oid
column_type(Oid relid, AttrNumber attnum, int32 *typmod, Oid *collation)
{
	Oid			type;

	get_atttypetypmodcoll(relid, attnum, &type, typmod, collation);
	return getBaseTypeAndTypmod(type, typmod);
}

/* Keys that a link can hold: it tells them apart as their type does, but texts by their bytes. */
static void
check_key_type(Oid relid, AttrNumber attnum)
{
	int32		typmod;
	Oid			collation;

	(void) column_type(relid, attnum, &typmod, &collation);
	if (OidIsValid(collation) && !get_collation_isdeterministic(collation))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("column \"%s\" of %s has a nondeterministic collation, which is not supported as a key",
						get_attname(relid, attnum, false), table_label(relid))));
}

void
check_key_types(Oid relid, List *columns)
{
	ListCell   *cell;

	foreach(cell, columns)
		check_key_type(relid, get_attnum(relid, lfirst(cell)));
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
columns_are_not_null(Oid relid, List *columns)
{
	ListCell   *cell;

	foreach(cell, columns)
	{
		if (!column_form(relid, get_attnum(relid, lfirst(cell))).attnotnull)
			return false;
	}
	return true;
}

bool
any_column_is_generated(Oid relid, List *columns)
{
	ListCell   *cell;

	foreach(cell, columns)
	{
		if (column_form(relid, get_attnum(relid, lfirst(cell))).attgenerated != '\0')
			return true;
	}
	return false;
}

/* Does the index begin with these columns, in whatever order, and have no others? */
static bool
index_is_over(Form_pg_index index, int n, const AttrNumber *atts)
{
	if (index->indnatts != n)
		return false;
	for (int i = 0; i < n; i++)
	{
		bool		found = false;

		for (int j = 0; j < n; j++)
			found = found || index->indkey.values[j] == atts[i];
		if (!found)
			return false;
	}
	return true;
}

/* An ordinary index on these columns alone, as add_link makes them. */
Oid
find_plain_index(Oid relid, List *columns)
{
	Relation	rel = table_open(relid, NoLock);
	AttrNumber *atts = column_numbers(relid, columns);
	Oid			result = InvalidOid;
	ListCell   *cell;

	foreach(cell, RelationGetIndexList(rel))
	{
		HeapTuple	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(lfirst_oid(cell)));
		Form_pg_index index = (Form_pg_index) GETSTRUCT(tuple);

		if (index_is_over(index, list_length(columns), atts) && !index->indisunique &&
			heap_attisnull(tuple, Anum_pg_index_indpred, NULL))
			result = index->indexrelid;
		ReleaseSysCache(tuple);
	}
	table_close(rel, NoLock);
	return result;
}

/* ON DELETE SET NULL (column, …); all of them where it names none. */
static List *
cleared_columns(Oid relid, HeapTuple constraint, List *columns)
{
	bool		isnull;
	Datum		value = SysCacheGetAttr(CONSTROID, constraint, Anum_pg_constraint_confdelsetcols, &isnull);
	ArrayType  *numbers;
	List	   *names = NIL;

	if (isnull)
		return columns;
	numbers = DatumGetArrayTypeP(value);
	for (int i = 0; i < ARR_DIMS(numbers)[0]; i++)
		names = lappend(names, get_attname(relid, ((int16 *) ARR_DATA_PTR(numbers))[i], false));
	return names;
}

static ForeignKey *
read_foreign_key(Oid relid, ForeignKeyCacheInfo *info)
{
	HeapTuple	tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(info->conoid));
	Form_pg_constraint form;
	ForeignKey *key = palloc0(sizeof(ForeignKey));

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("constraint with OID %u does not exist", info->conoid)));
	form = (Form_pg_constraint) GETSTRUCT(tuple);
	key->oid = info->conoid;
	key->referenced = info->confrelid;
	for (int i = 0; i < info->nkeys; i++)
	{
		key->columns = lappend(key->columns, get_attname(relid, info->conkey[i], false));
		key->referenced_columns = lappend(key->referenced_columns,
										  get_attname(info->confrelid, info->confkey[i], false));
	}
	key->on_delete = form->confdeltype;
	key->cleared = cleared_columns(relid, tuple, key->columns);
	key->deferrable = form->condeferrable;
	key->deferred = form->condeferred;
	key->validated = form->convalidated;
	ReleaseSysCache(tuple);
	return key;
}

List *
foreign_keys(Oid relid)
{
	Relation	rel = table_open(relid, NoLock);
	List	   *keys = NIL;
	ListCell   *cell;

	foreach(cell, RelationGetFKeyList(rel))
		keys = lappend(keys, read_foreign_key(relid, lfirst(cell)));
	table_close(rel, NoLock);
	return keys;
}

/*
 * A foreign key that is on these columns alone.  One that points at the table
 * asked for goes before others; false when there is none at all.
 */
bool
find_columns_key(Oid relid, List *columns, Oid referenced, ForeignKey *found)
{
	bool		any = false;
	ListCell   *cell;

	foreach(cell, foreign_keys(relid))
	{
		ForeignKey *key = lfirst(cell);

		if (!same_columns(key->columns, columns))
			continue;
		if (!any || key->referenced == referenced)
			*found = *key;
		any = true;
		if (key->referenced == referenced)
			break;
	}
	return any;
}
