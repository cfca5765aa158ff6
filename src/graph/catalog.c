/*
 * catalog.c: typed reads and writes of the catalog tables.
 *
 * They are ordinary tables, read and written below the level of
 * privileges and row security: who may define what is decided by the functions
 * in src/define, and an owner of tables has no rights of his own here.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"

#include "graph/catalog.h"
#include "graph/catalog_row.h"

/* Columns of interlink.link_definition, as 20-catalog.sql has them. */
enum
{
	LINK_ID = 1,
	LINK_SOURCE,
	LINK_NAME,
	LINK_TARGET,
	LINK_RELATIONSHIP,
	LINK_INVERSE,
	LINK_SOURCE_COLUMNS,
	LINK_TARGET_COLUMNS,
	LINK_JUNCTION,
	LINK_JUNCTION_SOURCE_COLUMNS,
	LINK_JUNCTION_TARGET_COLUMNS,
	LINK_SOURCE_POSITION,
	LINK_TARGET_POSITION,
	LINK_ON_DELETE,
	LINK_ON_TAKEN,
	LINK_REQUIRED,
	LINK_ORDERED,
	LINK_DEFERRED_UNIQUE,
	LINK_COLUMNS,
	LINK_CREATED,
	LINK_COMMENT
};

/* Columns of interlink.field_definition. */
enum
{
	FIELD_ID = 1,
	FIELD_HOLDER,
	FIELD_NAME,
	FIELD_KIND,
	FIELD_LINK_ID,
	FIELD_LINK_END,
	FIELD_RELATION_ID,
	FIELD_LEADS_TO_ONE,
	FIELD_VIA,
	FIELD_FUNCTION,
	FIELD_EXPRESSION,
	FIELD_FILTER,
	FIELD_ORDER_BY,
	FIELD_DISTINCT_VALUES,
	FIELD_MAX_ITEMS,
	FIELD_SEPARATOR,
	FIELD_ON_EMPTY,
	FIELD_STORAGE,
	FIELD_READY,
	FIELD_COMMENT
};

/* The words of FieldKind, in its order. */
static const char *const kind_words[] = {"link", "lookup", "rollup"};

Oid
catalog_link_relation(void)
{
	return catalog_relation_named("link_definition");
}

Oid
catalog_field_relation(void)
{
	return catalog_relation_named("field_definition");
}

static LinkDefinition *
link_from_row(CatalogRow *row)
{
	LinkDefinition *link = palloc0(sizeof(LinkDefinition));
	char	   *relationship = row_text(row, LINK_RELATIONSHIP);

	link->id = DatumGetInt64(row->values[LINK_ID - 1]);
	link->source = row_oid(row, LINK_SOURCE);
	link->name = row_name(row, LINK_NAME);
	link->target = row_oid(row, LINK_TARGET);
	if (!link_relationship_parse(relationship, &link->relationship))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("link definition " INT64_FORMAT " has the unknown relationship \"%s\"",
						link->id, relationship)));
	link->inverse = row_name(row, LINK_INVERSE);
	link->source_columns = row_strings(row, LINK_SOURCE_COLUMNS, NAMEOID);
	link->target_columns = row_strings(row, LINK_TARGET_COLUMNS, NAMEOID);
	link->junction = row_oid(row, LINK_JUNCTION);
	link->junction_source_columns = row_strings(row, LINK_JUNCTION_SOURCE_COLUMNS, NAMEOID);
	link->junction_target_columns = row_strings(row, LINK_JUNCTION_TARGET_COLUMNS, NAMEOID);
	link->source_position = row_name(row, LINK_SOURCE_POSITION);
	link->target_position = row_name(row, LINK_TARGET_POSITION);
	link->on_delete = row_text(row, LINK_ON_DELETE);
	link->on_taken = row_text(row, LINK_ON_TAKEN);
	link->required = DatumGetBool(row->values[LINK_REQUIRED - 1]);
	link->ordered = DatumGetBool(row->values[LINK_ORDERED - 1]);
	link->deferred_unique = DatumGetBool(row->values[LINK_DEFERRED_UNIQUE - 1]);
	link->columns = row_text(row, LINK_COLUMNS);
	link->created = row_strings(row, LINK_CREATED, TEXTOID);
	link->comment = row_text(row, LINK_COMMENT);
	return link;
}

static CatalogRow
row_from_link(LinkDefinition *link)
{
	CatalogRow	row = row_empty(LINK_COMMENT);

	row_put(&row, LINK_ID, Int64GetDatum(link->id));
	row_put(&row, LINK_SOURCE, ObjectIdGetDatum(link->source));
	row_put_name(&row, LINK_NAME, link->name);
	row_put(&row, LINK_TARGET, ObjectIdGetDatum(link->target));
	row_put_text(&row, LINK_RELATIONSHIP, link_relationship_name(link->relationship));
	row_put_name(&row, LINK_INVERSE, link->inverse);
	row_put_strings(&row, LINK_SOURCE_COLUMNS, link->source_columns, NAMEOID);
	row_put_strings(&row, LINK_TARGET_COLUMNS, link->target_columns, NAMEOID);
	if (OidIsValid(link->junction))
	{
		row_put(&row, LINK_JUNCTION, ObjectIdGetDatum(link->junction));
		row_put_strings(&row, LINK_JUNCTION_SOURCE_COLUMNS, link->junction_source_columns, NAMEOID);
		row_put_strings(&row, LINK_JUNCTION_TARGET_COLUMNS, link->junction_target_columns, NAMEOID);
	}
	row_put_name(&row, LINK_SOURCE_POSITION, link->source_position);
	row_put_name(&row, LINK_TARGET_POSITION, link->target_position);
	row_put_text(&row, LINK_ON_DELETE, link->on_delete);
	row_put_text(&row, LINK_ON_TAKEN, link->on_taken);
	row_put(&row, LINK_REQUIRED, BoolGetDatum(link->required));
	row_put(&row, LINK_ORDERED, BoolGetDatum(link->ordered));
	row_put(&row, LINK_DEFERRED_UNIQUE, BoolGetDatum(link->deferred_unique));
	row_put_text(&row, LINK_COLUMNS, link->columns);
	row_put_strings(&row, LINK_CREATED, link->created, TEXTOID);
	row_put_text(&row, LINK_COMMENT, link->comment);
	return row;
}

static FieldKind
kind_from_word(const char *word, int64 id)
{
	for (int i = 0; i < lengthof(kind_words); i++)
	{
		if (strcmp(word, kind_words[i]) == 0)
			return (FieldKind) i;
	}
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("field definition " INT64_FORMAT " has the unknown kind \"%s\"", id, word)));
}

static FieldDefinition *
field_from_row(CatalogRow *row)
{
	FieldDefinition *field = palloc0(sizeof(FieldDefinition));
	char	   *end = row_text(row, FIELD_LINK_END);

	field->id = DatumGetInt64(row->values[FIELD_ID - 1]);
	field->holder = row_oid(row, FIELD_HOLDER);
	field->name = row_name(row, FIELD_NAME);
	field->kind = kind_from_word(row_text(row, FIELD_KIND), field->id);
	if (!row->nulls[FIELD_LINK_ID - 1])
		field->link_id = DatumGetInt64(row->values[FIELD_LINK_ID - 1]);
	field->at_target = end && strcmp(end, "target") == 0;
	if (!row->nulls[FIELD_RELATION_ID - 1])
		field->relation_id = DatumGetInt64(row->values[FIELD_RELATION_ID - 1]);
	field->leads_to_one = row_bool(row, FIELD_LEADS_TO_ONE);
	field->via = row_text(row, FIELD_VIA);
	field->function = row_text(row, FIELD_FUNCTION);
	field->expression = row_text(row, FIELD_EXPRESSION);
	field->filter = row_text(row, FIELD_FILTER);
	field->order_by = row_text(row, FIELD_ORDER_BY);
	field->distinct_values = DatumGetBool(row->values[FIELD_DISTINCT_VALUES - 1]);
	if (!row->nulls[FIELD_MAX_ITEMS - 1])
		field->max_items = DatumGetInt32(row->values[FIELD_MAX_ITEMS - 1]);
	field->separator = row_text(row, FIELD_SEPARATOR);
	field->on_empty = row_text(row, FIELD_ON_EMPTY);
	field->storage = row_text(row, FIELD_STORAGE);
	field->ready = DatumGetBool(row->values[FIELD_READY - 1]);
	field->comment = row_text(row, FIELD_COMMENT);
	return field;
}

static CatalogRow
row_from_field(FieldDefinition *field)
{
	CatalogRow	row = row_empty(FIELD_COMMENT);

	row_put(&row, FIELD_ID, Int64GetDatum(field->id));
	row_put(&row, FIELD_HOLDER, ObjectIdGetDatum(field->holder));
	row_put_name(&row, FIELD_NAME, field->name);
	row_put_text(&row, FIELD_KIND, kind_words[field->kind]);
	if (field->link_id != 0)
	{
		row_put(&row, FIELD_LINK_ID, Int64GetDatum(field->link_id));
		row_put_text(&row, FIELD_LINK_END, field->at_target ? "target" : "source");
	}
	if (field->relation_id != 0)
	{
		row_put(&row, FIELD_RELATION_ID, Int64GetDatum(field->relation_id));
		row_put(&row, FIELD_LEADS_TO_ONE, BoolGetDatum(field->leads_to_one));
	}
	row_put_text(&row, FIELD_VIA, field->via);
	row_put_text(&row, FIELD_FUNCTION, field->function);
	row_put_text(&row, FIELD_EXPRESSION, field->expression);
	row_put_text(&row, FIELD_FILTER, field->filter);
	row_put_text(&row, FIELD_ORDER_BY, field->order_by);
	row_put(&row, FIELD_DISTINCT_VALUES, BoolGetDatum(field->distinct_values));
	if (field->max_items > 0)
		row_put(&row, FIELD_MAX_ITEMS, Int32GetDatum(field->max_items));
	row_put_text(&row, FIELD_SEPARATOR, field->separator);
	row_put_text(&row, FIELD_ON_EMPTY, field->on_empty);
	row_put_text(&row, FIELD_STORAGE, field->storage);
	row_put(&row, FIELD_READY, BoolGetDatum(field->ready));
	row_put_text(&row, FIELD_COMMENT, field->comment);
	return row;
}

List *
catalog_links(void)
{
	List	   *links = NIL;
	CatalogScan scan;

	catalog_scan_begin(&scan, catalog_link_relation(), AccessShareLock);
	while (catalog_scan_next(&scan))
		links = lappend(links, link_from_row(&scan.row));
	catalog_scan_end(&scan, AccessShareLock);
	catalog_sort(links);
	return links;
}

List *
catalog_fields(void)
{
	List	   *fields = NIL;
	CatalogScan scan;

	catalog_scan_begin(&scan, catalog_field_relation(), AccessShareLock);
	while (catalog_scan_next(&scan))
		fields = lappend(fields, field_from_row(&scan.row));
	catalog_scan_end(&scan, AccessShareLock);
	catalog_sort(fields);
	return fields;
}

void
catalog_lock(void)
{
	LockRelationOid(catalog_field_relation(), ShareUpdateExclusiveLock);
}

int64
catalog_insert_link(LinkDefinition *link)
{
	CatalogRow	row;

	if (link->id == 0)
		link->id = catalog_next_id();
	row = row_from_link(link);
	catalog_insert_row(catalog_link_relation(), &row);
	return link->id;
}

int64
catalog_insert_field(FieldDefinition *field)
{
	CatalogRow	row;

	if (field->id == 0)
		field->id = catalog_next_id();
	row = row_from_field(field);
	catalog_insert_row(catalog_field_relation(), &row);
	return field->id;
}

void
catalog_update_link(LinkDefinition *link)
{
	CatalogRow	row = row_from_link(link);

	catalog_replace_row(catalog_link_relation(), link->id, &row);
}

void
catalog_update_field(FieldDefinition *field)
{
	CatalogRow	row = row_from_field(field);

	catalog_replace_row(catalog_field_relation(), field->id, &row);
}

void
catalog_delete_link(int64 id)
{
	catalog_replace_row(catalog_link_relation(), id, NULL);
}

void
catalog_delete_field(int64 id)
{
	catalog_replace_row(catalog_field_relation(), id, NULL);
}
