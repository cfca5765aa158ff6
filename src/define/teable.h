/*
 * teable.h: a field as Teable's JSON describes it.
 */
#ifndef INTERLINK_TEABLE_H
#define INTERLINK_TEABLE_H

#include "postgres.h"
#include "utils/jsonb.h"

#include "graph/catalog.h"

/*
 * A field is referred to by its name, or by the number that create_field gave,
 * which some clients write as a string: then it may be either.
 */
typedef struct TeableReference
{
	bool		given;
	char	   *name;			/* NULL: by its number */
	bool		has_number;
	int64		number;
} TeableReference;

/* NULL: not given. */
typedef struct TeableField
{
	FieldKind	kind;
	char	   *name;
	char	   *description;
	bool		has_relationship;
	LinkRelationship relationship;
	char	   *foreign_table;
	TeableReference symmetric_field;
	TeableReference link_field;
	TeableReference lookup_field;
	bool		one_way;
	char	   *function;
	char	   *separator;
} TeableField;

/* teable_json.c: all that can be said without a look at the tables is checked. */
extern TeableField *teable_read(Jsonb *definition);

/* teable.c: by what they are called; NULL: not given */
extern Oid	teable_find_table(const char *name);
extern char *teable_name(TeableReference *reference, Oid relid, const char *key);

/* teable_way.c: the way to the linked rows by its name, and their table */
extern char *teable_way(TeableField *field, Oid holder, Oid *far);

/* For messages. */
extern const char *teable_kind_name(FieldKind kind);
pg_noreturn extern void teable_missing(const char *key, FieldKind kind);

#endif
