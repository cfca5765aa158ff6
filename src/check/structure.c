/*
 * structure.c: what must stand beside the values: triggers, indexes, foreign
 * keys.  And the SQL that finds wrong values.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/relation.h"
#include "access/table.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "check/check.h"
#include "engine/engine.h"
#include "define/define.h"
#include "engine/query.h"

char *
table_name(Oid relid)
{
	return DatumGetCString(DirectFunctionCall1(regclassout, ObjectIdGetDatum(relid)));
}

char *
check_key_sql(Table *table)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < table->nkey; i++)
		appendStringInfo(&buf, "%s%s", i > 0 ? ", " : "",
						 sql_column(table, table->key[i], "h"));
	return table->nkey == 1 ? psprintf("(%s)::text", buf.data) :
		psprintf("ROW(%s)::text", buf.data);
}

char *
check_sql(Field *field, bool with_anchor)
{
	FieldGroup *group = field->group;
	Table	   *holder = field->holder;
	char	   *column = sql_column(holder, field->attnum, "h");
	char	  **anchor = anchor_columns(group, "h");
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfo(&buf, "SELECT %s, (%s)::text, (v.c1)::text",
					 check_key_sql(holder), column);
	for (int i = 0; with_anchor && i < group->anchor.shape->n; i++)
		appendStringInfo(&buf, ", (%s)::%s", anchor[i], key_type_sql(group->anchor.shape, i));
	appendStringInfo(&buf, " FROM %s h CROSS JOIN LATERAL (", holder->name);
	append_field_query(&buf, list_make1(field), anchor);

	/* Of equal extremes (1.0 and 1.00) any will do. */
	appendStringInfo(&buf, ") v WHERE interlink.differ(%s, v.c1)", column);
	if (field->algebra == ALGEBRA_EXTREME)
		appendStringInfo(&buf, " AND %s IS DISTINCT FROM v.c1", column);
	appendStringInfo(&buf, " ORDER BY 1");
	return buf.data;
}

char *
check_dangling_sql(Table *referencing, KeyReader *key,
				   Table *referenced, KeyReader *referenced_key)
{
	StringInfoData buf;

	char	  **columns = sql_columns(referencing, key, "h");

	initStringInfo(&buf);
	appendStringInfo(&buf, "SELECT %s, %s FROM %s h WHERE NOT EXISTS (SELECT FROM %s d WHERE ",
					 referencing->nkey > 0 ? check_key_sql(referencing) : "NULL",
					 key_text_sql(key->shape, columns), referencing->name, referenced->name);
	append_equal_keys(&buf, key->shape, sql_columns(referenced, referenced_key, "d"), columns);
	appendStringInfoChar(&buf, ')');
	for (int i = 0; i < key->shape->n; i++)
		appendStringInfo(&buf, " AND %s IS DISTINCT FROM NULL", columns[i]);
	appendStringInfoString(&buf, " ORDER BY 1");
	return buf.data;
}

/* NULL when the trigger is there and fires. */
static const char *
trigger_problem(TriggerDesc *triggers, const char *name)
{
	for (int i = 0; triggers && i < triggers->numtriggers; i++)
	{
		Trigger    *trigger = &triggers->triggers[i];

		if (strcmp(trigger->tgname, name) != 0)
			continue;
		if (!engine_owns_trigger(trigger->tgfoid))
			return "is not interlink's own";
		if (trigger->tgenabled == TRIGGER_DISABLED)
			return "is disabled";
		if (trigger->tgenabled == TRIGGER_FIRES_ON_REPLICA)
			return "fires on a replica only";
		return NULL;
	}
	return "is missing";
}

/* names: of the triggers that the relation is to have. */
static List *
relation_problems(Table *table, Oid relid, List *names)
{
	Relation	rel = try_relation_open(relid, AccessShareLock);
	TriggerDesc *triggers;
	const char *where = "";
	List	   *problems = NIL;
	ListCell   *cell;

	if (rel == NULL)
		return NIL;				/* a partition that somebody has dropped just now */
	triggers = CopyTriggerDesc(rel->trigdesc);
	if (relid != table->relid)
		where = psprintf(" of partition \"%s\"", RelationGetRelationName(rel));
	foreach(cell, names)
	{
		const char *problem = trigger_problem(triggers, lfirst(cell));

		if (problem)
			problems = lappend(problems, psprintf("trigger \"%s\"%s %s",
												  (char *) lfirst(cell), where, problem));
	}
	relation_close(rel, AccessShareLock);
	return problems;
}

/* Tables (Oid) with triggers of ours that the graph does not know. */
static List *
unknown_tables(Graph *graph)
{
	Relation	rel = table_open(TriggerRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(rel, InvalidOid, false, NULL, 0, NULL);
	List	   *relids = NIL;
	HeapTuple	tuple;

	while ((tuple = systable_getnext(scan)) != NULL)
	{
		Form_pg_trigger trigger = (Form_pg_trigger) GETSTRUCT(tuple);
		Part	   *part;

		if (engine_owns_trigger(trigger->tgfoid) &&
			graph_table_of(graph, trigger->tgrelid, &part) == NULL)
			relids = list_append_unique_oid(relids, trigger->tgrelid);
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	list_sort(relids, list_oid_cmp);
	return relids;
}

/*
 * Another session may have made triggers or partitions since the graph was read:
 * whoever does holds a lock that is waited for here, and is heard of with it.
 */
List *
check_strangers(Graph *graph)
{
	List	   *strangers = NIL;
	ListCell   *cell;

	foreach(cell, unknown_tables(graph))
	{
		Relation	rel = try_relation_open(lfirst_oid(cell), RowExclusiveLock);
		Part	   *part;

		if (rel == NULL)
			continue;
		if (engine_has_triggers(rel) && graph_table_of(graph_get(), lfirst_oid(cell), &part) == NULL)
			strangers = lappend_oid(strangers, lfirst_oid(cell));
		relation_close(rel, RowExclusiveLock);
	}
	return strangers;
}

List *
check_triggers(Table *table)
{
	List	   *problems = relation_problems(table, table->relid, triggers_wanted(table));
	ListCell   *cell;

	foreach(cell, table->partitions)
	{
		Part	   *part;

		(void) graph_table_of(graph_get(), lfirst_oid(cell), &part);
		problems = list_concat(problems,
							   relation_problems(table, lfirst_oid(cell),
												 triggers_wanted_by_partition(table, part)));
	}
	return problems;
}

List *
check_structure(Field *field)
{
	List	   *problems = NIL;
	Path	   *path = field->path;

	for (int p = 0; p < path->nsteps; p++)
	{
		Step	   *step = &path->steps[p];

		if (step->kind == STEP_EQUAL && path->link_id != 0)
			problems = lappend(problems, psprintf("foreign key between %s and %s is missing",
												  step->near->label, step->far->label));
		if (path->relation_id != 0 && path->to_one && !OidIsValid(step->unique_index))
			problems = lappend(problems, psprintf("key of table %s, which leaves one row at most, is missing",
												  step->far->label));
		if (!OidIsValid(step->near_index))
			problems = lappend(problems, psprintf("index on table %s is missing",
												  step->near->label));
		if (!OidIsValid(step->far_index))
			problems = lappend(problems, psprintf("index on table %s is missing",
												  step->far->label));
	}
	if (field->order_columns && !OidIsValid(path->sequence))
		problems = lappend(problems, psprintf("column \"%s\" of table %s, which keeps the order, has no sequence",
											  get_attname(path->steps[0].far->relid, path->position, false),
											  path->steps[0].far->label));
	return problems;
}

void
check_field_argument(Graph *graph, FunctionCallInfo fcinfo, Oid *holder, char **name)
{
	*holder = PG_ARGISNULL(0) ? InvalidOid : PG_GETARG_OID(0);
	*name = PG_ARGISNULL(1) ? NULL : NameStr(*PG_GETARG_NAME(1));
	if (OidIsValid(*holder) && get_rel_name(*holder) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", *holder)));
	if (*name && !OidIsValid(*holder))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a column was given without its table")));
	if (*name && graph_field_by_name(graph, *holder, *name) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of table %s is not a link column, lookup or rollup",
						*name, table_name(*holder))));
}

bool
check_selects(Field *field, Oid holder, const char *name)
{
	return (!OidIsValid(holder) || field->holder->relid == holder) &&
		(name == NULL || strcmp(field->definition->name, name) == 0);
}
