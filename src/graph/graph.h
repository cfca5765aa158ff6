/*
 * graph.h: the definitions, resolved.
 *
 * Everything is a step: equality between columns of one table (near) and
 * columns of another (far).  A field is a holder table, a path of steps, an
 * expression over the far row and an aggregator.  Fields of one table that are
 * found by the same columns (the anchor) and stand at the same level of the
 * field graph form a group: they are maintained together, one UPDATE per row.
 *
 * The graph is built from the catalog on first use and built anew after any
 * invalidation that concerns it.  A graph that is pinned is never freed, so
 * that what was noted under it can be finished under it.
 */
#ifndef INTERLINK_GRAPH_H
#define INTERLINK_GRAPH_H

#include "postgres.h"
#include "access/attmap.h"
#include "access/attnum.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "nodes/bitmapset.h"
#include "nodes/execnodes.h"
#include "nodes/lockoptions.h"
#include "nodes/pg_list.h"

#include "graph/catalog.h"

/* From one place of an ordered link to the next, when it is appended. */
#define POSITION_STEP 1000

typedef struct Graph Graph;
typedef struct Table Table;
typedef struct FieldGroup FieldGroup;
typedef struct Field Field;
typedef struct Path Path;
typedef struct Step Step;
typedef struct Use Use;

/* How keys of one shape are compared; both sides of a step share a shape. */
typedef struct KeyShape
{
	int			n;
	Oid		   *type;
	int16	   *typlen;
	bool	   *typbyval;
	Oid		   *collation;
	FmgrInfo   *equal;
	FmgrInfo   *compare;
	FmgrInfo   *hash;			/* without function: the type has none */
	bool	   *identical;		/* what is equal is the same image */
	char	  **operator;		/* of equality, for SQL */
	int32		row_typmod;		/* of several columns: the row type that they make */
	bool		integer;		/* one column of type int2, int4 or int8 */
} KeyShape;

/* Reads a key of a shape from the columns of a row. */
typedef struct KeyReader
{
	KeyShape *shape;
	AttrNumber *att;
	FmgrInfo  **cast;			/* NULL where the column has the shape's type */
} KeyReader;

typedef enum StepKind
{
	STEP_FORWARD,				/* near references far: at most one far row */
	STEP_BACKWARD,				/* far references near */
	STEP_EQUAL					/* no foreign key: either side may be missing */
} StepKind;

struct Step
{
	StepKind	kind;
	bool		immediate;		/* the foreign key is checked by statement end */
	bool		far_unique;		/* at most one far row for a near row */
	Oid			constraint;		/* the foreign key, or InvalidOid */
	Table	   *near;
	Table	   *far;
	bool		optional;		/* a near row may have no key, or half of one */
	KeyReader	near_key;
	KeyReader	far_key;
	Oid			near_index;		/* btree over the near columns, or InvalidOid */
	Oid			far_index;
	Oid			unique_index;	/* of a relation: what makes the one far row the only one */
};

struct Path
{
	int64		link_id;		/* 0: a relation */
	bool		at_target;
	int64		relation_id;
	int			nsteps;
	Step	   *steps;
	bool		to_one;
	bool		one_to_one;
	bool		forward;		/* the holder has the key of its one linked row */
	bool		filled;			/* so that its fields are filled before it is stored */
	bool		guarded;		/* rows may be missing or many: keys are locked, not rows */
	bool		may_branch;		/* to two rows, where one is meant */
	bool		repeats;		/* a junction may have the same pair twice */
	bool		distinct;		/* a row that is reached several times counts once */
	KeyReader  *shown;			/* what linked rows are known by, in the last table */
	LinkKind	kind;			/* of such keys */
	bool		respelled;		/* they may be equal and look different */
	Bitmapset  *cleared;		/* columns of a foreign key that are NULL without a link */
	Bitmapset  *fixed;			/* and those that a link does not change */
	AttrNumber	position;		/* of the first far table: the order of the rows; 0: their keys */
	Oid			sequence;		/* that positions are drawn from, or InvalidOid */
};

/* What the algebra of an aggregate lets us do with a changed value. */
typedef enum Algebra
{
	ALGEBRA_COUNT,				/* add or take away a whole number */
	ALGEBRA_SUM,				/* add or take away the value */
	ALGEBRA_EXTREME,			/* compare; recompute when the extreme leaves */
	ALGEBRA_SET,				/* put a key in or take it out */
	ALGEBRA_VALUE,				/* the value of the only linked row */
	ALGEBRA_NONE				/* recompute */
} Algebra;

typedef struct Aggregator
{
	const char *name;
	Algebra		algebra;
	bool		takes_value;	/* false: count(*) */
	int			direction;		/* of an extreme: -1 least, 1 greatest */
	const char *call;			/* SQL; %v the value, %o ORDER BY, %s separator */
	const char *empty;			/* SQL of the value without linked rows, or NULL */
} Aggregator;

struct Field
{
	FieldDefinition *definition;
	Table	   *holder;
	AttrNumber	attnum;
	Oid			type;
	int32		typmod;
	Oid			collation;
	int16		typlen;
	bool		typbyval;
	const Aggregator *aggregator;
	Algebra		algebra;		/* the aggregator's, where the types allow it */
	Path	   *path;
	Node	   *expr;			/* over the row at value_position, or also the
								 * junction's; NULL: none */
	int			value_position; /* 0 for a link column beside its own key */
	int			needed_position;	/* rows up to here must be there to count */
	bool		asks_far_row;	/* the change of an edge is told by the row it leads to */
	Oid			value_type;
	int16		value_typlen;
	bool		value_typbyval;
	Bitmapset  *value_columns;	/* that expr reads */
	Bitmapset  *junction_columns;	/* that it reads of position 1 besides */
	Bitmapset  *order_columns;	/* at position 1, that the order of the values comes from */
	ExprState  *state;			/* expr, compiled; NULL: not yet */
	bool		fixed_settings;	/* it has to be evaluated under these */
	FmgrInfo   *compare;		/* of an extreme */
	bool		exact_scale;	/* numeric values all have one scale */
	bool		has_empty;
	Datum		empty;			/* value without linked rows; NULL if !has_empty */
	bool		editable;		/* a link column: writes change the storage */
	bool		beside;			/* its own foreign key, in the same row */
	bool		local;			/* and can be told from that alone */
	int32		link_typmod;	/* of a link column: relationship, kind of keys, order */
	Oid			key_type;		/* of the elements of an array; InvalidOid: a link */
	bool		recursive;		/* reads itself, over a link of the table to itself */
	int			level;
	FieldGroup	   *group;
	int			index;			/* in the group */
};

struct FieldGroup
{
	Table	   *holder;
	KeyReader	anchor;
	Oid			index;			/* btree over the anchor */
	bool		keyed;			/* the anchor is a key of the holder */
	int			level;
	Path	   *tree;			/* that fields which read themselves go; or NULL */
	Table	   *turn;			/* the table at whose turn it is seen to */
	int			nfields;
	Field	  **fields;
	int			npaths;
	Path	  **paths;			/* distinct paths of the fields */
	List	   *plans;			/* prepared queries of the engine */
	int			number;			/* in the graph */
};

/* A row that has to be locked and read again when an edge at it changes. */
typedef struct Anchorage
{
	Table	   *table;
	KeyReader	key;			/* of the changed row */
	Oid			index;			/* unique index of the table to find it by */
	KeyReader	far_key;		/* the columns of that index */
} Anchorage;

/* The place at which rows of a table concern a group. */
struct Use
{
	Table	   *table;
	FieldGroup	   *group;
	Path	   *path;
	int			position;		/* 0 holder, 1 .. nsteps along the path */
	bool		on_insert;
	bool		on_delete;
	Bitmapset  *columns;		/* an UPDATE of others does not matter */
	Bitmapset  *edge_columns;	/* those of them that are keys of steps */
	KeyReader	key;			/* anchor at 0 and 1; key of the step before, else */
	List	   *fields;			/* Field *, of this path */
	Anchorage  *lock;			/* NULL: none */
	Step	   *far_side;		/* of a guarded path: the step whose far key the row has; or NULL */
	Step	   *near_side;		/* likewise the step whose near key it has */
	int			reach;			/* the last position that matters */
	int			number;
};

/* One by which rows are found, and which BEFORE triggers have to compute for themselves. */
typedef struct GeneratedColumn
{
	AttrNumber	att;
	Bitmapset  *sources;		/* the columns that it is made of */
	Node	   *expr;			/* over a row of the table */
	ExprState  *state;			/* compiled; NULL: not yet */
	int16		typlen;
	bool		typbyval;
} GeneratedColumn;

/* A table that holds rows: the table itself, or a leaf of a partitioned one. */
typedef struct Part
{
	Oid			relid;
	AttrMap    *map;			/* column of the table -> column here; NULL: the same */
} Part;

struct Table
{
	Oid			relid;
	char	   *name;			/* qualified and quoted, for SQL */
	char	   *label;			/* in quotes, for messages */
	Oid			owner;
	int			rank;			/* order of locking */
	int			nkey;
	AttrNumber *key;			/* primary key */
	KeyReader	key_reader;
	Oid			key_index;
	bool		partitioned;
	int			nparts;
	Part	   *parts;			/* in the order of their oids; see table_parts() */
	TupleDesc	desc;			/* of a partitioned table */
	List	   *partitions;		/* Oid: leaves and what is between them and the table */
	Bitmapset  *partition_key;	/* columns whose UPDATE may move a row */
	List	   *fields;			/* Field * held */
	List	   *groups;			/* FieldGroup * held */
	List	   *uses;			/* Use * */
	List	   *orders;			/* Path *, whose position column is here */
	Bitmapset  *computed;		/* columns of lookups and rollups */
	Bitmapset  *links;			/* link columns */
	Bitmapset  *watched;		/* columns whose UPDATE must be noticed */
	Bitmapset  *captured;		/* those of them that capture_row() compares */
	Bitmapset  *lent;			/* columns that fields ask_far_row for */
	Bitmapset  *settled;		/* columns that BEFORE triggers look at */
	List	   *generated;		/* GeneratedColumn *, made of some of those */
	bool		before;			/* needs the BEFORE ROW triggers; see table_settles_updates() */
	bool		beside;			/* has link columns beside their own keys */
	bool		late;			/* has a foreign key that may be checked at commit */
	bool		lock_early;		/* rows that it leads to are locked by those */
	LockTupleMode lock;			/* enough for whatever we write to its rows */
	bool		fields_in_keys; /* a field belongs to a foreign key, or to what one may point at */
};

struct Graph
{
	MemoryContext context;
	int			pins;
	Oid			catalogs[3];	/* of links, fields and relations */
	Oid		   *watched;		/* relations whose invalidation concerns it, sorted */
	int			nwatched;
	List	   *tables;
	List	   *links;			/* LinkDefinition * */
	List	   *relations;		/* RelationDefinition * */
	List	   *fields;			/* Field * */
	List	   *unresolved;		/* FieldDefinition *, stored but not to be made out */
	bool		protected;		/* what the fields need is known to pg_depend */
	List	   *groups;
	List	   *uses;
	int			npartitions;
	struct PartitionEntry *partitions;	/* of all tables, by oid */
	int			levels;
	List	   *plans;			/* SPIPlanPtr, freed with the graph */
};

/* Rows with positions are looked at when they get another key. */
#define table_settles_updates(table) ((table)->before || (table)->orders)

/* Must holders be locked before a row that leads to them is written? */
#define use_locks_early(use) \
	((use)->position == 1 && (use)->group->keyed && \
	 (use)->group->holder->lock == LockTupleExclusive)

/* The type of a column of keys, and a key as the text that a link of other keys holds. */
extern char *key_type_sql(KeyShape *shape, int i);
extern char *key_text_sql(KeyShape *shape, char **columns);

/* The graph as of now. */
extern Graph *graph_get(void);

/* Is there a graph, and has nothing changed since it was built? */
extern bool graph_is_current(void);
/* The graph as it was when it was last built; NULL: never. */
extern Graph *graph_before(void);
extern void graph_pin(Graph *graph);
extern void graph_unpin(Graph *graph);

/* Makes every session build its graph anew; called after each change of the
 * catalog, with the tables on the way of what changed. */
extern void graph_changed(void);

/*
 * Another number than before: the definitions may have changed, by whomever.
 * Whoever compares asks before graph_get(): a change may come while it builds.
 */
extern int	graph_generation(void);
extern void graph_init(void);

extern Table *graph_table(Graph *graph, Oid relid);

/* NULL: the column is not generated, or no row is found by it before it is stored. */
extern GeneratedColumn *find_generated(Table *table, AttrNumber att);

/* The table that this is, or is a partition of; part: NULL where that holds no rows. */
extern Table *graph_table_of(Graph *graph, Oid relid, Part **part);

/*
 * The tables that hold the rows, as of now: a pinned graph may not know a column or
 * partition that has come since.  The caller has opened the table, with a lock.
 */
extern Part *table_parts(Table *table, Relation rel, int *nparts);
extern Field *graph_field(Graph *graph, int64 id);
extern Field *graph_field_by_name(Graph *graph, Oid holder, const char *name);

/* "link column", "lookup", "rollup", for messages */
extern const char *field_kind_label(Field *field);

/* Does the expression of the field read this column? */
extern bool field_reads(Field *field, Oid relid, AttrNumber attnum);
/* InvalidOid: it has none. */
extern Oid	path_junction(Path *path);
extern LinkDefinition *graph_link(Graph *graph, int64 id);
extern RelationDefinition *graph_relation(Graph *graph, int64 id);

#endif
