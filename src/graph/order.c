/*
 * order.c: the order of computing (levels of fields) and of locking (ranks of
 * tables).
 *
 * A field stands one level above the highest field that it reads.  A table
 * ranks above the tables whose columns flow into it; where tables feed each
 * other the order is that of their oids, which every session agrees on.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "graph/build.h"

/* Does the field read this column of this table? */
static bool
reads(Field *field, Field *other)
{
	Path	   *path = field->path;

	if (field_reads(field, other->holder->relid, other->attnum))
		return true;
	for (int p = 0; p <= path->nsteps; p++)
	{
		Table	   *table = p == 0 ? path->steps[0].near : path->steps[p - 1].far;

		if (table != other->holder)
			continue;
		if (p > 0)
		{
			KeyReader  *key = &path->steps[p - 1].far_key;

			for (int i = 0; i < key->shape->n; i++)
				if (key->att[i] == other->attnum)
					return true;
		}
		if (p < path->nsteps)
		{
			KeyReader  *key = &path->steps[p].near_key;

			for (int i = 0; i < key->shape->n; i++)
				if (key->att[i] == other->attnum)
					return true;
		}
	}
	return false;
}

static char *
field_label(Field *field)
{
	return psprintf("%s.%s", field->holder->name, quote_identifier(field->definition->name));
}

static void
report_cycle(List *way, Field *field)
{
	StringInfoData buf;
	bool		started = false;
	ListCell   *cell;

	initStringInfo(&buf);
	foreach(cell, way)
	{
		if (lfirst(cell) == field)
			started = true;
		if (started)
			appendStringInfo(&buf, "%s reads ", field_label(lfirst(cell)));
	}
	appendStringInfoString(&buf, field_label(field));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
			 errmsg("field \"%s\" of table %s would depend on itself",
					field->definition->name, field->holder->label),
			 errdetail("%s.", buf.data)));
}

/*
 * A rollup may read itself over a link of the table to itself: the rows make a
 * tree, and the value of each follows from those of its neighbours.
 */
static bool
may_recur(Field *field)
{
	Path	   *path = field->path;

	return field->definition->kind == FIELD_ROLLUP && path->nsteps == 1 &&
		path->steps[0].far == field->holder && !path->guarded;
}

/* way: the fields we came by, from the first to the one that reads this one. */
static int
level_of(Graph *graph, Field *field, List *way)
{
	ListCell   *cell;
	int			level = 1;

	if (field->level > 0)
		return field->level;
	if (list_member_ptr(way, field))
		report_cycle(way, field);
	way = lappend(list_copy(way), field);
	foreach(cell, graph->fields)
	{
		Field	   *other = lfirst(cell);

		if (other == field && may_recur(field))
			field->recursive |= reads(field, field);
		else if (reads(field, other))
			level = Max(level, level_of(graph, other, way) + 1);
	}
	field->level = level;
	graph->levels = Max(graph->levels, level);
	return level;
}

void
build_levels(Graph *graph)
{
	ListCell   *cell;

	foreach(cell, graph->fields)
		(void) level_of(graph, lfirst(cell), NIL);
}

static int
compare_tables(const ListCell *a, const ListCell *b)
{
	Oid			left = ((Table *) lfirst(a))->relid;
	Oid			right = ((Table *) lfirst(b))->relid;

	return (left > right) - (left < right);
}

/* Do values of this table, or the existence of its rows, flow into fields of the other? */
static bool
feeds(Graph *graph, Table *table, Table *holder)
{
	ListCell   *cell;

	foreach(cell, holder->fields)
	{
		Field	   *field = lfirst(cell);

		for (int p = 1; p <= field->needed_position; p++)
			if (field->path->steps[p - 1].far == table)
				return true;
	}
	return false;
}

static int
rank_of(Graph *graph, Table *table, List *way)
{
	int			rank = 1;
	ListCell   *cell;

	if (table->rank > 0)
		return table->rank;
	way = lappend(list_copy(way), table);
	foreach(cell, graph->tables)
	{
		Table	   *source = lfirst(cell);

		if (!list_member_ptr(way, source) && feeds(graph, source, table))
			rank = Max(rank, rank_of(graph, source, way) + 1);
	}
	table->rank = rank;
	return rank;
}

void
build_ranks(Graph *graph)
{
	ListCell   *cell;

	list_sort(graph->tables, compare_tables);
	foreach(cell, graph->tables)
		(void) rank_of(graph, lfirst(cell), NIL);
}
