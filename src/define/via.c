/*
 * via.c: what `via` means: an end of a link on this table by its name, or
 * `table.end`, the end of another table's link walked backwards.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "lib/stringinfo.h"
#include "nodes/makefuncs.h"
#include "utils/builtins.h"
#include "utils/varlena.h"

#include "define/define.h"

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

static char *
ends_of(List *links, Oid relid)
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
	return buf.data;
}

LinkDefinition *
via_find(Oid holder, const char *via, bool *at_target)
{
	List	   *links = catalog_links();
	LinkDefinition *link = find_end(links, holder, via, at_target);
	List	   *names = link ? NIL : split_names(via);
	char	   *ends;

	if (list_length(names) == 1)
		link = find_end(links, holder, strVal(linitial(names)), at_target);
	else if (list_length(names) > 1 && list_length(names) <= 4)
		link = find_backwards(links, holder, names, at_target);
	if (link)
		return link;

	ends = ends_of(links, holder);
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("there is no link \"%s\" at %s", via, table_label(holder)),
			 ends[0] ? errhint("Links of the table: %s.", ends) :
			 errhint("Make a link with interlink.add_link() first.")));
}
