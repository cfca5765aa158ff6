/*
 * alter.h: what alter_link is made of.
 */
#ifndef INTERLINK_ALTER_H
#define INTERLINK_ALTER_H

#include "define/define.h"

/* alter_changes.c: a copy of the link with the changes of argument n */
extern LinkDefinition *link_with_changes(FunctionCallInfo fcinfo, int n, LinkDefinition *link);

/* alter_check.c: raises an error if the change cannot be */
extern void alter_check(LinkDefinition *old, LinkDefinition *new);
extern bool link_shows_ends(LinkDefinition *link);

/* link.c */
extern void check_link_options(LinkDefinition *link);
extern void check_relationship_name(const char *name);

/* storage_alter.c: parts of the storage are taken away and made again */
extern const char *on_delete_clause(const char *on_delete);
extern void make_unique(LinkDefinition *link);
extern void make_index(LinkDefinition *link);
extern void drop_unique(Oid holder, List *columns);
extern List *without_mark(List *created, const char *what);
extern void storage_drop_unique(LinkDefinition *link);
extern void storage_forget_index(LinkDefinition *link);
extern void storage_make_unique_or_index(LinkDefinition *link);
extern void storage_set_required(LinkDefinition *link, bool required);
extern void storage_remake_constraint(LinkDefinition *link);

/* end.c: an end gets the type that goes with its link; triggers are gone with the old one */
extern void retype_end_column(LinkDefinition *link, bool at_target);

#endif
