/*
 * triggers.c: the triggers of a table, as its fields want them.
 *
 * They are ordinary triggers with fixed names, so that pg_dump carries them.
 * The WHEN clause of 00_interlink_update names the columns that some field reads:
 * an UPDATE of others costs next to nothing, and PostgreSQL itself follows
 * renames and refuses to change the types of such columns.
 *
 * CREATE OR REPLACE takes a weaker lock than to drop and create.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "lib/stringinfo.h"
#include "nodes/primnodes.h"
#include "optimizer/optimizer.h"
#include "rewrite/prs2lock.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "ddl/ddl.h"
#include "define/define.h"
#include "engine/engine.h"
#include "graph/graph.h"

/* These sort before the triggers of foreign keys, which begin with "RI_"; see single.c. */
#define AFTER_ROW "00_interlink_row"
#define AFTER_UPDATE "00_interlink_update"
#define AFTER_STATEMENT "interlink_statement"
#define AFTER_TRANSACTION "interlink_transaction"

/* The columns that the WHEN clause of an existing trigger compares. */
static Bitmapset *
columns_in_when(HeapTuple tuple, TupleDesc desc)
{
	Bitmapset  *offset_columns = NULL;
	Bitmapset  *columns = NULL;
	bool		isnull;
	Datum		qual = heap_getattr(tuple, Anum_pg_trigger_tgqual, desc, &isnull);
	int			member = -1;

	if (isnull)
		return NULL;
	pull_varattnos(stringToNode(TextDatumGetCString(qual)), PRS2_OLD_VARNO, &offset_columns);
	while ((member = bms_next_member(offset_columns, member)) >= 0)
		columns = bms_add_member(columns, member + FirstLowInvalidHeapAttributeNumber);
	return columns;
}

/* Is there a trigger of this name, and what does it watch? */
static bool
find_trigger(Oid relid, const char *name, Bitmapset **watched)
{
	Relation	catalog = table_open(TriggerRelationId, AccessShareLock);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&keys[0], Anum_pg_trigger_tgrelid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(relid));
	ScanKeyInit(&keys[1], Anum_pg_trigger_tgname, BTEqualStrategyNumber,
				F_NAMEEQ, CStringGetDatum(name));
	scan = systable_beginscan(catalog, TriggerRelidNameIndexId, true, NULL, 2, keys);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple) && watched)
		*watched = columns_in_when(tuple, RelationGetDescr(catalog));
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return HeapTupleIsValid(tuple);
}

/* Makes one trigger be there or not; `definition` is what follows its name. */
static void
want_trigger(Oid relid, const char *name, bool wanted,
			 const char *event, const char *definition)
{
	bool		exists = find_trigger(relid, name, NULL);

	if (wanted && !exists)
		run_as(table_owner(relid), "CREATE TRIGGER %s %s ON %s %s",
			   quote_identifier(name), event, table_text(relid), definition);
	else if (!wanted && exists)
		run_as(table_owner(relid), "DROP TRIGGER %s ON %s", quote_identifier(name), table_text(relid));
}

/* The WHEN clause: interlink.differ(OLD.a, NEW.a, OLD.b, NEW.b, ...), OR another with what is too much for one call. */
static char *
when_clause(Oid relid, Bitmapset *watched)
{
	StringInfoData buf;
	int			attnum = -1;

	initStringInfo(&buf);
	for (int n = 0; (attnum = bms_next_member(watched, attnum)) >= 0; n++)
	{
		const char *column = column_text(get_attname(relid, attnum, false));

		if (n % (FUNC_MAX_ARGS / 2) > 0)
			appendStringInfoString(&buf, ", ");
		else
			appendStringInfo(&buf, "%sinterlink.differ(", n > 0 ? ") OR " : "");
		appendStringInfo(&buf, "OLD.%s, NEW.%s", column, column);
	}
	appendStringInfoChar(&buf, ')');
	return buf.data;
}

static void
want_late_trigger(Oid relid, bool wanted)
{
	bool		exists = find_trigger(relid, AFTER_TRANSACTION, NULL);

	if (wanted && !exists)
		run_as(table_owner(relid), "CREATE CONSTRAINT TRIGGER " AFTER_TRANSACTION
			   " AFTER INSERT OR UPDATE ON %s DEFERRABLE INITIALLY DEFERRED"
			   " FOR EACH ROW EXECUTE FUNCTION interlink.after_transaction()",
			   table_text(relid));
	else if (!wanted && exists)
		run_as(table_owner(relid), "DROP TRIGGER " AFTER_TRANSACTION " ON %s",
			   table_text(relid));
}

/* An UPDATE trigger that is called when one of the columns changes; none: no trigger. */
static void
want_update_trigger(Oid relid, const char *name, const char *event, Bitmapset *columns,
					const char *function)
{
	Bitmapset  *existing = NULL;
	ListCell   *cell;

	if (bms_is_empty(columns))
	{
		want_trigger(relid, name, false, NULL, NULL);
		return;
	}
	if (find_trigger(relid, name, &existing) && bms_equal(existing, columns))
		return;
	run_as(table_owner(relid),
		   "CREATE OR REPLACE TRIGGER %s %s ON %s FOR EACH ROW WHEN (%s) EXECUTE FUNCTION %s",
		   quote_identifier(name), event, table_text(relid), when_clause(relid, columns), function);
	foreach(cell, find_all_inheritors(relid, NoLock, NULL))
		protect_loosen_triggers(lfirst_oid(cell));
}

static void
want_before_triggers(Oid relid, bool wanted, Bitmapset *settled)
{
	want_trigger(relid, BEFORE_INSERT_TRIGGER, wanted, "BEFORE INSERT",
				 "FOR EACH ROW EXECUTE FUNCTION interlink.before_row()");
	want_update_trigger(relid, BEFORE_UPDATE_TRIGGER, "BEFORE UPDATE", settled, "interlink.before_row()");
}

/* A copy, since the graph may go while triggers are made. */
static Bitmapset *
settled_columns(Table *table)
{
	return table_settles_updates(table) ? bms_copy(table->settled) : NULL;
}

/*
 * PostgreSQL puts row triggers on every partition; those for a statement fire
 * on the table that the statement names only.
 */
static void
want_statement_triggers(Oid relid, bool wanted)
{
	ListCell   *cell;

	foreach(cell, find_all_inheritors(relid, NoLock, NULL))
		want_trigger(lfirst_oid(cell), AFTER_STATEMENT, wanted,
					 "AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE",
					 "FOR EACH STATEMENT EXECUTE FUNCTION interlink.after_statement()");
}

void
triggers_sync(Oid relid)
{
	Table	   *table = graph_table(graph_get(), relid);
	bool		wanted = table && (table->uses || table->fields);
	bool		late = wanted && table->late;
	bool		before = wanted && table->before;
	Bitmapset  *watched = wanted ? bms_copy(table->watched) : NULL;
	Bitmapset  *settled = wanted ? settled_columns(table) : NULL;

	/* From here on statements run, and event triggers: the graph may go. */

	want_before_triggers(relid, before, settled);
	want_trigger(relid, AFTER_ROW, wanted, "AFTER INSERT OR DELETE",
				 "FOR EACH ROW EXECUTE FUNCTION interlink.after_row()");
	want_update_trigger(relid, AFTER_UPDATE, "AFTER UPDATE", watched, "interlink.after_row()");
	want_statement_triggers(relid, wanted);
	want_late_trigger(relid, late);
}

void
triggers_attach(Oid relid, Oid partition)
{
	ListCell   *cell;

	want_statement_triggers(relid, find_trigger(relid, AFTER_ROW, NULL));
	foreach(cell, find_all_inheritors(partition, NoLock, NULL))
		protect_loosen_triggers(lfirst_oid(cell));
}

void
triggers_detach(Oid partition)
{
	want_statement_triggers(partition, false);
}

/*
 * Only what constraints decide on, and only on tables that have their triggers:
 * while a dump is being restored they come by themselves.
 */
void
triggers_follow(Oid relid)
{
	Table	   *table = graph_table(graph_get(), relid);
	bool		late = table && table->late;
	bool		early = table && table->lock_early;
	Bitmapset  *settled = table ? settled_columns(table) : NULL;

	if (table == NULL || !find_trigger(relid, AFTER_ROW, NULL))
		return;
	if (early)
		want_before_triggers(relid, true, settled);
	want_late_trigger(relid, late);
}

List *
triggers_wanted_by_partition(Table *table, Part *part)
{
	List	   *names = triggers_wanted(table);

	return part || names == NIL ? names : list_make1(AFTER_STATEMENT);
}

List *
triggers_wanted(Table *table)
{
	List	   *names = NIL;

	if (table->uses == NIL && table->fields == NIL)
		return NIL;
	if (table->before)
		names = lappend(names, BEFORE_INSERT_TRIGGER);
	if (table_settles_updates(table))
		names = lappend(names, BEFORE_UPDATE_TRIGGER);
	names = lappend(names, AFTER_ROW);
	if (!bms_is_empty(table->watched))
		names = lappend(names, AFTER_UPDATE);
	if (table->late)
		names = lappend(names, AFTER_TRANSACTION);
	return lappend(names, AFTER_STATEMENT);
}

void
triggers_drop(Oid relid)
{
	const char *const names[] = {BEFORE_INSERT_TRIGGER, BEFORE_UPDATE_TRIGGER, AFTER_ROW,
	AFTER_UPDATE, AFTER_STATEMENT, AFTER_TRANSACTION};

	for (int i = 0; i < lengthof(names); i++)
		want_trigger(relid, names[i], false, NULL, NULL);
	want_statement_triggers(relid, false);
}

/* Whatever has become of them: disabled, renamed by hand and replaced, gone. */
void
triggers_restore(Oid relid)
{
	triggers_drop(relid);
	triggers_sync(relid);
}
