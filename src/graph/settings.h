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

#endif
