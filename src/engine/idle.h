/*
 * idle.h: statements that our UPDATE triggers have nothing to do with.
 */
#ifndef INTERLINK_IDLE_H
#define INTERLINK_IDLE_H

extern void idle_init(void);

#endif
