/*
 * link_column.c: link columns of either type: interlink.link, or an array of
 * the keys for clients that cannot read a type of its own.
 *
 * What is done with the keys is done with links; an array is made a link before
 * and a link an array after, so that both mean the same.
 */
#include "postgres.h"

#include "utils/array.h"
#include "utils/lsyscache.h"

#include "engine/value.h"
#include "type/link.h"

/* Keys of an array: NULLs do not count. */
static int
array_keys(Datum column, Datum **keys)
{
	ArrayType  *array = DatumGetArrayTypeP(column);
	int16		typlen;
	bool		typbyval;
	char		typalign;
	bool	   *nulls;
	int			n;
	int			kept = 0;

	get_typlenbyvalalign(ARR_ELEMTYPE(array), &typlen, &typbyval, &typalign);
	deconstruct_array(array, ARR_ELEMTYPE(array), typlen, typbyval, typalign, keys, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		if (!nulls[i])
			(*keys)[kept++] = (*keys)[i];
	}
	return kept;
}

Datum
link_from_column(Field *field, Datum column)
{
	Datum	   *keys;
	int			n;

	if (!OidIsValid(field->key_type))
		return column;
	n = array_keys(column, &keys);
	return link_make(link_typmod_make(LINK_MANY_TO_MANY, link_typmod_kind(field->link_typmod),
									  link_typmod_ordered(field->link_typmod)), n, keys);
}

Datum
link_to_column(Field *field, Datum link)
{
	Datum	   *keys;
	int			n;
	int16		typlen;
	bool		typbyval;
	char		typalign;

	if (!OidIsValid(field->key_type))
		return link;
	n = link_keys_of(link, link_typmod_kind(field->link_typmod), &keys);
	get_typlenbyvalalign(field->key_type, &typlen, &typbyval, &typalign);
	return PointerGetDatum(construct_array(keys, n, field->key_type, typlen, typbyval, typalign));
}

Datum
link_column_make(Field *field, int nkeys, const Datum *keys)
{
	return link_to_column(field, link_make(field->link_typmod, nkeys, keys));
}

int
link_column_keys(Field *field, Datum column, Datum **keys)
{
	return link_keys_of(link_from_column(field, column),
						link_typmod_kind(field->link_typmod), keys);
}
