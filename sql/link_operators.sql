-- Every operator, in every form that the documentation promises.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;

CREATE TABLE employees (id bigint PRIMARY KEY, code text, tag uuid);
CREATE TABLE projects (
    id integer PRIMARY KEY,
    team interlink.link(many_to_many, int8) NOT NULL DEFAULT '{}',
    manager interlink.link(many_to_one, int8),
    steps interlink.link(many_to_many, int4, ordered) NOT NULL DEFAULT '{}',
    codes interlink.link(many_to_many, text) NOT NULL DEFAULT '{}',
    tags interlink.link(many_to_many, uuid) NOT NULL DEFAULT '{}'
);
INSERT INTO employees
SELECT i, 'e' || i, ('00000000-0000-0000-0000-00000000000' || i)::uuid FROM generate_series(1, 5) i;
INSERT INTO projects VALUES
    (1, '{1,2,3}', 1, '{3,1,2}', '{e1,e10}', '{00000000-0000-0000-0000-000000000001}'),
    (2, '{2}', 2, '{2,1}', '{e2,"{1}"}', '{00000000-0000-0000-0000-000000000002,00000000-0000-0000-0000-000000000003}'),
    (3, '{}', NULL, '{}', '{}', '{}');

-- contains
SELECT id, team @> 3 AS a, team @> '{3}' AS b, team @> ARRAY[1,2] AS c, 3 <@ team AS d, team @> 3::int2 AS e, team @> 3.0 AS f,
       team @> 3.5 AS g, team @> '3'::text AS h, team @> 'x'::text AS i, team @> '{x}' AS j, team @> '{}' AS k,
       team @> ARRAY[]::int[] AS l, ARRAY[2,NULL] <@ team AS m, team @> '[2]'::jsonb AS n, team @> '03' AS o
FROM projects ORDER BY id;
SELECT p.id, e.id FROM projects p JOIN employees e ON e.id <@ p.team ORDER BY 1, 2;
SELECT p.id, e.code FROM projects p JOIN employees e ON e.code <@ p.codes ORDER BY 1, 2;
SELECT p.id, e.tag FROM projects p JOIN employees e ON p.tags @> e.tag ORDER BY 1, 2;
SELECT id, codes @> '{1}' AS a, codes @> '{1}'::text AS b, codes @> '{"{1}"}' AS c, codes @> 'e1'::name AS d, codes @> 'e1'::varchar AS e,
       codes @> 'e1  '::char(4) AS f FROM projects ORDER BY id;
SELECT tags @> 1 AS a, tags @> '{00000000000000000000000000000001}' AS b, tags @> ARRAY['00000000-0000-0000-0000-000000000001'::uuid] AS c
FROM projects ORDER BY id;

SELECT id, team @> ANY (ARRAY[3,9]) AS any_key, team @> ALL (ARRAY[1,2]) AS all_keys FROM projects ORDER BY id;

-- contained, overlaps
SELECT id, team <@ '{1,2,3,4}' AS a, team <@ ARRAY[1,2] AS b, team <@ team AS c, team <@ '{2,x}' AS d, team && '{3,4}' AS e,
       team && ARRAY[2,9] AS f, team && '{x}' AS g, team && '{}' AS h, steps <@ team AS i, steps && team AS j, team @> steps AS k,
       '{1,2,3}' @> team AS l, '{2}' <@ team AS m, ARRAY[1,2] <@ team AS n
FROM projects ORDER BY id;

-- equality: sets for plain links, sequences for ordered ones
SELECT id, manager = 2 AS a, manager IN (1,2) AS b, manager <> 2 AS c, 2 = manager AS d, 2 <> manager AS e, manager = '2' AS f,
       manager = '{2}' AS g, manager IN ('1','2') AS h, manager = 2::int2 AS i, team = 2 AS j, manager IS DISTINCT FROM 2 AS k,
       manager = ANY (ARRAY[1,2]) AS l
FROM projects ORDER BY id;
SELECT id, team = '{3,2,1}' AS a, team = ARRAY[3,2,1] AS b, ARRAY[1,2,3] = team AS c, team <> ARRAY[2] AS d, ARRAY[2] <> team AS e,
       team = '{1,2,3,x}' AS f, team = '[1,2,3]' AS g, team = team AS h, team <> '{1,2,3}' AS i
FROM projects ORDER BY id;
SELECT id, steps = '{3,1,2}' AS a, steps = '{1,2,3}' AS b, steps = ARRAY[3,1,2] AS c, steps = ARRAY[1,2,3] AS d, steps = team AS e,
       steps @> '{1,2,3}' AND steps <@ '{1,2,3}' AS f
FROM projects ORDER BY id;
SELECT id, codes = 'e1'::text AS a, tags = '00000000-0000-0000-0000-000000000001'::uuid AS b, '00000000-0000-0000-0000-000000000001'::uuid = tags AS c,
       tags <> '00000000-0000-0000-0000-000000000001'::uuid AS d, '00000000-0000-0000-0000-000000000001'::uuid <> tags AS e,
       'e1'::text = codes AS f, codes <> 'e1'::text AS g, 'e1'::text <> codes AS h
FROM projects ORDER BY id;

-- kinds: integers of any width are numbers; other families are never equal
SELECT '{1,2}'::interlink.link(many_to_many, int2) = '{2,1}'::interlink.link(many_to_many, int8) AS widths,
       '{1}'::interlink.link(many_to_many, int8) = '{1}'::interlink.link(many_to_many, text) AS families,
       '{}'::interlink.link(many_to_many, int8) = '{}'::interlink.link(many_to_many, text) AS empty,
       '{1}'::interlink.link(many_to_many, text) @> '{1}'::interlink.link(many_to_many, int8) AS contains,
       '{2,1}'::interlink.link(many_to_many, int8, ordered) = '{1,2}'::interlink.link(many_to_many, int8) AS orders,
       '{1,2}'::interlink.link = '{2,1}'::interlink.link AS literals, '{01}'::interlink.link = '{1}'::interlink.link AS spellings,
       '{01}'::interlink.link = 1 AS literal_key, '{01,1}'::interlink.link = 1 AS same_twice, '{1,x}'::interlink.link = 1 AS impossible,
       '{02,1}'::interlink.link = ARRAY[1,2] AS literal_array, '{01}'::interlink.link @> 1 AS literal_contains;

-- a domain is as good as its base type
CREATE DOMAIN employee_id AS bigint CHECK (VALUE > 0);
SELECT id, team @> 3::employee_id AS key, manager = 2::employee_id AS equal, team @> ARRAY[1, 2]::employee_id[] AS keys FROM projects ORDER BY id;
DROP DOMAIN employee_id;

-- add, remove
SELECT id, team || 3 AS a, team - 3 AS b, team || '{9,8}' AS c, team - '{1,x}' AS d, team || ARRAY[5,NULL,4] AS e, team - ARRAY[1,2] AS f,
       team || steps AS g, team - steps AS h, team || '3'::text AS i, team - '3'::text AS j, team || '[7,6]'::jsonb AS k, team - 2.0 AS l
FROM projects ORDER BY id;
SELECT id, steps || 9 AS a, steps || 1 AS b, steps - 1 AS c, steps || '{8,3,7}' AS d, steps || ARRAY[8,3,7] AS e, steps - team AS f, steps || team AS g,
       manager || 9 AS h, manager - 1 AS i
FROM projects ORDER BY id;
SELECT codes || 'a b'::text AS a, codes || 5 AS b, codes - 'e1'::text AS c, codes || 'x' AS d, codes || ARRAY['y','x'] AS e, 'x' || codes AS f FROM projects WHERE id = 1;
SELECT '{1}'::interlink.link || '{2,1}'::interlink.link AS a, '{1}'::interlink.link || 2 AS b, '{2,1}'::interlink.link - '{2}'::interlink.link AS c,
       '{1}'::interlink.link(many_to_many, int2) || '{70000}'::interlink.link(many_to_many, int4) AS d,
       '{2}' || '{1}'::interlink.link(many_to_many, int8) AS e, '{1,2}'::interlink.link(many_to_many, int8) - '{a}'::interlink.link(many_to_many, text) AS f;
SELECT 'x' || 1::bigint AS still_text, 'x' || team::text AS of_text FROM projects WHERE id = 2;

-- a key that is impossible can be looked for, but not put in
SELECT 'text' || team FROM projects;
SELECT team || 'x'::text FROM projects;
SELECT team || ARRAY['1','x'] FROM projects;
SELECT steps || 3000000000 FROM projects;
SELECT team || tags FROM projects;
SELECT tags || 1 FROM projects;

-- assignments
BEGIN;
UPDATE projects SET team = 3 WHERE id = 1 RETURNING team;
UPDATE projects SET team = '{1,2}' WHERE id = 1 RETURNING team;
UPDATE projects SET team = ARRAY[2,1] WHERE id = 1 RETURNING team;
UPDATE projects SET team = '[1,2]'::jsonb WHERE id = 1 RETURNING team;
UPDATE projects SET team = (team || 9) - 1 WHERE id = 1 RETURNING team;
UPDATE projects SET manager = 3::int2 WHERE id = 1 RETURNING manager;
UPDATE projects SET manager = '3' WHERE id = 1 RETURNING manager;
ROLLBACK;

-- prepared, with parameters of unknown and of given type
PREPARE contains_unknown AS SELECT id FROM projects WHERE team @> $1 ORDER BY id;
EXECUTE contains_unknown('{2}');
EXECUTE contains_unknown('2');
PREPARE contains_int4(int4) AS SELECT id FROM projects WHERE team @> $1 ORDER BY id;
EXECUTE contains_int4(3);
PREPARE contains_array(bigint[]) AS SELECT id FROM projects WHERE team @> $1 ORDER BY id;
EXECUTE contains_array('{1,2}');
PREPARE equals_unknown AS SELECT id FROM projects WHERE manager = $1 ORDER BY id;
EXECUTE equals_unknown('2');
PREPARE equals_int8(int8) AS SELECT id FROM projects WHERE manager = $1 ORDER BY id;
EXECUTE equals_int8(2);
PREPARE contained_int8(int8) AS SELECT id FROM projects WHERE $1 <@ team ORDER BY id;
EXECUTE contained_int8(2);
PREPARE set_unknown AS UPDATE projects SET team = $1 WHERE id = 3 RETURNING team;
EXECUTE set_unknown('[2,1]');
PREPARE set_text(text) AS UPDATE projects SET team = $1 WHERE id = 3 RETURNING team;
EXECUTE set_text('{3,2}');
PREPARE set_array(int[]) AS UPDATE projects SET team = $1 WHERE id = 3 RETURNING team;
EXECUTE set_array('{}');
DEALLOCATE ALL;

-- out of a link
SELECT id, unnest(team::bigint[]) FROM projects ORDER BY id, 2;
SELECT id, cardinality(team), cardinality(manager) FROM projects ORDER BY id;
SELECT id, k FROM projects, interlink.link_keys(steps) WITH ORDINALITY AS l(k, n) ORDER BY id, n;
SELECT id, manager::bigint, team::int[], team::smallint[], team::text[], codes::varchar[], tags::uuid[], steps::int[], team::text FROM projects ORDER BY id;
SELECT '{}'::interlink.link::bigint AS none, '{7}'::interlink.link::bigint AS literal, '00000000-0000-0000-0000-000000000001'::interlink.link::uuid AS tag;
SELECT team::bigint FROM projects;
SELECT codes::bigint[] FROM projects;
SELECT team::uuid[] FROM projects;
SELECT '{99999}'::interlink.link::smallint[];

-- keys of other types are written the same way whatever the settings
SET DateStyle = 'German';
SET TimeZone = 'Asia/Tokyo';
SELECT '{2024-12-31}'::interlink.link(many_to_many, other) @> date '31.12.2024' AS date,
       '{}'::interlink.link(many_to_many, other) || date '31.12.2024' AS added,
       '{"2024-12-31 12:00:00+00"}'::interlink.link(many_to_many, other) @> timestamptz '2024-12-31 21:00:00+09' AS moment,
       '{"(2024-12-31,x)"}'::interlink.link(many_to_many, other) @> ROW(date '31.12.2024', 'x') AS composite,
       '{t}'::interlink.link(many_to_many, other) @> true AS boolean, '{1.50}'::interlink.link(many_to_many, other) @> 1.50 AS number;
SELECT date '31.12.2024' AS untouched;
RESET DateStyle;
RESET TimeZone;

DROP TABLE projects, employees;

-- every object says what it is
SELECT pg_describe_object(classid, objid, 0) AS without_comment
FROM pg_depend d
WHERE refclassid = 'pg_extension'::regclass AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'interlink') AND deptype = 'e'
  AND classid IN ('pg_proc'::regclass, 'pg_type'::regclass, 'pg_operator'::regclass, 'pg_cast'::regclass, 'pg_opclass'::regclass, 'pg_opfamily'::regclass)
  AND obj_description(objid, classid::regclass::name) IS NULL
  AND pg_describe_object(classid, objid, 0) ~ 'link' AND NOT EXISTS (SELECT FROM pg_type WHERE pg_type.oid = objid AND (typelem <> 0 OR typtype = 'c'))
ORDER BY 1;

-- operators are told what they are to each other; those between an array and a
-- link on its right do not exist for these two
SELECT o.oid::regoperator FROM pg_operator o
WHERE 'interlink.link'::regtype IN (o.oprleft, o.oprright) AND
      (o.oprcode = 0 OR
       NOT EXISTS (SELECT FROM pg_operator c WHERE c.oid = o.oprcom AND c.oprcom = o.oid AND c.oprleft = o.oprright AND c.oprright = o.oprleft) AND
       o.oprname IN ('=', '<>', '@>', '<@', '&&') OR
       NOT EXISTS (SELECT FROM pg_operator n WHERE n.oid = o.oprnegate AND n.oprnegate = o.oid AND n.oprleft = o.oprleft AND n.oprright = o.oprright) AND
       o.oprname IN ('=', '<>'))
ORDER BY 1;
