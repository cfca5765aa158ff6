/*
 * finish.c: after the catalog has been written.
 */
#include "postgres.h"

#include "define/define.h"
#include "engine/engine.h"

List *
append_id(List *ids, int64 id)
{
	int64	   *copy = palloc(sizeof(int64));

	*copy = id;
	return lappend(ids, copy);
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
	if (fill && field_ids)
		engine_fill(field_ids);
}
