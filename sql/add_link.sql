-- The four relationships, one-way and with inverse: what add_link makes of them.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA add_link;
SET search_path = add_link, public;

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
CREATE TABLE country (code text COLLATE "C" PRIMARY KEY);
CREATE TABLE room (number smallint PRIMARY KEY);

-- what a link is stored as
CREATE VIEW storage AS
SELECT c.conrelid::regclass::text AS on_table, c.contype::text AS type, pg_get_constraintdef(c.oid) AS definition
FROM pg_constraint c WHERE c.connamespace = quote_ident(current_schema)::regnamespace AND c.contype IN ('f', 'p', 'u')
UNION ALL
SELECT i.indrelid::regclass::text, 'index', substring(pg_get_indexdef(i.indexrelid) FROM 'USING .*')
FROM pg_index i JOIN pg_class r ON r.oid = i.indrelid
WHERE r.relnamespace = quote_ident(current_schema)::regnamespace
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u'))
ORDER BY 1, 2, 3;

CREATE FUNCTION columns_of(tables regclass[]) RETURNS TABLE (on_table regclass, name name, type text, is_not_null boolean, default_value text)
LANGUAGE sql AS $$
SELECT attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid)
FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE attrelid = ANY (tables) AND attnum > 0 AND NOT attisdropped ORDER BY array_position(tables, attrelid::regclass), attnum $$;

-- many_to_one is the default; the inverse shows the other direction
BEGIN;
SELECT interlink.add_link('project', 'team', 'team', inverse => 'projects', comment => 'who works on it') > 0 AS made;
\d project
\d team
TABLE storage;
SELECT col_description('project'::regclass, attnum) FROM pg_attribute WHERE attrelid = 'project'::regclass AND attname = 'team';
SELECT source, name, target, relationship, inverse, storage, stored_in, on_delete, on_taken, required, ordered, columns, comment
FROM my_links;
SELECT holder, name, kind, via, storage, ready, comment FROM my_fields ORDER BY 1, 2;
ROLLBACK;

-- one_to_one: a UNIQUE constraint, and no second index
BEGIN;
SELECT FROM interlink.add_link('team', 'lead', 'person', 'one_to_one', inverse => 'leads');
SELECT * FROM columns_of(ARRAY['team'::regclass]);
TABLE storage;
ROLLBACK;

-- one_to_many: the key is on the target
BEGIN;
SELECT FROM interlink.add_link('team', 'projects', 'project', 'one_to_many', inverse => 'team');
SELECT FROM interlink.add_link('person', 'rooms', 'room', 'one_to_many');
SELECT * FROM columns_of(ARRAY['project'::regclass, 'room'::regclass]);
TABLE storage;
ROLLBACK;

-- many_to_many: a junction table
BEGIN;
SELECT FROM interlink.add_link('project', 'members', 'person', 'many_to_many', inverse => 'projects');
SELECT FROM interlink.add_link('project', 'rooms', 'room', 'many_to_many', junction => 'Booking');
SELECT FROM interlink.add_link('person', 'lives_in', 'country', 'many_to_many', on_delete => 'restrict');
SELECT * FROM columns_of(ARRAY['project'::regclass, 'project_members'::regclass]);
TABLE storage;
SELECT relname, pg_get_userbyid(relowner) FROM pg_class
	WHERE relname IN ('project_members', 'booking') AND relnamespace = current_schema::regnamespace ORDER BY 1;
ROLLBACK;

-- required, and what happens on delete
BEGIN;
SELECT FROM interlink.add_link('project', 'team', 'team', required => true);
SELECT FROM interlink.add_link('project', 'lead', 'person', on_delete => 'restrict');
SELECT FROM interlink.add_link('project', 'origin', 'country', on_delete => 'cascade', required => true);
SELECT FROM interlink.add_link('team', 'rooms', 'room', 'one_to_many', required => true);
TABLE storage;
SELECT attrelid::regclass, attname, attnotnull FROM pg_attribute
WHERE attrelid IN ('project'::regclass, 'room'::regclass) AND attname LIKE '%\_id' ORDER BY 1, 2;
SELECT source, name, on_delete, required FROM my_links ORDER BY 1, 2;
ROLLBACK;

-- self-links, and several links between two tables
BEGIN;
SELECT FROM interlink.add_link('person', 'boss', 'person', inverse => 'reports');
SELECT FROM interlink.add_link('person', 'friends', 'person', 'many_to_many', inverse => 'friend_of');
SELECT FROM interlink.add_link('project', 'team', 'team', inverse => 'projects');
SELECT FROM interlink.add_link('project', 'reviewers', 'team', inverse => 'reviews', foreign_key => '{reviewed_by}');
SELECT * FROM columns_of(ARRAY['person'::regclass]);
SELECT source, name, target, inverse, stored_in FROM my_links ORDER BY 1, 2;
SELECT holder, name FROM my_fields ORDER BY 1, 2;
ROLLBACK;

-- in two steps: the second names the first, which points back
BEGIN;
SELECT interlink.add_link('project', 'team', 'team') AS first \gset
SELECT interlink.add_link('team', 'projects', 'project', 'one_to_many', inverse => 'team', comment => 'theirs') = :first AS paired;
SELECT interlink.add_link('team', 'members', 'person', 'many_to_many') AS first \gset
SELECT interlink.add_link('person', 'teams', 'team', 'many_to_many', inverse => 'members') = :first AS paired;
SELECT interlink.add_link('person', 'boss', 'person') AS first \gset
SELECT interlink.add_link('person', 'reports', 'person', 'one_to_many', inverse => 'boss') = :first AS paired;
SELECT source, name, target, relationship, inverse, stored_in FROM my_links ORDER BY 1, 2;
SELECT holder, name, comment FROM my_fields ORDER BY 1, 2;
ROLLBACK;

-- keys of each type, and no columns at all
BEGIN;
SELECT FROM interlink.add_link('project', 'room', 'room');
SELECT FROM interlink.add_link('project', 'country', 'country', inverse => 'projects');
SELECT FROM interlink.add_link('project', 'person', 'person', columns => 'none', inverse => 'projects');
SELECT * FROM columns_of(ARRAY['project'::regclass, 'country'::regclass, 'person'::regclass]);
SELECT source, name, inverse, columns FROM my_links ORDER BY 1, 2;
ROLLBACK;

-- the triggers that a link needs
BEGIN;
SELECT FROM interlink.add_link('project', 'members', 'person', 'many_to_many');
SELECT tgrelid::regclass AS on_table, tgname FROM pg_trigger
WHERE NOT tgisinternal AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'add_link'::regnamespace) ORDER BY tgrelid, tgname;
ROLLBACK;

SELECT count(*) AS left_over FROM my_links;
