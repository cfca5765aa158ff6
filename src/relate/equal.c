/*
 * equal.c: by which operator two columns are equal, and whether an index
 * grants that only one row has what is equal.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/sysattr.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "parser/parse_coerce.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/syscache.h"

#include "relate/relate.h"

/* The default operator family of a type, the type that it is for, and "=" there. */
typedef struct Equality
{
	Oid			family;
	Oid			type;
	StrategyNumber strategy;
} Equality;

static bool
default_equality(Oid type, Equality *equality)
{
	Oid			class = GetDefaultOpClass(type, BTREE_AM_OID);

	equality->strategy = BTEqualStrategyNumber;
	if (!OidIsValid(class))
	{
		class = GetDefaultOpClass(type, HASH_AM_OID);
		equality->strategy = HTEqualStrategyNumber;
	}
	if (!OidIsValid(class))
		return false;
	equality->family = get_opclass_family(class);
	equality->type = get_opclass_input_type(class);
	return true;
}

/* Both are of types that mean the same to the operator class. */
static bool
both_have(Equality *equality, Oid type, Oid other)
{
	if (IsPolymorphicType(equality->type) || equality->type == RECORDOID)
		return type == other;
	return can_coerce_type(1, &other, &equality->type, COERCION_IMPLICIT);
}

/*
 * As for foreign keys: an operator for exactly these types, so that an index
 * over the far column can be used, else that of one of them, to which the
 * other is converted.
 */
Oid
find_equality(Oid far_type, Oid near_type)
{
	Oid			far = getBaseType(far_type);
	Oid			near = getBaseType(near_type);
	Equality	equality;
	Oid			operator = InvalidOid;

	if (default_equality(far, &equality))
	{
		operator = get_opfamily_member(equality.family, equality.type, near, equality.strategy);
		if (!OidIsValid(operator) && both_have(&equality, far, near))
			operator = get_opfamily_member(equality.family, equality.type, equality.type,
										   equality.strategy);
	}
	if (!OidIsValid(operator) && default_equality(near, &equality) &&
		both_have(&equality, near, far))
		operator = get_opfamily_member(equality.family, equality.type, equality.type,
									   equality.strategy);
	return operator;
}

/* Is equality by this operator and collation, of the column, also that of the index? */
static bool
index_agrees(Relation index, int column, Oid relid, AttrNumber att, Oid operator)
{
	Oid			type;
	int32		typmod;
	Oid			collation;
	Oid			other = index->rd_indcollation[column];

	get_atttypetypmodcoll(relid, att, &type, &typmod, &collation);
	if (get_op_opfamily_strategy(operator, index->rd_opfamily[column]) != BTEqualStrategyNumber)
		return false;
	return collation == other || !OidIsValid(collation) || !OidIsValid(other) ||
		(get_collation_isdeterministic(collation) && get_collation_isdeterministic(other));
}

/* Is every column of the index among these? */
static bool
index_within(Relation index, Oid relid, int n, const AttrNumber *atts, const Oid *equal)
{
	for (int i = 0; i < index->rd_index->indnkeyatts; i++)
	{
		bool		found = false;

		for (int j = 0; j < n && !found; j++)
			found = index->rd_index->indkey.values[i] == atts[j] &&
				index_agrees(index, i, relid, atts[j], equal[j]);
		if (!found)
			return false;
	}
	return true;
}

/*
 * The index that grants that no two rows are equal in these columns: that of
 * the primary key or of a unique constraint, or a unique index that is none.
 * It says nothing of the rows of children.
 */
Oid
find_granting_index(Oid relid, int n, const AttrNumber *atts, const Oid *equal)
{
	Relation	rel = RelationIdGetRelation(relid);
	Oid			result = InvalidOid;
	List	   *indexes;
	ListCell   *cell;

	if (!RelationIsValid(rel))
		return InvalidOid;
	indexes = RelationGetIndexList(rel);
	if (rel->rd_rel->relkind != RELKIND_PARTITIONED_TABLE &&
		find_inheritance_children(relid, NoLock) != NIL)
		indexes = NIL;
	foreach(cell, indexes)
	{
		Relation	index = RelationIdGetRelation(lfirst_oid(cell));

		if (!RelationIsValid(index))
			continue;
		if (index->rd_index->indisunique && index->rd_index->indisvalid &&
			heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, NULL) &&
			index_within(index, relid, n, atts, equal) &&
			(!OidIsValid(result) || lfirst_oid(cell) == rel->rd_pkindex))
			result = lfirst_oid(cell);
		RelationClose(index);
	}
	RelationClose(rel);
	return result;
}
