/*
 * backfill.c: filling new fields in rows that are there already.
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#include "engine/capture.h"
#include "engine/engine.h"
#include "engine/field_context.h"
#include "engine/query.h"
#include "engine/trust.h"

/* All rows at once, grouped by what leads to them, unless each has one linked row. */
static bool
can_be_grouped(List *fields)
{
	ListCell   *cell;

	foreach(cell, fields)
	{
		Field	   *field = lfirst(cell);

		if (field->algebra == ALGEBRA_VALUE || field->path->distinct)
			return false;
	}
	return true;
}

/* v.c<n>, or what the field is without linked rows. */
static char *
value_column(Field *field, int n)
{
	if (!field->has_empty)
		return psprintf("v.c%d", n);
	return psprintf("COALESCE(v.c%d, %s::%s)", n, quote_literal_cstr(field->aggregator->empty),
					format_type_extended(field->type, field->typmod,
										 FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY));
}

/* o CROSS JOIN LATERAL (SELECT …) v, or o LEFT JOIN (SELECT … GROUP BY …) v ON v.k1 = o.key */
static void
append_values(StringInfo buf, FieldGroup *group, List *fields)
{
	char	  **anchor = anchor_columns(group, "o");

	if (!can_be_grouped(fields))
	{
		appendStringInfoString(buf, " CROSS JOIN LATERAL (");
		append_field_query(buf, fields, anchor);
		appendStringInfoString(buf, ") v");
		return;
	}
	appendStringInfoString(buf, " LEFT JOIN (");
	append_grouped_query(buf, fields);
	appendStringInfoString(buf, ") v ON ");
	append_equal_keys(buf, group->anchor.shape, key_parameters(group->anchor.shape, "v"), anchor);
}

/*
 * UPDATE holder h SET f = v.c1, … FROM holder o … v
 *	WHERE o.key = h.key AND (interlink.differ(h.f, v.c1) OR …)
 */
static char *
fill_sql(FieldGroup *group, List *fields)
{
	Table	   *holder = group->holder;
	StringInfoData set;
	StringInfoData differ;
	StringInfoData buf;
	ListCell   *cell;

	initStringInfo(&set);
	initStringInfo(&differ);
	foreach(cell, fields)
	{
		Field	   *field = lfirst(cell);
		int			n = foreach_current_index(cell) + 1;
		char	   *value = value_column(field, n);

		appendStringInfo(&set, "%s%s = %s", n > 1 ? ", " : "",
						 quote_identifier(field->definition->name), value);
		appendStringInfo(&differ, "%sinterlink.differ(%s, %s)", n > 1 ? " OR " : "",
						 sql_column(holder, field->attnum, "h"), value);
	}
	initStringInfo(&buf);
	appendStringInfo(&buf, "UPDATE %s h SET %s FROM %s o", holder->name, set.data, holder->name);
	append_values(&buf, group, fields);
	appendStringInfo(&buf, " WHERE (%s) AND ", differ.data);
	append_equal_keys(&buf, holder->key_reader.shape,
					  sql_columns(holder, &holder->key_reader, "o"),
					  sql_columns(holder, &holder->key_reader, "h"));
	return buf.data;
}

static void
set_for_filling(const char *name, const char *value)
{
	(void) set_config_option(name, value, PGC_SUSET, PGC_S_SESSION, GUC_ACTION_SAVE,
							 true, 0, false);
}

/*
 * The whole table is read: by whatever way the planner finds best, and with the
 * memory that is meant for work like this.
 */
static void
plan_for_filling(void)
{
	set_for_filling("session_replication_role", "replica");
	set_for_filling("enable_hashjoin", "on");
	set_for_filling("enable_mergejoin", "on");
	set_for_filling("enable_seqscan", "on");
	set_for_filling("work_mem", psprintf("%dkB", maintenance_work_mem));
}

/* No trigger fires, neither the user's nor ours: nothing but the column is new. */
static void
fill_fields(FieldGroup *group, List *fields)
{
	QueryContext context;
	FieldContext filling;
	char	   *sql = fill_sql(group, fields);
	SPIPlanPtr	plan;

	query_begin(&context, group->holder->owner);
	plan_for_filling();
	fields_context_begin(&filling, NULL, fields);
	trust_query(sql);
	plan = SPI_prepare(sql, 0, NULL);

	/* A row that this transaction cannot see must be filled too, or it fails. */
	if (plan == NULL ||
		SPI_execute_snapshot(plan, NULL, NULL, GetLatestSnapshot(),
							 IsolationUsesXactSnapshot() ? GetTransactionSnapshot() : InvalidSnapshot,
							 false, true, 0) < 0)
		elog(ERROR, "could not execute \"%s\"", sql);
	field_context_end(&filling);
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
 * As if all rows of the holder had been touched: fields that read these follow,
 * in tables that nobody else is kept from as well.  So it is for the values of a
 * tree, which follow from each other; and its rows must make a tree.
 */
void
engine_refill(List *field_ids)
{
	Worklist   *work = worklist_current();
	ListCell   *id;

	foreach(id, field_ids)
		note_refill(work, graph_field(work->graph, *(int64 *) lfirst(id))->group);
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
				engine_refill(list_make1(&group->fields[i]->definition->id));
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
