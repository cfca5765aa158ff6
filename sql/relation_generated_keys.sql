-- Relations over generated columns: they are not there yet when a row is about to be stored, and fields follow them all the same.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA relation_generated_keys;
SET search_path = relation_generated_keys, public;
CREATE VIEW wrong AS SELECT a.* FROM interlink.audit() a WHERE a.table_name !~ '\.';

-- no foreign key: an address, whatever its case
CREATE TABLE customer (id int PRIMARY KEY, email text, address text GENERATED ALWAYS AS (lower(email)) STORED UNIQUE, name text);
CREATE TABLE sale (id int PRIMARY KEY, gone int, email text, suffix text DEFAULT '', address text GENERATED ALWAYS AS (lower(email || suffix)) STORED, amount int);
ALTER TABLE sale DROP COLUMN gone;
SELECT FROM interlink.add_relation('sale', 'customer', 'customer', '{address}', '{address}');
SELECT FROM interlink.add_relation('customer', 'sales', 'sale', '{address}', '{address}', is_referencee => true);
SELECT FROM interlink.add_relation('sale', 'same', 'sale', '{address}', '{address}', is_referencee => true);
SELECT FROM interlink.add_lookup('sale', 'customer_name', 'customer', 'name');
SELECT FROM interlink.add_rollup('customer', 'spent', 'sales', 'sum', 'amount');
SELECT FROM interlink.add_rollup('sale', 'alike', 'same');
INSERT INTO sale (id, email, amount) VALUES (1, 'Ann@X', 5), (2, 'BEN@x', 7), (3, NULL, 9);
INSERT INTO customer (id, email, name) VALUES (1, 'ANN@x', 'Ann');
INSERT INTO sale (id, email, amount) VALUES (4, 'ann@', 1), (5, 'ann@x', 2);
UPDATE sale SET suffix = 'X' WHERE id = 4;
UPDATE sale SET email = 'ben@X' WHERE id = 5;
COPY sale (id, email, suffix, amount) FROM stdin;
6	ANN	@x	3
\.
TABLE sale ORDER BY id;
TABLE customer ORDER BY id;
SELECT * FROM wrong;
UPDATE customer SET email = 'Ben@X', name = 'Ben';
UPDATE sale SET email = upper(email);
INSERT INTO sale (id, email, amount) VALUES (1, 'ben@x', 0) ON CONFLICT (id) DO UPDATE SET email = excluded.email;
TABLE sale ORDER BY id;
TABLE customer ORDER BY id;
SELECT * FROM wrong;
-- the value that will be there is accepted, and known to validate()
INSERT INTO sale (id, email, amount, customer_name) VALUES (7, 'bEn@x', 1, 'Ben');
INSERT INTO sale (id, email, amount, customer_name) VALUES (8, 'bEn@x', 1, 'Bert');
UPDATE sale SET email = 'ben@x', customer_name = 'Ben' WHERE id = 4;
SELECT * FROM interlink.validate('sale', '{"id": 8, "email": "BEN@x", "suffix": "", "customer_name": "Ben"}');
SELECT * FROM interlink.validate('sale', '{"id": 8, "email": "BEN@x", "suffix": "", "customer_name": "Bert"}');
SELECT * FROM interlink.validate('sale', '{"id": 6, "email": "BEN", "customer_name": "Ben"}');
-- a trigger that comes after ours changes what the key is made of
CREATE FUNCTION to_ann() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.email := 'ann@x'; NEW.suffix := ''; RETURN NEW; END $$;
CREATE TRIGGER zzz BEFORE INSERT OR UPDATE ON sale FOR EACH ROW EXECUTE FUNCTION to_ann();
INSERT INTO sale (id, email, amount) VALUES (9, 'ben@x', 1);
UPDATE sale SET amount = 2 WHERE id = 1;
INSERT INTO customer (id, email, name) VALUES (2, 'ann@x', 'Ann');
TABLE sale ORDER BY id;
SELECT * FROM wrong;
DROP TRIGGER zzz ON sale;

-- a generated column as foreign key; partitions; a column that is generated no more
CREATE TABLE slot (n int PRIMARY KEY, label text);
CREATE TABLE booking (id int PRIMARY KEY, hour int, n int GENERATED ALWAYS AS (hour / 2) STORED REFERENCES slot) PARTITION BY RANGE (id);
CREATE TABLE booking_1 PARTITION OF booking FOR VALUES FROM (0) TO (10);
CREATE TABLE booking_2 (n int GENERATED ALWAYS AS (hour / 2) STORED, hour int, id int NOT NULL);
ALTER TABLE booking ATTACH PARTITION booking_2 FOR VALUES FROM (10) TO (20);
INSERT INTO slot VALUES (0, 'early'), (1, 'late');
SELECT FROM interlink.add_relation('booking', 'slot', 'slot', '{n}', '{n}');
SELECT FROM interlink.add_relation('slot', 'bookings', 'booking', '{n}', '{n}', is_referencee => true);
SELECT FROM interlink.add_lookup('booking', 'label', 'slot', 'label');
SELECT FROM interlink.add_rollup('slot', 'hours', 'bookings', 'array_agg', 'hour');
INSERT INTO booking (id, hour) VALUES (1, 0), (2, 1), (3, 2), (11, 3), (12, NULL);
UPDATE booking SET hour = hour + 1 WHERE id IN (2, 11) AND hour < 3;
UPDATE booking SET id = 13 WHERE id = 1;
UPDATE booking_2 SET hour = 1 WHERE id = 12;
UPDATE slot SET label = upper(label);
INSERT INTO booking (id, hour) VALUES (4, 9);
TABLE booking ORDER BY id;
TABLE slot ORDER BY n;
SELECT * FROM wrong;
ALTER TABLE booking DROP CONSTRAINT booking_n_fkey;
INSERT INTO booking (id, hour) VALUES (4, 9);
ALTER TABLE booking ALTER n DROP EXPRESSION;
UPDATE booking SET n = 1 WHERE id = 4;
INSERT INTO booking (id, n) VALUES (5, 0);
TABLE booking ORDER BY id;
TABLE slot ORDER BY n;
SELECT * FROM interlink.repair('booking');
SELECT * FROM wrong;
SET client_min_messages = warning;
DROP SCHEMA relation_generated_keys CASCADE;
