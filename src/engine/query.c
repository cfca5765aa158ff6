/*
 * query.c: the engine's queries: recomputing, walking back, finding all.
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#include "engine/field_context.h"
#include "engine/plan.h"
#include "engine/query.h"
#include "engine/trust.h"
#include "engine/value.h"

/*
 * SELECT a.n, v.* FROM ROWS FROM (unnest($1)) WITH ORDINALITY a(k1, n)
 *	CROSS JOIN LATERAL (SELECT … FROM far t1 WHERE t1.key = a.k1) v
 */
static char *
recompute_sql(FieldGroup *group, List *fields)
{
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoString(&buf, "SELECT a.n, v.* FROM ");
	plan_append_keys(&buf, group->anchor.shape);
	appendStringInfoString(&buf, " CROSS JOIN LATERAL (");
	append_field_query(&buf, fields, anchor_parameters(group));
	appendStringInfoString(&buf, ") v");
	return buf.data;
}

/* Row by row: the values of the fields into the notes that asked for them. */
static void
take_results(Worklist *work, List *fields, KeyEntry **entries, bool compare)
{
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		HeapTuple	tuple = SPI_tuptable->vals[row];
		TupleDesc	desc = SPI_tuptable->tupdesc;
		bool		isnull;
		int64		n = DatumGetInt64(SPI_getbinval(tuple, desc, 1, &isnull));
		Unit	   *unit = entries[n - 1]->data;
		int			column = 1;
		ListCell   *cell;

		foreach(cell, fields)
		{
			Field	   *field = lfirst(cell);
			FieldNote  *note = &unit->notes[field->index];
			Datum		value = SPI_getbinval(tuple, desc, ++column, &isnull);

			if (!note->recompute)
				continue;
			if (compare && !value_identical(field, note->value, note->isnull, value, isnull))
				ereport(ERROR,
						(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
						 errmsg("could not serialize access due to concurrent update"),
						 errdetail("Field \"%s\" of table %s depends on rows that this transaction cannot see.",
								   field->definition->name, field->holder->label)));
			if (!compare)
			{
				MemoryContext old = MemoryContextSwitchTo(work->scratch ? work->scratch : work->context);

				note->isnull = isnull;
				note->value = isnull ? (Datum) 0 :
					datumCopy(value, field->typbyval, field->typlen);
				note->computed = true;
				MemoryContextSwitchTo(old);
			}
		}
	}
	SPI_freetuptable(SPI_tuptable);
}

static void
recompute_path(Worklist *work, FieldGroup *group, Path *path, Bitmapset *wanted,
			   int n, KeyEntry **entries)
{
	GroupPlan  *plan = plan_find(group, NULL, path, 0, wanted);
	List	   *fields = NIL;
	Datum	   *arguments;
	QueryContext context;
	FieldContext asking;
	int			i = -1;

	while ((i = bms_next_member(wanted, i)) >= 0)
		fields = lappend(fields, group->fields[i]);
	arguments = plan_arguments(group->anchor.shape, n, entries);

	query_begin(&context, group->holder->owner);
	fields_context_begin(&asking, NULL, fields);
	if (plan == NULL)
		plan = plan_keep(work->graph, group, NULL, path, 0, wanted,
						 recompute_sql(group, fields), group->anchor.shape);
	trust_query(plan->sql);
	plan_execute(plan->plan, arguments, GetTransactionSnapshot());
	take_results(work, fields, entries, false);

	/* What others have committed since must not make a difference. */
	if (IsolationUsesXactSnapshot())
	{
		plan_execute(plan->plan, arguments, GetLatestSnapshot());
		take_results(work, fields, entries, true);
	}
	field_context_end(&asking);
	query_end(&context);
}

void
query_recompute(Worklist *work, FieldGroup *group, int nunits, KeyEntry *units)
{
	for (int p = 0; p < group->npaths; p++)
	{
		Path	   *path = group->paths[p];
		KeyEntry  **entries = palloc(sizeof(KeyEntry *) * nunits);
		Bitmapset  *wanted = NULL;
		int			n = 0;

		for (int i = 0; i < nunits; i++)
		{
			Unit	   *unit = units[i].data;
			bool		asked = false;

			for (int f = 0; f < group->nfields; f++)
			{
				if (group->fields[f]->path == path && unit->notes[f].recompute &&
					!unit->notes[f].computed)
				{
					wanted = bms_add_member(wanted, f);
					asked = true;
				}
			}
			if (asked)
				entries[n++] = &units[i];
		}
		if (n > 0)
			recompute_path(work, group, path, wanted, n, entries);
	}
}

/*
 * SELECT DISTINCT (t1.key)::type FROM ROWS FROM (unnest($1)) … a(k1, n)
 *	JOIN t<p-1> ON t<p-1>.key = a.k1 JOIN … t1 ON …
 */
static char *
walk_sql(Use *use)
{
	Path	   *path = use->path;
	KeyShape   *anchor = use->group->anchor.shape;
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoString(&buf, "SELECT DISTINCT ");
	for (int i = 0; i < anchor->n; i++)
		appendStringInfo(&buf, "%s(%s)::%s", i > 0 ? ", " : "",
						 sql_column(path->steps[0].far, path->steps[0].far_key.att[i], "t1"),
						 key_type_sql(anchor, i));
	appendStringInfoString(&buf, " FROM ");
	plan_append_keys(&buf, use->key.shape);
	for (int p = use->position - 1; p >= 1; p--)
	{
		Step	   *next = &path->steps[p];	/* from t<p> to t<p+1> */

		appendStringInfo(&buf, " JOIN %s t%d ON ", next->near->name, p);
		append_equal_keys(&buf, next->near_key.shape,
						  sql_columns(next->near, &next->near_key, psprintf("t%d", p)),
						  p == use->position - 1 ? key_parameters(next->near_key.shape, "a") :
						  sql_columns(next->far, &next->far_key, psprintf("t%d", p + 1)));
	}
	return buf.data;
}

static void
add_candidate(Worklist *work, FieldGroup *group, List *fields, Datum *anchor)
{
	Unit	   *unit = worklist_unit(work, group, anchor);
	ListCell   *cell;

	foreach(cell, fields)
		note_recompute(work, unit, lfirst(cell));
}

/* The rows of the last query are anchors. */
static void
take_candidates(Worklist *work, FieldGroup *group, List *fields)
{
	int			natts = group->anchor.shape->n;
	Datum	   *anchor = palloc(sizeof(Datum) * natts);

	for (uint64 row = 0; row < SPI_processed; row++)
	{
		bool		complete = true;

		for (int i = 0; i < natts; i++)
		{
			bool		isnull;

			anchor[i] = SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc,
									  i + 1, &isnull);
			complete = complete && !isnull;
		}
		if (complete)
			add_candidate(work, group, fields, anchor);
	}
	SPI_freetuptable(SPI_tuptable);
}

void
query_walk(Worklist *work, Use *use, KeyTable *keys)
{
	FieldGroup *group = use->group;
	GroupPlan  *plan = plan_find(group, use, use->path, 0, NULL);
	int			n = key_table_count(keys);
	KeyEntry   *sorted = key_table_sorted(keys);
	KeyEntry  **entries = palloc(sizeof(KeyEntry *) * n);
	List	   *fields = NIL;
	ListCell   *cell;
	QueryContext context;

	for (int i = 0; i < n; i++)
		entries[i] = &sorted[i];
	foreach(cell, use->fields)
	{
		if (((Field *) lfirst(cell))->needed_position >= use->position)
			fields = lappend(fields, lfirst(cell));
	}
	query_begin(&context, group->holder->owner);
	if (plan == NULL)
		plan = plan_keep(work->graph, group, use, use->path, 0, NULL,
						 walk_sql(use), use->key.shape);
	trust_query(plan->sql);
	plan_execute(plan->plan, plan_arguments(use->key.shape, n, entries), GetLatestSnapshot());
	take_candidates(work, group, fields);
	query_end(&context);
}

/*
 * SELECT DISTINCT (t2.key)::type FROM ROWS FROM (unnest($1)) … a(k1, n)
 *	JOIN far t1 ON t1.key = a.k1 JOIN far t2 ON …
 */
static char *
keys_ahead_sql(Use *use, int ahead)
{
	Path	   *path = use->path;
	int			first = use->position;
	int			last = first + ahead;
	KeyReader  *wanted = &path->steps[last].near_key;
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoString(&buf, "SELECT DISTINCT ");
	for (int i = 0; i < wanted->shape->n; i++)
		appendStringInfo(&buf, "%s(%s)::%s", i > 0 ? ", " : "",
						 sql_column(path->steps[last].near, wanted->att[i], psprintf("t%d", last)),
						 key_type_sql(wanted->shape, i));
	appendStringInfoString(&buf, " FROM ");
	plan_append_keys(&buf, path->steps[first].near_key.shape);
	for (int p = first; p < last; p++)
	{
		Step	   *step = &path->steps[p];	/* from t<p> to t<p+1> */

		appendStringInfo(&buf, " JOIN %s t%d ON ", step->far->name, p + 1);
		append_equal_keys(&buf, step->far_key.shape,
						  sql_columns(step->far, &step->far_key, psprintf("t%d", p + 1)),
						  p == first ? key_parameters(step->near_key.shape, "a") :
						  sql_columns(step->near, &step->near_key, psprintf("t%d", p)));
	}
	return buf.data;
}

/* The rows of the last query that are whole keys. */
static KeyTable *
take_keys(KeyShape *shape, MemoryContext context)
{
	KeyTable   *result = key_table_create(context, shape);
	Datum	   *key = palloc(sizeof(Datum) * shape->n);

	for (uint64 row = 0; row < SPI_processed; row++)
	{
		bool		complete = true;

		for (int i = 0; i < shape->n; i++)
		{
			bool		isnull;

			key[i] = SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, i + 1, &isnull);
			complete = complete && !isnull;
		}
		if (complete)
			(void) key_table_put(result, key);
	}
	SPI_freetuptable(SPI_tuptable);
	return result;
}

KeyTable *
query_keys_ahead(Worklist *work, Use *use, KeyTable *keys, int ahead)
{
	FieldGroup *group = use->group;
	GroupPlan  *plan = plan_find(group, use, use->path, ahead, NULL);
	KeyShape   *shape = use->near_side->near_key.shape;
	int			n = key_table_count(keys);
	KeyEntry   *sorted = key_table_sorted(keys);
	KeyEntry  **entries = palloc(sizeof(KeyEntry *) * n);
	MemoryContext context = CurrentMemoryContext;
	KeyTable   *result;
	QueryContext query;

	for (int i = 0; i < n; i++)
		entries[i] = &sorted[i];
	query_begin(&query, group->holder->owner);
	if (plan == NULL)
		plan = plan_keep(work->graph, group, use, use->path, ahead, NULL,
						 keys_ahead_sql(use, ahead), shape);
	trust_query(plan->sql);
	plan_execute(plan->plan, plan_arguments(shape, n, entries), GetLatestSnapshot());
	result = take_keys(use->path->steps[use->position + ahead].near_key.shape, context);
	query_end(&query);
	return result;
}

/* Whatever the rows are, they must make a tree. */
static void
climb_from_everywhere(Worklist *work, FieldGroup *group)
{
	KeyTable   *units = work->units[group->number];
	KeyEntry   *entries;

	if (units == NULL)
		return;
	entries = key_table_sorted(units);
	for (int i = 0; i < key_table_count(units); i++)
		note_climb(work, group, entries[i].key);
}

void
query_all_anchors(Worklist *work, FieldGroup *group)
{
	KeyShape   *shape = group->anchor.shape;
	char	  **columns = anchor_columns(group, "h");
	List	   *fields = NIL;
	StringInfoData buf;
	QueryContext context;

	initStringInfo(&buf);
	appendStringInfoString(&buf, "SELECT DISTINCT ");
	for (int i = 0; i < shape->n; i++)
		appendStringInfo(&buf, "%s(%s)::%s", i > 0 ? ", " : "", columns[i], key_type_sql(shape, i));
	appendStringInfo(&buf, " FROM %s h", group->holder->name);
	for (int i = 0; i < group->nfields; i++)
		fields = lappend(fields, group->fields[i]);

	query_begin(&context, group->holder->owner);
	trust_query(buf.data);
	plan_execute(SPI_prepare(buf.data, 0, NULL), NULL, GetLatestSnapshot());
	take_candidates(work, group, fields);
	query_end(&context);
	if (group->tree)
		climb_from_everywhere(work, group);
}
