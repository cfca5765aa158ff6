/*
 * retype.c: types whose values look otherwise than before.
 *
 * No row is written when a label of an enum is renamed or an attribute added to
 * a composite type, and yet the text of values changes: keys in link columns,
 * the order of lists, what is made of text.  So all fields that come from columns
 * of the type, or of types made of it, are computed anew.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "parser/parse_type.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

#include "ddl/ddl.h"
#include "define/define.h"
#include "engine/engine.h"

/* What is made of a type. */
typedef struct Reach
{
	List	   *objects;		/* ObjectAddress *: types, functions, operators */
	List	   *columns;		/* ObjectAddress * */
	List	   *constraints;	/* Oid; markers of fields among them */
} Reach;

List *
dependents_of(Oid class, Oid object, int32 column)
{
	Relation	catalog = table_open(DependRelationId, AccessShareLock);
	List	   *dependents = NIL;
	ScanKeyData keys[3];
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&keys[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(class));
	ScanKeyInit(&keys[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(object));
	ScanKeyInit(&keys[2], Anum_pg_depend_refobjsubid, BTEqualStrategyNumber,
				F_INT4EQ, Int32GetDatum(column));
	scan = systable_beginscan(catalog, DependReferenceIndexId, true, NULL, column ? 3 : 2, keys);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(tuple);
		ObjectAddress *dependent = palloc(sizeof(ObjectAddress));

		ObjectAddressSubSet(*dependent, form->classid, form->objid, form->objsubid);
		dependents = lappend(dependents, dependent);
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return dependents;
}

List *
tables_of_type(Oid type)
{
	List	   *relids = NIL;
	ListCell   *cell;

	foreach(cell, dependents_of(TypeRelationId, type, 0))
	{
		ObjectAddress *object = lfirst(cell);

		if (object->classId == RelationRelationId && object->objectSubId == 0 &&
			get_rel_relkind(object->objectId) != RELKIND_COMPOSITE_TYPE)
			relids = lappend_oid(relids, object->objectId);
	}
	return relids;
}

static void
reach_object(Reach *reach, Oid class, Oid object)
{
	ObjectAddress *address;
	ListCell   *cell;

	foreach(cell, reach->objects)
	{
		address = lfirst(cell);
		if (address->classId == class && address->objectId == object)
			return;
	}
	address = palloc(sizeof(ObjectAddress));
	ObjectAddressSet(*address, class, object);
	reach->objects = lappend(reach->objects, address);
}

/* A column, whose table has a type of its own, or a table of the type. */
static void
reach_relation(Reach *reach, ObjectAddress *column)
{
	Oid			row = get_rel_type_id(column->objectId);

	if (column->objectSubId > 0 && get_rel_relkind(column->objectId) != RELKIND_COMPOSITE_TYPE)
		reach->columns = lappend(reach->columns, column);
	if (OidIsValid(row))
		reach_object(reach, TypeRelationId, row);
}

/*
 * Arrays, domains, ranges, composite types and rows with such a column, however
 * deep; the columns of all of them, and what calls functions that know them.
 */
static void
reach_all(Reach *reach, List *types)
{
	ListCell   *cell;
	ListCell   *other;

	foreach(cell, types)
		reach_object(reach, TypeRelationId, lfirst_oid(cell));
	foreach(cell, reach->objects)
	{
		ObjectAddress *object = lfirst(cell);

		foreach(other, dependents_of(object->classId, object->objectId, 0))
		{
			ObjectAddress *dependent = lfirst(other);

			if (dependent->classId == RelationRelationId)
				reach_relation(reach, dependent);
			else if (dependent->classId == ConstraintRelationId)
				reach->constraints = lappend_oid(reach->constraints, dependent->objectId);
			else if (dependent->classId == TypeRelationId ||
					 dependent->classId == ProcedureRelationId ||
					 dependent->classId == OperatorRelationId)
				reach_object(reach, dependent->classId, dependent->objectId);
		}
	}
}

static bool
concerns(Reach *reach, Field *field)
{
	Oid			protection = protection_of(field);
	ListCell   *cell;

	if (OidIsValid(protection) && list_member_oid(reach->constraints, protection))
		return true;
	foreach(cell, reach->columns)
	{
		ObjectAddress *column = lfirst(cell);

		if (depends_on_column(field, column->objectId, column->objectSubId))
			return true;
	}
	return false;
}

static bool
has_table(Reach *reach, Oid relid)
{
	ListCell   *cell;

	foreach(cell, reach->columns)
	{
		if (((ObjectAddress *) lfirst(cell))->objectId == relid)
			return true;
	}
	return false;
}

/* Those that cannot be made out may show the type wherever they go. */
static void
refuse_unresolved(Reach *reach, List *definitions)
{
	List	   *links = definitions ? catalog_links() : NIL;
	ListCell   *cell;
	ListCell   *other;

	foreach(cell, definitions)
	{
		FieldDefinition *field = lfirst(cell);
		List	   *relids = list_make1_oid(field->holder);

		foreach(other, links)
		{
			if (((LinkDefinition *) lfirst(other))->id == field->link_id)
				relids = list_concat(relids, end_tables(lfirst(other)));
		}
		foreach(other, relids)
		{
			if (has_table(reach, lfirst_oid(other)))
				ereport(ERROR,
						(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						 errmsg("cannot alter the type because column \"%s\" of %s may depend on it",
								field->name, table_label(field->holder)),
						 errdetail("Its definition cannot be read, so that it cannot be computed anew."),
						 errhint("See interlink.audit().")));
		}
	}
}

/*
 * Fields (ids) that the types concern; the tables that they come from are added
 * to the locks.
 */
static List *
concerned_fields(List *types, TableLocks *locks)
{
	Graph	   *graph = ddl_graph();
	Reach		reach = {0};
	List	   *ids = NIL;
	ListCell   *cell;

	protect_all(graph);
	reach_all(&reach, types);
	refuse_unresolved(&reach, graph ? graph->unresolved : catalog_fields());
	foreach(cell, graph ? graph->fields : NIL)
	{
		Field	   *field = lfirst(cell);

		if (!concerns(&reach, field))
			continue;
		ids = append_id(ids, field->definition->id);
		table_locks_add(locks, field->holder->relid, ShareRowExclusiveLock);
		for (int p = 0; p < field->path->nsteps; p++)
			table_locks_add(locks, field->path->steps[p].far->relid, ShareRowExclusiveLock);
	}
	return ids;
}

/*
 * Sessions that write rows or define fields at this moment still know the type as
 * it was.  They are waited for, and what they have left is looked at again; tables
 * come first, as in a definition.
 */
static List *
lock_concerned_fields(List *types)
{
	TableLocks	locks = {0};
	TableLocks	more_locks = {0};
	List	   *ids;

	(void) concerned_fields(types, &locks);
	table_locks_take(&locks);
	LockRelationOid(catalog_field_relation(), ShareRowExclusiveLock);
	ids = concerned_fields(types, &more_locks);
	table_locks_take(&more_locks);
	return ids;
}

static void
refill_context(void *type)
{
	errcontext("computation of fields that depend on type %s", format_type_be(*(Oid *) type));
}

static void
refill(List *types, List *ids)
{
	ErrorContextCallback callback;

	callback.callback = refill_context;
	callback.arg = &linitial_oid(types);
	callback.previous = error_context_stack;
	error_context_stack = &callback;
	engine_refill(ids);
	error_context_stack = callback.previous;
}

static void
follow_types(List *types)
{
	List	   *ids = types ? lock_concerned_fields(types) : NIL;

	if (ids == NIL)
		return;
	graph_changed();
	refill(types, ids);
}

/* Does anything have the row type of a table as its type?  Mostly nothing has. */
static bool
row_is_used(List *types)
{
	Reach		reach = {0};

	reach_all(&reach, types);
	return reach.columns != NIL || reach.constraints != NIL;
}

static bool
changes_attributes(AlterTableStmt *statement)
{
	ListCell   *cell;

	foreach(cell, statement->cmds)
	{
		AlterTableType type = lfirst_node(AlterTableCmd, cell)->subtype;

		if (type == AT_AddColumn || type == AT_DropColumn || type == AT_AlterColumnType)
			return true;
	}
	return false;
}

/* Row types of the tables that are still there, and of all that inherit from them. */
static List *
row_types(List *relids)
{
	List	   *types = NIL;
	ListCell   *cell;
	ListCell   *child;

	foreach(cell, relids)
	{
		bool		gone = !OidIsValid(get_rel_type_id(lfirst_oid(cell)));

		foreach(child, gone ? NIL : find_all_inheritors(lfirst_oid(cell), NoLock, NULL))
			types = list_append_unique_oid(types, get_rel_type_id(lfirst_oid(child)));
	}
	return types;
}

/* NIL where nothing has such a type. */
static List *
used_row_types(List *relids)
{
	List	   *types = row_types(relids);

	return row_is_used(types) ? types : NIL;
}

void
retype_rows(List *relids)
{
	follow_types(used_row_types(relids));
}

static List *
used_row_types_of(RangeVar *name)
{
	Oid			relid = RangeVarGetRelid(name, NoLock, true);

	return OidIsValid(relid) ? used_row_types(list_make1_oid(relid)) : NIL;
}

/* Types (Oid) whose values the statement may let look otherwise. */
static List *
altered_types(Node *statement)
{
	Oid			type = InvalidOid;

	if (IsA(statement, AlterTableStmt) && changes_attributes((AlterTableStmt *) statement))
	{
		AlterTableStmt *alter = (AlterTableStmt *) statement;

		if (alter->objtype != OBJECT_TYPE)
			return used_row_types_of(alter->relation);
		type = get_rel_type_id(RangeVarGetRelid(alter->relation, NoLock, true));
	}
	else if (IsA(statement, ViewStmt) && ((ViewStmt *) statement)->replace)
		return used_row_types_of(((ViewStmt *) statement)->view);
	else if (IsA(statement, AlterEnumStmt) && ((AlterEnumStmt *) statement)->oldVal)
		type = LookupTypeNameOid(NULL, makeTypeNameFromNameList(((AlterEnumStmt *) statement)->typeName),
								 true);
	return OidIsValid(type) ? list_make1_oid(type) : NIL;
}

void
retype_end(Node *statement)
{
	follow_types(altered_types(statement));
}
