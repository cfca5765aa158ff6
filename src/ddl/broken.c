/*
 * broken.c: fields that could not be computed after a statement.
 *
 * An expression may be such that a column more, or less, in a row type is an
 * error.  A statement that would do that to a field is refused.
 */
#include "postgres.h"

#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "ddl/ddl.h"
#include "define/define.h"

/* A statement in progress before which fields (their ids) were broken already. */
typedef struct Before
{
	struct Before *outer;
	MemoryContext context;
	Node	   *statement;
	List	   *broken;
} Before;

/* The innermost first. */
static Before *statements = NULL;

/*
 * Fields (FieldDefinition *) that cannot be computed: all of them, where their
 * definitions cannot be read.
 */
static List *
broken_fields(Graph *graph)
{
	return graph ? graph->unresolved : catalog_fields();
}

static void
before_gone(void *arg)
{
	Before	  **place = &statements;

	while (*place && *place != arg)
		place = &(*place)->outer;
	if (*place)
		*place = (*place)->outer;
}

/* What was broken before may stay so: the statement may be one that mends it. */
static void
remember_broken(Node *statement, List *fields)
{
	MemoryContext context = AllocSetContextCreate(CurTransactionContext, "interlink broken fields",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext outer = MemoryContextSwitchTo(context);
	MemoryContextCallback *callback = palloc(sizeof(MemoryContextCallback));
	Before	   *before = palloc0(sizeof(Before));
	ListCell   *cell;

	callback->func = before_gone;
	callback->arg = before;
	MemoryContextRegisterResetCallback(context, callback);
	before->context = context;
	before->statement = statement;
	foreach(cell, fields)
		before->broken = append_id(before->broken, ((FieldDefinition *) lfirst(cell))->id);
	before->outer = statements;
	statements = before;
	MemoryContextSwitchTo(outer);
}

void
broken_begin(Node *statement)
{
	Graph	   *graph = ddl_graph();

	protect_all(graph);
	if (broken_fields(graph))
		remember_broken(statement, broken_fields(graph));
}

static Before *
find_before(Node *statement)
{
	Before	   *before = statements;

	while (before && before->statement != statement)
		before = before->outer;
	return before;
}

static bool
was_broken(Before *before, FieldDefinition *field)
{
	ListCell   *cell;

	foreach(cell, before ? before->broken : NIL)
	{
		if (*(int64 *) lfirst(cell) == field->id)
			return true;
	}
	return false;
}

/* The field that the statement has broken; NULL: none. */
static FieldDefinition *
newly_broken(Before *before, List *types)
{
	FieldDefinition *first = NULL;
	List	   *markers = NIL;
	ListCell   *cell;

	foreach(cell, broken_fields(ddl_graph()))
	{
		FieldDefinition *field = lfirst(cell);
		Oid			protection = protection_of_column(field->holder,
													  get_attnum(field->holder, field->name));

		if (was_broken(before, field))
			continue;
		if (first == NULL)
			markers = constraints_on_types(types);
		if (OidIsValid(protection) && list_member_oid(markers, protection))
			return field;
		first = first ? first : field;
	}
	return first;
}

void
broken_refuse(Node *statement, List *types)
{
	FieldDefinition *broken = newly_broken(find_before(statement), types);

	if (broken)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot alter the type because column \"%s\" of %s could not be computed afterwards",
						broken->name, table_label(broken->holder)),
				 errdetail("Its definition could not be read."),
				 errhint("Drop it with interlink.drop_field() and add it again afterwards.")));
}

void
broken_end(Node *statement)
{
	Before	   *before = find_before(statement);

	if (before)
		MemoryContextDelete(before->context);
}
