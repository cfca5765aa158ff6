/*
 * single.c: statements that change one row.
 *
 * They are worked off as soon as that row has been noted, before its foreign
 * keys are checked.  A check takes a weak lock on the row that the key refers
 * to, which any number of sessions may hold beside the one that changes the
 * row.  If all who are waiting for their turn to change a parent held it, each
 * version of the parent would come with a list of them (a MultiXact), which
 * everybody has to read who passes by: that costs more than all else.  Who has
 * locked the parent first finds the lock when it comes to the check.
 *
 * With more rows the checks of some would come before others are noted, and
 * parents have to be locked in the order of their keys: these statements are
 * worked off at their end.
 *
 * How many rows a statement has changed is known to the executor alone, when it
 * ends the statement and fires its AFTER triggers.  The first statement of a
 * session, which loads this library, goes unnoticed.
 */
#include "postgres.h"

#include "executor/executor.h"
#include "utils/rel.h"

#include "engine/engine.h"
#include "engine/single.h"

/* The innermost statement with one row whose AFTER triggers are being fired. */
static CmdType operation = CMD_UNKNOWN;
static int	depth;				/* of triggers, around the statement */

static ExecutorFinish_hook_type next_hook = NULL;

static void
finish(QueryDesc *query)
{
	if (next_hook)
		next_hook(query);
	else
		standard_ExecutorFinish(query);
}

/* WITH queries change rows that are not counted. */
static bool
changes_one_row(QueryDesc *query)
{
	return (query->operation == CMD_INSERT || query->operation == CMD_UPDATE) &&
		query->estate->es_processed == 1 && !query->plannedstmt->hasModifyingCTE;
}

static void
finish_statement(QueryDesc *query)
{
	CmdType		outer_operation = operation;
	int			outer_depth = depth;

	if (!changes_one_row(query))
	{
		finish(query);
		return;
	}
	PG_TRY();
	{
		operation = query->operation;
		depth = trigger_depth();
		finish(query);
	}
	PG_FINALLY();
	{
		operation = outer_operation;
		depth = outer_depth;
	}
	PG_END_TRY();
}

/* A foreign key ON UPDATE CASCADE may add rows to those of the statement. */
static bool
others_may_follow(TriggerData *trigger)
{
	return bms_overlap(trigger->tg_updatedcols,
					   RelationGetIndexAttrBitmap(trigger->tg_relation, INDEX_ATTR_BITMAP_KEY));
}

bool
is_only_row(TriggerData *trigger)
{
	if (operation == CMD_UNKNOWN || trigger_depth() != depth + 1)
		return false;
	if (TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
		return operation == CMD_UPDATE && !others_may_follow(trigger);
	return operation == CMD_INSERT && TRIGGER_FIRED_BY_INSERT(trigger->tg_event);
}

void
single_init(void)
{
	next_hook = ExecutorFinish_hook;
	ExecutorFinish_hook = finish_statement;
}
