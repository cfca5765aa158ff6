/*
 * key.c: how the keys of a step are compared and read.
 *
 * Both sides of a step may have different types (an int4 column that
 * references an int8 one).  The shape takes the wider of the two, and each
 * side reads its columns into it.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/nbtree.h"
#include "access/stratnum.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "graph/build.h"

static Oid
column_type(Table *table, AttrNumber att)
{
	return getBaseType(get_atttype(table->relid, att));
}

static bool
converts(Oid from, Oid to, Oid *function)
{
	CoercionPathType path = find_coercion_pathway(to, from, COERCION_IMPLICIT, function);

	if (path == COERCION_PATH_RELABELTYPE)
		*function = InvalidOid;
	return from == to || path == COERCION_PATH_RELABELTYPE || path == COERCION_PATH_FUNC;
}

/* Can values of one type be looked for in an index over the other, both ways? */
static bool
index_compares(Oid type, Oid other)
{
	TypeCacheEntry *cache = lookup_type_cache(type, TYPECACHE_BTREE_OPFAMILY);

	return type == other ||
		(OidIsValid(get_opfamily_member(cache->btree_opf, type, other, BTEqualStrategyNumber)) &&
		 OidIsValid(get_opfamily_member(cache->btree_opf, other, type, BTEqualStrategyNumber)));
}

/* That of the referenced column, to which a foreign key converts, if it can. */
static Oid
common_type(Table *referencing, AttrNumber att, Table *referenced, AttrNumber referenced_att)
{
	Oid			type = column_type(referencing, att);
	Oid			referenced_type = column_type(referenced, referenced_att);
	Oid			function;

	if (converts(type, referenced_type, &function) &&
		(!OidIsValid(function) || index_compares(type, referenced_type)))
		return referenced_type;
	if (converts(referenced_type, type, &function) &&
		(!OidIsValid(function) || index_compares(type, referenced_type)))
		return type;
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("no index can compare columns \"%s\" of table %s and \"%s\" of table %s",
					get_attname(referencing->relid, att, false), referencing->label,
					get_attname(referenced->relid, referenced_att, false), referenced->label),
			 errdetail("Their types are %s and %s.",
					   format_type_be(type), format_type_be(referenced_type)),
			 errhint("Give the referencing column the type of the other.")));
}

/* "OPERATOR(schema.=)" */
static char *
operator_sql(Oid operator)
{
	HeapTuple	tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(operator));
	Form_pg_operator form;
	char	   *result;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("operator with OID %u does not exist", operator)));
	form = (Form_pg_operator) GETSTRUCT(tuple);
	result = psprintf("OPERATOR(%s.%s)", quote_identifier(get_namespace_name(form->oprnamespace)),
					  NameStr(form->oprname));
	ReleaseSysCache(tuple);
	return result;
}

/*
 * Numbers with different scales may be equal, texts of a type that does not
 * mind upper and lower case, and characters with blanks behind them.
 */
static bool
equal_is_identical(TypeCacheEntry *cache, Oid collation)
{
	Oid			function = get_opfamily_proc(cache->btree_opf, cache->btree_opintype,
											 cache->btree_opintype, BTEQUALIMAGE_PROC);

	if (!OidIsValid(function) || cache->type_id == BPCHAROID)
		return false;
	return DatumGetBool(OidFunctionCall1Coll(function, collation,
											 ObjectIdGetDatum(cache->btree_opintype)));
}

static void
build_key_column(KeyShape *shape, int i, Oid type, Oid collation)
{
	TypeCacheEntry *cache = lookup_type_cache(type, TYPECACHE_EQ_OPR_FINFO |
											  TYPECACHE_CMP_PROC_FINFO |
											  TYPECACHE_HASH_PROC_FINFO |
											  TYPECACHE_BTREE_OPFAMILY);

	if (!OidIsValid(cache->eq_opr_finfo.fn_oid) ||
		!OidIsValid(cache->cmp_proc_finfo.fn_oid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("type %s cannot be the type of a key", format_type_be(type)),
				 errdetail("It has no default btree operator class.")));

	shape->type[i] = type;
	shape->typlen[i] = cache->typlen;
	shape->typbyval[i] = cache->typbyval;
	shape->collation[i] = collation;
	shape->identical[i] = equal_is_identical(cache, collation);
	shape->operator[i] = operator_sql(cache->eq_opr);
	fmgr_info_cxt(cache->eq_opr_finfo.fn_oid, &shape->equal[i], CurrentMemoryContext);
	fmgr_info_cxt(cache->cmp_proc_finfo.fn_oid, &shape->compare[i], CurrentMemoryContext);
	if (OidIsValid(cache->hash_proc_finfo.fn_oid))
		fmgr_info_cxt(cache->hash_proc_finfo.fn_oid, &shape->hash[i], CurrentMemoryContext);
}

/* The text of a key of several columns is that of a row. */
static int32
row_typmod(KeyShape *shape)
{
	TupleDesc	desc = CreateTemplateTupleDesc(shape->n);

	for (int i = 0; i < shape->n; i++)
		TupleDescInitEntry(desc, i + 1, psprintf("f%d", i + 1), shape->type[i], -1, 0);
	return BlessTupleDesc(desc)->tdtypmod;
}

KeyShape *
build_key_shape(Table *referencing, const AttrNumber *atts,
				Table *referenced, const AttrNumber *referenced_atts, int n)
{
	KeyShape   *shape = palloc0(sizeof(KeyShape));

	shape->n = n;
	shape->type = palloc(sizeof(Oid) * n);
	shape->typlen = palloc(sizeof(int16) * n);
	shape->typbyval = palloc(sizeof(bool) * n);
	shape->collation = palloc(sizeof(Oid) * n);
	shape->equal = palloc0(sizeof(FmgrInfo) * n);
	shape->compare = palloc0(sizeof(FmgrInfo) * n);
	shape->hash = palloc0(sizeof(FmgrInfo) * n);
	shape->identical = palloc(sizeof(bool) * n);
	shape->operator = palloc(sizeof(char *) * n);

	for (int i = 0; i < n; i++)
	{
		Oid			type;
		int32		typmod;
		Oid			collation;

		get_atttypetypmodcoll(referenced->relid, referenced_atts[i], &type, &typmod, &collation);
		build_key_column(shape, i,
						 common_type(referencing, atts[i], referenced, referenced_atts[i]), collation);
	}
	if (n > 1)
		shape->row_typmod = row_typmod(shape);
	shape->integer = n == 1 && (shape->type[0] == INT8OID || shape->type[0] == INT4OID ||
								shape->type[0] == INT2OID);
	return shape;
}

char *
key_type_sql(KeyShape *shape, int i)
{
	return format_type_extended(shape->type[i], -1,
								FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY);
}

/*
 * CASE WHEN a IS DISTINCT FROM NULL AND b IS DISTINCT FROM NULL THEN ROW((a)::type, (b)::type)::text END,
 * or concat((a)::type), which spells a value as its type does; blanks behind a
 * character(n) are no part of it.  A composite value IS NOT NULL only if none of
 * its columns is.
 */
char *
key_text_sql(KeyShape *shape, char **columns)
{
	StringInfoData when;
	StringInfoData key;

	initStringInfo(&when);
	initStringInfo(&key);
	for (int i = 0; i < shape->n; i++)
	{
		appendStringInfo(&when, "%s%s IS DISTINCT FROM NULL", i > 0 ? " AND " : "", columns[i]);
		appendStringInfo(&key, "%s(%s)::%s", i > 0 ? ", " : "", columns[i], key_type_sql(shape, i));
	}
	if (shape->n == 1 && shape->type[0] == BPCHAROID)
		appendStringInfoString(&key, "::pg_catalog.text");
	return psprintf(shape->n > 1 ? "CASE WHEN %s THEN ROW(%s)::pg_catalog.text END" :
					"CASE WHEN %s THEN pg_catalog.concat(%s) END", when.data, key.data);
}

void
build_key_reader(KeyReader *reader, KeyShape *shape,
				 Table *table, const AttrNumber *att)
{
	reader->shape = shape;
	reader->att = palloc(sizeof(AttrNumber) * shape->n);
	reader->cast = palloc0(sizeof(FmgrInfo *) * shape->n);
	for (int i = 0; i < shape->n; i++)
	{
		Oid			function = InvalidOid;

		reader->att[i] = att[i];
		if (converts(column_type(table, att[i]), shape->type[i], &function) &&
			column_type(table, att[i]) != shape->type[i] && OidIsValid(function))
		{
			reader->cast[i] = palloc0(sizeof(FmgrInfo));
			fmgr_info_cxt(function, reader->cast[i], CurrentMemoryContext);
		}
	}
}

void
add_key_columns(Bitmapset **columns, KeyReader *key)
{
	for (int i = 0; i < key->shape->n; i++)
		*columns = bms_add_member(*columns, key->att[i]);
}
