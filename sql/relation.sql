-- Relations: registered one by one, forward unique, backward as the keys say, whichever way the row came.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA relation;
SET search_path = relation, public;

CREATE VIEW my_relations AS
SELECT r.source, r.name, r.target, r.local_attributes AS local, r.remote_attributes AS remote, r.path,
	r.is_unique, r.is_referencee AS referencee, r.order_by, r.accessor, r.reciprocal
FROM interlink.relations r JOIN interlink.relation_definition d USING (id)
WHERE (SELECT typnamespace FROM pg_type WHERE oid = d.source) = 'relation'::regnamespace ORDER BY id;

CREATE TABLE organizations (id integer PRIMARY KEY, name text, is_active boolean);
CREATE TABLE users (id integer PRIMARY KEY, name text, organization_id integer REFERENCES organizations);
INSERT INTO organizations VALUES (2, 'Beta', false), (1, 'Alpha', true), (3, 'Empty', true);
INSERT INTO users VALUES (4, 'dora', 1), (1, 'ann', 1), (3, 'cleo', NULL), (2, 'ben', 2);

-- one direction, then the other
SELECT FROM interlink.add_relation('users', 'organization', 'organizations', '{organization_id}', '{id}', is_unique => true);
TABLE my_relations;
SELECT interlink.reciprocal('users', 'organization');
SELECT FROM interlink.add_relation('organizations', 'users', 'users', '{id}', '{organization_id}', is_unique => false,
	is_referencee => true, comment => 'who works there');
TABLE my_relations;
SELECT interlink.reciprocal('users', 'organization'), interlink.reciprocal('organizations', 'users');
SELECT comment, regexp_replace(obj_description('users(organizations)'::regprocedure), 'relation_' || id, 'relation_<id>') AS of_accessor FROM interlink.relations WHERE name = 'users' AND source = 'organizations';

-- rows: none from a NULL key or a NULL row, by primary key where there are several
SELECT u.id, o.name FROM users u LEFT JOIN LATERAL organization(u) o ON true ORDER BY u.id;
SELECT u.id, o.name FROM users u LEFT JOIN interlink.follow(u, 'organization', NULL::organizations) o ON true ORDER BY u.id;
SELECT u.id, (interlink.follow_one(u, 'organization', NULL::organizations)).name FROM users u ORDER BY u.id;
SELECT u.id, interlink.follow_one(u, 'organization', NULL::organizations) IS NULL AS none FROM users u ORDER BY u.id;
SELECT o.id, u.id AS user_id, u.name FROM organizations o, interlink.follow(o, 'users', NULL::users) u;
SELECT o.id, (SELECT count(*) FROM users(o)) FROM organizations o ORDER BY o.id;
SELECT count(*) FROM organization(NULL);
SELECT count(*) FROM interlink.follow(NULL::users, 'organization', NULL::organizations);
SELECT interlink.follow_one(NULL::users, 'organization', NULL::organizations) IS NULL AS none;
-- attribute notation, in the list of what is selected too
SELECT u.id, (u.organization).name FROM users u ORDER BY u.id;
SELECT o.id, (o).users FROM organizations o ORDER BY o.id, 2;
SELECT u.name, interlink.follow(u, 'organization', NULL::organizations) FROM users u ORDER BY u.id;
-- the name of the relation need not be known when the query is planned
PREPARE by_name(text) AS SELECT u.id, o.name FROM users u, interlink.follow(u, $1, NULL::organizations) o ORDER BY u.id;
SET plan_cache_mode = force_generic_plan;
EXECUTE by_name('organization');
EXECUTE by_name('nothing');
RESET plan_cache_mode;

-- the same again is a notice, anything else an error
SELECT interlink.add_relation('users', 'organization', 'organizations', '{organization_id}', '{id}')
	= (SELECT id FROM interlink.relations WHERE name = 'organization' AND source = 'users') AS same_number;
SELECT interlink.add_relation('users', 'organization', 'organizations', '{id}', '{id}');
SELECT interlink.add_relation('users', 'organization', 'organizations', '{organization_id}', '{id}', accessor => false);
SELECT interlink.add_relation('users', 'organization', 'organizations', '{organization_id}', '{id}', comment => 'x');
SELECT interlink.add_path('users', 'organization', '{organization}');

-- uniqueness follows from the keys, now and later
CREATE TABLE profile (id integer PRIMARY KEY, user_id integer REFERENCES users, locale text, UNIQUE (user_id, locale));
SELECT FROM interlink.add_relation('users', 'profiles', 'profile', '{id}', '{user_id}', is_referencee => true);
SELECT FROM interlink.add_relation('profile', 'same', 'profile', '{user_id,locale,id}', '{user_id,locale,id}');
SELECT name, is_unique, (SELECT prorows FROM pg_proc WHERE oid = accessor::regprocedure) FROM my_relations WHERE target = 'profile';
SELECT interlink.follow_one(u, 'profiles', NULL::profile) FROM users u;
INSERT INTO profile VALUES (2, 1, 'de'), (1, 1, 'en');
ALTER TABLE profile ADD CONSTRAINT one_each UNIQUE (user_id);
DELETE FROM profile WHERE id = 2;
ALTER TABLE profile ADD CONSTRAINT one_each UNIQUE (user_id);
SELECT name, is_unique, (SELECT prorows FROM pg_proc WHERE oid = accessor::regprocedure) FROM my_relations WHERE target = 'profile';
SELECT interlink.follow_one(u, 'profiles', NULL::profile) FROM users u WHERE id = 1;
ALTER TABLE profile DROP CONSTRAINT one_each;
SELECT name, is_unique, (SELECT prorows FROM pg_proc WHERE oid = accessor::regprocedure) FROM my_relations WHERE target = 'profile';
SELECT interlink.follow_one(u, 'profiles', NULL::profile) FROM users u WHERE id = 1;
-- a unique index does as well as a constraint; not so one over a part of the rows, or over an expression
CREATE UNIQUE INDEX part ON profile (user_id) WHERE locale = 'de';
CREATE UNIQUE INDEX lowered ON profile (user_id, lower(locale));
SELECT is_unique FROM my_relations WHERE name = 'profiles';
CREATE UNIQUE INDEX every ON profile (user_id);
SELECT is_unique FROM my_relations WHERE name = 'profiles';
DROP INDEX every;
SELECT is_unique FROM my_relations WHERE name = 'profiles';
-- a deferrable constraint counts; a violation that is still allowed is told from one row
ALTER TABLE profile ADD CONSTRAINT late UNIQUE (user_id) DEFERRABLE INITIALLY DEFERRED;
SELECT is_unique FROM my_relations WHERE name = 'profiles';
BEGIN;
INSERT INTO profile VALUES (2, 1, 'de');
SELECT interlink.follow_one(u, 'profiles', NULL::profile) FROM users u WHERE id = 1;
ROLLBACK;
ALTER TABLE profile DROP CONSTRAINT late;
-- a key of a parent says nothing of the rows of its children
CREATE TABLE plain (id integer PRIMARY KEY, next integer);
SELECT FROM interlink.add_relation('plain', 'successor', 'plain', '{next}', '{id}');
CREATE TABLE special () INHERITS (plain);
SELECT is_unique FROM my_relations WHERE name = 'successor';
INSERT INTO plain VALUES (1, 2);
INSERT INTO special VALUES (2, NULL), (2, 1);
SELECT s.* FROM plain p, successor(p) s WHERE p.id = 1;
SELECT s.* FROM special p, successor(p) s;
SELECT s.* FROM special p, interlink.follow(p, 'successor', NULL::plain) s;
ALTER TABLE special NO INHERIT plain;
SELECT is_unique FROM my_relations WHERE name = 'successor';
SELECT count(*) FROM special p, interlink.follow(p, 'successor', NULL::plain) s;

-- the order: declared, or by primary key
SELECT FROM interlink.add_relation('organizations', 'staff', 'users', '{id}', '{organization_id}', is_referencee => true,
	order_by => ' "name" desc, id asc nulls first');
SELECT order_by, (SELECT prosrc FROM pg_proc WHERE oid = accessor::regprocedure) FROM my_relations WHERE name = 'staff';
SELECT s.name FROM organizations o, staff(o) s WHERE o.id = 1;
SELECT s.name FROM organizations o, interlink.follow(o, 'staff', NULL::users) s WHERE o.id = 1;
SELECT s.name FROM organizations o, interlink.follow(o, 'users', NULL::users) s WHERE o.id = 1;

-- away again
SELECT interlink.drop_relation('organizations', 'staff');
SELECT staff(o) FROM organizations o;
SELECT interlink.follow(o, 'staff', NULL::users) FROM organizations o;
SELECT interlink.drop_relation('organizations', 'staff');
CREATE VIEW with_organization AS SELECT u.id, o.name FROM users u, organization(u) o;
SELECT interlink.drop_relation('users', 'organization');
DROP VIEW with_organization;
SELECT interlink.drop_relation('users', 'organization');
SELECT source, name, reciprocal FROM my_relations;
