/*
 * aggregator.c: the table of aggregators and what follows from each.
 *
 * The SQL of an aggregator is what defines it: recomputation, audit and the
 * first filling all run it.  The algebra only says how to get there sooner.
 *
 * In `call`, %v stands for the value, %o for the ORDER BY of link order, %f
 * for the same where the order matters to the type (floating point), and %s
 * for the separator.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_node.h"
#include "parser/parser.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "graph/aggregator.h"

static const Aggregator aggregators[] = {
	{"count", ALGEBRA_COUNT, false, 0, "pg_catalog.count(*)", "0"},
	{"counta", ALGEBRA_COUNT, true, 0, "pg_catalog.count(%v)", "0"},
	{"sum", ALGEBRA_SUM, true, 0, "pg_catalog.sum(%v%f)", "0"},
	{"avg", ALGEBRA_NONE, true, 0, "pg_catalog.avg(%v%f)", NULL},
	{"min", ALGEBRA_EXTREME, true, -1, "pg_catalog.min(%v)", NULL},
	{"max", ALGEBRA_EXTREME, true, 1, "pg_catalog.max(%v)", NULL},
	{"and", ALGEBRA_EXTREME, true, -1, "pg_catalog.bool_and(%v)", NULL},
	{"or", ALGEBRA_EXTREME, true, 1, "pg_catalog.bool_or(%v)", NULL},
	{"xor", ALGEBRA_NONE, true, 0,
	"pg_catalog.mod(pg_catalog.count(*) FILTER (WHERE %v), 2) OPERATOR(pg_catalog.=) 1", "false"},
	{"array_agg", ALGEBRA_NONE, true, 0, "pg_catalog.array_agg(%v%o)", "{}"},
	{"array_unique", ALGEBRA_NONE, true, 0,
	"interlink.distinct_elements(pg_catalog.array_agg(%v%o))", "{}"},
	{"array_compact", ALGEBRA_NONE, true, 0,
	"interlink.compact_elements(pg_catalog.array_agg(%v%o))", "{}"},
	{"array_join", ALGEBRA_NONE, true, 0,
	"pg_catalog.string_agg((%v)::pg_catalog.text, %s%o)", NULL},
};

static const Aggregator value_aggregator =
{"value", ALGEBRA_VALUE, true, 0, "%v", NULL};
static const Aggregator list_aggregator =
{"list", ALGEBRA_NONE, true, 0,
"pg_catalog.array_agg(%v%o) FILTER (WHERE pg_catalog.num_nonnulls(%v) > 0)", "{}"};
static const Aggregator flat_list_aggregator =
{"flat list", ALGEBRA_NONE, true, 0,
"interlink.flatten(%v, false%o)", "{}"};
static const Aggregator flat_array_agg =
{"array_agg", ALGEBRA_NONE, true, 0,
"interlink.flatten(%v, true%o)", "{}"};
static const Aggregator flat_array_unique =
{"array_unique", ALGEBRA_NONE, true, 0,
"interlink.distinct_elements(interlink.flatten(%v, false%o))", "{}"};
static const Aggregator flat_array_compact =
{"array_compact", ALGEBRA_NONE, true, 0,
"interlink.compact_elements(interlink.flatten(%v, false%o))", "{}"};
static const Aggregator set_aggregator =
{"set", ALGEBRA_SET, true, 0, "pg_catalog.array_agg(%v)", "{}"};
static const Aggregator ordered_set_aggregator =
{"ordered set", ALGEBRA_NONE, true, 0, "pg_catalog.array_agg(%v%o)", "{}"};
static const Aggregator only_key_aggregator =
{"only key", ALGEBRA_NONE, true, 0, "(pg_catalog.array_agg(%v%o))[1:1]", NULL};

static const struct
{
	const char *alias;
	const char *name;
}			aliases[] = {
	{"countall", "count"},
	{"count_values", "counta"},
	{"average", "avg"},
	{"mean", "avg"},
	{"earliest", "min"},
	{"latest", "max"},
	{"bool_and", "and"},
	{"every", "and"},
	{"bool_or", "or"},
	{"any", "or"},
	{"array", "array_agg"},
	{"show_original", "array_agg"},
	{"show_unique", "array_unique"},
	{"concatenate", "array_join"},
	{"string_agg", "array_join"},
};

const Aggregator *
aggregator_find(const char *name)
{
	for (int i = 0; i < lengthof(aliases); i++)
	{
		if (pg_strcasecmp(name, aliases[i].alias) == 0)
		{
			name = aliases[i].name;
			break;
		}
	}
	for (int i = 0; i < lengthof(aggregators); i++)
	{
		if (pg_strcasecmp(name, aggregators[i].name) == 0)
			return &aggregators[i];
	}
	return NULL;
}

char *
aggregator_names(void)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < lengthof(aggregators); i++)
		appendStringInfo(&buf, "%s%s", i > 0 ? ", " : "", aggregators[i].name);
	return buf.data;
}

const Aggregator *
aggregator_value(void)
{
	return &value_aggregator;
}

const Aggregator *
aggregator_list(bool of_arrays)
{
	return of_arrays ? &flat_list_aggregator : &list_aggregator;
}

const Aggregator *
aggregator_over_arrays(const Aggregator *aggregator)
{
	if (strcmp(aggregator->name, "array_agg") == 0)
		return &flat_array_agg;
	if (strcmp(aggregator->name, "array_unique") == 0)
		return &flat_array_unique;
	if (strcmp(aggregator->name, "array_compact") == 0)
		return &flat_array_compact;
	return aggregator;
}

const Aggregator *
aggregator_set(bool ordered)
{
	return ordered ? &ordered_set_aggregator : &set_aggregator;
}

const Aggregator *
aggregator_only_key(void)
{
	return &only_key_aggregator;
}

char *
aggregator_call(const Aggregator *aggregator, const char *value,
				const char *link_order, bool order_matters,
				const char *separator)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (const char *c = aggregator->call; *c; c++)
	{
		if (*c != '%')
			appendStringInfoChar(&buf, *c);
		else if (*++c == 'v')
			appendStringInfoString(&buf, value);
		else if (*c == 's')
			appendStringInfoString(&buf, quote_literal_cstr(separator ? separator : ", "));
		else if (link_order && (*c == 'o' || order_matters))
			appendStringInfo(&buf, " ORDER BY %s", link_order);
	}
	return buf.data;
}

/* Repetitions are found by comparing. */
static void
check_comparable(const Aggregator *aggregator, Oid value_type)
{
	Oid			element = get_base_element_type(value_type);
	TypeCacheEntry *cache = lookup_type_cache(OidIsValid(element) ? element : value_type,
											  TYPECACHE_CMP_PROC);

	if (strcmp(aggregator->name, "array_unique") == 0 && !OidIsValid(cache->cmp_proc))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("rollup function \"%s\" does not take type %s",
						aggregator->name, format_type_be(value_type)),
				 errdetail("The type has no comparison function.")));
}

void
aggregator_type(const Aggregator *aggregator, Oid value_type,
				int32 value_typmod, Oid value_collation,
				Oid *type, int32 *typmod, Oid *collation)
{
	ParseState *pstate = make_parsestate(NULL);
	char	   *value = psprintf("(NULL::%s)", format_type_extended(value_type, value_typmod,
																	FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY));
	char	   *call = aggregator_call(aggregator, value, NULL, false, NULL);
	List	   *parsed = raw_parser(call, RAW_PARSE_PLPGSQL_EXPR);
	SelectStmt *select = castNode(SelectStmt, linitial_node(RawStmt, parsed)->stmt);
	Node	   *expr;

	check_comparable(aggregator, value_type);
	expr = transformExpr(pstate, linitial_node(ResTarget, select->targetList)->val,
						 EXPR_KIND_SELECT_TARGET);
	assign_expr_collations(pstate, expr);
	*type = exprType(expr);
	*typmod = aggregator->algebra == ALGEBRA_VALUE ? value_typmod : exprTypmod(expr);
	*collation = OidIsValid(value_collation) && OidIsValid(exprCollation(expr)) ?
		value_collation : exprCollation(expr);
	free_parsestate(pstate);
}
