/*
 * refuse.c: what would make values wrong in silence is refused.
 *
 * Each check runs before the statement, for the clearest message, and after it
 * again: a definition may have come in between, while the statement waited for
 * its locks.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_inherits.h"
#include "commands/trigger.h"
#include "lib/stringinfo.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "compat.h"
#include "ddl/ddl.h"
#include "define/define.h"

static bool
goes_over(LinkDefinition *link, Oid relid)
{
	return link->source == relid || link->target == relid || link->junction == relid;
}

/* Is this a table with links, lookups or rollups? */
static bool
is_ours(Graph *graph, Oid relid)
{
	Part	   *part;
	ListCell   *cell;

	if (!graph || !OidIsValid(relid))
		return false;
	foreach(cell, graph->links)
	{
		if (goes_over(lfirst(cell), relid))
			return true;
	}
	return graph_table_of(graph, relid, &part) != NULL;
}

static bool
has_column(KeyReader *reader, AttrNumber attnum)
{
	for (int i = 0; i < reader->shape->n; i++)
	{
		if (reader->att[i] == attnum)
			return true;
	}
	return false;
}

/* Lists, and the first of several rows, go by the keys of the linked rows. */
static bool
orders_by_column(Field *field, Oid relid, AttrNumber attnum)
{
	Path	   *path = field->path;

	return (field->algebra == ALGEBRA_NONE || path->may_branch) &&
		path->steps[path->nsteps - 1].far->relid == relid &&
		path->shown->shape && has_column(path->shown, attnum);
}

/* Does the value of the field come from this column? */
bool
depends_on_column(Field *field, Oid relid, AttrNumber attnum)
{
	Path	   *path = field->path;

	for (int i = 0; i < path->nsteps; i++)
	{
		Step	   *step = &path->steps[i];

		if ((step->near->relid == relid && has_column(&step->near_key, attnum)) ||
			(step->far->relid == relid && has_column(&step->far_key, attnum)))
			return true;
	}
	if (field->holder->relid == relid)
	{
		for (int i = 0; i < field->holder->nkey; i++)
		{
			if (field->holder->key[i] == attnum)
				return true;
		}
	}
	if (path->steps[0].far->relid == relid && bms_is_member(attnum, field->order_columns))
		return true;
	if (orders_by_column(field, relid, attnum))
		return true;
	return field_reads(field, relid, attnum);
}

/* Markers of fields among them, also of those that select it from a value. */
static List *
constraints_on_column(Oid relid, AttrNumber attnum)
{
	List	   *constraints = NIL;
	ListCell   *cell;

	foreach(cell, dependents_of(RelationRelationId, relid, attnum))
	{
		ObjectAddress *dependent = lfirst(cell);

		if (dependent->classId == ConstraintRelationId)
			constraints = lappend_oid(constraints, dependent->objectId);
	}
	return constraints;
}

/* One line for each field that needs the column; NULL: none does. */
static char *
dependants_of_column(Graph *graph, Oid relid, AttrNumber attnum)
{
	List	   *constraints = constraints_on_column(relid, attnum);
	StringInfoData buf;
	ListCell   *cell;

	initStringInfo(&buf);
	foreach(cell, graph->fields)
	{
		Field	   *field = lfirst(cell);

		if (depends_on_column(field, relid, attnum) ||
			(constraints && list_member_oid(constraints, protection_of(field))))
			appendStringInfo(&buf, "%s%s \"%s\" of %s depends on it.", buf.len > 0 ? "\n" : "",
							 field_kind_label(field), field->definition->name,
							 table_label(field->holder->relid));
	}
	if (buf.len == 0)
		return NULL;
	for (char *line = buf.data; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
		*line = pg_toupper((unsigned char) *line);
	return buf.data;
}

/*
 * It would rewrite the rows and fire no trigger.  Constraints on the column would
 * be made anew, and markers of fields cannot be.
 */
static void
refuse_new_values(Graph *graph, Oid relid, const char *column)
{
	Field	   *field = graph_field_by_name(graph, relid, column);
	AttrNumber	attnum = get_attnum(relid, column);
	char	   *dependants;

	if (field)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot alter the type of column \"%s\" of %s because it is a %s",
						column, table_label(relid), field_kind_label(field)),
				 errhint("Drop it with interlink.drop_field() and add it again.")));
	dependants = attnum > 0 ? dependants_of_column(graph, relid, attnum) : NULL;
	if (dependants)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot alter the type of column \"%s\" of %s because other columns depend on it",
						column, table_label(relid)),
				 errdetail("%s", dependants),
				 errhint("Drop them with interlink.drop_field() and add them again afterwards.")));
}

/* The lookup or rollup that is this column of a table or partition; NULL: none is. */
static Field *
computed_field(Graph *graph, Oid relid, const char *column)
{
	Part	   *part;
	Table	   *table = graph ? graph_table_of(graph, relid, &part) : NULL;
	Field	   *field = table ? graph_field_by_name(graph, table->relid, column) : NULL;

	return field && !field->editable ? field : NULL;
}

/* As for a generated column: what a row has without being told is what it is computed to be. */
static void
refuse_default(Graph *graph, Oid relid, const char *column)
{
	Field	   *field = computed_field(graph, relid, column);

	if (field)
		ereport(ERROR,
				(errcode(ERRCODE_SYNTAX_ERROR),
				 errmsg("column \"%s\" of %s is a %s", column, table_label(relid),
						field_kind_label(field)),
				 errhint("It is computed, and has no default of its own.")));
}

/* After a crash it would be empty, and what was derived from it would not. */
static void
refuse_unlogged(Oid relid)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TABLE_DEFINITION),
			 errmsg("cannot make %s unlogged", table_label(relid)),
			 errdetail("Links, lookups and rollups are for permanent tables."),
			 errhint("Drop its links, lookups and rollups with interlink.drop_field() first.")));
}

static void
check_inheritance(Graph *graph, Oid relid)
{
	if (is_ours(graph, relid))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("%s cannot take part in inheritance", table_label(relid)),
				 errdetail("It has links, lookups or rollups.")));
}

/* Its fields would be one table's, its rows another's. */
static void
check_attached(Graph *graph, Oid relid)
{
	if (is_ours(graph, relid) && !get_rel_relispartition(relid))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("%s cannot become a partition", table_label(relid)),
				 errdetail("It has links, lookups or rollups of its own."),
				 errhint("Drop them with interlink.drop_field() first.")));
}

static Oid
relation_named(Node *name)
{
	return RangeVarGetRelid(castNode(RangeVar, name), NoLock, true);
}

/* The column of a lookup or rollup that the foreign key would write; NULL: none. */
static Field *
field_written_by(Graph *graph, Oid relid, List *columns)
{
	ListCell   *cell;

	foreach(cell, columns)
	{
		Field	   *field = computed_field(graph, relid, strVal(lfirst(cell)));

		if (field)
			return field;
	}
	return NULL;
}

/* Actions that PostgreSQL refuses for generated columns. */
static bool
writes_on_update(Constraint *key)
{
	return key->fk_upd_action == FKCONSTR_ACTION_CASCADE ||
		key->fk_upd_action == FKCONSTR_ACTION_SETNULL || key->fk_upd_action == FKCONSTR_ACTION_SETDEFAULT;
}

static bool
writes_on_delete(Constraint *key)
{
	return key->fk_del_action == FKCONSTR_ACTION_SETNULL || key->fk_del_action == FKCONSTR_ACTION_SETDEFAULT;
}

static bool
is_writing_key(Node *constraint)
{
	Constraint *key = castNode(Constraint, constraint);

	return key->contype == CONSTR_FOREIGN && (writes_on_update(key) || writes_on_delete(key));
}

static void
refuse_foreign_key(Graph *graph, Oid relid, Constraint *key)
{
	List	   *on_delete = key->fk_del_set_cols ? key->fk_del_set_cols : key->fk_attrs;
	bool		update = writes_on_update(key);
	Field	   *field = update ? field_written_by(graph, relid, key->fk_attrs) : NULL;

	if (field == NULL && writes_on_delete(key))
	{
		update = false;
		field = field_written_by(graph, relid, on_delete);
	}
	if (field)
		ereport(ERROR,
				(errcode(ERRCODE_SYNTAX_ERROR),
				 errmsg("invalid %s action for foreign key constraint containing %s \"%s\" of %s",
						update ? "ON UPDATE" : "ON DELETE", field_kind_label(field),
						field->definition->name, table_label(relid)),
				 errdetail("It can only be computed.")));
}

/* To take it away does no harm: NULL is right where a row comes. */
static bool
sets_default(AlterTableCmd *command)
{
	return command->subtype == AT_ColumnDefault && command->def != NULL;
}

static void
refuse_subcommand(Graph *graph, Oid relid, AlterTableCmd *command)
{
	if (command->subtype == AT_AddInherit)
	{
		check_inheritance(graph, relid);
		check_inheritance(graph, relation_named(command->def));
	}
	else if (command->subtype == AT_AttachPartition)
		check_attached(graph, relation_named((Node *) ((PartitionCmd *) command->def)->name));
	else if (command->subtype == AT_SetUnLogged && is_ours(graph, relid))
		refuse_unlogged(relid);
	else if (command->subtype == AT_AddConstraint)
		refuse_foreign_key(graph, relid, castNode(Constraint, command->def));
	else if (sets_default(command))
		refuse_default(graph, relid, command->name);
	else if (COMPAT_CHANGES_VALUES(command->subtype) && graph)
		refuse_new_values(graph, relid, command->name);
}

static bool
is_dangerous(AlterTableCmd *command)
{
	return command->subtype == AT_AddInherit || command->subtype == AT_AttachPartition ||
		command->subtype == AT_SetUnLogged || sets_default(command) ||
		(command->subtype == AT_AddConstraint && is_writing_key(command->def)) ||
		COMPAT_CHANGES_VALUES(command->subtype);
}

/* The table, or the tables that are declared to be of a type. */
static List *
altered_tables(AlterTableStmt *statement)
{
	Oid			relid = relation_named((Node *) statement->relation);

	if (!OidIsValid(relid))
		return NIL;
	return statement->objtype == OBJECT_TYPE ? tables_of_type(get_rel_type_id(relid)) :
		list_make1_oid(relid);
}

List *
altered_relations(AlterTableStmt *statement)
{
	List	   *relids = altered_tables(statement);
	List	   *all = NIL;
	ListCell   *cell;

	if (statement->objtype == OBJECT_TYPE)
		relids = lcons_oid(relation_named((Node *) statement->relation), relids);
	foreach(cell, relids)
	{
		if (OidIsValid(lfirst_oid(cell)))
			all = list_concat_unique_oid(all, find_all_inheritors(lfirst_oid(cell), NoLock, NULL));
	}
	return all;
}

void
refuse_alter_table(AlterTableStmt *statement)
{
	ListCell   *cell;
	ListCell   *relid;

	foreach(cell, statement->cmds)
	{
		AlterTableCmd *command = lfirst_node(AlterTableCmd, cell);
		bool		alters_values = COMPAT_CHANGES_VALUES(command->subtype);

		if (!is_dangerous(command))
			continue;
		if (alters_values)
			protect_all(ddl_graph());
		foreach(relid, alters_values ? altered_relations(statement) : altered_tables(statement))
			refuse_subcommand(ddl_graph(), lfirst_oid(relid), command);
	}
}

void
refuse_inheritance(CreateStmt *statement)
{
	ListCell   *cell;

	if (statement->partbound)
		return;
	foreach(cell, statement->inhRelations)
		check_inheritance(ddl_graph(), relation_named(lfirst(cell)));
}

/* Is it one of the triggers that the fields of the table are kept right by? */
static bool
is_wanted_trigger(Oid relid, const char *name)
{
	Graph	   *graph = OidIsValid(relid) ? ddl_graph() : NULL;
	Part	   *part;
	Table	   *table = graph ? graph_table_of(graph, relid, &part) : NULL;
	ListCell   *cell;

	if (table == NULL || !OidIsValid(get_trigger_oid(relid, name, true)))
		return false;
	foreach(cell, triggers_wanted_by_partition(table, part))
	{
		if (strcmp(lfirst(cell), name) == 0)
			return true;
	}
	return false;
}

void
refuse_trigger_rename(RenameStmt *statement)
{
	Oid			relid = relation_named((Node *) statement->relation);

	if (is_wanted_trigger(relid, statement->subname))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("cannot rename trigger \"%s\" of %s because interlink finds it by its name",
						statement->subname, table_label(relid))));
}

/* The functions of the triggers find the definitions by it. */
void
refuse_schema_rename(RenameStmt *statement)
{
	if (statement->renameType == OBJECT_SCHEMA && strcmp(statement->subname, "interlink") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot rename schema \"interlink\" because extension \"interlink\" requires it")));
}

void
refuse_trigger_drop(DropStmt *statement)
{
	ListCell   *cell;

	foreach(cell, statement->objects)
	{
		List	   *names = castNode(List, lfirst(cell));
		RangeVar   *table = makeRangeVarFromNameList(list_copy_head(names, list_length(names) - 1));
		Oid			relid = relation_named((Node *) table);
		char	   *name = strVal(llast(names));

		if (is_wanted_trigger(relid, name))
			ereport(ERROR,
					(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
					 errmsg("cannot drop trigger \"%s\" on %s because links, lookups or rollups require it",
							name, table_label(relid)),
					 errhint("You can drop them with interlink.drop_field() instead.")));
	}
}
