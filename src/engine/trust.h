/*
 * trust.h: queries of the engine that read each table as its owner does.
 */
#ifndef INTERLINK_TRUST_H
#define INTERLINK_TRUST_H

/*
 * Lets this query read each of its tables as the owner of that table: free of
 * row security, and of what has become of the rights of the holder's owner.
 * Expressions in it still run as the current user.  To be called in a memory
 * context that lives until trust_leave().
 */
extern void trust_query(const char *sql);

/* Around each use: returns what trust_leave() has to be given. */
extern const char *trust_enter(void);
extern void trust_leave(const char *outer);

extern void trust_init(void);

#endif
