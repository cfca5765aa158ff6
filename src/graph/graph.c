/*
 * graph.c: when the graph is built, how long it lives, how it is asked.
 *
 * The invalidation callback only marks the graph as stale: it may come at any
 * moment, also while the graph is being read.  A stale graph is replaced by
 * the next graph_get() and freed when nothing is noted under it any more.
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "graph/build.h"

static Graph *current = NULL;
static bool stale = true;

/* While a graph is being built it is not known yet what will concern it. */
static bool building = false;

static int	generation = 0;

/* Have the definitions changed, or may they have? */
static bool
concerns_definitions(Oid relid)
{
	if (building || !OidIsValid(relid))
		return true;
	for (int i = 0; current && i < lengthof(current->catalogs); i++)
	{
		if (current->catalogs[i] == relid)
			return true;
	}
	return false;
}

static int
compare_oids(const void *a, const void *b)
{
	Oid			left = *(const Oid *) a;
	Oid			right = *(const Oid *) b;

	return (left > right) - (left < right);
}

static void
relcache_callback(Datum arg, Oid relid)
{
	if (concerns_definitions(relid))
		generation++;
	if (stale)
		return;
	if (building || !OidIsValid(relid) ||
		bsearch(&relid, current->watched, current->nwatched, sizeof(Oid), compare_oids))
		stale = true;
}

/* Compiled expressions hold what was known of a function when they were made. */
static void
function_callback(Datum arg, int cacheid, uint32 hashvalue)
{
	ListCell   *cell;

	if (stale)
		return;
	if (building)
	{
		stale = true;
		return;
	}
	foreach(cell, current->fields)
	{
		Field	   *field = lfirst(cell);

		if (field->expr && !IsA(field->expr, Var))
			stale = true;
	}
}

void
graph_init(void)
{
	CacheRegisterSyscacheCallback(PROCOID, function_callback, (Datum) 0);
	CacheRegisterRelcacheCallback(relcache_callback, (Datum) 0);
}

static void
free_if_unused(Graph *graph)
{
	ListCell   *cell;

	if (graph->pins > 0 || graph == current)
		return;
	foreach(cell, graph->plans)
		SPI_freeplan(lfirst(cell));
	MemoryContextDelete(graph->context);
}

static void
watch_relations(Graph *graph)
{
	ListCell   *cell;
	ListCell   *partition;
	Oid		   *oids;
	int			n = 0;

	graph->catalogs[0] = catalog_link_relation();
	graph->catalogs[1] = catalog_field_relation();
	graph->catalogs[2] = catalog_relation_relation();
	oids = MemoryContextAlloc(graph->context,
							  sizeof(Oid) * (list_length(graph->tables) + graph->npartitions +
											 3 * list_length(graph->links) + 3));
	for (; n < lengthof(graph->catalogs); n++)
		oids[n] = graph->catalogs[n];
	foreach(cell, graph->tables)
	{
		Table	   *table = lfirst(cell);

		oids[n++] = table->relid;
		foreach(partition, table->partitions)
			oids[n++] = lfirst_oid(partition);
	}
	foreach(cell, graph->links)	/* also of links that no field goes over */
	{
		LinkDefinition *link = lfirst(cell);

		oids[n++] = link->source;
		oids[n++] = link->target;
		if (OidIsValid(link->junction))
			oids[n++] = link->junction;
	}
	qsort(oids, n, sizeof(Oid), compare_oids);
	graph->watched = oids;
	graph->nwatched = n;
}

/* What is invalidated while we build makes the new graph stale again. */
static Graph *
build_watched(void)
{
	Graph	   *graph;

	stale = false;
	building = true;
	PG_TRY();
	{
		graph = graph_build();
		watch_relations(graph);
	}
	PG_CATCH();
	{
		building = false;
		stale = true;
		PG_RE_THROW();
	}
	PG_END_TRY();
	building = false;
	return graph;
}

Graph *
graph_get(void)
{
	Graph	   *old = current;

	if (current && !stale)
		return current;

	current = build_watched();

	/* Only a finished graph outlives the transaction. */
	MemoryContextSetParent(current->context, CacheMemoryContext);

	/* Without the extension there is nothing to watch for its return. */
	if (!OidIsValid(current->watched[0]))
		stale = true;
	if (old)
		free_if_unused(old);
	return current;
}

bool
graph_is_current(void)
{
	return current && !stale;
}

Graph *
graph_before(void)
{
	return current;
}

void
graph_pin(Graph *graph)
{
	graph->pins++;
}

void
graph_unpin(Graph *graph)
{
	Assert(graph->pins > 0);
	graph->pins--;
	free_if_unused(graph);
}

void
graph_changed(void)
{
	ListCell   *cell;

	CommandCounterIncrement();
	CacheInvalidateRelcacheByRelid(catalog_field_relation());
	if (current)
	{
		foreach(cell, current->tables)
		{
			Oid			relid = ((Table *) lfirst(cell))->relid;

			/* It may have gone, dropped or rolled back. */
			if (SearchSysCacheExists1(RELOID, ObjectIdGetDatum(relid)))
				CacheInvalidateRelcacheByRelid(relid);
		}
	}
	CommandCounterIncrement();
	stale = true;
	generation++;
}

int
graph_generation(void)
{
	return generation;
}

Table *
graph_table(Graph *graph, Oid relid)
{
	ListCell   *cell;

	foreach(cell, graph->tables)
	{
		if (((Table *) lfirst(cell))->relid == relid)
			return (Table *) lfirst(cell);
	}
	return NULL;
}

Field *
graph_field(Graph *graph, int64 id)
{
	ListCell   *cell;

	foreach(cell, graph->fields)
	{
		if (((Field *) lfirst(cell))->definition->id == id)
			return (Field *) lfirst(cell);
	}
	return NULL;
}

const char *
field_kind_label(Field *field)
{
	switch (field->definition->kind)
	{
		case FIELD_LINK:
			return "link column";
		case FIELD_LOOKUP:
			return "lookup";
		default:
			return "rollup";
	}
}

Field *
graph_field_by_name(Graph *graph, Oid holder, const char *name)
{
	ListCell   *cell;

	foreach(cell, graph->fields)
	{
		Field	   *field = lfirst(cell);

		if (field->holder->relid == holder &&
			strcmp(field->definition->name, name) == 0)
			return field;
	}
	return NULL;
}

bool
field_reads(Field *field, Oid relid, AttrNumber attnum)
{
	Step	   *steps = field->path->steps;

	return (field->value_position > 0 && steps[field->value_position - 1].far->relid == relid &&
			bms_is_member(attnum, field->value_columns)) ||
		(steps[0].far->relid == relid && bms_is_member(attnum, field->junction_columns));
}

Oid
path_junction(Path *path)
{
	return path->link_id != 0 && path->nsteps == 2 ? path->steps[0].far->relid : InvalidOid;
}

LinkDefinition *
graph_link(Graph *graph, int64 id)
{
	ListCell   *cell;

	foreach(cell, graph->links)
	{
		if (((LinkDefinition *) lfirst(cell))->id == id)
			return (LinkDefinition *) lfirst(cell);
	}
	return NULL;
}

RelationDefinition *
graph_relation(Graph *graph, int64 id)
{
	ListCell   *cell;

	foreach(cell, graph->relations)
	{
		if (((RelationDefinition *) lfirst(cell))->id == id)
			return (RelationDefinition *) lfirst(cell);
	}
	return NULL;
}
