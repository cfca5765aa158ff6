/*
 * catalog.h: rows of the catalog tables as C structs, and how they are read
 * and written.  Reading uses the latest snapshot, whatever the isolation
 * level: a trigger that fires must see the definition that made it.
 */
#ifndef INTERLINK_CATALOG_H
#define INTERLINK_CATALOG_H

#include "postgres.h"
#include "nodes/pg_list.h"

#include "type/link.h"

typedef struct LinkDefinition
{
	int64		id;
	Oid			source;
	char	   *name;
	Oid			target;
	LinkRelationship relationship;
	char	   *inverse;		/* NULL: one-way */
	List	   *source_columns; /* of char *, as the three below */
	List	   *target_columns;
	Oid			junction;		/* InvalidOid: a foreign key */
	List	   *junction_source_columns;
	List	   *junction_target_columns;
	char	   *source_position;	/* NULL: in key order, as the one below */
	char	   *target_position;
	char	   *on_delete;
	char	   *on_taken;
	bool		required;
	bool		ordered;
	bool		deferred_unique;
	char	   *columns;
	List	   *created;		/* of char * */
	char	   *comment;		/* NULL: none */
} LinkDefinition;

typedef enum FieldKind
{
	FIELD_LINK,
	FIELD_LOOKUP,
	FIELD_ROLLUP
} FieldKind;

typedef struct FieldDefinition
{
	int64		id;
	Oid			holder;
	char	   *name;
	FieldKind	kind;
	int64		link_id;		/* 0: none */
	bool		at_target;		/* the holder stands at the target end */
	int64		relation_id;	/* in place of a link; 0: none */
	bool		leads_to_one;	/* that relation, when the field was defined */
	char	   *via;			/* this and what follows: NULL when not given */
	char	   *function;
	char	   *expression;
	char	   *filter;
	char	   *order_by;
	bool		distinct_values;
	int32		max_items;		/* 0: no limit */
	char	   *separator;
	char	   *on_empty;
	char	   *storage;
	bool		ready;
	char	   *comment;
} FieldDefinition;

/* Equality of columns, or a path over other relations and links by their names. */
typedef struct RelationDefinition
{
	int64		id;
	Oid			source;			/* a row type */
	char	   *name;
	Oid			target;
	List	   *local_attributes;	/* of char *, as the next; NIL: a path */
	List	   *remote_attributes;
	bool		is_referencee;
	char	   *order_by;		/* NULL: by the primary key */
	List	   *path;			/* of char *; NIL: no path */
	bool		distinct_rows;
	bool		accessor;
	char	   *comment;		/* NULL: none */
} RelationDefinition;

/* All definitions, ordered by id, allocated in the current memory context. */
extern List *catalog_links(void);
extern List *catalog_fields(void);
extern List *catalog_relations(void);

/* Adds a row; its id is made when it is 0.  Returns the id. */
extern int64 catalog_insert_link(LinkDefinition *link);
extern int64 catalog_insert_field(FieldDefinition *field);
extern int64 catalog_insert_relation(RelationDefinition *relation);

/* Until the end of the transaction nobody else replaces or deletes a row. */
extern void catalog_lock(void);

/* Replaces the row with this id. */
extern void catalog_update_link(LinkDefinition *link);
extern void catalog_update_field(FieldDefinition *field);
extern void catalog_update_relation(RelationDefinition *relation);

extern void catalog_delete_link(int64 id);
extern void catalog_delete_field(int64 id);
extern void catalog_delete_relation(int64 id);

/* Oids of the catalog tables; InvalidOid when the extension is not there. */
extern Oid	catalog_link_relation(void);
extern Oid	catalog_field_relation(void);
extern Oid	catalog_relation_relation(void);

#endif
