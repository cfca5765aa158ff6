/*
 * arrays.c: what lists are made with: interlink.distinct_elements(anyarray),
 * interlink.compact_elements(anyarray) and the aggregate
 * interlink.flatten(anyarray, boolean).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "parser/parse_coerce.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

PG_FUNCTION_INFO_V1(interlink_distinct_elements);
PG_FUNCTION_INFO_V1(interlink_compact_elements);
PG_FUNCTION_INFO_V1(interlink_flatten_step);
PG_FUNCTION_INFO_V1(interlink_flatten_end);

/* An element and its place, for sorting by value and back. */
typedef struct Element
{
	Datum		value;
	int			place;
} Element;

typedef struct Order
{
	FmgrInfo   *compare;
	Oid			collation;
} Order;

static int
compare_values(const void *a, const void *b, void *arg)
{
	const Element *left = a;
	const Element *right = b;
	Order	   *order = arg;
	int			result = DatumGetInt32(FunctionCall2Coll(order->compare, order->collation,
														 left->value, right->value));

	return result != 0 ? result : left->place - right->place;
}

static int
compare_places(const void *a, const void *b)
{
	return ((const Element *) a)->place - ((const Element *) b)->place;
}

/* Keeps the first of each run of equal elements; returns how many. */
static int
drop_repeated(Element *elements, int n, Order *order)
{
	int			kept = 0;

	for (int i = 0; i < n; i++)
	{
		if (kept == 0 ||
			DatumGetInt32(FunctionCall2Coll(order->compare, order->collation,
											elements[kept - 1].value, elements[i].value)) != 0)
			elements[kept++] = elements[i];
	}
	return kept;
}

Datum
interlink_distinct_elements(PG_FUNCTION_ARGS)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	TypeCacheEntry *type = lookup_type_cache(ARR_ELEMTYPE(array), TYPECACHE_CMP_PROC_FINFO);
	Order		order = {&type->cmp_proc_finfo, PG_GET_COLLATION()};
	Datum	   *values;
	bool	   *nulls;
	Element    *elements;
	int			n;
	int			kept = 0;

	if (!OidIsValid(type->cmp_proc_finfo.fn_oid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("could not identify a comparison function for type %s",
						format_type_be(ARR_ELEMTYPE(array)))));
	deconstruct_array(array, ARR_ELEMTYPE(array), type->typlen, type->typbyval,
					  type->typalign, &values, &nulls, &n);
	elements = palloc(sizeof(Element) * Max(n, 1));
	for (int i = 0; i < n; i++)
	{
		if (nulls[i])
			continue;
		elements[kept].value = values[i];
		elements[kept++].place = i;
	}
	qsort_arg(elements, kept, sizeof(Element), compare_values, &order);
	kept = drop_repeated(elements, kept, &order);
	qsort(elements, kept, sizeof(Element), compare_places);
	for (int i = 0; i < kept; i++)
		values[i] = elements[i].value;
	PG_RETURN_ARRAYTYPE_P(construct_array(values, kept, ARR_ELEMTYPE(array),
										  type->typlen, type->typbyval, type->typalign));
}

/* Blanks at the end of a character(n) are no text. */
static bool
is_empty_text(Oid type, const char *text)
{
	return text[type == BPCHAROID ? strspn(text, " ") : 0] == '\0';
}

Datum
interlink_compact_elements(PG_FUNCTION_ARGS)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	Oid			type = ARR_ELEMTYPE(array);
	bool		is_text = TypeCategory(type) == TYPCATEGORY_STRING;
	int16		typlen;
	bool		typbyval;
	char		typalign;
	Oid			output;
	bool		is_varlena;
	Datum	   *values;
	bool	   *nulls;
	int			n;
	int			kept = 0;

	get_typlenbyvalalign(type, &typlen, &typbyval, &typalign);
	getTypeOutputInfo(type, &output, &is_varlena);
	deconstruct_array(array, type, typlen, typbyval, typalign, &values, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		if (!nulls[i] && !(is_text && is_empty_text(type, OidOutputFunctionCall(output, values[i]))))
			values[kept++] = values[i];
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(values, kept, type, typlen, typbyval, typalign));
}

/* Adds the elements of one array, of whatever dimensions; NULL if wanted. */
static void
add_elements(ArrayBuildState *state, ArrayType *array, bool keep_nulls,
			 MemoryContext context)
{
	Datum	   *values;
	bool	   *nulls;
	int			n;

	deconstruct_array(array, ARR_ELEMTYPE(array), state->typlen, state->typbyval,
					  state->typalign, &values, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		if (keep_nulls || !nulls[i])
			(void) accumArrayResult(state, values[i], nulls[i], state->element_type, context);
	}
}

Datum
interlink_flatten_step(PG_FUNCTION_ARGS)
{
	MemoryContext context;
	ArrayBuildState *state;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "interlink.flatten_step() was not called as an aggregate");
	if (PG_ARGISNULL(0))
		state = initArrayResult(get_element_type(get_fn_expr_argtype(fcinfo->flinfo, 1)),
								context, false);
	else
		state = (ArrayBuildState *) PG_GETARG_POINTER(0);
	if (!PG_ARGISNULL(1))
		add_elements(state, PG_GETARG_ARRAYTYPE_P(1), PG_GETARG_BOOL(2), context);
	PG_RETURN_POINTER(state);
}

Datum
interlink_flatten_end(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	return makeArrayResult((ArrayBuildState *) PG_GETARG_POINTER(0), CurrentMemoryContext);
}
