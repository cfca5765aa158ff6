-- Who may: the owner of every table that gets a column; on a far table, who has been granted enough.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
DROP ROLE IF EXISTS regress_interlink_far, regress_interlink_group;
RESET client_min_messages;
CREATE ROLE regress_interlink_far;
CREATE ROLE regress_interlink_group;
CREATE SCHEMA add_link_rights;
SET search_path = add_link_rights, public;
GRANT CREATE, USAGE ON SCHEMA add_link_rights TO regress_interlink, regress_interlink_far, regress_interlink_group;
GRANT regress_interlink_group TO regress_interlink;
SET SESSION AUTHORIZATION regress_interlink_far;
CREATE TABLE far (id bigint PRIMARY KEY, name text);
INSERT INTO far VALUES (1, 'one');
SET SESSION AUTHORIZATION regress_interlink;
CREATE TABLE near (id bigint PRIMARY KEY);

-- the error of a statement, all parts of it
CREATE FUNCTION refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	state text; message text; detail text; hint text;
BEGIN
	EXECUTE statement;
	RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(E'\n', state || ': ' || message, 'DETAIL: ' || nullif(detail, ''), 'HINT: ' || nullif(hint, ''));
END $$;

-- nothing granted: not even a lock is taken
SELECT refused($$SELECT interlink.add_link('near', 'far', 'far')$$);
SELECT refused($$SELECT interlink.add_link('far', 'near', 'near')$$);
SELECT count(*) FROM pg_locks WHERE relation = 'far'::regclass AND pid = pg_backend_pid();

-- all three of SELECT, REFERENCES, TRIGGER, or nothing
SET SESSION AUTHORIZATION regress_interlink_far;
GRANT SELECT, REFERENCES ON far TO regress_interlink;
SET SESSION AUTHORIZATION regress_interlink;
SELECT refused($$SELECT interlink.add_link('near', 'far', 'far')$$);
SET SESSION AUTHORIZATION regress_interlink_far;
GRANT TRIGGER ON far TO regress_interlink;
SET SESSION AUTHORIZATION regress_interlink;
SELECT FROM interlink.add_link('near', 'far', 'far');
SELECT FROM interlink.add_lookup('near', 'far_name', 'far', 'name');
SELECT FROM interlink.add_link('near', 'fars', 'far', 'many_to_many');
INSERT INTO near (id, far, fars) VALUES (1, 1, '{1}');
TABLE near;

-- a column on the far table takes its owner
SELECT refused($$SELECT interlink.add_link('near', 'x', 'far', inverse => 'nears')$$);
SELECT refused($$SELECT interlink.add_link('near', 'x', 'far', 'one_to_many')$$);
SELECT refused($$SELECT interlink.add_rollup('far', 'x', 'near.far')$$);
SELECT refused($$SELECT interlink.add_lookup('far', 'x', 'near.far', 'id')$$);
SELECT refused($$SELECT interlink.drop_field('far', 'x')$$);

-- the other end, by the owner of that table: who needs the same rights here
SET SESSION AUTHORIZATION regress_interlink_far;
SELECT refused($$SELECT interlink.add_link('far', 'nears', 'near', 'one_to_many', inverse => 'far')$$);
SELECT refused($$SELECT interlink.drop_field('near', 'far')$$);
SET SESSION AUTHORIZATION regress_interlink;
GRANT SELECT, REFERENCES, TRIGGER ON near TO regress_interlink_far;
SET SESSION AUTHORIZATION regress_interlink_far;
SELECT FROM interlink.add_link('far', 'nears', 'near', 'one_to_many', inverse => 'far');
SELECT FROM interlink.add_link('far', 'many_nears', 'near', 'many_to_many', inverse => 'fars');
SELECT refused($$SELECT interlink.drop_field('far', 'nears')$$);
UPDATE far SET nears = '{}';
TABLE far;
SET SESSION AUTHORIZATION regress_interlink;
TABLE near;
UPDATE near SET far = 1;
TABLE near;

-- tables of a group belong to each of its members, and new ones to the group
SET ROLE regress_interlink_group;
CREATE TABLE ours (id bigint PRIMARY KEY);
RESET ROLE;
SELECT refused($$SELECT interlink.add_link('ours', 'near', 'near')$$);
GRANT SELECT ON near TO regress_interlink_group;
SELECT FROM interlink.add_link('ours', 'nears', 'near', 'many_to_many', inverse => 'theirs');
SELECT FROM interlink.add_link('ours', 'near', 'near');
SELECT relname, pg_get_userbyid(relowner) FROM pg_class WHERE relname LIKE 'ours%' AND relkind = 'r' ORDER BY 1;

-- fields are read as the owner of the table that has them
RESET SESSION AUTHORIZATION;
CREATE TABLE hidden (id bigint PRIMARY KEY);
SELECT refused($$SELECT interlink.add_link('near', 'hidden', 'hidden')$$);

SELECT FROM interlink.drop_field('near', 'far', cascade => true);
SELECT FROM interlink.drop_field('near', 'fars');
SELECT FROM interlink.drop_field('ours', 'near');
SELECT FROM interlink.drop_field('ours', 'nears');
SET client_min_messages = warning;
DROP SCHEMA add_link_rights CASCADE;
DROP ROLE regress_interlink_far, regress_interlink_group;

-- A field names what only the owner of its table may use: nobody else has to, least of all who writes other tables.
CREATE SCHEMA add_link_rights_owner;
CREATE TYPE add_link_rights_owner.mood AS ENUM ('good', 'bad');
CREATE FUNCTION add_link_rights_owner.is_good(add_link_rights_owner.mood) RETURNS boolean
	LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN $1 = 'good'; END $$;
REVOKE ALL ON FUNCTION add_link_rights_owner.is_good FROM PUBLIC;
CREATE TABLE add_link_rights_owner.day (id int PRIMARY KEY, mood add_link_rights_owner.mood);
SELECT FROM interlink.add_link('add_link_rights_owner.day', 'before', 'add_link_rights_owner.day', inverse => 'after');
SELECT FROM interlink.add_rollup('add_link_rights_owner.day', 'ends_well', 'after', 'or',
	$$add_link_rights_owner.is_good(mood) OR mood = 'good'::add_link_rights_owner.mood$$);
CREATE SCHEMA add_link_rights_writer AUTHORIZATION regress_interlink;
\c -
SET SESSION AUTHORIZATION regress_interlink;
SET search_path = add_link_rights_writer, public;
CREATE TABLE team (id int PRIMARY KEY);
CREATE TABLE player (id int PRIMARY KEY);
SELECT FROM interlink.add_link('player', 'team', 'team', inverse => 'players');
INSERT INTO team VALUES (1);
INSERT INTO player (id, team) VALUES (1, 1);
ALTER TABLE player RENAME TO member;
TABLE team;
SELECT * FROM interlink.audit('team');
RESET SESSION AUTHORIZATION;
SET client_min_messages = warning;
DROP SCHEMA add_link_rights_owner, add_link_rights_writer CASCADE;
