/*
 * route.c: a definition resolved: from names to columns and operators.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "define/define.h"
#include "relate/relate.h"

/* A route in the making. */
typedef struct Search
{
	List	   *hops;
	Oid			at;				/* where it has got to */
	bool		missing_ok;
	List	   *over;			/* numbers of what the names of paths meant */
	List	   *relations;		/* all of them; read when a path needs them */
	List	   *links;
	bool		read;
} Search;

static bool add_relation(Search *search, RelationDefinition *relation);

RelationDefinition *
relation_find(List *relations, Oid source, const char *name)
{
	ListCell   *cell;

	foreach(cell, relations)
	{
		RelationDefinition *relation = lfirst(cell);

		if (relation->source == source && strcmp(relation->name, name) == 0)
			return relation;
	}
	return NULL;
}

static bool
find_attributes(Oid relid, List *names, AttrNumber *atts, bool missing_ok)
{
	ListCell   *cell;

	foreach(cell, names)
	{
		AttrNumber	att = get_attnum(relid, lfirst(cell));

		if (att <= 0 && missing_ok)
			return false;
		if (att <= 0)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("column \"%s\" of %s does not exist", (char *) lfirst(cell),
							row_type_label(get_rel_type_id(relid)))));
		atts[foreach_current_index(cell)] = att;
	}
	return true;
}

static bool
find_operators(Hop *hop, bool missing_ok)
{
	for (int i = 0; i < hop->n; i++)
	{
		Oid			far_type = get_atttype(hop->far, hop->far_att[i]);
		Oid			near_type = get_atttype(hop->near, hop->near_att[i]);

		hop->equal[i] = find_equality(far_type, near_type);
		if (OidIsValid(hop->equal[i]))
			continue;
		if (missing_ok)
			return false;
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("columns \"%s\" of %s and \"%s\" of %s cannot be compared",
						get_attname(hop->near, hop->near_att[i], false),
						row_type_label(get_rel_type_id(hop->near)),
						get_attname(hop->far, hop->far_att[i], false),
						row_type_label(get_rel_type_id(hop->far))),
				 errdetail("Their types are %s and %s.",
						   format_type_be(near_type), format_type_be(far_type))));
	}
	return true;
}

/* From where the search stands. */
static bool
add_hop(Search *search, List *near_names, Oid far, List *far_names)
{
	Hop		   *hop = palloc0(sizeof(Hop));

	hop->near = search->at;
	hop->far = far;
	hop->once = -1;
	hop->n = list_length(near_names);
	hop->near_att = palloc(sizeof(AttrNumber) * hop->n);
	hop->far_att = palloc(sizeof(AttrNumber) * hop->n);
	hop->equal = palloc(sizeof(Oid) * hop->n);
	if (get_rel_name(far) == NULL ||
		!find_attributes(hop->near, near_names, hop->near_att, search->missing_ok) ||
		!find_attributes(far, far_names, hop->far_att, search->missing_ok) ||
		!find_operators(hop, search->missing_ok))
		return false;
	hop->unique_index = find_granting_index(far, hop->n, hop->far_att, hop->equal);
	search->hops = lappend(search->hops, hop);
	search->at = far;
	return true;
}

/* From one end of a link to the other, over the junction if there is one. */
static bool
add_link(Search *search, LinkDefinition *link, bool at_target)
{
	List	   *near = at_target ? link->target_columns : link->source_columns;
	List	   *far = at_target ? link->source_columns : link->target_columns;
	Oid			table = end_table(link, !at_target);

	if (!OidIsValid(link->junction))
		return add_hop(search, near, table, far);
	return add_hop(search, near, link->junction, at_target ? link->junction_target_columns :
				   link->junction_source_columns) &&
		add_hop(search, at_target ? link->junction_source_columns : link->junction_target_columns,
				table, far);
}

/* The ways on from here, for a hint. */
static char *
ways_from(Search *search)
{
	StringInfoData buf;
	Oid			type = get_rel_type_id(search->at);
	ListCell   *cell;

	initStringInfo(&buf);
	foreach(cell, search->relations)
	{
		RelationDefinition *relation = lfirst(cell);

		if (relation->source == type)
			appendStringInfo(&buf, "%s%s", buf.len > 0 ? ", " : "", relation->name);
	}
	foreach(cell, search->links)
	{
		LinkDefinition *link = lfirst(cell);

		for (int target = 0; target <= 1; target++)
		{
			if (end_table(link, target) == search->at && end_name(link, target))
				appendStringInfo(&buf, "%s%s", buf.len > 0 ? ", " : "", end_name(link, target));
		}
	}
	return buf.data;
}

/* One name of a path: a relation of the row type reached, or an end of a link. */
static bool
add_named(Search *search, const char *name)
{
	RelationDefinition *relation = relation_find(search->relations,
												 get_rel_type_id(search->at), name);
	bool		at_target;
	LinkDefinition *link;
	char	   *ways;

	if (relation)
	{
		search->over = append_id(search->over, relation->id);
		return add_relation(search, relation);
	}
	link = find_end(search->links, search->at, name, &at_target);
	if (link)
	{
		search->over = append_id(search->over, link->id);
		return add_link(search, link, at_target);
	}
	if (search->missing_ok)
		return false;
	ways = ways_from(search);
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT),
			 errmsg("there is no relation or link \"%s\" at %s", name,
					row_type_label(get_rel_type_id(search->at))),
			 ways[0] ? errhint("Relations and links there: %s.", ways) :
			 errhint("Make one with interlink.add_relation() first.")));
}

static bool
add_relation(Search *search, RelationDefinition *relation)
{
	int			first;
	ListCell   *cell;

	check_stack_depth();
	if (relation->path == NIL)
		return add_hop(search, relation->local_attributes, relation->target,
					   relation->remote_attributes);
	if (!search->read)
	{
		search->relations = catalog_relations();
		search->links = catalog_links();
		search->read = true;
	}
	first = list_length(search->hops);
	foreach(cell, relation->path)
	{
		if (!add_named(search, lfirst(cell)))
			return false;
	}
	for (int i = first; relation->distinct_rows && i < list_length(search->hops); i++)
		((Hop *) list_nth(search->hops, i))->once = list_length(search->hops) - 1;
	return true;
}

Oid
route_target(Route *route)
{
	return ((Hop *) llast(route->hops))->far;
}

/* Every table on the way, the one at which it starts among them. */
List *
route_tables(Route *route)
{
	List	   *tables = NIL;
	ListCell   *cell;

	foreach(cell, route->hops)
	{
		Hop		   *hop = lfirst(cell);

		tables = list_append_unique_oid(tables, hop->near);
		tables = list_append_unique_oid(tables, hop->far);
	}
	return tables;
}

/*
 * The way from rows of this entry of pg_class, that of the source or of a
 * child of it.  NULL: not all of it is there, which must be ok.
 */
Route *
route_resolve(RelationDefinition *relation, Oid near, bool missing_ok)
{
	Route	   *route = palloc0(sizeof(Route));
	Search		search = {0};
	ListCell   *cell;

	search.at = near;
	search.missing_ok = missing_ok;
	if (!add_relation(&search, relation))
	{
		if (missing_ok)
			return NULL;
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("relation \"%s\" of %s has lost a table", relation->name,
						row_type_label(relation->source))));
	}
	route->definition = relation;
	route->hops = search.hops;
	route->over = search.over;
	route->unique = true;
	foreach(cell, route->hops)
		route->unique &= OidIsValid(((Hop *) lfirst(cell))->unique_index);
	if (relation->order_by == NULL ||
		order_reread(search.at, relation->order_by, &route->order))
		return route;
	if (!missing_ok)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("relation \"%s\" of %s has lost a column of its order", relation->name,
						row_type_label(relation->source))));
	return NULL;
}

/* Is one the other, walked backwards? */
bool
hop_same_reversed(Hop *a, Hop *b)
{
	if (a->near != b->far || a->far != b->near || a->n != b->n)
		return false;
	for (int i = 0; i < a->n; i++)
	{
		bool		found = false;

		for (int j = 0; j < b->n && !found; j++)
			found = a->near_att[i] == b->far_att[j] && a->far_att[i] == b->near_att[j];
		if (!found)
			return false;
	}
	return true;
}
