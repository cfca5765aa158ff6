-- Renaming tables, columns, schemas, functions and types is followed: definitions go on working.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA rename_following;
SET search_path = rename_following, public;

CREATE TYPE mood AS ENUM ('fine', 'bad');
CREATE TYPE money_of AS (amount numeric, currency text);
CREATE FUNCTION twice(integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT $1 * 2';
CREATE TABLE team (id integer PRIMARY KEY, name text);
CREATE TABLE project (id bigint PRIMARY KEY, title text, hours integer, how mood DEFAULT 'fine', cost money_of);
CREATE TABLE person (id integer PRIMARY KEY, name text);
SELECT FROM interlink.add_link('project', 'team', 'team', inverse => 'projects');
SELECT FROM interlink.add_link('project', 'members', 'person', 'many_to_many', inverse => 'projects');
SELECT FROM interlink.add_link('person', 'boss', 'person');
SELECT FROM interlink.add_rollup('team', 'hours', 'projects', 'sum', 'twice(hours)');
SELECT FROM interlink.add_rollup('team', 'costs', 'projects', 'sum', '(cost).amount');
SELECT FROM interlink.add_rollup('team', 'fine', 'projects', 'and', $$how = 'fine'$$);
SELECT FROM interlink.add_rollup('team', 'titled', 'projects', 'counta', 'title');
SELECT FROM interlink.add_lookup('project', 'team_name', 'team', 'name');
SELECT FROM interlink.add_lookup('project', 'member_names', 'members', 'name');
SELECT FROM interlink.add_rollup('person', 'reports', 'person.boss');
SELECT FROM interlink.add_rollup('person', 'team_hours', 'projects', 'max', 'hours');

CREATE VIEW my_links AS
SELECT d.source, d.name, d.target, d.inverse, d.source_columns, d.target_columns, d.junction,
	d.junction_source_columns AS junction_source, d.junction_target_columns AS junction_target
FROM interlink.link_definition d JOIN pg_class c ON c.oid = d.source
WHERE c.relnamespace::regnamespace::text LIKE 'rename\_%' ORDER BY d.id;
CREATE VIEW my_fields AS
SELECT d.holder, d.name, d.kind, d.via, d.expression
FROM interlink.field_definition d JOIN pg_class c ON c.oid = d.holder
WHERE c.relnamespace::regnamespace::text LIKE 'rename\_%' ORDER BY d.id;
TABLE my_links;
TABLE my_fields;

INSERT INTO team VALUES (1, 'red'), (2, 'blue');
INSERT INTO person (id, name) VALUES (1, 'ann'), (2, 'bob');
INSERT INTO project (id, title, hours, team_id, cost) VALUES (1, 'one', 3, 1, '(5,EUR)'), (2, 'two', 4, 1, '(6,EUR)');
INSERT INTO project_members VALUES (1, 1), (2, 1), (2, 2);

-- the column that a rollup sums
ALTER TABLE project RENAME COLUMN hours TO "Hours worked";
UPDATE project SET "Hours worked" = 10 WHERE id = 1;
SELECT id, hours, titled FROM team ORDER BY id;

-- the column that is the foreign key, and the one it references
ALTER TABLE project RENAME team_id TO belongs_to;
ALTER TABLE team RENAME id TO number;
UPDATE project SET belongs_to = 2 WHERE id = 1;
SELECT number, hours, projects FROM team ORDER BY number;

-- the columns of a junction
ALTER TABLE project_members RENAME source TO project_id;
ALTER TABLE project_members RENAME target TO person_id;
INSERT INTO project_members VALUES (1, 2);
SELECT id, members, member_names FROM project ORDER BY id;

-- link columns: both ends, and what names them in via
ALTER TABLE project RENAME COLUMN members TO crew;
ALTER TABLE person RENAME COLUMN projects TO "Works on";
ALTER TABLE person RENAME COLUMN boss TO chief;
UPDATE project SET crew = '{1}' WHERE id = 2;
UPDATE person SET "Works on" = '{1,2}' WHERE id = 2;
UPDATE person SET chief = 1 WHERE id = 2;
SELECT id, "Works on", chief, boss_id, reports, team_hours FROM person ORDER BY id;

-- lookups and rollups themselves, one of which others read
ALTER TABLE team RENAME COLUMN hours TO total;
ALTER TABLE project RENAME COLUMN team_name TO team_label;
UPDATE team SET name = 'crimson' WHERE number = 1;
UPDATE project SET "Hours worked" = 11 WHERE id = 1;
SELECT number, total FROM team ORDER BY number;
SELECT id, team_label FROM project ORDER BY id;

-- functions, enum labels, attributes of a composite type, types
ALTER FUNCTION twice(integer) RENAME TO doubled;
ALTER TYPE mood RENAME VALUE 'fine' TO 'good';
ALTER TYPE mood RENAME TO feeling;
ALTER TYPE money_of RENAME ATTRIBUTE amount TO sum_of;
CREATE SCHEMA rename_more;
ALTER FUNCTION doubled(integer) SET SCHEMA rename_more;
TABLE my_links;
TABLE my_fields;
UPDATE project SET "Hours worked" = 12, how = 'bad', cost = '(7,EUR)' WHERE id = 1;
SELECT number, total, costs, fine FROM team ORDER BY number;

-- tables, wherever they go; in another session too
ALTER TABLE team RENAME TO "Team";
ALTER TABLE person RENAME TO people;
ALTER TABLE project_members RENAME TO membership;
ALTER TABLE membership SET SCHEMA rename_more;
INSERT INTO project (id, title, "Hours worked", belongs_to) VALUES (3, 'three', 1, 2);
INSERT INTO rename_more.membership VALUES (3, 1);
UPDATE project SET crew = '{2}' WHERE id = 3;
SELECT number, total, projects FROM "Team" ORDER BY number;
\c -
SET SESSION AUTHORIZATION regress_interlink;
SET search_path = rename_following, public;
UPDATE project SET "Hours worked" = 2 WHERE id = 3;
UPDATE people SET chief = NULL;
SELECT number, total, projects FROM "Team" ORDER BY number;
SELECT * FROM interlink.audit();

-- schemas
ALTER SCHEMA rename_more RENAME TO rename_moved;
RESET SESSION AUTHORIZATION;
ALTER SCHEMA rename_following RENAME TO rename_followed;
SET SESSION AUTHORIZATION regress_interlink;
SET search_path = rename_followed, public;
UPDATE project SET "Hours worked" = 5, belongs_to = 1 WHERE id = 3;
UPDATE project SET crew = crew || 1 WHERE id = 3;
SELECT number, total, projects FROM "Team" ORDER BY number;
SELECT id, "Works on", team_hours FROM people ORDER BY id;
TABLE my_links;
TABLE my_fields;

-- a rename that fails, or is undone
BEGIN;
ALTER TABLE project RENAME COLUMN "Hours worked" TO effort;
SAVEPOINT here;
ALTER TABLE project RENAME COLUMN effort TO trouble;
ROLLBACK TO here;
ALTER TABLE project RENAME COLUMN effort TO title;
ROLLBACK;
ALTER TABLE project RENAME COLUMN title TO belongs_to;
BEGIN;
ALTER TABLE project RENAME COLUMN "Hours worked" TO effort;
UPDATE project SET effort = 6 WHERE id = 3;
SAVEPOINT here;
ALTER TABLE project RENAME COLUMN effort TO trouble;
UPDATE project SET trouble = 7 WHERE id = 3;
ROLLBACK TO here;
ALTER TABLE project RENAME title TO swapped;
ALTER TABLE project RENAME effort TO title;
ALTER TABLE project RENAME swapped TO effort;
COMMIT;
UPDATE project SET effort = 'drei', title = 8 WHERE id = 3;
SELECT number, total, titled FROM "Team" ORDER BY number;
SELECT name, expression FROM my_fields WHERE name IN ('total', 'titled');

-- while triggers are off for a load
RESET SESSION AUTHORIZATION;
SET session_replication_role = replica;
ALTER TABLE project RENAME title TO hours;
RESET session_replication_role;
SET SESSION AUTHORIZATION regress_interlink;
UPDATE project SET hours = 9 WHERE id = 3;
SELECT number, total FROM "Team" ORDER BY number;

-- the triggers keep their names
ALTER TRIGGER "00_interlink_row" ON project RENAME TO mine;
ALTER TRIGGER zz_interlink_before_insert ON "Team" RENAME TO mine;
CREATE TRIGGER interlink_own BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
ALTER TRIGGER interlink_own ON people RENAME TO mine;

-- what was renamed can be dropped under its new name
SELECT FROM interlink.drop_field('"Team"', 'total');
SELECT FROM interlink.drop_field('people', 'Works on', cascade => true);
SELECT FROM interlink.drop_field('people', 'chief', cascade => true);
TABLE my_links;
TABLE my_fields;
SELECT * FROM interlink.audit();
