/*
 * validate_key.c: would a record be refused by NOT NULL, a foreign key or a
 * unique key?
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_index.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/relcache.h"
#include "utils/syscache.h"

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

/* Those that were given by a link column have been looked for already. */
static bool
is_given_by_link(Candidate *candidate, int n, const AttrNumber *atts)
{
	for (int i = 0; i < n; i++)
	{
		if (candidate->shown_as[atts[i] - 1])
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
		report_problem(candidate, column_name(candidate, key->conkey[0]),
					   value_text(candidate, key->conkey[0]),
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

/* "h.column = $n"; false: nothing says when two of its values are equal */
static bool
append_equal(StringInfo sql, Candidate *candidate, AttrNumber att, int n)
{
	Oid			type = TupleDescAttr(candidate->desc, att - 1)->atttypid;
	Oid			equal = find_equality(type, type);

	if (OidIsValid(equal))
		generate_operator_clause(sql, psprintf("h.%s", quote_identifier(column_name(candidate, att))),
								 type, equal, psprintf("$%d", n), type);
	return OidIsValid(equal);
}

/* SELECT 1 FROM table h WHERE h.a = $1 AND … AND NOT (h.key = $2 AND …) */
static void
validate_unique_key(Candidate *candidate, int n, const AttrNumber *atts, Bitmapset *primary)
{
	Oid			types[2 * INDEX_MAX_KEYS];
	Datum		values[2 * INDEX_MAX_KEYS];
	StringInfoData sql;
	int			count = 0;
	int			member = -1;

	initStringInfo(&sql);
	appendStringInfo(&sql, "SELECT 1 FROM %s h WHERE ", table_text(RelationGetRelid(candidate->rel)));
	parameters(candidate, n, atts, types, values);
	while (count < n)
	{
		appendStringInfoString(&sql, count > 0 ? " AND " : "");
		if (!append_equal(&sql, candidate, atts[count], count + 1))
			return;
		count++;
	}
	while (candidate->update && (member = bms_next_member(primary, member)) >= 0)
	{
		AttrNumber	att = member + FirstLowInvalidHeapAttributeNumber;

		appendStringInfoString(&sql, count == n ? " AND NOT (" : " AND ");
		types[count] = TupleDescAttr(candidate->desc, att - 1)->atttypid;
		values[count++] = candidate->old_values[att - 1];
		(void) append_equal(&sql, candidate, att, count);
	}
	appendStringInfoString(&sql, count > n ? ") LIMIT 1" : " LIMIT 1");
	if (rows_of_query(RelationGetRelid(candidate->rel), sql.data, count, types, values) != NIL)
		report_problem(candidate, column_name(candidate, atts[0]), value_text(candidate, atts[0]),
					   "taken: another row has this value in a unique key");
}

void
validate_unique_keys(Candidate *candidate)
{
	Bitmapset  *primary = RelationGetIndexAttrBitmap(candidate->rel, INDEX_ATTR_BITMAP_PRIMARY_KEY);
	ListCell   *cell;

	foreach(cell, RelationGetIndexList(candidate->rel))
	{
		HeapTuple	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(lfirst_oid(cell)));
		Form_pg_index index;

		if (!HeapTupleIsValid(tuple))
			continue;
		index = (Form_pg_index) GETSTRUCT(tuple);
		if (index->indisunique && index->indisvalid &&
			heap_attisnull(tuple, Anum_pg_index_indpred, NULL) &&
			heap_attisnull(tuple, Anum_pg_index_indexprs, NULL) &&
			is_in_question(candidate, index->indnkeyatts, index->indkey.values) &&
			!is_given_by_link(candidate, index->indnkeyatts, index->indkey.values))
			validate_unique_key(candidate, index->indnkeyatts, index->indkey.values, primary);
		ReleaseSysCache(tuple);
	}
}
