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

-- Two trees of the same rows, and a field that reads such a rollup over the same link.
CREATE SCHEMA tree_rollup_4;
SET search_path = tree_rollup_4, public;
CREATE TABLE node (id int PRIMARY KEY);
SELECT FROM interlink.add_link('node', 'boss', 'node', inverse => 'staff', columns => 'none');
SELECT FROM interlink.add_link('node', 'parent', 'node', inverse => 'kids', columns => 'none');
SELECT FROM interlink.add_rollup('node', 'below', 'staff', 'sum', '1 + below');
SELECT FROM interlink.add_rollup('node', 'descendants', 'kids', 'sum', '1 + descendants');
SELECT FROM interlink.add_rollup('node', 'grandchildren', 'kids', 'sum', 'descendants');
INSERT INTO node (id, boss_id, parent_id) VALUES (1, NULL, 2), (2, 1, 3), (3, 2, NULL), (4, 3, 1);
TABLE node ORDER BY id;
UPDATE node SET parent_id = 4 WHERE id = 3;
UPDATE node SET boss_id = 4 WHERE id = 1;
SELECT * FROM interlink.audit();
DROP SCHEMA tree_rollup_4 CASCADE;

-- Each row is computed once, however deep the tree and however many of its rows are written.
CREATE SCHEMA tree_rollup_5;
SET search_path = tree_rollup_5, public;
CREATE TABLE node (id int PRIMARY KEY);
SELECT FROM interlink.add_link('node', 'parent', 'node', inverse => 'kids', columns => 'none');
SELECT FROM interlink.add_rollup('node', 'descendants', 'kids', 'sum', '1 + descendants');
SELECT FROM interlink.add_rollup('node', 'depth', 'parent', 'sum', '1 + depth');
CREATE SEQUENCE updates;
CREATE FUNCTION count_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval('updates'); RETURN NULL; END $$;
CREATE TRIGGER count_update AFTER UPDATE ON node FOR EACH ROW EXECUTE FUNCTION count_update();
INSERT INTO node (id) VALUES (0);
INSERT INTO node (id, parent_id) SELECT i, i - 1 FROM generate_series(1, 1000) i;
SELECT last_value AS updates FROM updates;
-- upside down
UPDATE node SET parent_id = CASE WHEN id < 1000 THEN id + 1 END;
SELECT last_value AS updates FROM updates;
SELECT * FROM node WHERE id IN (0, 1, 999, 1000) ORDER BY id;
SELECT FROM interlink.add_rollup('node', 'height', 'kids', 'max', '1 + coalesce(height, 0)');
SELECT last_value AS updates FROM updates;
SELECT * FROM interlink.audit();
DROP SCHEMA tree_rollup_5 CASCADE;

-- A trigger that hangs rows under themselves whenever they are written, also by the engine.
CREATE SCHEMA tree_rollup_6;
SET search_path = tree_rollup_6, public;
CREATE TABLE node (id int PRIMARY KEY);
SELECT FROM interlink.add_link('node', 'parent', 'node', inverse => 'kids');
SELECT FROM interlink.add_rollup('node', 'height', 'kids', 'max', '1 + coalesce(height, 0)');
INSERT INTO node (id, parent_id) VALUES (1, NULL), (2, 1), (3, 2);
CREATE FUNCTION under_first() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.parent_id := 1; RETURN NEW; END $$;
CREATE TRIGGER under_first BEFORE INSERT OR UPDATE ON node FOR EACH ROW EXECUTE FUNCTION under_first();
SET statement_timeout = '20s';
UPDATE node SET kids = '{}' WHERE id = 2;
RESET statement_timeout;
TABLE node ORDER BY id;
SELECT * FROM interlink.audit();
DROP SCHEMA tree_rollup_6 CASCADE;

-- A tree over the partitions of a table, whose columns stand in another order.
CREATE SCHEMA tree_rollup_7;
SET search_path = tree_rollup_7, public;
CREATE TABLE node (id int PRIMARY KEY, note text) PARTITION BY RANGE (id);
CREATE TABLE node_1 (note text, id int PRIMARY KEY);
CREATE TABLE node_2 (note text, id int PRIMARY KEY);
ALTER TABLE node ATTACH PARTITION node_1 FOR VALUES FROM (1) TO (50);
ALTER TABLE node ATTACH PARTITION node_2 FOR VALUES FROM (50) TO (200);
SELECT FROM interlink.add_link('node', 'parent', 'node', inverse => 'kids');
SELECT FROM interlink.add_rollup('node', 'descendants', 'kids', 'sum', '1 + descendants');
SELECT FROM interlink.add_rollup('node', 'depth', 'parent', 'sum', '1 + depth');
INSERT INTO node (id, parent_id) SELECT i, nullif(i - 1, 0) FROM generate_series(1, 100) i;
UPDATE node SET parent_id = NULL WHERE id = 30;
INSERT INTO node (id, parent_id) VALUES (101, 100);
UPDATE node SET parent_id = 29 WHERE id = 30;
SELECT * FROM node WHERE id IN (1, 29, 30, 49, 50, 101) ORDER BY id;
SELECT * FROM interlink.audit();
DROP SCHEMA tree_rollup_7 CASCADE;
