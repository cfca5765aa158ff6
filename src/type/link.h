/*
 * link.h: the type interlink.link as the rest of the extension sees it.
 *
 * A link is an ordered set of distinct row keys.  Everything below works on
 * detoasted values and allocates its results in the current memory context.
 */
#ifndef INTERLINK_LINK_H
#define INTERLINK_LINK_H

#include "postgres.h"

#include "fmgr.h"

typedef enum LinkRelationship
{
	LINK_ONE_TO_ONE,
	LINK_ONE_TO_MANY,
	LINK_MANY_TO_ONE,
	LINK_MANY_TO_MANY
} LinkRelationship;

/* How the keys of a link are stored and ordered. */
typedef enum LinkKind
{
	LINK_UNRESOLVED,			/* a literal that has not met a typed column */
	LINK_INT2,
	LINK_INT4,
	LINK_INT8,
	LINK_UUID,
	LINK_TEXT,
	LINK_OTHER					/* any other type, as text */
} LinkKind;

/* The modifier packs relationship, kind and order; -1 is no modifier. */
extern int32 link_typmod_make(LinkRelationship relationship, LinkKind kind, bool ordered);
extern LinkRelationship link_typmod_relationship(int32 typmod);
extern LinkKind link_typmod_kind(int32 typmod);
extern bool link_typmod_ordered(int32 typmod);

/* The SQL function that shows a modifier: "(many_to_many,int8)". */
extern Datum link_typmod_out(PG_FUNCTION_ARGS);

/* Reads 'many_to_one' and the like; false when it is none of the four. */
extern bool link_relationship_parse(const char *text, LinkRelationship *result);
extern const char *link_relationship_name(LinkRelationship relationship);

/* The kind that holds keys of this type, and the type its keys are given in. */
extern LinkKind link_kind_for_type(Oid type);
extern Oid	link_kind_type(LinkKind kind);

/*
 * A canonical link of the given modifier from keys of link_kind_type(kind):
 * sorted, distinct (an ordered one keeps the order given).  No key is NULL.
 */
extern Datum link_make(int32 typmod, int nkeys, const Datum *keys);

/*
 * The keys of a link in its own order, as link_kind_type(kind).  An unresolved
 * link is read in the given kind; a key that is impossible there is an error.
 */
extern int	link_keys_of(Datum link, LinkKind kind, Datum **keys);

extern int	link_count(Datum link);

extern bool link_is_type(Oid type);

/* Two links of the same kind, flags and keys, in whatever form they are stored. */
extern bool link_is_same(Datum a, Datum b);

/* The set with keys taken out, then others put in (at the end when ordered). */
extern Datum link_merge(Datum link, int32 typmod,
						int nremove, const Datum *remove,
						int nadd, const Datum *add);

/* The keys of one link that another lacks, as link_kind_type(kind). */
extern int	link_minus(Datum link, Datum other, LinkKind kind, Datum **keys);

#endif
