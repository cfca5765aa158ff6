/*
 * value.c: values of fields: evaluated on a row, compared, brought forward by
 * what was noted.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"

#include "engine/engine.h"
#include "engine/field_context.h"
#include "engine/value.h"
#include "graph/expression.h"
#include "graph/settings.h"
#include "type/link.h"

Datum
value_of_row(Worklist *work, Field *field, TupleTableSlot *row, bool *isnull)
{
	Oid			userid;
	int			sec_context;
	Datum		value;
	int			level;
	FieldContext context;

	if (field->expr == NULL)
	{
		*isnull = false;
		return (Datum) 0;
	}
	if (IsA(field->expr, Var))
		return slot_getattr(row, ((Var *) field->expr)->varattno, isnull);

	GetUserIdAndSecContext(&userid, &sec_context);
	SetUserIdAndSecContext(field->holder->owner,
						   sec_context | SECURITY_RESTRICTED_OPERATION);
	level = field->fixed_settings ? settings_enter() : 0;
	field_context_begin(&context, field);
	engine_read_begin();
	if (field->state == NULL)
		expression_compile(&field->state, field->holder->relid, field->expr,
						   work->graph->context);
	ResetExprContext(work->econtext);
	work->econtext->ecxt_scantuple = row;
	value = ExecEvalExprSwitchContext(field->state, work->econtext, isnull);
	engine_read_end();
	field_context_end(&context);
	if (level > 0)
		AtEOXact_GUC(true, level);
	SetUserIdAndSecContext(userid, sec_context);
	return value;
}

Datum
generated_value(Table *table, GeneratedColumn *column, TupleTableSlot *row, bool *isnull)
{
	ExprContext *context = CreateStandaloneExprContext();
	Oid			userid;
	int			sec_context;
	Datum		value;

	GetUserIdAndSecContext(&userid, &sec_context);
	SetUserIdAndSecContext(table->owner, sec_context | SECURITY_RESTRICTED_OPERATION);
	engine_read_begin();
	if (column->state == NULL)
		expression_compile(&column->state, table->relid, column->expr,
						   GetMemoryChunkContext(column));
	context->ecxt_scantuple = row;
	value = ExecEvalExprSwitchContext(column->state, context, isnull);
	engine_read_end();
	SetUserIdAndSecContext(userid, sec_context);
	if (!*isnull)
		value = datumCopy(value, column->typbyval, column->typlen);
	FreeExprContext(context, true);
	return value;
}

bool
column_differs(TupleTableSlot *old, TupleTableSlot *new, AttrNumber att)
{
	bool		old_null;
	bool		new_null;
	Datum		before = slot_getattr(old, att, &old_null);
	Datum		after = slot_getattr(new, att, &new_null);
	Form_pg_attribute form = TupleDescAttr(new->tts_tupleDescriptor, att - 1);

	if (old_null || new_null)
		return old_null != new_null;
	return !datum_image_eq(before, after, form->attbyval, form->attlen);
}

bool
value_identical(Field *field, Datum a, bool a_null, Datum b, bool b_null)
{
	if (a_null || b_null)
		return a_null && b_null;
	return datum_image_eq(a, b, field->typbyval, field->typlen);
}

int
value_order(Field *field, Datum a, Datum b)
{
	return field->aggregator->direction *
		DatumGetInt32(FunctionCall2Coll(field->compare, field->collation, a, b));
}

static Datum
numeric_from_int128(int128 value)
{
	bool		negative = value < 0;
	uint128		rest = negative ? -(uint128) value : (uint128) value;
	char		digits[48];
	char	   *c = digits + sizeof(digits);

	*--c = '\0';
	do
		*--c = '0' + (int) (rest % 10);
	while ((rest /= 10) > 0);
	if (negative)
		*--c = '-';
	return DirectFunctionCall3(numeric_in, CStringGetDatum(c),
							   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
}

bool
is_special_numeric(Datum numeric)
{
	Numeric		value = DatumGetNumeric(numeric);

	return numeric_is_nan(value) || numeric_is_inf(value);
}

int
scale_of_numeric(Datum numeric)
{
	return DatumGetInt32(DirectFunctionCall1(numeric_scale, numeric));
}

/*
 * A sum has the greatest scale of its values.  Where something that went has
 * had as much, only the others can tell whether one of them has it, too.
 */
static bool
scale_may_shrink(FieldNote *note, Datum stored)
{
	return note->lost_scale > 0 &&
		(is_special_numeric(stored) || note->lost_scale >= scale_of_numeric(stored));
}

static bool
is_zero(Datum numeric)
{
	Datum		zero = DirectFunctionCall1(int4_numeric, Int32GetDatum(0));

	return DatumGetBool(DirectFunctionCall2(numeric_eq, numeric, zero));
}

static bool
sum_from_note(Field *field, FieldNote *note, Datum stored, Datum *value)
{
	Datum		change;

	if (field->type == INT8OID)
	{
		int64		result;

		if (note->sum > PG_INT64_MAX || note->sum < PG_INT64_MIN ||
			pg_add_s64_overflow(DatumGetInt64(stored), (int64) note->sum, &result))
			return false;		/* the sum itself raises the error */
		*value = Int64GetDatum(result);
		return true;
	}
	if (field->value_type != NUMERICOID)
		change = numeric_from_int128(note->sum);
	else if (note->has_numeric)
	{
		if (scale_may_shrink(note, stored))
			return false;
		change = note->numeric;
	}
	else
	{
		*value = stored;
		return true;
	}
	*value = DirectFunctionCall2(numeric_add, stored, change);

	/* The sum of no rows is 0, whatever the scale of the column. */
	if (field->value_type == NUMERICOID &&
		is_zero(*value))
		return false;
	return true;
}

static bool
extreme_from_note(Field *field, FieldNote *note, Datum stored, bool stored_null,
				  Datum *value, bool *isnull)
{
	bool		may_leave = note->has_removed &&
	(stored_null || value_order(field, note->removed, stored) >= 0);

	*value = stored;
	*isnull = stored_null;

	/*
	 * What came wins if it is beyond all that left: it has not left itself, and
	 * nothing beyond it stands.
	 */
	if (may_leave && (!note->has_added ||
					  value_order(field, note->added, note->removed) <= 0))
		return false;
	if (note->has_added && (stored_null || may_leave ||
							value_order(field, note->added, stored) > 0))
	{
		*value = note->added;
		*isnull = false;
	}
	return true;
}

static int
compare_changes(const void *a, const void *b, void *field)
{
	Field	   *set = field;
	Datum		left = ((const SetChange *) a)->key;
	Datum		right = ((const SetChange *) b)->key;

	return DatumGetInt32(FunctionCall2Coll(set->compare, set->collation, left, right));
}

/*
 * Keys whose changes cancel out stay as they are.  What comes must not be there
 * yet, and what goes must be: else something has been seen to in another order
 * than it happened, and only a recomputation can tell.
 */
static bool
set_from_note(Field *field, FieldNote *note, Datum stored, Datum *value)
{
	Datum	   *added = palloc(sizeof(Datum) * Max(1, note->nchanges));
	Datum	   *removed = palloc(sizeof(Datum) * Max(1, note->nchanges));
	int			nadded = 0;
	int			nremoved = 0;
	Datum		link;
	Datum		merged;

	qsort_arg(note->changes, note->nchanges, sizeof(SetChange), compare_changes, field);
	for (int i = 0; i < note->nchanges;)
	{
		int			first = i;
		int			net = 0;

		for (; i < note->nchanges &&
			 compare_changes(&note->changes[first], &note->changes[i], field) == 0; i++)
			net += note->changes[i].sign;
		if (net == 1)
			added[nadded++] = note->changes[first].key;
		else if (net == -1)
			removed[nremoved++] = note->changes[first].key;
		else if (net != 0)
			return false;
	}
	link = link_from_column(field, stored);
	merged = link_merge(link, field->link_typmod, nremoved, removed, nadded, added);
	*value = link_to_column(field, merged);
	return link_count(merged) == link_count(link) - nremoved + nadded;
}

bool
value_from_note(Field *field, FieldNote *note, Datum stored, bool stored_null,
				Datum *value, bool *isnull)
{
	*isnull = false;
	if (note->recompute)
		return false;
	if (stored_null && field->algebra != ALGEBRA_EXTREME)
		return false;
	switch (field->algebra)
	{
		case ALGEBRA_COUNT:
			*value = Int64GetDatum(DatumGetInt64(stored) + note->count);
			return true;
		case ALGEBRA_SUM:
			return sum_from_note(field, note, stored, value);
		case ALGEBRA_EXTREME:
			return extreme_from_note(field, note, stored, stored_null, value, isnull);
		case ALGEBRA_SET:
			return set_from_note(field, note, stored, value);
		default:
			return false;
	}
}

bool
field_from_far_row(Worklist *work, Field *field, Datum *key,
				   TupleTableSlot *far, Datum *value, bool *isnull)
{
	if (field->local)
	{
		*value = link_column_make(field, 1, &key);
		*isnull = false;
		return true;
	}
	if (field->algebra != ALGEBRA_VALUE || field->path->nsteps != 1)
		return false;
	*isnull = true;
	*value = (Datum) 0;
	if (far)
		*value = value_of_row(work, field, far, isnull);
	if (field->editable && !*isnull)
		*value = link_column_of_text(field, *value);
	return true;
}

Datum
datum_copy_of(Field *field, Datum value)
{
	return datumCopy(value, field->typbyval, field->typlen);
}
