/*
 * import.c: interlink.import_foreign_keys.
 *
 * A foreign key users (organization_id) -> organizations makes the relation
 * "organization" of users and the relation "users" of organizations.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "commands/defrem.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "compat.h"
#include "define/define.h"
#include "relate/relate.h"

PG_FUNCTION_INFO_V1(interlink_import_foreign_keys);

typedef struct KeyFound
{
	Oid			referencing;
	Oid			referenced;
	char	   *name;
	List	   *columns;		/* of char * */
	List	   *referenced_columns;
	bool		only_one;		/* between these two tables */
} KeyFound;

static List *
column_names(Oid relid, Datum array)
{
	ArrayType  *columns = DatumGetArrayTypeP(array);
	int16	   *values = (int16 *) ARR_DATA_PTR(columns);
	List	   *names = NIL;

	for (int i = 0; i < ARR_DIMS(columns)[0]; i++)
		names = lappend(names, get_attname(relid, values[i], false));
	return names;
}

static KeyFound *
key_found(HeapTuple tuple, TupleDesc desc)
{
	Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(tuple);
	KeyFound   *key = palloc0(sizeof(KeyFound));
	bool		isnull;

	key->referencing = form->conrelid;
	key->referenced = form->confrelid;
	key->name = pstrdup(NameStr(form->conname));
	key->columns = column_names(form->conrelid,
								heap_getattr(tuple, Anum_pg_constraint_conkey, desc, &isnull));
	key->referenced_columns = column_names(form->confrelid,
										   heap_getattr(tuple, Anum_pg_constraint_confkey, desc, &isnull));
	return key;
}

/* The same in every database: by schema, table and name. */
static int
compare_keys(const ListCell *a, const ListCell *b)
{
	KeyFound   *left = lfirst(a);
	KeyFound   *right = lfirst(b);
	int			result = strcmp(table_text(left->referencing), table_text(right->referencing));

	return result != 0 ? result : strcmp(left->name, right->name);
}

/* Those of partitions are the partitioned table's. */
static List *
find_keys(Oid schema)
{
	Relation	catalog = table_open(ConstraintRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, NULL, 0, NULL);
	List	   *keys = NIL;
	HeapTuple	tuple;
	ListCell   *cell;
	ListCell   *other;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(tuple);

		if (form->contype == CONSTRAINT_FOREIGN && !OidIsValid(form->conparentid) &&
			(!OidIsValid(schema) || get_rel_namespace(form->conrelid) == schema) &&
			get_rel_persistence(form->conrelid) != RELPERSISTENCE_TEMP)
			keys = lappend(keys, key_found(tuple, RelationGetDescr(catalog)));
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	list_sort(keys, compare_keys);

	foreach(cell, keys)
	{
		KeyFound   *key = lfirst(cell);

		key->only_one = true;
		foreach(other, keys)
			key->only_one &= lfirst(other) == key ||
				((KeyFound *) lfirst(other))->referencing != key->referencing ||
				((KeyFound *) lfirst(other))->referenced != key->referenced;
	}
	return keys;
}

/* By whatever name. */
static bool
has_relation(RelationDefinition *wanted)
{
	ListCell   *cell;

	foreach(cell, catalog_relations())
	{
		RelationDefinition *relation = lfirst(cell);

		if (relation->source == wanted->source && relation->target == wanted->target &&
			relation->path == NIL && relation->is_referencee == wanted->is_referencee &&
			same_names(relation->local_attributes, wanted->local_attributes) &&
			same_names(relation->remote_attributes, wanted->remote_attributes))
			return true;
	}
	return false;
}

/* organization_id, organizationId: "organization"; NULL: ends otherwise */
static char *
without_id(List *columns)
{
	char	   *name = linitial(columns);
	int			length = strlen(name);

	if (list_length(columns) > 1)
		return NULL;
	if (length > 3 && strcmp(name + length - 3, "_id") == 0)
		return pnstrdup(name, length - 3);
	if (length > 2 && strcmp(name + length - 2, "Id") == 0 &&
		islower((unsigned char) name[length - 3]))
		return pnstrdup(name, length - 2);
	return NULL;
}

/* table_by_column_column, cut where it is too long */
static char *
by_columns(Oid table, List *columns)
{
	StringInfoData buf;
	ListCell   *cell;

	initStringInfo(&buf);
	foreach(cell, columns)
		appendStringInfo(&buf, "%s%s", buf.len > 0 ? "_" : "", (char *) lfirst(cell));
	return makeObjectName(psprintf("%s_by", get_rel_name(table)), buf.data, NULL);
}

static bool
is_free(RelationDefinition *relation, const char *name)
{
	return relation_find(catalog_relations(), relation->source, name) == NULL &&
		relation_name_is_free(relation->source, name, relation->accessor);
}

/* The first that is free of: the short name, the plain name of the far table, a long one. */
static char *
choose_name(RelationDefinition *relation, KeyFound *key)
{
	char	   *name = relation->is_referencee ? NULL : without_id(key->columns);
	char	   *full = by_columns(relation->target, key->columns);

	if (name && is_free(relation, name))
		return name;
	name = get_rel_name(relation->target);
	if (key->only_one && key->referencing != key->referenced && is_free(relation, name))
		return name;
	name = full;
	for (int i = 2; !is_free(relation, name); i++)
		name = makeObjectName(full, NULL, psprintf("%d", i));
	return name;
}

/* A foreign key says nothing of the rows of children of the table it refers to. */
static bool
leads_to_one(RelationDefinition *relation, KeyFound *key)
{
	Route	   *route = route_resolve(relation, key->referencing, true);

	if (route && route->unique)
		return true;
	ereport(NOTICE,
			(errmsg("foreign key \"%s\" of %s is left out, as it may lead to several rows",
					key->name, table_label(key->referencing))));
	return false;
}

/* NULL: nothing was to be done, or nothing may be done by this role. */
static char *
import(KeyFound *key, bool backward)
{
	RelationDefinition *relation = palloc0(sizeof(RelationDefinition));
	Oid			near = backward ? key->referenced : key->referencing;

	relation->source = get_rel_type_id(near);
	relation->target = backward ? key->referencing : key->referenced;
	relation->local_attributes = backward ? key->referenced_columns : key->columns;
	relation->remote_attributes = backward ? key->columns : key->referenced_columns;
	relation->is_referencee = backward;
	relation->accessor = true;
	if (!compat_owns_table(near, GetUserId()) ||
		pg_class_aclcheck(relation->target, GetUserId(), ACL_SELECT) != ACLCHECK_OK ||
		has_relation(relation) || (!backward && !leads_to_one(relation, key)))
		return NULL;
	relation->name = choose_name(relation, key);
	(void) relation_define(relation, NULL);
	return psprintf("%s.%s", format_type_be(relation->source), quote_identifier(relation->name));
}

Datum
interlink_import_foreign_keys(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	List	   *keys;
	ListCell   *cell;

	check_may_define("interlink.import_foreign_keys()");
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	keys = find_keys(PG_ARGISNULL(0) ? InvalidOid : PG_GETARG_OID(0));
	foreach(cell, keys)
	{
		for (int backward = 0; backward <= 1; backward++)
		{
			char	   *name = import(lfirst(cell), backward);
			bool		isnull = false;
			Datum		value;

			if (name == NULL)
				continue;
			value = CStringGetTextDatum(name);
			tuplestore_putvalues(result->setResult, result->setDesc, &value, &isnull);
		}
	}
	PG_RETURN_NULL();
}
