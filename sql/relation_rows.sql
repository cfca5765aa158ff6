-- A relation starts at a row type: rows of tables, views and composite types, wherever they come from.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA relation_rows;
CREATE SCHEMA relation_far;
SET search_path = relation_rows, public;

CREATE TABLE organizations (id integer PRIMARY KEY, name text);
CREATE TABLE users (id integer PRIMARY KEY, name text, organization_id integer REFERENCES organizations);
INSERT INTO organizations VALUES (1, 'Alpha'), (2, 'Beta');
INSERT INTO users VALUES (1, 'ann', 1), (2, 'ben', 2), (3, 'cleo', NULL);
SELECT FROM interlink.add_relation('users', 'organization', 'organizations', '{organization_id}', '{id}');
SELECT FROM interlink.add_relation('organizations', 'users', 'users', '{id}', '{organization_id}', is_referencee => true);

-- from a function, a RETURNING, a cast, JSON, a record with little in it, a column, an array
CREATE FUNCTION current_user_row() RETURNS users STABLE LANGUAGE sql AS $$ SELECT u FROM users u WHERE name = 'ann' $$;
CREATE FUNCTION no_user_row() RETURNS users STABLE LANGUAGE sql AS $$ SELECT u FROM users u WHERE false $$;
SELECT o.name FROM current_user_row() u, organization(u) o;
SELECT o.name FROM organization(current_user_row()) o;
SELECT (current_user_row()).organization;
SELECT t.name FROM organization(current_user_row()) o, users(o) t;
SELECT o.name FROM organization(no_user_row()) o;
SELECT (interlink.follow_one(current_user_row(), 'organization', NULL::organizations)).name;
INSERT INTO users VALUES (4, 'dora', 2) RETURNING (SELECT o.name FROM organization(users) o),
	(interlink.follow_one(users, 'organization', NULL::organizations)).name;
WITH new AS (INSERT INTO users VALUES (5, 'emil', 1) RETURNING users AS u)
SELECT (new.u).name, o.name FROM new, organization(new.u) o;
SELECT o.name FROM organization(ROW(9, 'nobody', 2)::users) o;
SELECT o.name FROM organization('(,,1)'::users) o;
SELECT o.name FROM organization(jsonb_populate_record(NULL::users, '{"organization_id": 2}')) o;
SELECT o.name FROM interlink.follow(jsonb_populate_record(NULL::users, '{"organization_id": 2}'), 'organization', NULL::organizations) o;
SELECT o.name FROM organization(jsonb_populate_record(NULL::users, '{"name": "no key"}')) o;
SELECT o.name FROM organization(jsonb_populate_record(NULL::users, '{"organization_id": 99}')) o;
SELECT interlink.follow_one('(,,99)'::users, 'organization', NULL::organizations) IS NULL AS none;
SELECT o.name FROM (SELECT array_agg(u ORDER BY id) AS us FROM users u) a, unnest(a.us) u, organization(u) o ORDER BY u.id;
DO $$
DECLARE u users; o organizations;
BEGIN
	SELECT * INTO u FROM users WHERE id = 2;
	o := organization(u);
	RAISE NOTICE 'plpgsql: %', o.name;
	o := interlink.follow_one(u, 'organization', NULL::organizations);
	RAISE NOTICE 'plpgsql: %', o.name;
END $$;
CREATE DOMAIN active_user AS users CHECK ((VALUE).id > 0);
SELECT o.name FROM interlink.follow('(1,x,1)'::active_user, 'organization', NULL::organizations) o;
SELECT o.name FROM organization('(1,x,1)'::active_user) o;

-- from views, materialized views and composite types, also ones that are no table's
CREATE VIEW user_view AS SELECT name, organization_id AS org FROM users;
CREATE MATERIALIZED VIEW user_count AS SELECT organization_id, count(*) AS n FROM users GROUP BY 1;
CREATE TYPE session AS (token text, user_id bigint);
SELECT FROM interlink.add_relation('user_view', 'organization', 'organizations', '{org}', '{id}');
SELECT FROM interlink.add_relation('organizations', 'user_views', 'user_view', '{id}', '{org}', is_referencee => true);
SELECT FROM interlink.add_relation('user_count', 'organization', 'organizations', '{organization_id}', '{id}');
SELECT FROM interlink.add_relation('organizations', 'count_of_users', 'user_count', '{id}', '{organization_id}', is_referencee => true);
SELECT FROM interlink.add_relation('session', 'owner', 'users', '{user_id}', '{id}');
SELECT v.name, o.name FROM user_view v, organization(v) o ORDER BY v.name;
SELECT o.id, v.name FROM organizations o, user_views(o) v ORDER BY o.id, v.name;
SELECT n, o.name FROM user_count c, organization(c) o ORDER BY o.name;
SELECT (ROW('abc', 2)::session).owner;
SELECT u.name, o.name FROM owner(ROW('abc', 2)::session) u, organization(u) o;
SELECT (interlink.follow_one(ROW('abc', 2)::session, 'owner', NULL::users)).name;
SELECT name, is_unique FROM interlink.relations WHERE source IN ('organizations', 'user_count', 'session') ORDER BY id;
CREATE UNIQUE INDEX ON user_count (organization_id);
SELECT is_unique FROM interlink.relations WHERE name = 'count_of_users';
SELECT interlink.reciprocal('session', 'owner') IS NULL AS none;

-- keys of several columns: what is NULL in part leads nowhere
CREATE TABLE region (country text, code text, name text, PRIMARY KEY (country, code));
CREATE TABLE place (id integer PRIMARY KEY, code text, country text, FOREIGN KEY (country, code) REFERENCES region);
INSERT INTO region VALUES ('DE', 'BY', 'Bavaria'), ('DE', 'BE', 'Berlin'), ('AT', 'W', 'Vienna');
INSERT INTO place VALUES (1, 'BY', 'DE'), (2, 'W', 'AT'), (3, NULL, 'DE'), (4, 'BY', NULL), (5, NULL, NULL);
SELECT FROM interlink.add_relation('place', 'region', 'region', '{code,country}', '{code,country}');
SELECT FROM interlink.add_relation('region', 'places', 'place', '{country,code}', '{country,code}', is_referencee => true);
SELECT FROM interlink.add_relation('place', 'same_country', 'region', '{country}', '{country}', is_referencee => true);
SELECT p.id, r.name FROM place p LEFT JOIN region(p) r ON true ORDER BY p.id;
SELECT p.id, (interlink.follow_one(p, 'region', NULL::region)).name FROM place p ORDER BY p.id;
SELECT r.name, p.id FROM region r, interlink.follow(r, 'places', NULL::place) p ORDER BY 1;
SELECT p.id, r.* FROM place p, interlink.follow(p, 'same_country', NULL::region) r WHERE p.id = 1;
SELECT interlink.reciprocal('place', 'region'), interlink.reciprocal('region', 'places'), interlink.reciprocal('place', 'same_country');

-- two foreign keys to one table, a table that refers to itself, a key that is not the primary one, another schema
CREATE TABLE relation_far.language (id integer PRIMARY KEY, code text UNIQUE, parent_code text REFERENCES relation_far.language (code));
CREATE TABLE book (id integer PRIMARY KEY, written_in text REFERENCES relation_far.language (code), read_in text REFERENCES relation_far.language (code));
INSERT INTO relation_far.language VALUES (1, 'de', NULL), (2, 'gsw', 'de'), (3, 'nds', 'de');
INSERT INTO book VALUES (1, 'de', 'gsw'), (2, 'gsw', 'de'), (3, 'nds', NULL);
SELECT FROM interlink.add_relation('book', 'language', 'relation_far.language', '{written_in}', '{code}');
SELECT FROM interlink.add_relation('book', 'translation', 'relation_far.language', '{read_in}', '{code}');
SELECT FROM interlink.add_relation('relation_far.language', 'written', 'book', '{code}', '{written_in}', is_referencee => true);
SELECT FROM interlink.add_relation('relation_far.language', 'translated', 'book', '{code}', '{read_in}', is_referencee => true);
SELECT FROM interlink.add_relation('relation_far.language', 'parent', 'relation_far.language', '{parent_code}', '{code}');
SELECT FROM interlink.add_relation('relation_far.language', 'children', 'relation_far.language', '{code}', '{parent_code}', is_referencee => true);
SELECT b.id, l.id AS language, t.id AS translation FROM book b LEFT JOIN language(b) l ON true LEFT JOIN translation(b) t ON true ORDER BY b.id;
SELECT l.code, p.code AS parent FROM relation_far.language l LEFT JOIN relation_far.parent(l) p ON true ORDER BY l.id;
SELECT l.code, c.code AS child FROM relation_far.language l, interlink.follow(l, 'children', NULL::relation_far.language) c;
SELECT l.code, w.id AS written, t.id AS translated FROM relation_far.language l
	LEFT JOIN relation_far.written(l) w ON true LEFT JOIN relation_far.translated(l) t ON true ORDER BY l.id;
SELECT name, reciprocal FROM interlink.relations WHERE source IN ('book', 'relation_far.language') ORDER BY id;

-- no foreign key at all, and types that are not the same
CREATE TABLE a (id integer PRIMARY KEY, small smallint, big bigint, num numeric, t text, v varchar(5), c char(4), n name,
	d date, e integer[], u uuid, cc text COLLATE "C");
CREATE TABLE b (id integer PRIMARY KEY, small smallint UNIQUE, big bigint UNIQUE, num numeric UNIQUE, t text UNIQUE, v varchar(5) UNIQUE, c char(4) UNIQUE, n name UNIQUE,
	ts timestamp UNIQUE, e integer[] UNIQUE, u uuid UNIQUE, cc text COLLATE "C" UNIQUE);
INSERT INTO a VALUES (1, 1, 1, 1.0, 'x', 'x', 'x', 'x', '2024-01-02', '{1,2}', '00000000-0000-0000-0000-000000000001', 'x');
INSERT INTO b VALUES (1, 1, 1, 1.00, 'x', 'x', 'x', 'x', '2024-01-02 00:00', '{1,2}', '00000000-0000-0000-0000-000000000001', 'x');
CREATE FUNCTION try(l name, r name) RETURNS text LANGUAGE plpgsql AS $$
DECLARE n bigint;
BEGIN
	PERFORM interlink.add_relation('a', 'f', 'b', ARRAY[l], ARRAY[r], true);
	EXECUTE 'SELECT count(*) FROM a, f(a) b' INTO n;
	PERFORM interlink.drop_relation('a', 'f');
	RETURN n;
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE;
END $$;
SELECT l, r, try(l, r) FROM (VALUES ('small', 'big'), ('big', 'small'), ('big', 'num'), ('num', 'big'), ('t', 'v'), ('v', 't'), ('v', 'v'),
	('t', 'n'), ('n', 't'), ('t', 'c'), ('c', 't'), ('c', 'c'), ('d', 'ts'), ('e', 'e'), ('u', 'u'), ('t', 'cc'), ('cc', 't'),
	('t', 'big'), ('big', 't'), ('u', 't'), ('e', 'big'), ('d', 'big')) AS pairs(l, r);
SELECT FROM interlink.add_relation('a', 'f', 'b', '{t}', '{cc}');
SELECT prosrc FROM pg_proc WHERE oid = 'f(a)'::regprocedure;
-- enums, domains, composite values, and a type without operators
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TYPE pair AS (x integer, y integer);
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE TABLE c (m mood PRIMARY KEY, p pair UNIQUE, q positive UNIQUE, i integer UNIQUE, j json, box box);
INSERT INTO c VALUES ('good', '(1,2)', 1, 1), ('bad', '(2,1)', 2, 2);
SELECT FROM interlink.add_relation('c', 'by_mood', 'c', '{m}', '{m}');
SELECT FROM interlink.add_relation('c', 'by_pair', 'c', '{p}', '{p}');
SELECT FROM interlink.add_relation('c', 'by_positive', 'c', '{i}', '{q}');
SELECT FROM interlink.add_relation('c', 'by_integer', 'c', '{q}', '{i}');
SELECT c.m, (c).by_mood.i, (c).by_pair.i, (c).by_positive.i, (c).by_integer.i FROM c ORDER BY 1;
SELECT FROM interlink.add_relation('c', 'by_json', 'c', '{j}', '{j}', is_referencee => true);
SELECT FROM interlink.add_relation('c', 'by_mood_of', 'c', '{m}', '{i}', is_referencee => true);
