-- Ordered links: what is made for them, what is found in order, what becomes of it.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA ordered_definitions;
SET search_path = ordered_definitions, public;
CREATE TABLE team (id int PRIMARY KEY);
CREATE TABLE person (id text PRIMARY KEY, n int);
INSERT INTO team VALUES (1), (2);
INSERT INTO person VALUES ('b', 1), ('a', 2), ('ä', 3), ('B', 4);

-- the position columns, by table
CREATE VIEW positions AS
	SELECT c.relname, a.attname, a.attidentity, a.attnotnull, s.seqstart, s.seqincrement
	FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
		LEFT JOIN pg_sequence s ON s.seqrelid = pg_get_serial_sequence(c.oid::regclass::text, a.attname)::regclass
	WHERE c.relnamespace = 'ordered_definitions'::regnamespace AND a.attname LIKE '%position%' AND c.relkind IN ('r', 'p')
	ORDER BY 1, 2;
CREATE VIEW my_links AS
	SELECT d.name, d.relationship, d.ordered, d.source_position, d.target_position, d.created FROM interlink.link_definition d
	WHERE d.source::text IN ('team', 'person', 'task', 'node', 'item') ORDER BY d.id;

-- one for each list, at the table that has the keys
SELECT FROM interlink.add_link('person', 'team', 'team', ordered => true);
SELECT FROM interlink.add_link('team', 'guests', 'person', 'one_to_many', ordered => true);
SELECT FROM interlink.add_link('team', 'hosts', 'person', 'one_to_many', inverse => 'hosted_by', ordered => true, foreign_key => '{host}');
SELECT FROM interlink.add_link('team', 'one', 'person', 'many_to_many', ordered => true);
SELECT FROM interlink.add_link('team', 'both', 'person', 'many_to_many', inverse => 'in_both', ordered => true);
SELECT FROM interlink.add_link('team', 'bare', 'person', 'many_to_many', inverse => 'in_bare', ordered => true, columns => 'none');
TABLE positions;
TABLE my_links;
SELECT attrelid::regclass, attname, format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid IN ('team'::regclass, 'person'::regclass) AND atttypid = 'interlink.link'::regtype ORDER BY 1, 2;

-- the other ends come in a second step: in the order of the keys at first
INSERT INTO person (id, team, team_position) VALUES ('d', 1, 500);
UPDATE person SET team = 1;
UPDATE team SET one = '{B,b,a,ä}' WHERE id = 2;
UPDATE team SET one = '{a,b}' WHERE id = 1;
SELECT FROM interlink.add_link('team', 'people', 'person', 'one_to_many', inverse => 'team');
SELECT FROM interlink.add_link('person', 'in_one', 'team', 'many_to_many', inverse => 'one');
SELECT id, people, one FROM team ORDER BY id;
SELECT id, in_one FROM person ORDER BY id COLLATE "C";
SELECT source, target, target_position FROM team_one ORDER BY target_position;
SELECT name, ordered, source_position, target_position FROM my_links WHERE name IN ('team', 'one');
UPDATE team SET people = '{ä,b,a}' WHERE id = 1;
SELECT id, people FROM team ORDER BY id;
SELECT * FROM interlink.audit();

-- a list without a column follows the positions that are there
SELECT FROM interlink.add_rollup('team', 'bare_ns', 'bare', 'array_agg', 'n');
SELECT FROM interlink.add_lookup('team', 'guest_ns', 'guests', 'n');
SELECT FROM interlink.add_rollup('team', 'host_ns', 'hosts', 'array_agg', 'n');
INSERT INTO team_bare (source, target) VALUES (1, 'b'), (1, 'a');
UPDATE team_bare SET source_position = 1 WHERE target = 'a';
SELECT id, bare_ns FROM team WHERE id = 1;
SELECT * FROM interlink.audit();

-- a foreign key that is adopted, of a table with rows: in the order of their keys
CREATE TABLE task (name text PRIMARY KEY, for_team int REFERENCES team);
INSERT INTO task VALUES ('z', 1), ('y', 2), ('Z', 1), ('x', 1), ('w', NULL);
SELECT FROM interlink.add_link('task', 'team', 'team', inverse => 'tasks', foreign_key => '{for_team}', ordered => true, columns => 'link');
SELECT * FROM task ORDER BY team_position;
SELECT id, tasks FROM team ORDER BY id;
INSERT INTO task (name, for_team) VALUES ('0', 1);
INSERT INTO task (name, team, team_position) VALUES ('1', 1, NULL);
SELECT id, tasks FROM team ORDER BY id;
SELECT * FROM interlink.audit();

-- a table linked with itself
CREATE TABLE node (id int PRIMARY KEY);
SELECT FROM interlink.add_link('node', 'kids', 'node', 'one_to_many', inverse => 'parent', ordered => true);
SELECT FROM interlink.add_link('node', 'next', 'node', 'many_to_many', inverse => 'previous', ordered => true);
SELECT FROM interlink.add_rollup('node', 'order_below', 'kids', 'array_join', $$id::text || coalesce('(' || order_below || ')', '')$$);
INSERT INTO node (id) SELECT generate_series(1, 6);
UPDATE node SET kids = CASE id WHEN 1 THEN '{5,3}' WHEN 3 THEN '{6,2,4}' ELSE '{}' END::interlink.link, next = CASE WHEN id < 3 THEN '{2,1,6}' ELSE '{}' END::interlink.link;
UPDATE node SET kids = '{4,6,2}' WHERE id = 3;
UPDATE node SET kids = '{3,5}', previous = '{2,1}' WHERE id = 1;
SELECT id, kids, next, previous, order_below FROM node ORDER BY id;
SELECT * FROM interlink.audit();

-- renamed, and protected
ALTER TABLE node RENAME COLUMN parent_position TO place;
ALTER TABLE node_next RENAME COLUMN target_position TO place;
ALTER TABLE node_next RENAME TO edges;
SELECT name, source_position, target_position FROM my_links WHERE name IN ('kids', 'next');
UPDATE node SET kids = '{6,2,4}', next = '{5}', previous = '{1,2}' WHERE id = 3;
SELECT id, kids, next, previous FROM node ORDER BY id;
ALTER TABLE node ALTER COLUMN place TYPE numeric;
ALTER TABLE node DROP COLUMN place;
SELECT FROM interlink.add_lookup('node', 'place_of_parent', 'parent', 'place');
BEGIN;
ALTER TABLE node DROP COLUMN place CASCADE;
ALTER TABLE edges DROP COLUMN place CASCADE;
SELECT column_name FROM information_schema.columns WHERE table_name = 'node' AND table_schema = 'ordered_definitions' ORDER BY 1;
SELECT name, ordered, source_position, target_position FROM my_links WHERE name IN ('kids', 'next');
UPDATE node SET next = '{3,1,2}', parent = 3 WHERE id = 6;
SELECT id, next, parent FROM node ORDER BY id;
SELECT * FROM interlink.audit();
ROLLBACK;

-- what audit says when positions can no longer be drawn
BEGIN;
ALTER TABLE edges ALTER COLUMN source_position DROP IDENTITY, ALTER COLUMN source_position DROP NOT NULL;
SELECT table_name, column_name, problem FROM interlink.audit();
INSERT INTO edges (source, target) VALUES (4, 1), (4, 2);
UPDATE node SET next = next || 5 || 3 WHERE id = 4;
UPDATE node SET next = '{3,2,1}' WHERE id = 5;
SELECT id, next FROM node WHERE id > 3 ORDER BY id;
SELECT table_name, column_name, stored, expected FROM interlink.audit() WHERE stored IS DISTINCT FROM expected;
ROLLBACK;

-- what was made goes; what was there stays; what is kept keeps its order
SELECT FROM interlink.drop_field('node', 'next');
SELECT FROM interlink.drop_field('node', 'kids');
SELECT FROM interlink.drop_field('node', 'kids', cascade => true);
SELECT FROM interlink.drop_field('task', 'team');
SELECT FROM interlink.drop_field('team', 'hosts', cascade => true, keep_data => true);
SELECT FROM interlink.drop_field('team', 'both', keep_data => true);
TABLE positions;
\d task
\d node

-- what cannot be ordered, and names that are taken
SELECT FROM interlink.add_link('node', 'a', 'node', 'one_to_one', ordered => true);
ALTER TABLE person ADD COLUMN chief_position int;
SELECT FROM interlink.add_link('person', 'chief', 'person', ordered => true);
SELECT FROM interlink.add_link('node', 'plain', 'node', 'many_to_many');
SELECT FROM interlink.add_link('node', 'back', 'node', 'many_to_many', inverse => 'plain', ordered => true);

-- a partitioned table has positions, too
CREATE TABLE item (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE item_1 PARTITION OF item FOR VALUES FROM (1) TO (10);
CREATE TABLE item_2 PARTITION OF item FOR VALUES FROM (10) TO (20);
INSERT INTO item VALUES (12), (3), (1), (11);
SELECT FROM interlink.add_link('item', 'team', 'team', inverse => 'items', ordered => true);
UPDATE team SET items = '{11,1,12,3}' WHERE id = 1;
UPDATE team SET items = '{12,11,1,3}' WHERE id = 1;
INSERT INTO item_1 (id, team_id) VALUES (2, 1);
INSERT INTO item (id, team) VALUES (13, 1), (4, 1);
UPDATE item SET id = 15 WHERE id = 1;
CREATE TABLE item_3 PARTITION OF item FOR VALUES FROM (20) TO (30);
INSERT INTO item_3 (id, team_id) VALUES (20, 2), (21, 1);
UPDATE item SET team = 2 WHERE id IN (3, 12);
SELECT id, items FROM team ORDER BY id;
SELECT * FROM interlink.audit();
SELECT FROM interlink.drop_field('item', 'team');
SELECT relname FROM pg_class WHERE relnamespace = 'ordered_definitions'::regnamespace AND relkind = 'S' ORDER BY 1;

RESET SESSION AUTHORIZATION;
SET client_min_messages = warning;
DROP SCHEMA ordered_definitions CASCADE;
