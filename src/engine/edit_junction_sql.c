/*
 * edit_junction_sql.c: the text of the statements that write junction tables.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "engine/edit_junction.h"
#include "engine/query.h"
#include "graph/build.h"

int
place_in_key(KeyReader *key, AttrNumber att)
{
	for (int i = 0; i < key->shape->n; i++)
	{
		if (key->att[i] == att)
			return i;
	}
	return -1;
}

/* u.a1, u.a2, …, or u.k1, … */
static char **
names_in_u(const char *prefix, KeyShape *shape)
{
	char	  **names = palloc(sizeof(char *) * shape->n);

	for (int i = 0; i < shape->n; i++)
		names[i] = sql_parameter(shape, i, psprintf("u.%s%d", prefix, i + 1));
	return names;
}

/* ROWS FROM (unnest($1), unnest($2)) u(a1, k1); of a single pair (SELECT $1, $2) u(a1, k1) */
static void
append_pairs(StringInfo buf, StatementForm *form)
{
	int			nanchor = form->field->path->steps[0].far_key.shape->n;
	int			nkey = form->field->path->steps[1].near_key.shape->n;

	appendStringInfoString(buf, form->single ? "(SELECT " : "ROWS FROM (");
	for (int i = 0; i < nanchor + nkey + form->positions; i++)
		appendStringInfo(buf, form->single ? "%s$%d" : "%spg_catalog.unnest($%d)",
						 i > 0 ? ", " : "", i + 1);
	appendStringInfoString(buf, ") u(");
	for (int i = 0; i < nanchor; i++)
		appendStringInfo(buf, "%sa%d", i > 0 ? ", " : "", i + 1);
	for (int i = 0; i < nkey; i++)
		appendStringInfo(buf, ", k%d", i + 1);
	appendStringInfoString(buf, form->positions ? ", p)" : ")");
}

/* j.source = u.a1 AND j.target = u.k1 */
static void
append_pair_condition(StringInfo buf, Field *field)
{
	Step	   *first = &field->path->steps[0];
	Step	   *second = &field->path->steps[1];

	append_equal_keys(buf, first->far_key.shape, sql_columns(first->far, &first->far_key, "j"),
					  names_in_u("a", first->far_key.shape));
	appendStringInfoString(buf, " AND ");
	append_equal_keys(buf, second->near_key.shape, sql_columns(second->near, &second->near_key, "j"),
					  names_in_u("k", second->near_key.shape));
}

static const char *
junction_column(Field *field, AttrNumber att)
{
	return quote_identifier(get_attname(field->path->steps[0].far->relid, att, false));
}

/* DELETE FROM junction j USING ROWS FROM (unnest($1), unnest($2)) u(a1, k1) WHERE … */
static char *
unlink_sql(StatementForm *form)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "DELETE FROM %s j USING ", form->field->path->steps[0].far->name);
	append_pairs(&sql, form);
	appendStringInfoString(&sql, " WHERE ");
	append_pair_condition(&sql, form->field);
	return sql.data;
}

/* The columns of the pair, each once, and what they get. */
static void
append_insert_columns(StringInfo columns, StringInfo values, Field *field)
{
	KeyReader  *anchor = &field->path->steps[0].far_key;
	KeyReader  *key = &field->path->steps[1].near_key;
	char	  **anchor_names = names_in_u("a", anchor->shape);
	char	  **key_names = names_in_u("k", key->shape);

	for (int i = 0; i < anchor->shape->n; i++)
	{
		appendStringInfo(columns, "%s%s", i > 0 ? ", " : "", junction_column(field, anchor->att[i]));
		appendStringInfo(values, "%s%s", i > 0 ? ", " : "", anchor_names[i]);
	}
	for (int i = 0; i < key->shape->n; i++)
	{
		if (place_in_key(anchor, key->att[i]) >= 0)
			continue;
		appendStringInfo(columns, ", %s", junction_column(field, key->att[i]));
		appendStringInfo(values, ", %s", key_names[i]);
	}
}

/* Is there a unique index over the columns of the pair, no more and no less? */
static bool
pair_is_unique(Field *field)
{
	KeyReader  *anchor = &field->path->steps[0].far_key;
	KeyReader  *key = &field->path->steps[1].near_key;
	AttrNumber	atts[2 * INDEX_MAX_KEYS];
	int			n = 0;

	for (int i = 0; i < anchor->shape->n; i++)
		atts[n++] = anchor->att[i];
	for (int i = 0; i < key->shape->n; i++)
	{
		if (place_in_key(anchor, key->att[i]) < 0)
			atts[n++] = key->att[i];
	}
	return OidIsValid(find_btree_index(field->path->steps[0].far->relid, n, atts, true));
}

/*
 * INSERT INTO junction (source, target) SELECT u.a1, u.k1
 *	FROM ROWS FROM (unnest($1), unnest($2)) u(a1, k1) ORDER BY 1, 2
 *	ON CONFLICT (source, target) DO NOTHING
 *
 * with the position, where the pairs have one; and where nothing keeps a pair
 * from being there twice, WHERE NOT EXISTS (SELECT FROM junction j WHERE …).
 */
static char *
link_sql(StatementForm *form)
{
	Field	   *field = form->field;
	bool		unique = pair_is_unique(field);
	StringInfoData columns;
	StringInfoData values;
	StringInfoData sql;

	initStringInfo(&columns);
	initStringInfo(&values);
	append_insert_columns(&columns, &values, field);
	initStringInfo(&sql);
	appendStringInfo(&sql, "INSERT INTO %s (%s", field->path->steps[0].far->name, columns.data);
	if (form->positions)
		appendStringInfo(&sql, ", %s", junction_column(field, field->path->position));
	appendStringInfo(&sql, ") SELECT %s%s FROM ", values.data, form->positions ? ", u.p" : "");
	append_pairs(&sql, form);
	if (!unique)
	{
		appendStringInfo(&sql, " WHERE NOT EXISTS (SELECT FROM %s j WHERE ",
						 field->path->steps[0].far->name);
		append_pair_condition(&sql, field);
		appendStringInfoChar(&sql, ')');
	}
	if (!form->single)
		appendStringInfo(&sql, " ORDER BY %s", values.data);
	if (unique)
		appendStringInfo(&sql, " ON CONFLICT (%s) DO NOTHING", columns.data);
	return sql.data;
}

/* UPDATE junction j SET position = u.p FROM ROWS FROM (…) u(a1, k1, p) WHERE … */
static char *
move_sql(StatementForm *form)
{
	Field	   *field = form->field;
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "UPDATE %s j SET %s = u.p FROM ", field->path->steps[0].far->name,
					 junction_column(field, field->path->position));
	append_pairs(&sql, form);
	appendStringInfoString(&sql, " WHERE ");
	append_pair_condition(&sql, field);
	return sql.data;
}

char *
junction_sql(JunctionStatement statement, StatementForm *form)
{
	switch (statement)
	{
		case UNLINK_PAIRS:
			return unlink_sql(form);
		case LINK_PAIRS:
			return link_sql(form);
		case MOVE_PAIRS:
			return move_sql(form);
	}
	pg_unreachable();
}
