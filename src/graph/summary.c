/*
 * summary.c: what triggers have to look at, table by table.
 */
#include "postgres.h"

#include "graph/build.h"

static void
mark_late_tables(Path *path)
{
	for (int p = 0; p < path->nsteps && !path->guarded; p++)
	{
		Step	   *step = &path->steps[p];

		if (step->kind == STEP_FORWARD && !step->immediate)
			step->near->late = true;
		else if (step->kind == STEP_BACKWARD && !step->immediate)
			step->far->late = true;
	}
}

/* A row that gets another key goes to the end of a list; BEFORE triggers see to that. */
static void
summarize_orders(Graph *graph)
{
	ListCell   *cell;
	ListCell   *other;

	foreach(cell, graph->tables)
	{
		Table	   *table = lfirst(cell);

		foreach(other, table->orders)
		{
			Path	   *path = lfirst(other);

			add_key_columns(&table->settled, &path->steps[0].far_key);
		}
	}
}

void
summarize_tables(Graph *graph)
{
	ListCell   *cell;

	foreach(cell, graph->fields)
	{
		Field	   *field = lfirst(cell);
		Table	   *table = field->holder;

		if (field->editable)
		{
			table->links = bms_add_member(table->links, field->attnum);
			table->beside |= field->beside;
		}
		else
			table->computed = bms_add_member(table->computed, field->attnum);

		/* A row that moves to another partition must be known when it arrives. */
		if (field->editable || !field->group->keyed || table->partitioned)
			table->before = true;
		table->settled = bms_add_members(table->settled, table->partition_key);
		if (!field->group->keyed)
			build_settled_key(table, &field->group->anchor);
		table->settled = bms_add_member(table->settled, field->attnum);
		mark_late_tables(field->path);
		table->watched = bms_add_member(table->watched, field->attnum);
		if (!field->group->keyed)
			table->captured = bms_add_member(table->captured, field->attnum);
	}
	summarize_orders(graph);
	foreach(cell, graph->uses)
	{
		Use		   *use = lfirst(cell);

		use->table->uses = lappend(use->table->uses, use);
		use->table->watched = bms_add_members(use->table->watched, use->columns);
		use->table->captured = bms_add_members(use->table->captured, use->columns);

		/* The foreign key under a relation may go without a word. */
		if (use->path->relation_id != 0)
			add_key_columns(&use->table->watched, &use->key);

		/*
		 * A row whose unique index contains a field gets the strongest lock.  The
		 * foreign key's own lock is in the way of that for all but the first,
		 * unless it is taken before the foreign key is checked.
		 */
		if (use_locks_early(use))
		{
			use->table->before = use->table->lock_early = true;
			build_settled_key(use->table, &use->key);
		}
	}
}
