/*
 * name.c: may a relation of this row type be called so?
 *
 * x.name and name(x) mean the same to PostgreSQL: a column, or a function that
 * takes the row, or a cast.  An accessor must not change what is meant by
 * either in queries that are there already: count(x), to_json(x).
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/syscache.h"

#include "define/define.h"
#include "relate/relate.h"

typedef enum Obstacle
{
	OBSTACLE_NONE,
	OBSTACLE_LINK,
	OBSTACLE_COLUMN,
	OBSTACLE_FUNCTION,
	OBSTACLE_CAST
} Obstacle;

static bool
accepts_row(Oid argument, Oid row)
{
	switch (argument)
	{
		case ANYOID:
		case ANYELEMENTOID:
		case ANYNONARRAYOID:
		case ANYCOMPATIBLEOID:
		case ANYCOMPATIBLENONARRAYOID:
			return true;
		default:
			return !IsPolymorphicType(argument) &&
				can_coerce_type(1, &row, &argument, COERCION_IMPLICIT);
	}
}

/* Can the function be called with the row alone? */
static bool
takes_row(Form_pg_proc proc, Oid row)
{
	if (proc->pronargs < 1 || proc->pronargs - proc->pronargdefaults > 1 ||
		proc->prokind == PROKIND_PROCEDURE)
		return false;
	if (proc->pronargs == 1 && OidIsValid(proc->provariadic))
		return accepts_row(proc->provariadic, row);
	return accepts_row(proc->proargtypes.values[0], row);
}

static Oid
function_that_takes(const char *name, Oid row)
{
	CatCList   *list = SearchSysCacheList1(PROCNAMEARGSNSP, CStringGetDatum(name));
	Oid			found = InvalidOid;

	for (int i = 0; i < list->n_members && !OidIsValid(found); i++)
	{
		Form_pg_proc proc = (Form_pg_proc) GETSTRUCT(&list->members[i]->tuple);

		if (takes_row(proc, row))
			found = proc->oid;
	}
	ReleaseSysCacheList(list);
	return found;
}

/* The type of this name that name(x) converts the row to. */
static Oid
type_of_cast(const char *name, Oid row)
{
	CatCList   *list = SearchSysCacheList1(TYPENAMENSP, CStringGetDatum(name));
	Oid			found = InvalidOid;

	for (int i = 0; i < list->n_members && !OidIsValid(found); i++)
	{
		Form_pg_type type = (Form_pg_type) GETSTRUCT(&list->members[i]->tuple);
		Oid			function;
		CoercionPathType path = find_coercion_pathway(type->oid, row, COERCION_EXPLICIT, &function);

		if (path == COERCION_PATH_FUNC || (path == COERCION_PATH_RELABELTYPE && type->oid != row))
			found = type->oid;
	}
	ReleaseSysCacheList(list);
	return found;
}

static Obstacle
obstacle_to(Oid source, const char *name, bool accessor, Oid *what)
{
	Oid			relid = row_type_relation(source);
	bool		at_target;

	if (find_end(catalog_links(), relid, name, &at_target))
		return OBSTACLE_LINK;
	if (!accessor)
		return OBSTACLE_NONE;
	if (get_attnum(relid, name) != InvalidAttrNumber)
		return OBSTACLE_COLUMN;
	*what = function_that_takes(name, source);
	if (OidIsValid(*what))
		return OBSTACLE_FUNCTION;
	*what = type_of_cast(name, source);
	return OidIsValid(*what) ? OBSTACLE_CAST : OBSTACLE_NONE;
}

bool
relation_name_is_free(Oid source, const char *name, bool accessor)
{
	Oid			what;

	return obstacle_to(source, name, accessor, &what) == OBSTACLE_NONE;
}

void
check_relation_name(Oid source, const char *name, bool accessor)
{
	char	   *label = row_type_label(source);
	Oid			what;

	switch (obstacle_to(source, name, accessor, &what))
	{
		case OBSTACLE_LINK:
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_COLUMN),
					 errmsg("%s already has a link \"%s\"", label, name),
					 errhint("A link can be followed by its name; or choose another name for the relation.")));
			break;
		case OBSTACLE_COLUMN:
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_COLUMN),
					 errmsg("column \"%s\" of %s already exists", name, label),
					 errdetail("It would take the place of the accessor in attribute notation."),
					 errhint("Choose another name, or use accessor => false.")));
			break;
		case OBSTACLE_FUNCTION:
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_FUNCTION),
					 errmsg("function %s accepts rows of %s already", format_procedure(what), label),
					 errdetail("An accessor of that name would take its place."),
					 errhint("Choose another name, or use accessor => false.")));
			break;
		case OBSTACLE_CAST:
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_FUNCTION),
					 errmsg("rows of %s can be cast to type %s already", label, format_type_be(what)),
					 errdetail("An accessor of that name would take the place of the cast."),
					 errhint("Choose another name, or use accessor => false.")));
			break;
		case OBSTACLE_NONE:
			break;
	}
}
