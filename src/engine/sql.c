/*
 * sql.c: the one generator of the SQL that defines a field's value.
 *
 * Recomputation, first filling and audit all use it, so that what maintains a
 * value and what checks it cannot mean different things.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "engine/plan.h"
#include "engine/query.h"
#include "graph/aggregator.h"
#include "graph/expression.h"

char *
sql_column(Table *table, AttrNumber att, const char *alias)
{
	return psprintf("%s.%s", alias,
					quote_identifier(get_attname(table->relid, att, false)));
}

static char *
type_name(Field *field)
{
	return format_type_extended(field->type, field->typmod,
								FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY);
}

/*
 * A value as the field's column has it.  The keys of an array are brought into
 * their order by the type that orders them.
 */
static char *
cast_sql(Field *field, const char *value)
{
	char	   *modifier;

	if (!field->editable || !OidIsValid(field->key_type))
		return psprintf("(%s)::%s", value, type_name(field));
	modifier = DatumGetCString(DirectFunctionCall1(link_typmod_out,
												   Int32GetDatum(field->link_typmod)));
	return psprintf("((%s)::interlink.link%s)::%s%s", value, modifier,
					field->path->kind == LINK_OTHER ? "pg_catalog.text[]::" : "", type_name(field));
}

char **
sql_columns(Table *table, KeyReader *key, const char *alias)
{
	char	  **columns = palloc(sizeof(char *) * key->shape->n);

	for (int i = 0; i < key->shape->n; i++)
		columns[i] = sql_column(table, key->att[i], alias);
	return columns;
}

void
append_equal_keys(StringInfo buf, KeyShape *shape, char **left, char **right)
{
	for (int i = 0; i < shape->n; i++)
		appendStringInfo(buf, "%s%s %s %s", i > 0 ? " AND " : "", left[i],
						 shape->operator[i], right[i]);
}

/* t<p>.<column> for the far key of step p (counted from 1). */
static void
append_join_condition(StringInfo buf, KeyReader *key, Table *table, int p, char **other)
{
	append_equal_keys(buf, key->shape, sql_columns(table, key, psprintf("t%d", p)), other);
}

/* FROM far t1 JOIN far t2 ON …, as far as needed. */
static void
append_joins(StringInfo buf, Path *path, int positions)
{
	for (int p = 1; p <= positions; p++)
	{
		Step	   *step = &path->steps[p - 1];

		appendStringInfo(buf, p == 1 ? " FROM %s t%d" : " JOIN %s t%d ON ",
						 step->far->name, p);
		if (p > 1)
			append_join_condition(buf, &step->far_key, step->far, p,
								  sql_columns(step->near, &step->near_key, psprintf("t%d", p - 1)));
	}
}

/* Of a junction that may have rows without a key: those that have one. */
static void
append_whole_keys(StringInfo buf, Path *path, int positions, const char *lead)
{
	Step	   *next = positions < path->nsteps ? &path->steps[positions] : NULL;

	if (next == NULL || !next->optional)
		return;
	for (int i = 0; i < next->near_key.shape->n; i++)
		appendStringInfo(buf, " %s %s IS DISTINCT FROM NULL", i > 0 ? "AND" : lead,
						 sql_column(next->near, next->near_key.att[i], psprintf("t%d", positions)));
}

/*
 * FROM (SELECT DISTINCT t1.key AS k1 FROM far t1 WHERE t1.key = <anchor>) d JOIN far t2 ON t2.key = d.k1
 *
 * EXISTS would say the same, but leave it to statistics at which end to begin.
 */
static void
append_distinct_from(StringInfo buf, Path *path, char **anchor)
{
	int			n = path->nsteps;
	Step	   *last = &path->steps[n - 1];
	char	  **near = sql_columns(last->near, &last->near_key, psprintf("t%d", n - 1));
	char	  **keys = palloc(sizeof(char *) * last->near_key.shape->n);

	appendStringInfoString(buf, " FROM (SELECT DISTINCT ");
	for (int i = 0; i < last->near_key.shape->n; i++)
	{
		appendStringInfo(buf, "%s%s AS k%d", i > 0 ? ", " : "", near[i], i + 1);
		keys[i] = psprintf("d.k%d", i + 1);
	}
	append_joins(buf, path, n - 1);
	appendStringInfoString(buf, " WHERE ");
	append_join_condition(buf, &path->steps[0].far_key, path->steps[0].far, 1, anchor);
	appendStringInfo(buf, ") d JOIN %s t%d ON ", last->far->name, n);
	append_join_condition(buf, &last->far_key, last->far, n, keys);
}

/* FROM far t1 JOIN far t2 ON … WHERE t1.key = <anchor>. */
static void
append_from(StringInfo buf, Path *path, int positions, char **anchor)
{
	if (path->distinct)
	{
		append_distinct_from(buf, path, anchor);
		return;
	}
	append_joins(buf, path, positions);
	appendStringInfoString(buf, " WHERE ");
	append_join_condition(buf, &path->steps[0].far_key, path->steps[0].far, 1, anchor);
	append_whole_keys(buf, path, positions, "AND");
}

/*
 * Keys as link columns have them: text bytewise, other types and keys of several
 * columns by their text.  Over a relation the columns one after the other.
 */
static void
append_key_order(StringInfo buf, Path *path, Table *table, KeyReader *key, int p)
{
	char	  **columns = sql_columns(table, key, psprintf("t%d", p));

	if (path->kind == LINK_OTHER)
	{
		appendStringInfo(buf, "(%s) COLLATE pg_catalog.\"C\"", key_text_sql(key->shape, columns));
		return;
	}
	for (int i = 0; i < key->shape->n; i++)
		appendStringInfo(buf, "%s%s%s", i > 0 ? ", " : "", columns[i],
						 OidIsValid(get_typcollation(get_atttype(table->relid, key->att[i]))) ?
						 " COLLATE pg_catalog.\"C\"" : "");
}

/* The keys in a link column are of no domain: no cast leads from an array of one. */
static char *
value_sql(Field *field)
{
	Path	   *path = field->path;
	Table	   *table;
	char	   *value;

	if (field->expr == NULL)
		return NULL;
	table = path->steps[field->value_position - 1].far;
	value = expression_sql(table->relid, psprintf("t%d", field->value_position),
						   path_junction(path), "t1", field->expr);
	return field->editable && exprType(field->expr) != field->value_type ?
		psprintf("(%s)::%s", value, format_type_be_qualified(field->value_type)) : value;
}

/*
 * Of several rows of a junction that link the same two: by their values, and
 * those that are equal and look different by how they look.
 */
static void
append_value_order(StringInfo buf, Field *field)
{
	bool		of_junction = field->junction_columns || (field->value_position == 1 && field->expr);
	char	   *value;

	if (!OidIsValid(path_junction(field->path)) || !field->path->repeats || field->editable ||
		!of_junction)
		return;
	value = value_sql(field);
	if (OidIsValid(lookup_type_cache(field->value_type, TYPECACHE_CMP_PROC)->cmp_proc))
		appendStringInfo(buf, ", (%s)%s", value,
						 OidIsValid(exprCollation(field->expr)) ? " COLLATE pg_catalog.\"C\"" : "");
	appendStringInfo(buf, ", (%s)::pg_catalog.text COLLATE pg_catalog.\"C\"", value);
}

/*
 * Position, then key of the linked rows.  Where the values stand in the junction,
 * so do the keys.
 */
static char *
link_order(Field *field)
{
	Path	   *path = field->path;
	int			p = Max(field->value_position, 1);
	bool		at_end = p == path->nsteps;
	StringInfoData buf;

	initStringInfo(&buf);
	if (path->position)
		appendStringInfo(&buf, "%s, ", sql_column(path->steps[0].far, path->position, "t1"));
	append_key_order(&buf, path, path->steps[p - 1].far,
					 at_end ? path->shown : &path->steps[p].near_key, p);
	append_value_order(&buf, field);
	return buf.data;
}

static bool
order_matters(Field *field)
{
	return field->value_type == FLOAT4OID || field->value_type == FLOAT8OID;
}

static char *
call_sql(Field *field)
{
	char	   *call = aggregator_call(field->aggregator, value_sql(field),
									   link_order(field), order_matters(field),
									   field->definition->separator);

	if (field->aggregator->empty)
		call = psprintf("COALESCE(%s, %s)", call,
						quote_literal_cstr(field->aggregator->empty));
	return cast_sql(field, call);
}

static void
append_single_value(StringInfo buf, Field *field, char **anchor)
{
	if (field->local)
	{
		char	   *key = field->path->kind == LINK_OTHER ?
		key_text_sql(field->group->anchor.shape, anchor) :
		psprintf("(%s)::%s", anchor[0], key_type_sql(field->group->anchor.shape, 0));

		appendStringInfo(buf, "CASE WHEN %s IS NULL THEN NULL ELSE %s END", key,
						 cast_sql(field, psprintf("ARRAY[%s]", key)));
		return;
	}
	appendStringInfo(buf, "(SELECT %s", field->editable ?
					 cast_sql(field, psprintf("ARRAY[%s]", value_sql(field))) : value_sql(field));
	append_from(buf, field->path, field->path->nsteps, anchor);
	if (field->path->may_branch)
		appendStringInfo(buf, " ORDER BY %s LIMIT 1", link_order(field));
	appendStringInfoChar(buf, ')');
}

void
append_field_query(StringInfo buf, List *fields, char **anchor)
{
	Path	   *path = NULL;
	int			positions = 0;
	int			n = 0;
	ListCell   *cell;

	appendStringInfoString(buf, "SELECT ");
	foreach(cell, fields)
	{
		Field	   *field = lfirst(cell);

		if (n++ > 0)
			appendStringInfoString(buf, ", ");
		if (field->algebra == ALGEBRA_VALUE)
			append_single_value(buf, field, anchor);
		else
		{
			path = field->path;
			positions = Max(positions, field->needed_position);
			appendStringInfoString(buf, call_sql(field));
		}
		appendStringInfo(buf, " AS c%d", n);
	}
	if (path)
		append_from(buf, path, positions, anchor);
}

/* t1.key_1, t1.key_2 …: what the first step leads to, with names or without. */
static void
append_group_key(StringInfo buf, Step *step, const char *names)
{
	for (int i = 0; i < step->far_key.shape->n; i++)
	{
		appendStringInfo(buf, "%s%s", i > 0 ? ", " : "",
						 sql_column(step->far, step->far_key.att[i], "t1"));
		if (names)
			appendStringInfo(buf, " AS %s%d", names, i + 1);
	}
}

void
append_grouped_query(StringInfo buf, List *fields)
{
	Path	   *path = ((Field *) linitial(fields))->path;
	int			positions = 0;
	ListCell   *cell;

	appendStringInfoString(buf, "SELECT ");
	append_group_key(buf, &path->steps[0], "k");
	foreach(cell, fields)
	{
		Field	   *field = lfirst(cell);

		positions = Max(positions, field->needed_position);
		appendStringInfo(buf, ", %s AS c%d", call_sql(field), foreach_current_index(cell) + 1);
	}
	append_joins(buf, path, positions);
	append_whole_keys(buf, path, positions, "WHERE");
	appendStringInfoString(buf, " GROUP BY ");
	append_group_key(buf, &path->steps[0], NULL);
}

char *
sql_parameter(KeyShape *shape, int i, const char *name)
{
	return plan_key_is_text(shape, i) ? psprintf("(%s)::%s", name, key_type_sql(shape, i)) :
		pstrdup(name);
}

char **
key_parameters(KeyShape *shape, const char *alias)
{
	char	  **result = palloc(sizeof(char *) * shape->n);

	for (int i = 0; i < shape->n; i++)
		result[i] = sql_parameter(shape, i, psprintf("%s.k%d", alias, i + 1));
	return result;
}

char **
anchor_parameters(FieldGroup *group)
{
	return key_parameters(group->anchor.shape, "a");
}

char **
anchor_columns(FieldGroup *group, const char *alias)
{
	return sql_columns(group->holder, &group->anchor, alias);
}
