/*
 * ddl.h: what happens to definitions when users rename, alter and drop things.
 *
 * event.c asks of every such statement whether it concerns us; rename.c makes
 * the catalog follow, refuse.c stops what would make values wrong in silence,
 * protect.c tells PostgreSQL what fields need, dropped.c tidies up after drops,
 * partition.c looks after partitions that come and go, retype.c after types that
 * show their values otherwise.
 */
#ifndef INTERLINK_DDL_H
#define INTERLINK_DDL_H

#include "catalog/dependency.h"
#include "nodes/parsenodes.h"

#include "graph/graph.h"

/* event.c: false, or NULL, with a warning where definitions cannot be read */
extern bool ddl_try(void (*work) (void *), void *arg);
extern Graph *ddl_graph(void);

/* rename.c: around a statement that changes names, by its parse tree */
extern void rename_begin(Node *statement);
extern void rename_end(Node *statement);

/* refuse.c */
extern void refuse_alter_table(AlterTableStmt *statement);

/* Tables and types (Oid) whose columns change with it, heirs among them. */
extern List *altered_relations(AlterTableStmt *statement);

extern void refuse_inheritance(CreateStmt *statement);
extern void refuse_trigger_rename(RenameStmt *statement);
extern void refuse_schema_rename(RenameStmt *statement);
extern void refuse_trigger_drop(DropStmt *statement);

/* Does the value of the field come from this column? */
extern bool depends_on_column(Field *field, Oid relid, AttrNumber attnum);

/* partition.c: around statements that change which partitions a table has */
extern void partition_alter_begin(AlterTableStmt *statement);
extern void partition_alter_end(AlterTableStmt *statement);
extern void partition_create_begin(CreateStmt *statement);
extern void partition_create_end(CreateStmt *statement);
extern void partition_drop_begin(DropStmt *statement);

/* Tables (Oid) that have lost partitions, asked of the graph that knew them. */
extern List *partition_bereaved(Graph *graph);
extern void partition_mourn(List *relids);

/* retype.c: after a statement, whether it alters a type or not */
extern void retype_end(Node *statement);

/* After columns of these tables have come or gone: some may be of the type of their rows. */
extern void retype_rows(List *relids);

/* What (ObjectAddress *) depends on an object; of a relation, on one column or (0) on any. */
extern List *dependents_of(Oid class, Oid object, int32 column);

/* Tables (Oid) that are declared to be of the type. */
extern List *tables_of_type(Oid type);

/*
 * protect.c: entries of pg_depend.  A protection is what stands in them for the
 * needs of an object: a field's column, or a function.
 */
extern Oid	protection_of(Field *field);	/* InvalidOid: none */
extern bool protection_exists(const ObjectAddress *object);
extern ObjectAddress protection_make(const ObjectAddress *object, const char *name,
									 Oid relid, AttrNumber attnum);
extern void protection_drop(const ObjectAddress *object);
extern void protection_need_columns(ObjectAddresses *needs, Oid relid,
									int n, const AttrNumber *atts);
extern void protection_need_constraint(ObjectAddresses *needs, Oid constraint);
extern void protection_need_index(ObjectAddresses *needs, Oid index);
extern void protect_field(Field *field);
extern void protect_partitions(Table *table);
extern void protect_all(Graph *graph);
extern void protect_forget(Oid relid, const char *column);
extern void protect_forget_all(Graph *graph);
extern void protect_loosen_triggers(Oid relid);

/* dropped.c: after a drop, in an event trigger; names are char * */
extern bool dropped_tidy(void);
extern List *dropped_columns(void);
extern List *dropped_functions(void);
extern bool column_is_gone(List *dropped, Oid relid, const char *name);
extern bool columns_are_gone(List *dropped, Oid relid, List *names);

#endif
