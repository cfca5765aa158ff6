-- What the planner expects of @> is within a factor of three of the truth, or within ten rows.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SELECT setseed(0.5);

CREATE TABLE person (id integer PRIMARY KEY, code text UNIQUE, tag uuid UNIQUE);
INSERT INTO person SELECT i, 'c' || i, md5(i::text)::uuid FROM generate_series(1, 6000) i;
ANALYZE person;

-- tables of links to persons: name, rows, and which person the n-th key of row i is
CREATE TABLE spread (name text PRIMARY KEY, rows integer, person text);
INSERT INTO spread VALUES
    ('even_few', 6000, 'SELECT 1 + random() * 1500 FROM generate_series(1, 3) WHERE i > 0'),
    ('even_many', 2000, 'SELECT 1 + random() * 300 FROM generate_series(1, 30) WHERE i > 0'),
    ('each_once', 6000, 'SELECT i'),
    ('skewed', 6000, 'SELECT power(5000, random()) FROM generate_series(1, 1 + i % 5)'),
    ('very_skewed', 6000, 'SELECT 1 / (random() + 0.0001) FROM generate_series(1, 3) WHERE i > 0'),
    ('sparse', 6000, 'SELECT 1 + random() * 5999 WHERE i % 50 = 0'),
    ('in_lots', 3000, 'SELECT 100 * (i / 100) + n FROM generate_series(1, 7) n'),
    ('one_large', 1000, 'SELECT n FROM generate_series(1, CASE WHEN i = 500 THEN 6000 ELSE 3 END) n'),
    ('few_rows', 20, 'SELECT 1 + random() * 5 FROM generate_series(1, 3) WHERE i > 0'),
    ('none', 1000, 'SELECT 1 WHERE i < 0'),
    ('sampled', 45000, 'SELECT power(5000, random()) FROM generate_series(1, 2) WHERE i > 0');
CREATE FUNCTION fill(spread) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %I (id integer PRIMARY KEY, team interlink.link(many_to_many, int4), codes interlink.link(many_to_many, text), tags interlink.link(many_to_many, uuid),
                                     steps interlink.link(many_to_many, int4, ordered))', $1.name);
    EXECUTE format('INSERT INTO %I SELECT i, nullif(k, ''{-1}''), c, t, k FROM generate_series(1, %s) i,
                        LATERAL (SELECT coalesce(array_agg(p::integer), ''{}'') AS k, coalesce(array_agg(''c'' || p::integer), ''{}'') AS c, coalesce(array_agg(md5(p::integer::text)::uuid), ''{}'') AS t
                                 FROM (%s) k(p)) k', $1.name, $1.rows, $1.person);
    EXECUTE format('CREATE TABLE %I AS SELECT k, count(*) AS rows FROM (SELECT unnest(team::integer[]) AS k FROM %I) u GROUP BY k', $1.name || '_truth', $1.name);
    EXECUTE format('CREATE INDEX ON %I USING gin (team)', $1.name);
    EXECUTE format('ANALYZE %I', $1.name);
END $$;
DO $$ BEGIN PERFORM fill(s) FROM spread s; END $$;

CREATE FUNCTION expected(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
    RETURN plan->0->'Plan'->>'Plan Rows';
END $$;
CREATE FUNCTION found(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    EXECUTE 'SELECT count(*) FROM (' || query || ') q' INTO n;
    RETURN n;
END $$;
CREATE FUNCTION is_near(expected float8, found float8) RETURNS boolean IMMUTABLE LANGUAGE sql AS $$
    SELECT abs(expected - found) <= 10 OR expected BETWEEN found / 3 AND found * 3 $$;

-- constants: the most frequent keys, and any
CREATE FUNCTION asked(name text) RETURNS TABLE (k integer, rows bigint) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format('(SELECT k, rows FROM %1$I ORDER BY rows DESC, k LIMIT 25) UNION (SELECT k, rows FROM %1$I ORDER BY hashint4(k) LIMIT 50)', name || '_truth');
END $$;
CREATE TABLE answer AS
SELECT name, what, k, a.rows AS found, expected(format(condition, name, k))
FROM spread, LATERAL asked(name) a,
     (VALUES ('key', 'SELECT FROM %1$I WHERE team @> %2$s'), ('key, the other way round', 'SELECT FROM %1$I WHERE %2$s <@ team'), ('array', 'SELECT FROM %1$I WHERE team @> ARRAY[%2$s]'),
             ('literal', 'SELECT FROM %1$I WHERE team @> ''{%2$s}'''), ('text key', 'SELECT FROM %1$I WHERE codes @> ''c%2$s''::text'),
             ('uuid', 'SELECT FROM %1$I WHERE tags @> md5(''%2$s'')::uuid'), ('ordered', 'SELECT FROM %1$I WHERE steps @> %2$s::bigint'),
             ('overlap', 'SELECT FROM %1$I WHERE team && ARRAY[%2$s]'), ('JSON', 'SELECT FROM %1$I WHERE team @> ''[%2$s]''::jsonb')) c(what, condition);
SELECT name, count(*) FILTER (WHERE NOT is_near(expected, found)) AS wrong FROM answer WHERE name <> 'sampled' GROUP BY name ORDER BY name;
-- of a sample not every key can be right
SELECT count(*) FILTER (WHERE NOT is_near(expected, found)) < 0.03 * count(*) AS sampled FROM answer WHERE name = 'sampled';

-- several keys that have nothing to do with each other
SELECT is_near(expected(q), found(q)), q FROM (VALUES
    ('SELECT FROM even_many WHERE team @> ARRAY[1, 2]'), ('SELECT FROM even_many WHERE team && ARRAY[1, 2, 3, 4, 5]'), ('SELECT FROM very_skewed WHERE team @> ''{1,2}'''),
    ('SELECT FROM skewed WHERE team && ''{1,2,3}'''), ('SELECT FROM even_few WHERE team @> ARRAY[1] AND team @> ARRAY[2]'), ('SELECT FROM skewed WHERE team @> ''{}'''),
    ('SELECT FROM skewed WHERE team && ''{}'''), ('SELECT FROM skewed WHERE NOT team @> 1'), ('SELECT FROM skewed WHERE team @> NULL::integer'),
    ('SELECT FROM few_rows WHERE team @> 3'), ('SELECT FROM skewed WHERE team @> (1 + 1)'), ('SELECT FROM skewed WHERE team @> 1.0'), ('SELECT FROM skewed WHERE team @> ''x''::text'),
    ('SELECT FROM very_skewed WHERE team <@ ''{1,2,3,4,5,6,7}'''), ('SELECT FROM sparse WHERE team = ''{}'''), ('SELECT FROM each_once WHERE team = 7'),
    ('SELECT FROM each_once WHERE team = ARRAY[7]'), ('SELECT FROM very_skewed WHERE team = ''{1}''')) v(q);

-- parameters: the mean over all keys
SET plan_cache_mode = force_generic_plan;
CREATE FUNCTION expected_of_parameter(name text, condition text, type text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE format('PREPARE q(%s) AS SELECT FROM %I WHERE %s', type, name, condition);
    EXECUTE format('EXPLAIN (FORMAT JSON) EXECUTE q(%s)', CASE WHEN type ~ '\[\]' THEN '''{7}''' ELSE '''7''' END) INTO plan;
    DEALLOCATE q;
    RETURN plan->0->'Plan'->>'Plan Rows';
END $$;
SELECT name, is_near(expected_of_parameter(name, 'team @> $1', 'integer'), mean) AS key, is_near(expected_of_parameter(name, 'steps @> $1', 'bigint'), mean) AS ordered,
       is_near(expected_of_parameter(name, '$1 <@ team', 'bigint'), mean) AS reversed, is_near(expected_of_parameter(name, 'codes @> $1', 'text'), mean) AS text_key,
       is_near(expected_of_parameter(name, 'team @> $1', 'integer[]'), mean) AS of_array, is_near(expected_of_parameter(name, 'team @> ARRAY[$1]', 'integer'), mean) AS in_array,
       is_near(expected_of_parameter(name, 'team @> $1', 'interlink.link'), mean) AS link, is_near(expected_of_parameter(name, 'team && ARRAY[$1]', 'integer'), mean) AS overlap
FROM spread, LATERAL (SELECT found(format('SELECT unnest(team::int[]) FROM %I', name)) / found(format('SELECT DISTINCT unnest(team::int[]) FROM %I', name)) AS mean) m
WHERE name <> 'none' ORDER BY name;
RESET plan_cache_mode;

-- joins
SELECT is_near(expected(q), found(q)), q FROM (
    SELECT format(q, name) FROM spread, (VALUES
        ('SELECT FROM %1$I l JOIN person ON person.id <@ l.team'), ('SELECT FROM %1$I l JOIN person ON l.team @> person.id'), ('SELECT FROM %1$I l JOIN person ON person.code <@ l.codes'),
        ('SELECT FROM %1$I l JOIN person ON person.id <@ l.team WHERE l.id = 7'), ('SELECT FROM %1$I l JOIN person ON person.id <@ l.team WHERE person.id %% 100 = 3 AND person.id < 0')) c(q)
    WHERE name <> 'sampled' AND (q !~ 'l.id = 7' OR name <> 'one_large')
    UNION ALL VALUES
    ('SELECT FROM person WHERE EXISTS (SELECT FROM even_few l WHERE person.id <@ l.team)'), ('SELECT FROM person WHERE NOT EXISTS (SELECT FROM even_few l WHERE person.id <@ l.team)'),
    ('SELECT FROM person WHERE EXISTS (SELECT FROM sparse l WHERE person.id <@ l.team)'), ('SELECT FROM person WHERE NOT EXISTS (SELECT FROM each_once l WHERE person.id <@ l.team)'),
    ('SELECT FROM sparse l WHERE EXISTS (SELECT FROM person WHERE person.id <@ l.team)'),
    ('SELECT FROM few_rows a JOIN very_skewed b ON a.team && b.team'), ('SELECT FROM few_rows a JOIN very_skewed b ON b.team @> a.team'), ('SELECT FROM sparse a JOIN few_rows b ON a.team <@ b.team'),
    ('SELECT FROM each_once a JOIN person ON person.id <@ a.team JOIN even_few b ON person.id <@ b.team'), ('SELECT FROM each_once a JOIN each_once b ON a.team = b.team'),
    ('SELECT FROM (SELECT id % 10 AS k FROM person) p JOIN few_rows ON p.k <@ team')) v(q)
WHERE NOT is_near(expected(q), found(q)) OR q !~ 'JOIN person ON' ORDER BY 2;

-- without statistics nothing fails
CREATE TABLE fresh (LIKE skewed) WITH (autovacuum_enabled = off);
INSERT INTO fresh SELECT * FROM skewed;
SELECT expected('SELECT FROM fresh WHERE team @> 1') > 0 AS restriction, expected('SELECT FROM fresh JOIN person ON person.id <@ team') > 0 AS is_joined,
       expected('SELECT FROM fresh WHERE team @> (SELECT team FROM few_rows WHERE id = 1)') > 0 AS subquery, expected('SELECT FROM fresh WHERE team || 1 @> id') > 0 AS expression;
ANALYZE fresh;
SELECT is_near(expected('SELECT FROM fresh WHERE team || 1 @> id'), 30) AS expression, is_near(expected('SELECT FROM (SELECT team FROM fresh OFFSET 0) f WHERE team @> 1'), found('SELECT FROM fresh WHERE team @> 1')) AS subquery;

-- what is kept of a column is small, however large its values
SELECT tablename, cardinality(most_common_elem_freqs) - 3 <= 2500 AS common, cardinality(elem_count_histogram) <= 102 AS sizes FROM pg_stats WHERE attname = 'team' AND tablename IN ('skewed', 'one_large', 'fresh') ORDER BY tablename;
ALTER TABLE fresh ALTER team SET STATISTICS 1;
ANALYZE fresh;
SELECT cardinality(most_common_elem_freqs) - 3 AS common, cardinality(elem_count_histogram) AS sizes FROM pg_stats WHERE attname = 'team' AND tablename = 'fresh';
ALTER TABLE fresh ALTER team SET STATISTICS 0;
ANALYZE fresh;

DO $$ BEGIN EXECUTE (SELECT 'DROP TABLE ' || string_agg(format('%I, %I', name, name || '_truth'), ', ') FROM spread); END $$;
DROP FUNCTION fill;
DROP TABLE person, spread, answer, fresh;
DROP FUNCTION expected, found, is_near, asked, expected_of_parameter;
