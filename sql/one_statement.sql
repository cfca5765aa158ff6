-- What happens in one statement comes out right whatever the order in which it is heard of.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;

-- a row that links to itself
CREATE SCHEMA one_statement_1;
SET search_path = one_statement_1, public;
CREATE TABLE t (id int PRIMARY KEY);
SELECT FROM interlink.add_link('t', 'kids', 't', 'one_to_many', inverse => 'parent');
SELECT FROM interlink.add_link('t', 'out', 't', 'many_to_many', inverse => 'inc');
INSERT INTO t VALUES (1), (2);
UPDATE t SET kids = '{1}' WHERE id = 1;
UPDATE t SET "out" = '{1}' WHERE id = 1;
UPDATE t SET inc = '{1,2}' WHERE id = 1;
INSERT INTO t (id, kids) VALUES (3, '{3}');
INSERT INTO t (id, "out") VALUES (4, '{4}');
INSERT INTO t (id, kids) VALUES (5, '{6}'), (6, '{}');
SELECT * FROM t ORDER BY id;
SELECT * FROM interlink.audit();
DROP SCHEMA one_statement_1 CASCADE;

-- a new row with a key and a link column, and a rollup of a rollup over it
CREATE SCHEMA one_statement_2;
SET search_path = one_statement_2, public;
CREATE TABLE holder (id int PRIMARY KEY);
CREATE TABLE mid (id int PRIMARY KEY);
SELECT FROM interlink.add_link('mid', 'one', 'holder', 'many_to_one', columns => 'link');
SELECT FROM interlink.add_link('mid', 'many', 'holder', 'many_to_many', columns => 'link');
SELECT FROM interlink.add_rollup('mid', 'n', 'many', 'count');
SELECT FROM interlink.add_rollup('holder', 'least', 'mid.one', 'min', 'n');
INSERT INTO holder VALUES (1), (2);
INSERT INTO mid (id, one_id, many) VALUES (10, 1, '{2}');
TABLE mid;
TABLE holder;
SELECT * FROM interlink.audit();
DROP SCHEMA one_statement_2 CASCADE;

-- the key of a linked row changes, and with it the order
CREATE SCHEMA one_statement_3;
SET search_path = one_statement_3, public;
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (id int PRIMARY KEY, d date, s text);
SELECT FROM interlink.add_link('child', 'parent', 'parent', columns => 'none');
SELECT FROM interlink.add_lookup('parent', 'ds', 'child.parent', 'd');
SELECT FROM interlink.add_rollup('parent', 'us', 'child.parent', 'array_unique', 's');
SELECT FROM interlink.add_rollup('parent', 'list', 'child.parent', 'array_join', 's');
INSERT INTO parent VALUES (1);
INSERT INTO child VALUES (11, '2024-01-01', 'a', 1), (17, '2024-01-15', 'b', 1);
UPDATE child SET id = 23 WHERE id = 11;
TABLE parent;
SELECT * FROM interlink.audit();
DROP SCHEMA one_statement_3 CASCADE;

-- one update adds an edge and changes the value that flows over it
CREATE SCHEMA one_statement_4;
SET search_path = one_statement_4, public;
CREATE TABLE t (id int PRIMARY KEY, s text);
SELECT FROM interlink.add_link('t', 'boss', 't', inverse => 'reports', columns => 'none');
SELECT FROM interlink.add_rollup('t', 'n', 'reports', 'counta', 's');
SELECT FROM interlink.add_rollup('t', 'least', 'reports', 'min', 'n');
INSERT INTO t VALUES (14, 'x');
UPDATE t SET boss_id = 14 WHERE id = 14;
TABLE t;
SELECT * FROM interlink.audit();
DROP SCHEMA one_statement_4 CASCADE;

-- the key of a row and its link column change
CREATE SCHEMA one_statement_5;
SET search_path = one_statement_5, public;
CREATE TABLE t (id int PRIMARY KEY);
SELECT FROM interlink.add_link('t', 'l', 't', 'many_to_many', inverse => 'r');
INSERT INTO t VALUES (3), (5), (39);
UPDATE t SET l = '{3}' WHERE id = 39;
UPDATE t SET id = 23, r = '{5}' WHERE id = 3;
TABLE t; TABLE t_l;
SELECT * FROM interlink.audit();
DROP SCHEMA one_statement_5 CASCADE;

-- a link column and its key contradict each other
CREATE SCHEMA one_statement_6;
SET search_path = one_statement_6, public;
CREATE TABLE far (id uuid PRIMARY KEY);
CREATE TABLE near (id int PRIMARY KEY);
SELECT FROM interlink.add_link('near', 'l', 'far');
INSERT INTO far VALUES ('00000000-0000-0000-0000-000000000001'), ('00000000-0000-0000-0000-000000000002');
INSERT INTO near (id, l) VALUES (1, '00000000-0000-0000-0000-000000000001');
UPDATE near SET l = '00000000-0000-0000-0000-000000000002', l_id = NULL WHERE id = 1;
UPDATE near SET l = NULL, l_id = '00000000-0000-0000-0000-000000000002' WHERE id = 1;
SELECT * FROM interlink.audit();
DROP SCHEMA one_statement_6 CASCADE;

-- a key is deleted and inserted again
CREATE SCHEMA one_statement_7;
SET search_path = one_statement_7, public;
CREATE TABLE p (id int PRIMARY KEY, v text);
CREATE TABLE c (id int PRIMARY KEY, x int);
SELECT FROM interlink.add_link('p', 'kids', 'c', 'one_to_many', inverse => 'parent', on_delete => 'restrict');
SELECT FROM interlink.add_link('c', 'out', 'p', 'many_to_many', inverse => 'inc', on_delete => 'restrict');
SELECT FROM interlink.add_rollup('p', 'n', 'kids');
SELECT FROM interlink.add_rollup('p', 'total', 'kids', 'sum', 'x');
SELECT FROM interlink.add_lookup('c', 'v', 'parent', 'v');
SELECT FROM interlink.add_rollup('c', 'vs', 'out', 'max', 'v');
INSERT INTO p VALUES (1, 'old'), (2, 'two');
INSERT INTO c (id, x, parent_id) VALUES (5, 7, 1);
INSERT INTO c_out VALUES (5, 1);
WITH again AS (INSERT INTO p VALUES (1, 'new')) DELETE FROM p WHERE id = 1;
TABLE p; TABLE c; TABLE c_out;
SELECT * FROM interlink.audit();
DROP SCHEMA one_statement_7 CASCADE;

-- two rows swap what each may have alone, and two what each may have once
CREATE SCHEMA one_statement_8;
SET search_path = one_statement_8, public;
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE b (id int PRIMARY KEY);
SELECT FROM interlink.add_link('a', 'b', 'b', 'one_to_one', inverse => 'a');
SELECT FROM interlink.add_link('b', 'many', 'a', 'one_to_many', inverse => 'one');
INSERT INTO b VALUES (1), (2);
INSERT INTO a (id, b, one) VALUES (1, 1, 1), (2, 2, 2);
UPDATE b SET a = CASE id WHEN 1 THEN 2 ELSE 1 END;
UPDATE b SET many = CASE id WHEN 1 THEN '{2}' ELSE '{1}' END::interlink.link;
SELECT * FROM a ORDER BY id;
SELECT * FROM b ORDER BY id;
-- but not when the other keeps it
UPDATE b SET a = 1 WHERE id = 1;
SELECT * FROM interlink.audit();
DROP SCHEMA one_statement_8 CASCADE;
