-- Relations and their accessors follow names, types and keys; what they need cannot be dropped without them.
SET client_min_messages = warning;
SET client_encoding = 'UTF8';
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA relation_ddl;
SET search_path = relation_ddl, public;

CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TYPE session AS (token text, user_id integer);
CREATE TABLE organizations (id integer PRIMARY KEY, name text, how mood UNIQUE, rank integer);
CREATE TABLE users (id integer PRIMARY KEY, name text, organization_id integer REFERENCES organizations, how mood);
CREATE VIEW people AS SELECT id, organization_id AS org FROM users;
INSERT INTO organizations VALUES (1, 'Alpha', 'good', 2), (2, 'Beta', 'bad', 1);
INSERT INTO users VALUES (1, 'ann', 1, 'bad'), (2, 'ben', 2, 'good'), (3, 'cleo', 1, NULL);
SELECT FROM interlink.add_relation('users', 'organization', 'organizations', '{organization_id}', '{id}');
SELECT FROM interlink.add_relation('organizations', 'users', 'users', '{id}', '{organization_id}', is_referencee => true, order_by => 'name DESC');
SELECT FROM interlink.add_relation('users', 'same_mood', 'organizations', '{how}', '{how}');
SELECT FROM interlink.add_relation('session', 'owner', 'users', '{user_id}', '{id}');
SELECT FROM interlink.add_relation('people', 'organization', 'organizations', '{org}', '{id}');
SELECT FROM interlink.add_relation('organizations', 'silent', 'users', '{id}', '{organization_id}', is_referencee => true, accessor => false, order_by => 'id DESC');
SELECT FROM interlink.add_path('session', 'employer', '{owner,organization}');
SELECT FROM interlink.add_path('users', 'colleagues', '{organization,users}', true);

CREATE VIEW relation_ddl.mine AS
SELECT d.source::text, d.name::text, d.target::text, d.local_attributes AS local, d.remote_attributes AS remote, d.order_by, d.path,
	p.oid::regprocedure::text AS accessor, p.prosrc
FROM interlink.relation_definition d JOIN pg_type t ON t.oid = d.source JOIN pg_namespace n ON n.oid = typnamespace
	LEFT JOIN pg_proc p ON p.proname = d.name AND p.proargtypes = d.source::oid::text::oidvector
WHERE nspname LIKE 'relation_ddl%' ORDER BY d.id;
\x on
TABLE relation_ddl.mine;
\x off

-- names: columns, attributes, tables, views, types, labels, schemas
ALTER TABLE users RENAME organization_id TO "Works at";
ALTER TABLE organizations RENAME id TO number;
ALTER TABLE users RENAME name TO "Näme, 1";
ALTER TYPE session RENAME ATTRIBUTE user_id TO "user";
ALTER VIEW people RENAME COLUMN org TO o;
SELECT u.id, o.name FROM users u, organization(u) o ORDER BY u.id;
ALTER TABLE organizations RENAME TO "Größe \ 'n'";
ALTER TABLE users RENAME TO "Sixty three bytes: äääääääääääääääääää!, end";
ALTER VIEW people RENAME TO folk;
ALTER TYPE session RENAME TO visit;
ALTER TYPE mood RENAME TO feeling;
ALTER TYPE feeling RENAME VALUE 'good' TO 'fine';
CREATE SCHEMA "relation_ddl, 2";
ALTER TABLE "Größe \ 'n'" SET SCHEMA "relation_ddl, 2";
RESET SESSION AUTHORIZATION;
ALTER SCHEMA "relation_ddl, 2" RENAME TO "relation_ddl ""2""";
SET SESSION AUTHORIZATION regress_interlink;
\x on
TABLE relation_ddl.mine;
\x off
SELECT u.id, o.name FROM "Sixty three bytes: äääääääääääääääääää!, end" u, organization(u) o ORDER BY u.id;
SELECT o.name, u.id FROM "relation_ddl ""2"""."Größe \ 'n'" o, "relation_ddl ""2""".users(o) u WHERE number = 1;
SELECT o.name, u.id FROM "relation_ddl ""2"""."Größe \ 'n'" o,
	interlink.follow(o, 'silent', NULL::"Sixty three bytes: äääääääääääääääääää!, end") u WHERE number = 1;
SELECT (ROW('x', 2)::visit).employer;
SELECT u.id, c.id FROM "Sixty three bytes: äääääääääääääääääää!, end" u, colleagues(u) c ORDER BY 1, 2;
SELECT f.id, (f).organization FROM folk f ORDER BY f.id;
SELECT u.id, (u).same_mood.name FROM "Sixty three bytes: äääääääääääääääääää!, end" u ORDER BY u.id;

-- the accessor itself: the relation is called as it is, and paths go over it under that name
ALTER FUNCTION organization("Sixty three bytes: äääääääääääääääääää!, end") RENAME TO "select";
ALTER FUNCTION owner(visit) SET SCHEMA "relation_ddl ""2""";
SELECT source, name, path, accessor FROM interlink.relations WHERE source IN ('visit', '"Sixty three bytes: äääääääääääääääääää!, end"');
SELECT interlink.reciprocal('"relation_ddl ""2"""."Größe \ ''n''"', 'users');
SELECT (ROW('x', 2)::visit).employer;

-- undone with the transaction
BEGIN;
ALTER TABLE "Sixty three bytes: äääääääääääääääääää!, end" RENAME TO users;
ALTER TABLE users RENAME "Works at" TO organization_id;
SAVEPOINT here;
ALTER TABLE users RENAME organization_id TO no;
SELECT count(*) FROM users u, "select"(u) o;
ROLLBACK TO here;
SELECT count(*) FROM users u, "select"(u) o;
SELECT count(*) FROM users u, interlink.follow(u, 'select', NULL::"relation_ddl ""2"""."Größe \ 'n'") o;
ROLLBACK;
SELECT count(*) FROM "Sixty three bytes: äääääääääääääääääää!, end" u, "select"(u) o;
-- in another session
\c -
SET SESSION AUTHORIZATION regress_interlink;
SET search_path = relation_ddl, public;
ALTER TABLE "Sixty three bytes: äääääääääääääääääää!, end" RENAME TO users;
ALTER TABLE "relation_ddl ""2"""."Größe \ 'n'" RENAME TO organizations;
ALTER TABLE "relation_ddl ""2""".organizations SET SCHEMA relation_ddl;
SELECT accessor, prosrc FROM relation_ddl.mine;

DROP VIEW folk;
BEGIN;
DROP VIEW folk CASCADE;
SELECT source, name FROM relation_ddl.mine;
ROLLBACK;

-- types: other operators are found, or the statement is refused
ALTER TABLE organizations ALTER number TYPE bigint;
ALTER TABLE users ALTER "Works at" TYPE numeric;
SELECT u.id, o.name FROM users u, "select"(u) o ORDER BY u.id;
SELECT count(*) FROM (SELECT interlink.drop_relation('folk', 'organization')) d;
DROP VIEW folk;
ALTER TABLE users DROP CONSTRAINT users_organization_id_fkey;
ALTER TABLE users ALTER "Works at" TYPE numeric;
ALTER TABLE users ALTER "Works at" TYPE varchar(10);
ALTER TABLE users ALTER "Works at" TYPE smallint;
ALTER TABLE organizations ALTER number TYPE oid USING number::oid, ALTER rank TYPE text;
SELECT accessor, prosrc FROM relation_ddl.mine WHERE source = 'users';
SELECT u.id, o.name FROM users u, "select"(u) o ORDER BY u.id;
SELECT u.id, o.name FROM users u, interlink.follow(u, 'select', NULL::organizations) o ORDER BY u.id;
ALTER TABLE users ALTER "Works at" TYPE text;
ALTER TABLE users DROP COLUMN "Works at";
ALTER TABLE users ALTER "Works at" TYPE integer, ALTER how TYPE text;
ALTER TABLE users ALTER "Works at" TYPE integer;
SELECT accessor, prosrc FROM relation_ddl.mine WHERE source = 'users';
ALTER TYPE visit ALTER ATTRIBUTE "user" TYPE bigint;
SELECT (ROW('x', 2)::visit).employer;
ALTER TYPE visit DROP ATTRIBUTE "user";

-- drops: refused, or with CASCADE they take the relations along
ALTER TABLE users DROP COLUMN "Works at";
ALTER TABLE organizations DROP COLUMN number;
ALTER TABLE organizations DROP CONSTRAINT organizations_pkey;
ALTER TABLE users DROP COLUMN "Näme, 1";
DROP TABLE users;
DROP TYPE visit;
BEGIN;
ALTER TABLE organizations DROP CONSTRAINT organizations_pkey CASCADE;
SELECT source, name FROM relation_ddl.mine;
ROLLBACK;
BEGIN;
ALTER TABLE users DROP COLUMN "Works at" CASCADE;
SELECT source, name FROM relation_ddl.mine;
ROLLBACK;
BEGIN;
DROP TYPE visit CASCADE;
SELECT source, name FROM relation_ddl.mine;
ROLLBACK;
-- a column may come back in the same statement, but the relation does not
BEGIN;
ALTER TABLE users DROP COLUMN how CASCADE, ADD COLUMN how feeling;
SELECT source, name FROM relation_ddl.mine;
ROLLBACK;
-- what is only an accessor may go; what has none is in nobody's way
BEGIN;
DROP FUNCTION "select"(users);
SELECT source, name, accessor FROM relation_ddl.mine WHERE source = 'users';
SELECT count(*) FROM users u, interlink.follow(u, 'select', NULL::organizations) o;
SELECT count(*) FROM users u, colleagues(u) o;
SELECT interlink.drop_relation('users', 'colleagues'), interlink.drop_relation('visit', 'employer'), interlink.drop_relation('users', 'select'),
	interlink.drop_relation('organizations', 'users');
ALTER TABLE users DROP COLUMN "Works at" CASCADE;
SELECT source, name FROM relation_ddl.mine;
ROLLBACK;
-- one that the user has replaced is his
BEGIN;
CREATE OR REPLACE FUNCTION same_mood(users) RETURNS SETOF organizations STABLE LANGUAGE sql AS $$ SELECT * FROM relation_ddl.organizations $$;
ALTER TABLE users RENAME how TO feels;
SELECT prosrc FROM pg_proc WHERE proname = 'same_mood';
SELECT interlink.drop_relation('users', 'same_mood');
SELECT prosrc FROM pg_proc WHERE proname = 'same_mood';
ROLLBACK;
-- with everything of a schema, with the extension
BEGIN;
SET LOCAL client_min_messages = warning;
DROP SCHEMA relation_ddl CASCADE;
SELECT count(*) FROM interlink.relation_definition d LEFT JOIN pg_type t ON t.oid = d.source LEFT JOIN pg_class c ON c.oid = target WHERE t.oid IS NULL OR c.oid IS NULL;
ROLLBACK;
SELECT source, name FROM relation_ddl.mine;
-- nothing is left in pg_constraint of what is gone
SELECT count(*) FROM pg_constraint WHERE conname LIKE 'interlink_relation_%'
	AND NOT EXISTS (SELECT FROM interlink.relation_definition WHERE conname = 'interlink_relation_' || id);
