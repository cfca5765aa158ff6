-- How links are stored: small, in one form whatever has happened to a set, and
-- readable for ever.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
-- what is stored can be looked at, and made up, as bytes
CREATE CAST (interlink.link AS bytea) WITHOUT FUNCTION;
CREATE CAST (bytea AS interlink.link) WITHOUT FUNCTION;
RESET client_min_messages;
SET bytea_output = hex;
SELECT setseed(0.5);

-- text keys made of numbers, with long common beginnings
CREATE FUNCTION name_of(i bigint) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT repeat('z', (i % 5)::int) || 'order-' || i $$;
CREATE FUNCTION uuid_of(i bigint) RETURNS uuid IMMUTABLE LANGUAGE sql AS $$ SELECT md5(i::text)::uuid $$;

-- whether a small number begins a block wherever it stands (link_pack.c)
CREATE FUNCTION begins_block(i bigint) RETURNS boolean IMMUTABLE LANGUAGE sql AS $$
    SELECT ((high * 4294967296 + (high::bigint # low::bigint)) * 15485907386658061715) % 18446744073709551616 < 72057594037927936
    FROM (SELECT div(h, 4294967296) AS high, h % 4294967296 AS low FROM (SELECT (i * 11400714819323198485) % 18446744073709551616 AS h) a) b $$;

-- sets of numbers of every shape; each also as texts and uuids
CREATE TABLE shape (name text, keys bigint[]);
INSERT INTO shape
SELECT 'in a row', array_agg(i ORDER BY i) FROM generate_series(1, 3000) i UNION ALL
SELECT 'every tenth', array_agg(i * 10 ORDER BY i) FROM generate_series(-1000, 1000) i UNION ALL
SELECT 'about every tenth', array_agg(DISTINCT (random() * 30000)::bigint) FROM generate_series(1, 3000) UNION ALL
SELECT 'about every millionth', array_agg(DISTINCT (random() * 3e9)::bigint) FROM generate_series(1, 3000) UNION ALL
SELECT 'anywhere', array_agg(DISTINCT ((random() - 0.5) * 1.8e19)::bigint) FROM generate_series(1, 3000) UNION ALL
SELECT 'in lots of ten', array_agg(DISTINCT i / 10 * 1000 + i % 10) FROM generate_series(1, 3000) i UNION ALL
SELECT 'two far ends', array_agg(i) FROM (SELECT -9223372036854775808 + i FROM generate_series(0, 40) i
                                         UNION ALL SELECT 9223372036854775807 - i FROM generate_series(0, 40) i) e(i) UNION ALL
SELECT 'no beginnings', array_agg(i ORDER BY i) FROM generate_series(1, 6000) i WHERE NOT begins_block(i) UNION ALL
SELECT 'late beginnings', array_agg(i ORDER BY i) FROM generate_series(1, 8000) i WHERE NOT begins_block(i) OR i > 5000 UNION ALL
SELECT n || ' keys', (SELECT array_agg((random() * 100000)::bigint) FROM generate_series(1, n)) FROM generate_series(1, 40) n;

CREATE TABLE stored (
    name text,
    number interlink.link(many_to_many, int8), numbers bigint[],
    ordered interlink.link(many_to_many, int8, ordered), in_order bigint[],
    middle interlink.link(many_to_many, int4), middles int[],
    tag interlink.link(many_to_many, uuid), tags uuid[],
    title interlink.link(many_to_many, text), titles text[],
    lines interlink.link(many_to_many, text, ordered)
);
INSERT INTO stored
SELECT name, numbers, numbers, in_order, in_order, middles, middles, tags, tags, titles, titles, titles
FROM (SELECT name, array_agg(DISTINCT k) AS numbers, array_agg(DISTINCT (k % 2000000000)::int) AS middles, array_agg(DISTINCT uuid_of(k)) AS tags,
             array_agg(DISTINCT name_of(k) COLLATE "C") AS titles
      FROM shape, unnest(keys) k GROUP BY name) s,
     LATERAL (SELECT array_agg(k ORDER BY md5(k::text)) AS in_order FROM unnest(numbers) k) o;

-- what comes out is what went in
SELECT name FROM stored
WHERE number::bigint[] <> numbers OR ordered::bigint[] <> in_order OR middle::int[] <> middles OR tag::uuid[] <> tags OR title::text[] <> titles OR lines::text[] <> titles
   OR cardinality(number) <> cardinality(numbers) OR cardinality(title) <> cardinality(titles) OR cardinality(ordered) <> cardinality(in_order)
   OR cardinality(tag) <> cardinality(tags);

-- every key is found, and no other
SELECT name, count(*) FROM stored, generate_series(-200, 500, 7) i(i),
    LATERAL (SELECT (least(greatest(numbers[1 + abs(i.i * 11) % cardinality(numbers)], -9e18), 9e18) + i.i / 100)::bigint AS k) k
WHERE (number @> k) <> (k = ANY (numbers)) OR (ordered @> k) <> (k = ANY (numbers)) OR (title @> name_of(k)) <> (name_of(k) = ANY (titles))
   OR (tag @> uuid_of(k)) <> (uuid_of(k) = ANY (tags))
GROUP BY name;
SELECT count(*) FROM stored WHERE NOT (number @> ordered AND ordered @> number AND number <@ numbers AND number && ARRAY[numbers[1]] AND tag @> tags AND title @> lines AND lines = titles);

-- no set is larger than an array of the same keys
SELECT name FROM stored
WHERE pg_column_size(number) > pg_column_size(numbers || '{}') OR pg_column_size(ordered) > pg_column_size(in_order || '{}')
   OR pg_column_size(middle) > pg_column_size(middles || '{}') OR pg_column_size(tag) > pg_column_size(tags || '{}')
   OR pg_column_size(title) > pg_column_size(titles || '{}') OR pg_column_size(lines) > pg_column_size(titles || '{}');
SELECT count(*) FROM generate_series(-3000, 3000, 37) k, LATERAL (VALUES (k::bigint), (k * 1000000000000000), (k * 1000000000000000 + 1)) i(i),
    LATERAL (SELECT ARRAY[i]::interlink.link::interlink.link(many_to_many, int8) AS one, ARRAY[i]::bigint[] AS ones) o WHERE pg_column_size(one) > pg_column_size(ones);
SELECT s.name, (8.0 * pg_column_size(number) / cardinality(number))::numeric(5, 1) AS number, (8.0 * pg_column_size(ordered) / cardinality(ordered))::numeric(5, 1) AS ordered,
       (8.0 * pg_column_size(title) / cardinality(title))::numeric(5, 1) AS title, (8.0 * pg_column_size(tag) / cardinality(tag))::numeric(5, 1) AS tag,
       (8.0 * pg_column_size(titles) / cardinality(titles))::numeric(5, 1) AS text_compressed
FROM stored s JOIN shape USING (name) WHERE cardinality(numbers) > 1000 ORDER BY 1;

SELECT name, pg_column_size(number) AS number, pg_column_size(ordered) AS ordered
FROM (SELECT 'a hundred thousand in a row' AS name, keys::interlink.link(many_to_many, int8) AS number, keys::interlink.link(many_to_many, int8, ordered) AS ordered
      FROM (SELECT array_agg(i)::interlink.link AS keys FROM generate_series(1, 100000) i) k) s;

-- the same set is the same bytes, whatever way it came about
CREATE FUNCTION edits(name text, rounds int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    s stored;
    keys bigint[];
    added bigint[];
    removed bigint[];
    wrong bigint := 0;
    fresh record;
BEGIN
    SELECT * INTO STRICT s FROM stored WHERE stored.name = edits.name;
    keys := s.in_order;
    s.title := (SELECT array_agg(name_of(k)) FROM unnest(keys) k);
    s.tag := (SELECT array_agg(uuid_of(k)) FROM unnest(keys) k);
    FOR i IN 1..rounds LOOP
        removed := ARRAY(SELECT keys[1 + (random() * (cardinality(keys) - 1))::int] FROM generate_series(1, CASE WHEN cardinality(keys) > 4 THEN i % 4 END));
        added := ARRAY(SELECT DISTINCT keys[1 + (random() * (cardinality(keys) - 1))::int] % 4000000000 + (random() * 3)::int - 1 FROM generate_series(1, i % 3));
        IF i % 7 = 0 THEN added := added || (SELECT max(k) + 1 FROM unnest(keys) k WHERE k < 9223372036854775807); END IF;
        keys := ARRAY(SELECT k FROM unnest(keys) WITH ORDINALITY u(k, n) WHERE k <> ALL (removed) ORDER BY n);
        keys := keys || ARRAY(SELECT k FROM (SELECT k, min(n) AS n FROM unnest(added) WITH ORDINALITY u(k, n) GROUP BY k) a WHERE k <> ALL (keys) ORDER BY n);
        s.number := s.number - removed || added;
        s.ordered := s.ordered - removed || added;
        s.title := s.title - ARRAY(SELECT name_of(k) FROM unnest(removed) k) || ARRAY(SELECT name_of(k) FROM unnest(added) k);
        s.tag := s.tag - ARRAY(SELECT uuid_of(k) FROM unnest(removed) k) || ARRAY(SELECT uuid_of(k) FROM unnest(added) k);
        SELECT keys::interlink.link::interlink.link(many_to_many, int8) AS number, keys::interlink.link::interlink.link(many_to_many, int8, ordered) AS ordered,
               ARRAY(SELECT name_of(k) FROM unnest(keys) k)::interlink.link::interlink.link(many_to_many, text) AS title,
               ARRAY(SELECT uuid_of(k) FROM unnest(keys) k)::interlink.link::interlink.link(many_to_many, uuid) AS tag INTO fresh;
        IF s.number::bytea <> fresh.number::bytea OR s.ordered::bytea <> fresh.ordered::bytea OR s.title::bytea <> fresh.title::bytea OR s.tag::bytea <> fresh.tag::bytea
           OR s.number <> fresh.number OR s.number::bigint[] <> (SELECT array_agg(k ORDER BY k) FROM unnest(keys) k) OR s.ordered::bigint[] <> keys THEN
            wrong := wrong + 1;
        END IF;
    END LOOP;
    RETURN wrong;
END $$;
SELECT name, edits(name, 7) FROM stored WHERE cardinality(numbers) > 50 ORDER BY 1;
SELECT sum(edits(name, 40)) FROM stored WHERE cardinality(numbers) BETWEEN 5 AND 40;

-- and the other order of the same keys is not
SELECT count(*) FROM stored WHERE number::bytea = ordered::bytea AND cardinality(number) > 1;
SELECT count(*) FROM stored WHERE number <> ordered::interlink.link(many_to_many, int8) OR number::interlink.link(many_to_many, int8, ordered) <> numbers;

-- the form that was written before there were blocks is read, compared and edited
CREATE FUNCTION reversed(bytes bytea) RETURNS bytea IMMUTABLE LANGUAGE sql AS $$
    SELECT string_agg(substring(bytes FROM i FOR 1), ''::bytea ORDER BY i DESC) FROM generate_series(1, length(bytes)) i $$;
CREATE FUNCTION machine_order(bytes bytea) RETURNS bytea IMMUTABLE LANGUAGE sql AS $$
    SELECT CASE WHEN '{1}'::interlink.link(many_to_many, int2)::bytea = '\x010100000100' THEN reversed(bytes) ELSE bytes END $$;
CREATE FUNCTION flat(kind int, flags int, keys bigint[]) RETURNS interlink.link IMMUTABLE LANGUAGE sql AS $$
    SELECT (set_byte(set_byte('\x01000000', 1, kind), 2, flags) || coalesce(string_agg(machine_order(int8send(k)), ''::bytea ORDER BY n), ''))::interlink.link
    FROM unnest(keys) WITH ORDINALITY u(k, n) $$;
CREATE FUNCTION flat(kind int, flags int, keys text[]) RETURNS interlink.link IMMUTABLE LANGUAGE sql AS $$
    SELECT (set_byte(set_byte('\x01000000', 1, kind), 2, flags) || machine_order(int4send(cardinality(keys))) || string_agg(machine_order(int4send(upto::int)), ''::bytea ORDER BY n) ||
            string_agg(convert_to(k, 'UTF8'), ''::bytea ORDER BY n))::interlink.link
    FROM (SELECT k, n, sum(octet_length(k)) OVER (ORDER BY n) AS upto FROM unnest(keys) WITH ORDINALITY u(k, n)) t $$;
SELECT flat(3, 0, ARRAY[1, 5, 300]::bigint[]), flat(3, 1, ARRAY[5, 1]::bigint[]), flat(3, 0, '{}'::bigint[]), flat(5, 0, ARRAY['a', 'bc']), flat(0, 0, ARRAY['2', '1']);
CREATE TABLE early AS
SELECT name, flat(3, 0, numbers) AS number, flat(3, 1, in_order) AS ordered, flat(5, 0, titles) AS title FROM stored;
SELECT count(*), count(*) FILTER (WHERE e.number::bytea <> s.number::bytea) AS otherwise,
       count(*) FILTER (WHERE e.number = s.number AND s.number = e.number AND e.ordered = s.ordered AND e.title = s.title AND e.number = s.numbers) AS equal,
       count(*) FILTER (WHERE interlink.differ(e.number, s.number) OR interlink.differ(e.title, s.title) OR interlink.differ(s.ordered, e.ordered)) AS differ,
       count(*) FILTER (WHERE interlink.differ(e.number, s.ordered) OR cardinality(s.numbers) < 2) AS differ_in_order,
       count(*) FILTER (WHERE e.number::text = s.number::text AND e.ordered::text = s.ordered::text AND e.title::text = s.title::text) AS same_text,
       count(*) FILTER (WHERE interlink.link_hash(e.number) = interlink.link_hash(s.number) AND interlink.link_cmp(e.number, s.number) = 0) AS same_hash,
       count(*) FILTER (WHERE cardinality(e.number) = cardinality(s.numbers) AND e.number @> s.number AND s.number @> e.number AND e.title @> s.titles) AS same_keys,
       count(*) FILTER (WHERE ((e.number || 5) - 7)::bytea = ((s.number || 5) - 7)::bytea AND ((e.ordered || 5) - 7)::bytea = ((s.ordered || 5) - 7)::bytea
                          AND ((e.title || '{x}') - '{order-7}')::bytea = ((s.title || '{x}') - '{order-7}')::bytea) AS same_edited
FROM early e JOIN stored s USING (name);

-- and found by indexes, beside sets of the other form
CREATE TABLE both_forms AS SELECT * FROM (SELECT name, 1 AS form, number, ordered, title FROM early UNION ALL SELECT name, 2, number, ordered, title FROM stored) f
WHERE cardinality(number) < 500;
CREATE INDEX by_order ON both_forms (number);
CREATE INDEX by_hash ON both_forms USING hash (title);
CREATE INDEX by_keys ON both_forms USING gin (ordered);
CREATE FUNCTION found_by(index text, query text) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
DECLARE
    line text;
    plan text := '';
BEGIN
    PERFORM set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true);
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP plan := plan || line; END LOOP;
    IF strpos(plan, index) = 0 THEN RAISE '% is not used: %', index, plan; END IF;
    RETURN QUERY EXECUTE query;
    PERFORM set_config('enable_seqscan', 'on', true), set_config('enable_sort', 'on', true);
END $$;
SELECT form, count(*) FROM both_forms GROUP BY form ORDER BY form;
SELECT found_by('by_order', 'SELECT count(*) FROM stored s JOIN both_forms b ON b.number = s.number');
SELECT found_by('by_order', 'SELECT count(*) FROM early e JOIN both_forms b ON b.number = e.number');
SELECT found_by('by_hash', 'SELECT count(*) FROM stored s JOIN both_forms b ON b.title = s.title');
SELECT found_by('by_hash', 'SELECT count(*) FROM early e JOIN both_forms b ON b.title = e.title');
SELECT found_by('by_keys', 'SELECT count(DISTINCT (b.name, form)) FROM stored s JOIN both_forms b ON b.ordered @> s.numbers AND b.name = s.name');
SELECT count(*) AS pairs_in_order FROM (SELECT form, lead(form) OVER (ORDER BY number, form) AS next, number = lead(number) OVER (ORDER BY number, form) AS same FROM both_forms) p WHERE same AND form = 1 AND next = 2;
\set VERBOSITY terse
CREATE UNIQUE INDEX ON both_forms (name, number);
DELETE FROM both_forms WHERE form = 2;
CREATE UNIQUE INDEX ON both_forms (name, number);
INSERT INTO both_forms SELECT s.name, 2, s.number, s.ordered, s.title FROM stored s JOIN both_forms USING (name) ORDER BY name LIMIT 1;

\set VERBOSITY default
-- a link column that has it shows nothing wrong, and goes on from there
CREATE TABLE box (id bigint PRIMARY KEY);
CREATE TABLE thing (id bigint PRIMARY KEY);
SELECT FROM interlink.add_link('box', 'things', 'thing', 'many_to_many', inverse => 'boxes', ordered => true);
SELECT FROM interlink.add_link('thing', 'home', 'box', inverse => 'at_home');
INSERT INTO box VALUES (1), (2);
INSERT INTO thing (id, home_id) SELECT i * 3, 1 FROM generate_series(1, 50) i;
UPDATE box SET things = (SELECT array_agg(i * 3 ORDER BY -i) FROM generate_series(1, 50) i) WHERE id = 1;
SET session_replication_role = replica;
UPDATE box SET things = flat(3, 1, things::bigint[]), at_home = flat(3, 0, at_home::bigint[]) WHERE id = 1;
RESET session_replication_role;
SELECT id, get_byte(things::bytea, 0) AS things, get_byte(at_home::bytea, 0) AS at_home FROM box ORDER BY id;
SELECT * FROM interlink.audit();
UPDATE box SET things = things - 9 || 9 WHERE id = 1;
UPDATE thing SET home = 2 WHERE id % 2 = 0;
UPDATE box SET at_home = at_home - 3 WHERE id = 1;
SELECT id, get_byte(things::bytea, 0) AS things, get_byte(at_home::bytea, 0) AS at_home, cardinality(things) AS n, (things::bigint[])[50] AS last, cardinality(at_home) AS m FROM box ORDER BY id;
SELECT count(*) FROM box, interlink.link_keys(at_home) k WHERE (k::bigint % 2 = 0) <> (box.id = 2);
SELECT * FROM interlink.audit();

-- a later form is refused, and so is what never was one
\set VERBOSITY terse
SELECT '\x03030000'::bytea::interlink.link;
SELECT '\x00030000'::bytea::interlink.link;
SELECT '\x01070000'::bytea::interlink.link;
SELECT '\x010300'::bytea::interlink.link;
SELECT '\x0103000001'::bytea::interlink.link;
SELECT '\x0105000001'::bytea::interlink.link;
SELECT cardinality('\x010300'::bytea::interlink.link), cardinality('\x0205'::bytea::interlink.link);
SELECT cardinality('\x02050000'::bytea::interlink.link);
\set VERBOSITY default

-- keys that come one by one are those that come at once
SELECT count(*) AS keys, bool_and(k = 'order-' || lpad(o::text, 3, '0')) AS as_written
FROM interlink.link_keys((SELECT array_agg('order-' || lpad(i::text, 3, '0')) FROM generate_series(1, 600) i)::interlink.link(many_to_many,text)) WITH ORDINALITY AS l (k, o);

-- damaged values give an error or other keys, and nothing worse
CREATE FUNCTION read_damaged(image bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    link interlink.link := image::interlink.link;
    n bigint;
BEGIN
    n := length(link::text) + cardinality(link) + (link @> 77)::int + (link @> 'order-77'::text)::int + cardinality((link || '{77}') - '{78}');
    RETURN 'read';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
SELECT count(*) > 5000 AS many, string_agg(DISTINCT result, ', ') FILTER (WHERE result NOT IN ('read', 'XX001', '22021', '22P02', '22003', '21000', '54000', '53200')) AS others,
       count(*) FILTER (WHERE result = 'read') > 1000 AS some_read, count(*) FILTER (WHERE result = 'XX001') > 1000 AS some_not
FROM (SELECT read_damaged(set_byte(image, place, byte)) AS result
      FROM (SELECT unnest(ARRAY[number::bytea, ordered::bytea, title::bytea, tag::bytea]) AS image FROM stored WHERE name IN ('20 keys', '25 keys')) i,
           LATERAL generate_series(0, least(length(image) - 1, 150)) place, unnest(ARRAY[0, 1, 2, 64, 65, 127, 128, 255]) byte
      UNION ALL
      SELECT read_damaged(substring(image FOR place))
      FROM (SELECT unnest(ARRAY[number::bytea, ordered::bytea, title::bytea, tag::bytea]) AS image FROM stored WHERE name IN ('20 keys', '25 keys', 'in a row')) i,
           LATERAL generate_series(0, least(length(image) - 1, 150)) place) r;

DROP CAST (interlink.link AS bytea);
DROP CAST (bytea AS interlink.link);
SET client_min_messages = warning;
DROP TABLE shape, stored, early, both_forms, box_things, box, thing CASCADE;
DROP FUNCTION found_by;
RESET client_min_messages;
DROP FUNCTION name_of, uuid_of, begins_block, edits, reversed, machine_order, flat(int, int, bigint[]), flat(int, int, text[]), read_damaged;
