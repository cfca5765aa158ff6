/*
 * validate_unique.c: would a record be refused by a unique index?
 *
 * The record stands in a query as a row "r", beside the rows "h" of the table.
 * So the expressions and the predicate of an index can be asked of both.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/sysattr.h"
#include "catalog/pg_index.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/relcache.h"
#include "utils/ruleutils.h"

#include "check/validate.h"
#include "define/define.h"
#include "relate/relate.h"

/* An index in question. */
typedef struct UniqueIndex
{
	Candidate  *candidate;
	Form_pg_index form;
	List	   *expressions;
	Expr	   *predicate;		/* NULL: of all rows */
	Bitmapset  *columns;		/* that it reads */
	StringInfoData sql;
	int			nparameters;
	Oid			types[MaxHeapAttributeNumber];
	Datum		values[MaxHeapAttributeNumber];
} UniqueIndex;

static AttrNumber
as_attnum(int member)
{
	return member + FirstLowInvalidHeapAttributeNumber;
}

/*
 * A value that is not given is the old one; of a new row it is NULL, unless
 * something will make one.  What is computed may come out otherwise.
 */
static bool
value_is_known(Candidate *candidate, AttrNumber att)
{
	Form_pg_attribute form = TupleDescAttr(candidate->desc, att - 1);
	Field	   *field = graph_field_by_name(candidate->graph, RelationGetRelid(candidate->rel),
											NameStr(form->attname));

	if (candidate->wrong[att - 1] || form->attgenerated || field)
		return false;
	return column_is_known(candidate, att) || !(form->atthasdef || form->attidentity);
}

/* Is it the unique key of a foreign key that was given by its link column? */
static bool
is_told_by_link(UniqueIndex *index)
{
	Candidate  *candidate = index->candidate;
	ListCell   *cell;

	foreach(cell, candidate->table ? candidate->table->fields : NIL)
	{
		Field	   *field = lfirst(cell);
		Bitmapset  *anchor = NULL;
		bool		by_link = false;

		for (int i = 0; field->beside && i < field->group->anchor.shape->n; i++)
		{
			AttrNumber	att = field->group->anchor.att[i];

			anchor = bms_add_member(anchor, att - FirstLowInvalidHeapAttributeNumber);
			by_link = by_link || candidate->shown_as[att - 1];
		}
		if (by_link && bms_is_subset(index->columns, anchor))
			return true;
	}
	return false;
}

/* Can it be told, is it not told already, and does anything change? */
static bool
is_in_question(UniqueIndex *index)
{
	Candidate  *candidate = index->candidate;
	bool		changes = !candidate->update;
	int			member = -1;

	while ((member = bms_next_member(index->columns, member)) >= 0)
	{
		AttrNumber	att = as_attnum(member);

		if (att <= 0 || !value_is_known(candidate, att))
			return false;
		changes = changes || candidate->given[att - 1];
	}
	return changes && !is_told_by_link(index);
}

static int
add_parameter(UniqueIndex *index, Oid type, Datum value)
{
	index->types[index->nparameters] = type;
	index->values[index->nparameters] = value;
	return ++index->nparameters;
}

/* "(SELECT $1::type AS column, …) r" */
static void
append_record(UniqueIndex *index)
{
	Candidate  *candidate = index->candidate;
	int			member = -1;
	const char *separator = "(SELECT ";

	while ((member = bms_next_member(index->columns, member)) >= 0)
	{
		AttrNumber	att = as_attnum(member);
		Form_pg_attribute form = TupleDescAttr(candidate->desc, att - 1);
		bool		isnull = candidate->isnull[att - 1];

		appendStringInfo(&index->sql, "%s%s::%s AS %s", separator,
						 isnull ? "NULL" : psprintf("$%d", add_parameter(index, form->atttypid,
																	   candidate->values[att - 1])),
						 type_text(form->atttypid, -1, form->attcollation),
						 quote_identifier(NameStr(form->attname)));
		separator = ", ";
	}
	appendStringInfoString(&index->sql, ") r");
}

static char *
expression_of(UniqueIndex *index, const char *alias, Node *expr)
{
	return deparse_expression(expr, deparse_context_for(alias, RelationGetRelid(index->candidate->rel)),
							  true, false);
}

/* "h.a = r.a", where two NULLs may be equal too; false: nothing says when values are equal */
static bool
append_equal(UniqueIndex *index, Node *expr)
{
	Oid			type = exprType(expr);
	Oid			equal = find_equality(type, type);
	char	   *h = psprintf("(%s)", expression_of(index, "h", expr));
	char	   *r = psprintf("(%s)", expression_of(index, "r", expr));

	if (!OidIsValid(equal))
		return false;
	appendStringInfoString(&index->sql, " AND (");
	generate_operator_clause(&index->sql, h, type, equal, r, type);
	if (index->form->indnullsnotdistinct)
		appendStringInfo(&index->sql, " OR %s IS NOT DISTINCT FROM NULL AND %s IS NOT DISTINCT FROM NULL", h, r);
	appendStringInfoChar(&index->sql, ')');
	return true;
}

static bool
append_equal_keys(UniqueIndex *index)
{
	ListCell   *next = list_head(index->expressions);

	for (int i = 0; i < index->form->indnkeyatts; i++)
	{
		AttrNumber	att = index->form->indkey.values[i];
		Node	   *expr;

		if (att > 0)
		{
			Form_pg_attribute form = TupleDescAttr(index->candidate->desc, att - 1);

			expr = (Node *) makeVar(1, att, form->atttypid, form->atttypmod, form->attcollation, 0);
		}
		else
		{
			expr = lfirst(next);
			next = lnext(index->expressions, next);
		}
		if (!append_equal(index, expr))
			return false;
	}
	return true;
}

/* " AND NOT (h.key = $2 AND …)" */
static void
append_not_this_row(UniqueIndex *index)
{
	Candidate  *candidate = index->candidate;
	Bitmapset  *key = RelationGetIndexAttrBitmap(candidate->rel, INDEX_ATTR_BITMAP_PRIMARY_KEY);
	const char *separator = " AND NOT (";
	int			member = -1;

	while (candidate->update && (member = bms_next_member(key, member)) >= 0)
	{
		AttrNumber	att = as_attnum(member);
		Oid			type = TupleDescAttr(candidate->desc, att - 1)->atttypid;

		appendStringInfoString(&index->sql, separator);
		generate_operator_clause(&index->sql,
								 psprintf("h.%s", quote_identifier(column_name(candidate, att))), type,
								 find_equality(type, type),
								 psprintf("$%d", add_parameter(index, type, candidate->old_values[att - 1])),
								 type);
		separator = " AND ";
	}
	if (candidate->update)
		appendStringInfoChar(&index->sql, ')');
}

/* The columns of the key, then those of its expressions. */
static void
report_taken(UniqueIndex *index)
{
	AttrNumber	atts[MaxHeapAttributeNumber];
	Bitmapset  *others = NULL;
	int			n = 0;
	int			member = -1;

	pull_varattnos((Node *) index->expressions, 1, &others);
	for (int i = 0; i < index->form->indnkeyatts; i++)
	{
		AttrNumber	att = index->form->indkey.values[i];

		if (att > 0)
			atts[n++] = att;
		others = bms_del_member(others, att - FirstLowInvalidHeapAttributeNumber);
	}
	while ((member = bms_next_member(others, member)) >= 0)
		atts[n++] = as_attnum(member);
	report_problem(index->candidate, key_columns_text(index->candidate, n, atts),
				   key_values_text(index->candidate, n, atts),
				   "taken: another row has this value in a unique key");
}

/* SELECT 1 FROM table h, (SELECT $1 AS a, …) r WHERE predicates AND h.a = r.a AND … */
static void
validate_unique_index(UniqueIndex *index)
{
	if (!is_in_question(index))
		return;
	initStringInfo(&index->sql);
	appendStringInfo(&index->sql, "SELECT 1 FROM %s h, ",
					 table_text(RelationGetRelid(index->candidate->rel)));
	append_record(index);
	appendStringInfoString(&index->sql, " WHERE true");
	if (index->predicate)
		appendStringInfo(&index->sql, " AND (%s) AND (%s)",
						 expression_of(index, "h", (Node *) index->predicate),
						 expression_of(index, "r", (Node *) index->predicate));
	if (!append_equal_keys(index))
		return;
	append_not_this_row(index);
	appendStringInfoString(&index->sql, " LIMIT 1");
	if (rows_of_query(RelationGetRelid(index->candidate->rel), index->sql.data,
					  index->nparameters, index->types, index->values) != NIL)
		report_taken(index);
}

static void
read_index(UniqueIndex *index, Relation rel)
{
	List	   *predicate = RelationGetIndexPredicate(rel);

	index->form = rel->rd_index;
	index->expressions = RelationGetIndexExpressions(rel);
	index->predicate = predicate ? make_ands_explicit(predicate) : NULL;
	for (int i = 0; i < index->form->indnkeyatts; i++)
	{
		if (index->form->indkey.values[i] != 0)
			index->columns = bms_add_member(index->columns, index->form->indkey.values[i] -
											FirstLowInvalidHeapAttributeNumber);
	}
	pull_varattnos((Node *) index->expressions, 1, &index->columns);
	pull_varattnos((Node *) predicate, 1, &index->columns);
}

void
validate_unique_keys(Candidate *candidate)
{
	ListCell   *cell;

	foreach(cell, RelationGetIndexList(candidate->rel))
	{
		Relation	rel = index_open(lfirst_oid(cell), AccessShareLock);
		UniqueIndex *index = palloc0(sizeof(UniqueIndex));

		index->candidate = candidate;
		if (rel->rd_index->indisunique && rel->rd_index->indisvalid)
		{
			read_index(index, rel);
			validate_unique_index(index);
		}
		index_close(rel, AccessShareLock);
	}
}
