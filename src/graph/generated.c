/*
 * generated.c: generated columns by which rows are found.
 *
 * PostgreSQL computes them after the BEFORE triggers, which therefore have to
 * compute them for themselves from the columns that they are made of; and no
 * WHEN clause of such a trigger may name them.
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "optimizer/optimizer.h"
#include "rewrite/rewriteHandler.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "graph/build.h"
#include "graph/expression.h"

static GeneratedColumn *
build_generated(Table *table, AttrNumber att)
{
	GeneratedColumn *column = palloc0(sizeof(GeneratedColumn));
	Relation	rel = RelationIdGetRelation(table->relid);
	Bitmapset  *sources = NULL;
	Node	   *expr;
	int			i = -1;

	if (!RelationIsValid(rel))
		return NULL;
	expr = build_column_default(rel, att);
	RelationClose(rel);
	pull_varattnos(expr, 1, &sources);
	while ((i = bms_next_member(sources, i)) >= 0)
		column->sources = bms_add_member(column->sources, i + FirstLowInvalidHeapAttributeNumber);
	column->att = att;
	column->expr = expr;
	get_typlenbyval(get_atttype(table->relid, att), &column->typlen, &column->typbyval);
	return column;
}

GeneratedColumn *
find_generated(Table *table, AttrNumber att)
{
	ListCell   *cell;

	foreach(cell, table->generated)
	{
		GeneratedColumn *column = lfirst(cell);

		if (column->att == att)
			return column;
	}
	return NULL;
}

/* BEFORE triggers look at these columns, or at what they are made of. */
void
build_settled_key(Table *table, KeyReader *key)
{
	for (int i = 0; i < key->shape->n; i++)
	{
		AttrNumber	att = key->att[i];
		GeneratedColumn *column;

		if (get_attgenerated(table->relid, att) == '\0')
		{
			table->settled = bms_add_member(table->settled, att);
			continue;
		}
		column = find_generated(table, att);
		if (column == NULL && (column = build_generated(table, att)) != NULL)
			table->generated = lappend(table->generated, column);
		if (column)
			table->settled = bms_add_members(table->settled, column->sources);
	}
}
