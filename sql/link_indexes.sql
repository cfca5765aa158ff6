-- Index scans find what sequential scans find.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;

CREATE TABLE indexed (
    id integer PRIMARY KEY,
    team interlink.link(many_to_many, int8),
    steps interlink.link(many_to_many, int4, ordered),
    codes interlink.link(many_to_many, text),
    manager interlink.link(many_to_one, int8)
);
SELECT setseed(0.5);
INSERT INTO indexed
SELECT i,
       CASE WHEN i % 97 = 0 THEN NULL ELSE (SELECT coalesce(array_agg((random() * 200)::int), '{}') FROM generate_series(1, i % 6) WHERE i > 0) END,
       (SELECT coalesce(array_agg((random() * 20)::int), '{}') FROM generate_series(1, i % 4) WHERE i > 0),
       (SELECT coalesce(array_agg('c' || (random() * 50)::int), '{}') FROM generate_series(1, i % 3) WHERE i > 0),
       nullif(i % 50, 0)
FROM generate_series(1, 3000) i;

CREATE INDEX ON indexed USING gin (team);
CREATE INDEX ON indexed USING gin (steps);
CREATE INDEX ON indexed USING gin (codes);
CREATE INDEX ON indexed (team);
CREATE INDEX ON indexed (steps);
CREATE INDEX ON indexed USING hash (team);
CREATE INDEX ON indexed (manager);
ANALYZE indexed;

-- some rows after the indexes were made, and some gone
INSERT INTO indexed VALUES (3001, '{}', '{}', '{}', NULL), (3002, '{1}', '{1}', '{c1}', 1), (3003, '{3,5,150}', '{2,1}', '{c1,c2}', 2);
DELETE FROM indexed WHERE id % 10 = 0;

CREATE FUNCTION compare_scans(condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    plan json;
    by_index integer[];
    by_scan integer[];
BEGIN
    SET LOCAL enable_seqscan = off;
    SET LOCAL enable_bitmapscan = on;
    SET LOCAL enable_indexscan = on;
    EXECUTE 'EXPLAIN (FORMAT JSON) SELECT id FROM indexed WHERE ' || condition INTO plan;
    EXECUTE 'SELECT array_agg(id ORDER BY id) FROM indexed WHERE ' || condition INTO by_index;
    SET LOCAL enable_seqscan = on;
    SET LOCAL enable_bitmapscan = off;
    SET LOCAL enable_indexscan = off;
    EXECUTE 'SELECT array_agg(id ORDER BY id) FROM indexed WHERE ' || condition INTO by_scan;
    RETURN CASE WHEN by_index IS NOT DISTINCT FROM by_scan THEN 'same' ELSE 'DIFFERENT' END ||
           CASE WHEN plan::text ~ '"Index Name"' THEN ' by index' ELSE ' by scan' END ||
           CASE WHEN by_scan IS NULL THEN ', none' ELSE '' END;
END $$;

SELECT condition, compare_scans(condition) AS result
FROM unnest(ARRAY[
    'team @> ''{1}''', 'team @> ''{1,2}''', 'team @> ''01''', 'team @> ''{}''', 'team @> ''{x}''', 'team @> ''{1,x}''', 'team @> ''{999}''',
    'team @> ARRAY[1]', 'team @> ARRAY[1,2]::bigint[]', 'team @> ARRAY[]::int[]', 'team @> ARRAY[''7'',''x'']', 'team @> ''{3,5,150}''',
    '''{1}'' <@ team', 'ARRAY[1,2] <@ team',
    'team && ''{1,2,3}''', 'team && ARRAY[1,2,3]', 'team && ''{}''', 'team && ''{x,4}''', 'team && ARRAY[]::int[]',
    'team <@ ''{1,2,3,4,5,6,7,8,9,10}''', 'team <@ ''{}''', 'team <@ ARRAY[1,2,3]', 'team <@ ARRAY[]::int[]', 'team <@ ''{x,1}''',
    'team = ''{1}''', 'team = ''{}''', 'team = ''{01}''', 'team = ''{x}''', 'team = ARRAY[1]', 'team = ARRAY[]::int[]',
    'team = (SELECT i.team FROM indexed i WHERE i.id = 5)', 'team IN (''{1}'', ''{}'', ''{007}'')', 'team IS NULL',
    'steps @> ''{1,2}''', 'steps = ''{2,1}''', 'steps = ''{1,2}''', 'steps = ARRAY[2,1]', 'steps = ''{}''', 'steps <@ ''{1,2}''',
    'codes @> ''{c1}''', 'codes @> ARRAY[''c1'']', 'codes && ''{c1,c2}''', 'codes <@ ''{c1,c2}''', 'codes = ''{c2,c1}''', 'codes @> ''{1}''',
    'team @> 1', '1 <@ team', 'team @> 1::smallint', 'team @> 1::bigint', 'team @> 1.0', '1.00 <@ team', 'team @> 1.5', 'team @> ARRAY[1.0, 2]', 'team @> 1e2::float8',
    'team @> ''01''::text', '''1''::varchar <@ team', 'team @> '' 1 ''::char(5)', 'team @> ''x''::text', 'team @> NULL::int', 'team @> 9999999999999999999',
    'team @> ''[1,2]''::jsonb', 'team @> ''{"id":1}''::json', 'team @> ''00000000-0000-0000-0000-000000000001''::uuid', 'team @> true', 'team @> date ''2020-01-01''',
    'team @> id', 'id <@ team', 'team @> (SELECT 7)', '(SELECT 7) <@ team', 'team @> 1 AND team @> 2', 'team @> 1 OR 150 <@ team', 'NOT team @> 1', 'team @> (random() * 0)::int',
    'steps @> 1', '2 <@ steps', 'codes @> ''c1''::text', '''c1''::name <@ codes', 'codes @> 1', 'interlink.link_contains_key(team, 1)',
    'manager = 7', '7 = manager', 'manager = 7::smallint', 'manager = ''7''::text', '''07''::text = manager', 'manager = 999', 'manager = NULL::bigint', 'manager @> 7',
    'manager = ''00000000-0000-0000-0000-000000000007''::uuid', 'team = 1', 'team = 1::bigint', 'codes = ''c1''::text',
    'manager = ''7''', 'manager = ''{007}''', 'manager = ''{1,2}''', 'manager IN (''1'', ''2'')', 'manager = ''{}''', 'manager = ''x'''
]) AS condition;

-- with GIN alone, hash alone, btree alone
DROP INDEX indexed_team_idx1, indexed_team_idx2;
INSERT INTO indexed VALUES (3004, ARRAY(SELECT generate_series(1, 50000)));
SELECT condition, compare_scans(condition) AS result FROM unnest(ARRAY['team @> ''{1,50000}''', 'team @> ARRAY[49999]', 'team && ''{40000,x}''']) AS condition;
SELECT condition, compare_scans(condition) FROM unnest(ARRAY['team = ''{1}''', 'team = ''{}''', 'team = ''{2,1}''', 'team = ARRAY[1]']) AS condition;
DROP INDEX indexed_team_idx;
CREATE INDEX ON indexed USING hash (team);
SELECT condition, compare_scans(condition) FROM unnest(ARRAY['team = ''{1}''', 'team = ''{}''', 'team = ''{ 01 }''', 'team = ''{x}''']) AS condition;
DROP INDEX indexed_team_idx;

-- no operator class left anything out
SELECT opcname, amvalidate(c.oid) AS valid FROM pg_opclass c WHERE opcintype = 'interlink.link'::regtype ORDER BY 1;

-- order, grouping, joins
CREATE TABLE literals AS SELECT l::interlink.link(many_to_many, int8) AS l
FROM unnest(ARRAY['{2}', '{}', '{10}', '{1,2}', '{1}', '{1,10}', '{2}', '{-1}']) l;
SELECT l FROM literals ORDER BY l;
SELECT l FROM literals ORDER BY l DESC;
SELECT l, count(*) FROM literals GROUP BY l ORDER BY l;
SELECT count(DISTINCT l) FROM literals;
SELECT count(*) AS nested FROM literals a JOIN literals b ON a.l = b.l;
SET enable_nestloop = off;
EXPLAIN (COSTS OFF) SELECT count(*) AS hashed FROM literals a JOIN literals b ON a.l = b.l;
SELECT count(*) AS hashed FROM literals a JOIN literals b ON a.l = b.l;
SELECT l, i FROM literals FULL JOIN (VALUES ('{01}'::interlink.link), ('{3}'), ('{ }'), ('{x}')) i(i) ON l = i WHERE l IS NULL OR i IS NOT NULL ORDER BY l, i::text;
-- a literal is read once in this way, once in that: no merge join, and nothing is concluded from it
SET enable_hashjoin = off;
SELECT count(*) AS read_as_numbers FROM literals a JOIN (VALUES ('{10}'::interlink.link), ('{2}'), ('{07}')) i(i) ON l = i;
RESET enable_nestloop; RESET enable_hashjoin;
SELECT count(*) AS of_two_families FROM literals a JOIN (SELECT l::interlink.link(many_to_many, text) AS l FROM literals) b ON a.l = b.l WHERE a.l = '{2}';
SELECT count(*) AS widths FROM literals a JOIN (SELECT l::interlink.link(many_to_many, int2) AS l FROM literals) b ON a.l = b.l;
CREATE UNIQUE INDEX ON literals (l);
SELECT a, b FROM (VALUES ('{1}'::interlink.link(many_to_many, int8), '{00000000000000000000000000000001}'::interlink.link(many_to_many, uuid))) v(a, b)
WHERE interlink.link_hash(a) = interlink.link_hash('{00000000000000000000000000000001}'::interlink.link)
  AND interlink.link_hash(b) = interlink.link_hash('{00000000000000000000000000000001}'::interlink.link);
SELECT count(*) AS wrong FROM literals WHERE interlink.link_hash(l) <> (interlink.link_hash_extended(l, 0) & 4294967295)::bit(32)::int;

DROP TABLE indexed, literals;
DROP FUNCTION compare_scans;
