-- What was written while triggers were off is found and mended.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
CREATE SCHEMA triggers_off;
SET search_path = triggers_off, public;

CREATE TABLE team (id int PRIMARY KEY, name text);
CREATE TABLE project (id int PRIMARY KEY, cost int);
SELECT FROM interlink.add_link('project', 'team', 'team', inverse => 'projects');
SELECT FROM interlink.add_link('project', 'helpers', 'team', 'many_to_many', inverse => 'helps');
SELECT FROM interlink.add_rollup('team', 'total', 'projects', 'sum', 'cost');
SELECT FROM interlink.add_lookup('project', 'team_name', 'team', 'name');
SELECT FROM interlink.add_rollup('project', 'helper_names', 'helpers', 'array_join', 'name');
INSERT INTO team VALUES (1, 'Red'), (2, 'Blue'), (3, 'Green');
INSERT INTO project (id, cost, team, helpers) VALUES (1, 10, 1, '{2,3}'), (2, 20, 1, '{}'), (3, 30, 2, '{1}');

SET session_replication_role = replica;
UPDATE project SET cost = 11 WHERE id = 1;
UPDATE project SET team_id = 3 WHERE id = 2;
UPDATE team SET name = 'Azure' WHERE id = 2;
DELETE FROM project_helpers WHERE target = 3;
INSERT INTO project (id, cost, team_id) VALUES (4, 40, 3);
RESET session_replication_role;
SELECT * FROM interlink.audit();
SELECT * FROM interlink.repair('team', 'total', ARRAY['1']);
SELECT * FROM interlink.repair() WHERE repaired > 0;
SELECT * FROM team ORDER BY id;
SELECT * FROM project ORDER BY id;
SELECT * FROM interlink.audit();

-- a key whose row is gone is listed, and has to be removed first
SET session_replication_role = replica;
DELETE FROM team WHERE id = 3;
RESET session_replication_role;
SELECT * FROM interlink.audit();
UPDATE project SET team_id = NULL WHERE team_id = 3;
SELECT * FROM interlink.repair() WHERE repaired > 0;
SELECT * FROM project ORDER BY id;
SELECT * FROM interlink.audit();

-- a trigger that was switched off, and an index
ALTER TABLE project DISABLE TRIGGER "00_interlink_row";
DROP INDEX project_team_id_idx;
INSERT INTO project (id, cost, team) VALUES (5, 50, 1);
SELECT * FROM interlink.audit();
SELECT * FROM interlink.repair() WHERE repaired > 0;
SELECT * FROM team ORDER BY id;
SELECT * FROM interlink.audit();

-- rows without a key for their links, under a user's trigger that relies on the search path, and that moves the rows
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF pg_trigger_depth() = 1 THEN
    UPDATE project SET cost = cost + 1 WHERE id <> NEW.id;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER touch AFTER UPDATE ON project FOR EACH ROW EXECUTE FUNCTION touch();
SET session_replication_role = replica;
UPDATE project SET team_id = NULL, team_name = 'nobody' WHERE id IN (1, 3);
RESET session_replication_role;
SELECT * FROM interlink.audit();
SELECT * FROM interlink.repair() WHERE repaired > 0;
SELECT * FROM project ORDER BY id;
SELECT * FROM team ORDER BY id;
SELECT * FROM interlink.audit();

DROP SCHEMA triggers_off CASCADE;
