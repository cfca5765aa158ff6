/*
 * junction_adopt.c: a table with two foreign keys becomes the junction of a link.
 *
 * It stays as it stands, with whatever other columns it has.  Only an index over
 * one of the keys is added where there is none, and goes again with the link.
 * Nothing asks for a unique key over the two: where there is none, a pair may
 * stand in it more than once.
 */
#include "postgres.h"

#include "nodes/parsenodes.h"
#include "utils/lsyscache.h"

#include "define/define.h"
#include "graph/build.h"

static List *
keys_to(List *keys, Oid referenced)
{
	List	   *result = NIL;
	ListCell   *cell;

	foreach(cell, keys)
	{
		if (((ForeignKey *) lfirst(cell))->referenced == referenced)
			result = lappend(result, lfirst(cell));
	}
	return result;
}

/* The columns at which the foreign key begins in the table. */
static AttrNumber
first_column(Oid relid, ForeignKey *key)
{
	AttrNumber	first = MaxAttrNumber;
	ListCell   *cell;

	foreach(cell, key->columns)
		first = Min(first, get_attnum(relid, lfirst(cell)));
	return first;
}

static void
raise_no_key(Oid junction, Oid referenced)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_FOREIGN_KEY),
			 errmsg("%s has no foreign key to %s that could be the link's",
					table_label(junction), table_label(referenced)),
			 errhint("A junction table has one to each of the linked tables.")));
}

static void
raise_ambiguous(Oid junction, Oid referenced)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s has several foreign keys to %s", table_label(junction), table_label(referenced)),
			 errhint("Name in foreign_key the columns that refer to the source, then those that refer to the target.")));
}

/* One to each table; of two to the same table, that to the source stands first. */
static void
choose_keys(LinkDefinition *link, List *keys, ForeignKey **source, ForeignKey **target)
{
	List	   *to_source = keys_to(keys, link->source);
	List	   *to_target = keys_to(keys, link->target);
	int			expected = link->source == link->target ? 2 : 1;

	if (list_length(to_source) < expected)
		raise_no_key(link->junction, link->source);
	if (list_length(to_target) < expected)
		raise_no_key(link->junction, link->target);
	if (list_length(to_source) > expected)
		raise_ambiguous(link->junction, link->source);
	if (list_length(to_target) > expected)
		raise_ambiguous(link->junction, link->target);
	*source = linitial(to_source);
	*target = llast(to_target);
	if (expected == 2 &&
		first_column(link->junction, *source) > first_column(link->junction, *target))
	{
		*source = llast(to_source);
		*target = linitial(to_target);
	}
}

static ForeignKey *
key_over(List *keys, List *columns)
{
	ListCell   *cell;

	foreach(cell, keys)
	{
		if (same_columns(((ForeignKey *) lfirst(cell))->columns, columns))
			return lfirst(cell);
	}
	return NULL;
}

/* named: columns of the key to the source, then of that to the target. */
static void
find_named_keys(LinkDefinition *link, List *keys, List *named,
				ForeignKey **source, ForeignKey **target)
{
	for (int n = 1; n < list_length(named); n++)
	{
		*source = key_over(keys_to(keys, link->source), list_copy_head(named, n));
		*target = key_over(keys_to(keys, link->target), list_copy_tail(named, n));
		if (*source && *target)
			return;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_FOREIGN_KEY),
			 errmsg("%s of %s are not a foreign key to %s followed by one to %s",
					columns_label(named), table_label(link->junction),
					table_label(link->source), table_label(link->target))));
}

/* Two links over the same keys would each want to write the rows. */
static void
check_not_linked(LinkDefinition *asked)
{
	ListCell   *cell;

	foreach(cell, catalog_links())
	{
		LinkDefinition *link = lfirst(cell);

		if (link->junction != asked->junction)
			continue;
		if ((same_columns(link->junction_source_columns, asked->junction_source_columns) &&
			 same_columns(link->junction_target_columns, asked->junction_target_columns)) ||
			(same_columns(link->junction_source_columns, asked->junction_target_columns) &&
			 same_columns(link->junction_target_columns, asked->junction_source_columns)))
			ereport(ERROR,
					(errcode(ERRCODE_DUPLICATE_OBJECT),
					 errmsg("%s already is the junction of a link", table_label(asked->junction)),
					 errdetail("It belongs to %s.", end_label(link))));
	}
}

/* Deleting a row of the target removes its links, unless its foreign key refuses. */
static void
settle_on_delete(LinkDefinition *link, ForeignKey *target)
{
	char	   *says = strcmp(on_delete_word(target->on_delete), "restrict") == 0 ? "restrict" : "unlink";

	if (link->on_delete && strcmp(link->on_delete, says) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("foreign key \"%s\" of %s says \"%s\" on delete, not \"%s\"",
						get_constraint_name(target->oid), table_label(link->junction),
						says, link->on_delete),
				 errhint("Leave on_delete out to adopt the junction table as it stands.")));
	link->on_delete = says;
}

/* What is added to the table takes its owner; what is only read and watched does not. */
static void
check_rights(LinkDefinition *link)
{
	bool		shown = link->columns && strcmp(link->columns, "none") != 0;

	if (shown || link->ordered)
		check_owner(link->junction);
	else
		check_far_rights(link->junction);
	check_reads(link->source, link->junction);
	check_reads(link->target, link->junction);
}

void
junction_adopt(LinkRequest *request)
{
	LinkDefinition *link = request->link;
	ForeignKey *source;
	ForeignKey *target;
	List	   *keys;

	check_table_kind(link->junction);
	check_rights(link);
	keys = foreign_keys(link->junction);
	if (request->foreign_key)
		find_named_keys(link, keys, request->foreign_key, &source, &target);
	else
		choose_keys(link, keys, &source, &target);
	check_validated(link->junction, source);
	check_validated(link->junction, target);
	link->source_columns = source->referenced_columns;
	link->target_columns = target->referenced_columns;
	link->junction_source_columns = source->columns;
	link->junction_target_columns = target->columns;
	check_not_linked(link);
	check_key_types(link->source, link->source_columns);
	check_key_types(link->target, link->target_columns);
	check_supported(any_column_is_generated(link->junction, source->columns) ||
					any_column_is_generated(link->junction, target->columns),
					"a generated column as a foreign key");
	settle_on_delete(link, target);
}

static void
make_index(LinkDefinition *link, List *columns, char *what)
{
	Oid			junction = link->junction;

	if (OidIsValid(find_btree_index(junction, list_length(columns),
									column_numbers(junction, columns), false)))
		return;
	check_owner(junction);
	run_as(table_owner(junction), "CREATE INDEX ON %s USING btree (%s)",
		   table_text(junction), columns_text(columns));
	link->created = lappend(link->created, what);
}

void
junction_make_indexes(LinkDefinition *link)
{
	make_index(link, link->junction_source_columns, "source_index");
	make_index(link, link->junction_target_columns, "target_index");
}
