/*
 * build.h: the parts that a graph is built from, in the order of building:
 * tables and keys, steps and paths, fields, levels, groups, uses, summaries.
 */
#ifndef INTERLINK_BUILD_H
#define INTERLINK_BUILD_H

#include "utils/relcache.h"

#include "graph/graph.h"

/* All of it, in a memory context of its own below the current one. */
extern Graph *graph_build(void);

/* table.c */
extern Table *build_table(Graph *graph, Oid relid); /* NULL: it is gone */
extern Oid	find_btree_index(Oid relid, int n, const AttrNumber *atts, bool unique);
/* Also one whose rows may be alike for a while (deferrable); alone over the columns. */
extern Oid	find_unique_btree(Oid relid, int n, const AttrNumber *atts, bool *deferrable);
extern Oid	find_foreign_key(Oid referencing, int n, const AttrNumber *from,
							 Oid referenced, const AttrNumber *to, bool *immediate);

/* Its key columns, in its order. */
extern void index_columns(Oid index, AttrNumber *atts);

/* Is there a unique index over no other columns than these? */
extern bool has_unique_among(Oid relid, Bitmapset *columns);
extern bool column_not_null(Oid relid, AttrNumber att);

/*
 * A foreign key of several columns may share some with the primary key or with
 * other foreign keys (a tenant, say).  Those are fixed: they stay as they are
 * when a link is made or broken, unless there are no others.  Of the others,
 * those that may be NULL are cleared when it is broken; both sets begin NULL.
 */
extern void divide_foreign_key(Oid relid, int n, const AttrNumber *atts,
							   Bitmapset **cleared, Bitmapset **fixed);
extern Oid	find_owned_sequence(Oid relid, AttrNumber att);

/* Does a unique index, of the table or one of its partitions, contain the column? */
extern bool column_in_key(Table *table, AttrNumber att);
extern void build_lock_modes(Graph *graph);

/* part.c */
extern void build_parts(Table *table, Relation rel);
extern void build_partition_index(Graph *graph);

/* key.c */
extern KeyShape *build_key_shape(Table *referencing, const AttrNumber *atts,
								 Table *referenced, const AttrNumber *referenced_atts, int n);
extern void build_key_reader(KeyReader *reader, KeyShape *shape,
							 Table *table, const AttrNumber *att);
extern void add_key_columns(Bitmapset **columns, KeyReader *key);

/* path.c */
extern void build_step(Step *step, StepKind kind, Table *near, AttrNumber *near_att,
					   Table *far, AttrNumber *far_att, int n);
extern Path *build_path(Graph *graph, List **paths, LinkDefinition *link, bool at_target);

/* path_relation.c */
extern Path *build_relation_path(Graph *graph, List **paths, FieldDefinition *field);

/* generated.c */
extern void build_settled_key(Table *table, KeyReader *key);

/* order.c */
extern void build_levels(Graph *graph);
extern void build_ranks(Graph *graph);

/* use.c */
extern void build_groups(Graph *graph);
extern void build_uses(Graph *graph);

/* summary.c: of all tables, when fields and uses are known */
extern void summarize_tables(Graph *graph);

#endif
