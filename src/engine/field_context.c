/*
 * field_context.c: whose expression an error comes from.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "engine/field_context.h"

void
field_error_context(void *arg)
{
	FieldContext *context = arg;
	Field	   *field = context->field ? context->field : linitial(context->fields);
	StringInfoData names;
	ListCell   *cell;

	if (list_length(context->fields) < 2)
	{
		errcontext("%s \"%s\" of table %s", field_kind_label(field), field->definition->name,
				   field->holder->label);
		return;
	}
	initStringInfo(&names);
	foreach(cell, context->fields)
		appendStringInfo(&names, "%s\"%s\"", names.len > 0 ? ", " : "",
						 ((Field *) lfirst(cell))->definition->name);
	errcontext("fields %s of table %s", names.data, field->holder->label);
}
