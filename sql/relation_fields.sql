-- Lookups and rollups over relations, with a foreign key under them and without, where the other side may not be there.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA relation_fields;
SET search_path = relation_fields, public;
CREATE VIEW wrong AS SELECT a.* FROM interlink.audit() a WHERE a.table_name !~ '\.';
CREATE VIEW key_locks AS
SELECT mode, objsubid, count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() GROUP BY 1, 2 ORDER BY 1, 2;

-- to one row and back, no foreign key: a missing index is made
CREATE TABLE country (code text PRIMARY KEY, name text, population bigint);
CREATE TABLE city (id int PRIMARY KEY, name text, country_code varchar(10), size int);
SELECT FROM interlink.add_relation('city', 'country', 'country', '{country_code}', '{code}');
SELECT FROM interlink.add_relation('country', 'cities', 'city', '{code}', '{country_code}', is_referencee => true);
INSERT INTO country VALUES ('it', 'Italia', 60);
INSERT INTO city VALUES (1, 'Roma', 'it', 10), (2, 'Paris', 'fr', 20), (3, 'Atlantis', NULL, 1);
SELECT FROM interlink.add_lookup('city', 'country_name', 'country', 'name');
SELECT FROM interlink.add_lookup('city', 'share', 'country', 'population / 2');
SELECT FROM interlink.add_rollup('country', 'n', 'cities');
SELECT FROM interlink.add_rollup('country', 'total', 'cities', 'sum', 'size');
SELECT FROM interlink.add_rollup('country', 'biggest', 'cities', 'max', 'size');
SELECT FROM interlink.add_rollup('country', 'names', 'cities', 'array_join', 'name');
SELECT FROM interlink.add_lookup('country', 'sizes', 'cities', 'size');
SELECT * FROM city ORDER BY id;
SELECT * FROM country ORDER BY code;

-- one side appears, then the other; keys change; rows go
INSERT INTO country VALUES ('fr', 'France', 70), ('de', 'Deutschland', 80);
INSERT INTO city VALUES (4, 'Milano', 'it', 5), (5, 'Berlin', 'de', 7), (6, 'Madrid', 'es', 3);
SELECT id, country_name, share FROM city ORDER BY id;
SELECT code, n, total, biggest, names, sizes FROM country ORDER BY code;
UPDATE country SET code = 'es', name = 'Espana' WHERE code = 'de';
UPDATE city SET country_code = 'fr' WHERE id IN (1, 3);
SELECT id, country_name, share FROM city ORDER BY id;
SELECT code, n, total, biggest, names, sizes FROM country ORDER BY code;
DELETE FROM country WHERE code = 'fr';
DELETE FROM city WHERE id = 6;
UPDATE city SET country_code = NULL WHERE id = 4;
SELECT id, country_name, share FROM city ORDER BY id;
SELECT code, n, total, biggest, names, sizes FROM country ORDER BY code;
SELECT * FROM wrong;

-- one takes the place of another within a statement, and keys change places
WITH gone AS (DELETE FROM country WHERE code = 'es' RETURNING 1) INSERT INTO country SELECT 'fr', 'La France', 1 FROM gone;
UPDATE country SET code = CASE code WHEN 'it' THEN 'x' ELSE 'it' END;
SELECT id, country_code, country_name, share FROM city ORDER BY id;
SELECT code, name, n, total, biggest, names, sizes FROM country ORDER BY code;
SELECT * FROM wrong;

-- other ways to write
COPY city (id, name, country_code, size) FROM stdin;
7	Nice	fr	4
8	Torino	it	6
\.
INSERT INTO country VALUES ('fr', 'France', 10) ON CONFLICT (code) DO UPDATE SET name = excluded.name;
INSERT INTO country VALUES ('it', 'nobody', 10) ON CONFLICT (code) DO UPDATE SET name = excluded.name || '!';
MERGE INTO city h USING (VALUES (7, 'it'), (9, 'fr')) y (id, code) ON h.id = y.id
	WHEN MATCHED THEN UPDATE SET country_code = code WHEN NOT MATCHED THEN INSERT (id, country_code, size) VALUES (y.id, code, 9);
BEGIN;
SAVEPOINT a;
UPDATE city SET country_code = 'y';
INSERT INTO country VALUES ('y', 'Y', 0);
SELECT id, country_name FROM city ORDER BY id;
ROLLBACK TO a;
SELECT id, country_name FROM city ORDER BY id;
COMMIT;
SELECT code, name, n, total, biggest, names, sizes FROM country ORDER BY code;
SELECT * FROM wrong;
BEGIN;
TRUNCATE country;
SELECT id, country_name FROM city WHERE country_name IS NOT NULL;
ROLLBACK;
BEGIN;
TRUNCATE city;
SELECT code, n, total, biggest, names, sizes FROM country ORDER BY code;
SELECT * FROM wrong;
ROLLBACK;

-- computed
UPDATE city SET country_name = 'mine' WHERE id = 1;
UPDATE country SET n = 7;
INSERT INTO city (id, country_code, country_name) VALUES (99, 'it', 'mine');
INSERT INTO city (id, country_code, country_name) VALUES (10, 'fr', 'France'), (11, 'fr', NULL), (12, NULL, DEFAULT);
SELECT * FROM interlink.validate('city', '{"id": 20, "country_code": "it", "country_name": "mine"}');
SELECT * FROM interlink.validate('city', '{"id": 20, "country_code": "it", "country_name": "nobody!"}');
SELECT id, country_name FROM city WHERE id >= 10 ORDER BY id;

-- what has been written while nobody looked is found and mended
SET SESSION AUTHORIZATION DEFAULT;
SET session_replication_role = replica;
INSERT INTO relation_fields.country VALUES ('es', 'Espana', 4);
UPDATE relation_fields.city SET country_code = 'es' WHERE id IN (4, 5);
UPDATE relation_fields.city SET country_code = NULL WHERE id = 8;
RESET session_replication_role;
SET SESSION AUTHORIZATION regress_interlink;
SELECT table_name, column_name, key, stored, expected, problem FROM wrong;
SELECT * FROM interlink.repair('city');
SELECT * FROM interlink.repair('country');
SELECT * FROM wrong;
DROP INDEX city_country_code_idx;
SELECT * FROM wrong;
INSERT INTO city VALUES (13, 'nowhere', 'it', 1);
SELECT sum(repaired) FROM interlink.repair();
SELECT * FROM wrong;

-- many rows share the key that leads on, and a row leads to itself
SELECT FROM interlink.add_relation('city', 'siblings', 'city', '{country_code}', '{country_code}', is_referencee => true);
SELECT FROM interlink.add_rollup('city', 'near', 'siblings', 'sum', 'size');
SELECT FROM interlink.add_lookup('city', 'neighbours', 'siblings', 'id');
INSERT INTO city VALUES (14, 'Napoli', 'it', 8), (15, 'Lyon', 'fr', 2);
DELETE FROM city WHERE id = 1;
UPDATE city SET country_code = 'it' WHERE id = 15;
SELECT id, country_code, size, near, neighbours FROM city ORDER BY id;
SELECT * FROM wrong;

-- paths, over links and junctions too; each row as often as it is reached
CREATE TABLE tag (id int PRIMARY KEY, label text);
SELECT FROM interlink.add_link('city', 'tags', 'tag', 'many_to_many', inverse => 'cities');
SELECT FROM interlink.add_path('country', 'tags', '{cities,tags}');
SELECT FROM interlink.add_path('tag', 'countries', '{cities,country}');
SELECT FROM interlink.add_path('city', 'compatriots', '{country,cities}');
SELECT FROM interlink.add_lookup('country', 'labels', 'tags', 'label');
SELECT FROM interlink.add_rollup('tag', 'people', 'countries', 'sum', 'population');
SELECT FROM interlink.add_rollup('city', 'compatriots_count', 'compatriots');
INSERT INTO tag VALUES (1, 'old'), (2, 'new');
UPDATE city SET tags = '{1,2}' WHERE id IN (2, 8, 14);
UPDATE city SET tags = '{1}' WHERE id = 5;
SELECT code, labels FROM country ORDER BY code;
SELECT id, people FROM tag ORDER BY id;
SELECT id, compatriots_count FROM city ORDER BY id;
UPDATE country SET code = 'de', population = 1000 WHERE code = 'es';
UPDATE city SET country_code = 'de' WHERE id = 8;
UPDATE tag SET label = 'ancient' WHERE id = 1;
DELETE FROM country WHERE code = 'fr';
DELETE FROM city_tags WHERE source = 14;
SELECT code, labels FROM country ORDER BY code;
SELECT id, people FROM tag ORDER BY id;
SELECT id, compatriots_count FROM city ORDER BY id;
SELECT * FROM wrong;

-- a row on the way may lead nowhere, foreign key or not
CREATE TABLE team (id int PRIMARY KEY, name text);
CREATE TABLE club (id int PRIMARY KEY);
CREATE TABLE player (id int PRIMARY KEY, club_id int REFERENCES club, team_id int REFERENCES team);
SELECT FROM interlink.add_relation('club', 'players', 'player', '{id}', '{club_id}', is_referencee => true);
SELECT FROM interlink.add_relation('team', 'players', 'player', '{id}', '{team_id}', is_referencee => true);
SELECT FROM interlink.add_relation('player', 'team', 'team', '{team_id}', '{id}');
SELECT FROM interlink.add_relation('player', 'club', 'club', '{club_id}', '{id}');
SELECT FROM interlink.add_path('club', 'teams', '{players,team}');
SELECT FROM interlink.add_path('team', 'clubs', '{players,club}', accessor => false);
SELECT FROM interlink.add_rollup('club', 'n', 'teams');
SELECT FROM interlink.add_rollup('team', 'n', 'clubs');
INSERT INTO team VALUES (1), (2);
INSERT INTO club VALUES (1), (2);
INSERT INTO player VALUES (1, 1, 1), (2, 1, NULL), (3, NULL, 1), (4, 2, 1);
UPDATE player SET team_id = 2 WHERE id = 2;
UPDATE player SET team_id = NULL WHERE id = 4;
SELECT id, n FROM club ORDER BY id;
SELECT id, n FROM team ORDER BY id;
SELECT * FROM wrong;

-- a chain: the key that a relation goes by is a lookup itself, and what it shows a rollup over a link
CREATE TABLE office (id int PRIMARY KEY, rooms int);
CREATE TABLE clerk (id int PRIMARY KEY, rank int);
SELECT FROM interlink.add_link('clerk', 'office', 'office', inverse => 'clerks');
SELECT FROM interlink.add_rollup('office', 'ranks', 'clerks', 'sum', 'rank');
SELECT FROM interlink.add_lookup('clerk', 'best', 'office', 'ranks');
SELECT FROM interlink.add_relation('clerk', 'lucky', 'office', '{best}', '{id}');
SELECT FROM interlink.add_lookup('clerk', 'lucky_ranks', 'lucky', 'ranks');
SELECT FROM interlink.add_relation('office', 'of_that_rank', 'clerk', '{ranks}', '{rank}', is_referencee => true);
SELECT FROM interlink.add_rollup('office', 'as_many', 'of_that_rank', 'sum', 'lucky_ranks');
INSERT INTO office VALUES (1, 5), (2, 5), (3, 5);
INSERT INTO clerk (id, rank, office_id) VALUES (1, 1, 1), (2, 2, 1), (3, 3, 2);
SELECT id, rank, office_id, best, lucky_ranks FROM clerk ORDER BY id;
SELECT id, ranks, as_many FROM office ORDER BY id;
UPDATE clerk SET rank = 1 WHERE id = 2;
INSERT INTO clerk (id, rank, office_id) VALUES (4, 4, 3);
UPDATE clerk SET office_id = 2 WHERE id = 4;
SELECT id, rank, office_id, best, lucky_ranks FROM clerk ORDER BY id;
SELECT id, ranks, as_many FROM office ORDER BY id;
SELECT * FROM wrong;

-- keys of several columns and of types that convert; half a key leads nowhere
CREATE TABLE rate (currency text, day date, rate numeric, PRIMARY KEY (day, currency));
CREATE TABLE sale (id int PRIMARY KEY, currency varchar, sold timestamp, amount numeric);
SELECT FROM interlink.add_relation('sale', 'rate', 'rate', '{currency,sold}', '{currency,day}');
SELECT FROM interlink.add_relation('rate', 'sales', 'sale', '{currency,day}', '{currency,sold}', is_referencee => true);
SELECT FROM interlink.add_lookup('sale', 'rate_then', 'rate', 'rate');
SELECT FROM interlink.add_rollup('rate', 'sold', 'sales', 'sum', 'amount');
INSERT INTO sale VALUES (1, 'usd', '2024-01-01', 10), (2, 'usd', NULL, 20), (3, NULL, '2024-01-01', 30), (4, 'eur', '2024-01-02', 1.50);
INSERT INTO rate VALUES ('usd', '2024-01-01', 1.1), ('eur', '2024-01-02', 1);
UPDATE sale SET sold = '2024-01-02', currency = 'eur' WHERE id = 2;
SELECT * FROM sale ORDER BY id;
SELECT * FROM rate ORDER BY day;
SELECT * FROM wrong;

-- partitions on both sides
CREATE TABLE reading (sensor int, at int, value int, PRIMARY KEY (sensor, at)) PARTITION BY RANGE (at);
CREATE TABLE reading_1 PARTITION OF reading FOR VALUES FROM (0) TO (10);
CREATE TABLE reading_2 PARTITION OF reading FOR VALUES FROM (10) TO (20);
CREATE TABLE sensor (id int PRIMARY KEY, kind text) PARTITION BY HASH (id);
CREATE TABLE sensor_1 PARTITION OF sensor FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE sensor_2 PARTITION OF sensor FOR VALUES WITH (MODULUS 2, REMAINDER 1);
SELECT FROM interlink.add_relation('sensor', 'readings', 'reading', '{id}', '{sensor}', is_referencee => true);
SELECT FROM interlink.add_relation('reading', 'of', 'sensor', '{sensor}', '{id}');
SELECT FROM interlink.add_rollup('sensor', 'total', 'readings', 'sum', 'value');
SELECT FROM interlink.add_lookup('reading', 'kind', 'of', 'kind');
INSERT INTO reading SELECT i % 4, i, i FROM generate_series(1, 19) i;
INSERT INTO sensor VALUES (1, 'heat'), (2, 'light');
UPDATE reading SET at = 19 WHERE at = 2;
UPDATE sensor SET id = 3 WHERE id = 2;
SELECT * FROM sensor ORDER BY id;
SELECT sensor, kind, count(*) FROM reading GROUP BY 1, 2 ORDER BY 1;
ALTER TABLE reading DETACH PARTITION reading_1;
SELECT * FROM sensor ORDER BY id;
UPDATE reading_1 SET sensor = 1;
ALTER TABLE reading ATTACH PARTITION reading_1 FOR VALUES FROM (0) TO (10);
SELECT * FROM sensor ORDER BY id;
SELECT sensor, kind, count(*) FROM reading GROUP BY 1, 2 ORDER BY 1;
SELECT * FROM wrong;

-- locks: a key each, of the near side and of the far side; many keys as one
BEGIN;
INSERT INTO sale VALUES (5, 'usd', '2024-01-01', 1);
SELECT * FROM key_locks;
COMMIT;
BEGIN;
UPDATE sale SET amount = 2 WHERE id = 5;
SELECT * FROM key_locks;
COMMIT;
BEGIN;
INSERT INTO sale SELECT i, 'c' || i, '2024-01-01', 1 FROM generate_series(100, 400) i;
SELECT * FROM key_locks;
COMMIT;
-- what no field reads takes none
BEGIN;
UPDATE office SET rooms = 6;
UPDATE sensor SET kind = kind;
SELECT * FROM key_locks;
COMMIT;
SELECT * FROM wrong;

-- a foreign key under a relation makes it like a link, whether it was there before, comes or goes
CREATE TABLE author (id int PRIMARY KEY, name text, up int REFERENCES author);
CREATE TABLE book (id int PRIMARY KEY, author_id int REFERENCES author ON UPDATE CASCADE ON DELETE SET NULL, pages int);
SELECT FROM interlink.add_relation('book', 'author', 'author', '{author_id}', '{id}');
SELECT FROM interlink.add_relation('author', 'books', 'book', '{id}', '{author_id}', is_referencee => true);
SELECT FROM interlink.add_relation('author', 'pupils', 'author', '{id}', '{up}', is_referencee => true);
SELECT FROM interlink.add_lookup('book', 'author_name', 'author', 'name');
SELECT FROM interlink.add_rollup('author', 'pages', 'books', 'sum', 'pages');
-- also a tree
SELECT FROM interlink.add_rollup('author', 'school', 'pupils', 'sum', '1 + school');
BEGIN;
INSERT INTO author VALUES (1, 'Ann', NULL), (2, 'Ben', 1), (3, 'Cleo', 2);
INSERT INTO book VALUES (1, 1, 100), (2, 1, 200), (3, NULL, 50);
UPDATE author SET id = 9 WHERE id = 3;
SELECT * FROM key_locks;
COMMIT;
ALTER TABLE book DROP CONSTRAINT book_author_id_fkey;
INSERT INTO book VALUES (4, 4, 400);
INSERT INTO author VALUES (4, 'Dan', NULL);
SELECT * FROM book ORDER BY id;
SELECT * FROM author ORDER BY id;
ALTER TABLE book ADD FOREIGN KEY (author_id) REFERENCES author ON UPDATE CASCADE NOT VALID;
UPDATE author SET name = 'Anna' WHERE id = 1;
ALTER TABLE book VALIDATE CONSTRAINT book_author_id_fkey;
UPDATE author SET id = 5 WHERE id = 4;
UPDATE author SET name = 'Daniel' WHERE id = 5;
UPDATE author SET up = 9 WHERE id = 1;
-- one whose check is put off
ALTER TABLE book DROP CONSTRAINT book_author_id_fkey;
ALTER TABLE book ADD FOREIGN KEY (author_id) REFERENCES author DEFERRABLE INITIALLY DEFERRED;
SELECT tgname FROM pg_trigger WHERE tgrelid = 'book'::regclass AND NOT tgisinternal ORDER BY 1;
BEGIN;
INSERT INTO book VALUES (5, 7, 700);
INSERT INTO author VALUES (7, 'Gil', NULL);
COMMIT;
SELECT * FROM book ORDER BY id;
SELECT * FROM author ORDER BY id;
SELECT * FROM wrong;

-- whether a relation leads to one row is asked when the field is defined: its type stays
CREATE TABLE person (id int PRIMARY KEY, email text);
CREATE TABLE account (id int PRIMARY KEY, email text, plan text);
SELECT FROM interlink.add_relation('person', 'account', 'account', '{email}', '{email}', is_referencee => true);
SELECT FROM interlink.add_lookup('person', 'plans', 'account', 'plan');
ALTER TABLE account ADD UNIQUE (email);
SELECT FROM interlink.add_lookup('person', 'plan', 'account', 'plan');
INSERT INTO person VALUES (1, 'a@x'), (2, 'a@x'), (3, 'b@x');
INSERT INTO account VALUES (1, 'a@x', 'free'), (2, 'c@x', 'gold');
UPDATE account SET email = 'b@x' WHERE id = 2;
SELECT * FROM person ORDER BY id;
ALTER TABLE account DROP CONSTRAINT account_email_key;
SELECT interlink.drop_field('person', 'plan');
ALTER TABLE account DROP CONSTRAINT account_email_key;
INSERT INTO account VALUES (3, 'a@x', 'silver');
SELECT * FROM person ORDER BY id;
SELECT * FROM wrong;

-- more rows than there is memory for notes
SET interlink.note_memory = '64kB';
INSERT INTO person SELECT i, 'p' || i FROM generate_series(100, 6000) i;
INSERT INTO account SELECT i, 'p' || i, i FROM generate_series(100, 6000) i;
UPDATE account SET plan = plan || '!' WHERE id >= 100;
UPDATE person SET email = 'p' || id + 1 WHERE id >= 100;
RESET interlink.note_memory;
SELECT plans, count(*) FROM person WHERE id IN (100, 3000, 6000) GROUP BY 1 ORDER BY 1;
SELECT * FROM wrong;

-- names are followed, what is needed is held fast, and what is left is no more watched
ALTER TABLE country RENAME COLUMN code TO iso;
ALTER TABLE city RENAME COLUMN country_code TO iso_code;
ALTER TABLE country RENAME TO land;
ALTER FUNCTION country(city) RENAME TO land;
UPDATE city SET iso_code = 'it' WHERE id IN (2, 3);
SELECT holder, name, via, field FROM interlink.fields WHERE holder IN ('city', 'land') ORDER BY id;
SELECT iso, n, total FROM land ORDER BY 1;
SELECT * FROM wrong;
SELECT interlink.drop_relation('city', 'land');
SELECT interlink.drop_relation('city', 'siblings');
SELECT interlink.drop_relation('city', 'compatriots');
ALTER TABLE city DROP COLUMN iso_code;
ALTER TABLE land DROP CONSTRAINT country_pkey;
ALTER TABLE city ALTER COLUMN iso_code TYPE text;
ALTER TABLE city SET UNLOGGED;
SELECT interlink.drop_field('city', 'tags');
SELECT interlink.drop_field('city', 'tags', cascade => true);
SELECT holder, name, via FROM interlink.fields WHERE holder IN ('city', 'land', 'tag') ORDER BY id;
SELECT source, name FROM interlink.relations WHERE source IN ('city', 'land', 'tag') ORDER BY id;
SET client_min_messages = warning;
DROP TABLE land CASCADE;
RESET client_min_messages;
SELECT holder, name, via FROM interlink.fields WHERE holder IN ('city', 'land', 'tag') ORDER BY id;
SELECT interlink.drop_field('city', 'near');
SELECT interlink.drop_field('city', 'neighbours');
SELECT tgname FROM pg_trigger WHERE tgrelid = 'city'::regclass;
SELECT * FROM wrong;
-- an index that a link has made stays when the link goes, as long as such a field needs it
CREATE TABLE buyer (id int PRIMARY KEY);
CREATE TABLE bill (id int PRIMARY KEY, buyer_id int REFERENCES buyer);
SELECT FROM interlink.add_link('bill', 'buyer', 'buyer', foreign_key => '{buyer_id}');
SELECT FROM interlink.add_relation('buyer', 'bills', 'bill', '{id}', '{buyer_id}', is_referencee => true);
SELECT FROM interlink.add_rollup('buyer', 'n', 'bills');
SELECT FROM interlink.drop_field('bill', 'buyer');
SELECT indexrelid::regclass FROM pg_index WHERE indrelid = 'bill'::regclass ORDER BY 1;
SELECT * FROM wrong;
SELECT FROM interlink.add_link('bill', 'buyer', 'buyer', foreign_key => '{buyer_id}');
SELECT FROM interlink.drop_field('buyer', 'n');
SELECT FROM interlink.drop_field('bill', 'buyer');
SELECT indexrelid::regclass FROM pg_index WHERE indrelid = 'bill'::regclass ORDER BY 1;
SET client_min_messages = warning;
DROP SCHEMA relation_fields CASCADE;
