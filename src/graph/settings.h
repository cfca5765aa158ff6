/*
 * settings.h: the settings under which values are made and definitions read.
 */
#ifndef INTERLINK_SETTINGS_H
#define INTERLINK_SETTINGS_H

/*
 * Nothing but pg_catalog is visible, and dates, floats and the like have one
 * spelling, until the level returned is left with AtEOXact_GUC(true, level).
 */
extern int	settings_enter(void);

/* Who runs the code, to be restored. */
typedef struct Identity
{
	Oid			userid;
	int			sec_context;
} Identity;

/* Expressions are read and compiled as the owner of the field's table. */
extern void identity_enter(Identity *outer, Oid owner);
extern void identity_leave(const Identity *outer);

#endif
