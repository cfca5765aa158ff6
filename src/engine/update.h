/*
 * update.h: writing computed values into rows of a group's holder.
 */
#ifndef INTERLINK_UPDATE_H
#define INTERLINK_UPDATE_H

#include "engine/row.h"
#include "engine/worklist.h"

typedef struct FieldUpdate
{
	Worklist   *work;
	FieldGroup *group;
	RowWriter  *writer;			/* opened with the first row that differs */
	RowReader  *reader;
	Datum	   *values;
	bool	   *isnull;
	bool	   *replace;
} FieldUpdate;

extern FieldUpdate *field_update_open(Worklist *work, FieldGroup *group);

/*
 * Writes the values in the unit's notes into the row there, which the caller
 * has locked, unless they are there already.
 */
extern void field_update_row(FieldUpdate *update, Unit *unit, const RowAddress *address);

/* Ends the update; its AFTER triggers fire here. */
extern void field_update_close(FieldUpdate *update);

#endif
