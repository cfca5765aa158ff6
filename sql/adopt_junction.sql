-- A table with two foreign keys becomes the junction of a link, with or without a key over them.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
CREATE SCHEMA adopt_junction;
SET search_path = adopt_junction, public;
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

CREATE TABLE student (id int PRIMARY KEY, name text);
CREATE TABLE course (code text PRIMARY KEY, title text, credits int);
INSERT INTO student VALUES (1, 'Ada'), (2, 'Ben'), (3, 'Cleo');
INSERT INTO course VALUES ('M', 'Maths', 5), ('P', 'Physics', 6), ('L', 'Latin', 3);
CREATE VIEW made AS SELECT name, on_delete, columns, source_columns, target_columns, junction_source_columns AS source_keys, junction_target_columns AS target_keys, created
	FROM interlink.link_definition WHERE source = 'student'::regclass OR target = 'student'::regclass ORDER BY id;

-- with columns of its own, the same pair twice, and rows that are not whole
CREATE TABLE enrolment (id serial PRIMARY KEY, student_id int REFERENCES student ON DELETE CASCADE,
	course_code text REFERENCES course ON UPDATE CASCADE ON DELETE SET NULL, grade int, note text DEFAULT 'new');
INSERT INTO enrolment (student_id, course_code, grade) VALUES (1, 'M', 1), (1, 'M', 2), (1, 'P', 3), (2, 'M', 4), (2, NULL, 5), (NULL, 'L', 6);
SELECT FROM interlink.add_link('student', 'courses', 'course', 'many_to_many', inverse => 'students', junction => 'enrolment', columns => 'link');
SELECT FROM interlink.add_rollup('student', 'n', 'courses');
SELECT FROM interlink.add_rollup('student', 'credits', 'courses', 'sum', 'credits');
SELECT FROM interlink.add_lookup('course', 'who', 'students', 'name');
SELECT FROM interlink.add_rollup('course', 'm', 'students');
SELECT * FROM made;
SELECT * FROM student ORDER BY id;
SELECT * FROM course ORDER BY code;
-- one of two goes, and the link stays
DELETE FROM enrolment WHERE id = 1;
SELECT * FROM student WHERE id = 1;
-- by the link columns, and by the table
UPDATE student SET courses = '{P,L}' WHERE id = 1;
UPDATE course SET students = '{1,2,3}' WHERE code = 'P';
UPDATE enrolment SET course_code = 'M' WHERE id = 5;
UPDATE enrolment SET student_id = 3 WHERE id = 6;
INSERT INTO enrolment (student_id, course_code) VALUES (3, 'L'), (3, 'L');
UPDATE enrolment SET grade = 0, note = 'old' WHERE student_id = 1;
SELECT * FROM student ORDER BY id;
SELECT * FROM course ORDER BY code;
SELECT student_id, course_code, grade, note FROM enrolment ORDER BY 1, 2, 3;
SELECT * FROM interlink.audit();
DELETE FROM course WHERE code = 'M';
UPDATE course SET code = 'LL' WHERE code = 'L';
DELETE FROM student WHERE id = 2;
UPDATE student SET courses = '{P}' WHERE id = 3;
UPDATE enrolment SET course_code = NULL WHERE id = 3;
SELECT * FROM student ORDER BY id;
SELECT * FROM course ORDER BY code;
SELECT student_id, course_code, grade, note FROM enrolment ORDER BY 1, 2, 3;
SELECT * FROM interlink.audit();
-- its rows can be linked themselves, by the same columns
SELECT FROM interlink.add_link('enrolment', 'student', 'student', foreign_key => '{student_id}', columns => 'link', inverse => 'enrolments');
UPDATE student SET courses = '{LL}' WHERE id = 3;
UPDATE student SET enrolments = enrolments || (SELECT max(id) FROM enrolment WHERE student_id = 1) WHERE id = 1;
SELECT id, courses, n, credits, cardinality(enrolments) AS enrolments FROM student ORDER BY id;
SELECT student_id, course_code, student FROM enrolment ORDER BY 1, 2;
SELECT * FROM interlink.audit();
SELECT FROM interlink.drop_field('student', 'courses', cascade => true);
SELECT indexname FROM pg_indexes WHERE tablename = 'enrolment' ORDER BY 1;
SELECT * FROM interlink.audit();
SELECT FROM interlink.drop_field('enrolment', 'student');
SELECT indexname FROM pg_indexes WHERE tablename = 'enrolment' ORDER BY 1;

-- a key over both, as tools make it; a column that nobody can fill by way of a link
CREATE TABLE chapter (student_id int REFERENCES student, course_code text REFERENCES course ON UPDATE CASCADE, page int NOT NULL, PRIMARY KEY (student_id, course_code));
SELECT FROM interlink.add_link('course', 'readers', 'student', 'many_to_many', junction => 'chapter', inverse => 'chapters', columns => 'array');
SELECT * FROM made;
INSERT INTO chapter VALUES (1, 'P', 5), (3, 'P', 6);
SELECT code, readers FROM course ORDER BY 1;
SELECT id, chapters FROM student ORDER BY 1;
SELECT refused($$UPDATE student SET chapters = '{LL}' WHERE id = 1$$);
SELECT refused($$DELETE FROM student WHERE id = 3$$);
UPDATE student SET chapters = '{}' WHERE id = 3;
SELECT code, readers FROM course ORDER BY 1;
SELECT * FROM interlink.audit();
SELECT FROM interlink.drop_field('course', 'readers');

-- another unique key is none over the pair; a table without primary key
CREATE TABLE seat (student_id int REFERENCES student, course_code text REFERENCES course, row int DEFAULT 1, UNIQUE (course_code, row));
SELECT FROM interlink.add_link('student', 'seats', 'course', 'many_to_many', junction => 'seat', columns => 'link', inverse => 'seated');
UPDATE student SET seats = '{P}' WHERE id = 1;
SELECT refused($$UPDATE student SET seats = '{P}' WHERE id = 3$$);
SELECT id, seats FROM student ORDER BY 1;
SELECT FROM interlink.drop_field('student', 'seats');

-- both keys to one table: the first is the source's
CREATE TABLE friend (one int REFERENCES student, other int REFERENCES student);
INSERT INTO friend VALUES (1, 3), (1, 3);
SELECT FROM interlink.add_link('student', 'friends', 'student', 'many_to_many', junction => 'friend', inverse => 'friend_of', columns => 'link', ordered => true);
UPDATE student SET friends = '{3,1}' WHERE id = 1;
UPDATE student SET friends = '{1,3}' WHERE id = 1;
SELECT id, friends, friend_of FROM student ORDER BY id;
SELECT one, other FROM friend ORDER BY source_position;
SELECT * FROM interlink.audit();
SELECT FROM interlink.drop_field('student', 'friends');
SELECT FROM interlink.add_link('student', 'friends', 'student', 'many_to_many', junction => 'friend', foreign_key => '{other,one}', columns => 'link');
SELECT id, friends FROM student ORDER BY id;
SELECT FROM interlink.drop_field('student', 'friends');

-- keys of several columns that share one
CREATE TABLE a (t int, id int, PRIMARY KEY (t, id));
CREATE TABLE b (t int, id int, w text, PRIMARY KEY (id, t));
CREATE TABLE ab (t int NOT NULL, a_id int, b_id int, FOREIGN KEY (t, a_id) REFERENCES a ON UPDATE CASCADE ON DELETE CASCADE, FOREIGN KEY (t, b_id) REFERENCES b (t, id) ON UPDATE CASCADE);
INSERT INTO a VALUES (1, 1), (1, 2), (2, 1);
INSERT INTO b VALUES (1, 1, 'x'), (1, 2, 'y'), (2, 1, 'z');
INSERT INTO ab VALUES (1, 1, 1), (1, 1, 2), (1, 1, 2), (2, 1, 1), (1, NULL, 2);
SELECT FROM interlink.add_link('a', 'bs', 'b', 'many_to_many', junction => 'ab', inverse => 'as', columns => 'link');
SELECT FROM interlink.add_lookup('a', 'ws', 'bs', 'w');
SELECT FROM interlink.add_rollup('b', 'n', 'as');
SELECT * FROM a ORDER BY 1, 2;
SELECT * FROM b ORDER BY 1, 2;
UPDATE a SET bs = bs || '(1,1)'::text WHERE (t, id) = (1, 2);
UPDATE b SET "as" = "as" - '(1,1)'::text WHERE w = 'y';
SELECT refused($$UPDATE a SET bs = bs || '(1,2)'::text WHERE (t, id) = (1, 2)$$);
SELECT * FROM a ORDER BY 1, 2;
SELECT * FROM b ORDER BY 1, 2;
SELECT * FROM ab ORDER BY 1, 2, 3;
SELECT * FROM interlink.audit();
SELECT FROM interlink.drop_field('a', 'bs', cascade => true);

-- refused
CREATE TABLE j0 (a int, b int);
CREATE TABLE j1 (a int REFERENCES student, b int);
CREATE TABLE j3 (a int REFERENCES student, b text REFERENCES course, c int REFERENCES student);
CREATE TABLE j4 (a int REFERENCES student, b text);
ALTER TABLE j4 ADD FOREIGN KEY (b) REFERENCES course NOT VALID;
CREATE VIEW j5 AS SELECT * FROM j3;
SELECT refused(format($$SELECT interlink.add_link('student', 'l', 'course', 'many_to_many', junction => %L)$$, name)) FROM unnest(ARRAY['j0', 'j1', 'j3', 'j4', 'j5', 'student']) name;
SELECT refused($$SELECT interlink.add_link('student', 'l', 'course', 'many_to_many', junction => 'j3', foreign_key => '{c,a}')$$);
SELECT refused($$SELECT interlink.add_link('student', 'l', 'course', 'many_to_many', junction => 'j3', foreign_key => '{c,b}', on_delete => 'unlink')$$);
SELECT FROM interlink.add_link('student', 'l', 'course', 'many_to_many', junction => 'j3', foreign_key => '{c,b}', on_delete => 'restrict');
SELECT refused($$SELECT interlink.add_link('course', 'l', 'student', 'many_to_many', junction => 'j3', foreign_key => '{b,c}')$$);
SELECT * FROM made;
-- who may: the owner of the junction, where something is written
CREATE ROLE adopt_junction_owner;
GRANT USAGE, CREATE ON SCHEMA adopt_junction TO adopt_junction_owner;
ALTER TABLE student OWNER TO adopt_junction_owner;
ALTER TABLE course OWNER TO adopt_junction_owner;
SET ROLE adopt_junction_owner;
SELECT refused($$SELECT interlink.add_link('student', 'm', 'course', 'many_to_many', junction => 'j3', foreign_key => '{a,b}')$$);
RESET ROLE;
GRANT SELECT, REFERENCES, TRIGGER ON j3 TO adopt_junction_owner;
SET ROLE adopt_junction_owner;
SELECT refused($$SELECT interlink.add_link('student', 'm', 'course', 'many_to_many', junction => 'j3', foreign_key => '{a,b}')$$);
RESET ROLE;
CREATE INDEX ON j3 (a);
SET ROLE adopt_junction_owner;
SELECT refused($$SELECT interlink.add_link('student', 'm', 'course', 'many_to_many', junction => 'j3', foreign_key => '{a,b}', columns => 'link')$$);
SELECT refused($$SELECT interlink.add_link('student', 'm', 'course', 'many_to_many', junction => 'j3', foreign_key => '{a,b}')$$);
RESET ROLE;
SELECT FROM interlink.drop_field('student', 'l');
SELECT FROM interlink.drop_field('student', 'm');
DROP SCHEMA adopt_junction CASCADE;
DROP ROLE adopt_junction_owner;
