/*
 * via.c: what `via` means: an end of a link on this table by its name, a
 * relation of this table, or `table.end`, the end of another table's link
 * walked backwards.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "lib/stringinfo.h"
#include "nodes/makefuncs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/varlena.h"

#include "define/define.h"
#include "relate/relate.h"

/* The link that has this end on this table; NULL: there is none. */
LinkDefinition *
find_end(List *links, Oid relid, const char *name, bool *at_target)
{
	ListCell   *cell;

	foreach(cell, links)
	{
		LinkDefinition *link = lfirst(cell);

		for (int target = 0; target <= 1; target++)
		{
			char	   *end = end_name(link, target);

			if (end_table(link, target) == relid && end && strcmp(end, name) == 0)
			{
				*at_target = target;
				return link;
			}
		}
	}
	return NULL;
}

/* The link of another table's end, when its other end is on this one. */
static LinkDefinition *
find_backwards(List *links, Oid holder, List *names, bool *at_target)
{
	RangeVar   *table = makeRangeVarFromNameList(list_copy_head(names, list_length(names) - 1));
	Oid			relid = RangeVarGetRelid(table, NoLock, true);
	LinkDefinition *link;

	if (!OidIsValid(relid))
		return NULL;
	link = find_end(links, relid, strVal(llast(names)), at_target);
	if (link == NULL || end_table(link, !*at_target) != holder)
		return NULL;
	*at_target = !*at_target;
	return link;
}

/* SQL reads a name as it is written, or in lower case without quotes. */
static List *
split_names(const char *via)
{
	List	   *strings;
	List	   *names = NIL;
	ListCell   *cell;

	if (!SplitIdentifierString(pstrdup(via), '.', &strings))
		return NIL;
	foreach(cell, strings)
		names = lappend(names, makeString(pstrdup(lfirst(cell))));
	return names;
}

/* The ways from a table, for a hint. */
static char *
ways_of(List *links, List *relations, Oid relid)
{
	StringInfoData buf;
	ListCell   *cell;

	initStringInfo(&buf);
	foreach(cell, links)
	{
		LinkDefinition *link = lfirst(cell);

		for (int target = 0; target <= 1; target++)
		{
			if (end_table(link, target) == relid && end_name(link, target))
				appendStringInfo(&buf, "%s%s", buf.len > 0 ? ", " : "", end_name(link, target));
		}
	}
	foreach(cell, relations)
	{
		RelationDefinition *relation = lfirst(cell);

		if (relation->source == get_rel_type_id(relid))
			appendStringInfo(&buf, "%s%s", buf.len > 0 ? ", " : "", relation->name);
	}
	return buf.data;
}

/* Links and relations of a table share their names, so that only one can be meant. */
static bool
find_named(Way *way, List *links, List *relations, Oid holder, const char *name)
{
	RelationDefinition *relation;

	way->link = find_end(links, holder, name, &way->at_target);
	if (way->link)
		return true;
	relation = relation_find(relations, get_rel_type_id(holder), name);
	if (relation)
		way->route = route_resolve(relation, holder, false);
	return relation != NULL;
}

Way *
via_find(Oid holder, const char *via)
{
	List	   *links = catalog_links();
	List	   *relations = catalog_relations();
	Way		   *way = palloc0(sizeof(Way));
	List	   *names;
	char	   *ways;

	if (find_named(way, links, relations, holder, via))
		return way;
	names = split_names(via);
	if (list_length(names) == 1 &&
		find_named(way, links, relations, holder, strVal(linitial(names))))
		return way;
	if (list_length(names) > 1 && list_length(names) <= 4)
		way->link = find_backwards(links, holder, names, &way->at_target);
	if (way->link)
		return way;

	ways = ways_of(links, relations, holder);
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("there is no link or relation \"%s\" at %s", via, table_label(holder)),
			 ways[0] ? errhint("Links and relations of the table: %s.", ways) :
			 errhint("Make a link with interlink.add_link() first.")));
}

/* The table at which it ends. */
Oid
way_target(Way *way)
{
	return way->link ? end_table(way->link, !way->at_target) : route_target(way->route);
}

/* InvalidOid: none is on the way of a foreign key, and none is named on that of a relation. */
Oid
way_junction(Way *way)
{
	return way->link ? way->link->junction : InvalidOid;
}

bool
way_is_to_one(Way *way)
{
	return way->link ? end_is_to_one(way->link, way->at_target) : way->route->unique;
}

/* Every table on the way. */
List *
way_tables(Way *way)
{
	return way->link ? end_tables(way->link) : route_tables(way->route);
}
