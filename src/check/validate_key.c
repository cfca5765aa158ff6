/*
 * validate_key.c: would a record be refused by NOT NULL or a foreign key?
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/relcache.h"

#include "check/validate.h"
#include "define/define.h"
#include "relate/relate.h"

/* Does the column belong to this link alone? */
static bool
is_free_in(Field *field, AttrNumber att)
{
	KeyReader  *anchor = &field->group->anchor;

	for (int i = 0; i < anchor->shape->n; i++)
	{
		if (anchor->att[i] == att)
			return !bms_is_member(att, field->path->fixed);
	}
	return false;
}

/* The link column beside a foreign key, by which it is better known. */
static const char *
name_for_report(Candidate *candidate, AttrNumber att)
{
	ListCell   *cell;

	if (candidate->shown_as[att - 1])
		return candidate->shown_as[att - 1];
	foreach(cell, candidate->table && !candidate->given[att - 1] ? candidate->table->fields : NIL)
	{
		Field	   *field = lfirst(cell);

		if (field->beside && is_free_in(field, att))
			return field->definition->name;
	}
	return column_name(candidate, att);
}

/* A value that nobody has given: one will be made, or NULL is in order. */
static bool
gets_value(Candidate *candidate, Form_pg_attribute att)
{
	return att->atthasdef || att->attidentity || att->attgenerated || candidate->update;
}

void
validate_required(Candidate *candidate)
{
	for (int i = 0; i < candidate->desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(candidate->desc, i);
		Field	   *field = graph_field_by_name(candidate->graph, RelationGetRelid(candidate->rel),
												NameStr(att->attname));

		if (att->attisdropped || !att->attnotnull || candidate->wrong[i] || field ||
			(candidate->given[i] ? !candidate->isnull[i] : gets_value(candidate, att)))
			continue;
		report_problem(candidate, name_for_report(candidate, att->attnum), NULL,
					   "required: it must not be empty");
	}
}

/* True: all of them have a value, and one at least is new. */
static bool
is_in_question(Candidate *candidate, int n, const AttrNumber *atts)
{
	bool		given = false;

	for (int i = 0; i < n; i++)
	{
		if (!column_is_known(candidate, atts[i]) || candidate->isnull[atts[i] - 1])
			return false;
		given |= candidate->given[atts[i] - 1];
	}
	return given;
}

static bool
is_key_of(Field *field, int n, const AttrNumber *atts)
{
	KeyReader  *anchor = &field->group->anchor;

	for (int i = 0; i < n; i++)
	{
		bool		found = false;

		for (int j = 0; j < anchor->shape->n && !found; j++)
			found = anchor->att[j] == atts[i];
		if (!found)
			return false;
	}
	return true;
}

/* Those that were given by the link column of this key have been looked for already. */
static bool
is_given_by_link(Candidate *candidate, int n, const AttrNumber *atts)
{
	for (int i = 0; i < n; i++)
	{
		const char *name = candidate->shown_as[atts[i] - 1];

		if (name && is_key_of(graph_field_by_name(candidate->graph,
												  RelationGetRelid(candidate->rel), name), n, atts))
			return true;
	}
	return false;
}

static void
parameters(Candidate *candidate, int n, const AttrNumber *atts, Oid *types, Datum *values)
{
	for (int i = 0; i < n; i++)
	{
		types[i] = TupleDescAttr(candidate->desc, atts[i] - 1)->atttypid;
		values[i] = candidate->values[atts[i] - 1];
	}
}

/* Of a key: the columns with commas between them. */
char *
key_columns_text(Candidate *candidate, int n, const AttrNumber *atts)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < n; i++)
		appendStringInfo(&buf, "%s%s", i > 0 ? ", " : "", column_name(candidate, atts[i]));
	return buf.data;
}

/* SELECT ROW($1, …)::text; one value as it is. */
char *
key_values_text(Candidate *candidate, int n, const AttrNumber *atts)
{
	Oid		   *types = palloc(sizeof(Oid) * n);
	Datum	   *values = palloc(sizeof(Datum) * n);
	StringInfoData sql;

	if (n == 1)
		return value_text(candidate, atts[0]);
	parameters(candidate, n, atts, types, values);
	initStringInfo(&sql);
	for (int i = 0; i < n; i++)
		appendStringInfo(&sql, "%s%s", i > 0 ? ", " : "SELECT ROW(",
						 candidate->isnull[atts[i] - 1] ? "NULL" : psprintf("$%d", i + 1));
	appendStringInfoString(&sql, ")::text");
	return ((char **) linitial(rows_of_query(RelationGetRelid(candidate->rel), sql.data,
											 n, types, values)))[0];
}

/* SELECT 1 FROM referenced t WHERE t.a = $1 AND … */
static void
validate_foreign_key(Candidate *candidate, ForeignKeyCacheInfo *key)
{
	Oid			types[INDEX_MAX_KEYS];
	Datum		values[INDEX_MAX_KEYS];
	StringInfoData sql;

	if (!is_in_question(candidate, key->nkeys, key->conkey) ||
		is_given_by_link(candidate, key->nkeys, key->conkey))
		return;
	parameters(candidate, key->nkeys, key->conkey, types, values);
	initStringInfo(&sql);
	appendStringInfo(&sql, "SELECT 1 FROM %s t WHERE ", table_text(key->confrelid));
	for (int i = 0; i < key->nkeys; i++)
	{
		if (i > 0)
			appendStringInfoString(&sql, " AND ");
		generate_operator_clause(&sql,
								 psprintf("t.%s", quote_identifier(get_attname(key->confrelid, key->confkey[i], false))),
								 get_atttype(key->confrelid, key->confkey[i]), key->conpfeqop[i],
								 psprintf("$%d", i + 1), types[i]);
	}
	appendStringInfoString(&sql, " LIMIT 1");
	if (rows_of_query(key->confrelid, sql.data, key->nkeys, types, values) == NIL)
		report_problem(candidate, key_columns_text(candidate, key->nkeys, key->conkey),
					   key_values_text(candidate, key->nkeys, key->conkey),
					   "missing record: there is no such row in %s", table_label(key->confrelid));
}

void
validate_foreign_keys(Candidate *candidate)
{
	List	   *keys = copyObject(RelationGetFKeyList(candidate->rel));
	ListCell   *cell;

	foreach(cell, keys)
		validate_foreign_key(candidate, lfirst(cell));
}
