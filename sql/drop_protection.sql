-- What a field needs cannot be dropped without it; what goes, goes with its definition.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA drop_protection;
SET search_path = drop_protection, public;
CREATE VIEW definitions AS
SELECT 'link' AS what, d.source AS "table", d.name, d.target::text || coalesce('.' || d.inverse, '') AS target, d.columns
FROM interlink.link_definition d JOIN pg_class c ON c.oid = d.source
WHERE c.relnamespace::regnamespace::text = 'drop_protection'
UNION ALL
SELECT 'field', d.holder, d.name, d.kind || ' via ' || d.via, d.expression
FROM interlink.field_definition d JOIN pg_class c ON c.oid = d.holder
WHERE c.relnamespace::regnamespace::text = 'drop_protection'
ORDER BY what, "table", name;
CREATE VIEW triggers AS
SELECT tgrelid::regclass AS "table", string_agg(tgname, ' ' ORDER BY tgname) AS triggers FROM pg_trigger
WHERE tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'drop_protection'::regnamespace) AND NOT tgisinternal
GROUP BY tgrelid ORDER BY tgrelid::regclass::text;

CREATE FUNCTION twice(integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT $1 * 2';
CREATE TYPE mood AS ENUM ('fine', 'bad');
CREATE TABLE team (id integer PRIMARY KEY, name text, budget integer);
CREATE TABLE project (id bigint PRIMARY KEY, title text, hours integer, how mood, note text);
CREATE TABLE person (id integer PRIMARY KEY, name text);
CREATE TABLE plain (id integer PRIMARY KEY);
SELECT FROM interlink.add_link('project', 'team', 'team', inverse => 'projects');
SELECT FROM interlink.add_link('project', 'members', 'person', 'many_to_many', inverse => 'projects');
SELECT FROM interlink.add_link('person', 'desk', 'plain', 'one_to_one');
SELECT FROM interlink.add_rollup('team', 'hours', 'projects', 'sum', 'twice(hours)');
SELECT FROM interlink.add_rollup('team', 'fine', 'projects', 'and', $$how = 'fine'$$);
SELECT FROM interlink.add_lookup('project', 'team_name', 'team', 'name');
SELECT FROM interlink.add_rollup('person', 'team_names', 'projects', 'array_unique', 'team_name');
INSERT INTO team VALUES (1, 'red', 5), (2, 'blue', 6);
INSERT INTO person (id, name) VALUES (1, 'ann'), (2, 'bob');
INSERT INTO project (id, title, hours, team, how, members) VALUES (1, 'one', 3, '{1}', 'fine', '{1}'), (2, 'two', 4, '{1}', 'fine', '{1,2}');
TABLE definitions;
TABLE triggers;

-- columns that are read, keys, and what makes them keys
ALTER TABLE project DROP COLUMN hours;
ALTER TABLE team DROP COLUMN name;
ALTER TABLE project DROP COLUMN team_id;
ALTER TABLE project_members DROP COLUMN target;
ALTER TABLE project DROP CONSTRAINT project_team_id_fkey;
ALTER TABLE project DROP CONSTRAINT project_pkey;
ALTER TABLE person DROP CONSTRAINT person_desk_id_key;
-- a lookup that another field reads
ALTER TABLE project DROP COLUMN team_name;
-- functions and types
DROP FUNCTION twice(integer);
DROP TYPE mood;
-- tables
DROP TABLE project_members;
DROP TABLE person;
-- triggers
DROP TRIGGER "00_interlink_row" ON project;
DROP TRIGGER IF EXISTS zz_interlink_before_insert ON team;
DROP TRIGGER IF EXISTS "00_interlink_row" ON nowhere;
CREATE TRIGGER own BEFORE UPDATE ON project FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
DROP TRIGGER own ON project;

-- changes that no trigger would see, or that are not understood yet
ALTER TABLE project ALTER COLUMN hours TYPE bigint;
ALTER TABLE project ALTER COLUMN id TYPE integer;
ALTER TABLE team ALTER COLUMN hours TYPE numeric;
ALTER TABLE team ALTER COLUMN hours SET DEFAULT 7;
ALTER TABLE project ALTER COLUMN team TYPE text;
ALTER TABLE project ALTER COLUMN team_id SET DATA TYPE bigint;
ALTER TABLE project SET UNLOGGED;
ALTER TABLE project_members SET UNLOGGED;
CREATE TABLE project_child () INHERITS (project);
CREATE TABLE project_like (LIKE project);
ALTER TABLE project_like INHERIT project;
CREATE TABLE parted (LIKE project) PARTITION BY LIST (id);
ALTER TABLE parted ATTACH PARTITION project DEFAULT;
DROP TABLE project_like, parted;
TABLE definitions;

-- all of it is as it was, and works
UPDATE project SET hours = 30 WHERE id = 1;
SELECT id, projects, hours, fine FROM team ORDER BY id;
SELECT * FROM interlink.audit();

-- what no field needs is free
ALTER TABLE project DROP COLUMN note;
ALTER TABLE project ALTER COLUMN title TYPE varchar(100);
ALTER TABLE team DROP COLUMN budget;
DROP TABLE IF EXISTS nowhere;
DROP INDEX project_team_id_idx;
SELECT table_name, column_name, problem FROM interlink.audit();
CREATE INDEX ON project (team_id);

-- CASCADE takes the column of the field along
BEGIN;
ALTER TABLE project DROP COLUMN hours CASCADE;
TABLE definitions;
TABLE triggers;
UPDATE project SET how = 'bad' WHERE id = 1;
SELECT * FROM team ORDER BY id;
SELECT * FROM interlink.audit();
ROLLBACK;
BEGIN;
ALTER TABLE project DROP CONSTRAINT project_team_id_fkey CASCADE;
TABLE definitions;
SELECT * FROM interlink.audit();
ROLLBACK;
BEGIN;
DROP FUNCTION twice(integer) CASCADE;
INSERT INTO project (id, team_id) VALUES (3, 2);
SELECT * FROM team ORDER BY id;
ROLLBACK;
BEGIN;
DROP TYPE mood CASCADE;
\d team
ROLLBACK;

-- a table goes with what shows it; the junction that was made for it stays
BEGIN;
DROP TABLE person CASCADE;
TABLE definitions;
TABLE triggers;
TABLE project_members;
UPDATE project SET hours = 1, team_id = 2 WHERE id = 1;
SELECT id, projects, hours FROM team ORDER BY id;
SELECT * FROM interlink.audit();
ROLLBACK;
BEGIN;
DROP TABLE team, project, project_members CASCADE;
TABLE definitions;
TABLE triggers;
ROLLBACK;

-- a field's own column: the field goes
BEGIN;
ALTER TABLE team DROP COLUMN IF EXISTS nothing, DROP COLUMN hours;
ALTER TABLE person DROP COLUMN team_names;
ALTER TABLE project DROP COLUMN team_name;
TABLE definitions;
TABLE triggers;
UPDATE project SET team_id = 2, how = 'bad' WHERE id = 1;
SELECT * FROM team ORDER BY id;
SELECT * FROM interlink.audit();
ROLLBACK;
BEGIN;
ALTER TABLE project DROP COLUMN team_name CASCADE;
SELECT * FROM definitions WHERE what = 'field' AND target NOT LIKE 'link%';
ROLLBACK;

-- nor does a column of the same name take its place
BEGIN;
ALTER TABLE team DROP COLUMN hours, ADD COLUMN hours text DEFAULT 'many', DROP COLUMN projects, ADD COLUMN projects text;
ALTER TABLE project DROP COLUMN how CASCADE, ADD COLUMN how text;
SELECT * FROM definitions WHERE "table" = 'team'::regclass;
UPDATE project SET hours = 100, how = 'so so' WHERE id = 1;
SELECT * FROM team ORDER BY id;
SELECT * FROM interlink.audit();
ROLLBACK;

-- a link column: the link stays, with what goes over it
BEGIN;
ALTER TABLE team DROP COLUMN projects;
ALTER TABLE person DROP COLUMN projects;
ALTER TABLE person DROP COLUMN desk;
TABLE definitions;
UPDATE project SET members = '{2}', team = '{2}' WHERE id = 1;
UPDATE person SET desk_id = NULL;
SELECT id, hours FROM team ORDER BY id;
SELECT id, team_names FROM person ORDER BY id;
SELECT * FROM interlink.audit();
SELECT FROM interlink.drop_field('person', 'team_names');
SELECT FROM interlink.drop_field('person', 'projects');
SELECT to_regclass('project_members') AS junction;
ROLLBACK;
-- an end that nothing goes over can be shown again
SELECT FROM interlink.drop_field('person', 'team_names');
ALTER TABLE person DROP COLUMN projects;
SELECT * FROM definitions WHERE name = 'members';
SELECT FROM interlink.add_link('person', 'projects', 'project', 'many_to_many', inverse => 'members');
SELECT id, projects FROM person ORDER BY id;

-- keep_data leaves columns that nothing holds fast any more
SELECT FROM interlink.drop_field('team', 'fine', keep_data => true);
ALTER TABLE project DROP COLUMN how;
SELECT id, fine FROM team ORDER BY id;

-- a link of which nothing shows or reads anything may go unasked
SELECT FROM interlink.add_link('plain', 'person', 'person', columns => 'none');
SELECT * FROM definitions WHERE name = 'person';
ALTER TABLE plain DROP COLUMN person_id;
SELECT * FROM definitions WHERE name = 'person';

-- self-links
CREATE TABLE node (id integer PRIMARY KEY, size integer);
SELECT FROM interlink.add_link('node', 'parent', 'node', inverse => 'children');
SELECT FROM interlink.add_rollup('node', 'below', 'children', 'sum', 'size');
ALTER TABLE node DROP COLUMN size;
ALTER TABLE node DROP COLUMN parent_id;
ALTER TABLE node DROP COLUMN below;
DROP TABLE node;
SELECT * FROM definitions WHERE name = 'parent';

-- only a role that may write everything can leave protection behind; it is made anew
RESET SESSION AUTHORIZATION;
DELETE FROM pg_depend WHERE classid = 'pg_constraint'::regclass
	AND objid IN (SELECT oid FROM pg_constraint WHERE conname LIKE 'interlink_field_%');
DELETE FROM pg_constraint WHERE conname LIKE 'interlink_field_%';
SET SESSION AUTHORIZATION regress_interlink;
\c -
SET SESSION AUTHORIZATION regress_interlink;
SET search_path = drop_protection, public;
ALTER TABLE team DROP COLUMN name;
SELECT * FROM interlink.audit();

-- a schema
RESET SESSION AUTHORIZATION;
SET client_min_messages = warning;
DROP SCHEMA drop_protection CASCADE;
SELECT holder, name FROM interlink.field_definition WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = holder);
SELECT source, name FROM interlink.link_definition WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = source);

-- the extension: keys and data stay, and it can come back
BEGIN;
CREATE SCHEMA drop_extension;
SET search_path = drop_extension, public;
CREATE TABLE team (id integer PRIMARY KEY, name text);
CREATE TABLE project (id bigint PRIMARY KEY, hours integer);
SELECT FROM interlink.add_link('project', 'team', 'team', inverse => 'projects');
SELECT FROM interlink.add_link('project', 'others', 'project', 'many_to_many');
SELECT FROM interlink.add_rollup('team', 'hours', 'projects', 'sum', 'hours + cardinality(others)');
INSERT INTO team VALUES (1, 'red');
INSERT INTO project (id, hours, team) VALUES (1, 3, '{1}'), (2, 4, '{1}');
SAVEPOINT here;
DO $$ BEGIN DROP EXTENSION interlink; EXCEPTION WHEN dependent_objects_still_exist THEN RAISE WARNING '%', SQLERRM; END $$;
ROLLBACK TO here;
DROP EXTENSION interlink CASCADE;
\d team
\d project
\d project_others
TABLE team;
UPDATE project SET hours = 9;
ALTER TABLE project DROP COLUMN hours;
TABLE team;
CREATE EXTENSION interlink;
ALTER TABLE team DROP COLUMN hours;
SELECT FROM interlink.add_link('project', 'team', 'team', foreign_key => '{team_id}', inverse => 'projects', columns => 'link');
SELECT FROM interlink.add_rollup('team', 'n', 'projects');
SELECT * FROM team;
SELECT * FROM interlink.audit();
ROLLBACK;
SELECT * FROM interlink.audit() WHERE table_name LIKE 'drop%';
