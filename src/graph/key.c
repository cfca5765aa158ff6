/*
 * key.c: how the keys of a step are compared and read.
 *
 * Both sides of a step may have different types (an int4 column that
 * references an int8 one).  The shape takes the wider of the two, and each
 * side reads its columns into it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
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

static Oid
common_type(Table *near, AttrNumber near_att, Table *far, AttrNumber far_att)
{
	Oid			near_type = column_type(near, near_att);
	Oid			far_type = column_type(far, far_att);
	Oid			function;

	if (converts(far_type, near_type, &function))
		return near_type;
	if (converts(near_type, far_type, &function))
		return far_type;
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("columns \"%s\" of table %s and \"%s\" of table %s cannot be compared",
					get_attname(near->relid, near_att, false), near->label,
					get_attname(far->relid, far_att, false), far->label),
			 errdetail("Their types are %s and %s.",
					   format_type_be(near_type), format_type_be(far_type))));
}

static void
build_key_column(KeyShape *shape, int i, Oid type, Oid collation)
{
	TypeCacheEntry *cache = lookup_type_cache(type, TYPECACHE_EQ_OPR_FINFO |
											  TYPECACHE_CMP_PROC_FINFO |
											  TYPECACHE_HASH_PROC_FINFO);

	if (!OidIsValid(cache->eq_opr_finfo.fn_oid) ||
		!OidIsValid(cache->cmp_proc_finfo.fn_oid) ||
		!OidIsValid(cache->hash_proc_finfo.fn_oid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("type %s cannot be the type of a key", format_type_be(type)),
				 errdetail("It has no default btree and hash operator classes.")));

	shape->type[i] = type;
	shape->typlen[i] = cache->typlen;
	shape->typbyval[i] = cache->typbyval;
	shape->collation[i] = collation;
	fmgr_info_cxt(cache->eq_opr_finfo.fn_oid, &shape->equal[i], CurrentMemoryContext);
	fmgr_info_cxt(cache->cmp_proc_finfo.fn_oid, &shape->compare[i], CurrentMemoryContext);
	fmgr_info_cxt(cache->hash_proc_finfo.fn_oid, &shape->hash[i], CurrentMemoryContext);
}

KeyShape *
build_key_shape(Table *near, const AttrNumber *near_att,
				Table *far, const AttrNumber *far_att, int n)
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

	for (int i = 0; i < n; i++)
	{
		Oid			type;
		int32		typmod;
		Oid			collation;

		get_atttypetypmodcoll(near->relid, near_att[i], &type, &typmod, &collation);
		build_key_column(shape, i,
						 common_type(near, near_att[i], far, far_att[i]), collation);
	}
	shape->integer = n == 1 && (shape->type[0] == INT8OID || shape->type[0] == INT4OID ||
								shape->type[0] == INT2OID);
	return shape;
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
