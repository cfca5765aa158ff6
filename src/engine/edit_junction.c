/*
 * edit_junction.c: edits of a link whose keys stand in a junction table.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "engine/edit.h"
#include "engine/engine.h"
#include "engine/lock.h"
#include "engine/query.h"
#include "engine/row.h"

/* Pairs of (anchor, key), as two arrays. */
typedef struct Pairs
{
	int			n;
	Datum	   *anchors;
	Datum	   *keys;
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
array_of(KeyShape *shape, int n, Datum *elements)
{
	int16		typlen;
	bool		typbyval;
	char		typalign;

	get_typlenbyvalalign(shape->type[0], &typlen, &typbyval, &typalign);
	return PointerGetDatum(construct_array(elements, n, shape->type[0],
										   typlen, typbyval, typalign));
}

static void
execute_on_pairs(Field *field, const char *sql, Pairs *pairs)
{
	KeyShape   *anchor = field->path->steps[0].far_key.shape;
	KeyShape   *key = field->path->steps[1].near_key.shape;
	Oid			types[2] = {get_array_type(anchor->type[0]), get_array_type(key->type[0])};
	Datum		values[2] = {array_of(anchor, pairs->n, pairs->anchors),
	array_of(key, pairs->n, pairs->keys)};
	Oid			save_userid;
	int			save_sec_context;

	SPI_connect();
	row_enter_user(field->path->steps[0].far->owner, &save_userid, &save_sec_context);
	engine_write_begin(InvalidOid);
	if (SPI_execute_with_args(sql, 2, types, values, NULL, false, 0) < 0)
		elog(ERROR, "could not execute \"%s\"", sql);
	engine_write_end();
	row_leave_user(save_userid, save_sec_context);
	SPI_finish();
}

/*
 * DELETE FROM junction j USING ROWS FROM (unnest($1), unnest($2)) u(a, k)
 *	WHERE j.source = u.a AND j.target = u.k
 */
static void
unlink_pairs(Field *field, Pairs *pairs)
{
	Step	   *first = &field->path->steps[0];
	Step	   *second = &field->path->steps[1];

	execute_on_pairs(field, psprintf("DELETE FROM %s j USING ROWS FROM"
									 " (pg_catalog.unnest($1), pg_catalog.unnest($2)) u(a, k)"
									 " WHERE %s OPERATOR(pg_catalog.=) u.a"
									 " AND %s OPERATOR(pg_catalog.=) u.k",
									 first->far->name,
									 sql_column(first->far, first->far_key.att[0], "j"),
									 sql_column(second->near, second->near_key.att[0], "j")),
					 pairs);
}

/*
 * INSERT INTO junction (source, target) SELECT u.a, u.k
 *	FROM ROWS FROM (unnest($1), unnest($2)) u(a, k) ON CONFLICT DO NOTHING
 */
static void
link_pairs(Field *field, Pairs *pairs)
{
	Step	   *first = &field->path->steps[0];
	Step	   *second = &field->path->steps[1];
	Oid			junction = first->far->relid;

	execute_on_pairs(field, psprintf("INSERT INTO %s (%s, %s) SELECT u.a, u.k FROM ROWS FROM"
									 " (pg_catalog.unnest($1), pg_catalog.unnest($2)) u(a, k)"
									 " ORDER BY 1, 2 ON CONFLICT DO NOTHING",
									 first->far->name,
									 quote_identifier(get_attname(junction, first->far_key.att[0], false)),
									 quote_identifier(get_attname(junction, second->near_key.att[0], false))),
					 pairs);
}

void
edit_junction(Worklist *work, Field *field, List *edits)
{
	Pairs		removed = collect_pairs(edits, false);
	Pairs		added = collect_pairs(edits, true);

	if (removed.n > 0)
		unlink_pairs(field, &removed);
	if (added.n > 0)
	{
		lock_linked_rows(work, field, &added);
		link_pairs(field, &added);
	}
}
