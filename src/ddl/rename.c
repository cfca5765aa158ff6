/*
 * rename.c: the catalog follows names.
 *
 * The catalog holds names, since they are what survives a dump.  Before a
 * statement that may change some, every name that the catalog holds is looked
 * up, and every expression read; what comes of that are numbers and trees,
 * which renaming does not touch.  After the statement names and expressions
 * are written again from those.  So it does not matter what was renamed: a
 * column, a function that an expression calls, the schema of a type of its.
 */
#include "postgres.h"

#include "access/xact.h"
#include "nodes/makefuncs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/varlena.h"

#include "ddl/ddl.h"
#include "define/define.h"
#include "graph/expression.h"
#include "relate/relate.h"

/* A list of column names in a definition, and the columns. */
typedef struct ColumnList
{
	Oid			relid;
	List	  **names;
	AttrNumber *atts;
} ColumnList;

typedef struct LinkNames
{
	LinkDefinition *link;
	ColumnList	lists[4];
	AttrNumber	ends[2];		/* link columns; 0: the end shows none */
	AttrNumber	positions[2];	/* columns that keep the order; 0: none */
} LinkNames;

typedef struct FieldNames
{
	FieldDefinition *field;
	LinkNames  *link;
	AttrNumber	attnum;
	Oid			far;
	Oid			junction;		/* InvalidOid: none */
	Node	   *expression;
	Node	   *filter;
	int			via_parts;
	char	   *via;				/* as we would write it */
} FieldNames;

typedef struct Renaming
{
	struct Renaming *outer;
	MemoryContext context;
	Node	   *statement;
	bool		complete;
	List	   *links;			/* LinkNames * */
	List	   *fields;			/* FieldNames * */
	List	   *definitions;	/* RelationDefinition * */
	void	   *relations;		/* of relate/rename.c */
} Renaming;

/* Statements in progress, the innermost first. */
static Renaming *renamings = NULL;

/* With its memory, at the end or with the transaction that failed. */
static void
renaming_gone(void *arg)
{
	Renaming  **place = &renamings;

	while (*place && *place != arg)
		place = &(*place)->outer;
	if (*place)
		*place = (*place)->outer;
}

static void
look_up_columns(ColumnList *list, Oid relid, List **names)
{
	ListCell   *cell;
	int			n = 0;

	list->relid = relid;
	list->names = names;
	list->atts = palloc0(sizeof(AttrNumber) * (list_length(*names) + 1));
	foreach(cell, *names)
		list->atts[n++] = get_attnum(relid, lfirst(cell));
}

static LinkNames *
look_up_link(LinkDefinition *link)
{
	LinkNames  *names = palloc0(sizeof(LinkNames));

	names->link = link;
	look_up_columns(&names->lists[0], link->source, &link->source_columns);
	look_up_columns(&names->lists[1], link->target, &link->target_columns);
	look_up_columns(&names->lists[2], link->junction, &link->junction_source_columns);
	look_up_columns(&names->lists[3], link->junction, &link->junction_target_columns);
	for (int i = 0; i < 2; i++)
	{
		if (position_column(link, i))
			names->positions[i] = get_attnum(position_table(link), position_column(link, i));
	}
	return names;
}

static LinkNames *
find_link(Renaming *renaming, int64 id)
{
	ListCell   *cell;

	foreach(cell, renaming->links)
	{
		LinkNames  *names = lfirst(cell);

		if (names->link->id == id)
			return names;
	}
	return NULL;
}

/* As many parts as the user wrote: end, table.end, schema.table.end. */
static char *
via_text(FieldNames *names)
{
	LinkDefinition *link = names->link->link;
	bool		backwards = names->via_parts > 1;
	char	   *end = end_name(link, names->field->at_target != backwards);

	if (!backwards || end == NULL)
		return end;
	return psprintf("%s.%s", names->via_parts == 2 ?
					quote_identifier(get_rel_name(names->far)) : table_text(names->far),
					quote_identifier(end));
}

static void
look_up_via(FieldNames *names)
{
	char	   *via = names->field->via;
	List	   *parts;

	if (via == NULL)
		return;
	names->via_parts = 1;
	if (strcmp(via, end_name(names->link->link, names->field->at_target) ?
			   end_name(names->link->link, names->field->at_target) : "") != 0 &&
		SplitIdentifierString(pstrdup(via), '.', &parts))
		names->via_parts = list_length(parts);
	names->via = via_text(names);
}

/* InvalidOid: there is no such relation any more. */
static Oid
relation_target(Renaming *renaming, int64 id)
{
	ListCell   *cell;

	foreach(cell, renaming->definitions)
	{
		RelationDefinition *relation = lfirst(cell);

		if (relation->id == id)
			return relation->target;
	}
	return InvalidOid;
}

static void
look_up_field(Renaming *renaming, FieldDefinition *field)
{
	FieldNames *names = palloc0(sizeof(FieldNames));

	names->field = field;
	names->attnum = get_attnum(field->holder, field->name);
	names->link = find_link(renaming, field->link_id);
	renaming->fields = lappend(renaming->fields, names);
	if (names->link == NULL && field->relation_id == 0)
		return;
	if (field->kind == FIELD_LINK)
		names->link->ends[field->at_target ? 1 : 0] = names->attnum;
	names->far = names->link ? end_table(names->link->link, !field->at_target) :
		relation_target(renaming, field->relation_id);
	names->junction = names->link ? names->link->link->junction : InvalidOid;
	if (!OidIsValid(names->far))
		return;
	if (field->expression)
		names->expression = expression_reread(field->holder, names->far, names->junction,
											  field->expression);
	if (field->filter)
		names->filter = expression_reread(field->holder, names->far, names->junction,
										  field->filter);
	if (names->link)
		look_up_via(names);
}

static void
look_up(void *arg)
{
	Renaming   *renaming = arg;
	MemoryContext old = MemoryContextSwitchTo(renaming->context);
	ListCell   *cell;

	foreach(cell, catalog_links())
		renaming->links = lappend(renaming->links, look_up_link(lfirst(cell)));
	renaming->definitions = catalog_relations();
	foreach(cell, catalog_fields())
		look_up_field(renaming, lfirst(cell));
	renaming->relations = relation_names_read();
	MemoryContextSwitchTo(old);
}

static bool
may_change_names(Node *statement)
{
	switch (nodeTag(statement))
	{
		case T_RenameStmt:
			switch (((RenameStmt *) statement)->renameType)
			{
				case OBJECT_TRIGGER:
				case OBJECT_TABCONSTRAINT:
				case OBJECT_DOMCONSTRAINT:
				case OBJECT_POLICY:
				case OBJECT_RULE:
					return false;
				default:
					return true;
			}
		case T_AlterEnumStmt:
			return ((AlterEnumStmt *) statement)->oldVal != NULL;
		default:
			return IsA(statement, AlterObjectSchemaStmt);
	}
}

void
rename_begin(Node *statement)
{
	MemoryContext context;
	MemoryContextCallback *callback;
	Renaming   *renaming;

	if (!may_change_names(statement))
		return;
	context = AllocSetContextCreate(CurTransactionContext, "interlink renaming",
									ALLOCSET_SMALL_SIZES);
	renaming = MemoryContextAllocZero(context, sizeof(Renaming));
	callback = MemoryContextAlloc(context, sizeof(MemoryContextCallback));
	callback->func = renaming_gone;
	callback->arg = renaming;
	MemoryContextRegisterResetCallback(context, callback);

	renaming->context = context;
	renaming->statement = statement;
	renaming->outer = renamings;
	renamings = renaming;

	renaming->complete = ddl_try(look_up, renaming);
}

/* What the column is called now, when it is not what it was. */
static bool
follow_column(Oid relid, AttrNumber attnum, char **name)
{
	char	   *now = attnum > 0 ? get_attname(relid, attnum, true) : NULL;

	if (now == NULL || *name == NULL || strcmp(now, *name) == 0)
		return false;
	*name = now;
	return true;
}

static bool
follow_link(LinkNames *names)
{
	LinkDefinition *link = names->link;
	bool		changed = false;

	for (int i = 0; i < lengthof(names->lists); i++)
	{
		ColumnList *list = &names->lists[i];
		ListCell   *cell;

		foreach(cell, *list->names)
			changed |= follow_column(list->relid, list->atts[foreach_current_index(cell)],
									 (char **) &lfirst(cell));
	}
	changed |= follow_column(link->source, names->ends[0], &link->name);
	changed |= follow_column(link->target, names->ends[1], &link->inverse);
	changed |= follow_column(position_table(link), names->positions[0], &link->source_position);
	changed |= follow_column(position_table(link), names->positions[1], &link->target_position);
	return changed;
}

static bool
follow_text(char **text, char *now)
{
	if (strcmp(*text, now) == 0)
		return false;
	*text = now;
	return true;
}

/* After its link, whose ends via names. */
static bool
follow_field(FieldNames *names)
{
	FieldDefinition *field = names->field;
	bool		changed = follow_column(field->holder, names->attnum, &field->name);

	if (names->expression)
		changed |= follow_text(&field->expression,
							   expression_text(names->far, names->junction, names->expression));
	if (names->filter)
		changed |= follow_text(&field->filter,
							   expression_text(names->far, names->junction, names->filter));
	if (names->via && strcmp(names->via, via_text(names)) != 0)
		changed |= follow_text(&field->via, via_text(names));
	return changed;
}

/* Does any definition have to be written?  Mostly not. */
static bool
follow_all(Renaming *renaming, bool write)
{
	bool		changed = false;
	ListCell   *cell;

	foreach(cell, renaming->links)
	{
		LinkNames  *names = lfirst(cell);
		bool		differs = follow_link(names);

		changed |= differs;
		if (differs && write)
			catalog_update_link(names->link);
	}
	foreach(cell, renaming->fields)
	{
		FieldNames *names = lfirst(cell);
		bool		differs = follow_field(names);

		changed |= differs;
		if (differs && write)
			catalog_update_field(names->field);
	}
	return changed;
}

/* As others have left them by now; what they have dropped is not written. */
static void
read_again(Renaming *renaming)
{
	ListCell   *cell;
	ListCell   *other;

	foreach(cell, catalog_links())
	{
		LinkDefinition *link = lfirst(cell);
		LinkNames  *names = find_link(renaming, link->id);

		if (names)
			*names->link = *link;
	}
	foreach(cell, catalog_fields())
	{
		FieldDefinition *field = lfirst(cell);

		foreach(other, renaming->fields)
		{
			FieldNames *names = lfirst(other);

			if (names->field->id == field->id)
				*names->field = *field;
		}
	}
}

/* A relation is called as its accessor; fields over it say so. */
static bool
follow_via(bool write)
{
	List	   *relations = catalog_relations();
	bool		changed = false;
	ListCell   *cell;
	ListCell   *other;

	foreach(cell, catalog_fields())
	{
		FieldDefinition *field = lfirst(cell);

		foreach(other, field->relation_id != 0 ? relations : NIL)
		{
			RelationDefinition *relation = lfirst(other);

			if (relation->id != field->relation_id || !follow_text(&field->via, relation->name))
				continue;
			changed = true;
			if (write)
				catalog_update_field(field);
		}
	}
	return changed;
}

void
rename_end(Node *statement)
{
	Renaming   *renaming = renamings;

	while (renaming && renaming->statement != statement)
		renaming = renaming->outer;
	if (renaming == NULL)
		return;
	if (renaming->complete && follow_all(renaming, false))
	{
		catalog_lock();
		read_again(renaming);
		follow_all(renaming, true);
	}
	if (renaming->complete)
	{
		relation_names_follow(renaming->relations);
		CommandCounterIncrement();
		if (follow_via(false))
		{
			catalog_lock();
			follow_via(true);
		}
	}

	/* The graph has names of tables and schemas in it, too. */
	if (renaming->links || renaming->fields)
		graph_changed();
	MemoryContextDelete(renaming->context);
}
