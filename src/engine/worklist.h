/*
 * worklist.h: what has changed and has not been dealt with yet.
 *
 * Notes are layered by subtransaction: a layer dies with its subtransaction,
 * and a run deals with the notes of the current layer only, so that nothing of
 * an outer statement is lost when an inner one is rolled back.
 */
#ifndef INTERLINK_WORKLIST_H
#define INTERLINK_WORKLIST_H

#include "utils/hsearch.h"

#include "engine/key.h"
#include "engine/row.h"
#include "graph/graph.h"

/* A key that went into (sign 1) or out of (sign -1) a set. */
typedef struct SetChange
{
	Datum		key;
	int			sign;
} SetChange;

/*
 * What is to happen to one field of the rows with one anchor.  There is one for
 * each field of each touched row, so that its size counts.
 */
typedef struct FieldNote
{
	union
	{
		int64		count;		/* ALGEBRA_COUNT: net change */
		int128		sum;		/* ALGEBRA_SUM over integers: net change */
		struct
		{
			Datum		numeric;	/* the same over numeric, when has_numeric */
			int			lost_scale; /* the greatest scale of what went */
		};
		struct
		{
			Datum		added;	/* ALGEBRA_EXTREME: most extreme value that came */
			Datum		removed;	/* and that went */
		};
		struct
		{
			int			nchanges;	/* ALGEBRA_SET */
			int			maxchanges;
			SetChange  *changes;
		};
		Datum		seen;		/* of a field that a BEFORE trigger has filled */
	};
	Datum		value;			/* filled by the run, when computed */
	bool		touched;
	bool		recompute;
	bool		computed;
	bool		isnull;
	bool		has_seen;
	bool		seen_null;
	bool		has_numeric;
	bool		has_added;
	bool		has_removed;
} FieldNote;

/*
 * An edge that came (sign 1) or went (sign -1), whose value stands in the row at
 * its other end; that is read when it has been locked.
 */
typedef struct FarChange
{
	struct FarChange *next;
	Use		   *use;
	int			sign;
	Datum		key[FLEXIBLE_ARRAY_MEMBER]; /* of the row at position 2 */
} FarChange;

/* All that is noted for one anchor of a group. */
typedef struct Unit
{
	FarChange  *far_changes;
	bool		found;			/* the holder's row has been locked, there */
	bool		far_found;		/* likewise the far row of a forward group */
	bool		push;			/* all holders of the anchor must be looked at */
	bool		spilled;		/* nothing is noted here: see spill.c */
	RowAddress	address;
	RowAddress	far_address;
	FieldNote	notes[FLEXIBLE_ARRAY_MEMBER];
} Unit;

/* Keys that a user put into, or took out of, a link column of one row. */
typedef struct LinkEdit
{
	Field	   *field;
	Datum	   *anchor;
	int			nadded;
	Datum	  **added;			/* keys of linked rows, as the next */
	int			nremoved;
	Datum	  **removed;
	int			nkeys;			/* of an ordered link: all keys, as written */
	Datum	  **keys;
} LinkEdit;

/* The units of a group whose fields go over a tree, by the depth of their row. */
typedef struct Agenda
{
	List	   *fresh;			/* keys (Datum *) that are new */
	List	  **at;				/* the others by depth */
	int			ndepths;
	int			next;			/* no depth below it has any */
	int			last;			/* nor above this one */
} Agenda;

typedef struct Spill Spill;

typedef struct Worklist
{
	struct Worklist *below;
	int			nest_level;
	MemoryContext context;
	Graph	   *graph;			/* pinned */
	int			generation;		/* of the definitions */
	KeyTable  **units;			/* by number of the group; data is a Unit */
	Agenda	  **agendas;		/* likewise, of groups that go over a tree */
	KeyTable  **fills;			/* likewise: values that BEFORE triggers fill in */
	KeyTable  **walks;			/* by number of the use: keys of changed rows */
	KeyTable  **locks;			/* by number of the use: neighbours to lock */
	KeyTable  **far_keys;		/* likewise: keys to lock by which rows are found */
	KeyTable  **near_keys;		/* and by which they find others */
	Spill	  **spills;			/* by number of the group: keys in place of units */
	bool	   *refill;			/* by number of the group: every holder */
	KeyTable  **strays;			/* by number of the group: holders without anchor */
	KeyTable  **climbs;			/* by number of the group: where to climb from */
	List	   *edits;			/* LinkEdit * */
	MemoryContext scratch;		/* as long as the table or the edits at work */
	List	   *readers;		/* RowReader *: the tables that the run has open */
	HTAB	   *own_versions;	/* see far_change.c */
	uint64		written;		/* rows that the runs of this layer have written */
	bool		dirty;
	bool		in_statement;	/* at the end of one that is under way */
	int			running;		/* runs and triggers at work on this layer */
	ExprContext *econtext;
} Worklist;

/*
 * The layer of the current subtransaction, made when there is none; and made
 * anew when definitions have changed in the meantime: a trigger of the user may
 * do that in the middle of a statement, and so may other sessions for tables
 * that it has not come to yet.
 */
extern Worklist *worklist_current(void);

/* Likewise, but NULL when there is nothing in it. */
extern Worklist *worklist_pending(void);

/* The table, opened for the run that is at work. */
extern RowReader *worklist_reader(Worklist *work, Table *table);
extern void worklist_close_readers(Worklist *work);

/* Drops an empty layer. */
extern void worklist_finish(Worklist *work);

/* The unit of the group with this anchor. */
extern Unit *worklist_unit(Worklist *work, FieldGroup *group, Datum *anchor);

/* Notes a change of one value, or that nothing but a recomputation will do. */
extern void note_value(Worklist *work, Unit *unit, Field *field, int sign,
					   Datum value, bool isnull);
extern void note_recompute(Worklist *work, Unit *unit, Field *field);

/* Notes what a BEFORE trigger has put into the row. */
extern void note_seen(Worklist *work, Unit *unit, Field *field,
					  Datum value, bool isnull);

extern void note_far_change(Worklist *work, Unit *unit, Use *use, Datum *key, int sign);
extern void note_walk(Worklist *work, Use *use, Datum *key);
extern void note_lock(Worklist *work, Use *use, Datum *key);
extern void note_far_key(Worklist *work, Use *use, Datum *key);
extern void note_near_key(Worklist *work, Use *use, Datum *key);
extern void note_climb(Worklist *work, FieldGroup *group, Datum *key);

/* A row (by primary key) that has no linked row and yet shows something. */
extern void note_stray(Worklist *work, FieldGroup *group, Datum *key);
extern void note_refill(Worklist *work, FieldGroup *group);

/*
 * Fields that were recomputed in this statement: a change noted later may
 * have been seen by the recomputation already, so it is recomputed again.
 */
extern void mark_recomputed(Field *field, uint32 key_hash);
extern bool is_marked(Field *field, uint32 key_hash);

/*
 * Likewise a field that was filled in this statement: it may have seen rows
 * that are noted later, as of a WITH query that the definition stands beside.
 */
extern void mark_filled(int64 id);

extern void worklist_init(void);

#endif
