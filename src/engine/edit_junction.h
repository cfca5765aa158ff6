/*
 * edit_junction.h: the statements that write junction tables.
 */
#ifndef INTERLINK_EDIT_JUNCTION_H
#define INTERLINK_EDIT_JUNCTION_H

#include "engine/edit.h"

typedef enum JunctionStatement
{
	UNLINK_PAIRS,
	LINK_PAIRS,
	MOVE_PAIRS
} JunctionStatement;

/* How a statement reads its pairs, and what is different for a single one. */
typedef struct StatementForm
{
	Field	   *field;
	bool		single;
	bool		positions;
} StatementForm;

/*
 * The parameters of the text are the columns of the anchors, then those of the
 * keys, then the positions: arrays, or the values of a single pair.
 */
extern char *junction_sql(JunctionStatement statement, StatementForm *form);

/* Where in the key a column stands; -1: it does not belong to it. */
extern int	place_in_key(KeyReader *key, AttrNumber att);

#endif
