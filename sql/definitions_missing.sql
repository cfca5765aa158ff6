-- Tables whose definitions are not in the database, as after the restore of a dump without them, are not written to in silence.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
CREATE SCHEMA definitions_missing;
SET search_path = definitions_missing, public;

CREATE TABLE team (id int PRIMARY KEY, name text);
CREATE TABLE project (id int PRIMARY KEY, cost int);
SELECT FROM interlink.add_link('project', 'team', 'team', inverse => 'projects');
SELECT FROM interlink.add_rollup('team', 'total', 'projects', 'sum', 'cost');
INSERT INTO team VALUES (1, 'Red'), (2, 'Blue');
INSERT INTO project (id, cost, team) VALUES (1, 10, 1), (2, 20, 2);

BEGIN;
DELETE FROM interlink.field_definition WHERE holder IN ('team'::regclass, 'project'::regclass);
DELETE FROM interlink.link_definition WHERE source = 'project'::regclass;
SELECT * FROM interlink.audit();
SAVEPOINT a;
\set VERBOSITY default
UPDATE team SET projects = '{1}' WHERE id = 2;
\set VERBOSITY terse
ROLLBACK TO a;
INSERT INTO project (id, cost) VALUES (3, 1);
ROLLBACK TO a;
DELETE FROM project WHERE id = 1;
ROLLBACK TO a;
TRUNCATE project;
ROLLBACK TO a;
-- a restore of data may bring them later
SET LOCAL interlink.computed_writes = 'ignore';
INSERT INTO project (id, cost) VALUES (3, 1);
ROLLBACK TO a;
-- without the triggers they are tables like any other
DROP TRIGGER "00_interlink_row" ON project;
DROP TRIGGER "00_interlink_update" ON project;
DROP TRIGGER interlink_statement ON project;
DROP TRIGGER zz_interlink_before_insert ON project;
DROP TRIGGER zz_interlink_before_update ON project;
UPDATE project SET cost = 11 WHERE id = 1 RETURNING cost;
SELECT * FROM interlink.audit();
ROLLBACK;

-- the schema that the definitions are in keeps its name
ALTER SCHEMA interlink RENAME TO il;
UPDATE project SET cost = 11 WHERE id = 1;
TABLE team;
SELECT * FROM interlink.audit();
DROP SCHEMA definitions_missing CASCADE;
