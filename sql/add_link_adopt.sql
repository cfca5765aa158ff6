-- A foreign key that exists is adopted as it stands; only what is missing is added.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA add_link_adopt;
SET search_path = add_link_adopt, public;

-- the definitions of this test
CREATE VIEW my_links AS
SELECT l.*, d.source_columns, d.target_columns, d.created
FROM interlink.links l JOIN interlink.link_definition d USING (id) JOIN pg_class c ON c.oid = d.source
WHERE c.relnamespace = quote_ident(current_schema)::regnamespace;
CREATE VIEW my_fields AS
SELECT f.*
FROM interlink.fields f JOIN interlink.field_definition d USING (id) JOIN pg_class c ON c.oid = d.holder
WHERE c.relnamespace = quote_ident(current_schema)::regnamespace;

CREATE TABLE team (id integer PRIMARY KEY, code text UNIQUE);
INSERT INTO team VALUES (1, 'red'), (2, 'blue');

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
	detail := regexp_replace(detail, ' of the referenc(ing|ed) table', '', 'g');	-- from PostgreSQL 18 on
	RETURN concat_ws(E'\n', state || ': ' || message, 'DETAIL: ' || nullif(detail, ''), 'HINT: ' || nullif(hint, ''));
END $$;

-- nothing is renamed, nothing created but the index; by default without link columns
CREATE TABLE project (id bigint PRIMARY KEY, owned_by integer CONSTRAINT ownership REFERENCES team ON DELETE CASCADE);
INSERT INTO project VALUES (1, 1), (2, 1), (3, NULL);
SELECT FROM interlink.add_link('project', 'team', 'team', inverse => 'projects', foreign_key => '{owned_by}');
\d project
TABLE storage;
SELECT name, inverse, stored_in, on_delete, required, columns FROM my_links;
SELECT created FROM my_links;
SELECT FROM interlink.drop_field('project', 'team');
\d project

-- with link columns: existing rows are filled, on both sides
SELECT FROM interlink.add_link('project', 'team', 'team', inverse => 'projects', foreign_key => '{owned_by}', columns => 'link');
SELECT * FROM project ORDER BY id;
SELECT * FROM team ORDER BY id;
SELECT * FROM interlink.audit();
SELECT FROM interlink.drop_field('team', 'projects');

-- the second end, added later, is filled too
SELECT FROM interlink.add_link('project', 'team', 'team', foreign_key => '{owned_by}', columns => 'link');
SELECT FROM interlink.add_link('team', 'projects', 'project', 'one_to_many', inverse => 'team');
SELECT * FROM team ORDER BY id;
SELECT FROM interlink.drop_field('team', 'projects');

-- a column without a constraint gets one, and loses it again
CREATE TABLE task (id bigint PRIMARY KEY, team_id integer);
INSERT INTO task VALUES (1, 2);
SELECT FROM interlink.add_link('task', 'team', 'team', foreign_key => '{team_id}', required => true, columns => 'link');
SELECT * FROM task;
SELECT created, on_delete FROM my_links;
\d task
SELECT FROM interlink.drop_field('task', 'team');
\d task
INSERT INTO task VALUES (2, 99);
SELECT refused($$SELECT interlink.add_link('task', 'team', 'team', foreign_key => '{team_id}')$$);

-- one_to_one adds the UNIQUE constraint, or takes an existing one
CREATE TABLE badge (id bigint PRIMARY KEY, team_id integer REFERENCES team, other_id integer UNIQUE REFERENCES team);
SELECT FROM interlink.add_link('badge', 'team', 'team', 'one_to_one', foreign_key => '{team_id}');
SELECT FROM interlink.add_link('badge', 'other', 'team', 'one_to_one', foreign_key => '{other_id}');
SELECT name, created FROM my_links ORDER BY name;
SELECT * FROM storage WHERE on_table = 'badge';
SELECT FROM interlink.drop_field('badge', 'team');
SELECT FROM interlink.drop_field('badge', 'other');
SELECT * FROM storage WHERE on_table = 'badge';

-- one_to_many adopts on the target; a unique key that is not the primary key
CREATE TABLE note (id bigint PRIMARY KEY, team_code text REFERENCES team (code) ON UPDATE CASCADE ON DELETE SET NULL);
CREATE INDEX note_team_code ON note (team_code, id);
INSERT INTO note VALUES (1, 'red'), (2, 'red');
SELECT FROM interlink.add_link('team', 'notes', 'note', 'one_to_many', inverse => 'team', foreign_key => '{team_code}', columns => 'link');
SELECT source_columns, target_columns, created FROM my_links;
SELECT * FROM note ORDER BY id;
SELECT * FROM team ORDER BY id;
SELECT FROM interlink.drop_field('note', 'team');

-- NOT NULL columns make the link required
CREATE TABLE visit (id bigint PRIMARY KEY, team_id integer NOT NULL REFERENCES team);
SELECT FROM interlink.add_link('visit', 'team', 'team', foreign_key => '{team_id}');
SELECT required, on_delete, columns FROM my_links;

-- refused
CREATE TABLE bad (id bigint PRIMARY KEY,
	deferred integer REFERENCES team DEFERRABLE,
	cleared integer REFERENCES team ON DELETE SET NULL,
	elsewhere bigint REFERENCES project,
	twin integer GENERATED ALWAYS AS (1) STORED REFERENCES team,
	amount numeric);
ALTER TABLE bad ADD COLUMN unchecked integer;
ALTER TABLE bad ADD FOREIGN KEY (unchecked) REFERENCES team NOT VALID;
SELECT refused(format($$SELECT interlink.add_link('bad', 'team', 'team', foreign_key => %L)$$, column_name))
FROM unnest(ARRAY['{elsewhere}', '{twin}', '{unchecked}', '{amount}', '{cleared,deferred}', '{ctid}']) AS column_name;
SELECT refused($$SELECT interlink.add_link('bad', 'team', 'team', foreign_key => '{cleared}', on_delete => 'cascade')$$);
SELECT refused($$SELECT interlink.add_link('bad', 'team', 'team', foreign_key => '{cleared}', required => true)$$);
SELECT refused($$SELECT interlink.add_link('visit', 'again', 'team', foreign_key => '{team_id}')$$);
CREATE TABLE must (id bigint PRIMARY KEY, team_id integer NOT NULL);
SELECT refused($$SELECT interlink.add_link('must', 'team', 'team', foreign_key => '{team_id}', on_delete => 'unlink')$$);
-- the default name exists: to adopt it must be said
SELECT refused($$SELECT interlink.add_link('must', 'team', 'team')$$);
SELECT FROM interlink.drop_field('visit', 'team');
