/*
 * key.c: keys of a shape as arrays of Datums, and tables of them.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "lib/stringinfo.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"

#include "engine/key.h"

#define SH_PREFIX keys
#define SH_ELEMENT_TYPE KeyEntry
#define SH_KEY_TYPE Datum *
#define SH_KEY key
#define SH_HASH_KEY(tb, values) key_hash((KeyShape *) (tb)->private_data, values)
#define SH_EQUAL(tb, a, b) key_equal((KeyShape *) (tb)->private_data, a, b)
#define SH_STORE_HASH
#define SH_GET_HASH(tb, entry) (entry)->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

struct KeyTable
{
	MemoryContext context;
	keys_hash  *hash;
};

bool
key_read_column(const KeyReader *reader, int i, TupleTableSlot *slot, Datum *value)
{
	bool		isnull;

	*value = slot_getattr(slot, reader->att[i], &isnull);
	if (!isnull && reader->cast[i])
		*value = FunctionCall1(reader->cast[i], *value);
	return !isnull;
}

bool
key_read(const KeyReader *reader, TupleTableSlot *slot, Datum *values)
{
	for (int i = 0; i < reader->shape->n; i++)
	{
		if (!key_read_column(reader, i, slot, &values[i]))
			return false;
	}
	return true;
}

Datum
key_to_column(Oid relid, AttrNumber att, Oid from, Datum value)
{
	Oid			to = getBaseType(get_atttype(relid, att));
	Oid			function;

	if (from != to &&
		find_coercion_pathway(to, from, COERCION_ASSIGNMENT, &function) == COERCION_PATH_FUNC)
		return OidFunctionCall1(function, value);
	return value;
}

/* PostgreSQL checks it when an expression is evaluated, not when a row is stored. */
void
check_domain(Oid relid, AttrNumber att, Datum value, bool isnull)
{
	Oid			type = get_atttype(relid, att);

	if (get_typtype(type) == TYPTYPE_DOMAIN)
		domain_check(value, isnull, type, NULL, CurrentMemoryContext);
}

Datum *
key_copy(KeyShape *shape, Datum *values)
{
	Datum	   *copy = palloc(sizeof(Datum) * shape->n);

	for (int i = 0; i < shape->n; i++)
		copy[i] = datumCopy(values[i], shape->typbyval[i], shape->typlen[i]);
	return copy;
}

/* Of keys that are one integer, which most are. */
static inline int64
integer_of(KeyShape *shape, Datum *values)
{
	switch (shape->typlen[0])
	{
		case sizeof(int64):
			return DatumGetInt64(values[0]);
		case sizeof(int32):
			return DatumGetInt32(values[0]);
		default:
			return DatumGetInt16(values[0]);
	}
}

/* Equal values have one hash: without a function for it, only images have others. */
static uint32
hash_part(KeyShape *shape, int i, Datum value)
{
	if (OidIsValid(shape->hash[i].fn_oid))
		return DatumGetUInt32(FunctionCall1Coll(&shape->hash[i], shape->collation[i], value));
	return shape->identical[i] ? datum_image_hash(value, shape->typbyval[i], shape->typlen[i]) : 0;
}

uint32
key_hash(KeyShape *shape, Datum *values)
{
	uint32		hash = 0;

	if (shape->integer)
	{
		uint64		key = (uint64) integer_of(shape, values);

		return murmurhash32((uint32) key ^ murmurhash32((uint32) (key >> 32)));
	}
	for (int i = 0; i < shape->n; i++)
		hash = hash_combine(hash, hash_part(shape, i, values[i]));
	return hash;
}

bool
key_equal_column(KeyShape *shape, int i, Datum a, Datum b)
{
	return DatumGetBool(FunctionCall2Coll(&shape->equal[i], shape->collation[i], a, b));
}

bool
key_equal(KeyShape *shape, Datum *a, Datum *b)
{
	if (shape->integer)
		return integer_of(shape, a) == integer_of(shape, b);
	for (int i = 0; i < shape->n; i++)
	{
		if (!key_equal_column(shape, i, a[i], b[i]))
			return false;
	}
	return true;
}

int
key_compare(KeyShape *shape, Datum *a, Datum *b)
{
	if (shape->integer)
	{
		int64		left = integer_of(shape, a);
		int64		right = integer_of(shape, b);

		return (left > right) - (left < right);
	}
	for (int i = 0; i < shape->n; i++)
	{
		int			order = DatumGetInt32(FunctionCall2Coll(&shape->compare[i],
															shape->collation[i], a[i], b[i]));

		if (order != 0)
			return order;
	}
	return 0;
}

char *
key_text(KeyShape *shape, Datum *values)
{
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoChar(&buf, '(');
	for (int i = 0; i < shape->n; i++)
	{
		Oid			output;
		bool		varlena;

		getTypeOutputInfo(shape->type[i], &output, &varlena);
		appendStringInfo(&buf, "%s%s", i > 0 ? ", " : "",
						 OidOutputFunctionCall(output, values[i]));
	}
	appendStringInfoChar(&buf, ')');
	return buf.data;
}

KeyTable *
key_table_create(MemoryContext context, KeyShape *shape)
{
	KeyTable   *table = MemoryContextAlloc(context, sizeof(KeyTable));

	table->context = context;
	table->hash = keys_create(context, 16, shape);
	return table;
}

KeyEntry *
key_table_put(KeyTable *table, Datum *values)
{
	bool		found;
	KeyEntry   *entry = keys_insert(table->hash, values, &found);

	if (!found)
	{
		MemoryContext old = MemoryContextSwitchTo(table->context);

		entry->key = key_copy(key_table_shape(table), values);
		entry->data = NULL;
		MemoryContextSwitchTo(old);
	}
	return entry;
}

KeyEntry *
key_table_get(KeyTable *table, Datum *values)
{
	return keys_lookup(table->hash, values);
}

bool
key_table_take(KeyTable *table, Datum *values, KeyEntry *entry)
{
	KeyEntry   *found = keys_lookup(table->hash, values);

	if (found == NULL)
		return false;
	*entry = *found;
	keys_delete_item(table->hash, found);
	return true;
}

int
key_table_count(KeyTable *table)
{
	return table->hash->members;
}

KeyShape *
key_table_shape(KeyTable *table)
{
	return (KeyShape *) table->hash->private_data;
}

KeyEntry *
key_table_next(KeyTable *table, uint32 *position)
{
	while (*position < table->hash->size)
	{
		KeyEntry   *entry = &table->hash->data[(*position)++];

		if (entry->status == keys_SH_IN_USE)
			return entry;
	}
	return NULL;
}

static int
compare_entries(const void *a, const void *b, void *shape)
{
	return key_compare(shape, ((const KeyEntry *) a)->key, ((const KeyEntry *) b)->key);
}

KeyEntry *
key_table_sorted(KeyTable *table)
{
	KeyEntry   *entries = palloc(sizeof(KeyEntry) * Max(1, table->hash->members));
	KeyEntry   *entry;
	uint32		position = 0;
	int			n = 0;

	while ((entry = key_table_next(table, &position)) != NULL)
		entries[n++] = *entry;
	if (n > 1)
		qsort_arg(entries, n, sizeof(KeyEntry), compare_entries, key_table_shape(table));
	return entries;
}
