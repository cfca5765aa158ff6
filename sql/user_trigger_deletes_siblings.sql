-- A trigger of the user's own changes other children of the same parent while a statement is under
-- way: what it changes counts once, whether it comes before or after the parent is brought up to date.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA user_trigger_deletes_siblings;
SET search_path = user_trigger_deletes_siblings, public;

CREATE TABLE parent (id bigint PRIMARY KEY, email text);
CREATE TABLE child (id bigint PRIMARY KEY, amount bigint);
SELECT FROM interlink.add_link('child', 'parent', 'parent', inverse => 'children');
SELECT FROM interlink.add_rollup('parent', 'n', 'children');
SELECT FROM interlink.add_rollup('parent', 'total', 'children', 'sum', 'amount');
SELECT FROM interlink.add_rollup('parent', 'top', 'children', 'max', 'amount');
SELECT FROM interlink.add_lookup('child', 'email', 'parent', 'email');
INSERT INTO parent (id, email) VALUES (1, 'ann@x'), (2, 'bob@x');
CREATE VIEW parents AS SELECT id, email, n, total, top, children FROM parent ORDER BY id;

-- a new child of 100 or more drives out its smaller siblings; triggers fire in the order of
-- their names, and so once before and once after all others
CREATE FUNCTION drive_out() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM child WHERE parent_id = NEW.parent_id AND amount < NEW.amount;
	RETURN NULL;
END $$;

CREATE TRIGGER aaa AFTER INSERT ON child FOR EACH ROW WHEN (NEW.amount >= 100) EXECUTE FUNCTION drive_out();
INSERT INTO child (id, amount, parent_id) VALUES (1, 10, 1), (2, 20, 1), (3, 30, 2);
INSERT INTO child (id, amount, parent_id) VALUES (4, 110, 1), (5, 5, 1);
TABLE parents;
SELECT * FROM interlink.audit();

ALTER TRIGGER aaa ON child RENAME TO zzz;
INSERT INTO child (id, amount, parent_id) VALUES (6, 200, 1), (7, 300, 2);
TABLE parents;
SELECT * FROM interlink.audit();
DROP TRIGGER zzz ON child;

-- the same with a greater one that came in the same statement: the maximum goes with it
CREATE FUNCTION be_alone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM child WHERE parent_id = NEW.parent_id AND id <> NEW.id;
	RETURN NULL;
END $$;
CREATE TRIGGER be_alone AFTER INSERT ON child FOR EACH ROW WHEN (NEW.amount = 77) EXECUTE FUNCTION be_alone();
INSERT INTO child (id, amount, parent_id) VALUES (20, 500, 1), (21, 77, 1), (22, 400, 2);
TABLE parents;
SELECT * FROM interlink.audit();

-- and with one that moves the others away in place of deleting them
CREATE OR REPLACE FUNCTION be_alone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE child SET parent = 2, amount = amount + 1 WHERE parent_id = NEW.parent_id AND id <> NEW.id;
	RETURN NULL;
END $$;
INSERT INTO child (id, amount, parent_id) VALUES (23, 600, 1), (24, 77, 1);
TABLE parents;
SELECT id, parent, email FROM child ORDER BY id;
SELECT * FROM interlink.audit();
DROP TRIGGER be_alone ON child;

-- a delete that deletes its siblings
CREATE FUNCTION take_along() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM child WHERE parent_id = OLD.parent_id;
	RETURN NULL;
END $$;
CREATE TRIGGER take_along AFTER DELETE ON child FOR EACH ROW EXECUTE FUNCTION take_along();
INSERT INTO child (id, amount, parent_id) VALUES (8, 80, 1), (9, 90, 1), (10, 95, 1);
DELETE FROM child WHERE id = 8;
TABLE parents;
SELECT * FROM interlink.audit();
DROP TRIGGER take_along ON child;

-- a trigger on the parent that reacts to its rollup and writes a child
CREATE FUNCTION keep_one() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO child (id, amount, parent_id) VALUES (1000 + NEW.id, 0, NEW.id);
	RETURN NULL;
END $$;
CREATE TRIGGER keep_one AFTER UPDATE ON parent FOR EACH ROW WHEN (NEW.n = 0 AND OLD.n > 0) EXECUTE FUNCTION keep_one();
DELETE FROM child WHERE parent_id = 2;
TABLE parents;
SELECT * FROM interlink.audit();

-- an error in such a trigger takes everything back
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'not this one';
END $$;
CREATE TRIGGER refuse AFTER INSERT ON child FOR EACH ROW WHEN (NEW.amount = 13) EXECUTE FUNCTION refuse();
\set VERBOSITY terse
INSERT INTO child (id, amount, parent_id) VALUES (11, 12, 1), (12, 13, 1);
TABLE parents;
SELECT * FROM interlink.audit();

SET client_min_messages = warning;
DROP TABLE child, parent CASCADE;
