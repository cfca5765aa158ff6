-- Programs that save whole rows and data-only restores: what is written to computed columns and
-- link columns can be left out of account.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
CREATE SCHEMA link_writes;
SET search_path = link_writes, public;
CREATE TABLE team (id int PRIMARY KEY, name text);
CREATE TABLE person (id int PRIMARY KEY, name text);
CREATE TABLE badge (code text PRIMARY KEY);
SELECT FROM interlink.add_link('person', 'team', 'team', inverse => 'people');
SELECT FROM interlink.add_link('person', 'badge', 'badge', 'one_to_one', inverse => 'person');
SELECT FROM interlink.add_link('person', 'helps', 'team', 'many_to_many', inverse => 'helpers');
SELECT FROM interlink.add_rollup('team', 'size', 'people');
SELECT FROM interlink.add_lookup('person', 'team_name', 'team', 'name');
INSERT INTO team VALUES (1, 'red'), (2, 'blue');
INSERT INTO badge VALUES ('A'), ('B');
INSERT INTO person (id, name, team, badge, helps) VALUES (1, 'Ada', 1, 'A', '{2}'), (2, 'Ben', 1, NULL, '{1,2}');

CREATE VIEW everything AS
	SELECT 'team' AS t, to_jsonb(team) AS r FROM team
	UNION ALL SELECT 'person', to_jsonb(person) FROM person
	UNION ALL SELECT 'badge', to_jsonb(badge) FROM badge
	UNION ALL SELECT 'helps', to_jsonb(person_helps) FROM person_helps;
CREATE TABLE before AS TABLE everything;
CREATE TEMPORARY VIEW changed AS
	(TABLE everything EXCEPT TABLE before) UNION ALL (TABLE before EXCEPT TABLE everything);

-- an edit, as ever
SHOW interlink.link_writes;
SET interlink.link_writes = 'sometimes';

-- ignored: at whichever side the key is, whatever the value; what else is written counts
SET interlink.link_writes = 'ignore';
SET interlink.computed_writes = 'ignore';
UPDATE team SET people = '{2}', helpers = '{}', size = 77;
UPDATE team SET people = NULL, helpers = '{99}' WHERE id = 2;
UPDATE person SET team = 2, badge = 'B', helps = '{}', team_name = 'green' RETURNING *;
UPDATE badge SET person = 2;
UPDATE badge SET person = '{}' WHERE code = 'A';
TABLE changed;
SELECT * FROM interlink.audit();

-- a key that is written with its link column wins over it
UPDATE person SET team_id = 2, team = NULL WHERE id = 1;
UPDATE person SET team_id = NULL, team = 2 WHERE id = 2;
SELECT id, team_id, team, team_name FROM person ORDER BY id;
SELECT id, people, size FROM team ORDER BY id;
INSERT INTO person (id, name, team_id, team, badge_id, badge, helps, team_name) VALUES
	(3, 'Cleo', 1, 2, NULL, 'B', '{1}', 'purple'), (4, 'Dan', NULL, 1, 'B', 'B', NULL, NULL)
	RETURNING id, team_id, team, badge_id, badge, helps, team_name;
INSERT INTO team VALUES (3, 'green', '{1,2}', '{1}', 12) RETURNING *;
MERGE INTO badge b USING (VALUES ('A'), ('C')) v (code) ON b.code = v.code
	WHEN MATCHED THEN UPDATE SET person = 4 WHEN NOT MATCHED THEN INSERT VALUES (v.code, 4);
INSERT INTO team (id, people) VALUES (1, '{3,4}') ON CONFLICT (id) DO UPDATE SET name = 'rouge', people = excluded.people;
SELECT t, r FROM everything ORDER BY t, r;
SELECT * FROM interlink.audit();

-- a whole database, copied table by table with the links in every column of it
CREATE TABLE copy_of_team AS TABLE team;
CREATE TABLE copy_of_badge AS TABLE badge;
CREATE TABLE copy_of_person AS TABLE person;
CREATE TABLE copy_of_helps AS TABLE person_helps;
TRUNCATE before;
INSERT INTO before TABLE everything;
TRUNCATE team, badge, person, person_helps;
INSERT INTO team TABLE copy_of_team;
INSERT INTO badge TABLE copy_of_badge;
INSERT INTO person TABLE copy_of_person;
INSERT INTO person_helps TABLE copy_of_helps;
TABLE changed;
SELECT * FROM interlink.audit();

-- the storage itself is written as ever, and what the engine writes is no user's write
UPDATE person SET team_id = 2;
DELETE FROM person_helps;
DELETE FROM badge WHERE code = 'B';
SELECT id, people, helpers, size FROM team ORDER BY id;
SELECT id, badge, helps FROM person ORDER BY id;
SELECT * FROM interlink.audit();

-- a trigger of the user that sorts behind ours
CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.people := '{1}'; RETURN NEW; END $$;
CREATE TRIGGER zzz_meddle BEFORE INSERT ON team FOR EACH ROW EXECUTE FUNCTION meddle();
INSERT INTO team (id) VALUES (5);
SELECT people FROM team WHERE id = 5;
SELECT * FROM interlink.audit();
DROP TRIGGER zzz_meddle ON team;

-- refused
SET interlink.link_writes = 'error';
\set VERBOSITY default
UPDATE team SET people = '{1}' WHERE id = 1;
\set VERBOSITY terse
INSERT INTO team (id, helpers) VALUES (6, '{1}');
UPDATE person SET team = 1 WHERE id = 1;
UPDATE person SET team = NULL WHERE id = 1;
UPDATE person SET team = 1, team_id = 2 WHERE id = 1;
INSERT INTO person (id, team) VALUES (6, 1);
UPDATE badge SET person = 2;

-- not refused: what stands, what the storage says, what a new row begins with
UPDATE team SET people = people, helpers = helpers;
UPDATE person SET team = team, badge = NULL WHERE badge IS NULL;
UPDATE person SET team = 1, team_id = 1 WHERE id = 1;
INSERT INTO person (id, team_id, team, helps) VALUES (6, 1, 1, '{}'), (7, NULL, '{}', NULL), (8, 2, NULL, DEFAULT);
INSERT INTO team (id, people) VALUES (7, NULL);
UPDATE person SET team_id = NULL WHERE id = 8;
INSERT INTO person_helps VALUES (6, 7);
SELECT id, team_id, team, helps FROM person ORDER BY id;
SELECT id, people, helpers FROM team ORDER BY id;
SELECT * FROM interlink.audit();
RESET interlink.link_writes;
RESET interlink.computed_writes;
DROP SCHEMA link_writes CASCADE;
