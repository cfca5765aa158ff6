/*
 * path.c: from the end of a link to the steps that lead to the linked rows.
 */
#include "postgres.h"

#include "utils/lsyscache.h"

#include "graph/build.h"

static AttrNumber *
resolve_columns(Table *table, List *names)
{
	AttrNumber *atts = palloc(sizeof(AttrNumber) * list_length(names));
	ListCell   *cell;
	int			n = 0;

	foreach(cell, names)
	{
		atts[n] = get_attnum(table->relid, lfirst(cell));
		if (atts[n] <= 0)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("column \"%s\" of table %s, which a link goes over, does not exist",
							(char *) lfirst(cell), table->label)));
		n++;
	}
	return atts;
}

/* The foreign key of the step, if there is one. */
static void
find_constraint(Step *step, StepKind kind, int n, const AttrNumber *near_att, const AttrNumber *far_att)
{
	Oid			near = step->near->relid;
	Oid			far = step->far->relid;

	step->constraint = kind == STEP_FORWARD ?
		find_foreign_key(near, n, near_att, far, far_att, &step->immediate) :
		find_foreign_key(far, n, far_att, near, near_att, &step->immediate);
	step->kind = OidIsValid(step->constraint) ? kind : STEP_EQUAL;
	if (step->kind == STEP_EQUAL)
		step->immediate = false;
}

void
build_step(Step *step, StepKind kind, Table *near, const AttrNumber *near_att,
		   Table *far, const AttrNumber *far_att, int n)
{
	KeyShape   *shape = build_key_shape(near, near_att, far, far_att, n);

	step->near = near;
	step->far = far;
	build_key_reader(&step->near_key, shape, near, near_att);
	build_key_reader(&step->far_key, shape, far, far_att);
	step->near_index = find_btree_index(near->relid, n, near_att, false);
	step->far_index = find_btree_index(far->relid, n, far_att, true);
	step->far_unique = OidIsValid(step->far_index);
	if (!step->far_unique)
		step->far_index = find_btree_index(far->relid, n, far_att, false);
	if (kind != STEP_EQUAL)
		find_constraint(step, kind, n, near_att, far_att);
	else						/* of a relation, which does not say */
	{
		find_constraint(step, STEP_FORWARD, n, near_att, far_att);
		if (step->kind == STEP_EQUAL)
			find_constraint(step, STEP_BACKWARD, n, near_att, far_att);
	}
}

static void
build_link_step(Step *step, StepKind kind, Table *near, List *near_names,
				Table *far, List *far_names)
{
	build_step(step, kind, near, resolve_columns(near, near_names),
			   far, resolve_columns(far, far_names), list_length(near_names));
}

static void
build_junction_path(Path *path, LinkDefinition *link, Table *source,
					Table *junction, Table *target)
{
	path->nsteps = 2;
	path->steps = palloc0(sizeof(Step) * 2);
	if (path->at_target)
	{
		build_link_step(&path->steps[0], STEP_BACKWARD, target, link->target_columns,
				   junction, link->junction_target_columns);
		build_link_step(&path->steps[1], STEP_FORWARD, junction, link->junction_source_columns,
				   source, link->source_columns);
	}
	else
	{
		build_link_step(&path->steps[0], STEP_BACKWARD, source, link->source_columns,
				   junction, link->junction_source_columns);
		build_link_step(&path->steps[1], STEP_FORWARD, junction, link->junction_target_columns,
				   target, link->target_columns);
	}
}

static void
build_foreign_key_path(Path *path, LinkDefinition *link, Table *source, Table *target)
{
	bool		source_refers = link->relationship != LINK_ONE_TO_MANY;
	bool		forward = source_refers != path->at_target;
	StepKind	kind = forward ? STEP_FORWARD : STEP_BACKWARD;

	path->nsteps = 1;
	path->steps = palloc0(sizeof(Step));
	if (path->at_target)
		build_link_step(path->steps, kind, target, link->target_columns,
				   source, link->source_columns);
	else
		build_link_step(path->steps, kind, source, link->source_columns,
				   target, link->target_columns);
	path->one_to_one = link->relationship == LINK_ONE_TO_ONE;
	path->forward = forward;
	path->filled = forward;
	path->to_one = forward || link->relationship == LINK_ONE_TO_ONE;

	/* While a deferrable UNIQUE constraint is deferred. */
	path->may_branch = path->to_one && !path->steps[0].far_unique;
}

/* Without its column the rows are in the order of their keys. */
static void
build_position(Path *path, LinkDefinition *link)
{
	char	   *name = path->at_target ? link->target_position : link->source_position;
	Table	   *table = path->steps[0].far;

	path->position = name ? get_attnum(table->relid, name) : InvalidAttrNumber;
	if (path->position <= 0)
		path->position = InvalidAttrNumber;
	else
	{
		path->sequence = find_owned_sequence(table->relid, path->position);
		table->orders = lappend(table->orders, path);
	}
}

/* NULL when a table of the link is gone. */
Path *
build_path(Graph *graph, List **paths, LinkDefinition *link, bool at_target)
{
	Table	   *source = build_table(graph, link->source);
	Table	   *target = build_table(graph, link->target);
	Table	   *junction = NULL;
	Path	   *path;
	ListCell   *cell;

	foreach(cell, *paths)
	{
		path = lfirst(cell);
		if (path->link_id == link->id && path->at_target == at_target)
			return path;
	}
	if (OidIsValid(link->junction))
		junction = build_table(graph, link->junction);
	if (!source || !target || (OidIsValid(link->junction) && !junction))
		return NULL;

	path = palloc0(sizeof(Path));
	path->link_id = link->id;
	path->at_target = at_target;
	if (junction)
		build_junction_path(path, link, source, junction, target);
	else
		build_foreign_key_path(path, link, source, target);
	build_position(path, link);
	*paths = lappend(*paths, path);
	return path;
}
