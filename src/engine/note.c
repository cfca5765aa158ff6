/*
 * note.c: adding up what happens to one field of one anchor.
 *
 * Each algebra keeps just enough to say, under the lock, what the new value is
 * or that it has to be computed anew.  The order in which changes are noted
 * must not matter: a trigger inside the statement may see to its own changes
 * before we hear of the statement's.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "engine/value.h"
#include "engine/worklist.h"

void
note_recompute(Worklist *work, Unit *unit, Field *field)
{
	FieldNote  *note = &unit->notes[field->index];

	note->touched = note->recompute = true;
	if (!field->group->keyed)
		unit->push = true;
}

static Datum
copy_value(Worklist *work, Datum value, bool typbyval, int16 typlen)
{
	MemoryContext old;

	if (typbyval)
		return value;
	old = MemoryContextSwitchTo(work->context);
	value = datumCopy(value, typbyval, typlen);
	MemoryContextSwitchTo(old);
	return value;
}

static void
note_numeric(Worklist *work, FieldNote *note, Field *field, int sign, Datum value)
{
	MemoryContext old;
	Datum		sum;

	/* NaN never goes by itself. */
	if (is_special_numeric(value))
	{
		note->recompute = true;
		return;
	}
	if (sign < 0 && !field->exact_scale)
		note->lost_scale = Max(note->lost_scale, scale_of_numeric(value));
	old = MemoryContextSwitchTo(work->context);
	if (sign < 0)
		value = DirectFunctionCall1(numeric_uminus, value);
	if (note->has_numeric)
	{
		sum = DirectFunctionCall2(numeric_add, note->numeric, value);
		pfree(DatumGetPointer(note->numeric));
	}
	else
		sum = datumCopy(PointerGetDatum(PG_DETOAST_DATUM(value)), false, -1);
	note->numeric = sum;
	note->has_numeric = true;
	MemoryContextSwitchTo(old);
}

static void
note_sum(Worklist *work, FieldNote *note, Field *field, int sign, Datum value)
{
	switch (field->value_type)
	{
		case INT2OID:
			note->sum += (int128) sign * DatumGetInt16(value);
			break;
		case INT4OID:
			note->sum += (int128) sign * DatumGetInt32(value);
			break;
		case INT8OID:
			note->sum += (int128) sign * DatumGetInt64(value);
			break;
		default:
			note_numeric(work, note, field, sign, value);
	}
}

static void
note_extreme(Worklist *work, FieldNote *note, Field *field, int sign, Datum value)
{
	bool	   *has = sign > 0 ? &note->has_added : &note->has_removed;
	Datum	   *best = sign > 0 ? &note->added : &note->removed;

	if (*has && value_order(field, value, *best) <= 0)
		return;
	*best = copy_value(work, value, field->typbyval, field->typlen);
	*has = true;
}

static void
note_set(Worklist *work, FieldNote *note, Field *field, int sign, Datum key)
{
	if (note->nchanges == note->maxchanges)
	{
		note->maxchanges = Max(4, note->maxchanges * 2);
		note->changes = note->changes == NULL ?
			MemoryContextAlloc(work->context, sizeof(SetChange) * note->maxchanges) :
			repalloc_huge(note->changes, sizeof(SetChange) * note->maxchanges);
	}
	note->changes[note->nchanges].key = copy_value(work, key, field->value_typbyval,
													 field->value_typlen);
	note->changes[note->nchanges].sign = sign;
	note->nchanges++;
}

void
note_value(Worklist *work, Unit *unit, Field *field, int sign, Datum value, bool isnull)
{
	FieldNote  *note = &unit->notes[field->index];

	note->touched = true;
	if (isnull || unit->spilled)
		return;
	switch (field->algebra)
	{
		case ALGEBRA_COUNT:
			note->count += sign;
			break;
		case ALGEBRA_SUM:
			note_sum(work, note, field, sign, value);
			break;
		case ALGEBRA_EXTREME:
			note_extreme(work, note, field, sign, value);
			break;
		case ALGEBRA_SET:
			note_set(work, note, field, sign, value);
			break;
		case ALGEBRA_VALUE:
		case ALGEBRA_NONE:
			note_recompute(work, unit, field);
			break;
	}
}

void
note_seen(Worklist *work, Unit *unit, Field *field, Datum value, bool isnull)
{
	FieldNote  *note = &unit->notes[field->index];

	note->touched = true;
	if (unit->spilled)
		return;
	if (!note->has_seen)
	{
		note->has_seen = true;
		note->seen_null = isnull;
		if (!isnull)
			note->seen = copy_value(work, value, field->typbyval, field->typlen);
	}
	else if (!value_identical(field, note->seen, note->seen_null, value, isnull))
		unit->push = true;
}
