-- What goes with what a field needs goes from the partitions of its table too.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA drop_needed_by_partitions;
SET search_path = drop_needed_by_partitions, public;
CREATE VIEW columns AS
SELECT c.relname AS "table", string_agg(a.attname, ' ' ORDER BY a.attname) AS columns
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'drop_needed_by_partitions'::regnamespace AND c.relname ~ '^part' AND c.relkind IN ('r', 'p')
	AND a.attnum > 0 AND NOT a.attisdropped
GROUP BY c.relname ORDER BY c.relname;

CREATE TABLE a (id integer PRIMARY KEY, n integer, m integer);
CREATE TABLE b (id integer PRIMARY KEY, n integer);
CREATE TABLE part (id integer PRIMARY KEY, v integer) PARTITION BY RANGE (id);
CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (0) TO (100);
CREATE TABLE part_2 PARTITION OF part FOR VALUES FROM (100) TO (200) PARTITION BY RANGE (id);
CREATE TABLE part_2a PARTITION OF part_2 FOR VALUES FROM (100) TO (150);
SELECT FROM interlink.add_link('part', 'ln', 'a', inverse => 'parts');
SELECT FROM interlink.add_lookup('part', 'ln_n', 'ln', 'n');
SELECT FROM interlink.add_rollup('part', 'others', 'ln', 'sum', 'm');
SELECT FROM interlink.add_link('b', 'p', 'a', inverse => 'bs');
SELECT FROM interlink.add_relation('part', 'same', 'b', '{v}', '{p_id}', is_referencee => true);
SELECT FROM interlink.add_lookup('part', 'same_n', 'same', 'n');
INSERT INTO a VALUES (1, 10, 100), (2, 20, 200);
INSERT INTO b (id, n, p) VALUES (1, 7, '{1}');
INSERT INTO part (id, v, ln) VALUES (1, 1, '{1}'), (101, 1, '{2}');
-- those that come later, and one that goes
CREATE TABLE part_2b PARTITION OF part_2 FOR VALUES FROM (150) TO (200);
CREATE TABLE part_3 PARTITION OF part FOR VALUES FROM (200) TO (300);
CREATE TABLE part_4 (LIKE part INCLUDING ALL);
ALTER TABLE part ATTACH PARTITION part_4 FOR VALUES FROM (300) TO (400);
INSERT INTO part (id, v, ln) VALUES (151, 1, '{1}'), (201, 1, '{1}'), (301, 1, '{1}');
TABLE columns;

-- a column that a lookup reads
BEGIN;
SAVEPOINT here;
ALTER TABLE a DROP COLUMN n;
ROLLBACK TO here;
ALTER TABLE part DETACH PARTITION part_3;
ALTER TABLE a DROP COLUMN n CASCADE;
TABLE columns;
INSERT INTO part (id, v, ln) VALUES (2, 1, '{1}'), (102, 1, '{1}'), (152, 1, '{1}'), (302, 1, '{1}');
INSERT INTO part_3 (id) VALUES (1000);
SELECT * FROM part ORDER BY id;
SELECT * FROM interlink.audit();
SAVEPOINT here;
ALTER TABLE part_3 DROP COLUMN ln_n;
ROLLBACK TO here;
-- a column of that name belongs to nobody now
ALTER TABLE part ADD COLUMN ln_n text DEFAULT 'mine';
ALTER TABLE a DROP COLUMN m CASCADE;
TABLE columns;
ROLLBACK;

-- the whole table
BEGIN;
ALTER TABLE part DETACH PARTITION part_2;
DROP TABLE a CASCADE;
TABLE columns;
INSERT INTO part (id, v, ln_id) VALUES (2, 1, 1), (302, 1, 1);
SELECT * FROM part ORDER BY id;
SELECT * FROM interlink.audit();
ROLLBACK;

-- the foreign key
BEGIN;
ALTER TABLE part DROP COLUMN ln_id CASCADE;
TABLE columns;
INSERT INTO part (id, v) VALUES (2, 1), (102, 1), (302, 1);
SELECT * FROM interlink.audit();
ROLLBACK;

-- what a relation goes by
BEGIN;
SELECT interlink.drop_field('b', 'p', cascade => true);
TABLE columns;
INSERT INTO part (id, v, ln) VALUES (2, 1, '{1}'), (152, 1, '{1}');
SELECT * FROM interlink.audit();
ROLLBACK;

-- the field itself, and its partitions alone
BEGIN;
ALTER TABLE part DROP COLUMN ln_n;
SELECT interlink.drop_field('part', 'others', keep_data => true);
ALTER TABLE a DROP COLUMN m CASCADE;
TABLE columns;
ALTER TABLE part DROP COLUMN others;
DROP TABLE part_3;
SELECT interlink.drop_field('part', 'ln', cascade => true);
TABLE columns;
INSERT INTO part (id, v) VALUES (2, 1), (152, 1);
SELECT * FROM interlink.audit();
ROLLBACK;

-- its type
BEGIN;
ALTER TABLE a ALTER COLUMN n TYPE bigint;
ROLLBACK;
ALTER TABLE part ALTER COLUMN ln_n TYPE bigint;

-- dropped together
DROP TABLE part, a, b CASCADE;
SELECT count(*) FROM pg_constraint WHERE conname LIKE 'interlink%' AND connamespace = 'drop_needed_by_partitions'::regnamespace;
