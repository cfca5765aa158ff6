/*
 * cache.c: what is known of relations in this session, and until when.
 *
 * A relation that has been followed is kept resolved, with its plan.  Any
 * change of the definitions, or of a table that one of them leads over, makes
 * all of that stale; what is in use then is freed when it no longer is.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_inherits.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "relate/known.h"

typedef struct KnownKey
{
	Oid			source;
	NameData	name;
} KnownKey;

typedef struct KnownEntry
{
	KnownKey	key;
	KnownRelation *known;
} KnownEntry;

static HTAB *entries = NULL;
static bool current = false;

/* Relations whose invalidation concerns us, sorted. */
static Oid *watched = NULL;
static int	nwatched = 0;

static int
compare_oids(const void *a, const void *b)
{
	Oid			left = *(const Oid *) a;
	Oid			right = *(const Oid *) b;

	return (left > right) - (left < right);
}

static bool
is_watched(Oid relid)
{
	return bsearch(&relid, watched, nwatched, sizeof(Oid), compare_oids) != NULL;
}

/* One more. */
static void
watch(Oid relid)
{
	if (is_watched(relid))
		return;
	watched = repalloc(watched, sizeof(Oid) * (nwatched + 1));
	watched[nwatched++] = relid;
	qsort(watched, nwatched, sizeof(Oid), compare_oids);
}

static void
relcache_callback(Datum arg, Oid relid)
{
	if (current && (!OidIsValid(relid) || is_watched(relid)))
		current = false;
}

void
relate_init(void)
{
	CacheRegisterRelcacheCallback(relcache_callback, (Datum) 0);
}

/* Of pg_class: the tables and row types that a relation leads over. */
static List *
tables_of(RelationDefinition *relation)
{
	List	   *relids = list_make2_oid(row_type_relation(relation->source), relation->target);
	Route	   *route;
	ListCell   *cell;

	if (relation->path == NIL)
		return relids;
	route = route_resolve(relation, row_type_relation(relation->source), true);
	foreach(cell, route ? route->hops : NIL)
		relids = list_append_unique_oid(relids, ((Hop *) lfirst(cell))->far);
	return relids;
}

static void
free_known(KnownRelation *known)
{
	if (known->plan)
		SPI_freeplan(known->plan);
	MemoryContextDelete(known->context);
}

static void
forget_entries(void)
{
	HASH_SEQ_STATUS status;
	KnownEntry *entry;

	if (entries == NULL)
		return;
	hash_seq_init(&status, entries);
	while ((entry = hash_seq_search(&status)) != NULL)
	{
		KnownRelation *known = entry->known;

		(void) hash_search(entries, &entry->key, HASH_REMOVE, NULL);
		known->stale = true;
		if (known->pins == 0)
			free_known(known);
	}
}

/* What is invalidated meanwhile makes it stale again. */
static void
start_anew(void)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "interlink relations",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	List	   *relids = list_make1_oid(catalog_relation_relation());
	ListCell   *cell;

	current = true;
	nwatched = 0;
	forget_entries();
	foreach(cell, catalog_relations())
		relids = list_concat_unique_oid(relids, tables_of(lfirst(cell)));

	if (watched)
		pfree(watched);
	watched = MemoryContextAlloc(TopMemoryContext, sizeof(Oid) * list_length(relids));
	foreach(cell, relids)
		watched[nwatched++] = lfirst_oid(cell);
	qsort(watched, nwatched, sizeof(Oid), compare_oids);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
}

bool
relate_is_current(void)
{
	return current;
}

/* Does some relation lead over this table? */
bool
relate_concerns(Oid relid)
{
	if (!current)
		start_anew();
	return is_watched(relid);
}

void
relate_changed(void)
{
	CommandCounterIncrement();
	CacheInvalidateRelcacheByRelid(catalog_relation_relation());
	CommandCounterIncrement();
	current = false;
}

/* Rows of a child are rows of its parents. */
static RelationDefinition *
find_inherited(List *relations, Oid source, const char *name)
{
	ListCell   *cell;

	foreach(cell, relations)
	{
		RelationDefinition *relation = lfirst(cell);

		if (strcmp(relation->name, name) == 0 && typeInheritsFrom(source, relation->source))
			return relation;
	}
	return NULL;
}

static KnownRelation *
load(Oid source, const char *name, bool missing_ok)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "interlink relation",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	List	   *relations = catalog_relations();
	RelationDefinition *relation = relation_find(relations, source, name);
	KnownRelation *known = NULL;
	Route	   *route = NULL;

	if (relation == NULL)
	{
		relation = find_inherited(relations, source, name);
		watch(row_type_relation(source));
	}
	if (relation)
		route = route_resolve(relation, row_type_relation(source), missing_ok);
	if (route)
	{
		known = palloc0(sizeof(KnownRelation));
		known->context = context;
		known->source = source;
		known->target = get_rel_type_id(route_target(route));
		known->route = route;
	}
	MemoryContextSwitchTo(old);
	if (known)
		MemoryContextSetParent(context, CacheMemoryContext);
	else
		MemoryContextDelete(context);
	return known;
}

static KnownEntry *
find_entry(KnownKey *key, bool *found)
{
	HASHCTL		control = {0};

	if (entries == NULL)
	{
		control.keysize = sizeof(KnownKey);
		control.entrysize = sizeof(KnownEntry);
		entries = hash_create("interlink relations", 64, &control, HASH_ELEM | HASH_BLOBS);
	}
	return hash_search(entries, key, found ? HASH_ENTER : HASH_FIND, found);
}

KnownRelation *
known_relation(Oid source, const char *name, bool missing_ok)
{
	KnownKey	key;
	KnownEntry *entry;
	KnownRelation *known;
	bool		found;

	if (!current)
		start_anew();
	if (strlen(name) >= NAMEDATALEN)
		return NULL;
	memset(&key, 0, sizeof(key));
	key.source = source;
	namestrcpy(&key.name, name);
	entry = find_entry(&key, NULL);
	if (entry == NULL)
	{
		known = load(source, name, missing_ok);
		if (known == NULL)
			return NULL;
		entry = find_entry(&key, &found);
		entry->known = known;
	}
	entry->known->pins++;
	return entry->known;
}

void
known_release(KnownRelation *known)
{
	known->pins--;
	if (known->stale && known->pins == 0)
		free_known(known);
}
