-- Relations over columns of a type with operators of its own, for which values that differ are equal.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
CREATE SCHEMA relation_own_types_citext;
CREATE EXTENSION IF NOT EXISTS citext SCHEMA relation_own_types_citext;
GRANT USAGE ON SCHEMA relation_own_types_citext TO regress_interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA relation_own_types;
SET search_path = relation_own_types, public;
CREATE VIEW wrong AS SELECT a.* FROM interlink.audit() a WHERE a.table_name !~ '\.';
CREATE TABLE person (id int PRIMARY KEY, email relation_own_types_citext.citext UNIQUE, name text, login text);
CREATE TABLE letter (id int PRIMARY KEY, email relation_own_types_citext.citext, pages int, login text);
SELECT FROM interlink.add_relation('letter', 'person', 'person', '{email}', '{email}');
SELECT FROM interlink.add_relation('person', 'letters', 'letter', '{email}', '{email}', is_referencee => true);
SELECT FROM interlink.add_relation('letter', 'other', 'person', '{login}', '{email}', is_referencee => true);
SELECT FROM interlink.add_lookup('letter', 'person_name', 'person', 'name');
SELECT FROM interlink.add_rollup('person', 'pages', 'letters', 'sum', 'pages');
SELECT FROM interlink.add_rollup('person', 'spellings', 'letters', 'array_join', 'email');
INSERT INTO letter (id, email, pages) VALUES (1, 'Ann@X', 1), (2, 'ANN@x', 2), (3, 'ben@x', 4), (4, NULL, 8);
INSERT INTO person (id, email, name) VALUES (1, 'ann@x', 'Ann');
TABLE letter ORDER BY id;
TABLE person ORDER BY id;
-- the same key, spelled in another way
UPDATE letter SET email = 'ann@x' WHERE id = 2;
UPDATE person SET email = 'ANN@X';
TABLE letter ORDER BY id;
TABLE person ORDER BY id;
UPDATE letter SET email = 'BEN@X' WHERE id = 1;
INSERT INTO person (id, email, name) VALUES (2, 'Ben@x', 'Ben');
TABLE letter ORDER BY id;
TABLE person ORDER BY id;
SELECT p.id, l.id FROM person p, letters(p) l ORDER BY 1, 2;
SELECT * FROM wrong;
-- both spellings are one key to the lock
BEGIN;
INSERT INTO letter (id, email) VALUES (9, 'DAN@x');
INSERT INTO person (id, email) VALUES (9, 'dan@X');
SELECT count(DISTINCT objid) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 27755 AND pid = pg_backend_pid();
ROLLBACK;
-- with a text it is another matter
SELECT interlink.add_rollup('letter', 'x', 'other');
RESET SESSION AUTHORIZATION;
SET client_min_messages = warning;
DROP SCHEMA relation_own_types, relation_own_types_citext CASCADE;
