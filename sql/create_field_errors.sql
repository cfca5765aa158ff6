-- One clear error for each thing that is wrong with Teable's JSON for a field, and nothing half made.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA create_field_errors;
SET search_path = create_field_errors, public;

CREATE TABLE employees (id int PRIMARY KEY, name text, wage numeric);
CREATE TABLE projects (id int PRIMARY KEY, title text);
CREATE TABLE rooms (id int PRIMARY KEY);
SELECT FROM interlink.add_link('projects', 'manager', 'employees', inverse => 'manages');
SELECT FROM interlink.add_link('projects', 'owner', 'employees', inverse => 'owns');
SELECT FROM interlink.add_link('projects', 'room', 'rooms', columns => 'none');

-- the error of a definition, all parts of it
CREATE FUNCTION refused(holder regclass, definition jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	state text; message text; detail text; hint text;
BEGIN
	PERFORM interlink.create_field(holder, definition);
	RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(E'\n', state || ': ' || message, 'DETAIL: ' || nullif(detail, ''), 'HINT: ' || nullif(hint, ''));
END $$;

-- no definition
SELECT refused('projects', NULL);
SELECT refused(NULL, '{}');
SELECT refused('projects', '[]');
SELECT refused('projects', '"link"');
SELECT refused('projects', '7');
SELECT refused('projects', 'null');

-- keys: missing, unknown, of a wrong type
SELECT refused('projects', '{}');
SELECT refused('projects', '{"type": null}');
SELECT refused('projects', '{"type": 7}');
SELECT refused('projects', '{"type": "formula", "name": "x"}');
SELECT refused('projects', '{"type": "Link", "name": "x"}');
SELECT refused('projects', '{"type": "link"}');
SELECT refused('projects', '{"type": "link", "name": null}');
SELECT refused('projects', '{"type": "link", "name": ["x"]}');
SELECT refused('projects', '{"type": "link", "name": "", "options": {"relationship": "manyOne", "foreignTableId": "rooms"}}');
SELECT refused('projects', '{"type": "link", "name": "x"}');
SELECT refused('projects', '{"type": "link", "name": "x", "options": []}');
SELECT refused('projects', '{"type": "link", "name": "x", "options": "manyOne"}');
SELECT refused('projects', '{"type": "link", "name": "x", "option": {}}');
SELECT refused('projects', '{"type": "link", "name": "x", "lookupOptions": {}}');
SELECT refused('projects', '{"type": "link", "name": "x", "options": {"relationship": "manyOne", "foreignTableId": "rooms", "symetricFieldId": "y"}}');
SELECT refused('projects', '{"type": "link", "name": "x", "options": {"relationship": "manyOne", "foreignTableId": 16384}}');
SELECT refused('projects', '{"type": "link", "name": "x", "options": {"relationship": "manyOne", "foreignTableId": "rooms", "isOneWay": "yes"}}');
SELECT refused('projects', '{"type": "link", "name": "x", "options": {"relationship": "manyOne", "foreignTableId": "rooms", "symmetricFieldId": {}}}');
SELECT refused('projects', '{"type": "link", "name": "x", "options": {"relationship": "manyOne", "foreignTableId": "rooms", "symmetricFieldId": 1.5}}');
SELECT refused('projects', '{"type": "link", "name": "x", "options": {"relationship": "manyOne", "foreignTableId": "rooms", "symmetricFieldId": 1e20}}');
SELECT refused('projects', '{"type": "link", "name": "x", "options": {"relationship": "manyOne", "foreignTableId": "rooms", "symmetricFieldId": -1}}');
SELECT refused('projects', '{"type": "link", "name": "x", "options": {"relationship": "manyOne", "foreignTableId": "rooms", "symmetricFieldId": 7e3}}');
SELECT refused('projects', '{"type": "link", "name": "x", "options": {"foreignTableId": "rooms"}}');
SELECT refused('projects', '{"type": "link", "name": "x", "options": {"relationship": "many_one", "foreignTableId": "rooms"}}');
SELECT refused('projects', '{"type": "link", "name": "x", "options": {"relationship": "manyOne"}}');
SELECT refused('projects', '{"type": "link", "name": "x", "options": {"relationship": "manyOne", "foreignTableId": "rooms", "linkFieldId": "manager"}}');
SELECT refused('projects', '{"type": "lookup", "name": "x", "options": {"foreignTableId": "rooms", "rollupFunction": "count"}}');
SELECT refused('projects', '{"type": "lookup", "name": "x", "options": {"lookupFieldId": "name"}}');
SELECT refused('projects', '{"type": "lookup", "name": "x", "options": {"foreignTableId": "rooms"}}');
SELECT refused('projects', '{"type": "number", "name": "x", "isLookup": true, "options": {"foreignTableId": "rooms", "lookupFieldId": "id"}}');
SELECT refused('projects', '{"type": "number", "name": "x", "isLookup": "true"}');
SELECT refused('projects', '{"type": "lookup", "name": "x", "options": {"lookupFieldId": "name"}, "lookupOptions": {"lookupFieldId": "name"}}');
SELECT refused('projects', '{"type": "rollup", "name": "x", "options": {"foreignTableId": "rooms"}}');
SELECT refused('projects', '{"type": "rollup", "name": "x", "options": {"foreignTableId": "rooms", "rollupFunction": "count", "expression": "countall({values})"}}');
SELECT refused('projects', '{"type": "rollup", "name": "x", "options": {"foreignTableId": "rooms", "expression": ["count"]}}');

-- functions
SELECT refused('projects', '{"type": "rollup", "name": "x", "options": {"foreignTableId": "rooms", "expression": "sum"}}');
SELECT refused('projects', '{"type": "rollup", "name": "x", "options": {"foreignTableId": "rooms", "rollupFunction": "sum[{values}]"}}');
SELECT f, split_part(refused('projects', jsonb_build_object('type', 'rollup', 'name', 'x', 'options',
	jsonb_build_object('linkFieldId', 'manager', 'lookupFieldId', 'wage', 'expression', f))), E'\n', 1)
FROM unnest(ARRAY['', 'sum(', 'sum()', 'sum({value})', 'sum({values}', 'sum({values}) + 1', 'sum {values}', 'sum({values}, 2)', '({values})',
	'array_join({values}, '';)', 'array_join({values} '';'')', 'array_join({values}, '';'', 1)', 'total({values})', 'sum({values}, ''; '')']) AS f;

-- tables, columns, links
SELECT refused('projects', '{"type": "link", "name": "x", "options": {"relationship": "manyOne", "foreignTableId": "nowhere"}}');
SELECT refused('projects', '{"type": "link", "name": "x", "options": {"relationship": "manyOne", "foreignTableId": "no.where"}}');
SELECT refused('projects', '{"type": "link", "name": "x", "options": {"relationship": "manyOne", "foreignTableId": ""}}');
SELECT refused('projects', '{"type": "link", "name": "x", "options": {"relationship": "manyOne", "foreignTableId": "a.b.c.d"}}');
SELECT refused('projects', '{"type": "link", "name": "x", "options": {"relationship": "manyOne", "foreignTableId": "a..b"}}');
SELECT refused('projects', '{"type": "link", "name": "x", "options": {"relationship": "manyOne", "foreignTableId": "."}}');
SELECT refused('projects', '{"type": "link", "name": "x", "options": {"relationship": "manyOne", "foreignTableId": "rooms", "lookupFieldId": "name"}}');
SELECT refused('projects', '{"type": "link", "name": "title", "options": {"relationship": "manyOne", "foreignTableId": "rooms"}}');
SELECT refused('projects', '{"type": "link", "name": "x", "options": {"relationship": "manyOne", "foreignTableId": "employees", "symmetricFieldId": "name"}}');
SELECT refused('projects', '{"type": "link", "name": "x", "options": {"relationship": "manyOne", "foreignTableId": "employees", "symmetricFieldId": "manages"}}');
SELECT refused('projects', '{"type": "link", "name": "x", "options": {"relationship": "manyOne", "foreignTableId": "employees", "symmetricFieldId": 2000000000}}');
SELECT refused('projects', '{"type": "link", "name": "x", "options": {"relationship": "manyOne", "foreignTableId": "rooms", "isOneWay": true, "symmetricFieldId": "y"}}');
SELECT refused('rooms', '{"type": "link", "name": "x", "options": {"relationship": "manyMany", "foreignTableId": "projects", "symmetricFieldId": "room"}}');
SELECT refused('projects', '{"type": "lookup", "name": "x", "options": {"foreignTableId": "employees", "linkFieldId": "manager", "lookupFieldId": "salary"}}');
SELECT refused('projects', '{"type": "lookup", "name": "x", "options": {"foreignTableId": "employees", "linkFieldId": "boss", "lookupFieldId": "name"}}');
SELECT refused('projects', '{"type": "lookup", "name": "x", "options": {"foreignTableId": "rooms", "linkFieldId": "manager", "lookupFieldId": "name"}}');
SELECT refused('projects', '{"type": "lookup", "name": "x", "options": {"foreignTableId": "employees", "linkFieldId": 0, "lookupFieldId": "name"}}');

-- which link?
SELECT refused('projects', '{"type": "lookup", "name": "x", "options": {"foreignTableId": "employees", "lookupFieldId": "name"}}');
SELECT refused('projects', '{"type": "lookup", "name": "x", "options": {"relationship": "manyOne", "foreignTableId": "employees", "lookupFieldId": "name"}}');
SELECT refused('projects', '{"type": "rollup", "name": "x", "options": {"relationship": "oneMany", "foreignTableId": "employees", "rollupFunction": "count"}}');
SELECT refused('employees', '{"type": "rollup", "name": "x", "options": {"foreignTableId": "projects", "expression": "countall({values})"}}');
SELECT refused('projects', '{"type": "lookup", "name": "x", "options": {"foreignTableId": "projects", "lookupFieldId": "title"}}');
SELECT refused('rooms', '{"type": "lookup", "name": "x", "options": {"foreignTableId": "projects", "lookupFieldId": "title"}}');
-- it can be named by the end at the other table
SELECT refused('rooms', '{"type": "lookup", "name": "titles", "options": {"linkFieldId": "projects.room", "lookupFieldId": "title"}}');

-- the second of two steps
SELECT FROM interlink.create_field('projects', '{"type": "link", "name": "sponsor", "options": {"relationship": "manyOne", "foreignTableId": "employees"}}');
SELECT refused('employees', '{"type": "link", "name": "sponsors", "options": {"relationship": "manyOne", "foreignTableId": "projects", "symmetricFieldId": "sponsor"}}');
SELECT refused('employees', '{"type": "link", "name": "name", "options": {"relationship": "oneMany", "foreignTableId": "projects", "symmetricFieldId": "sponsor"}}');
SELECT refused('employees', '{"type": "link", "name": "sponsors", "options": {"relationship": "oneMany", "foreignTableId": "projects", "symmetricFieldId": "sponsor"}}');

-- nothing half made
SELECT source, name, target, relationship, inverse FROM interlink.links WHERE source IN ('projects', 'employees', 'rooms') ORDER BY id;
SELECT holder, name, kind FROM interlink.fields WHERE holder IN ('projects', 'employees', 'rooms') AND kind <> 'link' ORDER BY id;

-- rights are those of the functions beneath
RESET SESSION AUTHORIZATION;
CREATE ROLE regress_interlink_stranger;
GRANT USAGE ON SCHEMA create_field_errors TO regress_interlink_stranger;
GRANT SELECT ON ALL TABLES IN SCHEMA create_field_errors TO regress_interlink_stranger;
SET SESSION AUTHORIZATION regress_interlink_stranger;
SELECT refused('projects', '{"type": "link", "name": "x", "options": {"relationship": "manyOne", "foreignTableId": "rooms"}}');
SELECT refused('projects', '{"type": "lookup", "name": "x", "options": {"linkFieldId": "manager", "lookupFieldId": "name"}}');
RESET SESSION AUTHORIZATION;
ALTER TABLE employees OWNER TO regress_interlink_stranger;
SET SESSION AUTHORIZATION regress_interlink_stranger;
SELECT refused('employees', '{"type": "link", "name": "sponsors", "options": {"relationship": "oneMany", "foreignTableId": "projects", "symmetricFieldId": "sponsor"}}');
RESET SESSION AUTHORIZATION;
ALTER TABLE employees OWNER TO regress_interlink;
SET SESSION AUTHORIZATION regress_interlink_stranger;
SELECT refused('employees', '{"type": "link", "name": "sponsors", "options": {"relationship": "oneMany", "foreignTableId": "projects", "symmetricFieldId": "sponsor"}}');
RESET SESSION AUTHORIZATION;
SET client_min_messages = warning;
DROP SCHEMA create_field_errors CASCADE;
DROP ROLE regress_interlink_stranger;
