/*
 * use.c: groups of fields that are maintained together, and the places at
 * which a changed row concerns them.
 */
#include "postgres.h"

#include "graph/build.h"

static bool
same_anchor(KeyReader *a, KeyReader *b)
{
	if (a->shape->n != b->shape->n)
		return false;
	for (int i = 0; i < a->shape->n; i++)
	{
		if (a->att[i] != b->att[i] || a->shape->type[i] != b->shape->type[i])
			return false;
	}
	return true;
}

static FieldGroup *
find_group(Graph *graph, Field *field)
{
	Step	   *step = &field->path->steps[0];
	Oid			unique_index = find_btree_index(field->holder->relid, step->near_key.shape->n,
												step->near_key.att, true);
	bool		keyed = !field->path->filled && OidIsValid(unique_index);
	FieldGroup	   *group;
	ListCell   *cell;

	foreach(cell, field->holder->groups)
	{
		group = lfirst(cell);
		if (group->level == field->level && group->keyed == keyed &&
			(keyed || group->paths[0] == field->path) &&
			(!field->recursive || !group->tree || group->tree == field->path) &&
			same_anchor(&group->anchor, &step->near_key))
			return group;
	}
	group = palloc0(sizeof(FieldGroup));
	group->holder = field->holder;
	group->anchor = step->near_key;
	group->level = field->level;
	group->keyed = keyed;
	group->index = OidIsValid(unique_index) ? unique_index : step->near_index;
	group->number = list_length(graph->groups);
	graph->groups = lappend(graph->groups, group);
	field->holder->groups = lappend(field->holder->groups, group);
	return group;
}

static void
add_path(FieldGroup *group, Path *path)
{
	for (int i = 0; i < group->npaths; i++)
	{
		if (group->paths[i] == path)
			return;
	}
	group->paths = group->npaths == 0 ? palloc(sizeof(Path *)) :
		repalloc(group->paths, sizeof(Path *) * (group->npaths + 1));
	group->paths[group->npaths++] = path;
}

void
build_groups(Graph *graph)
{
	ListCell   *cell;

	foreach(cell, graph->fields)
	{
		Field	   *field = lfirst(cell);
		FieldGroup	   *group = find_group(graph, field);

		group->fields = group->nfields == 0 ? palloc(sizeof(Field *)) :
			repalloc(group->fields, sizeof(Field *) * (group->nfields + 1));
		field->group = group;
		if (field->recursive)
			group->tree = field->path;
		field->index = group->nfields;
		group->fields[group->nfields++] = field;
		add_path(group, field->path);
	}
}

static Bitmapset *
key_columns(KeyReader *key)
{
	Bitmapset  *columns = NULL;

	for (int i = 0; i < key->shape->n; i++)
		columns = bms_add_member(columns, key->att[i]);
	return columns;
}

static int
farthest_needed(List *fields)
{
	int			farthest = 0;
	ListCell   *cell;

	foreach(cell, fields)
		farthest = Max(farthest, ((Field *) lfirst(cell))->needed_position);
	return farthest;
}

/* Rows whose values, or whose existence, flow across an edge that starts at the changed row. */
static void
add_lock(Use *use)
{
	Path	   *path = use->path;
	Step	   *next = use->position < path->nsteps ? &path->steps[use->position] : NULL;

	if (path->guarded)
		return;
	if (next && OidIsValid(next->far_index) && next->far_unique &&
		farthest_needed(use->fields) > use->position)
	{
		use->lock = palloc0(sizeof(Anchorage));
		use->lock->table = next->far;
		use->lock->key = next->near_key;
		use->lock->index = next->far_index;
		use->lock->far_key = next->far_key;
	}
}

/* On guarded paths the keys are locked by which the row is found, and by which it finds. */
static void
add_key_locks(Use *use)
{
	Path	   *path = use->path;
	int			p = use->position;

	use->reach = farthest_needed(use->fields);
	if (path->guarded && p > 0)
		use->far_side = &path->steps[p - 1];
	if (path->guarded && p < use->reach)
		use->near_side = &path->steps[p];
}

/*
 * Fields whose change can be told from the row that an edge leads to: it is
 * locked, and read then.
 */
static void
decide_askers(Use *use)
{
	ListCell   *cell;

	if (use->position != 1 || use->lock == NULL || !use->group->keyed)
		return;
	foreach(cell, use->fields)
	{
		Field	   *field = lfirst(cell);

		if (field->needed_position != 2 || field->value_position != 2 ||
			field->algebra == ALGEBRA_NONE || field->algebra == ALGEBRA_VALUE)
			continue;
		field->asks_far_row = true;
		use->lock->table->lent = bms_add_members(use->lock->table->lent, field->value_columns);
	}
}

static Use *
make_use(Graph *graph, FieldGroup *group, Path *path, int position)
{
	Step	   *before = position > 0 ? &path->steps[position - 1] : NULL;
	Step	   *after = position < path->nsteps ? &path->steps[position] : NULL;
	Use		   *use = palloc0(sizeof(Use));

	use->group = group;
	use->path = path;
	use->position = position;
	use->table = before ? before->far : group->holder;
	use->key = before ? before->far_key : after->near_key;
	for (int i = 0; i < group->nfields; i++)
	{
		if (group->fields[i]->path == path)
			use->fields = lappend(use->fields, group->fields[i]);
	}
	return use;
}

/*
 * A row that is referenced by an immediate foreign key can have no edge yet
 * when it comes, and its key changes together with those that refer to it: then
 * the edges tell us everything.  Not so when it goes: the same statement may
 * put another into its place, to which the old edges lead.
 */
static void
decide_events(Use *use)
{
	Path	   *path = use->path;
	int			p = use->position;
	Step	   *before = p > 0 ? &path->steps[p - 1] : NULL;
	Step	   *after = p < path->nsteps ? &path->steps[p] : NULL;

	if (before == NULL)
	{
		use->on_insert = !(after->kind == STEP_BACKWARD && after->immediate);
		use->on_delete = use->group->keyed;
		use->edge_columns = key_columns(&after->near_key);
		return;
	}
	use->on_delete = true;
	if (!(before->kind == STEP_FORWARD && before->immediate))
	{
		use->on_insert = true;
		use->edge_columns = key_columns(&before->far_key);
	}
	if (after)
		use->edge_columns = bms_union(use->edge_columns, key_columns(&after->near_key));
}

static void
add_uses(Graph *graph, FieldGroup *group, Path *path)
{
	for (int p = 0; p <= path->nsteps; p++)
	{
		Use		   *use = make_use(graph, group, path, p);
		ListCell   *cell;

		decide_events(use);
		if (p > Max(farthest_needed(use->fields), 1))
			continue;
		use->columns = bms_copy(use->edge_columns);
		foreach(cell, use->fields)
		{
			Field	   *field = lfirst(cell);

			if (field->value_position == p)
				use->columns = bms_add_members(use->columns, field->value_columns);
			if (p == 1)
			{
				use->columns = bms_add_members(use->columns, field->order_columns);
				use->columns = bms_add_members(use->columns, field->junction_columns);
			}
		}
		if (bms_is_empty(use->columns) && !use->on_insert)
			continue;
		add_lock(use);
		add_key_locks(use);
		decide_askers(use);
		use->number = list_length(graph->uses);
		graph->uses = lappend(graph->uses, use);
	}
}

/*
 * Fields of the one linked row need that row locked.  Where it comes later in
 * the order of locking than their own table, they wait for its turn, so that
 * all that is needed on it is locked at once.
 */
static void
decide_turn(FieldGroup *group)
{
	Table	   *far = group->paths[0]->steps[0].far;
	bool		reads_far = false;

	for (int i = 0; i < group->nfields; i++)
		reads_far |= !group->fields[i]->local;
	group->turn = group->holder;
	if (!group->keyed && reads_far &&
		(far->rank > group->holder->rank ||
		 (far->rank == group->holder->rank && far->relid > group->holder->relid)))
		group->turn = far;
}

void
build_uses(Graph *graph)
{
	ListCell   *cell;

	foreach(cell, graph->groups)
	{
		FieldGroup	   *group = lfirst(cell);

		decide_turn(group);
		for (int i = 0; i < group->npaths; i++)
			add_uses(graph, group, group->paths[i]);
	}
}
