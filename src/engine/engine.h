/*
 * engine.h: what the rest of the extension asks of the engine, and what its
 * rooms share: who is writing.
 */
#ifndef INTERLINK_ENGINE_H
#define INTERLINK_ENGINE_H

#include "graph/graph.h"

/*
 * Fills these new fields (ids, as List of int64 *) in all rows of their holder.
 * The caller holds locks that keep writers away from every table on the way.
 */
extern void engine_fill(List *field_ids);
extern void engine_refill(List *field_ids);

/*
 * A partition has been attached to, or detached from, the table; the caller
 * holds locks that keep writers away from both.
 */
extern void engine_attach(Oid table, Oid partition);
extern void engine_detach(Oid table, Oid partition);

/* A partition has been dropped, and its rows with it. */
extern void engine_forget_rows(Oid table);

/* They sort after the triggers of most users. */
#define BEFORE_INSERT_TRIGGER "zz_interlink_before_insert"
#define BEFORE_UPDATE_TRIGGER "zz_interlink_before_update"

/* Is this one of the extension's own trigger functions? */
extern bool engine_owns_trigger(Oid function);
extern bool engine_has_triggers(Relation rel);

/* May triggers of somebody else change the rows that an UPDATE writes?  NULL: there are no triggers. */
extern bool others_change_rows(TriggerDesc *triggers);

/*
 * While the engine writes, the triggers that its writes fire directly (one
 * level of trigger depth below it) must know.  fields_of is the table whose
 * fields it writes; InvalidOid when it edits foreign keys or junctions, which
 * is captured like a user's own change.  What an error leaves open is closed
 * with the (sub)transaction.
 */
extern void engine_write_begin(Oid fields_of);
extern void engine_write_end(void);

/*
 * While the engine evaluates users' expressions, nobody may add to what it has
 * noted: a function that says it is immutable may write all the same.
 */
extern void engine_read_begin(void);
extern void engine_read_end(void);
extern void engine_refuse_while_reading(void);

/* How many triggers the code that is running is within. */
extern int	trigger_depth(void);

/* Is the calling trigger fired by a write of the engine? of these fields? */
extern bool engine_fires(void);
extern bool engine_fires_for(Oid relid);

extern void engine_state_init(void);

#endif
