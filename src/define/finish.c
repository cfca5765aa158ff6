/*
 * finish.c: after the catalog has been written.
 */
#include "postgres.h"

#include "ddl/ddl.h"
#include "define/define.h"
#include "engine/engine.h"

List *
append_id(List *ids, int64 id)
{
	int64	   *copy = palloc(sizeof(int64));

	*copy = id;
	return lappend(ids, copy);
}

/* From now on PostgreSQL knows what they need. */
static void
protect_fields(List *field_ids)
{
	Graph	   *graph = graph_get();
	ListCell   *cell;

	foreach(cell, field_ids)
	{
		Field	   *field = graph_field(graph, *(int64 *) lfirst(cell));

		if (field)
			protect_field(field);
	}
}

/*
 * Building the graph raises the error for a definition that makes a cycle.
 * Triggers go before values, so that nothing can happen between the two.
 */
void
finish_definition(List *field_ids, List *relids, bool fill)
{
	ListCell   *cell;

	graph_changed();
	(void) graph_get();
	foreach(cell, relids)
		triggers_sync(lfirst_oid(cell));
	protect_fields(field_ids);
	if (fill && field_ids)
		engine_fill(field_ids);
	retype_rows(relids);
}
