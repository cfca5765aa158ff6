/*
 * edit_key.c: edits of a link whose keys stand in the linked rows.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "engine/edit.h"
#include "engine/engine.h"
#include "engine/key.h"
#include "engine/row.h"
#include "graph/build.h"

/* What is to become of one linked row. */
typedef struct Wish
{
	List	   *leave;			/* anchors (Datum *) that it is to leave */
	Datum	   *join;			/* anchor that it is to join, or NULL */
	Datum	   *list;			/* anchor in whose list it gets a place, or NULL */
	int64		position;		/* that place */
	bool		write;			/* decided under the lock: */
	bool		was_linked;
	Datum	   *value;			/* its new key; NULL: none */
	RowAddress	address;
} Wish;

static void
raise_claimed_twice(Field *field, KeyShape *shape, Datum *key)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNIQUE_VIOLATION),
			 errmsg("link \"%s\" of table %s gives one row to two",
					field->definition->name, field->holder->label),
			 errdetail("Key %s can be linked once.", key_text(shape, key))));
}

static void
raise_taken(Field *field, Table *table, Datum *key, Datum *current)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNIQUE_VIOLATION),
			 errmsg("link \"%s\" of table %s refers to a row that is taken",
					field->definition->name, field->holder->label),
			 errdetail("Key %s of table %s is linked to %s.",
					   key_text(table->key_reader.shape, key), table->label,
					   key_text(field->group->anchor.shape, current)),
			 errhint("Unlink it there, in the same statement or before.")));
}

/* Named by the end at which the key stands, where that has a name. */
static void
raise_required(Field *field, LinkDefinition *link, Table *table, Datum *key)
{
	char	   *name = field->path->at_target ? link->name : link->inverse;

	ereport(ERROR,
			(errcode(ERRCODE_NOT_NULL_VIOLATION),
			 errmsg("link \"%s\" of table %s is required",
					name ? name : field->definition->name,
					name ? table->label : field->holder->label),
			 errdetail("Key %s of table %s would be left without a link.",
					   key_text(table->key_reader.shape, key), table->label)));
}

static Wish *
wish_for(KeyTable *wishes, Datum *key)
{
	KeyEntry   *entry = key_table_put(wishes, key);

	if (entry->data == NULL)
		entry->data = palloc0(sizeof(Wish));
	return entry->data;
}

static KeyTable *
collect_wishes(Field *field, Table *far, List *edits)
{
	KeyShape   *shape = far->key_reader.shape;
	KeyTable   *wishes = key_table_create(CurrentMemoryContext, shape);
	ListCell   *cell;

	foreach(cell, edits)
	{
		LinkEdit   *edit = lfirst(cell);

		for (int i = 0; i < edit->nremoved; i++)
		{
			Wish	   *wish = wish_for(wishes, edit->removed[i]);

			wish->leave = lappend(wish->leave, edit->anchor);
		}
		for (int i = 0; i < edit->nadded; i++)
		{
			Wish	   *wish = wish_for(wishes, edit->added[i]);

			if (wish->join && !key_equal(field->group->anchor.shape, wish->join, edit->anchor))
				raise_claimed_twice(field, shape, edit->added[i]);
			wish->join = edit->anchor;
		}
	}
	return wishes;
}

/* The places that rows get in the lists that were written. */
static void
collect_places(Worklist *work, Field *field, KeyTable *wishes, List *edits)
{
	ListCell   *cell;

	foreach(cell, order_lists(work, field, edits))
	{
		OrderedList *list = lfirst(cell);

		for (int i = 0; i < list->n; i++)
		{
			Wish	   *wish;

			if (!list->keys[i].moves)
				continue;
			wish = wish_for(wishes, list->keys[i].key);
			if (wish->join && !key_equal(field->group->anchor.shape, wish->join, list->anchor))
				continue;		/* it leaves this list for another */
			wish->list = list->anchor;
			wish->position = list->keys[i].position;
		}
	}
}

static bool
leaves(Field *field, Wish *wish, Datum *anchor)
{
	ListCell   *cell;

	foreach(cell, wish->leave)
	{
		if (key_equal(field->group->anchor.shape, lfirst(cell), anchor))
			return true;
	}
	return false;
}

/* Columns that the key shares with others cannot be changed by way of a link. */
static void
check_fixed(Field *field, Table *far, KeyEntry *entry, TupleTableSlot *row, Datum *join)
{
	KeyReader  *reader = &field->path->steps[0].far_key;
	Datum	   *current = palloc(sizeof(Datum) * reader->shape->n);

	for (int i = 0; i < reader->shape->n; i++)
	{
		if (!bms_is_member(reader->att[i], field->path->fixed) ||
			!key_read_column(reader, i, row, &current[i]) ||
			key_equal_column(reader->shape, i, current[i], join[i]))
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION),
				 errmsg("link \"%s\" of table %s cannot change column \"%s\" of table %s",
						field->definition->name, field->holder->label,
						get_attname(far->relid, reader->att[i], false), far->label),
				 errdetail("Key %s of table %s cannot be linked to %s: the column belongs to another key, too.",
						   key_text(far->key_reader.shape, entry->key), far->label,
						   key_text(reader->shape, join))));
	}
}

/* The row is locked, and read in its current version. */
static void
decide(Worklist *work, Field *field, Table *far, KeyEntry *entry, RowReader *row)
{
	LinkDefinition *link = graph_link(work->graph, field->path->link_id);
	KeyReader  *reader = &field->path->steps[0].far_key;
	Wish	   *wish = entry->data;
	Datum	   *current = palloc(sizeof(Datum) * reader->shape->n);
	bool		linked = key_read(reader, row->slot, current);

	wish->address = row_address(row);
	wish->was_linked = linked;
	wish->write = false;
	wish->value = NULL;
	if (linked && wish->list && key_equal(reader->shape, current, wish->list))
	{
		wish->write = true;
		wish->value = wish->list;
	}
	else if (wish->join)
	{
		if (linked && key_equal(reader->shape, current, wish->join))
			return;
		if (linked && !leaves(field, wish, current) && strcmp(link->on_taken, "move") != 0)
			raise_taken(field, far, entry->key, current);
		check_fixed(field, far, entry, row->slot, wish->join);
		wish->write = true;
		wish->value = wish->join;
	}
	else if (linked && leaves(field, wish, current))
	{
		if (link->required)
			raise_required(field, link, far, entry->key);
		wish->write = true;
	}
}

/* The foreign key may be part of a unique index, as that of a one-to-one link. */
static LockTupleMode
mode_for_key_update(Table *far, KeyReader *reader)
{
	for (int i = 0; i < reader->shape->n; i++)
	{
		if (column_in_key(far, reader->att[i]))
			return LockTupleExclusive;
	}
	return far->lock;
}

static void
lock_and_decide(Worklist *work, Field *field, Table *far, int n, KeyEntry *entries)
{
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	RowReader  *rows = row_reader_open(far, RowExclusiveLock);
	RowFinder  *finder = row_finder_open(rows, far->key_index, &far->key_reader, snapshot);
	LockTupleMode mode = mode_for_key_update(far, &field->path->steps[0].far_key);

	for (int i = 0; i < n; i++)
	{
		Wish	   *wish = entries[i].data;

		if (row_find_and_lock(finder, entries[i].key, mode))
			decide(work, field, far, &entries[i], finder->reader);
		else if (wish->join)
			raise_unknown_key(field, far, far->key_reader.shape, entries[i].key);
	}
	row_finder_close(finder);
	row_reader_close(rows);
	UnregisterSnapshot(snapshot);
}

/* value NULL: the row is to be without a key, or is for a moment. */
static void
write_key(RowWriter *writer, Path *path, Wish *wish, Datum *value)
{
	KeyReader  *reader = &path->steps[0].far_key;
	int			natts = RelationGetNumberOfAttributes(writer->reader->rel);
	Datum	   *values = palloc0(sizeof(Datum) * natts);
	bool	   *isnull = palloc0(sizeof(bool) * natts);
	bool	   *replace = palloc0(sizeof(bool) * natts);

	for (int i = 0; i < reader->shape->n; i++)
	{
		int			column = reader->att[i] - 1;

		if (value == NULL && !bms_is_member(reader->att[i], path->cleared))
			continue;
		replace[column] = true;
		isnull[column] = value == NULL;
		if (value)
			values[column] = key_to_column(writer->reader->table->relid, reader->att[i],
											reader->shape->type[i], value[i]);
		if (value || wish->value == NULL)
			check_domain(writer->reader->table->relid, reader->att[i], values[column], value == NULL);
	}
	if (value && wish->list)
	{
		replace[path->position - 1] = true;
		values[path->position - 1] = Int64GetDatum(wish->position);
	}
	(void) row_fetch(writer->reader, &wish->address);
	(void) row_write(writer, values, isnull, replace);
}

/*
 * Is the row to be without a key first?  Where each key can stand once, rows
 * that swap theirs would be in each other's way.
 */
static bool
is_cleared(Worklist *work, Field *field, Wish *wish)
{
	if (wish->value == NULL)
		return true;
	return wish->was_linked && field->path->steps[0].far_unique &&
		!graph_link(work->graph, field->path->link_id)->required;
}

/* Writes the rows that are to leave (clear) or to join (!clear); were there any? */
static bool
write_wishes(Worklist *work, Field *field, Table *far, int n, KeyEntry *entries,
			 bool clear)
{
	KeyReader  *reader = &field->path->steps[0].far_key;
	Bitmapset  *columns = NULL;
	RowReader  *rows;
	RowWriter  *writer;
	bool		any = false;

	for (int i = 0; i < n; i++)
	{
		Wish	   *wish = entries[i].data;

		any |= wish->write && clear == is_cleared(work, field, wish);
	}
	if (!any)
		return false;
	for (int i = 0; i < reader->shape->n; i++)
		columns = bms_add_member(columns, reader->att[i]);
	if (field->path->position)
		columns = bms_add_member(columns, field->path->position);
	engine_write_begin(InvalidOid);
	rows = row_reader_open(far, RowExclusiveLock);
	writer = row_writer_open(rows, columns, false, work->in_statement);
	for (int i = 0; i < n; i++)
	{
		Wish	   *wish = entries[i].data;

		if (wish->write && clear == is_cleared(work, field, wish))
			write_key(writer, field->path, wish, clear ? NULL : wish->value);
	}
	row_writer_close(writer);
	row_reader_close(rows);
	engine_write_end();
	return true;
}

void
edit_foreign_key(Worklist *work, Field *field, List *edits)
{
	Table	   *far = field->path->steps[0].far;
	KeyTable   *wishes = collect_wishes(field, far, edits);
	KeyEntry   *entries;
	int			n;

	if (field->path->position)
		collect_places(work, field, wishes, edits);
	entries = key_table_sorted(wishes);
	n = key_table_count(wishes);
	lock_and_decide(work, field, far, n, entries);

	/*
	 * Rows that leave make room for those that join, where there is one place.
	 * Triggers of the user may have had their say in between.
	 */
	if (write_wishes(work, field, far, n, entries, true))
	{
		CommandCounterIncrement();
		lock_and_decide(work, field, far, n, entries);
	}
	(void) write_wishes(work, field, far, n, entries, false);
}
