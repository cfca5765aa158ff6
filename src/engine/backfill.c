/*
 * backfill.c: filling new fields in rows that are there already.
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#include "engine/capture.h"
#include "engine/engine.h"
#include "engine/query.h"
#include "engine/trust.h"

/*
 * UPDATE holder h SET f = v.c1, … FROM holder o CROSS JOIN LATERAL (SELECT …) v
 *	WHERE o.key = h.key AND (interlink.differ(h.f, v.c1) OR …)
 */
static char *
fill_sql(FieldGroup *group, List *fields)
{
	Table	   *holder = group->holder;
	StringInfoData buf;
	ListCell   *cell;
	int			n = 0;

	initStringInfo(&buf);
	appendStringInfo(&buf, "UPDATE %s h SET ", holder->name);
	foreach(cell, fields)
	{
		n++;
		appendStringInfo(&buf, "%s%s = v.c%d", n > 1 ? ", " : "",
						 quote_identifier(((Field *) lfirst(cell))->definition->name), n);
	}
	appendStringInfo(&buf, " FROM %s o CROSS JOIN LATERAL (", holder->name);
	append_field_query(&buf, fields, anchor_columns(group, "o"));
	appendStringInfoString(&buf, ") v WHERE (");
	for (int i = 1; i <= n; i++)
		appendStringInfo(&buf, "%sinterlink.differ(%s, v.c%d)", i > 1 ? " OR " : "",
						 sql_column(holder, ((Field *) list_nth(fields, i - 1))->attnum, "h"), i);
	appendStringInfoChar(&buf, ')');
	for (int i = 0; i < holder->nkey; i++)
		appendStringInfo(&buf, " AND %s OPERATOR(pg_catalog.=) %s",
						 sql_column(holder, holder->key[i], "o"),
						 sql_column(holder, holder->key[i], "h"));
	return buf.data;
}

/* No trigger fires, neither the user's nor ours: nothing but the column is new. */
static void
fill_fields(FieldGroup *group, List *fields)
{
	QueryContext context;
	char	   *sql = fill_sql(group, fields);
	SPIPlanPtr	plan;

	query_begin(&context, group->holder->owner);
	(void) set_config_option("session_replication_role", "replica",
							 PGC_SUSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	trust_query(sql);
	plan = SPI_prepare(sql, 0, NULL);

	/* A row that this transaction cannot see must be filled too, or it fails. */
	if (plan == NULL ||
		SPI_execute_snapshot(plan, NULL, NULL, GetLatestSnapshot(),
							 IsolationUsesXactSnapshot() ? GetTransactionSnapshot() : InvalidSnapshot,
							 false, true, 0) < 0)
		elog(ERROR, "could not execute \"%s\"", sql);
	query_end(&context);
}

static bool
asked_for(List *field_ids, Field *field)
{
	ListCell   *cell;

	foreach(cell, field_ids)
	{
		if (*(int64 *) lfirst(cell) == field->definition->id)
			return true;
	}
	return false;
}

/*
 * The values of a tree follow from each other, so that the engine has to work
 * its way through; and its rows must make a tree.
 */
static void
fill_tree(int64 id)
{
	Worklist   *work = worklist_current();
	FieldGroup *group = graph_field(work->graph, id)->group;

	note_refill(work, group);
	while ((work = worklist_pending()) != NULL)
		run_worklist(work);
}

static void
fill_group(FieldGroup *group, List *field_ids)
{
	for (int p = 0; p < group->npaths; p++)
	{
		List	   *fields = NIL;

		for (int i = 0; i < group->nfields; i++)
		{
			if (group->fields[i]->path != group->paths[p] ||
				!asked_for(field_ids, group->fields[i]))
				continue;
			if (group->fields[i]->recursive)
				fill_tree(group->fields[i]->definition->id);
			else
				fields = lappend(fields, group->fields[i]);
		}
		if (fields)
			fill_fields(group, fields);
	}
}

void
engine_fill(List *field_ids)
{
	Graph	   *graph = graph_get();
	ListCell   *id;

	foreach(id, field_ids)
		mark_filled(*(int64 *) lfirst(id));
	graph_pin(graph);
	PG_TRY();
	{
		for (int level = 1; level <= graph->levels; level++)
		{
			ListCell   *cell;

			foreach(cell, graph->groups)
			{
				if (((FieldGroup *) lfirst(cell))->level == level)
					fill_group(lfirst(cell), field_ids);
			}
		}
	}
	PG_FINALLY();
	{
		graph_unpin(graph);
	}
	PG_END_TRY();
}
