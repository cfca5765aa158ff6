-- An expression that has become impossible stops what needs its value, and nothing else; partitions do not change unheard.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
CREATE SCHEMA expressions_that_fail;
SET search_path = expressions_that_fail, public;

CREATE TABLE team (id int PRIMARY KEY);
CREATE TABLE project (id int, year int, cost int, PRIMARY KEY (id, year)) PARTITION BY LIST (year);
CREATE TABLE project_1 PARTITION OF project FOR VALUES IN (1);
SELECT FROM interlink.add_link('project', 'team', 'team', inverse => 'projects');
SELECT FROM interlink.add_rollup('team', 'total', 'projects', 'sum', 'cost');
INSERT INTO team VALUES (1);
INSERT INTO project (id, year, cost, team) VALUES (1, 1, 10, 1);

CREATE SCHEMA expressions_that_fail_too;
GRANT USAGE ON SCHEMA expressions_that_fail_too, expressions_that_fail TO regress_interlink;
GRANT CREATE ON SCHEMA expressions_that_fail TO regress_interlink;
CREATE FUNCTION expressions_that_fail_too.itself(i int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN i; END';
SET ROLE regress_interlink;
CREATE TABLE city (id int PRIMARY KEY, people int);
CREATE TABLE road (id int PRIMARY KEY);
CREATE FUNCTION once(i int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT i';
CREATE FUNCTION twice(i int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 2 * expressions_that_fail.once(i)';
CREATE FUNCTION bonus() RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN 3; END';
SELECT FROM interlink.add_link('road', 'city', 'city');
SELECT FROM interlink.add_lookup('road', 'double', 'city', 'twice(people)');
SELECT FROM interlink.add_lookup('road', 'more', 'city', 'people + bonus()');
INSERT INTO city VALUES (1, 5);
INSERT INTO road (id, city) VALUES (1, 1);

-- a function that is inlined, and one that is called while a query is planned
DROP FUNCTION once;
CREATE OR REPLACE FUNCTION bonus() RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no bonus'; END $$;
RESET ROLE;
\c
\set VERBOSITY default
SET client_min_messages = warning;
SET search_path = expressions_that_fail, public;
UPDATE project SET cost = 11;
SELECT * FROM interlink.audit('team');
UPDATE city SET people = 6;
\set VERBOSITY terse
ALTER TABLE project DETACH PARTITION project_1;
SELECT total FROM team;
SELECT FROM interlink.drop_field('road', 'double');
INSERT INTO road (id, city) VALUES (2, 1);
CREATE OR REPLACE FUNCTION bonus() RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN 4; END';
UPDATE city SET people = 6;
SELECT * FROM interlink.audit();
SELECT FROM interlink.repair('road', 'more');
SELECT * FROM road;

-- one that cannot even be read
SELECT FROM interlink.add_lookup('road', 'same', 'city', 'expressions_that_fail_too.itself(people)');
REVOKE USAGE ON SCHEMA expressions_that_fail_too FROM regress_interlink;
\c
\set VERBOSITY default
SET client_min_messages = warning;
SET search_path = expressions_that_fail, public;
INSERT INTO team VALUES (2);
\set VERBOSITY terse
ALTER TABLE project ATTACH PARTITION project_1 FOR VALUES IN (1);
CREATE TABLE project_2 PARTITION OF project FOR VALUES IN (2);
GRANT USAGE ON SCHEMA expressions_that_fail_too TO regress_interlink;
CREATE TABLE project_2 PARTITION OF project FOR VALUES IN (2);
REVOKE USAGE ON SCHEMA expressions_that_fail_too FROM regress_interlink;
\c
\set VERBOSITY terse
SET client_min_messages = error;
SET search_path = expressions_that_fail, public;
ALTER TABLE project DETACH PARTITION project_2;
DROP TABLE project_2;
ALTER TABLE road DROP COLUMN same;
DROP TABLE project_2;
SELECT * FROM interlink.audit();
DROP SCHEMA expressions_that_fail, expressions_that_fail_too CASCADE;
