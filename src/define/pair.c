/*
 * pair.c: the second step of a link made in two.
 *
 * A one-way link of the target that points back is given its missing end: the
 * link stays one, and its storage stays where it is.
 */
#include "postgres.h"

#include "define/define.h"

/* The link that `inverse` means; NULL when it is none. */
LinkDefinition *
pair_find(LinkDefinition *asked)
{
	ListCell   *cell;

	if (asked->inverse == NULL)
		return NULL;
	foreach(cell, catalog_links())
	{
		LinkDefinition *link = lfirst(cell);

		if (link->source == asked->target && link->target == asked->source &&
			strcmp(link->name, asked->inverse) == 0 && link->inverse == NULL)
			return link;
	}
	return NULL;
}

static void
refuse_contradiction(const char *option, LinkDefinition *link, const char *has)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("parameter \"%s\" contradicts %s", option, end_label(link)),
			 errdetail("The link exists already and has %s => '%s'.", option, has),
			 errhint("Leave the parameter out to add the other end as the link stands.")));
}

/* Is the link of this relationship, seen from this end? */
void
pair_check_relationship(LinkRelationship asked, LinkDefinition *link, bool at_target)
{
	LinkRelationship seen = end_relationship(link, at_target);

	if (asked == seen)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("the relationship %s does not fit the other end",
					link_relationship_name(asked)),
			 errdetail("The %s is %s.", end_label(link), link_relationship_name(link->relationship)),
			 errhint("Use relationship => '%s'.", link_relationship_name(seen))));
}

static void
check_agrees(LinkRequest *request, LinkDefinition *link)
{
	LinkDefinition *asked = request->link;

	pair_check_relationship(asked->relationship, link, true);
	if (asked->on_delete && strcmp(asked->on_delete, link->on_delete) != 0)
		refuse_contradiction("on_delete", link, link->on_delete);
	if (asked->columns && strcmp(asked->columns, link->columns) != 0)
		refuse_contradiction("columns", link, link->columns);
	if (asked->required && !link->required)
		refuse_contradiction("required", link, "false");
	if (strcmp(asked->on_taken, "error") != 0 && strcmp(asked->on_taken, link->on_taken) != 0)
		refuse_contradiction("on_taken", link, link->on_taken);
	if (asked->ordered && !link->ordered)
		refuse_contradiction("ordered", link, "false");
	if (asked->deferred_unique && !link->deferred_unique)
		refuse_contradiction("deferred_unique", link, "false");
	if (request->foreign_key || request->junction)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the storage of %s is chosen already", end_label(link)),
				 errhint("Leave foreign_key and junction out.")));
}

void
pair_ends(LinkRequest *request, LinkDefinition *link)
{
	LinkDefinition *asked = request->link;
	List	   *fields = NIL;
	bool		shown = strcmp(link->columns, "none") != 0;

	check_agrees(request, link);
	check_end_free(asked->source, asked->name);
	link->inverse = asked->name;
	if (shown)
		check_end_column(link, true);
	if (position_column(link, true) == NULL)
	{
		position_prepare(link, true);
		position_make(link, true, true);
	}
	catalog_update_link(link);
	if (shown)
		fields = append_id(fields, add_end_column(link, true, asked->comment));
	finish_definition(fields, end_tables(link), true);
}
