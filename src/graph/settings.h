/*
 * settings.h: the settings and rights under which values are made and
 * definitions read.
 */
#ifndef INTERLINK_SETTINGS_H
#define INTERLINK_SETTINGS_H

#include "postgres.h"

/*
 * Nothing but pg_catalog is visible, and dates, floats and the like have one
 * spelling, until the level returned is left with AtEOXact_GUC(true, level).
 */
extern int	settings_enter(void);

/*
 * What an expression calls when it is read and planned runs with the rights of
 * the owner of the table that holds the field, whoever builds the graph.
 */
typedef struct OwnerRights
{
	Oid			save_userid;
	int			save_sec_context;
} OwnerRights;

extern void owner_rights_enter(OwnerRights *rights, Oid owner);
extern void owner_rights_leave(OwnerRights *rights);

#endif
