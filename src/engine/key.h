/*
 * key.h: keys of a shape as arrays of Datums, and tables of them.
 */
#ifndef INTERLINK_KEY_H
#define INTERLINK_KEY_H

#include "graph/graph.h"

/*
 * Reads a key from a row into values (shape->n of them, by-reference ones
 * point into the row or the current memory context).  False when one is NULL.
 */
extern bool key_read(const KeyReader *reader, TupleTableSlot *slot, Datum *values);

/* The same for one of its columns. */
extern bool key_read_column(const KeyReader *reader, int i, TupleTableSlot *slot, Datum *value);

/* From the type in which a key is compared to the type of the column. */
extern Datum key_to_column(Oid relid, AttrNumber att, Oid from, Datum value);

/* Raises an error where the column is of a domain that the value is not of. */
extern void check_domain(Oid relid, AttrNumber att, Datum value, bool isnull);

extern Datum *key_copy(KeyShape *shape, Datum *values);
extern uint32 key_hash(KeyShape *shape, Datum *values);
extern bool key_equal(KeyShape *shape, Datum *a, Datum *b);
extern bool key_equal_column(KeyShape *shape, int i, Datum a, Datum b);
extern int	key_compare(KeyShape *shape, Datum *a, Datum *b);

/* "(1)" or "(a, b)", as PostgreSQL shows keys in errors. */
extern char *key_text(KeyShape *shape, Datum *values);

/* A key with what is noted for it. */
typedef struct KeyEntry
{
	uint32		hash;
	char		status;
	Datum	   *key;
	void	   *data;
} KeyEntry;

typedef struct KeyTable KeyTable;

extern KeyTable *key_table_create(MemoryContext context, KeyShape *shape);

/* The entry of the key, made (with data NULL) when there is none. */
extern KeyEntry *key_table_put(KeyTable *table, Datum *values);
extern KeyEntry *key_table_get(KeyTable *table, Datum *values);

/* Takes the entry of the key out; false when there is none. */
extern bool key_table_take(KeyTable *table, Datum *values, KeyEntry *entry);
extern int	key_table_count(KeyTable *table);
extern KeyShape *key_table_shape(KeyTable *table);

/* The entries, in no order: start with 0, until it returns NULL. */
extern KeyEntry *key_table_next(KeyTable *table, uint32 *position);

/* All entries in key order, as an array of copies in the current context. */
extern KeyEntry *key_table_sorted(KeyTable *table);

#endif
