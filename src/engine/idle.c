/*
 * idle.c: statements that our UPDATE triggers have nothing to do with.
 *
 * PostgreSQL locks every row of an UPDATE for its BEFORE ROW triggers, and
 * writes that to the log, before it looks at their WHEN clauses; and it reads,
 * plans and prepares the clauses of all row triggers anew for each statement.
 * When a statement sets none of the columns that a clause of ours compares, and
 * no trigger of somebody else might, the clause is false for all of its rows:
 * then the statement goes without the trigger.
 *
 * The executor works with a copy of the description of a table's triggers, which
 * is the statement's own.
 */
#include "postgres.h"

#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "common/hashfn.h"
#include "executor/executor.h"
#include "optimizer/optimizer.h"
#include "rewrite/prs2lock.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/reltrigger.h"

#include "engine/engine.h"
#include "engine/idle.h"

/* A WHEN clause as the catalog has it, and the columns in it. */
typedef struct Clause
{
	uint32		hash;
	char	   *text;
	Bitmapset  *columns;		/* as in RTEs, from FirstLowInvalidHeapAttributeNumber on */
} Clause;

static HTAB *clauses = NULL;

static ExecutorStart_hook_type next_hook = NULL;

static void
make_clauses(void)
{
	HASHCTL		control = {.keysize = sizeof(uint32),.entrysize = sizeof(Clause),.hcxt = TopMemoryContext};

	clauses = hash_create("interlink WHEN clauses", 32, &control,
						  HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

/* Reading a clause takes longer than the lock of a row: once for each text. */
static Bitmapset *
columns_of_clause(const char *text)
{
	uint32		hash = hash_bytes((const unsigned char *) text, strlen(text));
	Bitmapset  *columns = NULL;
	Clause	   *clause;
	bool		found;
	MemoryContext old;

	if (clauses == NULL)
		make_clauses();
	clause = hash_search(clauses, &hash, HASH_FIND, NULL);
	if (clause && strcmp(clause->text, text) == 0)
		return clause->columns;
	pull_varattnos(stringToNode(text), PRS2_OLD_VARNO, &columns);
	old = MemoryContextSwitchTo(TopMemoryContext);
	columns = bms_copy(columns);
	text = pstrdup(text);
	MemoryContextSwitchTo(old);
	clause = hash_search(clauses, &hash, HASH_ENTER, &found);
	if (found)
	{
		pfree(clause->text);
		bms_free(clause->columns);
	}
	clause->text = unconstify(char *, text);
	clause->columns = columns;
	return columns;
}

static bool
is_row_update(Trigger *trigger)
{
	return TRIGGER_FOR_ROW(trigger->tgtype) && TRIGGER_FOR_UPDATE(trigger->tgtype) &&
		trigger->tgenabled != TRIGGER_DISABLED;
}

static bool
is_idle(Trigger *trigger, Bitmapset *set)
{
	return engine_owns_trigger(trigger->tgfoid) && trigger->tgqual &&
		!bms_overlap(columns_of_clause(trigger->tgqual), set);
}

static void
disable_idle(TriggerDesc *triggers, Bitmapset *set)
{
	bool		before = false;
	bool		after = false;

	for (int i = 0; i < triggers->numtriggers; i++)
	{
		Trigger    *trigger = &triggers->triggers[i];

		if (!is_row_update(trigger))
			continue;
		if (is_idle(trigger, set))
			trigger->tgenabled = TRIGGER_DISABLED;
		else if (TRIGGER_FOR_BEFORE(trigger->tgtype))
			before = true;
		else if (TRIGGER_FOR_AFTER(trigger->tgtype))
			after = true;
	}
	triggers->trig_update_before_row = before;
	triggers->trig_update_after_row = after;
}

/* Generated columns are set where what they are made of is. */
static void
leave_out_triggers(EState *estate, ResultRelInfo *result)
{
	TriggerDesc *triggers = result->ri_TrigDesc;

	if (triggers && (triggers->trig_update_before_row || triggers->trig_update_after_row) &&
		!bms_is_empty(ExecGetUpdatedCols(result, estate)) && !others_change_rows(triggers))
		disable_idle(triggers, ExecGetAllUpdatedCols(result, estate));
}

static void
start(QueryDesc *query, int eflags)
{
	ListCell   *cell;

	if (next_hook)
		next_hook(query, eflags);
	else
		standard_ExecutorStart(query, eflags);
	foreach(cell, query->estate->es_opened_result_relations)
		leave_out_triggers(query->estate, lfirst(cell));
}

void
idle_init(void)
{
	next_hook = ExecutorStart_hook;
	ExecutorStart_hook = start;
}
