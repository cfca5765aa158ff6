/*
 * settle.c: link columns of a row in the making, and the foreign keys beside them.
 *
 * On the table that has the key, a link column and the key are two views of one
 * thing; here they are brought to agree.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"

#include "engine/capture.h"
#include "engine/engine.h"
#include "engine/settle.h"
#include "engine/value.h"
#include "type/link.h"

Datum
get_column(RowInMaking *row, AttrNumber att, bool *isnull)
{
	if (row->replace[att - 1])
	{
		*isnull = row->isnull[att - 1];
		return row->values[att - 1];
	}
	return slot_getattr(row->new, att, isnull);
}

void
set_column(RowInMaking *row, AttrNumber att, Datum value, bool isnull)
{
	row->values[att - 1] = value;
	row->isnull[att - 1] = isnull;
	row->replace[att - 1] = true;
	row->changed = true;
}

bool
column_changed(RowInMaking *row, AttrNumber att)
{
	Form_pg_attribute form = TupleDescAttr(row->new->tts_tupleDescriptor, att - 1);
	bool		old_null;
	bool		new_null;
	Datum		before;
	Datum		after;

	if (row->old == NULL)
		return true;
	before = slot_getattr(row->old, att, &old_null);
	after = get_column(row, att, &new_null);
	if (old_null || new_null)
		return old_null != new_null;
	return !datum_image_eq(before, after, form->attbyval, form->attlen);
}

/* Of the columns of the key, those that the link would have to change and must not: all, or one. */
static void
raise_contradiction(Field *field, Datum *link_key, Datum *key, int column, bool late)
{
	KeyReader  *anchor = &field->group->anchor;
	StringInfoData columns;

	initStringInfo(&columns);
	for (int i = 0; i < anchor->shape->n; i++)
	{
		if (column < 0 || column == i)
			appendStringInfo(&columns, "%s\"%s\"", columns.len > 0 ? ", " : "",
							 get_attname(field->holder->relid, anchor->att[i], false));
	}
	ereport(ERROR,
			(errcode(ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION),
			 errmsg("link column \"%s\" of table %s contradicts its foreign key",
					field->definition->name, field->holder->label),
			 errdetail(column < 0 && anchor->shape->n > 1 ?
					   "The link column says %s, columns %s say %s." :
					   "The link column says %s, column %s says %s.",
					   link_key ? key_text(anchor->shape, link_key) : "NULL", columns.data,
					   column >= 0 ? "something else" : key ? key_text(anchor->shape, key) : "NULL"),
			 late ? errhint("A trigger has written the link column too late: name it so that it sorts before \"" BEFORE_INSERT_TRIGGER "\".") :
			 errhint("Write one of the two.")));
}

/*
 * The one key of a to-one link column; false when it is empty.  A link has been
 * made sure of by its type, an array is by us.
 */
static bool
only_key(Field *field, Datum column, bool isnull, Datum **key)
{
	Datum	  **keys;
	int			n = isnull ? 0 : link_column_keys(field, column, &keys);

	if (n > 1)
		(void) link_column_make(field, n, keys);	/* raises the error */
	if (n == 0)
		return false;
	*key = keys[0];
	return true;
}

/* Is there one form of each set of keys, made by the type itself? */
static bool
type_settles(Field *field)
{
	return !OidIsValid(field->key_type) && field->path->kind != LINK_OTHER;
}

/*
 * No linked row is '{}' in a to-many column, else NULL; an array has the form of
 * its kind, and a key that is kept as text the spelling of its type.
 */
static void
settle_form(RowInMaking *row, Field *field)
{
	bool		isnull;
	Datum		column = get_column(row, field->attnum, &isnull);
	Datum	  **keys = NULL;
	int			n = isnull ? 0 : type_settles(field) ? link_count(column) :
	link_column_keys(field, column, &keys);

	if (n == 0 && field->path->to_one)
	{
		if (!isnull)
			set_column(row, field->attnum, (Datum) 0, true);
	}
	else if (isnull || !type_settles(field))
	{
		Datum		settled = link_column_make(field, n, keys);

		if (!value_identical(field, column, isnull, settled, false))
			set_column(row, field->attnum, settled, false);
	}
}

bool
anchor_changed(RowInMaking *row, KeyReader *anchor)
{
	for (int i = 0; i < anchor->shape->n; i++)
	{
		if (column_changed(row, anchor->att[i]))
			return true;
	}
	return false;
}

/* One column of a key; false: NULL. */
static bool
current_column(RowInMaking *row, KeyReader *anchor, int i, Datum *value)
{
	bool		isnull;

	*value = get_column(row, anchor->att[i], &isnull);
	if (!isnull && anchor->cast[i])
		*value = FunctionCall1(anchor->cast[i], *value);
	return !isnull;
}

bool
current_anchor(RowInMaking *row, KeyReader *anchor, Datum *key)
{
	for (int i = 0; i < anchor->shape->n; i++)
	{
		if (!current_column(row, anchor, i, &key[i]))
			return false;
	}
	return true;
}

static void
set_key_column(RowInMaking *row, Field *field, AttrNumber att, Datum value, bool isnull)
{
	check_domain(field->holder->relid, att, value, isnull);
	set_column(row, att, value, isnull);
}

/*
 * The foreign key as the link column has it.  What else the columns belong to,
 * or what was written together with the link, is not changed; a default has not
 * been written.
 */
static void
link_by_column(RowInMaking *row, Field *field, Datum *link_key, bool over_default)
{
	KeyReader  *anchor = &field->group->anchor;

	for (int i = 0; i < anchor->shape->n; i++)
	{
		AttrNumber	att = anchor->att[i];
		Datum		value;
		bool		stands = current_column(row, anchor, i, &value);

		if (stands && key_equal_column(anchor->shape, i, value, link_key[i]))
			continue;
		if (stands && !over_default && (row->old == NULL || bms_is_member(att, field->path->fixed)))
			raise_contradiction(field, link_key, NULL, i, false);
		set_key_column(row, field, att, key_to_column(field->holder->relid, att,
													  anchor->shape->type[i], link_key[i]), false);
	}
}

bool
unlinking_clears(Path *path, AttrNumber att)
{
	return path->cleared ? bms_is_member(att, path->cleared) : !bms_is_member(att, path->fixed);
}

/* Where no column may be NULL, PostgreSQL is left to say so. */
static void
unlink_by_column(RowInMaking *row, Field *field)
{
	KeyReader  *anchor = &field->group->anchor;

	for (int i = 0; i < anchor->shape->n; i++)
	{
		AttrNumber	att = anchor->att[i];

		if (unlinking_clears(field->path, att))
			set_key_column(row, field, att, (Datum) 0, true);
	}
}

/* '{}' over a NULL changes nothing: a key that is NULL in part stays as it is. */
static bool
link_changed(RowInMaking *row, Field *field, bool linked)
{
	return column_changed(row, field->attnum) && (linked || !slot_attisnull(row->old, field->attnum));
}

/* The columns that would have to change for the link, NULL: explicitly none, of a new row. */
static Bitmapset *
columns_against(RowInMaking *row, Field *field, Datum *link_key)
{
	KeyReader  *anchor = &field->group->anchor;
	Bitmapset  *columns = NULL;

	for (int i = 0; i < anchor->shape->n; i++)
	{
		Datum		value;

		if (link_key ? current_column(row, anchor, i, &value) &&
			!key_equal_column(anchor->shape, i, value, link_key[i]) :
			unlinking_clears(field->path, anchor->att[i]))
			columns = bms_add_member(columns, anchor->att[i]);
	}
	return columns;
}

/*
 * Is what speaks against the link of a new row there without having been written?
 * Asked for only where link and key differ: defaults are evaluated for it.
 */
static bool
overrules_default(RowInMaking *row, Field *field, Datum *link_key)
{
	Bitmapset  *columns = columns_against(row, field, link_key);

	return !bms_is_empty(columns) && columns_are_default(row, field, columns);
}

/* A link column and the foreign key beside it. */
typedef struct Pair
{
	bool		link_null;
	bool		linked;
	Datum	   *link_key;		/* NULL: not linked */
	bool		has_key;
	Datum	   *key;			/* if it has one */
	bool		agree;
} Pair;

/* as_written: the link column before anything was settled. */
static Pair
read_pair(RowInMaking *row, Field *field, bool as_written)
{
	KeyReader  *anchor = &field->group->anchor;
	Pair		pair = {0};
	Datum		link = as_written ? slot_getattr(row->new, field->attnum, &pair.link_null) :
		get_column(row, field->attnum, &pair.link_null);

	pair.key = palloc(sizeof(Datum) * anchor->shape->n);
	pair.has_key = current_anchor(row, anchor, pair.key);
	pair.linked = only_key(field, link, pair.link_null, &pair.link_key);
	pair.agree = pair.linked == pair.has_key &&
		(!pair.linked || key_equal(anchor->shape, pair.link_key, pair.key));
	return pair;
}

static void
raise_disagreement(Field *field, Pair *pair, bool late)
{
	raise_contradiction(field, pair->link_key, pair->has_key ? pair->key : NULL, -1, late);
}

static void
show_key(RowInMaking *row, Field *field, Pair *pair)
{
	set_column(row, field->attnum,
			   pair->has_key ? link_column_make(field, 1, &pair->key) : (Datum) 0, !pair->has_key);
}

/*
 * The one of the two that changed wins; on INSERT the one that is given, which a
 * key is not that has its defaults where they differ.  Both given must agree.
 * Where link columns do not count the key wins.
 */
void
settle_local_link(RowInMaking *row, Field *field)
{
	Pair		pair = read_pair(row, field, false);
	bool		link_given = row->old ? link_changed(row, field, pair.linked) : pair.linked;
	bool		key_given = row->old ? anchor_changed(row, &field->group->anchor) : pair.has_key;
	bool		over_default = false;

	if (link_writes == LINK_WRITES_ERROR && link_given && !pair.agree)
		raise_link_write(field);
	if (link_writes == LINK_WRITES_IGNORE && !pair.agree)
	{
		link_given = false;
		key_given = true;
	}
	else if (row->old == NULL && !pair.link_null && !pair.agree &&
			 link_writes == LINK_WRITES_APPLY &&
			 overrules_default(row, field, pair.link_key))
	{
		link_given = true;
		key_given = false;
		over_default = row->overruled = true;
	}
	if (link_given && key_given && !pair.agree)
		raise_disagreement(field, &pair, false);

	if (link_given && !key_given && pair.linked)
		link_by_column(row, field, pair.link_key, over_default);
	else if (link_given && !key_given)
		unlink_by_column(row, field);
	else if (key_given && !link_given && field->local)
		show_key(row, field, &pair);
	settle_form(row, field);
}

void
confirm_local_link(RowInMaking *row, Field *field)
{
	Pair		pair = read_pair(row, field, true);

	if (pair.linked && !pair.agree)
		raise_disagreement(field, &pair, false);
	if (!pair.linked && field->local)
		show_key(row, field, &pair);
}

void
refuse_late_link(RowInMaking *row, Field *field)
{
	Pair		pair = read_pair(row, field, false);

	if (link_writes == LINK_WRITES_IGNORE || pair.agree)
		return;
	if (link_writes == LINK_WRITES_ERROR)
		raise_link_write(field);
	raise_disagreement(field, &pair, true);
}

/* The value that the row has, or that a new row begins with. */
void
restore_column(RowInMaking *row, Field *field)
{
	bool		isnull = !field->has_empty;
	Datum		value = field->empty;

	if (!column_changed(row, field->attnum))
		return;
	if (row->old)
		value = slot_getattr(row->old, field->attnum, &isnull);
	set_column(row, field->attnum, value, isnull);
}

void
settle_far_link(RowInMaking *row, Field *field)
{
	if (link_writes == LINK_WRITES_IGNORE)
		restore_column(row, field);
	settle_form(row, field);
}
