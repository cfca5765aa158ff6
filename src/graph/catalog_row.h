/*
 * catalog_row.h: rows of the catalog tables, taken apart and put together, and
 * how they are found, added and replaced.
 */
#ifndef INTERLINK_CATALOG_ROW_H
#define INTERLINK_CATALOG_ROW_H

#include "postgres.h"
#include "access/genam.h"
#include "nodes/pg_list.h"
#include "storage/lockdefs.h"
#include "utils/snapshot.h"

/* A row taken apart, or about to be put together; columns count from 1. */
typedef struct CatalogRow
{
	Datum	   *values;
	bool	   *nulls;
} CatalogRow;

/* One walk through a catalog table under the latest snapshot. */
typedef struct CatalogScan
{
	Relation	rel;
	Snapshot	snapshot;
	SysScanDesc scan;
	CatalogRow			row;
} CatalogScan;

/* The table of this name in the schema interlink; InvalidOid: there is none. */
extern Oid	catalog_relation_named(const char *name);

/* Values out of a row, copied; NULL in SQL is NULL in C. */
extern char *row_text(CatalogRow *row, int att);
extern char *row_name(CatalogRow *row, int att);
extern Oid	row_oid(CatalogRow *row, int att);
extern bool row_bool(CatalogRow *row, int att);
extern List *row_strings(CatalogRow *row, int att, Oid element_type);

/* Values into a row; what is NULL in C is NULL in SQL. */
extern CatalogRow	row_empty(int natts);
extern void row_put(CatalogRow *row, int att, Datum value);
extern void row_put_text(CatalogRow *row, int att, const char *text);
extern void row_put_name(CatalogRow *row, int att, const char *name);
extern void row_put_strings(CatalogRow *row, int att, List *strings, Oid element_type);

extern void catalog_scan_begin(CatalogScan *scan, Oid relid, LOCKMODE lockmode);
extern HeapTuple catalog_scan_next(CatalogScan *scan);
extern void catalog_scan_end(CatalogScan *scan, LOCKMODE lockmode);

/* Sorts definitions by their id, with which each of them begins. */
extern void catalog_sort(List *definitions);

extern int64 catalog_next_id(void);
extern void catalog_insert_row(Oid relid, CatalogRow *row);

/* Replaces the row with this id, or removes it when no other is given. */
extern void catalog_replace_row(Oid relid, int64 id, CatalogRow *with);

#endif
