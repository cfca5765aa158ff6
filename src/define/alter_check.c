/*
 * alter_check.c: may a link become what alter_link is to make of it?
 *
 * Not if its rows would have to move, if something that was there before the link
 * says otherwise, or if other fields are what they are because of what goes.
 */
#include "postgres.h"

#include "utils/lsyscache.h"

#include "define/alter.h"
#include "define/define.h"
#include "graph/build.h"
#include "relate/relate.h"
#include "type/link.h"

bool
link_shows_ends(LinkDefinition *link)
{
	return strcmp(link->columns, "none") != 0;
}

static void
raise_unalterable(LinkDefinition *link, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("%s cannot be altered in this way", end_label(link)),
			 errdetail("%s", detail),
			 errhint("Drop the link and add it again.")));
}

/* Relationships that have their storage in the same place. */
static bool
same_storage(LinkRelationship a, LinkRelationship b)
{
	return a == b || (a != LINK_MANY_TO_MANY && a != LINK_ONE_TO_MANY &&
					  b != LINK_MANY_TO_MANY && b != LINK_ONE_TO_MANY);
}

/* A foreign key that is not the link's may clear it; then it cannot be NOT NULL. */
static void
check_may_require(LinkDefinition *old, LinkDefinition *new)
{
	ForeignKey	key;

	if (!new->required || old->required || storage_made_foreign_key(new) ||
		strcmp(new->on_delete, "unlink") != 0 ||
		!find_columns_key(storage_table(new), storage_columns(new), storage_referenced(new), &key))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s cannot be required", end_label(new)),
			 errdetail("Its foreign key, which was there before the link, clears %s on delete.",
					   columns_label(key.cleared)),
			 errhint("Drop the link, give the foreign key another ON DELETE, and add the link again with required => true.")));
}

static void
check_options(LinkDefinition *old, LinkDefinition *new)
{
	check_may_require(old, new);
	check_link_options(new);
	if (!same_storage(old->relationship, new->relationship))
		raise_unalterable(old, psprintf("Rows of a %s link are stored elsewhere than those of a %s link.",
										link_relationship_name(new->relationship),
										link_relationship_name(old->relationship)));
	if (strcmp(old->on_delete, new->on_delete) != 0 && !storage_made_foreign_key(old))
		raise_unalterable(old, "Its foreign key was there before the link, and says itself what happens on delete.");
	if (old->relationship != new->relationship && old->relationship == LINK_ONE_TO_ONE &&
		!storage_created(old, "unique"))
		raise_unalterable(old, "Its UNIQUE constraint was there before the link.");
	if (old->required && !new->required && !storage_created(old, "column") &&
		!storage_created(old, "not_null"))
		raise_unalterable(old, "Its foreign key was NOT NULL before the link.");
	if (old->deferred_unique != new->deferred_unique && old->relationship == LINK_ONE_TO_ONE &&
		!storage_created(old, "unique"))
		raise_unalterable(old, "Its UNIQUE constraint was there before the link.");
}

/* The column of a link's order goes, too. */
static void
check_positions_not_read(LinkDefinition *link)
{
	Oid			relid = position_table(link);
	ListCell   *cell;

	for (int at_target = 0; at_target < 2; at_target++)
	{
		char	   *position = position_column(link, at_target);

		foreach(cell, position ? graph_get()->fields : NIL)
		{
			Field	   *field = lfirst(cell);

			if (field_reads(field, relid, get_attnum(relid, position)))
				ereport(ERROR,
						(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
						 errmsg("cannot drop column \"%s\" of %s because other fields depend on it",
								position, table_label(relid)),
						 errdetail("Field \"%s\" of table %s depends on it.",
								   field->definition->name, field->holder->label)));
		}
	}
}

/* What goes with a column or an end must be in nobody's way. */
static void
check_not_read(LinkDefinition *link, bool at_target, bool end_goes)
{
	Oid			holder = end_table(link, at_target);
	AttrNumber	attnum = get_attnum(holder, end_name(link, at_target));
	ListCell   *cell;

	foreach(cell, graph_get()->fields)
	{
		Field	   *field = lfirst(cell);
		bool		over = end_goes && field->path->link_id == link->id &&
		field->path->at_target == at_target;

		if (field->editable ||
			!(over || (attnum > 0 && field_reads(field, holder, attnum))))
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
				 errmsg("cannot take end \"%s\" of %s away because other fields depend on it",
						end_name(link, at_target), table_label(holder)),
				 errdetail("Field \"%s\" of table %s depends on it.", field->definition->name,
						   field->holder->label)));
	}
	if (end_goes && paths_over(catalog_relations(), link->id))
		ereport(ERROR,
				(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
				 errmsg("cannot take end \"%s\" of %s away because relations go over the link",
						end_name(link, at_target), table_label(holder))));
}

static void
raise_needed(const char *what, Field *field)
{
	ereport(ERROR,
			(errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
			 errmsg("cannot change %s because other fields depend on it", what),
			 errdetail("Field \"%s\" of table %s depends on it.",
					   field->definition->name, field->holder->label),
			 errhint("Drop the field, and add it again afterwards.")));
}

/* A lookup is a value where one row is linked, a list where many are: its column would need another type. */
static void
check_no_lookup(LinkDefinition *link, bool at_target)
{
	ListCell   *cell;

	foreach(cell, graph_get()->fields)
	{
		Field	   *field = lfirst(cell);

		if (field->definition->kind == FIELD_LOOKUP && field->path->link_id == link->id &&
			field->path->at_target == at_target)
			raise_needed(psprintf("the relationship of %s", end_label(link)), field);
	}
}

/* So it is over a relation, whose one row is the only one because of this constraint. */
static void
check_unique_not_needed(LinkDefinition *link)
{
	Oid			holder = storage_table(link);
	List	   *columns = storage_columns(link);
	bool		deferrable;
	Oid			index = find_unique_btree(holder, list_length(columns),
										  column_numbers(holder, columns), &deferrable);
	ListCell   *cell;

	foreach(cell, graph_get()->fields)
	{
		Field	   *field = lfirst(cell);

		for (int p = 0; p < field->path->nsteps; p++)
		{
			if (field->path->relation_id != 0 && field->path->to_one &&
				OidIsValid(index) && field->path->steps[p].unique_index == index)
				raise_needed(psprintf("the UNIQUE constraint of %s", end_label(link)), field);
		}
	}
}

/* Fields that show a link column as it is have its type; an array in its place is for other functions. */
static void
check_type_not_needed(LinkDefinition *old, LinkDefinition *new, bool at_target)
{
	Oid			holder = end_table(old, at_target);
	bool		other_columns = strcmp(old->columns, new->columns) != 0;
	ListCell   *cell;

	if (!other_columns && old->ordered == new->ordered && old->relationship == new->relationship)
		return;
	foreach(cell, graph_get()->fields)
	{
		Field	   *field = lfirst(cell);

		if (!field->editable &&
			field_reads(field, holder, get_attnum(holder, end_name(old, at_target))) &&
			(other_columns || link_is_type(field->value_type)))
			raise_needed(psprintf("the type of column \"%s\" of %s", end_name(old, at_target),
								  table_label(holder)), field);
	}
}

static void
check_ends(LinkDefinition *old, LinkDefinition *new)
{
	if (old->inverse && new->inverse && strcmp(old->inverse, new->inverse) != 0)
		raise_unalterable(old, "Its other end has a name already; ALTER TABLE ... RENAME COLUMN gives it another.");
	if (new->inverse && old->inverse == NULL)
		check_end_free(new->target, new->inverse);
	if (old->inverse && new->inverse == NULL)
		check_not_read(old, true, true);
	if (old->ordered && !new->ordered)
		check_positions_not_read(old);
	if (old->relationship == LINK_ONE_TO_ONE &&
		(new->relationship != LINK_ONE_TO_ONE || old->deferred_unique != new->deferred_unique))
		check_unique_not_needed(old);
	for (int at_target = 0; at_target < 2; at_target++)
	{
		if (link_shows_ends(old) && !link_shows_ends(new) && end_name(old, at_target))
			check_not_read(old, at_target, false);
		if (link_shows_ends(old) && link_shows_ends(new) && end_name(old, at_target) && end_name(new, at_target))
			check_type_not_needed(old, new, at_target);
		if (end_is_to_one(old, at_target) != end_is_to_one(new, at_target))
			check_no_lookup(old, at_target);
	}
}

void
alter_check(LinkDefinition *old, LinkDefinition *new)
{
	check_options(old, new);
	check_ends(old, new);
}
