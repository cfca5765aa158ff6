-- Keys lead to links, and links to keys, by index: in conditions, with parameters and in joins.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;

CREATE DOMAIN person_id AS integer;
CREATE TABLE person (id integer PRIMARY KEY, domain_id person_id UNIQUE, large_id bigint UNIQUE, code text UNIQUE, short varchar(20) UNIQUE, tag uuid UNIQUE, price numeric UNIQUE, born date);
CREATE TABLE project (id integer PRIMARY KEY, team interlink.link(many_to_many, int4), steps interlink.link(many_to_many, int8, ordered),
    codes interlink.link(many_to_many, text), tags interlink.link(many_to_many, uuid), manager interlink.link(many_to_one, int4), dates interlink.link(many_to_many, other),
    anything interlink.link);
INSERT INTO person SELECT i, i, i, 'c' || i, 'c' || i, md5(i::text)::uuid, i, date '2000-01-01' + i FROM generate_series(1, 10000) i;
INSERT INTO project
SELECT i, t, ARRAY[t[2], t[1]], ARRAY['c' || t[1], 'c' || t[2]], ARRAY[md5(t[1]::text)::uuid], CASE WHEN i % 3 > 0 THEN t[3] END, ARRAY[date '2000-01-01' + t[1]]::text[], t
FROM (SELECT i, ARRAY[1 + i % 10000, 1 + i * 7 % 10000, 1 + i * 13 % 10000] AS t FROM generate_series(1, 10000) i) p;
CREATE INDEX ON project USING gin (team);
CREATE INDEX ON project USING gin (codes);
CREATE INDEX ON project USING gin (dates);
CREATE INDEX ON project (manager);
ANALYZE person, project;

CREATE FUNCTION plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        RETURN NEXT line;
    END LOOP;
END $$;

-- conditions
EXPLAIN (COSTS OFF) SELECT * FROM project WHERE team @> 3;
EXPLAIN (COSTS OFF) SELECT * FROM project WHERE 3 <@ team;
EXPLAIN (COSTS OFF) SELECT * FROM project WHERE team @> ARRAY[3, 4];
EXPLAIN (COSTS OFF) SELECT * FROM project WHERE codes @> 'c3'::text;
EXPLAIN (COSTS OFF) SELECT * FROM project WHERE dates @> date '2001-01-01';
EXPLAIN (COSTS OFF) SELECT * FROM project WHERE manager = 3;
EXPLAIN (COSTS OFF) SELECT * FROM project WHERE manager @> 3;

-- parameters, of a known type and of none
PREPARE by_key(integer) AS SELECT id FROM project WHERE team @> $1 ORDER BY id;
PREPARE by_array(bigint[]) AS SELECT id FROM project WHERE team @> $1 ORDER BY id;
PREPARE by_unknown AS SELECT id FROM project WHERE team @> $1 ORDER BY id;
PREPARE by_manager(bigint) AS SELECT id FROM project WHERE manager = $1 ORDER BY id;
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE by_key(8);
EXPLAIN (COSTS OFF) EXECUTE by_array('{8}');
EXPLAIN (COSTS OFF) EXECUTE by_unknown('8');
EXPLAIN (COSTS OFF) EXECUTE by_manager(14);
EXECUTE by_key(8);
EXECUTE by_array('{8,50}');
EXECUTE by_unknown('[8]');
EXECUTE by_unknown('{8,50}');
EXECUTE by_manager(14);
EXECUTE by_key(NULL);
EXECUTE by_array(NULL);
RESET plan_cache_mode;

-- from links to keys, and back
EXPLAIN (COSTS OFF) SELECT person.id FROM project p JOIN person ON person.id <@ p.team WHERE p.id = 7;
EXPLAIN (COSTS OFF) SELECT p.id FROM project p JOIN person ON person.id <@ p.team WHERE person.id = 7;
EXPLAIN (COSTS OFF) SELECT p.id FROM project p JOIN person ON p.manager @> person.id WHERE person.code = 'c7';
EXPLAIN (COSTS OFF) SELECT id FROM person WHERE id <@ (SELECT team FROM project WHERE id = 7);
EXPLAIN (COSTS OFF) SELECT id FROM person WHERE id <@ '{7,8}'::interlink.link;
EXPLAIN (COSTS OFF) SELECT id FROM project WHERE EXISTS (SELECT FROM person WHERE person.id <@ team AND person.code = 'c7');
SELECT what, bool_or(line ~ 'Index Cond.*ANY') AS by_key
FROM (VALUES
    ('integer', 'person.id <@ p.team'), ('domain', 'person.domain_id <@ p.team'), ('bigint', 'p.team @> person.large_id'), ('bigint, ordered', 'person.large_id <@ p.steps'),
    ('text', 'person.code <@ p.codes'), ('varchar', 'person.short <@ p.codes'), ('uuid', 'p.tags @> person.tag'), ('to one', 'person.id <@ p.manager'),
    ('is the one', 'person.large_id = p.manager'), ('is the one, reversed', 'p.manager = person.large_id'), ('literals and integers', 'person.id <@ p.anything'),
    -- a text may spell an integer in many ways, and of a link without modifier the kind is not known
    ('text and integers', 'person.code <@ p.team'), ('literals and texts', 'person.code <@ p.anything'),
    -- types that links do not have
    ('numeric', 'person.price <@ p.team'), ('date', 'person.born <@ p.dates'), ('expression', '(person.id + 1) <@ p.team')) v(what, condition),
    LATERAL plan_of(format('SELECT FROM project p JOIN person ON %s WHERE p.id = 7', condition)) line
GROUP BY what ORDER BY what;

-- what is found by index is what is found without
CREATE FUNCTION found(condition text, indexed boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    PERFORM set_config('enable_indexscan', indexed::text, true), set_config('enable_bitmapscan', indexed::text, true), set_config('enable_indexonlyscan', indexed::text, true),
            set_config('enable_seqscan', (NOT indexed)::text, true), set_config('enable_material', (NOT indexed)::text, true);
    EXECUTE format('SELECT count(*) || '' '' || coalesce(md5(string_agg(p.id || '','' || person.id, '' '' ORDER BY p.id, person.id)), '''')
                    FROM (SELECT * FROM project WHERE id %% 2500 = 3 OR id > 10000) p JOIN (SELECT * FROM person WHERE id < 500 OR id > 9990) person ON %s', condition) INTO result;
    RETURN result;
END $$;
INSERT INTO project (id, team, steps, codes, tags, manager, dates, anything) VALUES
    (10001, '{}', '{}', '{}', '{}', NULL, '{}', '{}'), (10002, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (10003, '{1,-5,2147483647}', '{9223372036854775807,3}', '{c1,7,""}', '{00000000-0000-0000-0000-000000000001}', '4', '{2000-01-03,x}', '{007,x,c5,2000-01-03,99999999999999999999}'),
    (10004, '{7}', '{7,8}', '{c7,007,8}', '{}', '7', '{}', '[7,"c8"]');
INSERT INTO person VALUES (10001, 10001, 9223372036854775807, '007', '8', '00000000-0000-0000-0000-000000000001', 7.5, '2000-01-03'), (10002, 10002, 10002, '', '', NULL, NULL, NULL);
SELECT condition, split_part(by_index, ' ', 1) AS pairs, by_index = found(condition, false) AS same
FROM (SELECT condition, found(condition, true) AS by_index FROM unnest(ARRAY['person.id <@ p.team', 'person.domain_id <@ p.team', 'p.team @> person.large_id', 'person.large_id <@ p.steps', 'person.code <@ p.codes', 'person.short <@ p.codes',
    'p.tags @> person.tag', 'person.id <@ p.manager', 'person.large_id = p.manager', 'p.manager = person.large_id', 'person.id <@ p.anything', 'person.code <@ p.team', 'person.code <@ p.anything',
    'person.price <@ p.team', 'person.born <@ p.dates', 'person.id <@ p.codes', 'person.large_id <@ p.dates', 'person.tag <@ p.codes', 'person.code <@ p.steps', 'person.code = p.manager',
    'person.id <@ p.tags', 'person.tag <@ p.team', 'to_jsonb(person.id) <@ p.team', 'p.manager @> to_jsonb(person.id)', 'p.manager @> ''[]''::jsonb']) condition) c;

-- no right on any schema is needed
CREATE ROLE regress_link_reader;
GRANT SELECT ON project, person TO regress_link_reader;
REVOKE USAGE ON SCHEMA interlink FROM PUBLIC;
SET ROLE regress_link_reader;
SELECT has_schema_privilege('interlink', 'USAGE');
EXPLAIN (COSTS OFF) SELECT person.id FROM project p JOIN person ON person.id <@ p.team WHERE p.team @> 7;
SELECT person.id FROM project p JOIN person ON person.id <@ p.team WHERE p.team @> 7 AND p.id < 20 ORDER BY person.id;
RESET ROLE;
GRANT USAGE ON SCHEMA interlink TO PUBLIC;

DROP TABLE person, project;
DROP ROLE regress_link_reader;
DROP DOMAIN person_id;
DROP FUNCTION plan_of, found;
