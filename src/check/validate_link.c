/*
 * validate_link.c: would the link columns of a record be refused?
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

#include "check/validate.h"
#include "define/define.h"
#include "engine/capture.h"
#include "engine/key.h"
#include "engine/query.h"
#include "engine/value.h"
#include "graph/settings.h"
#include "relate/relate.h"
#include "type/link.h"

/* Values of one column of the keys as texts; column -1: whole keys, as the link has them. */
static Datum
texts_of_keys(LinkInQuestion *asked, int column)
{
	Datum	   *texts = palloc(sizeof(Datum) * Max(asked->nkeys, 1));
	KeyShape   *shape = asked->shown->shape;
	Oid			output;
	bool		varlena;

	for (int i = 0; i < asked->nkeys; i++)
	{
		if (column < 0)
			texts[i] = CStringGetTextDatum(link_key_label(asked->field, asked->keys[i]));
		else
		{
			getTypeOutputInfo(shape->type[column], &output, &varlena);
			texts[i] = CStringGetTextDatum(OidOutputFunctionCall(output, asked->keys[i][column]));
		}
	}
	return PointerGetDatum(construct_array(texts, asked->nkeys, TEXTOID, -1, false, TYPALIGN_INT));
}

/* "ROWS FROM (unnest($1), unnest($2), …) WITH ORDINALITY AS k(k, k1, …, n)" */
static void
append_keys(StringInfo sql, LinkInQuestion *asked)
{
	int			n = asked->shown->shape->n;

	appendStringInfoString(sql, "ROWS FROM (pg_catalog.unnest($1)");
	for (int i = 0; i < n; i++)
		appendStringInfo(sql, ", pg_catalog.unnest($%d)", i + 2);
	appendStringInfoString(sql, ") WITH ORDINALITY AS k(k");
	for (int i = 0; i < n; i++)
		appendStringInfo(sql, ", k%d", i + 1);
	appendStringInfoString(sql, ", n)");
}

/* "t.column = k.k1::type AND …" */
static void
append_match(StringInfo sql, Table *table, int n, const AttrNumber *atts, const char *alias)
{
	for (int i = 0; i < n; i++)
	{
		Oid			type = getBaseType(get_atttype(table->relid, atts[i]));

		if (i > 0)
			appendStringInfoString(sql, " AND ");
		generate_operator_clause(sql, sql_column(table, atts[i], alias),
								 get_atttype(table->relid, atts[i]), find_equality(type, type),
								 psprintf("k.k%d::%s", i + 1, type_text(type, -1, InvalidOid)), type);
	}
}

static List *
ask(LinkInQuestion *asked, Table *table, const char *sql)
{
	Oid			types[INDEX_MAX_KEYS + 1];
	Datum		values[INDEX_MAX_KEYS + 1];
	int			n = asked->shown->shape->n;
	int			level = settings_enter();

	for (int i = 0; i <= n; i++)
	{
		types[i] = TEXTARRAYOID;
		values[i] = texts_of_keys(asked, i - 1);
	}
	AtEOXact_GUC(true, level);
	return rows_of_query(table->relid, sql, n + 1, types, values);
}

/*
 * SELECT k.k FROM … k WHERE NOT EXISTS (SELECT FROM far t WHERE t.key = k.k1) ORDER BY k.n
 */
static void
find_missing(LinkInQuestion *asked)
{
	StringInfoData sql;
	ListCell   *cell;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT k.k FROM ");
	append_keys(&sql, asked);
	appendStringInfo(&sql, " WHERE NOT EXISTS (SELECT FROM %s t WHERE ", asked->far->name);
	append_match(&sql, asked->far, asked->shown->shape->n, asked->shown->att, "t");
	appendStringInfoString(&sql, ") ORDER BY k.n");
	foreach(cell, ask(asked, asked->far, sql.data))
		report_problem(asked->candidate, asked->field->definition->name, ((char **) lfirst(cell))[0],
					   "missing record: there is no such row in table %s", asked->far->label);
}

/* The primary key as one text, as audit() shows it. */
static void
append_key_text(StringInfo sql, Table *table, const char *alias)
{
	if (table->nkey == 1)
		appendStringInfo(sql, "(%s)::text", sql_column(table, table->key[0], alias));
	else
	{
		appendStringInfoString(sql, "ROW(");
		for (int i = 0; i < table->nkey; i++)
			appendStringInfo(sql, "%s%s", i > 0 ? ", " : "", sql_column(table, table->key[i], alias));
		appendStringInfoString(sql, ")::text");
	}
}

/* " AND NOT (alias.a = 'x' AND …)" of the row that would be updated */
static void
append_not_this_row(StringInfo sql, LinkInQuestion *asked, Table *table,
					int n, const AttrNumber *atts, const AttrNumber *own, const char *alias)
{
	Candidate  *candidate = asked->candidate;

	if (!candidate->update)
		return;
	appendStringInfoString(sql, " AND NOT (");
	for (int i = 0; i < n; i++)
	{
		Oid			type = get_atttype(table->relid, atts[i]);
		Oid			own_type = TupleDescAttr(candidate->desc, own[i] - 1)->atttypid;
		Oid			output;
		bool		varlena;

		if (i > 0)
			appendStringInfoString(sql, " AND ");
		getTypeOutputInfo(own_type, &output, &varlena);
		generate_operator_clause(sql, sql_column(table, atts[i], alias), type,
								 find_equality(type, own_type),
								 psprintf("%s::%s",
										  quote_literal_cstr(OidOutputFunctionCall(output, candidate->old_values[own[i] - 1])),
										  type_text(own_type, -1, InvalidOid)), own_type);
	}
	appendStringInfoChar(sql, ')');
}

/* The rows with the foreign key are those of the far table: one each. */
static void
find_taken_far(LinkInQuestion *asked)
{
	KeyReader  *key = &asked->field->path->steps[0].far_key;
	KeyReader  *near = &asked->field->path->steps[0].near_key;
	StringInfoData sql;
	ListCell   *cell;

	initStringInfo(&sql);
	appendStringInfo(&sql, "SELECT k.k, %s FROM ",
					 key_text_sql(key->shape, sql_columns(asked->far, key, "t")));
	append_keys(&sql, asked);
	appendStringInfo(&sql, " JOIN %s t ON ", asked->far->name);
	append_match(&sql, asked->far, asked->shown->shape->n, asked->shown->att, "t");
	appendStringInfoString(&sql, " WHERE true");
	for (int i = 0; i < key->shape->n; i++)
		appendStringInfo(&sql, " AND %s IS DISTINCT FROM NULL", sql_column(asked->far, key->att[i], "t"));
	append_not_this_row(&sql, asked, asked->far, key->shape->n, key->att, near->att, "t");
	appendStringInfoString(&sql, " ORDER BY k.n");
	foreach(cell, ask(asked, asked->far, sql.data))
		report_problem(asked->candidate, asked->field->definition->name, ((char **) lfirst(cell))[0],
					   "taken record: it is linked to %s", ((char **) lfirst(cell))[1]);
}

/* The rows with the foreign key are those of this table: one for each key. */
static void
find_taken_here(LinkInQuestion *asked)
{
	Table	   *table = asked->field->holder;
	KeyReader  *key = &asked->field->path->steps[0].near_key;
	StringInfoData sql;
	ListCell   *cell;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT k.k, ");
	append_key_text(&sql, table, "h");
	appendStringInfoString(&sql, " FROM ");
	append_keys(&sql, asked);
	appendStringInfo(&sql, " JOIN %s h ON ", table->name);
	append_match(&sql, table, key->shape->n, key->att, "h");
	appendStringInfoString(&sql, " WHERE true");
	append_not_this_row(&sql, asked, table, table->nkey, table->key, table->key, "h");
	foreach(cell, ask(asked, table, sql.data))
		report_problem(asked->candidate, asked->field->definition->name, ((char **) lfirst(cell))[0],
					   "taken record: it is linked to %s", ((char **) lfirst(cell))[1]);
}

static void
find_taken(LinkInQuestion *asked)
{
	if (strcmp(asked->link->on_taken, "move") == 0 || asked->field->path->nsteps > 1)
		return;
	if (!asked->field->beside)
		find_taken_far(asked);
	else if (asked->field->path->one_to_one)
		find_taken_here(asked);
}

/* A row that leaves a link whose foreign key is NOT NULL would be left without. */
static void
find_left_alone(LinkInQuestion *asked)
{
	Candidate  *candidate = asked->candidate;
	int			i = asked->field->attnum - 1;
	Datum	  **keys;
	int			n;

	if (!asked->link->required || asked->field->beside || asked->field->path->nsteps > 1 ||
		!candidate->update || candidate->old_isnull[i])
		return;
	n = candidate->isnull[i] ? link_column_keys(asked->field, candidate->old_values[i], &keys) :
		link_column_minus(asked->field, candidate->old_values[i], candidate->values[i], &keys);
	for (int k = 0; k < n; k++)
		report_problem(candidate, asked->field->definition->name, link_key_label(asked->field, keys[k]),
					   "required: the row would be left without a link");
}

/* Under interlink.link_writes = 'error' links are what foreign keys and junctions say. */
static bool
may_not_be_written(LinkInQuestion *asked)
{
	Candidate  *candidate = asked->candidate;
	int			i = asked->field->attnum - 1;

	if (link_writes != LINK_WRITES_ERROR)
		return false;
	if (asked->field->beside)
		return link_changes(asked) && !agrees_with_key(asked);
	return candidate->update ?
		!value_identical(asked->field, candidate->values[i], candidate->isnull[i],
						 candidate->old_values[i], candidate->old_isnull[i]) : asked->nkeys > 0;
}

/* What the foreign key would be cannot be told from a wrong link. */
static void
leave_key_open(Candidate *candidate, Field *field)
{
	KeyReader  *anchor = &field->group->anchor;

	for (int i = 0; field->beside && i < anchor->shape->n; i++)
	{
		AttrNumber	att = anchor->att[i];

		if (!candidate->given[att - 1] && !bms_is_member(att, field->path->fixed))
			candidate->wrong[att - 1] = true;
	}
}

static void
validate_link(Candidate *candidate, Field *field)
{
	LinkInQuestion asked = {candidate, field};
	int			i = field->attnum - 1;

	asked.link = graph_link(candidate->graph, field->path->link_id);
	asked.far = field->path->steps[field->path->nsteps - 1].far;
	asked.shown = field->path->shown;
	if (!candidate->isnull[i])
		asked.nkeys = link_column_keys(field, candidate->values[i], &asked.keys);
	if (field->path->to_one && asked.nkeys > 1)
	{
		report_problem(candidate, field->definition->name, NULL,
					   "too many keys: the link is to one row at most");
		leave_key_open(candidate, field);
		return;
	}
	if (field->beside)
		read_key_beside(&asked);
	if (may_not_be_written(&asked))
	{
		report_problem(candidate, field->definition->name, NULL,
					   "computed column: interlink.link_writes is \"error\"");
		leave_key_open(candidate, field);
		return;
	}
	if (field->beside && !settle_foreign_key(&asked))
		return;
	find_left_alone(&asked);
	if (asked.nkeys == 0)
		return;
	find_missing(&asked);
	find_taken(&asked);
}

void
validate_links(Candidate *candidate)
{
	ListCell   *cell;

	foreach(cell, candidate->table ? candidate->table->fields : NIL)
	{
		Field	   *field = lfirst(cell);

		if (!field->editable || !candidate->given[field->attnum - 1] ||
			link_writes == LINK_WRITES_IGNORE)
			continue;
		if (candidate->wrong[field->attnum - 1])
			leave_key_open(candidate, field);
		else
			validate_link(candidate, field);
	}
}
