/*
 * default.c: does a column of a new row have what it gets when nobody names it?
 *
 * A BEFORE trigger cannot tell the columns that an INSERT named from the others.
 * It can tell that a column has its default, where that comes out the same again.
 * Nothing of this is kept: it is asked for where a link column and the foreign key
 * beside it differ, and whatever changes a default then needs no invalidation.
 */
#include "postgres.h"

#include "executor/executor.h"
#include "optimizer/optimizer.h"
#include "rewrite/rewriteHandler.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "engine/engine.h"
#include "engine/key.h"
#include "engine/settle.h"

/* As the user who writes the row: that is whom PostgreSQL evaluates a default as. */
static Datum
evaluate(Node *expr, bool *isnull)
{
	ExprState  *state;
	Datum		value;

	if (IsA(expr, Const))
	{
		*isnull = ((Const *) expr)->constisnull;
		return ((Const *) expr)->constvalue;
	}
	state = ExecInitExpr(expression_planner((Expr *) expr), NULL);
	engine_read_begin();
	value = ExecEvalExprSwitchContext(state, CreateStandaloneExprContext(), isnull);
	engine_read_end();
	return value;
}

bool
column_default(Oid relid, AttrNumber att, Datum *value, bool *isnull)
{
	Relation	rel = RelationIdGetRelation(relid);
	Node	   *expr;

	*value = (Datum) 0;
	*isnull = true;
	if (!RelationIsValid(rel))
		return false;
	expr = build_column_default(rel, att);
	RelationClose(rel);
	if (expr == NULL)
		return true;
	if (contain_volatile_functions(expr))
		return false;
	*value = evaluate(expr, isnull);
	return true;
}

bool
is_column_default(Oid relid, AttrNumber att, Datum value, bool isnull)
{
	Datum		standard;
	bool		standard_null;
	int16		typlen;
	bool		typbyval;

	if (!column_default(relid, att, &standard, &standard_null))
		return false;
	if (isnull || standard_null)
		return isnull && standard_null;
	get_typlenbyval(get_atttype(relid, att), &typlen, &typbyval);
	return datum_image_eq(value, standard, typbyval, typlen);
}

/* target: the table, or its partition, with defaults of its own. */
static bool
have_defaults_of(RowInMaking *row, Bitmapset *columns, Oid holder, Oid target)
{
	int			att = -1;

	while ((att = bms_next_member(columns, att)) >= 0)
	{
		bool		isnull;
		Datum		value = get_column(row, att, &isnull);
		AttrNumber	own = target == holder ? att :
		get_attnum(target, get_attname(holder, att, false));

		if (!is_column_default(target, own, value, isnull))
			return false;
	}
	return true;
}

bool
columns_are_default(RowInMaking *row, Field *field, Bitmapset *columns)
{
	Oid			holder = field->holder->relid;
	int			att = -1;

	while ((att = bms_next_member(columns, att)) >= 0)
	{
		if (row->replace[att - 1])
			return false;		/* another link column has written it */
	}
	return have_defaults_of(row, columns, holder, holder) ||
		(row->target != holder && have_defaults_of(row, columns, holder, row->target));
}
