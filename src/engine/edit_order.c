/*
 * edit_order.c: from the order in which keys were written to positions.
 *
 * Rows that stand in the right order among themselves stay where they are; the
 * others get positions between them, and what is at the end is appended like a
 * plain insert.  Where there is no room between two neighbours the second one
 * moves, too.  So few rows are written, and whatever another session appends
 * meanwhile comes to the end of the list or between its elements, but nowhere
 * twice and in the same place for everybody.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "commands/sequence.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#include "engine/edit.h"
#include "engine/key.h"
#include "engine/plan.h"
#include "engine/trust.h"

/* What the linked rows are known by in the table that has the positions. */
static KeyReader *
member_key(Field *field)
{
	Path	   *path = field->path;

	return path->nsteps == 2 ? &path->steps[1].near_key : &path->steps[0].far->key_reader;
}

static OrderedKey *
find_key(OrderedList *list, Datum *key)
{
	KeyEntry   *entry = key_table_get(list->places, key);

	return entry ? entry->data : NULL;
}

/* The last of several edits of one row says in which order its keys are. */
static void
write_list(Field *field, OrderedList *list, LinkEdit *edit)
{
	list->places = key_table_create(CurrentMemoryContext, member_key(field)->shape);
	list->anchor = edit->anchor;
	list->n = edit->nkeys;
	list->keys = palloc0(sizeof(OrderedKey) * Max(list->n, 1));
	for (int i = 0; i < list->n; i++)
	{
		KeyEntry   *entry = key_table_put(list->places, edit->keys[i]);

		/* What is there twice, spelled in two ways, counts where it is first. */
		list->keys[i].key = edit->keys[i];
		if (entry->data == NULL)
			entry->data = &list->keys[i];
	}
}

static KeyTable *
collect_lists(Field *field, List *edits)
{
	KeyTable   *lists = key_table_create(CurrentMemoryContext, field->group->anchor.shape);
	ListCell   *cell;

	foreach(cell, edits)
	{
		LinkEdit   *edit = lfirst(cell);
		KeyEntry   *entry = key_table_put(lists, edit->anchor);

		if (entry->data == NULL)
			entry->data = palloc0(sizeof(OrderedList));
		write_list(field, entry->data, edit);
	}
	foreach(cell, edits)
	{
		LinkEdit   *edit = lfirst(cell);
		OrderedList *list = key_table_get(lists, edit->anchor)->data;

		for (int i = 0; i < edit->nadded; i++)
		{
			OrderedKey *key = find_key(list, edit->added[i]);

			if (key)
				key->added = true;
		}
	}
	return lists;
}

/*
 * SELECT a.n, t1.position, (t1.key)::type, …
 *	FROM ROWS FROM (unnest($1)) WITH ORDINALITY a(k1, n) JOIN storage t1 ON t1.anchor = a.k1
 */
static char *
positions_sql(Field *field)
{
	Step	   *step = &field->path->steps[0];
	KeyReader  *member = member_key(field);
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfo(&buf, "SELECT a.n, %s", sql_column(step->far, field->path->position, "t1"));
	for (int i = 0; i < member->shape->n; i++)
		appendStringInfo(&buf, ", (%s)::%s", sql_column(step->far, member->att[i], "t1"),
						 key_type_sql(member->shape, i));
	appendStringInfoString(&buf, " FROM ");
	plan_append_keys(&buf, step->far_key.shape);
	appendStringInfo(&buf, " JOIN %s t1 ON ", step->far->name);
	append_equal_keys(&buf, step->far_key.shape, sql_columns(step->far, &step->far_key, "t1"),
					  key_parameters(step->far_key.shape, "a"));
	return buf.data;
}

/* The rows of the query: where the keys of the lists stand now. */
static void
take_positions(Field *field, KeyEntry **lists)
{
	int			nkey = member_key(field)->shape->n;
	Datum	   *values = palloc(sizeof(Datum) * (nkey + 2));
	bool	   *nulls = palloc(sizeof(bool) * (nkey + 2));

	for (uint64 row = 0; row < SPI_processed; row++)
	{
		OrderedKey *key;
		bool		whole = true;

		heap_deform_tuple(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, values, nulls);
		for (int i = 0; i < nkey; i++)
			whole = whole && !nulls[2 + i];
		key = whole ? find_key(lists[DatumGetInt64(values[0]) - 1]->data, &values[2]) : NULL;
		if (key == NULL || (key->placed && key->position <= DatumGetInt64(values[1])))
			continue;			/* of rows with the same key the first one counts */
		key->position = DatumGetInt64(values[1]);
		key->linked = true;
		key->placed = !nulls[1];
	}
	SPI_freetuptable(SPI_tuptable);
}

static void
read_positions(Worklist *work, Field *field, int n, KeyEntry **lists)
{
	Step	   *step = &field->path->steps[0];
	GroupPlan  *plan = plan_find(field->group, NULL, field->path, 0, NULL);
	Datum	   *arguments = plan_arguments(step->far_key.shape, n, lists);
	QueryContext context;

	query_begin(&context, step->far->owner);
	if (plan == NULL)
		plan = plan_keep(work->graph, field->group, NULL, field->path, 0, NULL,
						 positions_sql(field), step->far_key.shape);
	trust_query(plan->sql);
	plan_execute(plan->plan, arguments, GetLatestSnapshot());
	take_positions(field, lists);
	query_end(&context);
}

/* What is neither linked nor being linked has gone in the meantime. */
static void
drop_missing(OrderedList *list)
{
	int			kept = 0;

	for (int i = 0; i < list->n; i++)
	{
		if (list->keys[i].linked || list->keys[i].added)
			list->keys[kept++] = list->keys[i];
	}
	list->n = kept;
}

/*
 * Marks the most rows that can stay: the longest of the increasing sequences of
 * positions.  ends[l] is the row with the least position at which such a
 * sequence of l + 1 rows ends.
 */
static void
mark_staying(OrderedList *list)
{
	int		   *ends = palloc(sizeof(int) * Max(list->n, 1));
	int		   *before = palloc(sizeof(int) * Max(list->n, 1));
	int			length = 0;

	for (int i = 0; i < list->n; i++)
	{
		int			low = 0;
		int			high = length;

		if (!list->keys[i].placed)
			continue;
		while (low < high)
		{
			int			middle = (low + high) / 2;

			if (list->keys[ends[middle]].position < list->keys[i].position)
				low = middle + 1;
			else
				high = middle;
		}
		before[i] = low > 0 ? ends[low - 1] : -1;
		ends[low] = i;
		length = Max(length, low + 1);
	}
	for (int i = length > 0 ? ends[length - 1] : -1; i >= 0; i = before[i])
		list->keys[i].stays = true;
	pfree(ends);
	pfree(before);
}

/* False: there are no such positions. */
static bool
place(OrderedKey *key, int128 position)
{
	if (position < PG_INT64_MIN || position > PG_INT64_MAX)
		return false;
	key->moves |= !key->placed || key->position != (int64) position;
	key->position = (int64) position;
	key->placed = true;
	return true;
}

/* As a plain insert would be placed, but behind what has been put by hand. */
static bool
append_keys(Path *path, OrderedKey *keys, int n, OrderedKey *last)
{
	for (int i = 0; i < n; i++)
	{
		int128		position = last ? (int128) last->position + POSITION_STEP : POSITION_STEP;

		if (OidIsValid(path->sequence))
		{
			int64		drawn = nextval_internal(path->sequence, false);

			if (last == NULL || drawn > last->position)
				position = drawn;
		}
		if (!place(&keys[i], position))
			return false;
		last = &keys[i];
	}
	return true;
}

static bool
prepend_keys(OrderedKey *keys, int n, OrderedKey *next)
{
	bool		placed = true;

	for (int i = 0; i < n && placed; i++)
		placed = place(&keys[i], (int128) next->position - (int128) POSITION_STEP * (n - i));
	return placed;
}

static bool
insert_keys(OrderedKey *keys, int n, OrderedKey *last, OrderedKey *next)
{
	int128		gap = (int128) next->position - last->position;

	for (int i = 0; i < n; i++)
		(void) place(&keys[i], last->position + gap * (i + 1) / (n + 1));
	return true;
}

/* Is there room for n rows between two? */
static bool
has_room(OrderedKey *last, OrderedKey *next, int n)
{
	return last == NULL || (int128) next->position - last->position > n;
}

/* False: there is no room at one of the ends. */
static bool
place_around_staying(Path *path, OrderedList *list)
{
	OrderedKey *last = NULL;
	bool		placed = true;

	for (int i = 0; i < list->n && placed;)
	{
		int			end = i;

		while (end < list->n &&
			   (!list->keys[end].stays || !has_room(last, &list->keys[end], end - i)))
			end++;
		if (end == list->n)
			placed = append_keys(path, &list->keys[i], end - i, last);
		else if (last == NULL)
			placed = prepend_keys(&list->keys[i], end - i, &list->keys[end]);
		else
			placed = insert_keys(&list->keys[i], end - i, last, &list->keys[end]);
		last = end < list->n ? &list->keys[end] : NULL;
		i = end + 1;
	}
	return placed;
}

/* Who has written the greatest position there is has the list numbered anew. */
static void
place_list(Path *path, OrderedList *list)
{
	mark_staying(list);
	if (!place_around_staying(path, list) && !append_keys(path, list->keys, list->n, NULL))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("position of a linked row is out of range"),
				 errdetail("Sequence \"%s\" has come to the greatest positions there are.",
						   get_rel_name(path->sequence))));
}

List *
order_lists(Worklist *work, Field *field, List *edits)
{
	KeyTable   *lists = collect_lists(field, edits);
	int			n = key_table_count(lists);
	KeyEntry   *sorted = key_table_sorted(lists);
	KeyEntry  **entries = palloc(sizeof(KeyEntry *) * Max(n, 1));
	List	   *result = NIL;

	for (int i = 0; i < n; i++)
		entries[i] = &sorted[i];
	read_positions(work, field, n, entries);
	for (int i = 0; i < n; i++)
	{
		OrderedList *list = entries[i]->data;

		drop_missing(list);
		place_list(field->path, list);
		result = lappend(result, list);
	}
	return result;
}
