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

static void
swap(AttrNumber *atts, int a, int b)
{
	AttrNumber	kept = atts[a];

	atts[a] = atts[b];
	atts[b] = kept;
}

/*
 * The columns of a key in the order of the index that makes it one, so that
 * whoever locks rows by it has them in the same order.
 */
static void
order_columns(Table *referenced, int n, AttrNumber *referenced_atts, AttrNumber *atts)
{
	AttrNumber	order[INDEX_MAX_KEYS];
	bool		deferrable;
	Oid			index = find_unique_btree(referenced->relid, n, referenced_atts, &deferrable);

	if (n == 1 || !OidIsValid(index))
		return;
	index_columns(index, order);
	for (int i = 0; i < n; i++)
	{
		int			j = i;

		while (j < n && referenced_atts[j] != order[i])
			j++;
		if (j == n)
			return;				/* it has changed just now */
		swap(referenced_atts, i, j);
		swap(atts, i, j);
	}
}

static bool
any_nullable(Table *table, int n, const AttrNumber *atts)
{
	for (int i = 0; i < n; i++)
	{
		if (!column_not_null(table->relid, atts[i]))
			return true;
	}
	return false;
}

static void
find_step_indexes(Step *step, int n)
{
	step->near_index = find_btree_index(step->near->relid, n, step->near_key.att, false);
	step->far_index = find_btree_index(step->far->relid, n, step->far_key.att, true);
	step->far_unique = OidIsValid(step->far_index);
	if (!step->far_unique)
		step->far_index = find_btree_index(step->far->relid, n, step->far_key.att, false);
}

static void
build_step(Step *step, StepKind kind, Table *near, List *near_names,
		   Table *far, List *far_names)
{
	int			n = list_length(near_names);
	AttrNumber *near_att = resolve_columns(near, near_names);
	AttrNumber *far_att = resolve_columns(far, far_names);
	bool		forward = kind == STEP_FORWARD;
	Table	   *referencing = forward ? near : far;
	Table	   *referenced = forward ? far : near;
	AttrNumber *from = forward ? near_att : far_att;
	AttrNumber *to = forward ? far_att : near_att;
	KeyShape   *shape;

	order_columns(referenced, n, to, from);
	shape = build_key_shape(referencing, from, referenced, to, n);
	step->near = near;
	step->far = far;
	build_key_reader(&step->near_key, shape, near, near_att);
	build_key_reader(&step->far_key, shape, far, far_att);
	find_step_indexes(step, n);
	step->optional = forward && any_nullable(near, n, near_att);
	step->constraint = find_foreign_key(referencing->relid, n, from, referenced->relid, to,
										&step->immediate);
	step->kind = OidIsValid(step->constraint) ? kind : STEP_EQUAL;
	if (step->kind == STEP_EQUAL)
		step->immediate = false;
}

static Bitmapset *
add_columns(Bitmapset *columns, KeyReader *key)
{
	for (int i = 0; i < key->shape->n; i++)
		columns = bms_add_member(columns, key->att[i]);
	return columns;
}

/* Does nothing keep the junction from having a pair twice? */
static bool
may_repeat(Table *junction, KeyReader *one, KeyReader *other)
{
	return !has_unique_among(junction->relid, add_columns(add_columns(NULL, one), other));
}

static void
build_junction_path(Path *path, LinkDefinition *link, Table *source,
					Table *junction, Table *target)
{
	path->nsteps = 2;
	path->steps = palloc0(sizeof(Step) * 2);
	if (path->at_target)
	{
		build_step(&path->steps[0], STEP_BACKWARD, target, link->target_columns,
				   junction, link->junction_target_columns);
		build_step(&path->steps[1], STEP_FORWARD, junction, link->junction_source_columns,
				   source, link->source_columns);
	}
	else
	{
		build_step(&path->steps[0], STEP_BACKWARD, source, link->source_columns,
				   junction, link->junction_source_columns);
		build_step(&path->steps[1], STEP_FORWARD, junction, link->junction_target_columns,
				   target, link->target_columns);
	}
	path->repeats = may_repeat(junction, &path->steps[0].far_key, &path->steps[1].near_key);
}

static void
build_foreign_key_path(Path *path, LinkDefinition *link, Table *source, Table *target)
{
	bool		source_refers = link->relationship != LINK_ONE_TO_MANY;
	bool		forward = source_refers != path->at_target;
	StepKind	kind = forward ? STEP_FORWARD : STEP_BACKWARD;
	Step	   *step = palloc0(sizeof(Step));

	path->nsteps = 1;
	path->steps = step;
	if (path->at_target)
		build_step(step, kind, target, link->target_columns, source, link->source_columns);
	else
		build_step(step, kind, source, link->source_columns, target, link->target_columns);
	path->one_to_one = link->relationship == LINK_ONE_TO_ONE;
	path->forward = forward;
	path->to_one = forward || link->relationship == LINK_ONE_TO_ONE;
	divide_foreign_key((forward ? step->near : step->far)->relid, step->near_key.shape->n,
					   (forward ? &step->near_key : &step->far_key)->att,
					   &path->cleared, &path->fixed);
}

/* By what linked rows are known, and so shown: what is referenced, else the primary key. */
static void
build_shown(Path *path)
{
	Step	   *last = &path->steps[path->nsteps - 1];
	KeyShape   *shape;

	path->shown = path->forward || path->nsteps == 2 ? &last->far_key : &last->far->key_reader;
	shape = path->shown->shape;
	if (shape == NULL)
		return;					/* there is no primary key yet, or none any more */
	path->kind = shape->n > 1 ? LINK_OTHER :
		link_kind_for_type(get_atttype(last->far->relid, path->shown->att[0]));
	for (int i = 0; i < shape->n && path->kind == LINK_OTHER; i++)
		path->respelled |= !shape->identical[i];
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
	build_shown(path);
	build_position(path, link);
	*paths = lappend(*paths, path);
	return path;
}
