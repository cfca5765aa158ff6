-- Accessors: they plan as the join does, under any search path, with the rights of the reader, and capture no name.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA relation_accessor;
SET search_path = relation_accessor, public;

CREATE TABLE countries (code text PRIMARY KEY, name text);
CREATE TABLE organizations (id integer PRIMARY KEY, name text, is_active boolean, country text REFERENCES countries);
CREATE TABLE users (id integer PRIMARY KEY, name text, organization_id integer REFERENCES organizations);
CREATE INDEX ON users (organization_id);
-- columns that are gone do not matter
ALTER TABLE organizations ADD COLUMN gone integer;
ALTER TABLE organizations DROP COLUMN gone, ADD COLUMN note text;
INSERT INTO countries SELECT 'c' || i, 'country ' || i FROM generate_series(1, 10) i;
INSERT INTO organizations SELECT i, 'organization ' || i, i % 3 = 0, 'c' || (i % 10 + 1) FROM generate_series(1, 1000) i;
INSERT INTO users SELECT i, 'user ' || i, i % 1000 + 1 FROM generate_series(1, 20000) i;
ANALYZE countries, organizations, users;
SELECT FROM interlink.add_relation('users', 'organization', 'organizations', '{organization_id}', '{id}');
SELECT FROM interlink.add_relation('organizations', 'users', 'users', '{id}', '{organization_id}', is_referencee => true);
SELECT FROM interlink.add_relation('organizations', 'land', 'countries', '{country}', '{code}');
SELECT FROM interlink.add_path('users', 'land', '{organization,land}');
SELECT FROM interlink.add_path('users', 'colleagues', '{organization,users}');

-- the function
SELECT proname, pronargs, proretset, prorows, provolatile, proisstrict, prosecdef, proparallel, proconfig, prosqlbody IS NULL AS string, lanname,
	pg_get_userbyid(proowner) AS owner, prosrc
FROM pg_proc p JOIN pg_language l ON l.oid = prolang WHERE pronamespace = 'relation_accessor'::regnamespace ORDER BY proname, proargtypes::text;
SELECT count(*) AS members FROM pg_depend WHERE classid = 'pg_proc'::regclass AND deptype = 'e'
	AND objid IN (SELECT oid FROM pg_proc WHERE pronamespace = 'relation_accessor'::regnamespace);

-- plans, node by node, costs and all, are those of the join
CREATE FUNCTION plan(query text, options text DEFAULT 'COSTS OFF') RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('EXPLAIN (%s) %s', options, query);
END $$;
CREATE FUNCTION same_plan(query text, other text) RETURNS boolean LANGUAGE sql AS
	$$ SELECT (SELECT array_agg(p) FROM plan(query, 'COSTS ON') p) = (SELECT array_agg(p) FROM plan(other, 'COSTS ON') p) $$;
SELECT plan('SELECT u.name, t.name FROM users u LEFT JOIN LATERAL organization(u) t ON true WHERE t.is_active');
SELECT same_plan('SELECT u.name, t.name FROM users u LEFT JOIN LATERAL organization(u) t ON true WHERE t.is_active',
				 'SELECT u.name, t.name FROM users u LEFT JOIN organizations t ON t.id = u.organization_id WHERE t.is_active');
SELECT same_plan('SELECT u.name, t.name FROM users u, organization(u) t WHERE u.id = 7',
				 'SELECT u.name, t.name FROM users u JOIN organizations t ON t.id = u.organization_id WHERE u.id = 7');
SELECT same_plan('SELECT u.name, t.name FROM users u, interlink.follow(u, ''organization'', NULL::organizations) t WHERE t.is_active',
				 'SELECT u.name, t.name FROM users u JOIN organizations t ON t.id = u.organization_id WHERE t.is_active');
SELECT same_plan('SELECT o.name, t.name FROM organizations o, users(o) t WHERE o.is_active',
				 'SELECT o.name, t.name FROM organizations o JOIN users t ON t.organization_id = o.id WHERE o.is_active');
SELECT same_plan('SELECT o.name, t.name FROM organizations o LEFT JOIN users(o) t ON true WHERE o.id = 7',
				 'SELECT o.name, t.name FROM organizations o LEFT JOIN users t ON t.organization_id = o.id WHERE o.id = 7');
-- a chain of two, and the same as a path
SELECT plan('SELECT u.name, t_1.name FROM users u, organization(u) t, land(t) t_1 WHERE u.id < 100');
SELECT same_plan('SELECT u.name, t_1.name FROM users u, organization(u) t, land(t) t_1 WHERE u.id < 100',
				 'SELECT u.name, t_1.name FROM users u, organizations t, countries t_1 WHERE t.id = u.organization_id AND t_1.code = t.country AND u.id < 100');
SELECT same_plan('SELECT u.name, t.name FROM users u, land(u) t WHERE u.id < 100',
				 'SELECT u.name, t.name FROM users u, organizations h1, countries t WHERE h1.id = u.organization_id AND t.code = h1.country AND u.id < 100');
SELECT same_plan('SELECT u.name, t_1.name FROM users u, organization(u) t, users(t) t_1 WHERE u.id = 7',
				 'SELECT u.name, t_1.name FROM users u, organizations t, users t_1 WHERE t.id = u.organization_id AND t_1.organization_id = t.id AND u.id = 7');
SELECT same_plan('SELECT u.name, t.name FROM users u, colleagues(u) t WHERE u.id = 7',
				 'SELECT u.name, t.name FROM users u, organizations h1, users t WHERE h1.id = u.organization_id AND t.organization_id = h1.id AND u.id = 7');
-- and what is not equal is told apart
SELECT same_plan('SELECT u.name FROM users u, organization(u) t WHERE t.is_active',
				 'SELECT u.name FROM users u JOIN organizations t ON t.id = u.organization_id WHERE t.note = ''x''');

-- follow() is the accessor only while that is what we have made
CREATE OR REPLACE FUNCTION organization(users) RETURNS SETOF organizations STABLE LANGUAGE sql AS $$ SELECT * FROM organizations WHERE false $$;
SELECT count(*) FROM users u, organization(u) o WHERE u.id < 10;
SELECT count(*) FROM users u, interlink.follow(u, 'organization', NULL::organizations) o WHERE u.id < 10;
SELECT plan('SELECT u.name FROM users u, interlink.follow(u, ''organization'', NULL::organizations) t WHERE u.id < 10');
SELECT accessor IS NULL AS replaced FROM interlink.relations WHERE source = 'users' AND name = 'organization';
DROP FUNCTION organization(users);
SELECT count(*) FROM users u, interlink.follow(u, 'organization', NULL::organizations) o WHERE u.id < 10;
SELECT accessor FROM interlink.relation_definition WHERE source = 'users'::regtype AND name = 'organization';

-- no search path makes anything else of it
SELECT FROM interlink.add_relation('users', 'employer', 'organizations', '{organization_id}', '{id}');
CREATE SCHEMA relation_evil;
CREATE FUNCTION relation_evil.never(integer, integer) RETURNS boolean LANGUAGE sql AS 'SELECT false';
CREATE OPERATOR relation_evil.= (LEFTARG = integer, RIGHTARG = integer, FUNCTION = relation_evil.never);
CREATE TABLE relation_evil.organizations (id integer, name text);
SET search_path = relation_evil, pg_catalog;
SELECT count(*) FROM relation_accessor.users u, relation_accessor.employer(u) o WHERE u.id < 10;
SELECT count(*) FROM relation_accessor.users u, interlink.follow(u, 'employer', NULL::relation_accessor.organizations) o WHERE u.id < 10;
SELECT count(*) FROM relation_accessor.users u, interlink.follow(u, 'organization', NULL::relation_accessor.organizations) o WHERE u.id < 10;
SET search_path = relation_accessor, public;
DROP SCHEMA relation_evil CASCADE;

-- the rights and the row security of who asks
RESET SESSION AUTHORIZATION;
CREATE ROLE regress_interlink_reader;
GRANT USAGE ON SCHEMA relation_accessor TO regress_interlink_reader;
GRANT SELECT ON users TO regress_interlink_reader;
SET SESSION AUTHORIZATION regress_interlink_reader;
SELECT count(*) FROM users u, employer(u) o;
SELECT count(*) FROM users u, interlink.follow(u, 'employer', NULL::organizations) o;
SELECT count(interlink.follow_one(u, 'employer', NULL::organizations)) FROM users u;
RESET SESSION AUTHORIZATION;
GRANT SELECT ON organizations TO regress_interlink_reader;
ALTER TABLE organizations ENABLE ROW LEVEL SECURITY;
CREATE POLICY active ON organizations FOR SELECT TO regress_interlink_reader USING (is_active);
SET SESSION AUTHORIZATION regress_interlink_reader;
SELECT count(*) FROM users u, employer(u) o;
SELECT count(*) FROM users u, interlink.follow(u, 'employer', NULL::organizations) o;
SELECT count(*) FROM users u, interlink.follow(u, 'organization', NULL::organizations) o;
SET SESSION AUTHORIZATION regress_interlink;
SELECT count(*) FROM users u, employer(u) o;
SELECT count(*) FROM users u, interlink.follow(u, 'organization', NULL::organizations) o;
RESET SESSION AUTHORIZATION;
REVOKE EXECUTE ON FUNCTION employer(users) FROM PUBLIC;
SET SESSION AUTHORIZATION regress_interlink_reader;
SELECT count(*) FROM users u, employer(u) o;
SELECT count(*) FROM users u, interlink.follow(u, 'employer', NULL::organizations) o;
RESET SESSION AUTHORIZATION;
REVOKE ALL ON organizations, users FROM regress_interlink_reader;
REVOKE ALL ON SCHEMA relation_accessor FROM regress_interlink_reader;
DROP OWNED BY regress_interlink_reader;
DROP ROLE regress_interlink_reader;
SET SESSION AUTHORIZATION regress_interlink;

-- names that mean something already; what counts is whether a row could be their argument
CREATE FUNCTION describe(anyelement) RETURNS text LANGUAGE sql AS $$ SELECT 'something' $$;
CREATE FUNCTION describe_more(anyelement, integer DEFAULT 1) RETURNS text LANGUAGE sql AS $$ SELECT 'something' $$;
CREATE FUNCTION takes_many(VARIADIC users[]) RETURNS text LANGUAGE sql AS $$ SELECT 'something' $$;
CREATE FUNCTION takes_two(users, integer) RETURNS text LANGUAGE sql AS $$ SELECT 'something' $$;
CREATE FUNCTION takes_array(anyarray) RETURNS text LANGUAGE sql AS $$ SELECT 'something' $$;
CREATE FUNCTION greeting(users) RETURNS text LANGUAGE sql AS $$ SELECT 'hello' $$;
CREATE PROCEDURE proceed(users) LANGUAGE sql AS $$ SELECT 1 $$;
CREATE FUNCTION name_of(users) RETURNS text LANGUAGE sql AS $$ SELECT ($1).name $$;
CREATE CAST (users AS text) WITH FUNCTION name_of(users);
CREATE FUNCTION try(n name, accessor boolean DEFAULT true) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM interlink.add_relation('users', n, 'organizations', '{organization_id}', '{id}', accessor => accessor);
	PERFORM interlink.drop_relation('users', n);
	RETURN 'free';
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT n, try(n), try(n, false) AS without_accessor FROM unnest(ARRAY['count', 'to_json', 'row_to_json', 'jsonb_agg', 'array_agg', 'json_build_array', 'concat',
	'pg_typeof', 'first_value', 'quote_literal', 'describe', 'describe_more', 'takes_many', 'greeting', 'text', 'name', 'ctid', 'tableoid',
	'users', 'organizations', 'sum', 'lower', 'takes_two', 'takes_array', 'date', 'select', 'Ünï "x"']) AS n;
-- a link's column neither
SELECT FROM interlink.add_link('users', 'boss', 'users');
SELECT try('boss'), try('boss', false);
SELECT FROM interlink.add_link('users', 'employer', 'organizations');
SELECT FROM interlink.add_lookup('users', 'employer', 'boss', 'name');
