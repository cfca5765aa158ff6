-- The expression of a field calls a function that says it is immutable, and writes to the very tables by way of
-- another.  That is refused, wherever the expression is evaluated; nothing of the statement stays.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA expression_that_writes;
SET search_path = expression_that_writes, public;

CREATE TABLE parent (id int PRIMARY KEY, label text);
CREATE TABLE child (id int PRIMARY KEY, name text);
SELECT FROM interlink.add_link('child', 'parent', 'parent', inverse => 'children');
SELECT FROM interlink.add_rollup('parent', 'n', 'children');

CREATE SEQUENCE ids START 100;
CREATE FUNCTION writes(text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	IF current_setting('regress.writes', true) = 'on' THEN
		INSERT INTO expression_that_writes.child (id, name, parent_id)
		VALUES (nextval('expression_that_writes.ids'), repeat('x', 5000), 1);
	END IF;
	RETURN $1;
END $$;
CREATE FUNCTION lies(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	result text;
BEGIN
	SELECT expression_that_writes.writes($1) INTO result;
	RETURN upper(result);
END $$;
-- one that catches the error goes on without
CREATE FUNCTION catches(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN expression_that_writes.lies($1);
EXCEPTION WHEN modifying_sql_data_not_permitted THEN
	RETURN upper($1);
END $$;
CREATE FUNCTION show() RETURNS TABLE (what text, content jsonb) LANGUAGE sql AS $$
	SELECT 'parent', to_jsonb(p) FROM parent p UNION ALL SELECT 'child', to_jsonb(c) FROM child c
	UNION ALL SELECT 'audit', to_jsonb(a) FROM unnest('{parent,child}'::regclass[]) t, interlink.audit(t) a ORDER BY 1, 2 $$;

INSERT INTO parent (id, label) VALUES (1, 'one'), (2, 'two');
INSERT INTO child (id, name, parent_id) VALUES (1, 'a', 1), (2, 'b', 1);

-- from the changed row; when it is filled; in a query
SELECT FROM interlink.add_rollup('parent', 'top', 'children', 'max', 'lies(name)');
SELECT FROM interlink.add_lookup('child', 'title', 'parent', 'lies(label)');
SELECT FROM interlink.add_rollup('parent', 'names', 'children', 'array_join', 'lies(name)');
SET regress.writes = 'on';
INSERT INTO child (id, name, parent_id) VALUES (3, 'c', 2);
UPDATE child SET name = 'd' WHERE id = 1;
UPDATE child SET parent = 2 WHERE id = 1;
UPDATE parent SET label = 'three';
DELETE FROM child WHERE id = 2;
UPDATE parent SET children = '{}' WHERE id = 1;
SET regress.writes = 'off';
SELECT * FROM show();
UPDATE child SET name = 'd' WHERE id = 1;
SELECT * FROM show();

SELECT interlink.drop_field('parent', 'top'), interlink.drop_field('parent', 'names'), interlink.drop_field('child', 'title');
SELECT FROM interlink.add_rollup('parent', 'top', 'children', 'max', 'catches(name)');
SELECT FROM interlink.add_lookup('child', 'title', 'parent', 'catches(label)');
SELECT FROM interlink.add_rollup('parent', 'names', 'children', 'array_join', 'catches(name)');
SET regress.writes = 'on';
INSERT INTO child (id, name, parent_id) VALUES (3, 'c', 2);
UPDATE child SET name = 'e' WHERE id = 1;
UPDATE parent SET label = 'three';
DELETE FROM child WHERE id = 2;
SELECT * FROM show();
SET regress.writes = 'off';

SET client_min_messages = warning;
DROP SCHEMA expression_that_writes CASCADE;
