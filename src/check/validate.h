/*
 * validate.h: a record that might be written.
 */
#ifndef INTERLINK_VALIDATE_H
#define INTERLINK_VALIDATE_H

#include "postgres.h"
#include "nodes/execnodes.h"
#include "utils/rel.h"

#include "graph/graph.h"

typedef struct Candidate
{
	ReturnSetInfo *result;
	Relation	rel;
	TupleDesc	desc;
	Graph	   *graph;
	Table	   *table;			/* NULL: without links, lookups and rollups */
	Oid			target;			/* the table, or the partition that was named */
	bool		update;			/* of the row with this primary key */

	/* By column, from 0: */
	bool	   *given;
	bool	   *wrong;			/* has been reported; its value is not known */
	Datum	   *values;			/* given, or else old */
	bool	   *isnull;
	Datum	   *old_values;		/* of the row that would be updated */
	bool	   *old_isnull;
	bool	   *settled;		/* a link column has said what stands in this key */
	const char **shown_as;		/* the link column that a foreign key was given by */
} Candidate;

#define column_name(candidate, att) NameStr(TupleDescAttr((candidate)->desc, (att) - 1)->attname)
#define column_is_known(candidate, att) \
	(!(candidate)->wrong[(att) - 1] && ((candidate)->given[(att) - 1] || (candidate)->update))

/* One row of the result; key may be NULL. */
extern void report_problem(Candidate *candidate, const char *column, const char *key,
						   const char *format,...) pg_attribute_printf(4, 5);
extern char *value_text(Candidate *candidate, AttrNumber att);

/*
 * Rows of text, char **, of a query that reads this table and others as their
 * owners do.
 */
extern List *rows_of_query(Oid relid, const char *sql, int n, Oid *types, Datum *values);

/* validate_link.c: given link columns, and the foreign keys that follow from them */
extern void validate_links(Candidate *candidate);

/* A column of the foreign key beside a link column. */
typedef struct KeyColumn
{
	bool		stands;			/* it is not NULL, nor wrong */
	bool		open;			/* it gets a default that nobody can tell yet */
	Datum		value;
} KeyColumn;

/* A link column whose keys are in question. */
typedef struct LinkInQuestion
{
	Candidate  *candidate;
	Field	   *field;
	LinkDefinition *link;
	Table	   *far;			/* the linked table */
	KeyReader  *shown;			/* its columns that have the keys */
	int			nkeys;
	Datum	  **keys;			/* of that shape */
	KeyColumn  *beside;			/* the foreign key in the same row, if there is one */
} LinkInQuestion;

/* validate_beside.c: link columns and the foreign keys beside them */
extern void read_key_beside(LinkInQuestion *asked);
extern bool agrees_with_key(LinkInQuestion *asked);
extern bool link_changes(LinkInQuestion *asked);

/* The one of the two that changes wins; both must agree.  False: the key wins. */
extern bool settle_foreign_key(LinkInQuestion *asked);

/* validate_computed.c: values given for lookups, rollups and generated columns */
extern void validate_computed(Candidate *candidate);

/* validate_key.c: what may not be NULL, foreign keys; a key in a report */
extern void validate_required(Candidate *candidate);
extern void validate_foreign_keys(Candidate *candidate);
extern char *key_columns_text(Candidate *candidate, int n, const AttrNumber *atts);
extern char *key_values_text(Candidate *candidate, int n, const AttrNumber *atts);

/* validate_unique.c */
extern void validate_unique_keys(Candidate *candidate);

#endif
