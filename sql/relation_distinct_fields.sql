-- Lookups and rollups over a path that shows each row once: a row counts once, on however many ways it is reached.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA relation_distinct_fields;
SET search_path = relation_distinct_fields, public;
CREATE VIEW wrong AS SELECT a.* FROM interlink.audit() a WHERE a.table_name !~ '\.';

-- through a plain junction with foreign keys, over a link, and by columns that are equal
CREATE TABLE club (id int PRIMARY KEY, name text, city text);
CREATE TABLE person (id int PRIMARY KEY, name text, age int, weight float8);
CREATE TABLE membership (person_id int REFERENCES person ON DELETE CASCADE, club_id int REFERENCES club ON DELETE CASCADE, year int, PRIMARY KEY (person_id, club_id, year));
CREATE TABLE city (id int PRIMARY KEY, name text);
SET client_min_messages = warning;
SELECT count(*) FROM interlink.import_foreign_keys('relation_distinct_fields');
SELECT FROM interlink.add_link('person', 'friends', 'person', 'many_to_many', inverse => 'friended');
SELECT FROM interlink.add_relation('city', 'clubs', 'club', '{name}', '{city}', is_referencee => true);
SELECT FROM interlink.add_relation('club', 'place', 'city', '{city}', '{name}', is_referencee => true);
RESET client_min_messages;
SELECT FROM interlink.add_path('club', 'members', '{membership,person}', distinct_rows => true);
SELECT FROM interlink.add_path('city', 'people', '{clubs,membership,person}', distinct_rows => true);
SELECT FROM interlink.add_path('person', 'cities', '{membership,club,place}', distinct_rows => true);
SELECT FROM interlink.add_path('club', 'friends', '{members,friends}', distinct_rows => true);
SELECT FROM interlink.add_path('club', 'friends_of_each', '{members,friends}');
INSERT INTO person (id, name, age, weight) VALUES (1, 'Ann', 10, 0.1), (2, 'Ben', 20, 0.2), (3, 'Cleo', 40, 0.3), (4, 'Dan', NULL, NULL);
INSERT INTO club VALUES (1, 'Chess', 'Bonn'), (2, 'Rugby', 'Bonn'), (3, 'Swim', 'Oslo'), (4, 'Ghosts', NULL);
INSERT INTO city VALUES (1, 'Bonn'), (2, 'Oslo'), (3, 'Bonn');
INSERT INTO membership VALUES (1, 1, 2020), (1, 1, 2021), (2, 1, 2020), (1, 2, 2020), (3, 3, 2020), (3, 4, 2020);
UPDATE person SET friends = '{2,3}' WHERE id = 1;
UPDATE person SET friends = '{3}' WHERE id = 2;

-- filled
SET client_min_messages = warning;
SELECT FROM interlink.add_rollup('club', 'n', 'members');
SELECT FROM interlink.add_rollup('club', 'age', 'members', 'sum', 'age');
SELECT FROM interlink.add_lookup('club', 'names', 'members', 'name');
SELECT FROM interlink.add_rollup('city', 'n', 'people');
SELECT FROM interlink.add_rollup('city', 'oldest', 'people', 'max', 'age');
SELECT FROM interlink.add_rollup('city', 'weight', 'people', 'sum', 'weight');
SELECT FROM interlink.add_rollup('city', 'names', 'people', 'array_join', 'name');
SELECT FROM interlink.add_lookup('person', 'city_ids', 'cities', 'id');
SELECT FROM interlink.add_rollup('club', 'friends_age', 'friends', 'sum', 'age');
SELECT FROM interlink.add_rollup('person', 'places', 'cities');
RESET client_min_messages;
CREATE VIEW state AS
SELECT 'club' AS source, id, to_jsonb(c) - '{id,name,city}'::text[] AS fields FROM club c
UNION ALL SELECT 'city', id, to_jsonb(c) - '{id,name}'::text[] FROM city c
UNION ALL SELECT 'person', id, to_jsonb(p) - '{id,name,age,weight,friends,friended}'::text[] FROM person p ORDER BY 1, 2;
TABLE state;
SELECT * FROM wrong;

-- one way of several comes and goes, then the last one
INSERT INTO membership VALUES (2, 2, 2020), (2, 1, 2021), (4, 1, 2020);
DELETE FROM membership WHERE person_id = 1 AND year = 2021;
TABLE state;
SELECT * FROM wrong;
DELETE FROM membership WHERE person_id = 1;
UPDATE club SET city = 'Oslo' WHERE id = 2;
UPDATE person SET age = age + 1, weight = 1, name = upper(name);
TABLE state;
SELECT * FROM wrong;
UPDATE city SET name = 'Oslo' WHERE id = 3;
UPDATE club SET city = CASE city WHEN 'Oslo' THEN 'Bonn' ELSE 'Oslo' END;
UPDATE membership SET club_id = 4 WHERE club_id = 1;
UPDATE person SET friends = '{}' WHERE id = 2;
TABLE state;
SELECT * FROM wrong;
DELETE FROM person WHERE id = 3;
INSERT INTO city VALUES (4, 'Rome');
INSERT INTO club VALUES (5, 'Owls', 'Rome'), (6, 'Cats', 'Rome');
INSERT INTO membership SELECT p, c, y FROM unnest('{1,2,4}'::int[]) p, unnest('{5,6}'::int[]) c, generate_series(1, 3) y;
TABLE state;
SELECT * FROM wrong;
BEGIN;
TRUNCATE membership;
TABLE state;
SELECT * FROM wrong;
ROLLBACK;

-- more rows than there is memory for notes
SET interlink.note_memory = '64kB';
INSERT INTO club SELECT i, 'club', 'town ' || i / 3 FROM generate_series(1000, 2199) i;
INSERT INTO city SELECT i / 3, 'town ' || i / 3 FROM generate_series(1000, 2199, 3) i;
INSERT INTO membership SELECT i % 2 + 1, i, y FROM generate_series(1000, 2199) i, generate_series(1, 2) y;
UPDATE membership SET person_id = 4 WHERE person_id = 1 AND club_id % 3 > 0 AND club_id >= 1000;
RESET interlink.note_memory;
SELECT n, oldest, names, count(*) FROM city WHERE id > 300 GROUP BY 1, 2, 3 ORDER BY 1, 3;
SELECT * FROM wrong;

-- damage is found and mended; the path goes by its accessor
SET SESSION AUTHORIZATION DEFAULT;
SET session_replication_role = replica;
DELETE FROM relation_distinct_fields.membership WHERE person_id = 2 AND club_id = 5;
UPDATE relation_distinct_fields.club SET n = 7 WHERE id = 5;
RESET session_replication_role;
SET SESSION AUTHORIZATION regress_interlink;
SELECT table_name, column_name, key, stored, expected, problem FROM wrong ORDER BY 1, 2, 3;
SELECT sum(repaired) FROM interlink.repair();
SELECT * FROM wrong;
SELECT id FROM club c WHERE n <> (SELECT count(*) FROM members(c)) OR n <> (SELECT count(*) FROM interlink.follow(c, 'members', NULL::person));
-- each once on a part of the way only, which is not the same
SELECT interlink.add_rollup('club', 'x', 'friends_of_each');
SELECT interlink.drop_relation('club', 'members');
SET client_min_messages = warning;
DROP SCHEMA relation_distinct_fields CASCADE;
