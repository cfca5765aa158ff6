-- Lookups and rollups: what columns they are, and what they show of rows that were there before.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA add_field;
SET search_path = add_field, public;

-- the definitions of this test
CREATE VIEW my_links AS
SELECT l.*, d.source_columns, d.target_columns, d.created
FROM interlink.links l JOIN interlink.link_definition d USING (id) JOIN pg_class c ON c.oid = d.source
WHERE c.relnamespace = quote_ident(current_schema)::regnamespace;
CREATE VIEW my_fields AS
SELECT f.*
FROM interlink.fields f JOIN interlink.field_definition d USING (id) JOIN pg_class c ON c.oid = d.holder
WHERE c.relnamespace = quote_ident(current_schema)::regnamespace;

CREATE DOMAIN price AS numeric(8,2) NOT NULL CHECK (VALUE >= 0);
CREATE TABLE team (id integer PRIMARY KEY, name varchar(20) COLLATE "C", tags text[], active boolean);
CREATE TABLE project (id bigint PRIMARY KEY, title text, cost price DEFAULT 0, hours integer, ratio double precision,
	done boolean, due date, labels text[], doubled integer GENERATED ALWAYS AS (hours * 2) STORED);
CREATE TABLE person (id uuid PRIMARY KEY, name text);
SELECT FROM interlink.add_link('project', 'team', 'team', inverse => 'projects');
SELECT FROM interlink.add_link('project', 'members', 'person', 'many_to_many', inverse => 'projects');
SELECT FROM interlink.add_link('person', 'boss', 'person');
INSERT INTO team VALUES (1, 'red', '{a,b}', true), (2, 'blue', NULL, false), (3, 'idle', '{}', true);
INSERT INTO project (id, title, cost, hours, ratio, done, due, labels, team_id) VALUES
	(1, 'one', 10.50, 3, 0.5, true, '2024-01-01', '{x,y}', 1),
	(2, 'two', 20, NULL, 1.5, false, '2024-02-01', '{y}', 1),
	(3, '', 0, 7, NULL, NULL, NULL, NULL, 2);
INSERT INTO person SELECT ('00000000-0000-0000-0000-00000000000' || i)::uuid, 'p' || i FROM generate_series(1, 3) AS i;
INSERT INTO project_members SELECT 1, id FROM person;
UPDATE person SET boss_id = '00000000-0000-0000-0000-000000000001' WHERE name <> 'p1';

-- columns of a table but for the links
CREATE FUNCTION fields_of(regclass) RETURNS TABLE (name name, type text, default_value text, is_not_null boolean, its_collation name)
LANGUAGE sql AS $$
SELECT attname, format_type(atttypid, atttypmod), pg_get_expr(adbin, adrelid), attnotnull, collname
FROM pg_attribute a JOIN interlink.field_definition f ON f.holder = a.attrelid AND f.name = a.attname
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_collation c ON c.oid = a.attcollation
WHERE a.attrelid = $1 AND f.kind <> 'link' ORDER BY attnum $$;

-- over a to-one end: the field's own type, but for domains
SELECT interlink.add_lookup('project', 'team_name', 'team', 'name', comment => 'of the team') > 0 AS made;
SELECT FROM interlink.add_lookup('project', 'team_upper', 'team', 'upper(name)');
SELECT FROM interlink.add_lookup('project', 'team_tags', 'team', 'tags');
SELECT FROM interlink.add_lookup('person', 'boss_name', 'boss', 'name');
SELECT * FROM fields_of('project');
SELECT id, team_name, team_upper, team_tags FROM project ORDER BY id;
SELECT name, boss_name FROM person ORDER BY name;
SELECT col_description('project'::regclass, attnum) FROM pg_attribute WHERE attrelid = 'project'::regclass AND attname = 'team_name';

-- over a to-many end: an array in link order, without nulls, arrays flattened
SELECT FROM interlink.add_lookup('team', 'titles', 'projects', 'title');
SELECT FROM interlink.add_lookup('team', 'costs', 'projects', 'cost');
SELECT FROM interlink.add_lookup('team', 'hours', 'projects', 'hours');
SELECT FROM interlink.add_lookup('team', 'labels', 'projects', 'labels');
SELECT FROM interlink.add_lookup('team', 'doubled', 'projects', 'doubled + 1');
SELECT FROM interlink.add_lookup('project', 'member_names', 'members', 'name');
SELECT * FROM fields_of('team');
SELECT id, titles, costs, hours, labels, doubled FROM team ORDER BY id;
SELECT id, member_names FROM project ORDER BY id;
SELECT FROM interlink.drop_field('team', 'titles');
SELECT FROM interlink.drop_field('team', 'costs');
SELECT FROM interlink.drop_field('team', 'hours');
SELECT FROM interlink.drop_field('team', 'labels');
SELECT FROM interlink.drop_field('team', 'doubled');

-- rollups
SELECT FROM interlink.add_rollup('team', 'n', 'projects');
SELECT FROM interlink.add_rollup('team', 'n_field', 'projects', 'CountAll', 'title');
SELECT FROM interlink.add_rollup('team', 'titled', 'projects', 'counta', 'title');
SELECT FROM interlink.add_rollup('team', 'cost', 'projects', 'sum', 'cost');
SELECT FROM interlink.add_rollup('team', 'hours', 'projects', 'sum', 'hours');
SELECT FROM interlink.add_rollup('team', 'ratio', 'projects', 'sum', 'ratio');
SELECT FROM interlink.add_rollup('team', 'mean', 'projects', 'average', 'hours');
SELECT FROM interlink.add_rollup('team', 'first_due', 'projects', 'min', 'due');
SELECT FROM interlink.add_rollup('team', 'last_title', 'projects', 'max', 'title');
SELECT FROM interlink.add_rollup('team', 'all_done', 'projects', 'and', 'done');
SELECT FROM interlink.add_rollup('team', 'some_done', 'projects', 'or', 'done');
SELECT FROM interlink.add_rollup('team', 'value', 'projects', 'sum', 'cost * coalesce(hours, 1)');
SELECT FROM interlink.add_rollup('team', 'titles', 'projects', 'array_agg', 'title');
SELECT FROM interlink.add_rollup('team', 'flags', 'projects', 'array_unique', 'done');
SELECT FROM interlink.add_rollup('team', 'list', 'projects', 'array_join', 'title');
SELECT FROM interlink.add_rollup('team', 'lines', 'projects', 'array_join', 'hours', separator => ' / ');
SELECT * FROM fields_of('team');
SELECT id, n, n_field, titled, cost, hours, ratio, mean, first_due FROM team ORDER BY id;
SELECT id, last_title, all_done, some_done, value, titles, flags, list, lines FROM team ORDER BY id;

-- from the far end, of a link that has no name there; and of a link that has one
SELECT FROM interlink.add_rollup('person', 'reports', 'person.boss', 'count');
SELECT FROM interlink.add_rollup('person', 'project_hours', 'Project.Members', 'sum', 'hours');
SELECT name, reports, project_hours FROM person ORDER BY name;

-- fields of fields
SELECT FROM interlink.add_lookup('project', 'team_cost', 'team', 'cost');
SELECT FROM interlink.add_rollup('person', 'team_cost', 'projects', 'max', 'team_cost');
SELECT FROM interlink.add_lookup('person', 'boss_team_cost', 'boss', 'team_cost');
SELECT name, team_cost, boss_team_cost FROM person ORDER BY name;

SELECT holder, name, kind, via, function, field, storage FROM my_fields WHERE kind <> 'link' ORDER BY id;
SELECT * FROM interlink.audit();

-- what has been defined holds from the first moment
UPDATE project SET cost = 100 WHERE id = 1;
INSERT INTO project (id, title, hours, team_id) VALUES (4, 'four', 40, 3);
SELECT id, n, cost, hours, list FROM team ORDER BY id;
SELECT name, team_cost, boss_team_cost FROM person ORDER BY name;
SELECT * FROM interlink.audit();
