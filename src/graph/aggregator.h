/*
 * aggregator.h: the table of aggregators and what follows from each.
 */
#ifndef INTERLINK_AGGREGATOR_H
#define INTERLINK_AGGREGATOR_H

#include "graph/graph.h"

/* By name or alias, case ignored; NULL when there is none. */
extern const Aggregator *aggregator_find(const char *name);

/* "count, counta, …", for a HINT. */
extern char *aggregator_names(void);

/* Those that have no function name of their own. */
extern const Aggregator *aggregator_value(void);	/* to-one lookup */
extern const Aggregator *aggregator_list(bool of_arrays);	/* to-many lookup */
/* For values that are arrays a list is of their elements. */
extern const Aggregator *aggregator_over_arrays(const Aggregator *aggregator);
extern const Aggregator *aggregator_set(bool ordered);	/* link columns */
extern const Aggregator *aggregator_only_key(void);

/*
 * The SQL of the call.  link_order is the list of an ORDER BY; order_matters
 * says that even a sum depends on it, as it does for floating point.
 */
extern char *aggregator_call(const Aggregator *aggregator, const char *value,
							 const char *link_order, bool order_matters,
							 const char *separator);

/*
 * The type of the column for values of this type: found by asking the parser
 * for the type of the call.  Raises the parser's own error (undefined_function)
 * when the aggregate does not take the type.
 */
extern void aggregator_type(const Aggregator *aggregator, Oid value_type,
							int32 value_typmod, Oid value_collation,
							Oid *type, int32 *typmod, Oid *collation);

#endif
