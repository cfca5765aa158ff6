\echo Use "CREATE EXTENSION interlink" to load this file. \quit

-- Everything but the operators and cardinality(link) lives in a schema that
-- this script makes itself: nobody else can have planted anything there.
CREATE SCHEMA interlink;
GRANT USAGE ON SCHEMA interlink TO PUBLIC;
COMMENT ON SCHEMA interlink IS 'symmetric links between tables, with lookups and rollups that are exact at every commit';

