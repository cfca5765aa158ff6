/*
 * catalog_row.c: rows of the catalog tables, taken apart and put together.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "graph/catalog_row.h"

char *
row_text(CatalogRow *row, int att)
{
	return row->nulls[att - 1] ? NULL : TextDatumGetCString(row->values[att - 1]);
}

char *
row_name(CatalogRow *row, int att)
{
	return row->nulls[att - 1] ? NULL : pstrdup(NameStr(*DatumGetName(row->values[att - 1])));
}

Oid
row_oid(CatalogRow *row, int att)
{
	return row->nulls[att - 1] ? InvalidOid : DatumGetObjectId(row->values[att - 1]);
}

List *
row_strings(CatalogRow *row, int att, Oid element_type)
{
	List	   *result = NIL;
	Datum	   *elements;
	int			n;

	if (row->nulls[att - 1])
		return NIL;
	deconstruct_array(DatumGetArrayTypeP(row->values[att - 1]), element_type,
					  element_type == NAMEOID ? NAMEDATALEN : -1, false,
					  element_type == NAMEOID ? TYPALIGN_CHAR : TYPALIGN_INT,
					  &elements, NULL, &n);
	for (int i = 0; i < n; i++)
		result = lappend(result, element_type == NAMEOID ?
						 pstrdup(NameStr(*DatumGetName(elements[i]))) :
						 TextDatumGetCString(elements[i]));
	return result;
}

void
row_put(CatalogRow *row, int att, Datum value)
{
	row->values[att - 1] = value;
	row->nulls[att - 1] = false;
}

void
row_put_text(CatalogRow *row, int att, const char *text)
{
	if (text)
		row_put(row, att, CStringGetTextDatum(text));
}

void
row_put_name(CatalogRow *row, int att, const char *name)
{
	if (name)
		row_put(row, att, DirectFunctionCall1(namein, CStringGetDatum(name)));
}

void
row_put_strings(CatalogRow *row, int att, List *strings, Oid element_type)
{
	Datum	   *elements = palloc(sizeof(Datum) * (list_length(strings) + 1));
	ArrayType  *array;
	ListCell   *cell;
	int			n = 0;

	foreach(cell, strings)
		elements[n++] = element_type == NAMEOID ?
			DirectFunctionCall1(namein, CStringGetDatum(lfirst(cell))) :
			CStringGetTextDatum((char *) lfirst(cell));
	array = construct_array(elements, n, element_type,
							element_type == NAMEOID ? NAMEDATALEN : -1, false,
							element_type == NAMEOID ? TYPALIGN_CHAR : TYPALIGN_INT);
	row_put(row, att, PointerGetDatum(array));
}

CatalogRow
row_empty(int natts)
{
	CatalogRow	row = {palloc0(sizeof(Datum) * natts), palloc(sizeof(bool) * natts)};

	memset(row.nulls, true, sizeof(bool) * natts);
	return row;
}
