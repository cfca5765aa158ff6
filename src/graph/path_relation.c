/*
 * path_relation.c: from a relation or a path over relations to steps.
 *
 * What is locked on the way of a link are rows: the foreign key grants that
 * they are there.  Of the ways of relations only two are like that: over one
 * foreign key, and over two as through a junction.  On any other a row may come
 * that others look for at the same time, and a row may lead to many: such paths
 * are guarded by locks on keys (engine/key_lock.c).
 */
#include "postgres.h"

#include "utils/lsyscache.h"

#include "graph/build.h"
#include "relate/relate.h"

static Path *
find_path(List *paths, FieldDefinition *field)
{
	ListCell   *cell;

	foreach(cell, paths)
	{
		Path	   *path = lfirst(cell);

		if (path->relation_id == field->relation_id && path->to_one == field->leads_to_one)
			return path;
	}
	return NULL;
}

static bool
is_like_a_link(Path *path)
{
	Step	   *steps = path->steps;

	if (path->nsteps == 1)
		return steps[0].kind != STEP_EQUAL;
	return path->nsteps == 2 && steps[0].kind == STEP_BACKWARD &&
		steps[1].kind == STEP_FORWARD && steps[1].far_unique;
}

/* False when a table is gone. */
static bool
build_steps(Graph *graph, Path *path, Route *route)
{
	ListCell   *cell;

	path->nsteps = list_length(route->hops);
	path->steps = palloc0(sizeof(Step) * path->nsteps);
	foreach(cell, route->hops)
	{
		Hop		   *hop = lfirst(cell);
		Step	   *step = &path->steps[foreach_current_index(cell)];
		Table	   *near = build_table(graph, hop->near);
		Table	   *far = build_table(graph, hop->far);

		if (near == NULL || far == NULL)
			return false;
		build_step(step, STEP_EQUAL, near, hop->near_att, far, hop->far_att, hop->n);
		step->unique_index = hop->unique_index;
	}
	return true;
}

/* NULL when not all of it is there. */
Path *
build_relation_path(Graph *graph, List **paths, FieldDefinition *field)
{
	RelationDefinition *relation = graph_relation(graph, field->relation_id);
	Path	   *path = find_path(*paths, field);
	Route	   *route;

	if (path || relation == NULL || get_rel_type_id(field->holder) != relation->source)
		return path;
	route = route_resolve(relation, field->holder, true);
	path = palloc0(sizeof(Path));
	if (route == NULL || !build_steps(graph, path, route))
		return NULL;
	path->relation_id = relation->id;
	path->to_one = field->leads_to_one;
	path->distinct = relation->distinct_rows && path->nsteps > 1 && !path->to_one;
	path->guarded = !is_like_a_link(path);
	for (int p = 0; p < path->nsteps; p++)
		path->may_branch |= path->to_one && !path->steps[p].far_unique;
	path->filled = path->nsteps == 1 && path->to_one && path->steps[0].far_unique &&
		path->steps[0].kind != STEP_BACKWARD;
	path->forward = path->filled && !path->guarded;
	path->shown = &path->steps[path->nsteps - 1].far->key_reader;
	*paths = lappend(*paths, path);
	return path;
}
