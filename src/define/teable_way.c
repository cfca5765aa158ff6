/*
 * teable_way.c: the way that a lookup or rollup in Teable's words goes: the one
 * that it names, else the one link to its table.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/lsyscache.h"

#include "compat.h"
#include "define/define.h"
#include "define/teable.h"

typedef struct LinkEnd
{
	LinkDefinition *link;
	bool		at_target;
} LinkEnd;

static LinkRelationship
seen_relationship(LinkEnd *end)
{
	return end_relationship(end->link, end->at_target);
}

static bool
is_to_one(LinkRelationship relationship)
{
	return relationship == LINK_ONE_TO_ONE || relationship == LINK_MANY_TO_ONE;
}

/* The ends at the holder that lead to the table, or to any. */
static List *
ends_between(Oid holder, Oid far)
{
	List	   *ends = NIL;
	ListCell   *cell;

	foreach(cell, catalog_links())
	{
		LinkDefinition *link = lfirst(cell);

		for (int at_target = 0; at_target <= 1; at_target++)
		{
			LinkEnd    *end = palloc(sizeof(LinkEnd));

			end->link = link;
			end->at_target = at_target;
			if (end_table(link, at_target) == holder && end_name(link, at_target) &&
				(!OidIsValid(far) || end_table(link, !at_target) == far))
				ends = lappend(ends, end);
		}
	}
	return ends;
}

/*
 * Of several those of the relationship, else those that lead to as many rows:
 * for who looks from here, one_to_many and many_to_many are the same.
 */
static List *
narrow(List *ends, TeableField *field)
{
	List	   *same = NIL;
	List	   *similar = NIL;
	ListCell   *cell;

	if (!field->has_relationship || list_length(ends) < 2)
		return ends;
	foreach(cell, ends)
	{
		LinkEnd    *end = lfirst(cell);

		if (seen_relationship(end) == field->relationship)
			same = lappend(same, end);
		if (is_to_one(seen_relationship(end)) == is_to_one(field->relationship))
			similar = lappend(similar, end);
	}
	return same ? same : similar ? similar : ends;
}

static char *
ends_text(List *ends)
{
	StringInfoData buf;
	ListCell   *cell;

	initStringInfo(&buf);
	foreach(cell, ends)
	{
		LinkEnd    *end = lfirst(cell);

		appendStringInfo(&buf, "%s\"%s\" (%s)", buf.len > 0 ? ", " : "",
						 end_name(end->link, end->at_target),
						 link_relationship_name(seen_relationship(end)));
	}
	return buf.data;
}

/*
 * Ways that lead there and are not taken unasked: relations, and links whose
 * end here has no name.
 */
static char *
other_ways(Oid holder, Oid far)
{
	StringInfoData buf;
	ListCell   *cell;

	initStringInfo(&buf);
	foreach(cell, catalog_relations())
	{
		RelationDefinition *relation = lfirst(cell);

		if (relation->source == get_rel_type_id(holder) && relation->target == far)
			appendStringInfo(&buf, "%s\"%s\"", buf.len > 0 ? ", " : "", relation->name);
	}
	foreach(cell, catalog_links())
	{
		LinkDefinition *link = lfirst(cell);

		if (link->target == holder && link->source == far && link->inverse == NULL)
			appendStringInfo(&buf, "%s\"%s.%s\"", buf.len > 0 ? ", " : "",
							 get_rel_name(far), link->name);
	}
	return buf.data;
}

/* Its name. */
static char *
only_end(List *ends, Oid holder, Oid far)
{
	List	   *all = ends_between(holder, InvalidOid);
	char	   *others = other_ways(holder, far);
	LinkEnd    *end;

	if (ends == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("there is no link from %s to %s", table_label(holder), table_label(far)),
				 all ? errdetail("Links of the table: %s.", ends_text(all)) :
				 errdetail("The table has no links."),
				 others[0] ? errhint("Make the link first, or name another way in linkFieldId: %s.", others) :
				 errhint("Make the link first, or name another way in linkFieldId.")));
	if (list_length(ends) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_AMBIGUOUS_COLUMN),
				 errmsg("there are several links from %s to %s", table_label(holder), table_label(far)),
				 errdetail("Links: %s.", ends_text(ends)),
				 errhint("Name one of them in linkFieldId.")));
	end = linitial(ends);
	return end_name(end->link, end->at_target);
}

/* For messages. */
static char *
way_label(Way *way, const char *via, Oid holder)
{
	return psprintf("%s \"%s\" of %s", way->link ? "link" : "relation", via, table_label(holder));
}

/* What the definition says of the way does not change it. */
static void
compare_way(TeableField *field, Way *way, const char *via, Oid holder, Oid far)
{
	if (OidIsValid(far) && way_target(way) != far)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s does not lead to %s", way_label(way, via, holder), table_label(far)),
				 errdetail("It leads to %s.", table_label(way_target(way)))));
	if (!field->has_relationship || way_is_to_one(way) == is_to_one(field->relationship))
		return;
	if (way->link)
		ereport(NOTICE,
				(errmsg("%s is %s, not %s", way_label(way, via, holder),
						link_relationship_name(end_relationship(way->link, way->at_target)),
						link_relationship_name(field->relationship))));
	else
		ereport(NOTICE,
				(errmsg("%s leads to %s, which is not %s", way_label(way, via, holder),
						way_is_to_one(way) ? "one row" : "several rows",
						link_relationship_name(field->relationship))));
}

char *
teable_way(TeableField *field, Oid holder, Oid *far)
{
	char	   *via = teable_name(&field->link_field, holder, "linkFieldId");
	Way		   *way;

	if (field->foreign_table)
		*far = teable_find_table(field->foreign_table);
	if (via == NULL && field->foreign_table == NULL)
		teable_missing("foreignTableId", field->kind);
	if (via == NULL)
		via = only_end(narrow(ends_between(holder, *far), field), holder, *far);
	way = via_find(holder, via);
	compare_way(field, way, via, holder, *far);
	*far = way_target(way);
	return via;
}
