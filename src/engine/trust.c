/*
 * trust.c: queries of the engine that read each table as its owner does.
 *
 * A query is analyzed when it is prepared, and again whenever its plan has been
 * invalidated.  Each time, as long as it is the one that is being run, its
 * range table gets the owners of the tables for the check of rights and for
 * row security, as that of a view gets the owner of the view.
 */
#include "postgres.h"

#include "access/xact.h"
#include "parser/analyze.h"

#include "compat.h"
#include "engine/trust.h"

static const char *trusted = NULL;
static post_parse_analyze_hook_type next_hook = NULL;

static void
read_as_owners(ParseState *pstate, Query *query, JumbleState *jumble)
{
	if (next_hook)
		next_hook(pstate, query, jumble);
	if (trusted && pstate->p_sourcetext && strcmp(pstate->p_sourcetext, trusted) == 0)
		compat_check_as_owners(query);
}

void
trust_query(const char *sql)
{
	trusted = pstrdup(sql);
}

const char *
trust_enter(void)
{
	const char *outer = trusted;

	trusted = NULL;
	return outer;
}

void
trust_leave(const char *outer)
{
	trusted = outer;
}

/* After an error nobody is trusted, the least of all a text that is gone. */
static void
transaction_callback(XactEvent event, void *arg)
{
	trusted = NULL;
}

static void
subtransaction_callback(SubXactEvent event, SubTransactionId subid,
						SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		trusted = NULL;
}

void
trust_init(void)
{
	next_hook = post_parse_analyze_hook;
	post_parse_analyze_hook = read_as_owners;
	RegisterXactCallback(transaction_callback, NULL);
	RegisterSubXactCallback(subtransaction_callback, NULL);
}
