-- Dropping: what goes, what stays, what is in the way.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA drop_field;
SET search_path = drop_field, public;

-- the definitions of this test
CREATE VIEW my_links AS
SELECT l.*, d.source_columns, d.target_columns, d.created
FROM interlink.links l JOIN interlink.link_definition d USING (id) JOIN pg_class c ON c.oid = d.source
WHERE c.relnamespace = quote_ident(current_schema)::regnamespace;
CREATE VIEW my_fields AS
SELECT f.*
FROM interlink.fields f JOIN interlink.field_definition d USING (id) JOIN pg_class c ON c.oid = d.holder
WHERE c.relnamespace = quote_ident(current_schema)::regnamespace;

CREATE TABLE team (id integer PRIMARY KEY, name text);
CREATE TABLE project (id bigint PRIMARY KEY, title text);
CREATE TABLE person (id uuid PRIMARY KEY, name text);

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
CREATE FUNCTION columns_of(regclass) RETURNS name[] LANGUAGE sql AS $$
SELECT array_agg(attname ORDER BY attnum) FROM pg_attribute WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped $$;
CREATE VIEW ours AS
SELECT tgrelid::regclass AS on_table, array_agg(tgname ORDER BY tgname) AS triggers
FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
WHERE tgname LIKE '%interlink%' AND relnamespace = 'drop_field'::regnamespace GROUP BY tgrelid, relname ORDER BY relname;
INSERT INTO team VALUES (1, 'red');
SELECT FROM interlink.add_link('project', 'team', 'team', inverse => 'projects');
SELECT FROM interlink.add_link('project', 'members', 'person', 'many_to_many', inverse => 'projects');
SELECT FROM interlink.add_rollup('team', 'n', 'projects');
SELECT FROM interlink.add_lookup('project', 'team_n', 'team', 'n');
SELECT FROM interlink.add_rollup('person', 'busy', 'projects', 'sum', 'team_n');
INSERT INTO project (id, title, team_id) VALUES (1, 'one', 1), (2, 'two', 1);

-- what is not there, or is no field
SELECT refused($$SELECT interlink.drop_field('team', 'nothing')$$);
SELECT refused($$SELECT interlink.drop_field('team', 'name')$$);
SELECT refused($$SELECT interlink.drop_field('project', 'team_id')$$);
SELECT refused($$SELECT interlink.drop_field('nowhere', 'x')$$);
SELECT refused($$SELECT interlink.drop_field('team', NULL)$$);
SELECT refused($$SELECT interlink.drop_field('team', 'n', NULL)$$);

-- what others depend on
SELECT refused($$SELECT interlink.drop_field('team', 'n')$$);
SELECT refused($$SELECT interlink.drop_field('project', 'team')$$);
SELECT refused($$SELECT interlink.drop_field('person', 'projects')$$);
CREATE VIEW report AS SELECT busy FROM person;
SELECT refused($$SELECT interlink.drop_field('person', 'busy')$$);
DROP VIEW report;

-- a leaf goes alone, and is maintained no longer
SELECT FROM interlink.drop_field('person', 'busy');
SELECT columns_of('person');
TABLE ours;

-- keep_data leaves a plain column, which others may go on reading
SELECT FROM interlink.drop_field('team', 'n', keep_data => true);
UPDATE team SET n = 99;
SELECT id, n FROM team;
SELECT id, team_n FROM project ORDER BY id;
SELECT FROM interlink.add_rollup('team', 'n2', 'projects');

-- with cascade everything goes that depends on it
SELECT FROM interlink.drop_field('team', 'projects', cascade => true);
SELECT columns_of('team'), columns_of('project');
SELECT holder, name FROM my_fields ORDER BY 1, 2;
TABLE ours;

-- a junction goes with its link, or stays as a plain table
INSERT INTO person VALUES ('00000000-0000-0000-0000-000000000001', 'p1');
UPDATE project SET members = '{00000000-0000-0000-0000-000000000001}' WHERE id = 1;
BEGIN;
SELECT FROM interlink.drop_field('person', 'projects');
SELECT to_regclass('project_members'), columns_of('project'), columns_of('person');
ROLLBACK;
SELECT FROM interlink.drop_field('project', 'members', keep_data => true);
TABLE project_members;
SELECT columns_of('project'), columns_of('person');
SELECT * FROM my_links;
TABLE ours;

-- a foreign key stays with keep_data
SELECT FROM interlink.add_link('project', 'team', 'team', 'one_to_one');
SELECT FROM interlink.drop_field('project', 'team', keep_data => true);
\d project

-- self-links, and links without columns
SELECT FROM interlink.add_link('person', 'boss', 'person', inverse => 'reports');
SELECT FROM interlink.add_link('person', 'deputy', 'person', inverse => 'deputy_of', columns => 'none');
SELECT FROM interlink.drop_field('person', 'reports');
SELECT FROM interlink.drop_field('person', 'deputy_of');
SELECT columns_of('person');

-- a link that stands on a column of another
SELECT FROM interlink.add_link('person', 'boss', 'person', 'one_to_one');
CREATE TABLE office (id bigint PRIMARY KEY, boss_of uuid REFERENCES person (boss_id));
SELECT FROM interlink.add_link('office', 'boss_of', 'person', foreign_key => '{boss_of}');
SELECT refused($$SELECT interlink.drop_field('person', 'boss')$$);
SELECT FROM interlink.drop_field('person', 'boss', cascade => true);
\d office
SELECT count(*) AS left_over FROM my_links;
SELECT * FROM interlink.audit();

-- relations over columns that go, paths over those, and fields over them
CREATE TABLE shelf (id bigint PRIMARY KEY, n integer);
CREATE TABLE book (id bigint PRIMARY KEY, v integer);
SELECT FROM interlink.add_link('book', 'shelf', 'shelf', inverse => 'books');
SELECT FROM interlink.add_rollup('shelf', 'v', 'books', 'sum', 'v');
SELECT FROM interlink.add_relation('book', 'stands_on', 'shelf', '{shelf_id}', '{id}', order_by => 'v');
SELECT FROM interlink.add_relation('shelf', 'valued', 'book', '{v}', '{v}', is_referencee => true);
SELECT FROM interlink.add_path('book', 'alike', '{stands_on,valued}');
SELECT FROM interlink.add_lookup('book', 'n', 'stands_on', 'n');
SELECT refused($$SELECT interlink.drop_field('shelf', 'v')$$);
SELECT refused($$SELECT interlink.drop_field('book', 'shelf')$$);
BEGIN;
SELECT FROM interlink.drop_field('shelf', 'v', keep_data => true);
SELECT FROM interlink.drop_field('book', 'shelf', keep_data => true);
SELECT name FROM interlink.relations WHERE source IN ('shelf', 'book') ORDER BY 1;
ROLLBACK;
SELECT FROM interlink.drop_field('book', 'shelf', cascade => true);
SELECT name FROM interlink.relations WHERE source IN ('shelf', 'book') ORDER BY 1;
SELECT columns_of('shelf'), columns_of('book');
SELECT * FROM interlink.audit();
