-- With on_taken => 'move' a row that is taken leaves the one for the other; what both show follows.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
CREATE SCHEMA taken_rows_move;
SET search_path = taken_rows_move, public;

-- one_to_many
CREATE TABLE team (id int PRIMARY KEY, name text);
CREATE TABLE person (id int PRIMARY KEY, wage int);
SELECT FROM interlink.add_link('team', 'members', 'person', 'one_to_many', inverse => 'team', on_taken => 'move');
SELECT FROM interlink.add_rollup('team', 'wages', 'members', 'sum', 'wage');
SELECT FROM interlink.add_lookup('person', 'team_name', 'team', 'name');
INSERT INTO team VALUES (1, 'red'), (2, 'blue'), (3, 'green');
INSERT INTO person VALUES (1, 10), (2, 20), (3, 30), (4, 40);
CREATE VIEW teams AS SELECT id, members, wages FROM team ORDER BY id;
CREATE VIEW people AS SELECT id, team_id, team, team_name FROM person ORDER BY id;
UPDATE team SET members = '{1,2}' WHERE id = 1;
UPDATE team SET members = members || 3 WHERE id = 2;
UPDATE team SET members = members || 2 WHERE id = 2;
TABLE teams; TABLE people;
-- by a new row, by MERGE, from two others at once, and a row that nobody had
INSERT INTO team (id, name, members) VALUES (4, 'white', '{1,3,4}');
TABLE teams; TABLE people;
MERGE INTO team t USING (VALUES (1, 4), (2, 3)) v (team, person) ON t.id = v.team
	WHEN MATCHED THEN UPDATE SET members = members || v.person;
INSERT INTO team (id, members) VALUES (3, '{2}') ON CONFLICT (id) DO UPDATE SET members = excluded.members;
TABLE teams; TABLE people;
-- from both sides in one statement: the link column of the many side is the key itself
WITH one AS (UPDATE person SET team = 3 WHERE id = 1) UPDATE team SET members = members || 4 WHERE id = 3;
TABLE teams;
-- all of them to one, swapped between two, and round between three
UPDATE team SET members = '{1,2,3,4}' WHERE id = 1;
UPDATE team SET members = CASE id WHEN 1 THEN '{1,2}' ELSE '{3,4}' END::interlink.link WHERE id < 3;
TABLE teams;
UPDATE team SET members = CASE id WHEN 1 THEN '{3,4}' WHEN 2 THEN '{}' ELSE '{1,2}' END::interlink.link WHERE id < 4;
TABLE teams; TABLE people;
-- but one row cannot be given to two, or to none that is there
UPDATE team SET members = '{1}';
UPDATE team SET members = members || 9 WHERE id = 1;
-- and what takes a row away without giving it to another only unlinks it
UPDATE team SET members = members - 1;
TABLE teams;
SELECT * FROM interlink.audit();

-- a required one moves, too: it is never without
CREATE TABLE task (id int PRIMARY KEY);
SELECT FROM interlink.add_link('team', 'tasks', 'task', 'one_to_many', inverse => 'for_team', required => true, on_taken => 'move');
INSERT INTO task (id, for_team) VALUES (1, 1), (2, 1);
UPDATE team SET tasks = '{2}' WHERE id = 2;
SELECT id, tasks FROM team ORDER BY id;
UPDATE team SET tasks = '{}' WHERE id = 2;
SELECT * FROM interlink.audit();

-- one_to_one, through the end that has no key
CREATE TABLE badge (code text PRIMARY KEY);
SELECT FROM interlink.add_link('person', 'badge', 'badge', 'one_to_one', inverse => 'person', on_taken => 'move');
SELECT FROM interlink.add_lookup('badge', 'wage', 'person', 'wage');
INSERT INTO badge VALUES ('A'), ('B'), ('C');
CREATE VIEW badges AS SELECT b.code, b.person, b.wage, p.id, p.badge FROM badge b FULL JOIN person p ON p.badge_id = b.code ORDER BY 1, 4;
UPDATE badge SET person = CASE code WHEN 'A' THEN 1 WHEN 'B' THEN 2 END;
TABLE badges;
-- of two that have one each, one is left without
UPDATE badge SET person = 1 WHERE code = 'B';
TABLE badges;
-- to a free one; and back again, from a new row
UPDATE badge SET person = 1 WHERE code = 'C';
INSERT INTO badge VALUES ('D', 1);
TABLE badges;
-- a swap, a round, and one that moves into a place which another leaves for a third
UPDATE badge SET person = CASE code WHEN 'A' THEN 1 WHEN 'B' THEN 2 WHEN 'C' THEN 3 END;
UPDATE badge SET person = CASE code WHEN 'A' THEN 2 WHEN 'B' THEN 1 END WHERE code < 'C';
UPDATE badge SET person = CASE code WHEN 'A' THEN 3 WHEN 'B' THEN 2 WHEN 'C' THEN 1 END WHERE code < 'D';
UPDATE badge SET person = CASE code WHEN 'A' THEN 2 WHEN 'B' THEN 4 END WHERE code < 'C';
TABLE badges;
-- the side that has the key obeys its UNIQUE constraint, which is checked row by row
UPDATE person SET badge = 'C' WHERE id = 2;
UPDATE person SET badge_id = 'C' WHERE id = 2;
UPDATE person SET badge = 'D' WHERE id = 2;
TABLE badges;
SELECT * FROM interlink.audit();

-- a table linked with itself
CREATE TABLE node (id int PRIMARY KEY);
SELECT FROM interlink.add_link('node', 'next', 'node', 'one_to_one', inverse => 'previous', on_taken => 'move');
SELECT FROM interlink.add_link('node', 'kids', 'node', 'one_to_many', inverse => 'parent', on_taken => 'move');
INSERT INTO node (id) VALUES (1), (2), (3), (4);
UPDATE node SET next = id + 1, kids = ARRAY[id + 1] WHERE id < 4;
UPDATE node SET previous = 1, kids = '{1,4}' WHERE id = 4;
UPDATE node SET previous = id, kids = kids || id WHERE id = 3;
SELECT id, next_id, next, previous, parent_id, parent, kids FROM node ORDER BY id;
SELECT * FROM interlink.audit();

-- a link made from the many side: its inverse moves
CREATE TABLE item (id int PRIMARY KEY);
CREATE TABLE box (id int PRIMARY KEY);
SELECT FROM interlink.add_link('item', 'box', 'box', on_taken => 'move');
SELECT FROM interlink.add_link('box', 'items', 'item', 'one_to_many', inverse => 'box', on_taken => 'move');
INSERT INTO box VALUES (1), (2);
INSERT INTO item VALUES (1, 1), (2, 1);
UPDATE box SET items = '{2}' WHERE id = 2;
SELECT * FROM box ORDER BY id;
SELECT name, on_taken FROM interlink.links WHERE name = 'box';
SELECT * FROM interlink.audit();

-- what is adopted as NOT NULL is required
CREATE TABLE seat (id int PRIMARY KEY, box_id int NOT NULL REFERENCES box);
SELECT FROM interlink.add_link('seat', 'box', 'box', 'one_to_one', foreign_key => '{box_id}', on_taken => 'move');
-- the second step may not say otherwise than the first
CREATE TABLE lid (id int PRIMARY KEY);
SELECT FROM interlink.add_link('lid', 'box', 'box', 'one_to_one');
SELECT FROM interlink.add_link('box', 'lid', 'lid', 'one_to_one', inverse => 'box', on_taken => 'move');
SELECT FROM interlink.add_link('box', 'lid', 'lid', 'one_to_one', inverse => 'box', deferred_unique => true);
DROP SCHEMA taken_rows_move CASCADE;
