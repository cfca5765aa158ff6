-- Fields as Teable's JSON describes them.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA create_field;
SET search_path = create_field, public;

-- the definitions of this test
CREATE VIEW my_links AS
SELECT l.*
FROM interlink.links l JOIN interlink.link_definition d USING (id) JOIN pg_class c ON c.oid = d.source
WHERE c.relnamespace = quote_ident(current_schema)::regnamespace;
CREATE VIEW my_fields AS
SELECT f.*
FROM interlink.fields f JOIN interlink.field_definition d USING (id) JOIN pg_class c ON c.oid = d.holder
WHERE c.relnamespace = quote_ident(current_schema)::regnamespace;
CREATE FUNCTION columns_of(regclass) RETURNS TABLE (name name, type text) LANGUAGE sql AS
'SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped ORDER BY attnum';

CREATE TABLE employees (id text PRIMARY KEY, name text, email text, wage numeric, active boolean);
CREATE TABLE projects (id text PRIMARY KEY, "Project Name" text);
INSERT INTO employees VALUES ('e1', 'Ann', 'ann@example.org', 10, true), ('e2', 'Ben', 'ben@example.org', 20, false), ('e3', 'Cleo', '', NULL, NULL);
INSERT INTO projects VALUES ('p1', 'Roof'), ('p2', 'Bridge');

-- a link: two-way, the other end called after the table
SELECT FROM interlink.create_field('projects', '{
	"name": "Project Manager",
	"type": "link",
	"options": {"relationship": "many_to_one", "foreignTableId": "employees", "symmetricFieldId": null}}');
SELECT source, name, target, relationship, inverse, stored_in FROM my_links;
SELECT * FROM columns_of('projects');
SELECT * FROM columns_of('employees');

-- its other end gets its own name in a second step
SELECT FROM interlink.create_field('employees', '{
	"name": "Managed Projects",
	"type": "link",
	"description": "the projects of a manager",
	"options": {"relationship": "one_to_many", "foreignTableId": "projects", "symmetricFieldId": "Project Manager"}}');
SELECT source, name, target, relationship, inverse, stored_in FROM my_links;
SELECT holder, name, kind, comment FROM my_fields ORDER BY id;
SELECT col_description('employees'::regclass, attnum) FROM pg_attribute WHERE attrelid = 'employees'::regclass AND attname = 'Managed Projects';
-- which is taken from then on
SELECT FROM interlink.create_field('employees', '{"name": "Runs", "type": "link",
	"options": {"relationship": "one_to_many", "foreignTableId": "projects", "symmetricFieldId": "Project Manager"}}');

-- all relationships in both spellings; names that are taken are numbered
SELECT FROM unnest('{one_to_one,one_to_many,many_to_one,many_to_many,oneOne,oneMany,manyOne,manyMany}'::text[]) AS r,
	interlink.create_field('projects', jsonb_build_object('name', r, 'type', 'link',
		'options', jsonb_build_object('relationship', r, 'foreignTableId', 'employees')));
SELECT name, relationship, inverse FROM my_links ORDER BY id;
SELECT FROM my_links l, interlink.drop_field('projects', l.name) WHERE name <> 'Project Manager';

-- named, one-way, and named after the fact
SELECT FROM interlink.create_field('projects', '{"name": "Team Members", "type": "link",
	"options": {"relationship": "manyMany", "foreignTableId": "create_field.employees", "isOneWay": true, "lookupFieldId": "name"}}');
SELECT name, relationship, inverse FROM my_links ORDER BY id;
SELECT FROM interlink.create_field('employees', '{"name": "Works On", "type": "link",
	"options": {"relationship": "manyMany", "foreignTableId": "projects", "symmetricFieldId": "Team Members"}}');
SELECT FROM interlink.create_field('projects', '{"name": "Owner", "type": "link",
	"options": {"relationship": "manyOne", "foreignTableId": "employees", "isOneWay": false, "symmetricFieldId": "Owns"}}');
SELECT name, relationship, inverse FROM my_links ORDER BY id;
SELECT FROM interlink.drop_field('projects', 'Owner');

-- by the number that create_field has returned
CREATE TABLE offices (id int PRIMARY KEY, city text);
INSERT INTO offices VALUES (1, 'Bonn');
SELECT interlink.create_field('employees', '{"name": "Office", "type": "link",
	"options": {"relationship": "manyOne", "foreignTableId": "offices"}}') AS office \gset
SELECT interlink.create_field('offices', jsonb_build_object('name', 'Staff', 'type', 'link', 'options',
	jsonb_build_object('relationship', 'oneMany', 'foreignTableId', 'employees', 'symmetricFieldId', :office))) = :office AS same_link;
SELECT interlink.create_field('employees', jsonb_build_object('name', 'City', 'type', 'lookup', 'options',
	jsonb_build_object('linkFieldId', :office, 'lookupFieldId', 'city'))) AS city \gset
SELECT name, relationship, inverse FROM my_links ORDER BY id;

-- a lookup: the link of that relationship
SELECT FROM interlink.create_field('projects', '{"name": "Manager Email", "type": "lookup",
	"options": {"relationship": "many_to_one", "foreignTableId": "employees", "lookupFieldId": "email"}}');
-- a rollup: the link to several rows
SELECT FROM interlink.create_field('projects', '{"name": "Team Size", "type": "rollup",
	"options": {"relationship": "one_to_many", "foreignTableId": "employees", "rollupFunction": "count"}}');
-- as Teable itself has them
SELECT FROM interlink.create_field('projects', '{"name": "Team Names", "type": "singleLineText", "isLookup": true, "options": {"formatting": {}},
	"lookupOptions": {"foreignTableId": "employees", "linkFieldId": "Team Members", "lookupFieldId": "name"}}');
SELECT FROM interlink.create_field('projects', '{"name": "Wages", "type": "rollup", "isLookup": false,
	"options": {"expression": "sum({values})", "formatting": {"type": "decimal", "precision": 2}, "showAs": null},
	"lookupOptions": {"foreignTableId": "employees", "linkFieldId": "Team Members", "lookupFieldId": "wage"}}');
SELECT FROM interlink.create_field('projects', jsonb_build_object('name', 'Cities', 'type', 'lookup', 'description', 'where they work', 'lookupOptions',
	jsonb_build_object('linkFieldId', 'Team Members', 'lookupFieldId', :city)));
-- the one link that there is, whatever it is said to be
SELECT FROM interlink.create_field('offices', '{"name": "Names", "type": "lookup",
	"options": {"relationship": "many_to_one", "foreignTableId": "employees", "lookupFieldId": "name"}}');
SELECT holder, name, kind, via, function, field, comment FROM my_fields WHERE kind <> 'link' ORDER BY id;

UPDATE projects SET "Project Manager" = '["e1"]'::jsonb, "Team Members" = '["e1", "e2", "e3"]'::jsonb WHERE id = 'p1';
UPDATE employees SET "Works On" = "Works On" || 'p2' WHERE id = 'e3';
UPDATE employees SET "Office" = 1 WHERE id <> 'e3';
TABLE projects ORDER BY id;
TABLE employees ORDER BY id;
TABLE offices;

-- every function by the name that Teable has for it, with values and without
SELECT FROM (VALUES
	('countall({values})', 'email'), ('counta({values})', 'email'), ('count({values})', NULL), ('COUNTALL( {values} )', 'name'),
	('sum({values})', 'wage'), ('average({values})', 'wage'), ('max({values})', 'wage'), ('min({values})', 'wage'), ('Max', 'name'),
	('and({values})', 'active'), ('or({values})', 'active'), ('xor({values})', 'active'),
	('array_join({values})', 'name'), ('concatenate({values})', 'name'), ('array_join({values}, '' + '')', 'name'), ('array_join({values}, "'' ")', 'name'),
	('array_unique({values})', 'active'), ('array_compact({values})', 'email')) AS f (expression, field),
	interlink.create_field('projects', jsonb_build_object('name', expression, 'type', 'rollup', 'options',
		jsonb_build_object('foreignTableId', 'employees', 'linkFieldId', 'Team Members', 'lookupFieldId', field, 'expression', expression)));
SELECT key, value FROM projects p, jsonb_each(to_jsonb(p)) WHERE id = 'p1' AND key ~ '\(|Max' ORDER BY key COLLATE "C";
SELECT name, function FROM my_fields WHERE kind = 'rollup' ORDER BY id;

-- a link of a table with itself, and the two ends of it
SELECT FROM interlink.create_field('employees', '{"name": "Boss", "type": "link", "options": {"relationship": "manyOne", "foreignTableId": "employees"}}');
SELECT FROM interlink.create_field('employees', '{"name": "Reports", "type": "link", "options": {"relationship": "oneMany", "foreignTableId": "employees", "symmetricFieldId": "Boss"}}');
SELECT FROM interlink.create_field('employees', '{"name": "employees", "type": "link", "options": {"relationship": "manyOne", "foreignTableId": "employees"}}');
SELECT name, relationship, inverse FROM my_links WHERE source = 'employees' AND target = 'employees' ORDER BY id;
SELECT FROM interlink.drop_field('employees', 'employees');
SELECT FROM interlink.create_field('employees', '{"name": "Boss Name", "type": "lookup", "options": {"relationship": "manyOne", "foreignTableId": "employees", "lookupFieldId": "name"}}');
SELECT FROM interlink.create_field('employees', '{"name": "Head Count", "type": "rollup", "options": {"relationship": "oneMany", "foreignTableId": "employees", "rollupFunction": "countall"}}');
UPDATE employees SET "Reports" = '{e2,e3}' WHERE id = 'e1';
SELECT id, "Boss", "Boss Name", "Reports", "Head Count" FROM employees ORDER BY id;

-- names that SQL has to quote
CREATE TABLE "Big ""Table""" (id int PRIMARY KEY, "a.b" int, "C, d" text);
SELECT FROM interlink.create_field('"Big ""Table"""', '{"name": "The \"Link\" \\", "type": "link", "options": {"relationship": "manyMany", "foreignTableId": "Big \"Table\""}}');
SELECT FROM interlink.create_field('"Big ""Table"""', '{"name": "it''s", "type": "rollup", "options": {"linkFieldId": "The \"Link\" \\", "foreignTableId": "create_field.\"Big \"\"Table\"\"\"", "lookupFieldId": "a.b", "expression": "sum({values})"}}');
SELECT FROM interlink.create_field('"Big ""Table"""', '{"name": "a name of more than sixty-three bytes, which is cut like any other one", "type": "lookup", "options": {"linkFieldId": "Big \"Table\"", "lookupFieldId": "C, d"}}');
SELECT * FROM columns_of('"Big ""Table"""');

SELECT * FROM interlink.audit();
SET client_min_messages = warning;
DROP SCHEMA create_field CASCADE;

-- a number may come as a string; a column that is called so comes first
CREATE SCHEMA create_field_numbers;
SET search_path = create_field_numbers, public;
CREATE TABLE authors (id integer PRIMARY KEY, name text);
CREATE TABLE books (id integer PRIMARY KEY, title text);
SELECT interlink.create_field('books', '{"name": "author", "type": "link", "options": {"relationship": "manyOne", "foreignTableId": "authors"}}') AS number \gset
SELECT FROM interlink.create_field('authors', format('{"name": "wrote", "type": "link", "options": {"relationship": "oneMany", "foreignTableId": "books", "symmetricFieldId": "%s"}}', :'number')::jsonb);
SELECT FROM interlink.create_field('books', format('{"name": "author name", "type": "lookup", "options": {"linkFieldId": "%s", "lookupFieldId": "name"}}', :'number')::jsonb);
DO $$ BEGIN EXECUTE format('ALTER TABLE authors ADD COLUMN %I text DEFAULT %L', (SELECT id::text FROM interlink.link_definition WHERE source = 'books'::regclass), 'of the column'); END $$;
SELECT FROM interlink.create_field('books', format('{"name": "number", "type": "lookup", "options": {"linkFieldId": "author", "lookupFieldId": "%s"}}', :'number')::jsonb);
INSERT INTO authors (id, name) VALUES (1, 'Ann');
INSERT INTO books (id, author) VALUES (1, '{1}');
SELECT * FROM books;
SELECT wrote FROM authors;
SELECT source, name, inverse FROM interlink.links WHERE source = 'books';
DROP SCHEMA create_field_numbers CASCADE;
