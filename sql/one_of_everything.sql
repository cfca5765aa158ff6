-- A small database with a link of each relationship, fields of each kind, and each way to write them, to alter and to
-- drop them.  Other tests go deeper; this one is short enough for servers that take a thousand times longer
-- (scripts/sanitizers.sh).
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA one_of_everything;
SET search_path = one_of_everything, public;

CREATE TABLE team (id int PRIMARY KEY, name text);
CREATE TABLE person (id bigint PRIMARY KEY, name text, wage numeric(8,2));
CREATE TABLE badge (code text PRIMARY KEY);
CREATE TABLE project (id uuid PRIMARY KEY, hours int);

DO $$
BEGIN
	PERFORM interlink.add_link('person', 'team', 'team', inverse => 'members');
	PERFORM interlink.add_link('badge', 'owner', 'person', 'one_to_one', inverse => 'badge');
	PERFORM interlink.add_link('person', 'works_on', 'project', 'many_to_many', inverse => 'staff');
	PERFORM interlink.add_link('team', 'above', 'team', inverse => 'below');
	PERFORM interlink.add_lookup('person', 'team_name', 'team', 'name');
	PERFORM interlink.add_lookup('project', 'names', 'staff', 'name');
	PERFORM interlink.add_rollup('team', 'size', 'members');
	PERFORM interlink.add_rollup('team', 'wages', 'members', 'sum', 'wage');
	PERFORM interlink.add_rollup('team', 'best', 'members', 'max', 'wage + 1');
	PERFORM interlink.add_rollup('project', 'costs', 'staff', 'sum', 'wage');
	PERFORM interlink.add_rollup('person', 'load', 'works_on', 'avg', 'hours');
	PERFORM interlink.add_rollup('team', 'deepest', 'below', 'sum', '1 + deepest');
END $$;

-- from every side
INSERT INTO team (id, name) VALUES (1, 'Red'), (2, 'Blue'), (3, 'Green');
INSERT INTO project (id, hours) VALUES ('00000000-0000-0000-0000-000000000001', 10), ('00000000-0000-0000-0000-000000000002', 30);
INSERT INTO person (id, name, wage, team, works_on)
VALUES (1, 'Ada', 40, 1, '{00000000-0000-0000-0000-000000000001}'), (2, 'Ben', 50, 1, '{}'), (3, 'Cleo', 60.5, NULL, NULL);
INSERT INTO badge (code, owner) VALUES ('a', 1), ('b', 2);
UPDATE team SET members = CASE id WHEN 1 THEN '{1}' ELSE '{2,3}' END::interlink.link WHERE id < 3;
UPDATE team SET above = 1 WHERE id > 1;
UPDATE project SET staff = '{1,2,3}' WHERE hours = 30;
UPDATE person SET badge = CASE id WHEN 1 THEN 'b' ELSE 'a' END WHERE id < 3;
DELETE FROM person_works_on WHERE source = 2;

CREATE VIEW everything AS
SELECT 1 AS n, to_jsonb(t) AS row FROM team t UNION ALL SELECT 2, to_jsonb(p) FROM person p
UNION ALL SELECT 3, to_jsonb(b) FROM badge b UNION ALL SELECT 4, to_jsonb(p) FROM project p ORDER BY 1, 2;
SELECT row FROM everything;
SELECT a.* FROM unnest('{team,person,badge,project}'::regclass[]) AS t, interlink.audit(t) AS a;

-- what is not done
UPDATE team SET size = 7;
UPDATE person SET team = 9 WHERE id = 1;
UPDATE team SET above = 2 WHERE id = 1;
BEGIN;
SAVEPOINT sp;
DELETE FROM person;
ROLLBACK TO sp;
UPDATE person SET team_id = 3, wage = wage + 1 WHERE id = 3;
COMMIT;

-- altered and dropped
ALTER TABLE person RENAME wage TO pay;
UPDATE person SET pay = pay * 2 WHERE id = 1;
UPDATE team SET name = upper(name);
UPDATE team SET id = 10 WHERE id = 2;
DELETE FROM project WHERE hours = 10;
SELECT interlink.drop_field('team', 'best');
ALTER TABLE project DROP COLUMN names;
DELETE FROM team WHERE id = 3;
SELECT row FROM everything;
SELECT a.* FROM unnest('{team,person,badge,project}'::regclass[]) AS t, interlink.audit(t) AS a;
SELECT sum(repaired) FROM unnest('{team,person,badge,project}'::regclass[]) AS t, interlink.repair(t);
SELECT interlink.drop_field('person', 'team', cascade => true);
DROP TABLE team, person, badge, project CASCADE;
DROP SCHEMA one_of_everything CASCADE;
