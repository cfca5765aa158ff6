/*
 * field_context.h: whose expression an error comes from.
 *
 * Around whatever evaluates expressions of fields: nothing is looked up, and nothing
 * allocated, unless there is an error.
 */
#ifndef INTERLINK_FIELD_CONTEXT_H
#define INTERLINK_FIELD_CONTEXT_H

#include "graph/graph.h"

typedef struct FieldContext
{
	ErrorContextCallback callback;
	Field	   *field;
	List	   *fields;			/* or several, of one table, that a query computes */
} FieldContext;

/* Adds a line "lookup "a" of table "t"". */
extern void field_error_context(void *context);

static inline void
fields_context_begin(FieldContext *context, Field *field, List *fields)
{
	context->callback.callback = field_error_context;
	context->callback.arg = context;
	context->callback.previous = error_context_stack;
	context->field = field;
	context->fields = fields;
	error_context_stack = &context->callback;
}

#define field_context_begin(context, field) fields_context_begin(context, field, NIL)

static inline void
field_context_end(FieldContext *context)
{
	error_context_stack = context->callback.previous;
}

#endif
