-- A statement that touches more rows than interlink.note_memory has room for: their keys are sorted on disk, and
-- everything with these keys is computed anew.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA more_keys_than_memory;
SET search_path = more_keys_than_memory, public;

CREATE TABLE region (id bigint PRIMARY KEY);
CREATE TABLE parent (id bigint, name text, email text, PRIMARY KEY (id));
CREATE TABLE child (id bigint PRIMARY KEY, amount bigint);
CREATE TABLE tag (id text PRIMARY KEY, weight bigint);
SELECT FROM interlink.add_link('parent', 'region', 'region', inverse => 'parents');
SELECT FROM interlink.add_link('child', 'parent', 'parent', inverse => 'children');
SELECT FROM interlink.add_link('child', 'tags', 'tag', 'many_to_many', inverse => 'tagged');
SELECT FROM interlink.add_rollup('parent', 'n', 'children');
SELECT FROM interlink.add_rollup('parent', 'total', 'children', 'sum', 'amount');
SELECT FROM interlink.add_rollup('parent', 'largest', 'children', 'max', 'amount');
SELECT FROM interlink.add_rollup('region', 'total', 'parents', 'sum', 'total');
SELECT FROM interlink.add_rollup('tag', 'total', 'tagged', 'sum', 'amount');
SELECT FROM interlink.add_lookup('child', 'email', 'parent', 'email');
SELECT FROM interlink.add_rollup('child', 'weight', 'tags', 'sum', 'weight');
INSERT INTO region SELECT generate_series(1, 5);
INSERT INTO parent (id, name, email, region_id) SELECT i, 'parent ' || i, 'p' || i, 1 + i % 5 FROM generate_series(1, 3000) AS i;
INSERT INTO tag (id, weight) SELECT 'tag ' || i, i FROM generate_series(1, 2000) AS i;
CREATE VIEW sums AS SELECT (SELECT sum(total) FROM region) AS regions, sum(n) AS n, sum(total) AS total, sum(largest) AS largest,
	(SELECT sum(total) FROM tag) AS tags, (SELECT sum(weight) FROM child) AS weights FROM parent;
SET interlink.note_memory = '64kB';
SET work_mem = '64kB';

SET client_min_messages = debug1;
INSERT INTO child (id, amount, parent_id) SELECT i, i % 100, 1 + i * 7 % 3000 FROM generate_series(1, 6000) AS i;
RESET client_min_messages;
TABLE sums;
INSERT INTO child_tags SELECT i, 'tag ' || (1 + i * 11 % 2000) FROM generate_series(1, 6000) AS i;
TABLE sums;
SELECT count(*) FROM interlink.audit();
UPDATE child SET amount = amount + 1;
UPDATE child SET parent_id = 1 + (parent_id + 17) % 3000;
UPDATE parent SET email = upper(email);
TABLE sums;
SELECT count(*) FROM interlink.audit();

-- link columns that are edited
UPDATE child SET parent = NULL WHERE id % 3 = 0;
UPDATE tag SET tagged = tagged - 6000 - 5000 || 1;
TABLE sums;
SELECT count(*) FROM interlink.audit();

-- in subtransactions, some of them rolled back; several in one transaction
BEGIN;
SAVEPOINT a;
UPDATE child SET amount = amount * 2;
ROLLBACK TO a;
UPDATE child SET amount = amount * 3;
SAVEPOINT b;
DELETE FROM child WHERE id % 2 = 0;
\set VERBOSITY terse
INSERT INTO child (id, amount, parent_id) SELECT i + 10000, 1, 1 + i FROM generate_series(1, 3000) AS i;
\set VERBOSITY default
ROLLBACK TO b;
DO $$ BEGIN
	BEGIN
		UPDATE child SET amount = amount + 10;
		DELETE FROM parent WHERE id = 1 / (SELECT count(*) - count(*) FROM region);
	EXCEPTION WHEN division_by_zero THEN
		UPDATE child SET amount = amount - 1;
	END;
END $$;
COMMIT;
TABLE sums;
SELECT count(*) FROM interlink.audit();

-- a trigger of the user in between
CREATE FUNCTION more() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE child SET amount = amount + 1000 WHERE id IN (SELECT id FROM child WHERE parent_id = NEW.id ORDER BY id LIMIT 1);
	RETURN NULL;
END $$;
CREATE TRIGGER more AFTER UPDATE ON parent FOR EACH ROW WHEN (NEW.n <> OLD.n AND NEW.id % 100 = 0) EXECUTE FUNCTION more();
DELETE FROM child WHERE id % 3 = 1;
TABLE sums;
SELECT count(*) FROM interlink.audit();
TRUNCATE child_tags;
DELETE FROM child;
TABLE sums;
SELECT count(*) FROM interlink.audit();

SET client_min_messages = warning;
DROP SCHEMA more_keys_than_memory CASCADE;
