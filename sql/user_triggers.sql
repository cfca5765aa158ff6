-- Triggers of the user change, suppress and undo; values are right or the statement fails.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;

-- the write to the storage of a link is changed or dropped
CREATE SCHEMA user_triggers_1;
SET search_path = user_triggers_1, public;
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE c (id int PRIMARY KEY);
SELECT FROM interlink.add_link('p', 'kids', 'c', 'one_to_many', inverse => 'parent');
SELECT FROM interlink.add_link('p', 'out', 'c', 'many_to_many', inverse => 'inc');
SELECT FROM interlink.add_link('c', 'head', 'p', 'one_to_one', inverse => 'hat');
CREATE FUNCTION clear() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.parent_id := NULL; NEW.head_id := NULL; RETURN NEW; END $$;
CREATE TRIGGER a_clear BEFORE INSERT OR UPDATE ON c FOR EACH ROW EXECUTE FUNCTION clear();
CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER a_skip BEFORE INSERT ON p_out FOR EACH ROW EXECUTE FUNCTION skip();
INSERT INTO p VALUES (1); INSERT INTO c VALUES (7), (8);
UPDATE p SET kids = '{7}' WHERE id = 1;
UPDATE p SET "out" = '{8}' WHERE id = 1;
UPDATE p SET hat = '8' WHERE id = 1;
TABLE p; TABLE c; TABLE p_out;
SELECT * FROM interlink.audit();
CREATE TABLE q (id int PRIMARY KEY, locked boolean);
SELECT FROM interlink.add_link('q', 'p', 'p', columns => 'none', foreign_key => '{pid}');
SELECT FROM interlink.add_rollup('q', 'n', 'p', 'count');
CREATE FUNCTION veto() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.locked THEN RETURN NULL; END IF; RETURN NEW; END $$;
CREATE TRIGGER zzz_veto BEFORE UPDATE ON q FOR EACH ROW EXECUTE FUNCTION veto();
ALTER TABLE p ADD x int; SELECT FROM interlink.add_lookup('q', 'x', 'p', 'x');
INSERT INTO q VALUES (1, true, 1);
UPDATE p SET x = 5 WHERE id = 1;
SELECT * FROM interlink.audit();
DROP SCHEMA user_triggers_1 CASCADE;

-- an AFTER trigger writes, with and without an exception block
CREATE SCHEMA user_triggers_2;
SET search_path = user_triggers_2, public;
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE b (id int PRIMARY KEY, z int);
SELECT FROM interlink.add_link('b', 'l', 'a', 'many_to_many');
SELECT FROM interlink.add_link('b', 'o', 'a');
SELECT FROM interlink.add_rollup('a', 'n', 'b.o');
SELECT FROM interlink.add_rollup('a', 's', 'b.o', 'sum', 'z');
CREATE FUNCTION u() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF pg_trigger_depth() < 2 THEN
    BEGIN UPDATE b SET z = 1 WHERE id = (SELECT max(id) FROM b); EXCEPTION WHEN OTHERS THEN END;
  END IF; RETURN NULL; END $$;
INSERT INTO a VALUES (1);
CREATE TRIGGER a_user AFTER INSERT ON b FOR EACH ROW EXECUTE FUNCTION u();
INSERT INTO b (id, l, o) VALUES (10, '{1}', 1), (11, '{1}', 1);
SELECT 'a', * FROM a; SELECT 'b', * FROM b; SELECT 'b_l', * FROM b_l;
SELECT * FROM interlink.audit();
DROP TRIGGER a_user ON b;
CREATE TRIGGER zzz_user AFTER INSERT ON b FOR EACH ROW EXECUTE FUNCTION u();
INSERT INTO b (id, l, o) VALUES (20, '{1}', 1), (21, '{1}', 1);
SELECT * FROM interlink.audit();
DROP TRIGGER zzz_user ON b;
CREATE TRIGGER a_user AFTER INSERT ON b FOR EACH STATEMENT EXECUTE FUNCTION u();
INSERT INTO b (id, l, o) VALUES (30, '{1}', 1), (31, '{1}', 1);
SELECT * FROM interlink.audit();
DROP TRIGGER a_user ON b;
CREATE OR REPLACE FUNCTION u() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF pg_trigger_depth() < 2 THEN UPDATE b SET z = 2 WHERE id = (SELECT max(id) FROM b); END IF; RETURN NULL; END $$;
CREATE TRIGGER a_user AFTER INSERT ON b FOR EACH ROW EXECUTE FUNCTION u();
INSERT INTO b (id, l, o) VALUES (40, '{1}', 1), (41, '{1}', 1);
SELECT * FROM interlink.audit();
DROP SCHEMA user_triggers_2 CASCADE;

-- a BEFORE trigger takes the key away after the row was filled
CREATE SCHEMA user_triggers_3;
SET search_path = user_triggers_3, public;
CREATE TABLE a (id int PRIMARY KEY, v int);
CREATE TABLE b (id int PRIMARY KEY);
SELECT FROM interlink.add_link('b', 'o', 'a');
SELECT FROM interlink.add_lookup('b', 'v', 'o', 'v');
CREATE FUNCTION u() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.o_id := NULL; RETURN NEW; END $$;
CREATE TRIGGER zzz_user BEFORE INSERT OR UPDATE ON b FOR EACH ROW EXECUTE FUNCTION u();
INSERT INTO a VALUES (1, 7);
INSERT INTO b (id, o_id) VALUES (10, 1);
TABLE b;
SELECT * FROM interlink.audit();
DROP SCHEMA user_triggers_3 CASCADE;

-- and that of a row with a link column
CREATE SCHEMA user_triggers_4;
SET search_path = user_triggers_4, public;
CREATE TABLE t (id int PRIMARY KEY, x int);
SELECT FROM interlink.add_link('t', 'kids', 't', 'one_to_many', inverse => 'parent');
CREATE FUNCTION u() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.parent_id := NULL; RETURN NEW; END $$;
CREATE TRIGGER zzz_u BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION u();
INSERT INTO t (id, parent_id) VALUES (14, NULL), (40, NULL), (23, NULL);
INSERT INTO t (id, parent_id, kids) VALUES (5, 5, '{23,40}');
INSERT INTO t (id, parent_id, kids) VALUES (16, 14, '{40,14}');
TABLE t;
SELECT * FROM interlink.audit();
DROP SCHEMA user_triggers_4 CASCADE;
