-- Rows of partitioned tables, on either side of a link, whichever partition they are in and however they come there.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
CREATE SCHEMA partitions;
SET search_path = partitions, public;

-- partitions whose columns stand in another order, and partitions of partitions
CREATE TABLE customer (id bigint PRIMARY KEY, name text, email text) PARTITION BY HASH (id);
CREATE TABLE customer_0 PARTITION OF customer FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE customer_1 (email text, gone int, id bigint NOT NULL, name text);
ALTER TABLE customer_1 DROP COLUMN gone;
ALTER TABLE customer ATTACH PARTITION customer_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO customer SELECT i, 'n' || i, 'e' || i FROM generate_series(1, 6) i;

CREATE TABLE event (id bigint, day date, customer_id bigint REFERENCES customer ON UPDATE CASCADE ON DELETE CASCADE, amount int, note text,
	PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE event_2 (amount int, gone int, day date NOT NULL, customer_id bigint, note text, id bigint NOT NULL) PARTITION BY LIST (day);
ALTER TABLE event_2 DROP COLUMN gone;
CREATE TABLE event_2a PARTITION OF event_2 FOR VALUES IN ('2026-02-01', '2026-02-02');
CREATE TABLE event_2b PARTITION OF event_2 DEFAULT;
ALTER TABLE event ATTACH PARTITION event_2 FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
INSERT INTO event VALUES (1, '2026-01-05', 1, 10), (2, '2026-02-05', 1, 20), (3, '2026-02-01', 2, 5);

-- filled as they are defined, with rows there
SELECT FROM interlink.add_link('event', 'customer', 'customer', inverse => 'events', foreign_key => '{customer_id}');
SELECT FROM interlink.add_rollup('customer', 'n', 'events');
SELECT FROM interlink.add_rollup('customer', 'total', 'events', 'sum', 'amount');
SELECT FROM interlink.add_rollup('customer', 'top', 'events', 'max', 'amount');
SELECT FROM interlink.add_rollup('customer', 'all', 'events', 'array_agg', 'amount');
SELECT FROM interlink.add_lookup('event', 'email', 'customer', 'email');
SELECT FROM interlink.add_lookup('event', 'of_all', 'customer', 'total');
CREATE VIEW events AS SELECT tableoid::regclass AS partition, id, day, customer_id AS customer, amount, email, of_all FROM event;
CREATE VIEW customers AS SELECT tableoid::regclass AS partition, id, email, n, total, top, "all" FROM customer;
TABLE events ORDER BY id; TABLE customers ORDER BY id;
SELECT * FROM interlink.audit();

-- through the table and on a partition, at each depth
INSERT INTO event (id, day, customer_id, amount) VALUES (4, '2026-02-07', 3, 7), (5, '2026-01-07', 3, 8);
INSERT INTO event_2 (id, day, customer_id, amount) VALUES (6, '2026-02-02', 3, 70);
INSERT INTO event_2b (id, day, customer_id, amount) VALUES (7, '2026-02-09', 4, 1) RETURNING email, of_all;
TABLE customers ORDER BY id;
UPDATE event_2 SET amount = amount + 1;
UPDATE event_1 SET customer_id = 5 WHERE id = 5;
DELETE FROM event_2a WHERE id = 6;
UPDATE customer_1 SET email = email || '!';
UPDATE customer SET email = email || '?' WHERE id = 2;
COPY event_1 (id, day, customer_id, amount) FROM stdin;
8	2026-01-31	6	3
9	2026-01-30	6	4
\.
MERGE INTO event e USING (VALUES (8, 30), (10, 40)) v(id, amount) ON e.id = v.id
	WHEN MATCHED THEN UPDATE SET amount = v.amount
	WHEN NOT MATCHED THEN INSERT (id, day, customer_id, amount) VALUES (v.id, '2026-02-01', 6, v.amount);
INSERT INTO event_1 (id, day, customer_id, amount) VALUES (8, '2026-01-31', 6, 300) ON CONFLICT (id, day) DO UPDATE SET amount = excluded.amount;
TABLE events ORDER BY id; TABLE customers ORDER BY id;
SELECT * FROM interlink.audit();

-- rows that move, alone, with another customer, with another key, many at once
UPDATE event SET day = '2026-02-01' WHERE id = 1;
UPDATE event SET day = '2026-01-01', customer_id = 2, amount = 100 WHERE id = 2;
UPDATE event SET day = '2026-01-02', id = 40 WHERE id = 4;
UPDATE event_2 SET day = '2026-02-02' WHERE id IN (7, 3);
UPDATE event SET day = day + CASE WHEN day < '2026-02-01' THEN 28 ELSE -31 END WHERE id > 7;
TABLE events ORDER BY id; TABLE customers ORDER BY id;
SELECT * FROM interlink.audit();
UPDATE customer SET id = id + 100, email = 'moved' || id WHERE id IN (1, 2, 6);
TABLE events ORDER BY id; TABLE customers ORDER BY id;
SELECT * FROM interlink.audit();

-- what is computed stays computed, for rows that move as for others
UPDATE event SET email = 'x' WHERE id = 1;
UPDATE event SET email = 'x', day = '2026-01-10' WHERE id = 1;
UPDATE customer SET total = 0 WHERE id = 101;
UPDATE customer SET total = 0, id = 103 WHERE id = 101;
INSERT INTO customer_0 (id, total) VALUES (1000, 1);
SET interlink.computed_writes = 'ignore';
UPDATE event SET email = 'x', day = '2026-01-10' WHERE id = 1;
UPDATE customer SET total = 0, id = 103 WHERE id = 101;
RESET interlink.computed_writes;
SELECT * FROM interlink.audit();

-- a trigger that keeps a row from leaving, or from arriving
CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER stay BEFORE DELETE ON event_1 FOR EACH ROW EXECUTE FUNCTION stay();
UPDATE event SET day = '2026-02-10' WHERE id = 40;
DROP TRIGGER stay ON event_1;
CREATE TRIGGER stay BEFORE INSERT ON event_2b FOR EACH ROW EXECUTE FUNCTION stay();
UPDATE event SET day = '2026-02-10' WHERE id = 40;
DROP TRIGGER stay ON event_2b;
TABLE events ORDER BY id;
SELECT * FROM interlink.audit();

-- partitions that come and go
CREATE TABLE event_3 PARTITION OF event FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');
INSERT INTO event_3 (id, day, customer_id, amount) VALUES (20, '2026-03-01', 4, 9);
INSERT INTO event (id, day, customer_id, amount) VALUES (21, '2026-03-01', 4, 10);
TABLE customers ORDER BY id;
ALTER TABLE event DETACH PARTITION event_3;
TABLE customers ORDER BY id;
SELECT tgname FROM pg_trigger WHERE tgrelid = 'event_3'::regclass AND NOT tgisinternal;
SELECT * FROM interlink.audit();
UPDATE event_3 SET email = 'wrong', of_all = -1;
INSERT INTO event_3 VALUES (22, '2026-03-02', 3, 1);
ALTER TABLE event ATTACH PARTITION event_3 FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');
TABLE events ORDER BY id; TABLE customers ORDER BY id;
SELECT * FROM interlink.audit();
CREATE TABLE customer_copy (LIKE customer INCLUDING ALL);
\set VERBOSITY sqlstate
ALTER TABLE customer DETACH PARTITION customer_1;	-- it is referenced, by a constraint that versions name differently
\set VERBOSITY terse
SELECT * FROM interlink.audit();
ALTER TABLE event DETACH PARTITION event_2 CONCURRENTLY;
TRUNCATE event_2b;
SELECT * FROM interlink.audit();
DROP TABLE event_3;
DROP TABLE event_2a;
TABLE events ORDER BY id; TABLE customers ORDER BY id;
SELECT * FROM interlink.audit();
CREATE SCHEMA partitions_archive;
CREATE TABLE partitions_archive.event_4 PARTITION OF event FOR VALUES FROM ('2026-04-01') TO ('2026-05-01');
INSERT INTO event (id, day, customer_id, amount) VALUES (23, '2026-04-01', 4, 11);
DROP SCHEMA partitions_archive CASCADE;
TABLE customers ORDER BY id;
SELECT * FROM interlink.audit();

-- in one transaction, and undone
BEGIN;
INSERT INTO event (id, day, customer_id, amount) VALUES (24, '2026-02-20', 4, 12);
ALTER TABLE event DETACH PARTITION event_2;
SAVEPOINT a;
ALTER TABLE event ATTACH PARTITION event_2 FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
ROLLBACK TO a;
SELECT * FROM interlink.audit();
ROLLBACK;
SELECT * FROM interlink.audit();

-- what cannot be
CREATE UNLOGGED TABLE event_5 PARTITION OF event FOR VALUES FROM ('2026-05-01') TO ('2026-06-01');
ALTER TABLE event_1 SET UNLOGGED;
ALTER TABLE event RENAME COLUMN amount TO sum_paid;
DROP TRIGGER interlink_statement ON event_1;
ALTER TRIGGER interlink_statement ON event_1 RENAME TO other;
ALTER TABLE event DROP COLUMN customer_id;
SELECT interlink.add_rollup('event_1', 'x', 'customer');
SELECT interlink.add_link('event_1', 'x', 'customer');
CREATE TABLE linked (LIKE event);
ALTER TABLE linked ADD PRIMARY KEY (id);
SELECT FROM interlink.add_link('linked', 'friend', 'customer');
ALTER TABLE event ATTACH PARTITION linked FOR VALUES FROM ('2026-05-01') TO ('2026-06-01');
SELECT * FROM interlink.audit();

-- triggers that are missing are found and put back
ALTER TABLE event_1 DISABLE TRIGGER "00_interlink_update";
ALTER TABLE event_2 DISABLE TRIGGER interlink_statement;
SELECT table_name, problem FROM interlink.audit();
SELECT FROM interlink.repair('event');
SELECT table_name, problem FROM interlink.audit();
DROP VIEW events, customers;
SELECT FROM interlink.drop_field('event', 'email');
SELECT FROM interlink.drop_field('event', 'of_all');
SELECT FROM interlink.drop_field('customer', 'n');
SELECT FROM interlink.drop_field('customer', 'total');
SELECT FROM interlink.drop_field('customer', 'top');
SELECT FROM interlink.drop_field('customer', 'all');
SELECT FROM interlink.drop_field('event', 'customer');
SELECT FROM interlink.drop_field('linked', 'friend');
SELECT count(*) FROM pg_trigger WHERE tgname LIKE '%interlink%' AND tgrelid::regclass::text LIKE 'event%';

-- link columns: both tables partitioned by their key, through a foreign key and through a junction
CREATE TABLE person (id int PRIMARY KEY, name text) PARTITION BY RANGE (id);
CREATE TABLE person_a PARTITION OF person FOR VALUES FROM (0) TO (100);
CREATE TABLE person_b (name text, id int NOT NULL);
ALTER TABLE person ATTACH PARTITION person_b FOR VALUES FROM (100) TO (200);
CREATE TABLE team (id int PRIMARY KEY, name text) PARTITION BY LIST (id);
CREATE TABLE team_1 PARTITION OF team FOR VALUES IN (1, 3);
CREATE TABLE team_2 (name text, id int NOT NULL);
ALTER TABLE team ATTACH PARTITION team_2 FOR VALUES IN (2, 4, 5);
INSERT INTO person VALUES (1, 'a'), (2, 'b'), (101, 'c'), (102, 'd');
INSERT INTO team VALUES (1, 'one'), (2, 'two');
SELECT FROM interlink.add_link('person', 'home', 'team', inverse => 'members');
SELECT FROM interlink.add_link('person', 'fans_of', 'team', 'many_to_many', inverse => 'fans');
SELECT FROM interlink.add_link('person', 'boss', 'person', inverse => 'staff');
SELECT FROM interlink.add_rollup('person', 'below', 'staff', 'sum', '1 + below');
SELECT FROM interlink.add_lookup('team', 'names', 'members', 'name');
UPDATE team SET members = '{1,101}', fans = '{2,102}' WHERE id = 1;
UPDATE person SET home = 2, fans_of = '{1,2}' WHERE id = 2;
UPDATE person SET boss = 1 WHERE id IN (2, 101);
UPDATE person SET staff = '{102}' WHERE id = 101;
TABLE person ORDER BY id; TABLE team ORDER BY id; TABLE person_fans_of ORDER BY 1, 2;
SELECT * FROM interlink.audit();
UPDATE person SET id = 150, staff = '{}' WHERE id = 1;			-- moves, and lets its staff go
UPDATE person SET id = 51, fans_of = '{2}', home = 2 WHERE id = 101;	-- moves, with links anew
UPDATE team SET id = CASE id WHEN 1 THEN 4 ELSE 3 END, members = '{150}', name = upper(name) WHERE id = 1;
INSERT INTO team (id, name, members) VALUES (5, 'five', '{102}');
TABLE person ORDER BY id; TABLE team ORDER BY id; TABLE person_fans_of ORDER BY 1, 2;
SELECT * FROM interlink.audit();
UPDATE person SET boss = 2 WHERE id = 150;
UPDATE person SET boss = 150 WHERE id = 2;		-- a cycle
DELETE FROM team_2 WHERE id = 5;
DELETE FROM person_a;
TABLE person ORDER BY id; TABLE team ORDER BY id; TABLE person_fans_of ORDER BY 1, 2;
SELECT * FROM interlink.audit();

-- the foreign key decides on the partition
CREATE TABLE tenant (id int PRIMARY KEY, name text);
CREATE TABLE doc (id int, tenant_id int REFERENCES tenant, name text, PRIMARY KEY (id, tenant_id)) PARTITION BY LIST (tenant_id);
CREATE TABLE doc_1 PARTITION OF doc FOR VALUES IN (1);
CREATE TABLE doc_2 PARTITION OF doc FOR VALUES IN (2);
INSERT INTO tenant VALUES (1, 'one'), (2, 'two');
SELECT interlink.add_link('doc', 'tenant', 'tenant', foreign_key => '{tenant_id}', columns => 'link');
SELECT FROM interlink.add_link('doc', 'tenant', 'tenant', foreign_key => '{tenant_id}', inverse => 'docs');
SELECT FROM interlink.add_rollup('tenant', 'n', 'docs');
SELECT FROM interlink.add_lookup('doc', 'tenant_name', 'tenant', 'name');
INSERT INTO doc VALUES (1, 1, 'a'), (2, 1, 'b'), (3, 2, 'c');
UPDATE doc SET tenant_id = 2 WHERE id = 1;
SELECT tableoid::regclass, * FROM doc ORDER BY id; TABLE tenant ORDER BY id;
SELECT * FROM interlink.audit();

-- a row that is older than a field moves with its value
CREATE TABLE older (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE older_1 PARTITION OF older FOR VALUES FROM (1) TO (10);
CREATE TABLE older_2 PARTITION OF older FOR VALUES FROM (10) TO (20);
SELECT FROM interlink.add_link('older', 'tenant', 'tenant', inverse => 'older');
INSERT INTO older VALUES (1);
SELECT FROM interlink.add_rollup('older', 'names', 'tenant', 'array_agg', 'name');
UPDATE older SET id = 11 WHERE id = 1;
SELECT tableoid::regclass, * FROM older;
SELECT * FROM interlink.audit();
SET client_min_messages = error;
DROP SCHEMA partitions CASCADE;
