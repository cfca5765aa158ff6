-- Keys of several columns: links of every kind over them, made and adopted, written from both sides.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
CREATE SCHEMA composite_keys;
SET search_path = composite_keys, public;
CREATE FUNCTION refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	EXECUTE statement;
	RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(E'\n', SQLSTATE || ': ' || SQLERRM, 'DETAIL: ' || nullif(detail, ''), 'HINT: ' || nullif(hint, ''));
END $$;

-- every kind of link, made by add_link
CREATE TABLE a (t int, id int, v int, PRIMARY KEY (t, id));
CREATE TABLE b (t int, id int, w text, PRIMARY KEY (id, t), UNIQUE (t, id));
INSERT INTO a VALUES (1, 1, 10), (1, 2, 20), (2, 1, 30), (1, 10, 40);
INSERT INTO b VALUES (1, 1, 'x'), (1, 2, 'y'), (2, 1, 'z'), (1, 9, 'q');
SELECT FROM interlink.add_link('a', 'many', 'b', 'many_to_many', inverse => 'manies');
SELECT FROM interlink.add_link('a', 'one', 'b', inverse => 'ones', ordered => true);
SELECT FROM interlink.add_link('a', 'sole', 'b', 'one_to_one', inverse => 'owner', on_taken => 'move', deferred_unique => true);
SELECT FROM interlink.add_link('a', 'list', 'b', 'one_to_many', inverse => 'holder', on_taken => 'move', ordered => true);
SELECT FROM interlink.add_link('a', 'shown', 'b', 'many_to_many', inverse => 'shown_in', columns => 'array', ordered => true);
SELECT FROM interlink.add_link('a', 'boss', 'a', inverse => 'staff', columns => 'array');
SELECT FROM interlink.add_link('a', 'peers', 'a', 'many_to_many', inverse => 'peered');
SELECT FROM interlink.add_rollup('a', 'ws', 'shown', 'array_join', 'w');
SELECT FROM interlink.add_lookup('b', 'vs', 'manies', 'v');
SELECT FROM interlink.add_lookup('a', 'one_w', 'one', 'w');
SELECT FROM interlink.add_rollup('a', 'below', 'staff', 'sum', 'v + below');
SELECT attname, format_type(atttypid, atttypmod) AS type, attnotnull FROM pg_attribute WHERE attrelid = 'a'::regclass AND attnum > 0 ORDER BY attnum;
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid IN ('a'::regclass, 'a_many'::regclass) AND contype IN ('f', 'u', 'p') ORDER BY conrelid, conname;
UPDATE a SET many = '{"(1,1)","(2,1)"}', one = '{"(1,1)"}', shown = ARRAY['(9,1)', '(1,1)'], boss = ARRAY['(1,1)'] WHERE v = 20;
UPDATE b SET ones = '{"(1,10)","(2,1)"}', owner = '{"(1,1)"}', shown_in = ARRAY['(1,10)', '(1,2)'], manies = '{"(1,1)"}' WHERE w = 'y';
UPDATE a SET list = '{"(1,2)","(1,1)"}' WHERE v = 10;
UPDATE a SET list = '{"(1,1)"}' WHERE v = 30;
UPDATE a SET sole = '{"(2,1)"}' WHERE v = 30;
UPDATE a SET shown = '{}' WHERE v = 20;
SELECT v, many, one_id, one_t, one, sole, list, shown, boss, staff, ws, one_w, below FROM a ORDER BY v;
SELECT w, manies, ones, owner, holder, shown_in, vs FROM b ORDER BY w;
SELECT * FROM interlink.audit();

-- taken, twice, unknown, not a key
SELECT refused($$UPDATE b SET ones = '{"(1,2)"}' WHERE w = 'z'$$);
SELECT refused($$UPDATE b SET owner = '{"(1,10)"}'$$);
SELECT refused($$UPDATE a SET many = '{"(7,7)"}'$$);
SELECT refused($$UPDATE a SET one = '{"(1,7)"}' WHERE v = 10$$);
SELECT refused($$UPDATE a SET one = '{"(1,x)"}' WHERE v = 10$$);
SELECT refused($$UPDATE a SET one = '{"(1,)"}' WHERE v = 10$$);
SELECT refused($$UPDATE a SET one = '{"(1)"}' WHERE v = 10$$);
SELECT refused($$UPDATE a SET one = '{"(1,1)","(2,1)"}' WHERE v = 10$$);
SELECT refused($$UPDATE a SET one = '{"(1,1)"}', one_id = 2, one_t = 1 WHERE v = 10$$);
-- the spelling of a key is that of its types
UPDATE a SET one = '{"( 2 , 01)"}', many = '{"(1,1)","(01,01)"}' WHERE v = 10;
SELECT one, many FROM a WHERE v = 10;

-- keys change, rows go
UPDATE b SET t = 7 WHERE w = 'z';
UPDATE a SET id = 77 WHERE v = 10;
DELETE FROM b WHERE w = 'q';
UPDATE a SET peers = '{"(1,77)","(2,1)"}', peered = peered || '(1,10)'::text WHERE v = 20;
UPDATE a SET one_t = NULL WHERE v = 40;
SELECT v, many, one_id, one_t, one, sole, list, boss, staff, peers, peered, below FROM a ORDER BY v;
SELECT w, manies, ones, owner, holder, shown_in, vs FROM b ORDER BY w;
SELECT * FROM interlink.audit();
SELECT * FROM interlink.validate('a', '{"t":1,"id":10,"many":["(1,7)","(2,1)"],"sole":"(9,9)","shown":["(2,1)"],"one":"(1,x)"}');

-- damage is found and mended
SET session_replication_role = replica;
UPDATE a SET many = '{"(3,3)"}', one = '{"(3,3)"}', shown = '{x}', staff = '{y}' WHERE v = 20;
UPDATE b SET ones = '{}', t = 8 WHERE w = 'x';
RESET session_replication_role;
SELECT * FROM interlink.audit() ORDER BY 1, 2, 3;
SET session_replication_role = replica;
UPDATE b SET t = 1 WHERE w = 'x';
RESET session_replication_role;
SELECT column_name, repaired FROM interlink.repair() WHERE repaired > 0 ORDER BY 1;
SELECT * FROM interlink.audit();
SELECT FROM interlink.drop_field('a', 'sole');
SELECT FROM interlink.drop_field('a', 'shown', cascade => true);
SELECT FROM interlink.drop_field('a', 'one', cascade => true);
SELECT FROM interlink.drop_field('a', 'list', cascade => true);
SELECT attname FROM pg_attribute WHERE attrelid = 'b'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum;
SELECT conname FROM pg_constraint WHERE conrelid = 'a'::regclass AND contype NOT IN ('n', 't') ORDER BY conname;

-- adopted: a foreign key that shares the tenant with the primary key
CREATE TABLE team (tenant int, id int, name text, PRIMARY KEY (tenant, id));
CREATE TABLE emp (tenant int, id int, name text, wage numeric, team_id int, PRIMARY KEY (tenant, id), FOREIGN KEY (tenant, team_id) REFERENCES team);
INSERT INTO team VALUES (1, 1, 'Red'), (1, 2, 'Blue'), (2, 1, 'Other');
INSERT INTO emp VALUES (1, 10, 'Ada', 40, 1), (1, 11, 'Ben', 50, 1), (1, 12, 'Cleo', 60, NULL), (2, 10, 'Dan', 70, 1), (2, 13, 'Eve', 80, NULL);
SELECT FROM interlink.add_link('emp', 'team', 'team', inverse => 'members', foreign_key => '{team_id,tenant}', columns => 'link');
SELECT FROM interlink.add_lookup('emp', 'team_name', 'team', 'name');
SELECT FROM interlink.add_rollup('team', 'wages', 'members', 'sum', 'wage');
SELECT FROM interlink.add_lookup('team', 'names', 'members', 'name');
SELECT source_columns, target_columns, required, created FROM interlink.link_definition WHERE source = 'emp'::regclass;
UPDATE team SET members = members || '(1,12)'::text WHERE name = 'Red';
UPDATE emp SET team = '{"(1,2)"}' WHERE name = 'Ada';
UPDATE emp SET team = NULL WHERE name = 'Ben';
INSERT INTO emp (tenant, id, name, team) VALUES (1, 20, 'Fay', '{"(1,1)"}');
INSERT INTO team (tenant, id, name, members) VALUES (1, 9, 'New', '{"(1,11)"}');
SELECT * FROM emp ORDER BY name;
SELECT * FROM team ORDER BY name;
SELECT refused($$UPDATE team SET members = members || '(2,13)'::text WHERE name = 'Red'$$);
SELECT refused($$UPDATE emp SET team = '{"(2,1)"}' WHERE name = 'Ada'$$);
SELECT refused($$INSERT INTO emp (tenant, id, name, team) VALUES (2, 20, 'Gil', '{"(1,1)"}')$$);
SELECT * FROM interlink.validate('emp', '{"tenant":1,"id":10,"team":"(2,1)"}');
SELECT * FROM interlink.validate('emp', '{"tenant":1,"id":30,"team":"(1,2)","team_id":1}');
SELECT * FROM interlink.validate('emp', '{"tenant":1,"id":30,"team":"(1,2)","team_id":2}');
SELECT refused($$SELECT interlink.add_link('emp', 'again', 'team', foreign_key => '{tenant,team_id}')$$);
SELECT refused($$SELECT interlink.add_link('emp', 'mentor', 'emp', foreign_key => '{tenant,mentor_id}')$$);
SELECT refused($$SELECT interlink.add_link('emp', 'mentor', 'emp', foreign_key => '{mentor_id}')$$);
ALTER TABLE emp ADD mentor_id int;
SELECT FROM interlink.add_link('emp', 'mentor', 'emp', foreign_key => '{tenant,mentor_id}', inverse => 'pupils', columns => 'array', on_delete => 'restrict');
UPDATE emp SET pupils = '{"(1,10)","(1,11)"}' WHERE name = 'Cleo';
SELECT name, mentor_id, mentor, pupils FROM emp ORDER BY name;
SELECT * FROM interlink.audit();
ALTER TABLE emp RENAME COLUMN tenant TO customer;
ALTER TABLE team RENAME COLUMN id TO number;
UPDATE team SET members = '{}' WHERE name = 'Red';
SELECT source_columns, target_columns FROM interlink.link_definition WHERE source = 'emp'::regclass ORDER BY name;
SELECT refused($$ALTER TABLE emp DROP COLUMN customer$$);
SELECT * FROM interlink.audit();
SELECT FROM interlink.drop_field('emp', 'mentor');
SELECT FROM interlink.drop_field('emp', 'team', cascade => true);
SELECT attname FROM pg_attribute WHERE attrelid = 'emp'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum;
SELECT conname FROM pg_constraint WHERE conrelid = 'emp'::regclass AND contype NOT IN ('n', 't') ORDER BY conname;

-- a key that is NULL in part is no link; to write that there is none leaves it
CREATE TABLE part (id int PRIMARY KEY);
SELECT FROM interlink.add_link('part', 'emp', 'emp', inverse => 'parts');
INSERT INTO part (id, emp_customer) VALUES (1, 1), (2, 1), (3, 1);
UPDATE part SET emp = '{}' WHERE id = 1;
UPDATE part SET emp = NULL WHERE id = 2;
UPDATE part SET emp = '{}', emp_id = 10 WHERE id = 3;
SELECT * FROM part ORDER BY id;
SELECT * FROM interlink.audit();

-- over a relation, too, rows come in the order of the whole key
CREATE TABLE shelf (id int PRIMARY KEY, label text);
CREATE TABLE book (room text, nr int, shelf text, title text, PRIMARY KEY (room, nr));
SELECT FROM interlink.add_relation('shelf', 'books', 'book', '{label}', '{shelf}', is_referencee => true);
SELECT FROM interlink.add_lookup('shelf', 'titles', 'books', 'title');
INSERT INTO shelf VALUES (1, 'A');
INSERT INTO book VALUES ('b', 10, 'A', 'b10'), ('b', 9, 'A', 'b9'), ('B', 2, 'A', 'B2'), ('B', 1, 'A', 'B1');
SELECT titles FROM shelf;
UPDATE book SET nr = 3 WHERE title = 'B1';
SELECT titles FROM shelf;
SELECT * FROM interlink.audit();

-- rows are locked by a key that a link and a relation name in different orders
CREATE TABLE place (id int2, nr numeric, PRIMARY KEY (id, nr));
CREATE TABLE visit (id int PRIMARY KEY, a int2, b numeric, z int);
SELECT FROM interlink.add_link('visit', 'at', 'place', inverse => 'visits');
SELECT FROM interlink.add_relation('place', 'near', 'visit', '{nr,id}', '{b,a}', is_referencee => true);
SELECT FROM interlink.add_rollup('place', 'total', 'near', 'sum', 'z');
SELECT FROM interlink.add_rollup('place', 'n', 'visits');
INSERT INTO place SELECT i, i + 0.5 FROM generate_series(1, 20) AS i;
INSERT INTO visit (id, a, b, z, at)
SELECT i, 1 + i % 20, 1.5 + i % 20, i, ROW(1 + i * 7 % 20, 1.5 + i * 7 % 20)::text FROM generate_series(1, 40) AS i;
UPDATE visit SET a = 21 - a, b = 22 - b, at = ROW(a, b)::text, z = z + 1;
SELECT count(*), sum(total), sum(n) FROM place;
UPDATE place SET id = id + 100;
DELETE FROM visit WHERE id % 3 = 0;
SELECT count(*), sum(total), sum(n) FROM place;
SELECT * FROM interlink.audit();
DROP SCHEMA composite_keys CASCADE;
