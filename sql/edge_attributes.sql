-- Columns of a junction table in lookups and rollups, as junction.<column>.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
CREATE SCHEMA edge_attributes;
SET search_path = edge_attributes, public;
CREATE FUNCTION refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	EXECUTE statement;
	RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(E'\n', SQLSTATE || ': ' || SQLERRM, 'DETAIL: ' || nullif(detail, ''), 'HINT: ' || nullif(hint, ''));
END $$;

-- an adopted junction, from both ends
CREATE TABLE student (id int PRIMARY KEY, name text);
CREATE TABLE course (code text PRIMARY KEY, title text, credits int);
CREATE TABLE enrolment (student_id int REFERENCES student ON DELETE CASCADE ON UPDATE CASCADE, course_code text REFERENCES course ON UPDATE CASCADE ON DELETE CASCADE,
	grade numeric(3,1), passed boolean GENERATED ALWAYS AS (grade <= 4) STORED, weight float8 DEFAULT 0.1, note text, seen int DEFAULT 0, PRIMARY KEY (student_id, course_code));
INSERT INTO student VALUES (1, 'Ada'), (2, 'Ben'), (3, 'Cleo');
INSERT INTO course VALUES ('M', 'Maths', 5), ('P', 'Physics', 6), ('L', 'Latin', 3);
INSERT INTO enrolment (student_id, course_code, grade, note) VALUES (1, 'M', 1.3, 'x'), (1, 'P', 2.0, NULL), (2, 'M', 5.0, ''), (2, 'L', NULL, 'y');
SELECT FROM interlink.add_link('student', 'courses', 'course', 'many_to_many', inverse => 'students', junction => 'enrolment', columns => 'link');
SELECT FROM interlink.add_lookup('student', 'grades', 'courses', 'junction.grade');
SELECT FROM interlink.add_lookup('student', 'results', 'courses', $$title || ': ' || coalesce(junction.grade::text, '-')$$);
SELECT FROM interlink.add_rollup('student', 'points', 'courses', 'sum', 'junction.grade * credits');
SELECT FROM interlink.add_rollup('student', 'earned', 'courses', 'sum', 'CASE WHEN junction.passed THEN credits END');
SELECT FROM interlink.add_rollup('student', 'report', 'courses', 'array_join', $$title || ' ' || junction.note$$, separator => ' / ');
SELECT FROM interlink.add_rollup('student', 'weights', 'courses', 'sum', 'junction.weight');
SELECT FROM interlink.add_rollup('course', 'total', 'students', 'sum', 'junction.grade');
SELECT FROM interlink.add_rollup('course', 'best', 'students', 'min', 'junction.grade');
SELECT FROM interlink.add_rollup('course', 'mean', 'students', 'avg', 'junction.grade');
SELECT FROM interlink.add_rollup('course', 'all_passed', 'students', 'and', 'junction.passed');
SELECT FROM interlink.add_rollup('course', 'notes', 'students', 'counta', 'junction.note');
SELECT FROM interlink.add_rollup('course', 'who', 'students', 'array_compact', $$nullif(name, 'Ben') || junction.note$$);
SELECT name, via, expression FROM interlink.field_definition WHERE holder::regclass IN ('student'::regclass, 'course') AND expression IS NOT NULL ORDER BY id;
CREATE VIEW students AS SELECT id, grades, results, points, earned, report, weights FROM student ORDER BY id;
CREATE VIEW courses AS SELECT code, credits, total, best, round(mean, 2) AS mean, all_passed, notes, who FROM course ORDER BY code;
-- filled at once
TABLE students;
TABLE courses;
SELECT * FROM interlink.audit();

-- an edge changes
UPDATE enrolment SET grade = grade + 1 WHERE course_code = 'M';
UPDATE enrolment SET note = 'new', weight = weight * 3 WHERE student_id = 2;
TABLE students;
TABLE courses;
SELECT * FROM interlink.audit();
-- the linked row changes
UPDATE course SET credits = credits * 10 WHERE code IN ('M', 'L');
UPDATE student SET name = 'Ben' WHERE id = 1;
TABLE students;
TABLE courses;
SELECT * FROM interlink.audit();
-- edges come, go and move, by the table and by the link columns; those that stay keep what is theirs
INSERT INTO enrolment (student_id, course_code, grade, note) VALUES (3, 'M', 3.0, 'z'), (3, 'P', 4.0, 'zz') ON CONFLICT DO NOTHING;
INSERT INTO enrolment (student_id, course_code, grade) VALUES (3, 'M', 1.0) ON CONFLICT (student_id, course_code) DO UPDATE SET grade = excluded.grade;
UPDATE enrolment SET course_code = 'L', grade = 2.7 WHERE student_id = 1 AND course_code = 'P';
DELETE FROM enrolment WHERE student_id = 2 AND course_code = 'L';
UPDATE student SET courses = courses || 'P' WHERE id = 2;
UPDATE course SET students = '{1,2}' WHERE code = 'M';
TABLE students;
TABLE courses;
SELECT * FROM interlink.audit();
-- both in one statement
WITH edge AS (UPDATE enrolment SET grade = 1.0 WHERE course_code = 'M'), far AS (UPDATE course SET credits = 1)
DELETE FROM enrolment WHERE course_code = 'P';
UPDATE course SET code = 'X' WHERE code = 'M';
UPDATE student SET id = 9 WHERE id = 1;
DELETE FROM student WHERE id = 2;
MERGE INTO enrolment e USING (VALUES (9, 'X', 5.0), (3, 'L', 1.5)) v (s, c, g) ON e.student_id = v.s AND e.course_code = v.c
	WHEN MATCHED THEN UPDATE SET grade = v.g WHEN NOT MATCHED THEN INSERT (student_id, course_code, grade, note) VALUES (s, c, g, 'm');
TABLE students;
TABLE courses;
SELECT * FROM interlink.audit();
-- what was undone has not happened
BEGIN;
SAVEPOINT s;
UPDATE enrolment SET grade = 0;
ROLLBACK TO s;
UPDATE enrolment SET grade = grade - 0.5 WHERE student_id = 9;
COMMIT;
SELECT id, grades FROM student ORDER BY id;
SELECT * FROM interlink.audit();
-- values that come out the same are not written, and columns that no field reads are not looked at
CREATE TEMP TABLE before AS SELECT id::text AS key, xmin AS x, ctid AS c FROM student UNION ALL SELECT code, xmin, ctid FROM course;
UPDATE enrolment SET seen = seen + 1;
UPDATE enrolment SET grade = grade, note = note;
SELECT key FROM (SELECT id::text AS key, xmin, ctid FROM student UNION ALL SELECT code, xmin, ctid FROM course EXCEPT TABLE before) e;
SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = 'enrolment'::regclass AND tgname = '00_interlink_update';
TRUNCATE enrolment;
TABLE students;
TABLE courses;
SELECT * FROM interlink.audit();

-- names are followed; what fields need is kept
ALTER TABLE enrolment RENAME grade TO "The Mark";
ALTER TABLE enrolment RENAME TO took;
ALTER TABLE course RENAME credits TO "CP";
SELECT name, expression FROM interlink.field_definition WHERE name IN ('grades', 'points', 'best') ORDER BY id;
INSERT INTO took (student_id, course_code, "The Mark", note) VALUES (3, 'L', 2.0, 'n'), (3, 'X', 3.0, 'n');
TABLE students;
DROP VIEW students, courses;
SELECT refused('ALTER TABLE took DROP "The Mark"');
SELECT refused('ALTER TABLE took ALTER "The Mark" TYPE int');
SELECT refused('ALTER TABLE took DROP weight');
ALTER TABLE took DROP weight CASCADE;
ALTER TABLE took DROP seen;
SELECT FROM interlink.drop_field('course', 'who');
ALTER TABLE course RENAME "CP" TO credits;
SELECT refused('ALTER TABLE course DROP credits');
UPDATE took SET "The Mark" = 1;
SELECT id, grades, points FROM student ORDER BY id;
SELECT * FROM interlink.audit();
-- a damaged value is found, and repaired
SET session_replication_role = replica;
UPDATE took SET "The Mark" = 4 WHERE course_code = 'L';
RESET session_replication_role;
SELECT table_name, column_name, key, stored, expected FROM interlink.audit() ORDER BY 1, 2, 3;
SELECT column_name, sum(repaired) FROM interlink.repair() GROUP BY 1 HAVING sum(repaired) > 0 ORDER BY 1;
SELECT * FROM interlink.audit();

-- other fields over such fields, in both directions
SELECT FROM interlink.add_rollup('course', 'of_points', 'students', 'sum', 'points + junction."The Mark"');
SELECT FROM interlink.add_rollup('course', 'of_points_alone', 'students', 'max', 'points');
UPDATE took SET "The Mark" = 2 WHERE course_code = 'L';
SELECT code, of_points, of_points_alone FROM course ORDER BY 1;
UPDATE course SET credits = 7 WHERE code = 'L';
SELECT code, of_points, of_points_alone FROM course ORDER BY 1;
SELECT * FROM interlink.audit();
-- and over fields that the junction holds itself
SELECT FROM interlink.add_link('took', 'course', 'course', foreign_key => '{course_code}', inverse => 'taken');
SELECT FROM interlink.add_lookup('took', 'cp', 'course', 'credits');
SELECT FROM interlink.add_rollup('student', 'cps', 'courses', 'sum', 'junction.cp');
SELECT FROM interlink.add_rollup('student', 'cp_list', 'courses', 'array_agg', 'junction.cp * 100 + credits');
SELECT refused($$SELECT interlink.add_lookup('took', 'again', 'course', 'junction.cp')$$);
UPDATE course SET credits = credits + 1;
UPDATE took SET course_code = 'P' WHERE course_code = 'X';
INSERT INTO took (student_id, course_code) VALUES (9, 'P');
SELECT id, cps, cp_list FROM student ORDER BY id;
SELECT * FROM interlink.audit();
SELECT refused($$SELECT interlink.drop_field('took', 'cp')$$);
SELECT FROM interlink.drop_field('took', 'cp', cascade => true);
SELECT name FROM interlink.field_definition WHERE holder::regclass IN ('student'::regclass, 'took') ORDER BY id;
SELECT refused($$SELECT interlink.drop_field('student', 'courses')$$);
SELECT FROM interlink.drop_field('student', 'courses', cascade => true);
SELECT FROM interlink.drop_field('took', 'course');
SELECT count(*) FROM interlink.field_definition WHERE holder::regclass IN ('student'::regclass, 'course', 'took');
SELECT student_id, course_code, "The Mark", note FROM took ORDER BY 1, 2;

-- a junction that the link has made, to which a column is added; in link order, of the table to itself
CREATE TABLE person (id int PRIMARY KEY, name text);
INSERT INTO person SELECT i, chr(96 + i) FROM generate_series(1, 5) i;
SELECT FROM interlink.add_link('person', 'friends', 'person', 'many_to_many', inverse => 'friend_of', ordered => true);
UPDATE person SET friends = '{3,2,5}' WHERE id = 1;
ALTER TABLE person_friends ADD since int DEFAULT 2000, ADD how text[] DEFAULT '{work}';
SELECT FROM interlink.add_lookup('person', 'since', 'friends', 'junction.since');
SELECT FROM interlink.add_lookup('person', 'how', 'friends', 'junction.how');
SELECT FROM interlink.add_lookup('person', 'names', 'friends', 'name || junction.since::text');
SELECT FROM interlink.add_lookup('person', 'fans', 'friend_of', 'name || junction.since::text');
SELECT FROM interlink.add_rollup('person', 'first', 'friend_of', 'min', 'junction.since');
SELECT FROM interlink.add_rollup('person', 'years', 'friends', 'array_unique', 'junction.since / 10');
SELECT FROM interlink.add_rollup('person', 'places', 'friends', 'array_agg', 'junction.source_position');
UPDATE person_friends SET since = since + target, how = how || ARRAY['x' || target];
INSERT INTO person_friends (source, target, since) VALUES (4, 1, 1990), (5, 5, 1980);
UPDATE person SET friends = '{5,3,4}' WHERE id = 1;
UPDATE person SET friend_of = '{2,1}' WHERE id = 5;
SELECT id, friends, since, how, names, years, places FROM person ORDER BY id;
SELECT id, friend_of, fans, first FROM person ORDER BY id;
UPDATE person_friends SET source_position = -source_position WHERE source = 1;
UPDATE person SET name = upper(name);
SELECT id, friends, since, names FROM person WHERE id = 1;
SELECT * FROM interlink.audit();
-- a column of the junction that is called as the field is not the field
SELECT refused($$SELECT interlink.add_rollup('person', 'later', 'friends', 'sum', 'junction.later')$$);
ALTER TABLE person_friends ADD later int DEFAULT 1;
SELECT FROM interlink.add_rollup('person', 'later', 'friends', 'sum', 'junction.later');
SELECT refused($$SELECT interlink.add_rollup('person', 'never', 'friends', 'sum', 'never + junction.later')$$);
-- places are taken away: not while a field reads them
SELECT refused($$SELECT interlink.alter_link('person', 'friends', '{"ordered": false}')$$);
SELECT FROM interlink.drop_field('person', 'places');
SELECT FROM interlink.alter_link('person', 'friends', '{"ordered": false}');
SELECT id, friends, since, names, later FROM person WHERE id = 1;
SELECT * FROM interlink.audit();
-- by the link of another table, walked backwards
CREATE TABLE badge (id int PRIMARY KEY);
SELECT FROM interlink.add_link('person', 'badges', 'badge', 'many_to_many', columns => 'none');
ALTER TABLE person_badges ADD n int;
SELECT FROM interlink.add_rollup('badge', 'n', 'person.badges', 'sum', 'junction.n');
INSERT INTO badge VALUES (1);
INSERT INTO person_badges VALUES (1, 1, 3), (2, 1, 4);
SELECT * FROM badge;
SELECT * FROM interlink.audit();

-- the same pair twice: every row counts; rows of one pair are in the order of their values
CREATE TABLE a (id numeric PRIMARY KEY, t text);
CREATE TABLE b (x1 int, x2 int, x3 int, x4 int, x5 int, x6 int, x7 int, id numeric PRIMARY KEY, v int);
CREATE TABLE ab (a_id numeric REFERENCES a ON UPDATE CASCADE, b_id numeric REFERENCES b ON DELETE SET NULL, n numeric, j json, f float8);
INSERT INTO a VALUES (1.0, 't'), (2, 'u');
INSERT INTO b (id, v) VALUES (1.00, 10), (10, 20), (2, 30);
INSERT INTO ab VALUES (1, 1, 7, '[7]', 0.1), (1, 1, 1.0, '[1]', 1e17), (1, 1, 1.00, '[2]', -1e17), (1, 10, 5, NULL, 1), (2, 2, 1, '{}', 1), (2, NULL, 100, '{}', 1);
SELECT FROM interlink.add_link('a', 'bs', 'b', 'many_to_many', junction => 'ab', inverse => 'as', columns => 'link');
SELECT FROM interlink.add_lookup('a', 'ns', 'bs', 'junction.n');
SELECT FROM interlink.add_lookup('a', 'js', 'bs', 'junction.j');
SELECT FROM interlink.add_rollup('a', 'fs', 'bs', 'sum', 'junction.f');
SELECT FROM interlink.add_rollup('a', 'vn', 'bs', 'array_agg', 'v * junction.n');
SELECT FROM interlink.add_rollup('b', 'n', 'as', 'sum', 'junction.n');
SELECT FROM interlink.add_rollup('b', 'least', 'as', 'min', 'junction.n');
SELECT FROM interlink.add_rollup('b', 'tn', 'as', 'array_join', 't || junction.n::text');
SELECT * FROM a ORDER BY id;
SELECT id, n, least, tn FROM b ORDER BY id;
UPDATE ab SET n = n * 2 WHERE n > 1;
UPDATE ab SET b_id = 10 WHERE j::text = '[1]';
UPDATE ab SET b_id = 2, a_id = 2 WHERE b_id IS NULL;
DELETE FROM b WHERE id = 1;
SELECT * FROM a ORDER BY id;
SELECT id, n, least, tn FROM b ORDER BY id;
SELECT * FROM interlink.audit();
-- the key of an ordered link may stand anywhere in its table
SELECT FROM interlink.add_link('a', 'more', 'b', 'many_to_many', inverse => 'of', ordered => true);
UPDATE a SET more = '{10,2}' WHERE id = 2;
SELECT more FROM a WHERE id = 2;

-- a junction in partitions
CREATE TABLE shop (id int PRIMARY KEY, city text);
CREATE TABLE item (id int PRIMARY KEY, price numeric);
CREATE TABLE stock (shop int REFERENCES shop, item int REFERENCES item, pieces int, PRIMARY KEY (shop, item)) PARTITION BY HASH (shop);
CREATE TABLE stock_0 PARTITION OF stock FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE stock_1 (pieces int, item int NOT NULL, shop int NOT NULL);
ALTER TABLE stock ATTACH PARTITION stock_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO shop SELECT i, 'c' || i FROM generate_series(1, 4) i;
INSERT INTO item SELECT i, i * 10 FROM generate_series(1, 3) i;
INSERT INTO stock SELECT s, i, s * i FROM generate_series(1, 4) s, generate_series(1, 2) i;
SELECT FROM interlink.add_link('shop', 'items', 'item', 'many_to_many', inverse => 'shops', junction => 'stock', columns => 'link');
SELECT FROM interlink.add_rollup('shop', 'worth', 'items', 'sum', 'junction.pieces * price');
SELECT FROM interlink.add_rollup('shop', 'pieces', 'items', 'sum', 'junction.pieces');
SELECT FROM interlink.add_lookup('item', 'per_shop', 'shops', 'junction.pieces');
UPDATE stock_1 SET pieces = pieces + 1;
UPDATE stock SET shop = 4, item = 3 WHERE shop = 1 AND item = 1;
UPDATE item SET price = 1 WHERE id = 2;
SELECT * FROM shop ORDER BY id;
SELECT * FROM item ORDER BY id;
ALTER TABLE stock DETACH PARTITION stock_0;
SELECT * FROM shop ORDER BY id;
SELECT * FROM interlink.audit();

-- names: `junction` is the junction table, whatever else is called so
CREATE TYPE pair AS (grade int, b int);
CREATE TABLE junction (id int PRIMARY KEY, junction pair, grade int);
CREATE TABLE h (id int PRIMARY KEY, junction_id int REFERENCES junction);
INSERT INTO junction VALUES (1, (10, 20), 30);
INSERT INTO h VALUES (1, 1);
SELECT FROM interlink.add_link('h', 'js', 'junction', 'many_to_many', columns => 'none');
ALTER TABLE h_js ADD grade int;
INSERT INTO h_js VALUES (1, 1, 7);
SELECT FROM interlink.add_lookup('h', 'of_junction', 'js', 'junction.grade');
SELECT FROM interlink.add_lookup('h', 'of_row', 'js', 'grade');
SELECT FROM interlink.add_lookup('h', 'of_column', 'js', '(junction).grade');
SELECT FROM interlink.add_lookup('h', 'of_all', 'js', '(junction).b + grade + junction.grade');
SELECT FROM interlink.add_link('h', 'j', 'junction', foreign_key => '{junction_id}');
SELECT FROM interlink.add_lookup('h', 'by_key', 'j', 'junction.grade');
SELECT name, expression FROM interlink.field_definition WHERE holder = 'h'::regclass AND expression IS NOT NULL ORDER BY id;
SELECT of_junction, of_row, of_column, of_all, by_key FROM h;
UPDATE h_js SET grade = 8;
UPDATE junction SET grade = 31;
SELECT of_junction, of_row, of_column, of_all, by_key FROM h;
SELECT * FROM interlink.audit();

-- refused
SELECT FROM interlink.add_link('badge', 'owner', 'person', inverse => 'owned');
SELECT FROM interlink.add_path('badge', 'friends_of_owner', '{owner,friends}');
SELECT FROM interlink.add_relation('badge', 'same', 'person', '{id}', '{id}');
SELECT refused($$SELECT interlink.add_lookup('badge', 'x', 'owner', 'junction.since')$$);
SELECT refused($$SELECT interlink.add_rollup('person', 'x', 'owned', 'sum', '1 + junction.n')$$);
SELECT refused($$SELECT interlink.add_lookup('badge', 'x', 'same', 'junction.since')$$);
SELECT refused($$SELECT interlink.add_rollup('badge', 'x', 'friends_of_owner', 'sum', 'junction.since')$$);
SELECT refused($$SELECT interlink.add_rollup('person', 'x', 'friends', 'sum', 'junction.nothing')$$);
SELECT refused($$SELECT interlink.add_rollup('person', 'x', 'friends', 'sum', 'person_friends.since')$$);
SELECT refused($$SELECT interlink.add_lookup('person', 'x', 'friends', 'junction')$$);
SELECT refused($$SELECT interlink.add_lookup('person', 'x', 'friends', 'junction.*')$$);
SELECT refused($$SELECT interlink.add_lookup('person', 'x', 'friends', 'junction.ctid')$$);
SELECT refused($$SELECT interlink.add_lookup('person', 'x', 'friends', 'junction.since + random()')$$);
SELECT refused($$SELECT interlink.add_lookup('person', 'x', 'friends', 'sum(junction.since)')$$);
SELECT refused($$SELECT interlink.add_lookup('person', 'x', 'friends', '(SELECT junction.since)')$$);
SELECT refused($$SELECT interlink.add_rollup('person', 'x', 'friends', 'sum', 'junction.how')$$);
SELECT refused($$SELECT interlink.create_field('person', '{"name":"x", "type":"lookup", "options":{"foreignTableId":"person", "linkFieldId":"friends", "lookupFieldId":"junction.since"}}')$$);

-- read as the owner of the holder, who must be allowed to; free of row security
CREATE ROLE edge_attributes_owner;
CREATE ROLE edge_attributes_writer;
GRANT USAGE, CREATE ON SCHEMA edge_attributes TO edge_attributes_owner;
GRANT USAGE ON SCHEMA edge_attributes TO edge_attributes_writer;
ALTER TABLE student OWNER TO edge_attributes_owner;
GRANT SELECT, REFERENCES, TRIGGER ON course TO edge_attributes_owner;
GRANT SELECT, REFERENCES, TRIGGER ON took TO edge_attributes_owner;
SELECT FROM interlink.add_link('student', 'courses', 'course', 'many_to_many', junction => 'took', columns => 'none', inverse => 'students');
REVOKE SELECT ON took FROM edge_attributes_owner;
SET ROLE edge_attributes_owner;
SELECT refused($$SELECT interlink.add_lookup('student', 'marks', 'courses', 'junction."The Mark"')$$);
RESET ROLE;
GRANT SELECT ON took TO edge_attributes_owner;
SET ROLE edge_attributes_owner;
SELECT FROM interlink.add_lookup('student', 'marks', 'courses', 'junction."The Mark"');
SELECT FROM interlink.add_rollup('student', 'points', 'courses', 'sum', 'junction."The Mark" * credits');
RESET ROLE;
GRANT UPDATE, SELECT ON took TO edge_attributes_writer;
ALTER TABLE took ENABLE ROW LEVEL SECURITY;
CREATE POLICY latin ON took TO edge_attributes_writer USING (course_code = 'L');
SET ROLE edge_attributes_writer;
UPDATE took SET "The Mark" = 3;
RESET ROLE;
SELECT id, marks, points FROM student ORDER BY id;
SELECT * FROM interlink.audit();
DROP SCHEMA edge_attributes CASCADE;
DROP ROLE edge_attributes_owner, edge_attributes_writer;
