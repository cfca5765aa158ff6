/*
 * init.c: the module: what happens when it is loaded.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/guc.h"

#include "engine/capture.h"
#include "engine/engine.h"
#include "engine/idle.h"
#include "engine/lock.h"
#include "engine/move.h"
#include "engine/spill.h"
#include "engine/single.h"
#include "engine/trust.h"
#include "engine/worklist.h"
#include "graph/graph.h"
#include "relate/relate.h"

PG_MODULE_MAGIC;

static const struct config_enum_entry computed_writes_options[] = {
	{"error", COMPUTED_WRITES_ERROR, false},
	{"ignore", COMPUTED_WRITES_IGNORE, false},
	{NULL, 0, false}
};

static const struct config_enum_entry link_writes_options[] = {
	{"apply", LINK_WRITES_APPLY, false},
	{"error", LINK_WRITES_ERROR, false},
	{"ignore", LINK_WRITES_IGNORE, false},
	{NULL, 0, false}
};

void		_PG_init(void);

void
_PG_init(void)
{
	DefineCustomEnumVariable("interlink.computed_writes",
							 "What happens when a different value is written to a lookup or rollup.",
							 "error: the statement fails; ignore: the value is left out of account.",
							 &computed_writes,
							 COMPUTED_WRITES_ERROR,
							 computed_writes_options,
							 PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomEnumVariable("interlink.link_writes",
							 "What happens when a different value is written to a link column.",
							 "apply: the link is edited; error: the statement fails; ignore: the value is left out of account.",
							 &link_writes,
							 LINK_WRITES_APPLY,
							 link_writes_options,
							 PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("interlink.note_memory",
							"How much memory the changes of a statement are noted in.",
							"Beyond it only the keys of the rows to be brought up to date are kept, on disk if need be, and these are computed anew.",
							&note_memory,
							64 * 1024, 64, MAX_KILOBYTES,
							PGC_USERSET, GUC_UNIT_KB, NULL, NULL, NULL);
	MarkGUCPrefixReserved("interlink");
	graph_init();
	worklist_init();
	lock_init();
	key_lock_init();
	move_init();
	trust_init();
	single_init();
	idle_init();
	engine_state_init();
	relate_init();
}
