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

/* Where a row stands: how many rows are above it. */
typedef struct Rung
{
	int			depth;			/* ON_THE_WAY until the root has been reached */
} Rung;

#define ON_THE_WAY (-1)

struct Ladder
{
	FieldGroup *group;
	RowReader  *reader;
	RowFinder  *finder;
	KeyReader  *above;			/* in a row, the key of the row above */
	Snapshot	snapshot;
	bool		locks;
	KeyTable   *rungs;			/* data is a Rung */
};

Ladder *
ladder_open(FieldGroup *group, bool locks)
{
	Ladder	   *ladder = palloc0(sizeof(Ladder));
	Path	   *path = group->tree;
	Step	   *step = &path->steps[0];
	KeyReader  *own = path->forward ? &step->far_key : &step->near_key;

	ladder->group = group;
	ladder->locks = locks;
	ladder->above = path->forward ? &step->near_key : &step->far_key;
	ladder->snapshot = RegisterSnapshot(GetLatestSnapshot());
	ladder->reader = row_reader_open(group->holder, RowExclusiveLock);
	ladder->finder = row_finder_open(ladder->reader,
									 path->forward ? step->far_index : group->index,
									 own, ladder->snapshot);
	ladder->rungs = key_table_create(CurrentMemoryContext, own->shape);
	return ladder;
}

void
ladder_close(Ladder *ladder)
{
	row_finder_close(ladder->finder);
	row_reader_close(ladder->reader);
	UnregisterSnapshot(ladder->snapshot);
}

static const char *
name_of_recursive_field(FieldGroup *group)
{
	int			i = 0;

	while (!group->fields[i]->recursive)
		i++;
	return group->fields[i]->definition->name;
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
					 name_of_recursive_field(ladder->group))));
}

/* From a row to the key of the row above; false at the root, or without a row. */
static bool
step_up(Ladder *ladder, Datum *key, Datum *above)
{
	RowFinder  *finder = ladder->finder;
	bool		found;

	if (ladder->locks)
		found = row_find_and_lock(finder, key, ladder->group->holder->lock);
	else
	{
		row_find(finder, key);
		found = row_next(finder) != NULL;
	}
	return found && key_read(ladder->above, finder->slot, above);
}

/* Up to the root, a missing row, or a row that others came by. */
int
ladder_depth(Ladder *ladder, Datum *key)
{
	Datum	   *above = palloc(sizeof(Datum) * ladder->above->shape->n);
	List	   *way = NIL;
	int			depth = 0;

	for (;;)
	{
		KeyEntry   *entry = key_table_put(ladder->rungs, key);
		Rung	   *rung = entry->data;

		CHECK_FOR_INTERRUPTS();
		if (rung && rung->depth == ON_THE_WAY)
			raise_cycle(ladder, way, key);
		if (rung)
		{
			depth = rung->depth + 1;
			break;
		}
		way = lappend(way, entry->key);
		entry->data = rung = palloc(sizeof(Rung));
		rung->depth = ON_THE_WAY;
		if (!step_up(ladder, entry->key, above))
			break;
		key = above;
	}
	for (int i = list_length(way) - 1; i >= 0; i--)
		((Rung *) key_table_get(ladder->rungs, list_nth(way, i))->data)->depth = depth++;
	return depth - 1;
}

void
climb(FieldGroup *group, KeyTable *starts)
{
	KeyEntry   *entries = key_table_sorted(starts);
	Ladder	   *ladder = ladder_open(group, true);

	for (int i = 0; i < key_table_count(starts); i++)
		(void) ladder_depth(ladder, entries[i].key);
	ladder_close(ladder);
}
