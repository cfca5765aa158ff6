-- One clear error for each thing that a lookup or rollup cannot be, and nothing half made.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA add_field_errors;
SET search_path = add_field_errors, public;

-- the definitions of this test
CREATE VIEW my_links AS
SELECT l.*, d.source_columns, d.target_columns, d.created
FROM interlink.links l JOIN interlink.link_definition d USING (id) JOIN pg_class c ON c.oid = d.source
WHERE c.relnamespace = quote_ident(current_schema)::regnamespace;
CREATE VIEW my_fields AS
SELECT f.*
FROM interlink.fields f JOIN interlink.field_definition d USING (id) JOIN pg_class c ON c.oid = d.holder
WHERE c.relnamespace = quote_ident(current_schema)::regnamespace;

CREATE TABLE team (id integer PRIMARY KEY, name text, taken text, at timestamptz);
CREATE TABLE project (id bigint PRIMARY KEY, title text, at timestamptz);
SELECT FROM interlink.add_link('project', 'team', 'team', inverse => 'projects');
CREATE TABLE lonely (id bigint PRIMARY KEY);

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

-- arguments
SELECT refused($$SELECT interlink.add_lookup('team', 'x', 'projects', NULL)$$);
SELECT refused($$SELECT interlink.add_lookup('team', NULL, 'projects', 'title')$$);
SELECT refused($$SELECT interlink.add_lookup('team', 'x', NULL, 'title')$$);
SELECT refused($$SELECT interlink.add_lookup('team', 'x', 'projects', 'title', storage => 'cloud')$$);
SELECT refused($$SELECT interlink.add_lookup('team', 'x', 'projects', 'title', max_items => 0)$$);
SELECT refused($$SELECT interlink.add_rollup('team', 'x', 'projects', 'total', 'title')$$);
SELECT refused($$SELECT interlink.add_rollup('team', 'x', 'projects', NULL)$$);
SELECT refused($$SELECT interlink.add_rollup('team', 'x', 'projects', 'sum')$$);
SELECT refused($$SELECT interlink.add_rollup('team', 'x', 'projects', 'max', 'title', separator => '; ')$$);

-- not yet
SELECT refused(format($$SELECT interlink.add_lookup('team', 'x', 'projects', 'title', %s)$$, option)) FROM unnest(
	ARRAY[$$filter => 'true'$$, $$order_by => 'title'$$, 'distinct_values => true', 'max_items => 3', $$storage => 'virtual'$$]) AS option;
SELECT refused($$SELECT interlink.add_rollup('team', 'x', 'projects', on_empty => '0')$$);

-- the way
SELECT refused($$SELECT interlink.add_lookup('team', 'x', 'tasks', 'title')$$);
SELECT refused($$SELECT interlink.add_lookup('team', 'x', 'Projects.', 'title')$$);
SELECT refused($$SELECT interlink.add_lookup('team', 'x', 'project.tasks', 'title')$$);
SELECT refused($$SELECT interlink.add_lookup('team', 'x', 'nowhere.team', 'title')$$);
SELECT refused($$SELECT interlink.add_lookup('lonely', 'x', 'project.team', 'title')$$);
SELECT refused($$SELECT interlink.add_lookup('lonely', 'x', 'team', 'name')$$);
SELECT refused($$SELECT interlink.add_lookup('nowhere', 'x', 'team', 'name')$$);

-- the field
SELECT refused(format($$SELECT interlink.add_lookup('team', 'x', 'projects', %L)$$, field)) FROM unnest(
	ARRAY['nothing', 'title +', 'title, id', 'title AS y', 'title y', 'nothing + 1', 'count(title)', '(SELECT 1)', 'row_number() OVER ()',
		  'generate_series(1, id)', 'now()', 'at::date', 'title || at', 'current_date', 'random()', 'title || id', 'concat(title, id)', 'project', 'project.*', 'NULL::record']) AS field;
SELECT refused($$SELECT interlink.add_lookup('project', 'x', 'team', 'name::unknown')$$);
SELECT refused($$SELECT interlink.add_rollup('project', 'x', 'team', 'array_agg', 'ARRAY[name::unknown]')$$);
SELECT refused($$SELECT interlink.add_rollup('project', 'x', 'team', 'max', 'coalesce(name, ''a''::pg_catalog.unknown)')$$);
SELECT refused($$SELECT interlink.add_rollup('team', 'x', 'projects', 'sum', 'title')$$);
SELECT refused($$SELECT interlink.add_rollup('team', 'x', 'projects', 'and', 'id')$$);
SELECT refused($$SELECT interlink.add_rollup('team', 'x', 'projects', 'array_join', 'nothing')$$);

-- the name
SELECT refused($$SELECT interlink.add_lookup('team', 'taken', 'projects', 'title')$$);
SELECT refused($$SELECT interlink.add_rollup('team', 'projects', 'projects')$$);
SELECT refused($$SELECT interlink.add_rollup('team', 'xmin', 'projects')$$);
CREATE FUNCTION full_name(team) RETURNS text LANGUAGE sql AS $$SELECT $1.name$$;
SELECT refused($$SELECT interlink.add_rollup('team', 'full_name', 'projects')$$);

-- cycles
CREATE TABLE node (id bigint PRIMARY KEY);
SELECT FROM interlink.add_link('node', 'parent', 'node', inverse => 'children');
SELECT refused($$SELECT interlink.add_lookup('node', 'root', 'parent', 'root')$$);
SELECT refused($$SELECT interlink.add_lookup('node', 'root', 'parent', 'coalesce(node.Root, id)')$$);

-- nothing is left of all this
SELECT attrelid::regclass, attname FROM pg_attribute
WHERE attrelid IN ('team'::regclass, 'project'::regclass, 'lonely'::regclass) AND attnum > 0 AND NOT attisdropped ORDER BY 1, attnum;
SELECT holder, name FROM my_fields ORDER BY 1, 2;
SELECT FROM interlink.drop_field('project', 'team');
SELECT FROM interlink.drop_field('node', 'parent');
