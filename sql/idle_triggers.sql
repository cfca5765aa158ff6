-- An UPDATE that sets nothing that our BEFORE trigger looks at does without it: no row is locked beforehand.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
CREATE SCHEMA idle_triggers;
SET search_path = idle_triggers, public;

-- Does the statement, which does not touch indexes, write more than one record for each of 30 rows to the log?
CREATE FUNCTION locks_rows(statement text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    plan jsonb;
BEGIN
    EXECUTE 'EXPLAIN (ANALYZE, WAL, FORMAT JSON) ' || statement INTO plan;
    RETURN (plan #>> '{0,Plan,WAL Records}')::int > 45;
END $$;

CREATE TABLE parent (id int PRIMARY KEY, email text);
CREATE TABLE child (
    id int PRIMARY KEY,
    parent_id int REFERENCES parent,
    amount int,
    note text,
    base int,
    made int GENERATED ALWAYS AS (base % 10) STORED
) WITH (fillfactor = 30);
INSERT INTO parent SELECT i, 'parent' || i FROM generate_series(0, 9) AS i;
SELECT FROM interlink.add_link('child', 'parent', 'parent', inverse => 'children', foreign_key => '{parent_id}');
SELECT FROM interlink.add_lookup('child', 'email', 'parent', 'email');
SELECT FROM interlink.add_rollup('parent', 'total', 'children', 'sum', 'amount');
INSERT INTO child (id, parent_id, amount, note, base) SELECT i, 1 + i % 3, i, 'note', i FROM generate_series(1, 30) AS i;

SELECT locks_rows('UPDATE child SET note = ''another''') AS note,
    locks_rows('UPDATE child SET amount = amount + 1, base = base + 1') AS amount,
    locks_rows('UPDATE child SET note = ''a third'', parent_id = parent_id') AS same_parent;
UPDATE child SET parent_id = parent_id + 1 WHERE id <= 5;
UPDATE child SET email = 'mine' WHERE id = 1;
SELECT id, parent_id, email FROM child WHERE id <= 6 ORDER BY id;
SELECT id, total FROM parent ORDER BY id;

-- Somebody else's trigger may set what the statement does not.
CREATE FUNCTION elsewhere() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.parent_id := 9; RETURN NEW; END $$;
CREATE TRIGGER elsewhere BEFORE UPDATE OF note ON child FOR EACH ROW EXECUTE FUNCTION elsewhere();
UPDATE child SET note = 'moved' WHERE id = 1;
SELECT id, parent_id, email FROM child WHERE id = 1;
ALTER TABLE child DISABLE TRIGGER elsewhere;
SELECT locks_rows('UPDATE child SET note = ''not moved''') AS disabled;
DROP TRIGGER elsewhere ON child;

-- What a generated column is made of.
SELECT FROM interlink.add_relation('child', 'maker', 'parent', '{made}', '{id}');
SELECT FROM interlink.add_lookup('child', 'made_by', 'maker', 'email');
SELECT locks_rows('UPDATE child SET note = ''again''') AS note;
SELECT locks_rows('UPDATE child SET base = base + 1') AS base;
SELECT id, base, made, made_by FROM child WHERE id <= 3 ORDER BY id;

-- The other statements that update.
INSERT INTO child (id, note) VALUES (1, 'conflict') ON CONFLICT (id) DO UPDATE SET note = excluded.note;
INSERT INTO child (id, parent_id) VALUES (1, 7) ON CONFLICT (id) DO UPDATE SET parent_id = excluded.parent_id;
MERGE INTO child USING (VALUES (2, 8)) AS new (id, parent) ON child.id = new.id WHEN MATCHED THEN UPDATE SET parent_id = new.parent;
MERGE INTO child USING (VALUES (2)) AS new (id) ON child.id = new.id WHEN MATCHED THEN UPDATE SET note = 'merged';
WITH moved AS (UPDATE child SET parent_id = 6 WHERE id = 3 RETURNING id) UPDATE child SET note = 'beside' FROM moved WHERE child.id = moved.id + 1;
SELECT id, parent_id, email, note FROM child WHERE id <= 4 ORDER BY id;

-- Partitions, whose columns stand elsewhere.
CREATE TABLE event (id int, parent_id int REFERENCES parent, note text, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE event_1 (note text, gone int, parent_id int, id int NOT NULL);
ALTER TABLE event_1 DROP COLUMN gone;
ALTER TABLE event ATTACH PARTITION event_1 FOR VALUES FROM (1) TO (100);
CREATE TABLE event_2 PARTITION OF event FOR VALUES FROM (100) TO (200);
SELECT FROM interlink.add_link('event', 'parent', 'parent', foreign_key => '{parent_id}');
SELECT FROM interlink.add_lookup('event', 'email', 'parent', 'email');
INSERT INTO event SELECT i * 10, i % 10, 'note' FROM generate_series(1, 19) AS i;
UPDATE event SET note = 'another';
UPDATE event SET parent_id = 2 WHERE id IN (10, 100);
UPDATE event SET id = 105, note = 'there' WHERE id = 20;
UPDATE event_1 SET note = 'here', parent_id = 3 WHERE id = 30;
SELECT tableoid::regclass, * FROM event WHERE id IN (10, 30, 100, 105) ORDER BY id;

SELECT * FROM interlink.audit();

DROP SCHEMA idle_triggers CASCADE;
