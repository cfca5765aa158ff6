-- A rollup may read itself over a foreign key of the table to itself.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;

-- a tree of 250 rows, and others
CREATE SCHEMA tree_rollup_1;
SET search_path = tree_rollup_1, public;
CREATE TABLE node (id int PRIMARY KEY);
INSERT INTO node SELECT generate_series(1, 300);
SELECT FROM interlink.add_link('node', 'parent', 'node', inverse => 'kids', columns => 'none');
UPDATE node SET parent_id = id - 1 WHERE id BETWEEN 2 AND 250;
SELECT FROM interlink.add_rollup('node', 'descendants', 'kids', 'sum', '1 + descendants');
SELECT FROM interlink.add_rollup('node', 'height', 'kids', 'max', '1 + coalesce(height, 0)');
SELECT FROM interlink.add_rollup('node', 'depth', 'parent', 'sum', '1 + depth');
SELECT * FROM node WHERE id IN (1, 2, 100, 249, 250, 251) ORDER BY id;
-- half of it goes to another tree
UPDATE node SET parent_id = 251 WHERE id = 100;
SELECT * FROM node WHERE id IN (1, 2, 100, 249, 250, 251) ORDER BY id;
-- rows under themselves
UPDATE node SET parent_id = 250 WHERE id = 248;
UPDATE node SET parent_id = 300 WHERE id = 300;
INSERT INTO node (id, parent_id) VALUES (301, 302), (302, 301);
-- a row in the middle goes, and takes its link along
DELETE FROM node WHERE id = 120;
SELECT * FROM node WHERE id IN (1, 100, 119, 121, 250) ORDER BY id;
INSERT INTO node (id, parent_id) SELECT i, 250 FROM generate_series(400, 420) i;
SELECT * FROM node WHERE id IN (121, 250) ORDER BY id;
SELECT * FROM interlink.audit();
DROP SCHEMA tree_rollup_1 CASCADE;

-- with another link in the way
CREATE SCHEMA tree_rollup_2;
SET search_path = tree_rollup_2, public;
CREATE TABLE person (id int PRIMARY KEY, name text);
CREATE TABLE project (id int PRIMARY KEY);
SELECT FROM interlink.add_link('project', 'staff', 'person', 'many_to_many', inverse => 'works_on');
SELECT FROM interlink.add_link('person', 'boss', 'person', inverse => 'reports');
SELECT FROM interlink.add_rollup('person', 'below', 'reports', 'sum', '1 + below');
INSERT INTO person (id, name, boss) VALUES (2, 'Ben', NULL), (3, 'Cleo', 2), (4, 'Dora', 3);
UPDATE person SET boss = 4 WHERE id = 2;
TABLE person;
SELECT * FROM interlink.audit();
DROP SCHEMA tree_rollup_2 CASCADE;

-- beside a cycle of rows it cannot be added
CREATE SCHEMA tree_rollup_3;
SET search_path = tree_rollup_3, public;
CREATE TABLE node (id int PRIMARY KEY);
SELECT FROM interlink.add_link('node', 'parent', 'node', inverse => 'kids');
INSERT INTO node (id) VALUES (1), (2), (3);
UPDATE node SET parent_id = 3 - id WHERE id < 3;
SELECT FROM interlink.add_rollup('node', 'n', 'kids', 'sum', '1 + n');
SELECT FROM interlink.add_lookup('node', 'l', 'parent', 'l');
\d node
SELECT * FROM interlink.audit();
DROP SCHEMA tree_rollup_3 CASCADE;
