/*
 * edit_junction.c: edits of a link whose keys stand in a junction table.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "engine/edit.h"
#include "engine/engine.h"
#include "engine/key.h"
#include "engine/lock.h"
#include "engine/plan.h"
#include "engine/query.h"
#include "engine/row.h"
#include "graph/build.h"

/* Pairs of (anchor, key). */
typedef struct Pairs
{
	int			n;
	Datum	  **anchors;
	Datum	  **keys;
	Datum	   *positions;		/* of ordered links, or NULL */
} Pairs;

static Pairs
pairs_for(int max, bool ordered)
{
	Pairs		pairs = {0};

	pairs.anchors = palloc_extended(sizeof(Datum *) * Max(max, 1), MCXT_ALLOC_HUGE);
	pairs.keys = palloc_extended(sizeof(Datum *) * Max(max, 1), MCXT_ALLOC_HUGE);
	if (ordered)
		pairs.positions = palloc_extended(sizeof(Datum) * Max(max, 1), MCXT_ALLOC_HUGE);
	return pairs;
}

static bool
is_among(KeyShape *shape, Datum *key, int n, Datum **keys)
{
	for (int i = 0; i < n; i++)
	{
		if (key_equal(shape, key, keys[i]))
			return true;
	}
	return false;
}

/* A key that was only spelled in another way stays linked, with the row it has. */
static Pairs
collect_pairs(Field *field, List *edits, bool added)
{
	bool		respelled = field->path->respelled;
	KeyShape   *shape = field->path->shown->shape;
	Pairs		pairs;
	int			max = 0;
	ListCell   *cell;

	foreach(cell, edits)
		max += added ? ((LinkEdit *) lfirst(cell))->nadded : ((LinkEdit *) lfirst(cell))->nremoved;
	pairs = pairs_for(max, false);
	foreach(cell, edits)
	{
		LinkEdit   *edit = lfirst(cell);
		int			n = added ? edit->nadded : edit->nremoved;
		Datum	  **keys = added ? edit->added : edit->removed;

		for (int i = 0; i < n; i++)
		{
			if (respelled && is_among(shape, keys[i], added ? edit->nremoved : edit->nadded,
									  added ? edit->removed : edit->added))
				continue;
			pairs.anchors[pairs.n] = edit->anchor;
			pairs.keys[pairs.n++] = keys[i];
		}
	}
	return pairs;
}

/*
 * Both ends of what is linked must exist; those are locked in key order.  Where
 * no unique index keeps a pair from being made twice, its rows are locked so
 * that nobody makes it from the other side meanwhile.
 */
static void
lock_linked_rows(Worklist *work, Field *field, Pairs *pairs)
{
	Step	   *step = &field->path->steps[1];
	LockTupleMode mode = field->path->repeats ? LockTupleNoKeyExclusive : LockTupleKeyShare;
	LockRequests requests = {0};
	bool	   *found = palloc0(sizeof(bool) * Max(pairs->n, 1));

	for (int i = 0; i < pairs->n; i++)
		lock_request(&requests, step->far, step->far_index, &step->far_key,
					 pairs->keys[i], mode)->found = &found[i];
	lock_requested_rows(work, &requests);
	for (int i = 0; i < pairs->n; i++)
	{
		if (!found[i])
			raise_unknown_key(field, step->far, step->far_key.shape, pairs->keys[i]);
	}
}

/* The parameters of a statement: an array for each column of the pairs. */
typedef struct Parameters
{
	int			n;
	Oid			types[2 * INDEX_MAX_KEYS + 1];
	Datum		values[2 * INDEX_MAX_KEYS + 1];
} Parameters;

static void
add_parameters(Parameters *parameters, KeyShape *shape, int n, Datum **keys)
{
	Datum	   *elements = palloc_extended(sizeof(Datum) * Max(n, 1), MCXT_ALLOC_HUGE);

	for (int i = 0; i < shape->n; i++)
	{
		for (int k = 0; k < n; k++)
			elements[k] = keys[k][i];
		parameters->types[parameters->n] = plan_array_type(shape, i);
		parameters->values[parameters->n++] = plan_array(shape, i, n, elements);
	}
}

static void
execute_on_pairs(Worklist *work, Field *field, const char *sql, Pairs *pairs)
{
	Parameters	parameters = {0};
	GroupPlan  *plan;
	Oid			save_userid;
	int			save_sec_context;

	add_parameters(&parameters, field->path->steps[0].far_key.shape, pairs->n, pairs->anchors);
	add_parameters(&parameters, field->path->steps[1].near_key.shape, pairs->n, pairs->keys);
	if (pairs->positions)
	{
		parameters.types[parameters.n] = INT8ARRAYOID;
		parameters.values[parameters.n++] =
			PointerGetDatum(construct_array(pairs->positions, pairs->n, INT8OID, sizeof(int64),
											FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
	}
	SPI_connect();
	row_enter_user(field->path->steps[0].far->owner, &save_userid, &save_sec_context);
	engine_write_begin(InvalidOid);
	plan = plan_statement(work->graph, field->group, sql, parameters.n, parameters.types);
	if (SPI_execute_plan(plan->plan, parameters.values, NULL, false, 0) < 0)
		elog(ERROR, "could not execute \"%s\"", sql);
	engine_write_end();
	row_leave_user(save_userid, save_sec_context);
	SPI_finish();
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

/* ROWS FROM (unnest($1), unnest($2)) u(a1, k1) */
static void
append_pairs(StringInfo buf, Field *field, bool positions)
{
	int			nanchor = field->path->steps[0].far_key.shape->n;
	int			nkey = field->path->steps[1].near_key.shape->n;

	appendStringInfoString(buf, "ROWS FROM (");
	for (int i = 0; i < nanchor + nkey + positions; i++)
		appendStringInfo(buf, "%spg_catalog.unnest($%d)", i > 0 ? ", " : "", i + 1);
	appendStringInfoString(buf, ") u(");
	for (int i = 0; i < nanchor; i++)
		appendStringInfo(buf, "%sa%d", i > 0 ? ", " : "", i + 1);
	for (int i = 0; i < nkey; i++)
		appendStringInfo(buf, ", k%d", i + 1);
	appendStringInfoString(buf, positions ? ", p)" : ")");
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
static void
unlink_pairs(Worklist *work, Field *field, Pairs *pairs)
{
	StringInfoData sql;

	if (pairs->n == 0)
		return;
	initStringInfo(&sql);
	appendStringInfo(&sql, "DELETE FROM %s j USING ", field->path->steps[0].far->name);
	append_pairs(&sql, field, false);
	appendStringInfoString(&sql, " WHERE ");
	append_pair_condition(&sql, field);
	execute_on_pairs(work, field, sql.data, pairs);
}

static int
position_in(KeyReader *key, AttrNumber att)
{
	for (int i = 0; i < key->shape->n; i++)
	{
		if (key->att[i] == att)
			return i;
	}
	return -1;
}

/*
 * A column that belongs to both keys of the junction (a tenant, say) must be the
 * same in both.
 */
static void
check_shared_columns(Field *field, Pairs *pairs)
{
	KeyReader  *anchor = &field->path->steps[0].far_key;
	KeyReader  *key = &field->path->steps[1].near_key;

	for (int i = 0; i < key->shape->n; i++)
	{
		int			same = position_in(anchor, key->att[i]);

		for (int k = 0; k < pairs->n && same >= 0; k++)
		{
			if (!key_equal_column(key->shape, i, pairs->anchors[k][same], pairs->keys[k][i]))
				ereport(ERROR,
						(errcode(ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION),
						 errmsg("link \"%s\" of table %s cannot link %s to %s",
								field->definition->name, field->holder->label,
								key_text(anchor->shape, pairs->anchors[k]),
								key_text(key->shape, pairs->keys[k])),
						 errdetail("Column \"%s\" of table %s belongs to both keys.",
								   get_attname(field->path->steps[0].far->relid, key->att[i], false),
								   field->path->steps[0].far->label)));
		}
	}
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
		if (position_in(anchor, key->att[i]) >= 0)
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
		if (position_in(anchor, key->att[i]) < 0)
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
static void
link_pairs(Worklist *work, Field *field, Pairs *pairs)
{
	StringInfoData columns;
	StringInfoData values;
	StringInfoData sql;
	bool		unique = pair_is_unique(field);

	if (pairs->n == 0)
		return;
	check_shared_columns(field, pairs);
	initStringInfo(&columns);
	initStringInfo(&values);
	append_insert_columns(&columns, &values, field);
	initStringInfo(&sql);
	appendStringInfo(&sql, "INSERT INTO %s (%s", field->path->steps[0].far->name, columns.data);
	if (pairs->positions)
		appendStringInfo(&sql, ", %s", junction_column(field, field->path->position));
	appendStringInfo(&sql, ") SELECT %s%s FROM ", values.data, pairs->positions ? ", u.p" : "");
	append_pairs(&sql, field, pairs->positions != NULL);
	if (!unique)
	{
		appendStringInfo(&sql, " WHERE NOT EXISTS (SELECT FROM %s j WHERE ",
						 field->path->steps[0].far->name);
		append_pair_condition(&sql, field);
		appendStringInfoChar(&sql, ')');
	}
	appendStringInfo(&sql, " ORDER BY %s", values.data);
	if (unique)
		appendStringInfo(&sql, " ON CONFLICT (%s) DO NOTHING", columns.data);
	execute_on_pairs(work, field, sql.data, pairs);
}

/* UPDATE junction j SET position = u.p FROM ROWS FROM (…) u(a1, k1, p) WHERE … */
static void
move_pairs(Worklist *work, Field *field, Pairs *pairs)
{
	StringInfoData sql;

	if (pairs->n == 0)
		return;
	initStringInfo(&sql);
	appendStringInfo(&sql, "UPDATE %s j SET %s = u.p FROM ", field->path->steps[0].far->name,
					 junction_column(field, field->path->position));
	append_pairs(&sql, field, true);
	appendStringInfoString(&sql, " WHERE ");
	append_pair_condition(&sql, field);
	execute_on_pairs(work, field, sql.data, pairs);
}

/* Of all lists, the keys that have a row already, or those that have none. */
static Pairs
collect_ordered(List *lists, bool linked)
{
	Pairs		pairs;
	int			max = 1;
	ListCell   *cell;

	foreach(cell, lists)
		max += ((OrderedList *) lfirst(cell))->n;
	pairs = pairs_for(max, true);
	foreach(cell, lists)
	{
		OrderedList *list = lfirst(cell);

		for (int i = 0; i < list->n; i++)
		{
			OrderedKey *key = &list->keys[i];

			if (!key->moves || key->linked != linked)
				continue;
			pairs.anchors[pairs.n] = list->anchor;
			pairs.keys[pairs.n] = key->key;
			pairs.positions[pairs.n++] = Int64GetDatum(key->position);
		}
	}
	return pairs;
}

static void
link_in_order(Worklist *work, Field *field, List *edits)
{
	List	   *lists = order_lists(work, field, edits);
	Pairs		moved = collect_ordered(lists, true);
	Pairs		added = collect_ordered(lists, false);

	move_pairs(work, field, &moved);
	link_pairs(work, field, &added);
}

void
edit_junction(Worklist *work, Field *field, List *edits)
{
	Pairs		removed = collect_pairs(field, edits, false);
	Pairs		added = collect_pairs(field, edits, true);

	unlink_pairs(work, field, &removed);
	lock_linked_rows(work, field, &added);
	if (field->path->position)
		link_in_order(work, field, edits);
	else
		link_pairs(work, field, &added);
}
