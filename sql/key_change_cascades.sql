-- The key of a parent changes; ON UPDATE CASCADE passes it on to the children within the same
-- statement.  The parent keeps its values, and its children show the new key.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA key_change_cascades;
SET search_path = key_change_cascades, public;

CREATE TABLE parent (id bigint PRIMARY KEY, email text);
CREATE TABLE child (id bigint PRIMARY KEY, amount bigint);
CREATE TABLE tag (name text PRIMARY KEY);
SELECT FROM interlink.add_link('child', 'parent', 'parent', inverse => 'children');
SELECT FROM interlink.add_link('child', 'tags', 'tag', 'many_to_many', inverse => 'children');
SELECT FROM interlink.add_rollup('parent', 'n', 'children');
SELECT FROM interlink.add_rollup('parent', 'total', 'children', 'sum', 'amount');
SELECT FROM interlink.add_rollup('parent', 'top', 'children', 'max', 'amount');
SELECT FROM interlink.add_lookup('child', 'email', 'parent', 'email');
SELECT FROM interlink.add_rollup('tag', 'total', 'children', 'sum', 'amount');
INSERT INTO parent (id, email) VALUES (1, 'ann@x'), (2, 'bob@x'), (3, 'cid@x');
INSERT INTO tag VALUES ('green'), ('red');
INSERT INTO child (id, amount, parent_id, tags) VALUES (1, 2, 1, '{red}'), (2, 4, 1, '{red,green}'), (3, 7, 2, '{}');
CREATE VIEW parents AS SELECT id, email, n, total, top, children FROM parent ORDER BY id;
CREATE VIEW children AS SELECT id, amount, parent_id, parent, email, tags FROM child ORDER BY id;

-- 1 becomes 9
UPDATE parent SET id = 9 WHERE id = 1;
TABLE parents;
TABLE children;
SELECT * FROM interlink.audit();

-- the key together with other columns, and several keys at once
UPDATE parent SET id = id + 100, email = upper(email);
TABLE parents;
TABLE children;
SELECT * FROM interlink.audit();

-- the key of the child, and of the far rows of a junction
UPDATE child SET id = id + 10;
UPDATE tag SET name = 'RED' WHERE name = 'red';
TABLE parents;
TABLE children;
SELECT name, children, total FROM tag ORDER BY name;
SELECT * FROM interlink.audit();

-- a row of a table that is linked to itself
CREATE TABLE person (id bigint PRIMARY KEY, pay bigint);
SELECT FROM interlink.add_link('person', 'boss', 'person', inverse => 'team');
SELECT FROM interlink.add_rollup('person', 'team_pay', 'team', 'sum', 'pay');
INSERT INTO person (id, pay, boss) VALUES (1, 100, NULL), (2, 20, 1), (3, 30, 1), (4, 4, 2);
UPDATE person SET id = id * 10 WHERE id IN (1, 2);
SELECT id, boss_id, boss, team, team_pay FROM person ORDER BY id;
SELECT * FROM interlink.audit();

SET client_min_messages = warning;
DROP TABLE person, child, parent, tag CASCADE;

-- the old version is looked up after the new one has been read, in the order of the keys
CREATE SCHEMA key_change_cascades_order;
SET search_path = key_change_cascades_order, public;
CREATE TABLE person (id varchar PRIMARY KEY, active boolean, name text);
SELECT FROM interlink.add_link('person', 'boss', 'person', inverse => 'staff');
INSERT INTO person (id, active, name) VALUES ('k', false, 'Ada');
UPDATE person SET id = 'z' WHERE id = 'k';
BEGIN;
UPDATE person SET id = 'k10' WHERE id = 'z';
TABLE person;
COMMIT;
SELECT * FROM interlink.audit();
DROP SCHEMA key_change_cascades_order CASCADE;
