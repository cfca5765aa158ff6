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
#include "engine/lock.h"
#include "engine/plan.h"
#include "engine/row.h"

/* Pairs of (anchor, key), as arrays. */
typedef struct Pairs
{
	int			n;
	Datum	   *anchors;
	Datum	   *keys;
	Datum	   *positions;		/* of ordered links, or NULL */
} Pairs;

static Pairs
collect_pairs(List *edits, bool added)
{
	Pairs		pairs = {0};
	int			max = 0;
	ListCell   *cell;

	foreach(cell, edits)
		max += added ? ((LinkEdit *) lfirst(cell))->nadded : ((LinkEdit *) lfirst(cell))->nremoved;
	pairs.anchors = palloc(sizeof(Datum) * Max(max, 1));
	pairs.keys = palloc(sizeof(Datum) * Max(max, 1));
	foreach(cell, edits)
	{
		LinkEdit   *edit = lfirst(cell);
		int			n = added ? edit->nadded : edit->nremoved;

		for (int i = 0; i < n; i++)
		{
			pairs.anchors[pairs.n] = edit->anchor[0];
			pairs.keys[pairs.n++] = added ? edit->added[i] : edit->removed[i];
		}
	}
	return pairs;
}

/* Both ends of what is linked must exist; those are locked in key order. */
static void
lock_linked_rows(Worklist *work, Field *field, Pairs *pairs)
{
	Step	   *step = &field->path->steps[1];
	LockRequests requests = {0};
	bool	   *found = palloc0(sizeof(bool) * Max(pairs->n, 1));

	for (int i = 0; i < pairs->n; i++)
		lock_request(&requests, step->far, step->far_index, &step->far_key,
					 &pairs->keys[i], LockTupleKeyShare)->found = &found[i];
	lock_requested_rows(work, &requests);
	for (int i = 0; i < pairs->n; i++)
	{
		if (!found[i])
			raise_unknown_key(field, step->far, step->far_key.shape, &pairs->keys[i]);
	}
}

static Datum
array_of(Oid type, int n, Datum *elements)
{
	int16		typlen;
	bool		typbyval;
	char		typalign;

	get_typlenbyvalalign(type, &typlen, &typbyval, &typalign);
	return PointerGetDatum(construct_array(elements, n, type, typlen, typbyval, typalign));
}

static void
execute_on_pairs(Worklist *work, Field *field, const char *sql, Pairs *pairs)
{
	KeyShape   *anchor = field->path->steps[0].far_key.shape;
	KeyShape   *key = field->path->steps[1].near_key.shape;
	Oid			types[3] = {get_array_type(anchor->type[0]), get_array_type(key->type[0]), INT8ARRAYOID};
	Datum		values[3] = {array_of(anchor->type[0], pairs->n, pairs->anchors),
	array_of(key->type[0], pairs->n, pairs->keys), (Datum) 0};
	GroupPlan  *plan;
	Oid			save_userid;
	int			save_sec_context;

	if (pairs->positions)
		values[2] = array_of(INT8OID, pairs->n, pairs->positions);
	SPI_connect();
	row_enter_user(field->path->steps[0].far->owner, &save_userid, &save_sec_context);
	engine_write_begin(InvalidOid);
	plan = plan_statement(work->graph, field->group, sql, pairs->positions ? 3 : 2, types);
	if (SPI_execute_plan(plan->plan, values, NULL, false, 0) < 0)
		elog(ERROR, "could not execute \"%s\"", sql);
	engine_write_end();
	row_leave_user(save_userid, save_sec_context);
	SPI_finish();
}

/* WHERE j.source = u.a AND j.target = u.k */
static char *
pair_condition(Field *field)
{
	Step	   *first = &field->path->steps[0];
	Step	   *second = &field->path->steps[1];

	return psprintf("WHERE %s OPERATOR(pg_catalog.=) u.a AND %s OPERATOR(pg_catalog.=) u.k",
					sql_column(first->far, first->far_key.att[0], "j"),
					sql_column(second->near, second->near_key.att[0], "j"));
}

static const char *
junction_column(Field *field, AttrNumber att)
{
	return quote_identifier(get_attname(field->path->steps[0].far->relid, att, false));
}

/* DELETE FROM junction j USING ROWS FROM (unnest($1), unnest($2)) u(a, k) WHERE … */
static void
unlink_pairs(Worklist *work, Field *field, Pairs *pairs)
{
	if (pairs->n > 0)
		execute_on_pairs(work, field, psprintf("DELETE FROM %s j USING ROWS FROM"
										 " (pg_catalog.unnest($1), pg_catalog.unnest($2)) u(a, k) %s",
										 field->path->steps[0].far->name, pair_condition(field)),
						 pairs);
}

/*
 * INSERT INTO junction (source, target) SELECT u.a, u.k
 *	FROM ROWS FROM (unnest($1), unnest($2)) u(a, k) ON CONFLICT DO NOTHING
 */
static void
link_pairs(Worklist *work, Field *field, Pairs *pairs)
{
	Path	   *path = field->path;

	if (pairs->n > 0)
		execute_on_pairs(work, field, psprintf("INSERT INTO %s (%s, %s) SELECT u.a, u.k FROM ROWS FROM"
										 " (pg_catalog.unnest($1), pg_catalog.unnest($2)) u(a, k)"
										 " ORDER BY 1, 2 ON CONFLICT DO NOTHING",
										 path->steps[0].far->name,
										 junction_column(field, path->steps[0].far_key.att[0]),
										 junction_column(field, path->steps[1].near_key.att[0])),
						 pairs);
}

/* The same, each at its place: INSERT INTO junction (source, target, position) … */
static void
link_ordered_pairs(Worklist *work, Field *field, Pairs *pairs)
{
	Path	   *path = field->path;

	if (pairs->n > 0)
		execute_on_pairs(work, field, psprintf("INSERT INTO %s (%s, %s, %s) SELECT u.a, u.k, u.p FROM ROWS FROM"
										 " (pg_catalog.unnest($1), pg_catalog.unnest($2), pg_catalog.unnest($3)) u(a, k, p)"
										 " ORDER BY 1, 2 ON CONFLICT DO NOTHING",
										 path->steps[0].far->name,
										 junction_column(field, path->steps[0].far_key.att[0]),
										 junction_column(field, path->steps[1].near_key.att[0]),
										 junction_column(field, path->position)),
						 pairs);
}

/* UPDATE junction j SET position = u.p FROM ROWS FROM (…) u(a, k, p) WHERE … */
static void
move_pairs(Worklist *work, Field *field, Pairs *pairs)
{
	if (pairs->n > 0)
		execute_on_pairs(work, field, psprintf("UPDATE %s j SET %s = u.p FROM ROWS FROM"
										 " (pg_catalog.unnest($1), pg_catalog.unnest($2), pg_catalog.unnest($3)) u(a, k, p) %s",
										 field->path->steps[0].far->name,
										 junction_column(field, field->path->position),
										 pair_condition(field)),
						 pairs);
}

/* Of all lists, the keys that have a row already, or those that have none. */
static Pairs
collect_ordered(List *lists, bool linked)
{
	Pairs		pairs = {0};
	int			max = 1;
	ListCell   *cell;

	foreach(cell, lists)
		max += ((OrderedList *) lfirst(cell))->n;
	pairs.anchors = palloc(sizeof(Datum) * max);
	pairs.keys = palloc(sizeof(Datum) * max);
	pairs.positions = palloc(sizeof(Datum) * max);
	foreach(cell, lists)
	{
		OrderedList *list = lfirst(cell);

		for (int i = 0; i < list->n; i++)
		{
			OrderedKey *key = &list->keys[i];

			if (!key->moves || key->linked != linked)
				continue;
			pairs.anchors[pairs.n] = list->anchor[0];
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
	link_ordered_pairs(work, field, &added);
}

void
edit_junction(Worklist *work, Field *field, List *edits)
{
	Pairs		removed = collect_pairs(edits, false);
	Pairs		added = collect_pairs(edits, true);

	unlink_pairs(work, field, &removed);
	lock_linked_rows(work, field, &added);
	if (field->path->position)
		link_in_order(work, field, edits);
	else
		link_pairs(work, field, &added);
}
