-- A user's BEFORE trigger that fires after ours: what it writes into a link column is applied or refused, never lost.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
CREATE SCHEMA late_triggers;
SET search_path = late_triggers, public;
CREATE TABLE team (id integer PRIMARY KEY, name text);
INSERT INTO team VALUES (1, 'one'), (2, 'two'), (3, 'three');
CREATE TABLE person (id integer PRIMARY KEY, late text, note text);
SELECT FROM interlink.add_link('person', 'team', 'team', inverse => 'members');
SELECT FROM interlink.add_link('person', 'clubs', 'team', relationship => 'many_to_many', inverse => 'guests');
SELECT FROM interlink.add_lookup('person', 'team_name', 'team', 'name');
SELECT FROM interlink.add_rollup('person', 'n', 'clubs', 'count');

-- what the column late says
CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	CASE split_part(NEW.late, ' ', 1)
		WHEN 'link' THEN NEW.team := split_part(NEW.late, ' ', 2);
		WHEN 'unlink' THEN NEW.team := NULL;
		WHEN 'key' THEN NEW.team_id := nullif(split_part(NEW.late, ' ', 2), '');
		WHEN 'both' THEN NEW.team := split_part(NEW.late, ' ', 2); NEW.team_id := split_part(NEW.late, ' ', 3);
		WHEN 'clubs' THEN NEW.clubs := split_part(NEW.late, ' ', 2);
		WHEN 'name' THEN NEW.team_name := 'late';
		WHEN 'n' THEN NEW.n := 9;
		WHEN 'write' THEN UPDATE person SET note = 'written' WHERE id = 1; NEW.team_id := 3;
		ELSE
	END CASE;
	RETURN NEW;
END $$;
CREATE TRIGGER zzz_late BEFORE INSERT OR UPDATE ON person FOR EACH ROW EXECUTE FUNCTION late();

CREATE FUNCTION outcome(statement text, late text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE stored text; wrong text;
BEGIN
	EXECUTE replace(statement, 'LATE', quote_nullable(late));
	SELECT string_agg(concat_ws(' ', coalesce(team_id::text, '-'), coalesce(team::text, '-'), clubs, coalesce(team_name, '-'), n), '; ' ORDER BY id DESC) INTO stored FROM person;
	SELECT string_agg(a::text, '; ') INTO wrong FROM interlink.audit() a WHERE table_name::regclass = 'person'::regclass;
	RAISE EXCEPTION 'undo' USING ERRCODE = 'UND00';
EXCEPTION
	WHEN SQLSTATE 'UND00' THEN RETURN concat_ws(' WRONG ', stored, wrong);
	WHEN OTHERS THEN RETURN SQLSTATE;
END $$;

INSERT INTO person (id, team) VALUES (1, '{1}');
CREATE TABLE statement (n serial, statement text);
INSERT INTO statement (statement) VALUES
	('INSERT INTO person (id, late) VALUES (2, LATE)'),
	('INSERT INTO person (id, late, team) VALUES (2, LATE, ''{1}'')'),
	('INSERT INTO person (id, late, team_id) VALUES (2, LATE, 1)'),
	('UPDATE person SET late = LATE'),
	('UPDATE person SET late = LATE, team = ''{2}'''),
	('UPDATE person SET late = LATE, team_id = 2'),
	('UPDATE person SET late = LATE, team = NULL'),
	('INSERT INTO person (id, late) VALUES (1, LATE) ON CONFLICT (id) DO UPDATE SET late = excluded.late'),
	('UPDATE team SET id = id + 10; UPDATE team SET id = id - 10; UPDATE person SET late = LATE');
SELECT statement, late, outcome(statement, late)
FROM statement, unnest(ARRAY[NULL, 'link {1}', 'link {2}', 'unlink', 'key 1', 'key 2', 'key', 'both {2} 2', 'both {2} 3', 'clubs {2,3}', 'name', 'n', 'write']) WITH ORDINALITY l (late, m)
ORDER BY n, m;

-- what is said
INSERT INTO person (id, late) VALUES (2, 'link {2}');
UPDATE person SET late = 'unlink';
SET interlink.link_writes = 'ignore';
INSERT INTO person (id, late) VALUES (3, 'link {2}');
UPDATE person SET late = 'link {2}' WHERE id = 1;
SET interlink.link_writes = 'error';
UPDATE person SET late = 'link {3}' WHERE id = 1;
RESET interlink.link_writes;
SELECT id, team_id, team, team_name FROM person ORDER BY id;

-- many rows in one statement; the same row several times in one
INSERT INTO person (id, team, late) SELECT i, '{1}', CASE WHEN i % 2 = 0 THEN 'key 2' END FROM generate_series(10, 2009) i;
INSERT INTO person (id, team, late) SELECT i, '{1}', CASE WHEN i = 3999 THEN 'link {2}' END FROM generate_series(3000, 4000) i;
SELECT team_id, team, team_name, count(*) FROM person GROUP BY 1, 2, 3 ORDER BY 1;
DO $$ BEGIN
	UPDATE person SET team = '{3}', late = 'key 3' WHERE id = 1;
	UPDATE person SET team = '{1}', late = NULL WHERE id = 1;
	UPDATE person SET late = 'link {3}' WHERE id = 1;
END $$;
SELECT * FROM interlink.audit();

-- a name that sorts before ours
ALTER TRIGGER zzz_late ON person RENAME TO a_late;
INSERT INTO person (id, late) VALUES (2, 'link {2}');
UPDATE person SET late = 'link {3}' WHERE id = 1;
SELECT id, team_id, team, team_name FROM person WHERE id < 3 ORDER BY id;
DROP TRIGGER a_late ON person;

-- arrays, keys of several columns, and a partition that has a late trigger of its own
CREATE TABLE office (country text, number integer, PRIMARY KEY (country, number));
INSERT INTO office VALUES ('no', 1), ('no', 2);
CREATE TABLE clerk (id integer PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE clerk_1 PARTITION OF clerk FOR VALUES FROM (0) TO (10);
CREATE TABLE clerk_2 (dropped text, id integer NOT NULL);
ALTER TABLE clerk_2 DROP dropped;
ALTER TABLE clerk ATTACH PARTITION clerk_2 FOR VALUES FROM (10) TO (20);
SELECT FROM interlink.add_link('clerk', 'team', 'team', columns => 'array');
SELECT FROM interlink.add_link('clerk', 'office', 'office');
CREATE FUNCTION move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.team := '{2}'; NEW.office := '{"(no,2)"}'; RETURN NEW; END $$;
CREATE FUNCTION move_key() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.team_id := 2; NEW.office_number := 2; RETURN NEW; END $$;
CREATE TRIGGER zzz_move BEFORE INSERT OR UPDATE ON clerk_2 FOR EACH ROW EXECUTE FUNCTION move();
INSERT INTO clerk (id, team, office) VALUES (1, '{1}', '{"(no,1)"}'), (11, '{2}', '{"(no,2)"}');
INSERT INTO clerk (id, team, office) VALUES (12, '{2}', '{"(no,1)"}');
INSERT INTO clerk (id, team, office) VALUES (12, '{1}', '{"(no,2)"}');
UPDATE clerk SET id = 12 WHERE id = 1;
DROP TRIGGER zzz_move ON clerk_2;
CREATE TRIGGER zzz_move BEFORE INSERT OR UPDATE ON clerk_2 FOR EACH ROW EXECUTE FUNCTION move_key();
INSERT INTO clerk (id, team, office) VALUES (12, '{1}', '{"(no,1)"}');
UPDATE clerk SET id = 13 WHERE id = 1;
SELECT * FROM clerk ORDER BY id;
SELECT * FROM interlink.audit();
SET client_min_messages = warning;
DROP SCHEMA late_triggers CASCADE;
