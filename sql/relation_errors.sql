-- Every error of the definition of relations, once; a failed definition leaves nothing.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
CREATE SCHEMA relation_errors;
GRANT ALL ON SCHEMA relation_errors TO regress_interlink;
CREATE TABLE relation_errors.theirs (id integer PRIMARY KEY, name text);
SET SESSION AUTHORIZATION regress_interlink;
SET search_path = relation_errors, public;
CREATE TABLE organizations (id integer PRIMARY KEY, name text, region integer);
CREATE TABLE users (id integer PRIMARY KEY, name text, organization_id integer);
CREATE TEMPORARY TABLE passing (id integer PRIMARY KEY);
CREATE SEQUENCE numbers;
CREATE VIEW seen AS SELECT id, name FROM organizations;
\set VERBOSITY verbose
\set SHOW_CONTEXT never
-- the line of C is nobody's business
\set ECHO queries
CREATE FUNCTION refused(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE state text; message text; detail text; hint text;
BEGIN
	EXECUTE 'SELECT ' || call;
	RETURN 'accepted';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(E'\n', state || ': ' || message, 'DETAIL: ' || nullif(detail, ''), 'HINT: ' || nullif(hint, ''));
END $$;
\pset format unaligned
\pset tuples_only on
\pset fieldsep '\n'
\pset recordsep '\n\n'
SELECT call, refused(call) FROM unnest(ARRAY[
	-- what does not exist
	$$interlink.add_relation('nothing', 'o', 'organizations', '{organization_id}', '{id}')$$,
	$$interlink.add_relation('users', 'o', 'nothing', '{organization_id}', '{id}')$$,
	$$interlink.add_relation(4294967290::oid::regtype, 'o', 'organizations', '{organization_id}', '{id}')$$,
	$$interlink.add_relation('users', 'o', 4294967290::oid::regclass, '{organization_id}', '{id}')$$,
	$$interlink.add_relation('users', 'o', 'organizations', '{nothing}', '{id}')$$,
	$$interlink.add_relation('users', 'o', 'organizations', '{organization_id}', '{nothing}')$$,
	$$interlink.add_relation('users', 'o', 'organizations', '{ctid}', '{ctid}', is_referencee => true)$$,
	$$interlink.add_relation('users', 'o', 'organizations', '{organization_id}', '{id}', is_referencee => true, order_by => 'nothing')$$,
	-- what is no row type, no table, or does not last
	$$interlink.add_relation('integer', 'o', 'organizations', '{organization_id}', '{id}')$$,
	$$interlink.add_relation('users[]', 'o', 'organizations', '{organization_id}', '{id}')$$,
	$$interlink.add_relation('record', 'o', 'organizations', '{organization_id}', '{id}')$$,
	$$interlink.add_relation('pg_class', 'o', 'organizations', '{oid}', '{id}')$$,
	$$interlink.add_relation('interlink.link_definition', 'o', 'organizations', '{id}', '{id}')$$,
	$$interlink.add_relation('passing', 'o', 'organizations', '{id}', '{id}')$$,
	$$interlink.add_relation('users', 'o', 'passing', '{id}', '{id}')$$,
	$$interlink.add_relation('users', 'o', 'numbers', '{id}', '{last_value}')$$,
	$$interlink.add_relation('users', 'o', 'users_pkey', '{id}', '{id}')$$,
	-- names
	$$interlink.add_relation('users', '', 'organizations', '{organization_id}', '{id}')$$,
	$$interlink.add_relation('users', NULL, 'organizations', '{organization_id}', '{id}')$$,
	$$interlink.add_relation('users', 'name', 'organizations', '{organization_id}', '{id}')$$,
	$$interlink.add_relation('users', 'count', 'organizations', '{organization_id}', '{id}')$$,
	-- attributes
	$$interlink.add_relation('users', 'o', 'organizations', '{}', '{}')$$,
	$$interlink.add_relation('users', 'o', 'organizations', '{organization_id}', '{id,name}')$$,
	$$interlink.add_relation('users', 'o', 'organizations', NULL, NULL)$$,
	$$interlink.add_relation('users', 'o', 'organizations', '{NULL}', '{id}')$$,
	$$interlink.add_relation('users', 'o', 'organizations', '{name}', '{id}')$$,
	-- uniqueness
	$$interlink.add_relation('users', 'o', 'organizations', '{name}', '{name}')$$,
	$$interlink.add_relation('users', 'o', 'organizations', '{name}', '{name}', is_unique => true)$$,
	$$interlink.add_relation('users', 'o', 'organizations', '{organization_id}', '{id}', is_unique => false)$$,
	$$interlink.add_relation('users', 'o', 'organizations', '{name}', '{name}', is_unique => true, is_referencee => true)$$,
	$$interlink.add_relation('users', 'o', 'organizations', '{organization_id}', '{id}', is_unique => false, is_referencee => true)$$,
	$$interlink.add_relation('users', 'o', 'seen', '{organization_id}', '{id}')$$,
	-- order
	$$interlink.add_relation('users', 'o', 'organizations', '{id}', '{region}', is_referencee => true, order_by => '')$$,
	$$interlink.add_relation('users', 'o', 'organizations', '{id}', '{region}', is_referencee => true, order_by => '1')$$,
	$$interlink.add_relation('users', 'o', 'organizations', '{id}', '{region}', is_referencee => true, order_by => 'name,')$$,
	$$interlink.add_relation('users', 'o', 'organizations', '{id}', '{region}', is_referencee => true, order_by => 'lower(name)')$$,
	$$interlink.add_relation('users', 'o', 'organizations', '{id}', '{region}', is_referencee => true, order_by => 'name COLLATE "C"')$$,
	$$interlink.add_relation('users', 'o', 'organizations', '{id}', '{region}', is_referencee => true, order_by => 'name USING <')$$,
	$$interlink.add_relation('users', 'o', 'organizations', '{id}', '{region}', is_referencee => true, order_by => 'users.name')$$,
	$$interlink.add_relation('users', 'o', 'organizations', '{id}', '{region}', is_referencee => true, order_by => 'name LIMIT 1')$$,
	$$interlink.add_relation('users', 'o', 'organizations', '{id}', '{region}', is_referencee => true, order_by => 'name; SELECT 1')$$,
	$$interlink.add_relation('users', 'o', 'organizations', '{id}', '{region}', is_referencee => true, order_by => 'name FOR UPDATE')$$,
	$$interlink.add_relation('users', 'o', 'organizations', '{id}', '{region}', is_referencee => NULL)$$,
	-- rights
	$$interlink.add_relation('theirs', 'o', 'organizations', '{id}', '{id}')$$,
	$$interlink.add_relation('users', 'o', 'theirs', '{id}', '{id}')$$,
	$$interlink.add_path('theirs', 'o', '{x}')$$,
	$$interlink.drop_relation('theirs', 'o')$$,
	-- using them
	$$interlink.drop_relation('users', 'o')$$,
	$$interlink.reciprocal('users', 'o')$$,
	$$interlink.follow('(1,x,1)'::users, 'o', NULL::organizations)$$,
	$$interlink.follow('(1,x,1)'::users, NULL, NULL::organizations)$$,
	$$interlink.follow(1, 'o', NULL::organizations)$$,
	$$interlink.follow(ROW(1, 2), 'o', NULL::organizations)$$,
	$$interlink.follow_one('(1,x,1)'::users, 'o', NULL::organizations)$$,
	$$interlink.follow_one('(1,x,1)'::users, NULL, NULL::organizations)$$
]) AS call;
INSERT INTO organizations VALUES (1, 'Alpha', 1);
SELECT interlink.add_relation('users', 'o', 'organizations', '{organization_id}', '{id}', accessor => false) > 0;
SELECT interlink.add_relation('users', 'many', 'organizations', '{organization_id}', '{region}', is_referencee => true, accessor => false) > 0;
SELECT call, refused(call) FROM unnest(ARRAY[
	$$interlink.follow('(1,x,1)'::users, 'o', 1)$$,
	$$interlink.follow('(1,x,1)'::users, 'o', NULL::users)$$,
	$$interlink.follow_one('(1,x,1)'::users, 'o', NULL::users)$$,
	$$interlink.follow_one('(1,x,1)'::users, 'many', NULL::organizations)$$,
	$$interlink.follow_one('(1,x,1)'::users, 'o', NULL::organizations)$$,
	$$o('(1,x,1)'::users)$$
]) AS call;
-- nothing of what failed is there
SELECT source, name, accessor FROM interlink.relation_definition WHERE source = 'users'::regtype ORDER BY id;
SELECT count(*) FROM pg_proc WHERE pronamespace = 'relation_errors'::regnamespace AND proname <> 'refused';
BEGIN READ ONLY;
SELECT refused($$interlink.add_relation('users', 'p', 'organizations', '{organization_id}', '{id}')$$);
SELECT refused($$interlink.import_foreign_keys()$$);
COMMIT;
