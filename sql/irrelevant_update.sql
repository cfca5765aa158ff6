-- An UPDATE that touches no column that a field is or reads calls no row trigger for it.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
CREATE SCHEMA irrelevant_update;
SET search_path = irrelevant_update, public;
CREATE TABLE parent (id int PRIMARY KEY, name text, note text);
CREATE TABLE child (id int PRIMARY KEY, amount int, note text, parent_id int REFERENCES parent);
SELECT FROM interlink.add_link('child', 'parent', 'parent', inverse => 'children', foreign_key => '{parent_id}');
SELECT FROM interlink.add_rollup('parent', 'total', 'children', 'sum', 'amount');
INSERT INTO parent (id, name) VALUES (1, 'a'), (2, 'b');
INSERT INTO child (id, amount, parent_id) SELECT i, i, i % 2 + 1 FROM generate_series(1, 10) i;

-- the row triggers that a statement calls, and how often
CREATE FUNCTION calls(statement text) RETURNS TABLE(trigger text, n text) LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ' || statement LOOP
		IF line ~ '^Trigger .*interlink_' AND line !~ 'interlink_statement' THEN
			trigger := substring(line FROM 'Trigger (\w+)');
			n := substring(line FROM 'calls=(\d+)');
			RETURN NEXT;
		END IF;
	END LOOP;
END $$;

-- neither on the side that is read, nor on the side that has the rollup
SELECT * FROM calls('UPDATE child SET note = ''x''');
SELECT * FROM calls('UPDATE parent SET note = ''x'', name = ''y''');
-- writing what stands touches nothing, either
SELECT * FROM calls('UPDATE child SET amount = amount + 0');
SELECT * FROM calls('UPDATE parent SET total = total');
-- those that matter are noticed, row by row
SELECT * FROM calls('UPDATE child SET amount = amount + 1, note = ''z'' WHERE id < 4');
SELECT * FROM calls('UPDATE child SET amount = CASE WHEN id < 3 THEN 0 ELSE amount END');
-- a rollup needs no BEFORE trigger, which would lock each row before it is looked at
SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text IN ('parent', 'child') ORDER BY 1, 2;
SELECT * FROM parent ORDER BY id;
SELECT * FROM interlink.audit();

-- a link column and a lookup have one, which is not called, either
SELECT FROM interlink.add_lookup('child', 'parent_name', 'parent', 'name');
SELECT * FROM calls('UPDATE child SET note = ''x''');
SELECT * FROM calls('UPDATE child SET parent_name = parent_name');
SELECT * FROM calls('UPDATE child SET parent_id = 2 WHERE id < 4');
SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text IN ('parent', 'child') ORDER BY 1, 2;

-- more columns than one call has room for: each of them is noticed
SELECT format('CREATE TABLE wide (id int PRIMARY KEY, parent_id int REFERENCES parent, %s)', string_agg(format('c%s int DEFAULT %s', i, i), ', ')) FROM generate_series(1, 60) i \gexec
SELECT FROM interlink.add_link('wide', 'parent', 'parent', inverse => 'wides', foreign_key => '{parent_id}');
SELECT count(interlink.add_rollup('parent', 's' || i, 'wides', 'sum', 'c' || i)) FROM generate_series(1, 60) i;
INSERT INTO wide (id, parent_id) VALUES (1, 1), (2, 1);
SELECT count(*) FROM pg_trigger t, regexp_matches(pg_get_triggerdef(t.oid), 'differ', 'g')
WHERE tgrelid = 'wide'::regclass AND tgname = '00_interlink_update';
SELECT format('UPDATE wide SET c%s = 0', i) FROM unnest('{1,49,50,51,60}'::int[]) i \gexec
SELECT s1, s2, s48, s49, s50, s51, s52, s59, s60 FROM parent WHERE id = 1;
SELECT * FROM interlink.audit();

-- what decides about it compares pairs, each of one type
SELECT interlink.differ(1, 1, 'a'::text, 'a'::text, NULL::text, NULL::text), interlink.differ(1.0, 1.00), interlink.differ(1, 1, NULL::text, ''::text);
SELECT interlink.differ('a'::text, 1);
SELECT interlink.differ(1, 1, 1::bigint, 'a'::text);
SELECT interlink.differ(1);
SELECT interlink.differ(VARIADIC ARRAY[1, 2]);
DROP SCHEMA irrelevant_update CASCADE;
