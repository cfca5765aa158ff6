/*
 * order.c: what order_by says: columns of the target, each with a direction.
 *
 * Only columns: the order becomes part of a function that runs under any
 * search path, where the name of a function or operator could come to mean
 * something else.
 */
#include "postgres.h"

#include "catalog/pg_index.h"
#include "lib/stringinfo.h"
#include "nodes/parsenodes.h"
#include "parser/parser.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"

#include "define/define.h"
#include "relate/relate.h"

static void
refuse_order(const char *text, const char *why)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid value for parameter \"order_by\": \"%s\"", text),
			 errdetail("%s", why),
			 errhint("List columns of the target, each with ASC or DESC and NULLS FIRST or NULLS LAST if need be.")));
}

/* Makes the position in an error that of the order, not of the command. */
static void
order_error_context(void *arg)
{
	int			position = geterrposition();

	if (position > 0)
	{
		errposition(0);
		internalerrposition(position);
		internalerrquery((const char *) arg);
	}
}

/* The list of SortBy of "... ORDER BY text"; anything more than that is refused. */
static List *
parse_order(const char *text)
{
	char	   *query = psprintf("SELECT ORDER BY %s", text);
	ErrorContextCallback callback;
	SelectStmt *select = NULL;
	List	   *parsed;

	callback.callback = order_error_context;
	callback.arg = query;
	callback.previous = error_context_stack;
	error_context_stack = &callback;
	parsed = raw_parser(query, RAW_PARSE_DEFAULT);
	error_context_stack = callback.previous;

	if (list_length(parsed) == 1 && IsA(linitial_node(RawStmt, parsed)->stmt, SelectStmt))
		select = (SelectStmt *) linitial_node(RawStmt, parsed)->stmt;
	if (select == NULL || select->limitCount || select->limitOffset || select->lockingClause ||
		select->withClause || select->op != SETOP_NONE || select->targetList)
		refuse_order(text, "It is more than an order.");
	return select->sortClause;
}

static OrderItem *
read_item(Oid relid, const char *text, SortBy *sort, bool missing_ok)
{
	OrderItem  *item = palloc0(sizeof(OrderItem));
	ColumnRef  *reference = (ColumnRef *) sort->node;
	char	   *name;

	if (!IsA(reference, ColumnRef) || list_length(reference->fields) != 1 ||
		!IsA(linitial(reference->fields), String) || sort->sortby_dir == SORTBY_USING)
		refuse_order(text, "There is something else than a column in it.");
	name = strVal(linitial(reference->fields));
	item->att = get_attnum(relid, name);
	if (item->att <= 0)
	{
		if (missing_ok)
			return NULL;
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of %s does not exist", name, table_label(relid))));
	}
	item->descending = sort->sortby_dir == SORTBY_DESC;
	item->nulls_first = sort->sortby_nulls == SORTBY_NULLS_DEFAULT ? item->descending :
		sort->sortby_nulls == SORTBY_NULLS_FIRST;
	return item;
}

/* False: a column of it is gone. */
static bool
read_items(Oid relid, const char *text, bool missing_ok, List **order)
{
	ListCell   *cell;

	*order = NIL;
	foreach(cell, parse_order(text))
	{
		OrderItem  *item = read_item(relid, text, lfirst_node(SortBy, cell), missing_ok);

		if (item == NULL)
			return false;
		*order = lappend(*order, item);
	}
	return true;
}

/* As a user has written it. */
List *
order_read(Oid relid, const char *text)
{
	List	   *order;

	if (strspn(text, " \t\r\n") == strlen(text))
		refuse_order(text, "It is empty.");
	(void) read_items(relid, text, false, &order);
	return order;
}

/* As order_text() has written it; false: a column of it is gone. */
bool
order_reread(Oid relid, const char *text, List **order)
{
	return read_items(relid, text, true, order);
}

/* The prefix is that of each column: "t.", or nothing. */
char *
order_text(Oid relid, const char *prefix, List *order)
{
	StringInfoData buf;
	ListCell   *cell;

	initStringInfo(&buf);
	foreach(cell, order)
	{
		OrderItem  *item = lfirst(cell);

		appendStringInfo(&buf, "%s%s%s%s", buf.len > 0 ? ", " : "", prefix,
						 quote_identifier(get_attname(relid, item->att, false)),
						 item->descending ? " DESC" : "");
		if (item->nulls_first != item->descending)
			appendStringInfoString(&buf, item->nulls_first ? " NULLS FIRST" : " NULLS LAST");
	}
	return buf.data;
}

/* The order of the primary key; NIL: there is none. */
List *
order_by_key(Oid relid)
{
	Relation	rel = RelationIdGetRelation(relid);
	List	   *order = NIL;
	ListCell   *cell;

	if (!RelationIsValid(rel))
		return NIL;
	foreach(cell, RelationGetIndexList(rel))
	{
		Relation	index = RelationIdGetRelation(lfirst_oid(cell));

		if (!RelationIsValid(index))
			continue;
		for (int i = 0; index->rd_index->indisprimary && i < index->rd_index->indnkeyatts; i++)
		{
			OrderItem  *item = palloc0(sizeof(OrderItem));

			item->att = index->rd_index->indkey.values[i];
			order = lappend(order, item);
		}
		RelationClose(index);
	}
	RelationClose(rel);
	return order;
}
