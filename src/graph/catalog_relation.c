/*
 * catalog_relation.c: typed reads and writes of interlink.relation_definition.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "graph/catalog.h"
#include "graph/catalog_row.h"

/* Columns of interlink.relation_definition, as 70-relation.sql has them. */
enum
{
	RELATION_ID = 1,
	RELATION_SOURCE,
	RELATION_NAME,
	RELATION_TARGET,
	RELATION_LOCAL_ATTRIBUTES,
	RELATION_REMOTE_ATTRIBUTES,
	RELATION_IS_REFERENCEE,
	RELATION_ORDER_BY,
	RELATION_PATH,
	RELATION_DISTINCT_ROWS,
	RELATION_ACCESSOR,
	RELATION_COMMENT
};

Oid
catalog_relation_relation(void)
{
	return catalog_relation_named("relation_definition");
}

static RelationDefinition *
relation_from_row(CatalogRow *row)
{
	RelationDefinition *relation = palloc0(sizeof(RelationDefinition));

	relation->id = DatumGetInt64(row->values[RELATION_ID - 1]);
	relation->source = row_oid(row, RELATION_SOURCE);
	relation->name = row_name(row, RELATION_NAME);
	relation->target = row_oid(row, RELATION_TARGET);
	relation->local_attributes = row_strings(row, RELATION_LOCAL_ATTRIBUTES, NAMEOID);
	relation->remote_attributes = row_strings(row, RELATION_REMOTE_ATTRIBUTES, NAMEOID);
	relation->is_referencee = row_bool(row, RELATION_IS_REFERENCEE);
	relation->order_by = row_text(row, RELATION_ORDER_BY);
	relation->path = row_strings(row, RELATION_PATH, TEXTOID);
	relation->distinct_rows = row_bool(row, RELATION_DISTINCT_ROWS);
	relation->accessor = row_bool(row, RELATION_ACCESSOR);
	relation->comment = row_text(row, RELATION_COMMENT);
	return relation;
}

static CatalogRow
row_from_relation(RelationDefinition *relation)
{
	CatalogRow	row = row_empty(RELATION_COMMENT);

	row_put(&row, RELATION_ID, Int64GetDatum(relation->id));
	row_put(&row, RELATION_SOURCE, ObjectIdGetDatum(relation->source));
	row_put_name(&row, RELATION_NAME, relation->name);
	row_put(&row, RELATION_TARGET, ObjectIdGetDatum(relation->target));
	if (relation->path)
		row_put_strings(&row, RELATION_PATH, relation->path, TEXTOID);
	else
	{
		row_put_strings(&row, RELATION_LOCAL_ATTRIBUTES, relation->local_attributes, NAMEOID);
		row_put_strings(&row, RELATION_REMOTE_ATTRIBUTES, relation->remote_attributes, NAMEOID);
		row_put(&row, RELATION_IS_REFERENCEE, BoolGetDatum(relation->is_referencee));
	}
	row_put_text(&row, RELATION_ORDER_BY, relation->order_by);
	row_put(&row, RELATION_DISTINCT_ROWS, BoolGetDatum(relation->distinct_rows));
	row_put(&row, RELATION_ACCESSOR, BoolGetDatum(relation->accessor));
	row_put_text(&row, RELATION_COMMENT, relation->comment);
	return row;
}

List *
catalog_relations(void)
{
	List	   *relations = NIL;
	CatalogScan scan;

	catalog_scan_begin(&scan, catalog_relation_relation(), AccessShareLock);
	while (catalog_scan_next(&scan))
		relations = lappend(relations, relation_from_row(&scan.row));
	catalog_scan_end(&scan, AccessShareLock);
	catalog_sort(relations);
	return relations;
}

int64
catalog_insert_relation(RelationDefinition *relation)
{
	CatalogRow	row;

	if (relation->id == 0)
		relation->id = catalog_next_id();
	row = row_from_relation(relation);
	catalog_insert_row(catalog_relation_relation(), &row);
	return relation->id;
}

void
catalog_update_relation(RelationDefinition *relation)
{
	CatalogRow	row = row_from_relation(relation);

	catalog_replace_row(catalog_relation_relation(), relation->id, &row);
}

void
catalog_delete_relation(int64 id)
{
	catalog_replace_row(catalog_relation_relation(), id, NULL);
}
