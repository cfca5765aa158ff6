/*
 * climb.c: from rows of a tree to its root.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/snapmgr.h"

#include "engine/climb.h"
#include "engine/key.h"
#include "engine/row.h"

/* The way up: the row with this key, and in it the key of the row above. */
typedef struct Ladder
{
	FieldGroup *group;
	RowFinder  *finder;
	KeyReader  *above;
	Snapshot	snapshot;
} Ladder;

static Field *
recursive_field(FieldGroup *group)
{
	int			i = 0;

	while (!group->fields[i]->recursive)
		i++;
	return group->fields[i];
}

static void
raise_cycle(Ladder *ladder, List *way, Datum *key)
{
	KeyShape   *shape = ladder->above->shape;
	StringInfoData buf;
	bool		started = false;
	ListCell   *cell;

	initStringInfo(&buf);
	foreach(cell, way)
	{
		if (key_equal(shape, lfirst(cell), key))
			started = true;
		if (started)
			appendStringInfo(&buf, "%s is under ", key_text(shape, lfirst(cell)));
	}
	appendStringInfoString(&buf, key_text(shape, key));
	ereport(ERROR,
			(errcode(ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION),
			 errmsg("rows of table %s would form a cycle", ladder->group->holder->label),
			 errdetail("%s.", buf.data),
			 errhint("Field \"%s\" goes over the tree that these rows make.",
					 recursive_field(ladder->group)->definition->name)));
}

/* Climbs until the root, a missing row, or a row that others came by. */
static void
climb_from(Ladder *ladder, Datum *start, KeyTable *seen)
{
	KeyShape   *shape = ladder->above->shape;
	Datum	   *key = start;
	List	   *way = NIL;
	ListCell   *cell;

	for (;;)
	{
		KeyEntry   *entry = key_table_put(seen, key);
		Datum	   *next = palloc(sizeof(Datum) * shape->n);

		CHECK_FOR_INTERRUPTS();
		if (entry->data == way && way != NIL)
			raise_cycle(ladder, way, key);
		if (entry->data != NULL)
			break;				/* somebody has gone on from here */
		key = entry->key;
		way = lappend(way, key);
		entry->data = way;
		if (!row_find_and_lock(ladder->finder, key, ladder->group->holder->lock) ||
			!key_read(ladder->above, ladder->finder->slot, next))
			break;
		key = key_copy(shape, next);
	}
	/* What is left of this way is known to lead to the root. */
	foreach(cell, way)
		key_table_get(seen, lfirst(cell))->data = seen;
}

void
climb(FieldGroup *group, KeyTable *starts)
{
	Path	   *path = recursive_field(group)->path;
	Step	   *step = &path->steps[0];
	KeyReader  *own = path->forward ? &step->far_key : &step->near_key;
	KeyTable   *seen = key_table_create(CurrentMemoryContext, own->shape);
	KeyEntry   *entries = key_table_sorted(starts);
	Ladder		ladder;

	ladder.group = group;
	ladder.snapshot = RegisterSnapshot(GetLatestSnapshot());
	ladder.above = path->forward ? &step->near_key : &step->far_key;
	ladder.finder = row_finder_open(group->holder, path->forward ? step->far_index : group->index,
									own, ladder.snapshot);
	for (int i = 0; i < key_table_count(starts); i++)
		climb_from(&ladder, entries[i].key, seen);
	row_finder_close(ladder.finder);
	UnregisterSnapshot(ladder.snapshot);
}
