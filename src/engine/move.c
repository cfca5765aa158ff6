/*
 * move.c: rows on their way from one partition to another.
 *
 * What is remembered serves one statement of the client, like the marks of the
 * worklist, and the subtransaction in which it was noted.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "executor/tuptable.h"
#include "utils/memutils.h"

#include "engine/key.h"
#include "engine/move.h"
#include "engine/value.h"

/* Where a row comes from. */
typedef struct Origin
{
	SubTransactionId subid;
	HeapTuple	tuple;			/* with the columns of the table */
} Origin;

/* The rows of one table, by the primary key they will have. */
typedef struct Moves
{
	Oid			relid;
	Graph	   *graph;			/* pinned */
	KeyTable   *origins;
} Moves;

static List *moves = NIL;
static MemoryContext moves_context = NULL;
static TimestampTz moves_of_statement = 0;

/* Set while a row is put in; what is found set was left by an error half way. */
static bool moves_torn = false;

static void
forget_moves(void)
{
	ListCell   *cell;

	foreach(cell, moves)
		graph_unpin(((Moves *) lfirst(cell))->graph);
	if (moves_context)
		MemoryContextDelete(moves_context);
	moves_context = NULL;
	moves = NIL;
	moves_torn = false;
}

static Moves *
find_moves(Table *table)
{
	ListCell   *cell;

	if (moves && (moves_torn || moves_of_statement != GetCurrentStatementStartTimestamp()))
		forget_moves();
	foreach(cell, moves)
	{
		if (((Moves *) lfirst(cell))->relid == table->relid)
			return lfirst(cell);
	}
	return NULL;
}

/* The shape of the key is the graph's, which has the table. */
static Moves *
make_moves(Graph *graph, Table *table)
{
	Moves	   *made = palloc(sizeof(Moves));

	made->relid = table->relid;
	made->graph = graph;
	made->origins = key_table_create(CurrentMemoryContext, table->key_reader.shape);
	moves = lappend(moves, made);
	graph_pin(made->graph);
	moves_of_statement = GetCurrentStatementStartTimestamp();
	return made;
}

static bool
may_move(Table *table, TupleTableSlot *old, TupleTableSlot *new)
{
	int			att = -1;

	while ((att = bms_next_member(table->partition_key, att)) >= 0)
	{
		if (column_differs(old, new, att))
			return true;
	}
	return false;
}

/* With all columns of the table, also those that were added since the row was stored. */
static HeapTuple
whole_tuple(Table *table, TupleTableSlot *row)
{
	slot_getallattrs(row);
	return heap_form_tuple(table->desc, row->tts_values, row->tts_isnull);
}

void
move_begin(Graph *graph, Table *table, TupleTableSlot *old, TupleTableSlot *new)
{
	Datum	   *key;
	Moves	   *of_table;
	KeyEntry   *entry;
	Origin	   *origin;
	MemoryContext context;

	if (!table->partitioned || !may_move(table, old, new))
		return;
	key = palloc(sizeof(Datum) * table->key_reader.shape->n);
	if (!key_read(&table->key_reader, new, key))
		return;
	of_table = find_moves(table);
	if (moves_context == NULL)
		moves_context = AllocSetContextCreate(TopMemoryContext, "interlink moves",
											  ALLOCSET_DEFAULT_SIZES);
	context = MemoryContextSwitchTo(moves_context);
	moves_torn = true;
	if (of_table == NULL)
		of_table = make_moves(graph, table);
	entry = key_table_put(of_table->origins, key);
	entry->data = origin = palloc(sizeof(Origin));
	origin->subid = GetCurrentSubTransactionId();
	origin->tuple = whole_tuple(table, old);
	moves_torn = false;
	MemoryContextSwitchTo(context);
}

TupleTableSlot *
move_arrives(Table *table, TupleTableSlot *new)
{
	Moves	   *of_table = table->partitioned ? find_moves(table) : NULL;
	Datum	   *key;
	KeyEntry   *entry;
	Origin	   *origin;
	TupleTableSlot *slot;

	if (of_table == NULL)
		return NULL;
	key = palloc(sizeof(Datum) * table->key_reader.shape->n);
	entry = key_read(&table->key_reader, new, key) ? key_table_get(of_table->origins, key) : NULL;
	origin = entry ? entry->data : NULL;
	if (origin == NULL || origin->subid != GetCurrentSubTransactionId())
		return NULL;
	slot = MakeTupleTableSlot(table->desc, &TTSOpsHeapTuple);
	return ExecStoreHeapTuple(origin->tuple, slot, false);
}

static void
transaction_callback(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
		event == XACT_EVENT_PREPARE)
		forget_moves();
}

void
move_init(void)
{
	RegisterXactCallback(transaction_callback, NULL);
}
