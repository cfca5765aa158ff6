/*
 * edit_junction.c: edits of a link whose keys stand in a junction table.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/lsyscache.h"

#include "engine/edit.h"
#include "engine/edit_junction.h"
#include "engine/engine.h"
#include "engine/key.h"
#include "engine/lock.h"
#include "engine/plan.h"
#include "engine/query.h"
#include "engine/row.h"

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

/* The parameters of a statement: for each column of the pairs an array, or the value of a single pair. */
typedef struct Parameters
{
	int			n;
	Oid			types[2 * INDEX_MAX_KEYS + 1];
	Datum		values[2 * INDEX_MAX_KEYS + 1];
} Parameters;

static void
add_parameter(Parameters *parameters, Oid type, Datum value)
{
	parameters->types[parameters->n] = type;
	parameters->values[parameters->n++] = value;
}

static Datum
array_of_column(KeyShape *shape, int i, int n, Datum **keys)
{
	Datum	   *elements = palloc_extended(sizeof(Datum) * Max(n, 1), MCXT_ALLOC_HUGE);

	for (int k = 0; k < n; k++)
		elements[k] = keys[k][i];
	return plan_array(shape, i, n, elements);
}

static void
add_keys(Parameters *parameters, bool single, KeyShape *shape, int n, Datum **keys)
{
	for (int i = 0; i < shape->n; i++)
	{
		if (single)
			add_parameter(parameters, plan_value_type(shape, i), plan_value(shape, i, keys[0][i]));
		else
			add_parameter(parameters, plan_array_type(shape, i), array_of_column(shape, i, n, keys));
	}
}

static void
add_positions(Parameters *parameters, bool single, int n, Datum *positions)
{
	if (single)
		add_parameter(parameters, INT8OID, positions[0]);
	else
		add_parameter(parameters, INT8ARRAYOID,
					  PointerGetDatum(construct_array(positions, n, INT8OID, sizeof(int64),
													  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE)));
}

static SPIPlanPtr
statement_plan(Worklist *work, JunctionStatement statement, StatementForm *form, Parameters *parameters)
{
	int			number = statement * 2 + form->single;
	GroupPlan  *plan = plan_find_statement(form->field, number);

	if (plan == NULL)
		plan = plan_keep_statement(work->graph, form->field, number,
								   junction_sql(statement, form), parameters->n, parameters->types);
	return plan->plan;
}

static void
execute_on_pairs(Worklist *work, Field *field, JunctionStatement statement, Pairs *pairs)
{
	StatementForm form = {field, pairs->n == 1, pairs->positions != NULL};
	Parameters	parameters = {0};
	Oid			save_userid;
	int			save_sec_context;
	int			result;

	if (pairs->n == 0)
		return;
	add_keys(&parameters, form.single, field->path->steps[0].far_key.shape, pairs->n, pairs->anchors);
	add_keys(&parameters, form.single, field->path->steps[1].near_key.shape, pairs->n, pairs->keys);
	if (form.positions)
		add_positions(&parameters, form.single, pairs->n, pairs->positions);
	SPI_connect();
	row_enter_user(field->path->steps[0].far->owner, &save_userid, &save_sec_context);
	engine_write_begin(InvalidOid);
	result = SPI_execute_plan(statement_plan(work, statement, &form, &parameters),
							  parameters.values, NULL, false, 0);
	if (result < 0)
		elog(ERROR, "could not write a junction: %s", SPI_result_code_string(result));
	engine_write_end();
	row_leave_user(save_userid, save_sec_context);
	SPI_finish();
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
		int			same = place_in_key(anchor, key->att[i]);

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

static void
link_pairs(Worklist *work, Field *field, Pairs *pairs)
{
	check_shared_columns(field, pairs);
	execute_on_pairs(work, field, LINK_PAIRS, pairs);
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

	execute_on_pairs(work, field, MOVE_PAIRS, &moved);
	link_pairs(work, field, &added);
}

void
edit_junction(Worklist *work, Field *field, List *edits)
{
	Pairs		removed = collect_pairs(field, edits, false);
	Pairs		added = collect_pairs(field, edits, true);

	execute_on_pairs(work, field, UNLINK_PAIRS, &removed);
	lock_linked_rows(work, field, &added);
	if (field->path->position)
		link_in_order(work, field, edits);
	else
		link_pairs(work, field, &added);
}
