/*
 * validate_link.c: would the link columns of a record be refused?
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"

#include "check/validate.h"
#include "define/define.h"
#include "engine/key.h"
#include "engine/query.h"
#include "relate/relate.h"
#include "type/link.h"

/* A link column whose keys are in question. */
typedef struct LinkInQuestion
{
	Candidate  *candidate;
	Field	   *field;
	LinkDefinition *link;
	Table	   *far;			/* the linked table */
	AttrNumber	shown;			/* its column that has the keys */
	int			nkeys;
	Datum	   *keys;			/* of link_kind_type() */
	LinkKind	kind;
} LinkInQuestion;

static Step *
last_step(Field *field)
{
	return &field->path->steps[field->path->nsteps - 1];
}

/* What the foreign key or junction references, else the primary key. */
static AttrNumber
shown_column(Field *field)
{
	if (field->local || field->path->nsteps > 1)
		return last_step(field)->far_key.att[0];
	return last_step(field)->far->key[0];
}

/* A link with keys of another shape than text[] has is text, too. */
static Datum
keys_as_array(LinkKind kind, int n, Datum *keys)
{
	Datum	   *texts = palloc(sizeof(Datum) * Max(n, 1));
	Oid			output;
	bool		varlena;

	getTypeOutputInfo(link_kind_type(kind), &output, &varlena);
	for (int i = 0; i < n; i++)
		texts[i] = CStringGetTextDatum(OidOutputFunctionCall(output, keys[i]));
	return PointerGetDatum(construct_array(texts, n, TEXTOID, -1, false, TYPALIGN_INT));
}

/* "t.column = k.k::type" */
static void
append_match(StringInfo sql, LinkInQuestion *asked, Table *table, AttrNumber att, const char *alias)
{
	Oid			type = getBaseType(get_atttype(table->relid, att));

	generate_operator_clause(sql, sql_column(table, att, alias), get_atttype(table->relid, att),
							 find_equality(type, type),
							 psprintf("k.k::%s", type_text(type, -1, InvalidOid)), type);
}

static List *
ask(LinkInQuestion *asked, Table *table, const char *sql, int n, Datum *keys)
{
	Oid			type = TEXTARRAYOID;
	Datum		array = keys_as_array(asked->kind, n, keys);

	return rows_of_query(table->relid, sql, 1, &type, &array);
}

/*
 * SELECT k.k FROM unnest($1) WITH ORDINALITY AS k(k, n)
 * WHERE NOT EXISTS (SELECT FROM far t WHERE t.key = k.k) ORDER BY k.n
 */
static void
find_missing(LinkInQuestion *asked)
{
	StringInfoData sql;
	ListCell   *cell;

	initStringInfo(&sql);
	appendStringInfo(&sql, "SELECT k.k FROM pg_catalog.unnest($1) WITH ORDINALITY AS k(k, n)"
					 " WHERE NOT EXISTS (SELECT FROM %s t WHERE ", asked->far->name);
	append_match(&sql, asked, asked->far, asked->shown, "t");
	appendStringInfoString(&sql, ") ORDER BY k.n");
	foreach(cell, ask(asked, asked->far, sql.data, asked->nkeys, asked->keys))
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
	appendStringInfo(&sql, "SELECT k.k, (%s)::text FROM pg_catalog.unnest($1) WITH ORDINALITY AS k(k, n) JOIN %s t ON ",
					 sql_column(asked->far, key->att[0], "t"), asked->far->name);
	append_match(&sql, asked, asked->far, asked->shown, "t");
	appendStringInfoString(&sql, " WHERE true");
	for (int i = 0; i < key->shape->n; i++)
		appendStringInfo(&sql, " AND %s IS NOT NULL", sql_column(asked->far, key->att[i], "t"));
	append_not_this_row(&sql, asked, asked->far, key->shape->n, key->att, near->att, "t");
	appendStringInfoString(&sql, " ORDER BY k.n");
	foreach(cell, ask(asked, asked->far, sql.data, asked->nkeys, asked->keys))
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
	appendStringInfo(&sql, " FROM pg_catalog.unnest($1) WITH ORDINALITY AS k(k, n) JOIN %s h ON ", table->name);
	append_match(&sql, asked, table, key->att[0], "h");
	appendStringInfoString(&sql, " WHERE true");
	append_not_this_row(&sql, asked, table, table->nkey, table->key, table->key, "h");
	foreach(cell, ask(asked, table, sql.data, asked->nkeys, asked->keys))
		report_problem(asked->candidate, asked->field->definition->name, ((char **) lfirst(cell))[0],
					   "taken record: it is linked to %s", ((char **) lfirst(cell))[1]);
}

static void
find_taken(LinkInQuestion *asked)
{
	if (strcmp(asked->link->on_taken, "move") == 0 || asked->field->path->nsteps > 1)
		return;
	if (!asked->field->local)
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
	Datum	   *keys;
	int			n;
	Datum		link;

	if (!asked->link->required || asked->field->local || asked->field->path->nsteps > 1 ||
		!candidate->update || candidate->old_isnull[i])
		return;
	link = candidate->isnull[i] ? link_make(asked->field->typmod, 0, NULL) : candidate->values[i];
	n = link_minus(candidate->old_values[i], link, asked->kind, &keys);
	for (int k = 0; k < n; k++)
	{
		Oid			output;
		bool		varlena;

		getTypeOutputInfo(link_kind_type(asked->kind), &output, &varlena);
		report_problem(candidate, asked->field->definition->name, OidOutputFunctionCall(output, keys[k]),
					   "required: the row would be left without a link");
	}
}

/* Both given must agree; given by the link, it is the link's to be reported. */
static void
settle_foreign_key(LinkInQuestion *asked)
{
	Candidate  *candidate = asked->candidate;
	KeyReader  *key = &asked->field->group->anchor;
	AttrNumber	att = key->att[0];
	Datum		value = asked->nkeys == 0 ? (Datum) 0 :
		key_to_column(asked->field->holder->relid, att, link_kind_type(asked->kind), asked->keys[0]);
	bool		isnull = asked->nkeys == 0;

	if (candidate->given[att - 1] && column_is_known(candidate, att))
	{
		Form_pg_attribute form = TupleDescAttr(candidate->desc, att - 1);

		if (isnull != candidate->isnull[att - 1] ||
			(!isnull && !datum_image_eq(value, candidate->values[att - 1], form->attbyval, form->attlen)))
			report_problem(candidate, asked->field->definition->name, NULL,
						   "contradiction: column \"%s\" says something else", column_name(candidate, att));
		return;
	}
	candidate->given[att - 1] = true;
	candidate->wrong[att - 1] = false;
	candidate->values[att - 1] = value;
	candidate->isnull[att - 1] = isnull;
	candidate->shown_as[att - 1] = asked->field->definition->name;
}

/* What the foreign key would be cannot be told from a wrong link. */
static void
leave_key_open(Candidate *candidate, Field *field)
{
	AttrNumber	att = field->group->anchor.att[0];

	if (field->local && !candidate->given[att - 1])
		candidate->wrong[att - 1] = true;
}

static void
validate_link(Candidate *candidate, Field *field)
{
	LinkInQuestion asked = {candidate, field};
	int			i = field->attnum - 1;

	asked.link = graph_link(candidate->graph, field->path->link_id);
	asked.kind = link_typmod_kind(field->typmod);
	asked.far = last_step(field)->far;
	asked.shown = shown_column(field);
	if (!candidate->isnull[i])
		asked.nkeys = link_keys_of(candidate->values[i], asked.kind, &asked.keys);
	if (field->path->to_one && asked.nkeys > 1)
	{
		report_problem(candidate, field->definition->name, NULL,
					   "too many keys: the link is to one row at most");
		leave_key_open(candidate, field);
		return;
	}
	if (field->local)
		settle_foreign_key(&asked);
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

		if (!field->editable || !candidate->given[field->attnum - 1])
			continue;
		if (candidate->wrong[field->attnum - 1])
			leave_key_open(candidate, field);
		else
			validate_link(candidate, field);
	}
}
