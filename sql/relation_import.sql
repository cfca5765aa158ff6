-- Foreign keys become relations, forward and backward, under names that are free, as often as one likes.
SET client_min_messages = warning;
SET client_encoding = 'UTF8';
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA relation_import;
CREATE SCHEMA relation_import_2;
SET search_path = relation_import, public;

CREATE VIEW mine AS
SELECT r.source, r.name, r.local_attributes AS local, r.target, r.remote_attributes AS remote, r.is_unique AS uniq, r.accessor, r.reciprocal
FROM interlink.relations r JOIN interlink.relation_definition d USING (id) JOIN pg_type t ON t.oid = d.source
WHERE typnamespace IN ('relation_import'::regnamespace, 'relation_import_2'::regnamespace) ORDER BY id;

CREATE TABLE organizations (id integer PRIMARY KEY);
CREATE TABLE users (id integer PRIMARY KEY, organization_id integer REFERENCES organizations, "supervisorId" integer REFERENCES users);
CREATE TABLE settings (user_id integer PRIMARY KEY REFERENCES users, theme text);
SELECT * FROM interlink.import_foreign_keys('relation_import');
TABLE mine;
SELECT * FROM interlink.import_foreign_keys('relation_import');

-- two to one table, one without _id, names that are columns, functions, links or too long; keys of several columns; other schemas
CREATE TABLE posts (id integer PRIMARY KEY, author_id integer REFERENCES users, editor_id integer REFERENCES users,
	organization integer REFERENCES organizations, name text, users text,
	"Of sixty three bytes, all of them are used here: äääää!_id" integer REFERENCES settings);
CREATE TABLE place (country text, code text, PRIMARY KEY (country, code));
CREATE TABLE trip (id integer PRIMARY KEY, from_country text, from_code text, to_country text, to_code text, count_id integer REFERENCES users,
	FOREIGN KEY (from_country, from_code) REFERENCES place, FOREIGN KEY (to_code, to_country) REFERENCES place (code, country));
CREATE TABLE relation_import_2.users (id integer PRIMARY KEY, same_id integer UNIQUE REFERENCES users);
SELECT FROM interlink.add_link('posts', 'reader', 'users', inverse => 'reads');
CREATE TABLE part (id integer PRIMARY KEY, user_id integer REFERENCES users) PARTITION BY RANGE (id);
CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (1) TO (10);
SELECT * FROM interlink.import_foreign_keys('relation_import');
SELECT * FROM interlink.import_foreign_keys('relation_import_2');
SELECT * FROM interlink.import_foreign_keys('relation_import_2');
SELECT source, name, local, target, remote, uniq, reciprocal FROM mine OFFSET 6;
SELECT name, octet_length(name) FROM mine WHERE octet_length(name) > 55;

-- what exists under another name counts
CREATE TABLE teams (id integer PRIMARY KEY, chief integer REFERENCES users);
SELECT FROM interlink.add_relation('teams', 'head', 'users', '{chief}', '{id}');
SELECT * FROM interlink.import_foreign_keys('relation_import');
-- all schemas
BEGIN;
SELECT interlink.drop_relation('users', 'teams'), interlink.drop_relation('relation_import_2.users', 'same');
SELECT * FROM interlink.import_foreign_keys() AS name WHERE name IN ('users.teams', 'relation_import_2.users.same');
ROLLBACK;

-- of tables of others only what can be registered on one's own
RESET SESSION AUTHORIZATION;
CREATE SCHEMA relation_import_3;
CREATE TABLE relation_import_3.foreign_to_us (id integer PRIMARY KEY, user_id integer REFERENCES relation_import.users);
GRANT USAGE ON SCHEMA relation_import_3 TO regress_interlink;
GRANT SELECT ON relation_import_3.foreign_to_us TO regress_interlink;
SET SESSION AUTHORIZATION regress_interlink;
SELECT * FROM interlink.import_foreign_keys('relation_import_3');
SELECT * FROM interlink.import_foreign_keys('relation_import_3');
SELECT count(*) FROM users u, foreign_to_us(u) f;
RESET SESSION AUTHORIZATION;
CREATE TABLE relation_import_3.secret (id integer PRIMARY KEY, user_id integer REFERENCES relation_import.users);
CREATE TABLE relation_import_3.parent (id integer PRIMARY KEY);
CREATE TABLE relation_import_3.child () INHERITS (relation_import_3.parent);
CREATE TABLE relation_import_3.mine (parent_id integer REFERENCES relation_import_3.parent);
ALTER TABLE relation_import_3.mine OWNER TO regress_interlink;
GRANT SELECT ON relation_import_3.parent TO regress_interlink;
SET SESSION AUTHORIZATION regress_interlink;
SELECT * FROM interlink.import_foreign_keys('relation_import_3');
RESET SESSION AUTHORIZATION;
DROP SCHEMA relation_import_3 CASCADE;
SET SESSION AUTHORIZATION regress_interlink;
SELECT name FROM mine WHERE target LIKE '%foreign_to_us';
