-- A definition is made in the middle of a statement: by a trigger of the user, or beside a WITH query that writes.  From
-- then on it counts, for the rows of that very statement too.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA definition_within_statement;
SET search_path = definition_within_statement, public;

CREATE TABLE grand (id int PRIMARY KEY);
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (id int PRIMARY KEY, amount int);
CREATE TABLE node (id int PRIMARY KEY);
CREATE TABLE shelf (id int PRIMARY KEY);
CREATE TABLE book (id int PRIMARY KEY, pages int);
DO $$ BEGIN
	PERFORM interlink.add_link('child', 'parent', 'parent', inverse => 'children');
	PERFORM interlink.add_link('parent', 'grand', 'grand', inverse => 'parents');
	PERFORM interlink.add_link('node', 'up', 'node', inverse => 'down');
	PERFORM interlink.add_rollup('parent', 'n', 'children');
END $$;
INSERT INTO grand VALUES (1);
INSERT INTO parent (id, grand_id) VALUES (1, 1), (2, 1);
INSERT INTO node (id, up_id) VALUES (1, NULL), (2, 1);
CREATE FUNCTION audit() RETURNS SETOF record LANGUAGE sql AS $$
	SELECT a.* FROM unnest('{grand,parent,child,node,shelf,book}'::regclass[]) t, interlink.audit(t) a $$;

-- on the table that is written, on what depends on it, on others, which are written, too
CREATE FUNCTION define() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF new.id = 1 THEN
		PERFORM interlink.add_rollup('parent', 'total', 'children', 'sum', 'amount');
		PERFORM interlink.add_rollup('parent', 'most', 'children', 'max', 'amount');
		PERFORM interlink.add_rollup('grand', 'all_of_them', 'parents', 'sum', 'n');
		PERFORM interlink.add_rollup('node', 'descendants', 'down', 'sum', '1 + descendants');
		PERFORM interlink.add_link('book', 'shelf', 'shelf', inverse => 'books');
		PERFORM interlink.add_rollup('shelf', 'pages', 'books', 'sum', 'pages');
		INSERT INTO definition_within_statement.shelf (id) VALUES (1);
		INSERT INTO definition_within_statement.book (id, pages, shelf) VALUES (1, 100, 1), (2, 200, 1);
	END IF;
	RETURN NULL;
END $$;
-- before interlink's own trigger of the row, and after it
CREATE TRIGGER a_define AFTER INSERT ON child FOR EACH ROW EXECUTE FUNCTION define();
BEGIN;
INSERT INTO child (id, amount, parent_id) VALUES (1, 10, 1), (2, 20, 1), (3, 30, 2);
TABLE grand; TABLE parent; TABLE child; TABLE node; TABLE shelf; TABLE book;
SELECT audit();
ROLLBACK;
DROP TRIGGER a_define ON child;
CREATE TRIGGER z_define AFTER INSERT ON child FOR EACH ROW EXECUTE FUNCTION define();
INSERT INTO child (id, amount, parent_id) VALUES (1, 10, 1), (2, 20, 1), (3, 30, 2);
TABLE grand; TABLE parent; TABLE child; TABLE node; TABLE shelf; TABLE book;
SELECT audit();
DROP TRIGGER z_define ON child;

-- while the engine writes: the trigger is on the table that has the fields
CREATE FUNCTION define_more() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF new.id = 1 AND NOT EXISTS (SELECT FROM interlink.fields WHERE name = 'sum_of_totals') THEN
		PERFORM interlink.add_rollup('grand', 'sum_of_totals', 'parents', 'sum', 'total');
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER define_more AFTER UPDATE ON parent FOR EACH ROW EXECUTE FUNCTION define_more();
UPDATE child SET amount = amount + 1;
TABLE grand; TABLE parent;
SELECT audit();
DROP TRIGGER define_more ON parent;

-- repaired there, under definitions that have changed in between
CREATE FUNCTION redefine() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM interlink.drop_field('grand', 'sum_of_totals');
	PERFORM interlink.add_rollup('grand', 'n', 'parents');
	PERFORM sum(repaired) FROM interlink.repair('grand');
	RETURN NULL;
END $$;
CREATE TRIGGER redefine AFTER UPDATE ON parent FOR EACH STATEMENT EXECUTE FUNCTION redefine();
UPDATE child SET amount = amount + 1;
TABLE grand; TABLE parent;
SELECT audit();
DROP TRIGGER redefine ON parent;

-- beside a query that writes
WITH new AS (
	INSERT INTO child (id, amount, parent_id) VALUES (11, 1, 1), (12, 2, 2) RETURNING id
), one AS (
	SELECT FROM new LIMIT 1
)
SELECT FROM one, interlink.add_rollup('parent', 'twice', 'children', 'sum', '2 * amount');
TABLE parent;
SELECT audit();

SET client_min_messages = warning;
DROP SCHEMA definition_within_statement CASCADE;
