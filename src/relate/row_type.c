/*
 * row_type.c: row types: of tables, views and materialized views, and
 * composite types of their own.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "define/define.h"
#include "relate/relate.h"

/* The entry of pg_class that has the columns; InvalidOid: no row type, or gone. */
Oid
row_type_relation(Oid type)
{
	return get_typtype(type) == TYPTYPE_COMPOSITE ? get_typ_typrelid(type) : InvalidOid;
}

/* For messages: what a user calls it, the schema where it is not visible. */
char *
row_type_label(Oid type)
{
	Oid			relid = row_type_relation(type);
	char	   *name = OidIsValid(relid) ? get_rel_name(relid) : NULL;
	const char *kind = "table";

	if (name == NULL)
		return psprintf("type %s", format_type_be(type));
	switch (get_rel_relkind(relid))
	{
		case RELKIND_COMPOSITE_TYPE:
			kind = "type";
			break;
		case RELKIND_VIEW:
			kind = "view";
			break;
		case RELKIND_MATVIEW:
			kind = "materialized view";
			break;
		case RELKIND_FOREIGN_TABLE:
			kind = "foreign table";
			break;
	}
	if (TypeIsVisible(type))
		return psprintf("%s \"%s\"", kind, name);
	return psprintf("%s \"%s.%s\"", kind, get_namespace_name(get_rel_namespace(relid)), name);
}

/* For statements: always qualified. */
char *
row_type_text(Oid type)
{
	return format_type_extended(type, -1, FORMAT_TYPE_FORCE_QUALIFY);
}

Oid
row_type_schema(Oid type)
{
	return get_rel_namespace(row_type_relation(type));
}

Oid
row_type_owner(Oid type)
{
	return table_owner(row_type_relation(type));
}
