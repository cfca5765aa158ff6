/*
 * define.h: what the definition functions share.
 *
 * Each of them runs through the same stations: read the arguments, check them,
 * lock the tables, check again what may have changed, change the tables, write
 * the catalog, put up the triggers, fill.  The transaction undoes all of it
 * when one station raises an error.
 */
#ifndef INTERLINK_DEFINE_H
#define INTERLINK_DEFINE_H

#include "postgres.h"
#include "access/attnum.h"
#include "fmgr.h"
#include "nodes/pg_list.h"
#include "storage/lockdefs.h"

#include "graph/catalog.h"

/* argument.c: arguments of the SQL functions, and their values */
extern void check_given(FunctionCallInfo fcinfo, int n, const char *name);
extern Oid	arg_table(FunctionCallInfo fcinfo, int n, const char *name);
extern Oid	arg_type(FunctionCallInfo fcinfo, int n, const char *name);
extern char *arg_name(FunctionCallInfo fcinfo, int n, const char *name);
extern char *arg_name_or_null(FunctionCallInfo fcinfo, int n);
extern List *arg_names_or_null(FunctionCallInfo fcinfo, int n);
extern List *arg_texts(FunctionCallInfo fcinfo, int n, const char *name);
extern char *arg_text(FunctionCallInfo fcinfo, int n, const char *name);
extern char *arg_text_or_null(FunctionCallInfo fcinfo, int n);
extern bool arg_bool(FunctionCallInfo fcinfo, int n, const char *name);
extern void check_option(const char *option, const char *value,
						 const char *const *allowed, int nallowed);
extern void check_supported(bool asked_for, const char *what);

/* check.c: may this be done, to these tables, under this name, by this role? */
extern void check_may_define(const char *function);
extern void check_table_kind(Oid relid);
extern void check_partitions(Oid relid);
extern void check_not_partition_key(Oid relid, const char *column);
extern void check_owner(Oid relid);
extern void check_far_rights(Oid relid);
extern void check_reads(Oid holder, Oid relid);
extern void check_column_free(Oid relid, const char *name);
extern void check_end_free(Oid relid, const char *name);
extern void check_function_free(Oid relid, const char *name);

/* key.c: keys, foreign keys and indexes that a table has */
typedef struct ForeignKey
{
	Oid			oid;
	Oid			referenced;
	List	   *columns;		/* of char *, as the next */
	List	   *referenced_columns;
	char		on_delete;		/* pg_constraint.confdeltype */
	List	   *cleared;		/* of char *: those that ON DELETE SET NULL is for */
	bool		deferrable;
	bool		deferred;		/* INITIALLY DEFERRED */
	bool		validated;
} ForeignKey;

extern void check_has_key(Oid relid);
extern List *key_column_names(Oid relid);
extern AttrNumber *column_numbers(Oid relid, List *names);
extern void check_key_types(Oid relid, List *columns);
extern Oid	find_plain_index(Oid relid, List *columns);
extern bool columns_are_not_null(Oid relid, List *columns);
extern bool any_column_is_generated(Oid relid, List *columns);
extern bool find_columns_key(Oid relid, List *columns, Oid referenced, ForeignKey *found);
extern List *foreign_keys(Oid relid);	/* of ForeignKey * */
extern bool same_columns(List *a, List *b);	/* in whatever order */
extern char *columns_text(List *names);	/* for SQL: quoted, with commas */
extern char *columns_label(List *names);	/* for messages: column "a", columns "a", "b" */
extern Oid	column_type(Oid relid, AttrNumber attnum, int32 *typmod, Oid *collation);

/* ddl.c: statements, as the role that has the right to run them */
extern bool running_own_statement(void);
extern void run_as(Oid role, const char *format,...) pg_attribute_printf(2, 3);
/*
 * A write as of a user's, whose triggers fire under the settings of the session:
 * names and operators in the statement must be qualified.
 */
extern void write_as(Oid role, const char *statement);
extern Oid	table_owner(Oid relid);
extern char *table_text(Oid relid);
extern char *table_label(Oid relid);
extern const char *column_text(const char *name);
extern char *type_text(Oid type, int32 typmod, Oid collation);
extern void add_column(Oid relid, const char *name, Oid type, int32 typmod,
					   Oid collation, const char *constraints);
extern void comment_column(Oid relid, const char *name, const char *comment);

/* table_lock.c: the order in which a definition locks its tables */
typedef struct TableLocks
{
	List	   *locks;			/* of type TableLock, which is private */
} TableLocks;

extern void table_locks_add(TableLocks *locks, Oid relid, LOCKMODE mode);
extern void table_locks_take(TableLocks *locks);

/* link.c, pair.c: links and their ends */
typedef struct LinkRequest
{
	LinkDefinition *link;		/* NULL in on_delete, columns: not given */
	List	   *foreign_key;	/* NIL: not given, as the next */
	char	   *junction;
	Oid			junction_schema;
	char	   *junction_name;
	bool		adopted;		/* the storage was there before */
	bool		has_key;		/* and the foreign key on it, too */
} LinkRequest;

extern LinkDefinition *pair_find(LinkDefinition *asked);
extern void pair_check_relationship(LinkRelationship asked, LinkDefinition *link, bool at_target);
extern void pair_ends(LinkRequest *request, LinkDefinition *other);

/* end.c: the two ends of a link */
extern LinkRelationship end_relationship(LinkDefinition *link, bool at_target);
extern Oid	end_table(LinkDefinition *link, bool at_target);
extern char *end_name(LinkDefinition *link, bool at_target);
extern char *end_label(LinkDefinition *link);
extern List *end_tables(LinkDefinition *link);
extern bool end_is_to_one(LinkDefinition *link, bool at_target);
extern void check_end_column(LinkDefinition *link, bool at_target);
extern int64 add_end_column(LinkDefinition *link, bool at_target, const char *comment);

/* storage.c, storage_drop.c, junction.c, junction_adopt.c: where the keys of a link live */
extern Oid	storage_table(LinkDefinition *link);
extern Oid	storage_referenced(LinkDefinition *link);
extern List *storage_columns(LinkDefinition *link);
extern bool storage_has_column(LinkDefinition *link, const char *column);
extern bool storage_is_required(Oid holder, List *columns);
extern char *on_delete_word(char action);
extern void check_validated(Oid holder, ForeignKey *key);
extern char *storage_default_name(LinkDefinition *link, const char *suffix);
extern void check_may_move(LinkDefinition *link, bool required);
extern void storage_prepare(LinkRequest *request);
extern void storage_make(LinkRequest *request);
extern bool storage_created(LinkDefinition *link, const char *what);
extern bool storage_made_foreign_key(LinkDefinition *link);
extern void storage_drop(LinkDefinition *link, bool cascade);
extern void storage_drop_index(LinkDefinition *link, Oid holder, List *columns);
extern void junction_find(LinkRequest *request);
extern void junction_prepare(LinkRequest *request);
extern void junction_make(LinkRequest *request);
extern void junction_drop(LinkDefinition *link, bool cascade);
extern void junction_adopt(LinkRequest *request);
extern void junction_make_indexes(LinkDefinition *link);

/* position.c: the columns that keep the order of an ordered link */
extern Oid	position_table(LinkDefinition *link);
extern char *position_column(LinkDefinition *link, bool at_target);
extern bool position_is(LinkDefinition *link, const char *column);
extern void position_prepare(LinkDefinition *link, bool at_target);
extern void position_make(LinkDefinition *link, bool at_target, bool fill);
extern void position_drop(LinkDefinition *link, bool cascade);

/* via.c: the way that a lookup or rollup goes: over a link or a relation */
struct Route;

typedef struct Way
{
	LinkDefinition *link;		/* NULL: a relation */
	bool		at_target;		/* at which end of the link it starts */
	struct Route *route;
} Way;

extern LinkDefinition *find_end(List *links, Oid relid, const char *name, bool *at_target);
extern Way *via_find(Oid holder, const char *via);
extern Oid	way_target(Way *way);
extern Oid	way_junction(Way *way);
extern bool way_is_to_one(Way *way);
extern List *way_tables(Way *way);

/* via_relation.c: relations that lookups and rollups may go over */
extern void check_relation_way(Way *way, Oid holder);
extern void make_way_indexes(Way *way);
extern List *relation_field_tables(FieldDefinition *field);
extern List *fields_over_relation(int64 id);

/* finish.c: after the catalog has been written */
extern List *append_id(List *ids, int64 id);
extern void finish_definition(List *field_ids, List *relids, bool fill);

/* triggers.c */
struct Table;
struct Part;
extern void triggers_sync(Oid relid);
extern void triggers_follow(Oid relid); /* constraints have changed */
extern void triggers_attach(Oid relid, Oid partition);
extern void triggers_detach(Oid partition);
extern List *triggers_wanted(struct Table *table);	/* names, char * */
extern List *triggers_wanted_by_partition(struct Table *table, struct Part *part);
extern void triggers_drop(Oid relid);
extern void triggers_restore(Oid relid);	/* drops ours and makes them anew */

#endif
