-- A maximum that has gone is looked up in an index over key and value where there is one: the cost of it
-- does not grow with the number of linked rows.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
CREATE SCHEMA maximum_by_index;
SET search_path = maximum_by_index, public;
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (id int PRIMARY KEY, amount int, label text, due date, parent_id int REFERENCES parent) WITH (autovacuum_enabled = off);
CREATE INDEX ON child (parent_id);
CREATE INDEX by_amount ON child (parent_id, amount);
CREATE INDEX by_label ON child (parent_id, label);
SELECT FROM interlink.add_link('child', 'parent', 'parent', inverse => 'children', foreign_key => '{parent_id}');
SELECT FROM interlink.add_rollup('parent', 'n', 'children');
SELECT FROM interlink.add_rollup('parent', 'total', 'children', 'sum', 'amount');
SELECT FROM interlink.add_rollup('parent', 'least', 'children', 'min', 'amount');
SELECT FROM interlink.add_rollup('parent', 'greatest', 'children', 'max', 'amount');
SELECT FROM interlink.add_rollup('parent', 'label', 'children', 'max', 'label');

-- the tables hold 10 and 20,000 children; there are no statistics
INSERT INTO parent (id) VALUES (1), (2);
INSERT INTO child SELECT i, i, 'label ' || lpad(i::text, 5, '0'), '2000-01-01'::date + i, 1 FROM generate_series(1, 10) i;
INSERT INTO child SELECT 100 + i, i, 'label ' || lpad(i::text, 5, '0'), '2000-01-01'::date + i, 2 FROM generate_series(1, 20000) i;

-- how many rows of the children a statement looks at
CREATE FUNCTION looked_at(statement text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	before bigint;
	counted CONSTANT text := 'SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables WHERE relid = ''child''::regclass';
	after bigint;
BEGIN
	EXECUTE counted INTO before;
	EXECUTE statement;
	EXECUTE counted INTO after;
	RETURN after - before;
END $$;
SELECT looked_at('DELETE FROM child WHERE id = 10') AS of_10, looked_at('DELETE FROM child WHERE id = 20100') < 20 AS of_20000;
SELECT looked_at('DELETE FROM child WHERE id = 101') < 20 AS the_minimum;
SELECT looked_at('UPDATE child SET amount = 5, label = '''' WHERE id = 20099') < 20 AS by_update;
SELECT looked_at('UPDATE child SET parent_id = 1 WHERE id = 20098') < 20 AS by_a_move;
VACUUM ANALYZE child;
SELECT looked_at('DELETE FROM child WHERE id = 20097') < 20 AS with_statistics;
SELECT looked_at('DELETE FROM child WHERE id = 20096') < 20 AS again;
SELECT * FROM parent ORDER BY id;
SELECT * FROM interlink.audit();

-- one that is not needed, and one of a column without such an index
DROP INDEX by_label;
SELECT looked_at('UPDATE child SET amount = 7 WHERE id = 20095') < 20 AS the_label_stays;
SELECT looked_at('UPDATE child SET label = '''' WHERE id = 20095') > 19000 AS without_index;
SELECT FROM interlink.add_rollup('parent', 'due', 'children', 'max', 'due');
SELECT looked_at('UPDATE child SET due = NULL WHERE id = 20099') > 19000 AS without_index;
CREATE INDEX ON child (parent_id, due);
SELECT looked_at('UPDATE child SET due = NULL WHERE id = 20095') < 20 AS with_index;
SELECT * FROM parent ORDER BY id;
SELECT * FROM interlink.audit();
DROP SCHEMA maximum_by_index CASCADE;
