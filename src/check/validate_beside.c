/*
 * validate_beside.c: would a link column contradict the foreign key beside it?
 *
 * What settle.c does with a row, done with a record.
 */
#include "postgres.h"

#include "utils/datum.h"
#include "utils/lsyscache.h"

#include "check/validate.h"
#include "engine/capture.h"
#include "engine/key.h"
#include "engine/settle.h"
#include "engine/value.h"

static AttrNumber
column_of_target(Candidate *candidate, Oid target, AttrNumber att)
{
	return target == RelationGetRelid(candidate->rel) ? att :
		get_attnum(target, column_name(candidate, att));
}

/* Given, or as it stands, or what a new row gets. */
static void
read_column(Candidate *candidate, AttrNumber att, KeyColumn *column)
{
	bool		isnull = true;

	if (candidate->wrong[att - 1])
		return;
	if (column_is_known(candidate, att))
	{
		column->value = candidate->values[att - 1];
		isnull = candidate->isnull[att - 1];
	}
	else
		column->open = !column_default(candidate->target,
									   column_of_target(candidate, candidate->target, att),
									   &column->value, &isnull);
	column->stands = column->open || !isnull;
}

void
read_key_beside(LinkInQuestion *asked)
{
	KeyReader  *anchor = &asked->field->group->anchor;

	asked->beside = palloc0(sizeof(KeyColumn) * anchor->shape->n);
	for (int i = 0; i < anchor->shape->n; i++)
		read_column(asked->candidate, anchor->att[i], &asked->beside[i]);
}

static bool
key_is_whole(LinkInQuestion *asked)
{
	bool		whole = true;

	for (int i = 0; i < asked->field->group->anchor.shape->n; i++)
		whole = whole && asked->beside[i].stands;
	return whole;
}

/* What the link says of one column of the foreign key beside it. */
static Datum
key_by_link(LinkInQuestion *asked, int column, bool *isnull)
{
	KeyReader  *anchor = &asked->field->group->anchor;

	*isnull = asked->nkeys == 0;
	if (*isnull)
		return (Datum) 0;
	return key_to_column(asked->field->holder->relid, anchor->att[column],
						 anchor->shape->type[column], asked->keys[0][column]);
}

/* Does that column say the same? */
static bool
agrees_with_column(LinkInQuestion *asked, int i)
{
	KeyReader  *anchor = &asked->field->group->anchor;
	KeyColumn  *column = &asked->beside[i];
	Datum		value = column->value;

	if (asked->nkeys == 0 || !column->stands)
		return (asked->nkeys == 0) == !column->stands;
	if (column->open)
		return false;
	if (anchor->cast[i])
		value = FunctionCall1(anchor->cast[i], value);
	return key_equal_column(anchor->shape, i, asked->keys[0][i], value);
}

bool
agrees_with_key(LinkInQuestion *asked)
{
	bool		agrees = true;

	for (int i = 0; i < asked->field->group->anchor.shape->n; i++)
		agrees = agrees && agrees_with_column(asked, i);
	return agrees || (asked->nkeys == 0 && !key_is_whole(asked));
}

static void
report_contradiction(LinkInQuestion *asked, AttrNumber att)
{
	report_problem(asked->candidate, asked->field->definition->name, NULL,
				   "contradiction: column \"%s\" says something else",
				   column_name(asked->candidate, att));
}

static void
report_contradictions(LinkInQuestion *asked)
{
	if (agrees_with_key(asked))
		return;
	for (int i = 0; i < asked->field->group->anchor.shape->n; i++)
	{
		if (!agrees_with_column(asked, i))
			report_contradiction(asked, asked->field->group->anchor.att[i]);
	}
}

/* Given by the link, it is the link's to be reported. */
static void
settle_column(LinkInQuestion *asked, int i, bool over_default)
{
	Candidate  *candidate = asked->candidate;
	AttrNumber	att = asked->field->group->anchor.att[i];
	Path	   *path = asked->field->path;
	bool		stands = asked->beside[i].stands && !over_default;

	if (candidate->wrong[att - 1] || (asked->nkeys == 0 && !unlinking_clears(path, att)))
		return;
	candidate->settled[att - 1] |= asked->nkeys > 0;
	if (asked->nkeys > 0 && stands && (!candidate->update || bms_is_member(att, path->fixed)))
	{
		if (!agrees_with_column(asked, i))
			report_contradiction(asked, att);
		return;
	}
	if (asked->nkeys == 0 && stands && !candidate->update)
		return;
	candidate->values[att - 1] = key_by_link(asked, i, &candidate->isnull[att - 1]);
	candidate->given[att - 1] = true;
	candidate->shown_as[att - 1] = asked->field->definition->name;
}

static void
settle_columns(LinkInQuestion *asked, bool over_default)
{
	for (int i = 0; i < asked->field->group->anchor.shape->n; i++)
		settle_column(asked, i, over_default);
}

static bool
column_changes(Candidate *candidate, AttrNumber att)
{
	Form_pg_attribute form = TupleDescAttr(candidate->desc, att - 1);
	int			i = att - 1;

	if (candidate->isnull[i] || candidate->old_isnull[i])
		return candidate->isnull[i] != candidate->old_isnull[i];
	return !datum_image_eq(candidate->values[i], candidate->old_values[i],
						   form->attbyval, form->attlen);
}

/* Whatever is linked in a new row counts as changed; '{}' over NULL does not. */
bool
link_changes(LinkInQuestion *asked)
{
	Candidate  *candidate = asked->candidate;
	AttrNumber	att = asked->field->attnum;

	if (!candidate->update)
		return asked->nkeys > 0;
	return column_changes(candidate, att) && (asked->nkeys > 0 || !candidate->old_isnull[att - 1]);
}

/* Any column of it, in an UPDATE. */
static bool
key_changes(LinkInQuestion *asked)
{
	Candidate  *candidate = asked->candidate;
	KeyReader  *anchor = &asked->field->group->anchor;
	bool		any = false;

	for (int i = 0; i < anchor->shape->n; i++)
	{
		AttrNumber	att = anchor->att[i];

		if (candidate->wrong[att - 1])
			return false;
		any = any || column_changes(candidate, att);
	}
	return any;
}

/* Would this column have to change for the link, or the lack of one, of a new row? */
static bool
speaks_against(LinkInQuestion *asked, int i)
{
	return asked->nkeys == 0 ?
		unlinking_clears(asked->field->path, asked->field->group->anchor.att[i]) :
		asked->beside[i].stands && !agrees_with_column(asked, i);
}

/* All such columns, and there are some, have what nobody has written. */
static bool
has_defaults_against(LinkInQuestion *asked, Oid target)
{
	Candidate  *candidate = asked->candidate;
	KeyReader  *anchor = &asked->field->group->anchor;
	bool		any = false;

	for (int i = 0; i < anchor->shape->n; i++)
	{
		KeyColumn  *column = &asked->beside[i];

		if (!speaks_against(asked, i))
			continue;
		any = true;
		if (candidate->settled[anchor->att[i] - 1] || column->open ||
			!is_column_default(target, column_of_target(candidate, target, anchor->att[i]),
							   column->value, !column->stands))
			return false;
	}
	return any;
}

/* Does the link differ from a key that, as far as it does, counts as not written? */
static bool
overrules_default(LinkInQuestion *asked)
{
	Candidate  *candidate = asked->candidate;
	Oid			relid = RelationGetRelid(candidate->rel);

	if (candidate->isnull[asked->field->attnum - 1] || link_writes != LINK_WRITES_APPLY ||
		(asked->nkeys == 0 && !key_is_whole(asked)))
		return false;
	return has_defaults_against(asked, candidate->target) ||
		(candidate->target != relid && has_defaults_against(asked, relid));
}

static bool
settle_key_of_new_row(LinkInQuestion *asked)
{
	bool		over_default = overrules_default(asked);

	if (asked->nkeys == 0 && key_is_whole(asked) && !over_default)
		return false;
	settle_columns(asked, over_default);
	return true;
}

bool
settle_foreign_key(LinkInQuestion *asked)
{
	if (!asked->candidate->update)
		return settle_key_of_new_row(asked);
	if (!key_changes(asked))
		settle_columns(asked, false);
	else if (!link_changes(asked))
		return false;
	else
		report_contradictions(asked);
	return true;
}
