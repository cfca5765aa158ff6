/*
 * worklist.c: the layers of notes, and the marks of what was recomputed.
 */
#include "postgres.h"

#include "access/xact.h"
#include "common/hashfn.h"
#include "executor/executor.h"
#include "utils/datum.h"
#include "utils/memutils.h"

#include "engine/engine.h"
#include "engine/lock.h"
#include "engine/spill.h"
#include "engine/worklist.h"

static Worklist *top = NULL;

/* 64-bit hashes of (field, key); a collision only costs a recomputation. */
typedef struct MarkEntry
{
	uint64		mark;
	char		status;
} MarkEntry;

#define SH_PREFIX marks
#define SH_ELEMENT_TYPE MarkEntry
#define SH_KEY_TYPE uint64
#define SH_KEY mark
#define SH_HASH_KEY(tb, key) ((uint32) ((key) ^ ((key) >> 32)))
#define SH_EQUAL(tb, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* More than so many marks, and everything counts as marked. */
#define MAX_MARKS (1 << 20)

static marks_hash *marks = NULL;
static TimestampTz marks_of_statement = 0;

/*
 * Set while a mark is put in.  What is found set was left by an error, memory
 * having run out while the table grew: it may not be looked into any more, and
 * everything counts as marked.
 */
static bool marks_torn = false;

static Worklist *
push_layer(int nest_level)
{
	int			generation = graph_generation();
	Graph	   *graph = graph_get();
	MemoryContext context = AllocSetContextCreate(TopTransactionContext,
												  "interlink worklist",
												  ALLOCSET_DEFAULT_SIZES);
	Worklist   *work = MemoryContextAllocZero(context, sizeof(Worklist));
	MemoryContext old = MemoryContextSwitchTo(context);

	work->context = context;
	work->nest_level = nest_level;
	work->graph = graph;
	work->generation = generation;
	work->units = palloc0(sizeof(KeyTable *) * (list_length(graph->groups) + 1));
	work->agendas = palloc0(sizeof(Agenda *) * (list_length(graph->groups) + 1));
	work->fills = palloc0(sizeof(KeyTable *) * (list_length(graph->groups) + 1));
	work->spills = palloc0(sizeof(Spill *) * (list_length(graph->groups) + 1));
	work->refill = palloc0(sizeof(bool) * (list_length(graph->groups) + 1));
	work->strays = palloc0(sizeof(KeyTable *) * (list_length(graph->groups) + 1));
	work->climbs = palloc0(sizeof(KeyTable *) * (list_length(graph->groups) + 1));
	work->walks = palloc0(sizeof(KeyTable *) * (list_length(graph->uses) + 1));
	work->locks = palloc0(sizeof(KeyTable *) * (list_length(graph->uses) + 1));
	work->far_keys = palloc0(sizeof(KeyTable *) * (list_length(graph->uses) + 1));
	work->near_keys = palloc0(sizeof(KeyTable *) * (list_length(graph->uses) + 1));
	work->econtext = CreateStandaloneExprContext();
	MemoryContextSwitchTo(old);

	graph_pin(graph);
	work->below = top;
	top = work;
	return work;
}

static void
pop_layer(void)
{
	Worklist   *work = top;
	Graph	   *graph = work->graph;

	top = work->below;
	MemoryContextDelete(work->context);
	graph_unpin(graph);
}

/* Nothing may hide what is noted below. */
static void
drop_empty_layers(int level)
{
	while (top && top->nest_level == level && !top->dirty && top->running == 0)
		pop_layer();
}

Worklist *
worklist_current(void)
{
	int			level = GetCurrentTransactionNestLevel();

	engine_refuse_while_reading();
	if (top && top->nest_level == level)
	{
		bool		in_use = top->dirty || top->running > 0;

		if (in_use ? top->generation == graph_generation() : top->graph == graph_get())
			return top;
		if (!in_use)
			pop_layer();
	}
	return push_layer(level);
}

Worklist *
worklist_pending(void)
{
	int			level = GetCurrentTransactionNestLevel();

	engine_refuse_while_reading();
	drop_empty_layers(level);
	if (top && top->nest_level == level && top->dirty)
		return top;
	return NULL;
}

RowReader *
worklist_reader(Worklist *work, Table *table)
{
	RowReader  *reader;
	MemoryContext old;
	ListCell   *cell;

	foreach(cell, work->readers)
	{
		if (((RowReader *) lfirst(cell))->table == table)
			return lfirst(cell);
	}
	old = MemoryContextSwitchTo(work->scratch);
	reader = row_reader_open(table, RowExclusiveLock);
	work->readers = lappend(work->readers, reader);
	MemoryContextSwitchTo(old);
	return reader;
}

void
worklist_close_readers(Worklist *work)
{
	ListCell   *cell;

	foreach(cell, work->readers)
		row_reader_close(lfirst(cell));
	work->readers = NIL;
}

void
worklist_finish(Worklist *work)
{
	if (work == top)
		pop_layer();
}

static void
subtransaction_callback(SubXactEvent event, SubTransactionId subid,
						SubTransactionId parent, void *arg)
{
	int			level = GetCurrentTransactionNestLevel();

	if (event == SUBXACT_EVENT_ABORT_SUB)
	{
		while (top && top->nest_level >= level)
			pop_layer();
	}
	else if (event == SUBXACT_EVENT_COMMIT_SUB)
	{
		drop_empty_layers(level);
		for (Worklist *work = top; work && work->nest_level == level; work = work->below)
		{
			spill_settle(work);
			work->nest_level = level - 1;
		}
	}
}

static void
forget_marks(void)
{
	if (marks)
		marks_destroy(marks);
	marks = NULL;
	marks_torn = false;
}

static void
transaction_callback(XactEvent event, void *arg)
{
	switch (event)
	{
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_PREPARE:
			for (Worklist *work = top; work; work = work->below)
				spill_end(work);
			/* FALLTHROUGH */
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PARALLEL_COMMIT:
		case XACT_EVENT_PARALLEL_ABORT:
			while (top)
				pop_layer();
			forget_marks();
			break;
		default:
			break;
	}
}

void
worklist_init(void)
{
	RegisterXactCallback(transaction_callback, NULL);
	RegisterSubXactCallback(subtransaction_callback, NULL);
}

/* Trees are worked off in an order of their own; see tree.c. */
static void
put_on_agenda(Worklist *work, FieldGroup *group, Datum *key)
{
	Agenda	   *agenda = work->agendas[group->number];
	MemoryContext old = MemoryContextSwitchTo(work->context);

	if (agenda == NULL)
	{
		agenda = work->agendas[group->number] = palloc0(sizeof(Agenda));
		agenda->next = INT_MAX;
		agenda->last = -1;
	}
	agenda->fresh = lappend(agenda->fresh, key);
	MemoryContextSwitchTo(old);
}

Unit *
worklist_unit(Worklist *work, FieldGroup *group, Datum *anchor)
{
	KeyEntry   *entry;

	if (work->spills[group->number])
		return spill_put(work, group, anchor);
	if (work->units[group->number] == NULL)
		work->units[group->number] = key_table_create(work->context, group->anchor.shape);
	entry = key_table_put(work->units[group->number], anchor);
	if (entry->data == NULL)
	{
		entry->data = MemoryContextAllocZero(work->context,
											 offsetof(Unit, notes) + sizeof(FieldNote) * group->nfields);
		work->dirty = true;
		if (group->tree)
			put_on_agenda(work, group, entry->key);
		if (spill_is_due(work, group))
			return spill_begin(work, group);
	}
	return entry->data;
}

void
note_far_change(Worklist *work, Unit *unit, Use *use, Datum *key, int sign)
{
	MemoryContext old = MemoryContextSwitchTo(work->context);
	KeyShape   *shape = use->lock->key.shape;
	FarChange  *change = palloc(offsetof(FarChange, key) + sizeof(Datum) * shape->n);

	for (int i = 0; i < shape->n; i++)
		change->key[i] = datumCopy(key[i], shape->typbyval[i], shape->typlen[i]);
	change->use = use;
	change->sign = sign;
	change->next = unit->far_changes;
	unit->far_changes = change;
	MemoryContextSwitchTo(old);
}

static void
put_key(Worklist *work, KeyTable **tables, int number, KeyShape *shape, Datum *key)
{
	if (tables[number] == NULL)
		tables[number] = key_table_create(work->context, shape);
	(void) key_table_put(tables[number], key);
	work->dirty = true;
}

void
note_walk(Worklist *work, Use *use, Datum *key)
{
	put_key(work, work->walks, use->number, use->key.shape, key);
}

void
note_lock(Worklist *work, Use *use, Datum *key)
{
	put_key(work, work->locks, use->number, use->lock->key.shape, key);
}

/* With so many the step is locked as a whole; what more there are does not matter. */
static void
put_key_to_lock(Worklist *work, KeyTable **tables, int number, KeyShape *shape, Datum *key)
{
	if (tables[number] == NULL || key_table_count(tables[number]) <= key_lock_limit())
		put_key(work, tables, number, shape, key);
}

void
note_far_key(Worklist *work, Use *use, Datum *key)
{
	put_key_to_lock(work, work->far_keys, use->number, use->key.shape, key);
}

void
note_near_key(Worklist *work, Use *use, Datum *key)
{
	put_key_to_lock(work, work->near_keys, use->number, use->near_side->near_key.shape, key);
}

void
note_climb(Worklist *work, FieldGroup *group, Datum *key)
{
	put_key(work, work->climbs, group->number, group->anchor.shape, key);
}

void
note_stray(Worklist *work, FieldGroup *group, Datum *key)
{
	put_key(work, work->strays, group->number, group->holder->key_reader.shape, key);
}

void
note_refill(Worklist *work, FieldGroup *group)
{
	work->refill[group->number] = true;
	work->dirty = true;
}

static uint64
mark_of(Field *field, uint32 key_hash)
{
	return ((uint64) field->definition->id << 32) ^ key_hash;
}

/* All keys of a field. */
static uint64
whole_mark_of(int64 id)
{
	return ~((uint64) id << 32);
}

/* Marks of an earlier statement of the client have done their duty. */
static void
forget_old_marks(void)
{
	TimestampTz now = GetCurrentStatementStartTimestamp();

	if (marks_of_statement != now)
		forget_marks();
	marks_of_statement = now;
}

static void
put_mark(uint64 mark)
{
	bool		found;

	forget_old_marks();
	if (marks_torn)
		return;
	if (marks == NULL)
		marks = marks_create(TopTransactionContext, 64, NULL);
	if (marks->members >= MAX_MARKS)
		return;
	marks_torn = true;
	(void) marks_insert(marks, mark, &found);
	marks_torn = false;
}

void
mark_recomputed(Field *field, uint32 key_hash)
{
	put_mark(mark_of(field, key_hash));
}

void
mark_filled(int64 id)
{
	put_mark(whole_mark_of(id));
}

bool
is_marked(Field *field, uint32 key_hash)
{
	forget_old_marks();
	if (marks == NULL)
		return false;
	return marks_torn || marks->members >= MAX_MARKS ||
		marks_lookup(marks, mark_of(field, key_hash)) != NULL ||
		marks_lookup(marks, whole_mark_of(field->definition->id)) != NULL;
}
