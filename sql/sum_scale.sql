-- A sum of numeric values has the greatest scale among them.  A value that goes is subtracted without a look at
-- the others, unless it may have been the one with that scale.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
CREATE SCHEMA sum_scale;
SET search_path = sum_scale, public;
CREATE TABLE grandparent (id int PRIMARY KEY);
CREATE TABLE parent (id int PRIMARY KEY, grandparent_id int REFERENCES grandparent, own int DEFAULT 0);
CREATE TABLE child (id int PRIMARY KEY, amount numeric, parent_id int REFERENCES parent);
CREATE INDEX ON parent (grandparent_id);
CREATE INDEX ON child (parent_id);
SELECT FROM interlink.add_link('parent', 'grandparent', 'grandparent', inverse => 'parents', foreign_key => '{grandparent_id}');
SELECT FROM interlink.add_link('child', 'parent', 'parent', inverse => 'children', foreign_key => '{parent_id}');
SELECT FROM interlink.add_rollup('parent', 'total', 'children', 'sum', 'amount');
SELECT FROM interlink.add_rollup('grandparent', 'total', 'parents', 'sum', 'own + total');
INSERT INTO grandparent VALUES (1);
INSERT INTO parent (id, grandparent_id) VALUES (1, 1), (2, 1), (3, 1);
INSERT INTO child SELECT i, i, 1 FROM generate_series(1, 100) i;

-- how many rows of parents and children a statement looks at
CREATE FUNCTION looked_at(statement text) RETURNS TABLE (parents bigint, children bigint) LANGUAGE plpgsql AS $$
DECLARE
	counted CONSTANT text := 'SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables WHERE relid = $1';
	parents_before bigint;
	children_before bigint;
BEGIN
	EXECUTE counted INTO parents_before USING 'parent'::regclass;
	EXECUTE counted INTO children_before USING 'child'::regclass;
	EXECUTE statement;
	EXECUTE counted INTO parents USING 'parent'::regclass;
	EXECUTE counted INTO children USING 'child'::regclass;
	parents := parents - parents_before;
	children := children - children_before;
	RETURN NEXT;
END $$;

-- whole numbers
SELECT children < 10 AS none_but_it FROM looked_at('DELETE FROM child WHERE id = 100');
SELECT children < 10 AS none_but_it FROM looked_at('UPDATE child SET amount = amount - 1000 WHERE id = 1');
SELECT children < 10 AS none_but_it FROM looked_at('UPDATE child SET amount = amount + 0.25 WHERE id = 2');
SELECT children < 10 AS none_but_it FROM looked_at('UPDATE child SET amount = amount + 0.5 WHERE id = 3');
TABLE parent ORDER BY id;
TABLE grandparent;

-- one with a smaller scale goes, then the one with the greatest, then the next
SELECT children < 10 AS none_but_it FROM looked_at('DELETE FROM child WHERE id = 3');
SELECT total FROM parent WHERE id = 1;
INSERT INTO child VALUES (3, 3.5, 1);
SELECT children > 90 AS all_of_them FROM looked_at('DELETE FROM child WHERE id = 2');
SELECT total FROM parent WHERE id = 1;
SELECT children > 90 AS all_of_them FROM looked_at('UPDATE child SET parent_id = 2 WHERE id = 3');
TABLE parent ORDER BY id;
TABLE grandparent;
SELECT * FROM interlink.audit();

-- gone and come in one statement; nothing but zeroes; none
UPDATE child SET amount = CASE id WHEN 10 THEN 10.125 ELSE 11 END WHERE id IN (10, 11);
UPDATE child SET amount = CASE id WHEN 11 THEN 10.125 ELSE 10 END WHERE id IN (10, 11);
SELECT total FROM parent WHERE id = 1;
UPDATE child SET amount = 0.00 WHERE parent_id = 1 AND id > 50;
DELETE FROM child WHERE parent_id = 1 AND id < 50;
TABLE parent ORDER BY id;
DELETE FROM child WHERE parent_id = 1;
TABLE parent ORDER BY id;
TABLE grandparent;
SELECT * FROM interlink.audit();

-- NaN and the infinite
INSERT INTO child VALUES (1, 1.5, 1), (2, 'NaN', 1), (4, 'Infinity', 2);
SELECT id, total FROM parent ORDER BY id;
DELETE FROM child WHERE id = 1;
UPDATE child SET amount = 1.25 WHERE id = 3;
SELECT id, total FROM parent ORDER BY id;
DELETE FROM child WHERE id IN (2, 4);
SELECT id, total FROM parent ORDER BY id;
SELECT * FROM interlink.audit();

-- whatever happens, in any order: each a statement of its own, for within one what was computed anew is so again
CREATE FUNCTION some_value() RETURNS numeric LANGUAGE sql VOLATILE AS $$
	SELECT CASE WHEN random() < 0.02 THEN 'NaN' ELSE round((random() * 20 - 10)::numeric, (random() * 3)::int) END $$;
CREATE TABLE wrong AS SELECT 0 AS step, id, total::text AS stored, total::text AS expected FROM parent LIMIT 0;
SELECT FROM (SELECT setseed(0.5)) AS s;
\set ECHO none
SELECT CASE hashint4(step) & 3
		WHEN 0 THEN format('INSERT INTO child SELECT 1000 * %s + i, some_value(), 1 + (i + %s) %% 3 FROM generate_series(1, 3) i', step, step)
		WHEN 1 THEN 'DELETE FROM child WHERE random() < 0.1'
		WHEN 2 THEN 'UPDATE child SET amount = some_value() WHERE random() < 0.2'
		ELSE 'UPDATE child SET parent_id = 1 + parent_id % 3, amount = CASE WHEN random() < 0.3 THEN round(amount) ELSE amount END WHERE random() < 0.3'
	END,
	format('INSERT INTO wrong SELECT %s, id, total::text, (SELECT coalesce(sum(amount), 0)::text FROM child WHERE parent_id = parent.id) FROM parent
		UNION ALL SELECT %s, 0, total::text, (SELECT sum(own + total)::text FROM parent) FROM grandparent', step, step)
FROM generate_series(1, 400) AS step \gexec
\set ECHO all
SELECT count(*), count(DISTINCT stored) > 400 AS various, count(*) FILTER (WHERE stored <> expected) AS wrong FROM wrong;
SELECT * FROM interlink.audit();
DROP SCHEMA sum_scale CASCADE;
