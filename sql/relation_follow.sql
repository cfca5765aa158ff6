-- follow() from many rows of one query gives each row its own, in whatever way the query is run.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA relation_follow;
SET search_path = relation_follow, public;

CREATE TABLE o (id integer PRIMARY KEY, t text, big text);
CREATE TABLE u (id integer PRIMARY KEY, o_id integer, other_id integer);
CREATE INDEX ON u (o_id);
INSERT INTO o SELECT i, 'o' || i, repeat('x', 5000) FROM generate_series(1, 200) i;
INSERT INTO u SELECT i, nullif((i * 7) % 210, 5), (i * 11) % 210 FROM generate_series(300, 1, -1) i;
ANALYZE o, u;
SELECT FROM interlink.add_relation('u', 'one', 'o', '{o_id}', '{id}', accessor => false);
SELECT FROM interlink.add_relation('u', 'other', 'o', '{other_id}', '{id}', accessor => false);
SELECT FROM interlink.add_relation('o', 'many', 'u', '{id}', '{o_id}', is_referencee => true, accessor => false);
SELECT FROM interlink.add_path('u', 'same', '{one,many}', accessor => false);
SELECT FROM interlink.add_path('o', 'others', '{many,other}', true, false);

-- the same rows as by a join: one, many, over two hops, once
CREATE VIEW by_join AS
SELECT 'one' AS relation, u.id AS source, array_agg(o.id ORDER BY o.id) AS ids FROM u JOIN o ON o.id = u.o_id GROUP BY 2
UNION ALL SELECT 'many', o.id, array_agg(u.id ORDER BY u.id) FROM o JOIN u ON u.o_id = o.id GROUP BY 2
UNION ALL SELECT 'same', u.id, array_agg(v.id ORDER BY v.id) FROM u JOIN o ON o.id = u.o_id JOIN u v ON v.o_id = o.id GROUP BY 2
UNION ALL SELECT 'others', o.id, array_agg(DISTINCT p.id) FROM o JOIN u ON u.o_id = o.id JOIN o p ON p.id = u.other_id GROUP BY 2;
CREATE VIEW by_follow AS
SELECT 'one' AS relation, u.id AS source, array_agg(o.id) AS ids FROM u, interlink.follow(u, 'one', NULL::o) o GROUP BY 2
UNION ALL SELECT 'many', o.id, array_agg(u.id) FROM o, interlink.follow(o, 'many', NULL::u) u GROUP BY 2
UNION ALL SELECT 'same', u.id, array_agg(v.id) FROM u, interlink.follow(u, 'same', NULL::u) v GROUP BY 2
UNION ALL SELECT 'others', o.id, array_agg(p.id) FROM o, interlink.follow(o, 'others', NULL::o) p GROUP BY 2;
SELECT relation, count(*), sum(cardinality(ids)) FROM by_join GROUP BY 1 ORDER BY 1;
CREATE VIEW differences AS (TABLE by_join EXCEPT TABLE by_follow) UNION ALL (TABLE by_follow EXCEPT TABLE by_join);
SELECT count(*) FROM differences;
-- however the rows are looked up
BEGIN; SET LOCAL jit = off; SET LOCAL enable_indexscan = off; SET LOCAL plan_cache_mode = force_custom_plan; SELECT count(*) FROM differences; ROLLBACK;
\c -
SET SESSION AUTHORIZATION regress_interlink;
SET search_path = relation_follow, public;
BEGIN; SET LOCAL jit = off; SET LOCAL enable_indexscan = off; SELECT count(*) FROM differences; ROLLBACK;
\c -
SET SESSION AUTHORIZATION regress_interlink;
SET search_path = relation_follow, public;
BEGIN; SET LOCAL jit = off; SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off; SELECT count(*) FROM differences; ROLLBACK;
\c -
SET SESSION AUTHORIZATION regress_interlink;
SET search_path = relation_follow, public;
BEGIN; SET LOCAL jit_inline_above_cost = -1; SET LOCAL jit_optimize_above_cost = -1; SET LOCAL enable_nestloop = off; SET LOCAL enable_sort = off; SELECT count(*) FROM differences; ROLLBACK;
\c -
SET SESSION AUTHORIZATION regress_interlink;
SET search_path = relation_follow, public;

-- in the list of what is selected, twice in a query, inside itself, with ordinality, up to a limit
SELECT count(*), count(DISTINCT x) FROM (SELECT (interlink.follow(u, 'one', NULL::o)).id AS x FROM u) s;
SELECT u.id, a.id, b.id FROM u, interlink.follow(u, 'one', NULL::o) a, interlink.follow(u, 'other', NULL::o) b ORDER BY u.id LIMIT 3;
SELECT count(*) FROM u, interlink.follow(u, 'one', NULL::o) o, interlink.follow(o, 'many', NULL::u) v, interlink.follow(v, 'one', NULL::o) p WHERE p.id <> o.id;
SELECT o.id, u.id, n FROM o, interlink.follow(o, 'many', NULL::u) WITH ORDINALITY u(id, o_id, other_id, n) WHERE o.id < 15 ORDER BY 1, 3 LIMIT 4;
SELECT o.id FROM o, interlink.follow(o, 'many', NULL::u) u LIMIT 2;
SELECT count(*) FROM u WHERE EXISTS (SELECT FROM interlink.follow(u, 'one', NULL::o) o WHERE o.t LIKE 'o1%');
-- the relation may change from row to row
SELECT count(*), sum(o.id) = (SELECT sum(CASE WHEN u.id % 2 = 0 THEN a.id ELSE b.id END) FROM u LEFT JOIN o a ON a.id = o_id LEFT JOIN o b ON b.id = other_id) AS same
FROM u, interlink.follow(u, CASE WHEN u.id % 2 = 0 THEN 'one' ELSE 'other' END, NULL::o) o;
SELECT count(*) FROM u, interlink.follow(u, CASE WHEN u.id < 299 THEN 'one' ELSE 'none' END, NULL::o) o;
SELECT count(*) FROM u, interlink.follow(u, CASE WHEN u.id < 299 THEN 'one' END, NULL::o) o;
-- the name of the relation is not known before the query runs with parallel workers
\c -
SET SESSION AUTHORIZATION regress_interlink;
SET search_path = relation_follow, public;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT count(*) FROM u, interlink.follow(u, CASE WHEN u.id > 0 THEN 'one' END, NULL::o) o;
SELECT count(*) FROM u, interlink.follow(u, CASE WHEN u.id > 0 THEN 'one' END, NULL::o) o;
SELECT count(*) FROM u, interlink.follow(u, CASE WHEN u.id > 0 THEN 'same' END, NULL::u) o;
SELECT count(interlink.follow_one(u, CASE WHEN u.id > 0 THEN 'other' END, NULL::o)) FROM u;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
-- some of the rows are NULL
SELECT count(*) FROM u u1 LEFT JOIN u u2 ON u2.id = u1.id + 150 LEFT JOIN interlink.follow(u2, 'one', NULL::o) o ON true WHERE o.id IS NULL;

-- by a cursor, there and back, while rows change that it does not see; over an error that is caught
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT u.id, o.t FROM u, interlink.follow(u, 'one', NULL::o) o ORDER BY u.id;
DECLARE d CURSOR FOR SELECT u.id, o.t FROM u, interlink.follow(u, 'one', NULL::o) o;
DECLARE e CURSOR FOR SELECT u.id, o.t FROM u, interlink.follow(u, 'one', NULL::o) o;
FETCH 2 FROM c;
FETCH 2 FROM d;
UPDATE o SET t = 'changed';
DELETE FROM o WHERE id IN (21, 28) OR id > 170;
SAVEPOINT here;
FETCH 1 FROM c;
FETCH 1 FROM d;
FETCH 1 FROM e;
ROLLBACK TO here;
FETCH 1 FROM c;
FETCH 1 FROM d;
FETCH 1 FROM e;
CLOSE e;
FETCH BACKWARD 3 FROM c;
SELECT count(*) FROM u, interlink.follow(u, 'one', NULL::o) o WHERE o.t = 'changed';
ROLLBACK;
DO $$
DECLARE r record; n integer := 0; caught integer := 0;
BEGIN
	FOR r IN SELECT u.id, o.id AS o_id FROM u, interlink.follow(u, 'one', NULL::o) o LOOP
		BEGIN
			n := n + 1;
			PERFORM 1 / (r.id % 100) FROM u v, interlink.follow(v, 'one', NULL::o) p WHERE v.id <= r.id + 3 AND v.id >= r.id;
		EXCEPTION WHEN division_by_zero THEN caught := caught + 1;
		END;
	END LOOP;
	RAISE NOTICE '% rows, % errors', n, caught;
END $$;
-- a modified table is seen as it was when the statement began
WITH new AS (INSERT INTO o VALUES (203, 'new') RETURNING id)
SELECT (SELECT count(*) FROM new), count(*) FROM u, interlink.follow(u, 'one', NULL::o) o WHERE o.id = 203;
SELECT count(*) FROM u, interlink.follow(u, 'one', NULL::o) o WHERE o.id = 203;
CREATE FUNCTION others_now(u) RETURNS bigint VOLATILE LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM o WHERE id = $1.o_id;
	RETURN (SELECT count(*) FROM interlink.follow($1, 'one', NULL::o));
END $$;
BEGIN;
SELECT sum(others_now(u)) FROM u WHERE id < 50;
SELECT count(*) FROM u, interlink.follow(u, 'one', NULL::o) o WHERE u.id < 50;
ROLLBACK;
-- a plan that is kept, for another role, after a change of the table
PREPARE all_of AS SELECT count(*) FROM u, interlink.follow(u, 'one', NULL::o) o;
EXECUTE all_of;
ALTER TABLE o ADD COLUMN more integer;
ALTER TABLE o RENAME id TO number;
EXECUTE all_of;
CREATE UNIQUE INDEX ON u (other_id) WHERE id < 10;
DROP INDEX u_o_id_idx;
EXECUTE all_of;
SELECT interlink.drop_relation('u', 'same'), interlink.drop_relation('o', 'others'), interlink.drop_relation('u', 'one');
EXECUTE all_of;

-- partitions: which of them are looked at is told anew for each row
CREATE TABLE part (id integer, k integer, PRIMARY KEY (id, k)) PARTITION BY LIST (k);
CREATE TABLE part_0 PARTITION OF part FOR VALUES IN (0);
CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);
CREATE TABLE part_2 PARTITION OF part FOR VALUES IN (2);
INSERT INTO part SELECT i, i % 3 FROM generate_series(1, 30) i;
CREATE TYPE place AS (k integer);
SELECT FROM interlink.add_relation('place', 'rows', 'part', '{k}', '{k}', is_referencee => true, accessor => false);
SELECT n, array_agg(p.id) FROM generate_series(0, 3) n, interlink.follow(ROW(n)::place, 'rows', NULL::part) p GROUP BY 1 ORDER BY 1;
SELECT FROM interlink.add_relation('part', 'peers', 'part', '{k}', '{k}', is_referencee => true);
SELECT p.id, count(*) FROM part_1 p, interlink.follow(p, 'peers', NULL::part) q WHERE p.id < 6 GROUP BY 1 ORDER BY 1;
SELECT p.id, count(*) FROM part_1 p, peers(p) q WHERE p.id < 6 GROUP BY 1 ORDER BY 1;
