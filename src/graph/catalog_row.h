/*
 * catalog_row.h: rows of the catalog tables, taken apart and put together.
 */
#ifndef INTERLINK_CATALOG_ROW_H
#define INTERLINK_CATALOG_ROW_H

#include "nodes/pg_list.h"

typedef struct CatalogRow
{
	Datum	   *values;
	bool	   *nulls;
} CatalogRow;

/* All NULL. */
extern CatalogRow row_empty(int natts);

/* Copies of values, since the row goes with its scan; NULL or 0 for NULL. */
extern char *row_text(CatalogRow *row, int att);
extern char *row_name(CatalogRow *row, int att);
extern Oid	row_oid(CatalogRow *row, int att);
extern List *row_strings(CatalogRow *row, int att, Oid element_type);

/* What is NULL in C is NULL in SQL. */
extern void row_put(CatalogRow *row, int att, Datum value);
extern void row_put_text(CatalogRow *row, int att, const char *text);
extern void row_put_name(CatalogRow *row, int att, const char *name);
extern void row_put_strings(CatalogRow *row, int att, List *strings, Oid element_type);

#endif
