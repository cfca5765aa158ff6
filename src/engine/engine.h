/*
 * engine.h: what the rest of the extension asks of the engine.
 */
#ifndef INTERLINK_ENGINE_H
#define INTERLINK_ENGINE_H

#include "graph/graph.h"

/*
 * Fills these new fields (ids, as List of int64 *) in all rows of their holder.
 * The caller holds locks that keep writers away from every table on the way.
 */
extern void engine_fill(List *field_ids);

extern void engine_init(void);

#endif
