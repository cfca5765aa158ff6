/*
 * compat.h: the only file that knows of PostgreSQL versions.
 */
#ifndef INTERLINK_COMPAT_H
#define INTERLINK_COMPAT_H

#include "postgres.h"

#if PG_VERSION_NUM < 150000
#error "interlink needs PostgreSQL 15 or later"
#endif

/* One function asks about the owner of any kind of object since 16. */
#if PG_VERSION_NUM >= 160000
#include "catalog/pg_class.h"
#define table_owned_by(relid, role) object_ownercheck(RelationRelationId, relid, role)
#else
#define table_owned_by(relid, role) pg_class_ownercheck(relid, role)
#endif

/* The varlena macros left postgres.h in 16. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#endif
