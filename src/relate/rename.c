/*
 * rename.c: relations and their accessors follow names.
 *
 * As in ddl/rename.c, all names are looked up before the statement, and
 * written again after it.  What an accessor says is made anew from that, so
 * that names of tables, types, operators and schemas are followed, too.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "define/define.h"
#include "relate/relate.h"

/* What a name of a path means. */
typedef struct PartMeaning
{
	int64		id;				/* of a relation or link; 0: nothing */
	bool		at_target;		/* which end of the link */
} PartMeaning;

typedef struct RelationNames
{
	RelationDefinition *relation;
	AttrNumber *local;
	AttrNumber *remote;
	List	   *order;
	List	   *parts;			/* PartMeaning * */
	Oid			accessor;
	Oid			type_schema;	/* before */
} RelationNames;

static AttrNumber *
look_up(Oid relid, List *names)
{
	AttrNumber *atts = palloc0(sizeof(AttrNumber) * (list_length(names) + 1));
	ListCell   *cell;

	foreach(cell, names)
		atts[foreach_current_index(cell)] = get_attnum(relid, lfirst(cell));
	return atts;
}

/* One name after the other, each from where the one before has led. */
static List *
look_up_path(RelationDefinition *path, List *relations, List *links)
{
	Oid			at = row_type_relation(path->source);
	List	   *parts = NIL;
	ListCell   *cell;

	foreach(cell, path->path)
	{
		PartMeaning *part = palloc0(sizeof(PartMeaning));
		RelationDefinition *relation = relation_find(relations, get_rel_type_id(at), lfirst(cell));
		LinkDefinition *link = relation ? NULL : find_end(links, at, lfirst(cell), &part->at_target);

		part->id = relation ? relation->id : link ? link->id : 0;
		at = relation ? relation->target : link ? end_table(link, !part->at_target) : InvalidOid;
		parts = lappend(parts, part);
	}
	return parts;
}

/* In the current memory context, for relation_names_follow(). */
void *
relation_names_read(void)
{
	List	   *relations = catalog_relations();
	List	   *links = catalog_links();
	List	   *all = NIL;
	ListCell   *cell;

	foreach(cell, relations)
	{
		RelationDefinition *relation = lfirst(cell);
		RelationNames *names = palloc0(sizeof(RelationNames));

		names->relation = relation;
		names->local = look_up(row_type_relation(relation->source), relation->local_attributes);
		names->remote = look_up(relation->target, relation->remote_attributes);
		names->parts = look_up_path(relation, relations, links);
		names->type_schema = row_type_schema(relation->source);
		if (relation->order_by)
			(void) order_reread(relation->target, relation->order_by, &names->order);
		if (relation->accessor)
			names->accessor = accessor_find(relation);
		all = lappend(all, names);
	}
	return all;
}

static RelationNames *
names_of(List *all, int64 id)
{
	ListCell   *cell;

	foreach(cell, all)
	{
		RelationNames *names = lfirst(cell);

		if (names->relation->id == id)
			return names;
	}
	return NULL;
}

static bool
follow_name(char **name, char *now)
{
	if (now == NULL || strcmp(now, *name) == 0)
		return false;
	*name = now;
	return true;
}

static bool
follow_columns(List *columns, Oid relid, const AttrNumber *atts)
{
	bool		changed = false;
	ListCell   *cell;

	foreach(cell, columns)
	{
		AttrNumber	att = atts[foreach_current_index(cell)];

		changed |= follow_name((char **) &lfirst(cell),
							   att > 0 ? get_attname(relid, att, true) : NULL);
	}
	return changed;
}

static char *
name_of_part(PartMeaning *part, List *all, List *links)
{
	RelationNames *names = names_of(all, part->id);
	ListCell   *cell;

	if (names)
		return names->relation->name;
	foreach(cell, links)
	{
		LinkDefinition *link = lfirst(cell);

		if (link->id == part->id)
			return end_name(link, part->at_target);
	}
	return NULL;
}

/* After all names of relations, since paths hold them. */
static bool
follow_one(RelationNames *names, List *all, List *links)
{
	RelationDefinition *relation = names->relation;
	bool		changed = false;
	ListCell   *cell;
	ListCell   *part;

	changed |= follow_columns(relation->local_attributes, row_type_relation(relation->source),
							  names->local);
	changed |= follow_columns(relation->remote_attributes, relation->target, names->remote);
	if (names->order)
		changed |= follow_name(&relation->order_by,
							   order_text(relation->target, "", names->order));
	forboth(cell, relation->path, part, names->parts)
		changed |= follow_name((char **) &lfirst(cell), name_of_part(lfirst(part), all, links));
	return changed;
}

/* In the definitions at hand.  The accessor of a relation has its name. */
static List *
follow_all(List *all)
{
	List	   *links = catalog_links();
	List	   *changed = NIL;
	ListCell   *cell;

	foreach(cell, all)
	{
		RelationNames *names = lfirst(cell);

		if (OidIsValid(names->accessor) &&
			follow_name(&names->relation->name, get_func_name(names->accessor)))
			changed = lappend(changed, names);
	}
	foreach(cell, all)
	{
		if (follow_one(lfirst(cell), all, links))
			changed = list_append_unique_ptr(changed, lfirst(cell));
	}
	return changed;
}

/* As others have left them by now; what they have dropped is not written. */
static List *
read_again(List *all)
{
	List	   *there = NIL;
	ListCell   *cell;

	foreach(cell, catalog_relations())
	{
		RelationDefinition *relation = lfirst(cell);
		RelationNames *names = names_of(all, relation->id);

		if (names == NULL)
			continue;
		*names->relation = *relation;
		there = lappend(there, names);
	}
	return there;
}

static void
follow_accessor(RelationNames *names)
{
	RelationDefinition *relation = names->relation;
	Oid			schema = row_type_schema(relation->source);
	Route	   *route = route_resolve(relation, row_type_relation(relation->source), true);

	if (!OidIsValid(names->accessor) || get_func_name(names->accessor) == NULL || route == NULL)
		return;
	if (schema != names->type_schema && get_func_namespace(names->accessor) == names->type_schema)
		accessor_move(names->accessor, relation);
	accessor_refresh(names->accessor, route);
}

/* After links have been followed. */
void
relation_names_follow(void *all)
{
	List	   *there = all;
	ListCell   *cell;

	if (all == NULL)
		return;
	if (follow_all(there) != NIL)
	{
		catalog_lock();
		there = read_again(all);
		foreach(cell, follow_all(there))
			catalog_update_relation(((RelationNames *) lfirst(cell))->relation);
	}
	foreach(cell, there)
		follow_accessor(lfirst(cell));
	relate_changed();
}
