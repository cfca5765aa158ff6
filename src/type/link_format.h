/*
 * link_format.h: what the files of the type share among themselves.
 *
 * A Link is a value as it is stored.  A LinkView is the same value taken apart
 * for reading: all code but what knows the stored form (link_stored.h) reads through views and writes
 * through a LinkWriter.
 */
#ifndef INTERLINK_LINK_FORMAT_H
#define INTERLINK_LINK_FORMAT_H

#include "compat.h"

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "utils/uuid.h"

#include "type/link.h"

/* How the keys of a value are stored. */
#define LINK_FLAT				1	/* one after the other */
#define LINK_BLOCKS				2	/* in blocks, by what they differ in */

/* So few keys are stored one after the other whatever they are. */
#define LINK_FLAT_KEYS			16

/* More keys than this no block holds. */
#define LINK_BLOCK_LIMIT		2048

/* Flags of a value. */
#define LINK_ORDERED			0x01	/* keys keep the order written */
#define LINK_TO_ONE				0x02	/* for a column of one key */
#define LINK_KNOWN_FLAGS		(LINK_ORDERED | LINK_TO_ONE)

/* A value as stored; link_format.c describes what follows the header. */
typedef struct Link
{
	int32		vl_len_;		/* varlena header (do not touch directly!) */
	uint8		version;		/* LINK_FLAT or LINK_BLOCKS */
	uint8		kind;
	uint8		flags;
	uint8		reserved;
} Link;

#define LINK_HEADER_SIZE		4	/* version, kind, flags, reserved */

/* Strategies of the GIN operator class; those with an array come after. */
#define LINK_CONTAINS			1
#define LINK_CONTAINED			2
#define LINK_OVERLAPS			3
#define LINK_EQUAL				4
#define LINK_ARRAY_STRATEGIES	10

/* Kinds whose keys can be compared with each other. */
typedef enum LinkFamily
{
	LINK_FAMILY_INTEGER,
	LINK_FAMILY_UUID,
	LINK_FAMILY_STRING
} LinkFamily;

/* One key in memory; which member counts follows from the family. */
typedef struct LinkKey
{
	union
	{
		int64		number;
		unsigned char uuid[UUID_LEN];
		struct
		{
			const char *data;
			int			length;
		}			text;
	};
} LinkKey;

typedef struct LinkCursor LinkCursor;	/* link_blocks.h */
typedef struct LinkPacker LinkPacker;

typedef struct LinkView
{
	LinkKind	kind;
	uint8		flags;
	int			nkeys;
	const char *body;			/* what follows the header */
	Size		size;
	int			width;			/* bytes of a key, 0 where lengths differ */
	const char *keys;			/* flat: the keys, or all texts one after the other */
	const char *ends;			/* flat: where each text ends; unaligned uint32 */
	LinkCursor *cursor;			/* in blocks: reads them; else NULL */
	void	   *owned;			/* a copy that belongs to the view, or NULL */
} LinkView;

typedef struct LinkWriter
{
	LinkKind	kind;
	uint8		flags;
	int			nkeys;			/* keys of the value */
	Size		flat_size;		/* of the whole value if it is flat */
	LinkPacker *packer;			/* writes blocks; NULL: the value is flat */
	Link	   *link;
	int			width;
	int			written;		/* keys written so far */
	uint32		used;			/* bytes of text written so far */
	char	   *keys;
	char	   *ends;
} LinkWriter;

/* What came of reading a text as a key. */
typedef enum LinkReading
{
	LINK_KEY_GOOD,
	LINK_KEY_MALFORMED,
	LINK_KEY_OUT_OF_RANGE
} LinkReading;

#define LinkGetDatum(link)		PointerGetDatum(link)
#define PG_RETURN_LINK(link)	PG_RETURN_POINTER(link)

/* link_format.c */
pg_noreturn extern void link_refuse_damaged(void);
extern LinkView link_view(Datum datum);
extern void link_view_free(LinkView *view);
extern LinkKey link_view_key(const LinkView *view, int i);
extern bool link_view_find(const LinkView *view, const LinkKey *key, int *position);
extern Size link_view_text_bytes(const LinkView *view);
extern bool link_view_identical(const LinkView *a, const LinkView *b);

/* link_writer.c */
extern void link_writer_start(LinkWriter *writer, LinkKind kind, uint8 flags,
							  int nkeys, Size text_bytes);
extern void link_writer_copy(LinkWriter *writer, const LinkView *view, int from, int to);
extern void link_writer_key(LinkWriter *writer, const LinkKey *key);
extern Link *link_writer_finish(LinkWriter *writer);
extern Link *link_build(LinkKind kind, uint8 flags, int nkeys, const LinkKey *keys);

/* link_canonical.c */
extern Link *link_canonical(LinkKind kind, uint8 flags, int nkeys, LinkKey *keys);
extern void link_check_cardinality(uint8 flags, int nkeys);
extern int	link_keys_sort(LinkFamily family, int nkeys, LinkKey *keys);

static inline bool
link_is_sorted(const LinkView *view)
{
	return view->kind != LINK_UNRESOLVED && !(view->flags & LINK_ORDERED);
}

/* White space as in arrays, and the same in every locale. */
static inline bool
link_is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* link_key.c */
extern LinkFamily link_kind_family(LinkKind kind);
extern int	link_kind_width(LinkKind kind);
extern int	link_key_compare(LinkFamily family, const LinkKey *a, const LinkKey *b);
extern LinkReading link_number_fit(LinkKind kind, int64 number);
extern int	link_whole_length(const char *text, int length);
extern LinkReading link_key_read(LinkKind kind, const char *data, int length, LinkKey *key);
pg_noreturn extern void link_key_refuse(LinkReading reading, LinkKind kind,
										const char *data, int length);
extern char *link_key_text(LinkFamily family, const LinkKey *key, int *length);
extern uint64 link_key_hash(LinkFamily family, const LinkKey *key, uint64 seed);
extern LinkKey link_key_from_datum(LinkKind kind, Datum value);
extern Datum link_key_to_datum(LinkKind kind, const LinkKey *key);

/* link_parse.c, link_json.c */
extern Link *link_parse(const char *text, int length);
extern bool link_is_json_object(const char *text, int length);
extern Link *link_parse_json(const char *text, int length);
extern Link *link_from_json_value(Oid type, Datum value);

/* link_typmod.c */
extern bool link_kind_parse(const char *text, LinkKind *result);
extern const char *link_kind_name(LinkKind kind);
extern uint8 link_typmod_flags(int32 typmod);

/* link_convert.c */
extern int	link_convert_keys(const LinkView *view, LinkKind kind, bool strict, LinkKey *keys);
extern Link *link_apply_typmod(Datum link, int32 typmod);
extern void link_view_convert(LinkView *view, LinkKind kind, uint8 flags);
extern int	link_view_read_as(LinkView *view, LinkKind kind, uint8 flags);
extern void link_view_sort(LinkView *view);

/* link_set.c */
typedef struct LinkPair
{
	LinkView	a;
	LinkView	b;
	int			impossible_a;	/* keys of a that cannot be in any b */
	int			impossible_b;
} LinkPair;

extern LinkPair link_pair(Datum a, Datum b);
extern LinkPair link_pair_views(LinkView a, LinkView b);
extern void link_pair_free(LinkPair *pair);
extern bool link_pair_equal(LinkPair *pair);
extern int	link_pair_compare(LinkPair *pair);
extern bool link_pair_contains(LinkPair *pair);
extern bool link_pair_contained(LinkPair *pair);
extern bool link_pair_overlaps(LinkPair *pair);

/* link_edit.c */
extern Link *link_edit(const LinkView *base, uint8 flags,
					   int nremove, LinkKey *remove, int nadd, LinkKey *add);

/* link_operand.c */
typedef struct LinkOperand
{
	Oid			type;			/* of a key; InvalidOid until looked up */
	int16		typlen;
	bool		typbyval;
	char		typalign;
	Oid			base;			/* with domains peeled off */
	bool		settings;		/* output depends on settings */
	FmgrInfo	output;
} LinkOperand;

extern bool link_operand_is_json(const LinkOperand *operand);
extern LinkOperand *link_operand_for(FmgrInfo *flinfo, Oid type);
extern LinkReading link_operand_key(LinkOperand *operand, Datum value, LinkKind kind,
									LinkKey *key, const char **text, int *length);
extern LinkView link_operand_view(LinkOperand *operand, int nvalues, const Datum *values,
								  const bool *nulls, LinkKind kind, uint8 flags,
								  bool strict, int *impossible);
extern LinkView link_array_view(FmgrInfo *flinfo, Datum array, LinkKind kind,
								uint8 flags, bool strict, int *impossible);
extern char *link_output_text(LinkOperand *operand, Datum value);

/* What is put in or taken out may be NULL: then the link stays as it is. */
#define LINK_RETURN_IF_NULL_OPERAND() \
	do { \
		if (PG_ARGISNULL(0)) \
			PG_RETURN_NULL(); \
		if (PG_ARGISNULL(1)) \
			PG_RETURN_DATUM(PG_GETARG_DATUM(0)); \
	} while (0)

#endif
