/*
 * protect.c: what fields need, told to PostgreSQL, so that it refuses to drop
 * it, or with CASCADE drops the column of the field too.
 *
 * The column of the field must be what depends.  But an entry of pg_depend from
 * a column of one table to a column of another would, since links go both ways,
 * soon make two tables depend on each other, and pg_dump, which knows tables as
 * a whole only, would find no order to dump them in.  So there is an object
 * between the two, as the _RETURN rule is between a view and what it reads:
 *
 *		column of the field  <--internal--  pg_constraint  --normal-->  needs
 *
 * The constraint is of the kind of constraint triggers, but has no trigger:
 * nothing reads it, nothing shows it, and pg_dump passes it by.
 *
 * What depends does not take inherited columns with it.  So the column of each
 * partition has a constraint too, which depends on the column of the table.
 *
 * Neither the constraints nor entries of pg_depend are dumped.  They are made
 * anew before the first statement after a restore that drops something.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "storage/lmgr.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "compat.h"
#include "ddl/ddl.h"
#include "engine/engine.h"
#include "graph/build.h"
#include "graph/expression.h"

/* The constraint that stands for what the object needs. */
static Oid
find_protection(const ObjectAddress *object)
{
	Relation	catalog = table_open(DependRelationId, AccessShareLock);
	ScanKeyData keys[3];
	SysScanDesc scan;
	HeapTuple	tuple;
	Oid			result = InvalidOid;

	ScanKeyInit(&keys[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(object->classId));
	ScanKeyInit(&keys[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(object->objectId));
	ScanKeyInit(&keys[2], Anum_pg_depend_refobjsubid, BTEqualStrategyNumber,
				F_INT4EQ, Int32GetDatum(object->objectSubId));
	scan = systable_beginscan(catalog, DependReferenceIndexId, true, NULL, 3, keys);
	while (!OidIsValid(result) && HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(tuple);

		if (form->classid == ConstraintRelationId && form->deptype == DEPENDENCY_INTERNAL)
			result = form->objid;
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return result;
}

static ObjectAddress
field_column(Oid holder, AttrNumber attnum)
{
	ObjectAddress column;

	ObjectAddressSubSet(column, RelationRelationId, holder, attnum);
	return column;
}

Oid
protection_of(Field *field)
{
	ObjectAddress column = field_column(field->holder->relid, field->attnum);

	return find_protection(&column);
}

bool
protection_exists(const ObjectAddress *object)
{
	return OidIsValid(find_protection(object));
}

/* It stands in pg_constraint as one of this column. */
ObjectAddress
protection_make(const ObjectAddress *object, const char *name, Oid relid, AttrNumber attnum)
{
	ObjectAddress protection;

	ObjectAddressSet(protection, ConstraintRelationId,
					 compat_create_marker_constraint(name, get_rel_namespace(relid), relid, attnum));
	recordDependencyOn(&protection, object, DEPENDENCY_INTERNAL);
	return protection;
}

/* It is internal to the object, so that an ordinary drop would drop that. */
void
protection_drop(const ObjectAddress *object)
{
	Oid			protection = find_protection(object);

	if (!OidIsValid(protection))
		return;
	deleteDependencyRecordsFor(ConstraintRelationId, protection, false);
	RemoveConstraintById(protection);
	CommandCounterIncrement();
}

void
protection_need_columns(ObjectAddresses *needs, Oid relid, int n, const AttrNumber *atts)
{
	ObjectAddress address;

	for (int i = 0; i < n; i++)
	{
		ObjectAddressSubSet(address, RelationRelationId, relid, atts[i]);
		add_exact_object_address(&address, needs);
	}
}

void
protection_need_constraint(ObjectAddresses *needs, Oid constraint)
{
	ObjectAddress address;

	ObjectAddressSet(address, ConstraintRelationId, constraint);
	if (OidIsValid(constraint))
		add_exact_object_address(&address, needs);
}

/* The constraint that it is the index of, if any. */
void
protection_need_index(ObjectAddresses *needs, Oid index)
{
	ObjectAddress address;

	if (OidIsValid(index) && OidIsValid(get_index_constraint(index)))
		protection_need_constraint(needs, get_index_constraint(index));
	else if (OidIsValid(index))
	{
		ObjectAddressSet(address, RelationRelationId, index);
		add_exact_object_address(&address, needs);
	}
}

/* What makes the one linked row the only one. */
static void
need_unique(ObjectAddresses *needs, Table *table, KeyReader *key)
{
	bool		deferrable;
	Oid			index = find_unique_btree(table->relid, key->shape->n, key->att, &deferrable);

	if (OidIsValid(index))
		protection_need_constraint(needs, get_index_constraint(index));
}

static void
need_path(ObjectAddresses *needs, Path *path)
{
	for (int i = 0; i < path->nsteps; i++)
	{
		Step	   *step = &path->steps[i];
		int			n = step->near_key.shape->n;

		protection_need_columns(needs, step->near->relid, n, step->near_key.att);
		protection_need_columns(needs, step->far->relid, n, step->far_key.att);
		if (path->relation_id == 0)
			protection_need_constraint(needs, step->constraint);
		else if (path->to_one)	/* it does without the foreign key, not without this */
			protection_need_index(needs, step->unique_index);

		if (path->one_to_one)
			need_unique(needs, path->forward ? step->near : step->far,
						path->forward ? &step->near_key : &step->far_key);
	}
}

static void
record_needs(const ObjectAddress *protection, Field *field)
{
	Path	   *path = field->path;
	Oid			far = path->steps[path->nsteps - 1].far->relid;
	Oid			junction = path_junction(path);
	ObjectAddresses *needs = new_object_addresses();

	need_path(needs, path);
	if (field->order_columns)
		protection_need_columns(needs, path->steps[0].far->relid, 1, &path->position);
	protection_need_constraint(needs, get_index_constraint(field->holder->key_index));
	record_object_address_dependencies(protection, needs, DEPENDENCY_NORMAL);
	free_object_addresses(needs);

	if (field->value_position > 0 && field->expr)
		recordDependencyOnExpr(protection, field->expr,
							   expression_rtable(path->steps[field->value_position - 1].far->relid,
												 junction),
							   DEPENDENCY_NORMAL);
	if (field->definition->filter)
		recordDependencyOnExpr(protection,
							   expression_reread(field->holder->relid, far, junction,
												 field->definition->filter),
							   expression_rtable(far, junction), DEPENDENCY_NORMAL);
}

static char *
protection_name(Field *field)
{
	return psprintf("interlink_field_" INT64_FORMAT, field->definition->id);
}

static ObjectAddress
column_in_partition(Oid partition, Field *field)
{
	return field_column(partition, get_attnum(partition, field->definition->name));
}

static void
protect_partition(Oid partition, Field *field)
{
	ObjectAddress owner = field_column(field->holder->relid, field->attnum);
	ObjectAddress column = column_in_partition(partition, field);
	ObjectAddress protection;

	if (column.objectSubId == InvalidAttrNumber || protection_exists(&column))
		return;
	protection = protection_make(&column, protection_name(field), partition, column.objectSubId);
	recordDependencyOn(&protection, &owner, DEPENDENCY_AUTO);
}

void
protect_partitions(Table *table)
{
	ListCell   *cell;
	ListCell   *field;

	foreach(cell, table->partitions)
	{
		foreach(field, table->fields)
			protect_partition(lfirst_oid(cell), lfirst(field));
	}
	CommandCounterIncrement();
}

void
protect_field(Field *field)
{
	ObjectAddress column = field_column(field->holder->relid, field->attnum);
	ListCell   *cell;

	if (!protection_exists(&column))
	{
		ObjectAddress protection = protection_make(&column, protection_name(field),
												   field->holder->relid, field->attnum);

		record_needs(&protection, field);
		CommandCounterIncrement();
	}
	foreach(cell, field->holder->partitions)
		protect_partition(lfirst_oid(cell), field);
	CommandCounterIncrement();
}

static bool
is_protected(Field *field)
{
	ObjectAddress column = field_column(field->holder->relid, field->attnum);
	ListCell   *cell;

	if (!protection_exists(&column))
		return false;
	foreach(cell, field->holder->partitions)
	{
		column = column_in_partition(lfirst_oid(cell), field);
		if (column.objectSubId != InvalidAttrNumber && !protection_exists(&column))
			return false;
	}
	return true;
}

/*
 * Before something is dropped, once for each graph.  Where there is something
 * to do, after a restore, two sessions must not do it both.
 */
void
protect_all(Graph *graph)
{
	ListCell   *cell;
	bool		complete = true;

	if (graph == NULL || graph->protected)
		return;
	foreach(cell, graph->fields)
		complete = complete && is_protected(lfirst(cell));
	if (!complete)
	{
		LockDatabaseObject(RelationRelationId, catalog_field_relation(), 1, ExclusiveLock);
		foreach(cell, graph->tables)
			protect_loosen_triggers(((Table *) lfirst(cell))->relid);
		foreach(cell, graph->fields)
			protect_field(lfirst(cell));
	}

	/* What the transaction may still undo is not to be relied on. */
	graph->protected = complete;
}

/* In the table, or partition, and all its partitions. */
void
protect_forget(Oid relid, const char *name)
{
	ListCell   *cell;

	foreach(cell, find_all_inheritors(relid, NoLock, NULL))
	{
		AttrNumber	attnum = get_attnum(lfirst_oid(cell), name);
		ObjectAddress column = field_column(lfirst_oid(cell), attnum);

		if (attnum > 0)
			protection_drop(&column);
	}
}

void
protect_forget_all(Graph *graph)
{
	ListCell   *cell;

	if (graph == NULL)
		return;
	foreach(cell, graph->fields)
	{
		Field	   *field = lfirst(cell);

		protect_forget(field->holder->relid, field->definition->name);
	}
}

static void
loosen_trigger(Relation catalog, Oid trigger, Oid relid)
{
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&keys[0], Anum_pg_depend_classid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(TriggerRelationId));
	ScanKeyInit(&keys[1], Anum_pg_depend_objid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(trigger));
	scan = systable_beginscan(catalog, DependDependerIndexId, true, NULL, 2, keys);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(tuple);
		HeapTuple	copy;

		if (form->refclassid != RelationRelationId || form->refobjid != relid ||
			form->refobjsubid == 0 || form->deptype != DEPENDENCY_NORMAL)
			continue;
		copy = heap_copytuple(tuple);
		((Form_pg_depend) GETSTRUCT(copy))->deptype = DEPENDENCY_AUTO;
		CatalogTupleUpdate(catalog, &copy->t_self, copy);
		heap_freetuple(copy);
	}
	systable_endscan(scan);
}

/*
 * A column in the WHEN clause of a trigger is held fast by it.  By ours it
 * need not be: that the column is needed is said by the fields, in words that
 * a user understands; and a field's own column is his to drop.  The trigger
 * then goes with the column, and dropped.c puts it up again without.
 */
void
protect_loosen_triggers(Oid relid)
{
	Relation	catalog = table_open(DependRelationId, RowExclusiveLock);
	Relation	rel = RelationIdGetRelation(relid);
	TriggerDesc *triggers = RelationIsValid(rel) ? CopyTriggerDesc(rel->trigdesc) : NULL;

	if (RelationIsValid(rel))
		RelationClose(rel);
	for (int i = 0; triggers && i < triggers->numtriggers; i++)
	{
		if (engine_owns_trigger(triggers->triggers[i].tgfoid))
			loosen_trigger(catalog, triggers->triggers[i].tgoid, relid);
	}
	table_close(catalog, RowExclusiveLock);
	CommandCounterIncrement();
}
