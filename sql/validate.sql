-- validate(): what would be refused if a record were written, and nothing else; it writes nothing.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA validate;
SET search_path = validate, public;

CREATE DOMAIN percent AS integer CHECK (VALUE BETWEEN 0 AND 100);
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TYPE size AS (width integer, height integer);
CREATE TABLE region (country text, code text, PRIMARY KEY (country, code));
CREATE TABLE employee (id integer PRIMARY KEY, name text NOT NULL, email text UNIQUE);
CREATE TABLE badge (code text PRIMARY KEY);
CREATE TABLE project (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title varchar(10) NOT NULL, code text, country text,
	twice integer GENERATED ALWAYS AS (2) STORED, cost numeric, tags text[], due date, done percent, how mood DEFAULT 'good' NOT NULL,
	area size, extra jsonb, FOREIGN KEY (country, code) REFERENCES region, UNIQUE (title, cost));
SELECT FROM interlink.add_link('project', 'manager', 'employee', inverse => 'manages');
SELECT FROM interlink.add_link('project', 'lead', 'employee', required => true, inverse => 'leads');
SELECT FROM interlink.add_link('project', 'team', 'employee', 'many_to_many', inverse => 'projects');
SELECT FROM interlink.add_link('employee', 'badge', 'badge', 'one_to_one', inverse => 'owner');
SELECT FROM interlink.add_link('employee', 'toys', 'badge', 'one_to_many', inverse => 'player');
SELECT FROM interlink.add_link('employee', 'boss', 'employee', columns => 'none');
SELECT FROM interlink.add_lookup('project', 'manager_name', 'manager', 'name');
SELECT FROM interlink.add_rollup('employee', 'managed', 'manages');
INSERT INTO region VALUES ('DE', 'BY');
INSERT INTO employee (id, name, email) VALUES (1, 'ann', 'ann@example.org'), (2, 'ben', NULL), (3, 'cleo', NULL);
INSERT INTO badge VALUES ('x'), ('y'), ('z');
UPDATE employee SET badge = 'x', toys = '{x,y}' WHERE id = 1;
INSERT INTO project (title, cost, lead, manager, team) VALUES ('one', 5, 1, 2, '{1,2}');

-- what is said must be so: the record is written, and the error that comes is shown beside what was said of it
CREATE FUNCTION check_it(holder regclass, record jsonb, OUT said text, OUT done text) RETURNS record LANGUAGE plpgsql AS $$
DECLARE columns text; found integer; key text;
BEGIN
	SELECT string_agg(concat_ws(' ', v.column_name, '(' || v.key || ')', '-', v.problem), E'\n' ORDER BY v.column_name, v.key) INTO said
	FROM interlink.validate(holder, record) v;
	SELECT string_agg(quote_ident(c), ', ') INTO columns FROM jsonb_object_keys(record) c;
	SELECT attname INTO key FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey) WHERE indrelid = holder AND indisprimary;
	BEGIN
		EXECUTE format('SELECT count(*) FROM %s WHERE %I::text = $1', holder, key) INTO found USING record ->> key;
		IF found = 1 THEN
			SELECT string_agg(format('%I = r.%1$I', c), ', ') INTO columns FROM jsonb_object_keys(record) c WHERE c <> key;
			EXECUTE format('UPDATE %1$s t SET %2$s FROM jsonb_populate_record(NULL::%1$s, $1) r WHERE t.%3$I::text = $1 ->> %3$L', holder, columns, key) USING record;
		ELSE
			EXECUTE format('INSERT INTO %s (%s) SELECT %2$s FROM jsonb_populate_record(NULL::%1$s, $1)', holder, columns) USING record;
		END IF;
		done := 'accepted';
		RAISE EXCEPTION 'undo' USING ERRCODE = 'UND00';
	EXCEPTION
		WHEN SQLSTATE 'UND00' THEN NULL;
		WHEN OTHERS THEN done := SQLSTATE || ' ' || SQLERRM;
	END;
END $$;

-- all is well
SELECT record, c.* FROM (VALUES
	('{"title": "New", "lead": 1}'::jsonb),
	('{"title": "New", "lead": [1], "manager": null, "team": []}'),
	('{"title": "New", "lead": "1", "manager": [{"id": 2}], "team": [{"id": 1}, {"id": 3}], "tags": ["a", "b"], "due": "2024-02-29", "done": 50}'),
	('{"title": "New", "lead_id": 1, "how": "bad", "area": {"width": 1}, "extra": {"a": [1]}, "country": "DE", "code": "BY"}'),
	('{"title": "New", "lead": 1, "lead_id": 1, "country": "DE"}'),
	('{"title": "New", "lead": 1, "manager": 3, "manager_name": "cleo"}'),
	('{"title": "New", "lead": 1, "manager": 3, "manager_name": null}'),
	('{"title": "one", "lead": 1, "cost": null}')) AS r(record), check_it('project', record) c;
SELECT record, c.* FROM (VALUES
	('{"id": 1, "name": "anna", "badge": "x", "toys": ["x", "z"], "email": "ann@example.org", "managed": 0}'::jsonb),
	('{"id": 2, "badge": "y", "toys": [], "manages": []}'),
	('{"id": 4, "name": "dan", "managed": 0, "boss_id": 3}')) AS r(record), check_it('employee', record) c;
SELECT record, c.* FROM (VALUES
	('{"code": "x", "owner": 1}'::jsonb), ('{"code": "x", "owner": null}'), ('{"code": "x", "owner": 2}'), ('{"code": "y", "player": 3}')) AS r(record), check_it('badge', record) c;

-- unknown columns, wrong types, computed columns
\x on
SELECT record, c.* FROM (VALUES
	('{"title": "New", "lead": 1, "Project Manager": 2}'::jsonb),
	('{"title": "New", "lead": 1, "xmin": 2}'),
	('{"title": "much too long for it", "lead": 1}'),
	('{"title": "New", "lead": 1, "cost": "x"}'),
	('{"title": "New", "lead": 1, "due": "2024-02-30"}'),
	('{"title": "New", "lead": 1, "done": 101}'),
	('{"title": "New", "lead": 1, "how": "so so"}'),
	('{"title": "New", "lead": 1, "area": [1, 2]}'),
	('{"title": "New", "lead": 1, "tags": "a"}'),
	('{"title": "New", "lead": 1, "manager": ["invalid_id"]}'),
	('{"title": "New", "lead": 1, "manager": [[2]]}'),
	('{"title": "New", "lead": 1, "manager": {"name": "ann"}}'),
	('{"title": "New", "lead": 1, "id": 17}'),
	('{"title": "New", "lead": 1, "twice": 2}'),
	('{"title": "New", "lead": 1, "manager_name": "ann"}'),
	('{"title": "New", "lead": 1, "manager": 3, "manager_name": "ann"}')) AS r(record), check_it('project', record) c;
-- links
SELECT record, c.* FROM (VALUES
	('{"title": "New", "lead": 1, "manager": 99}'::jsonb),
	('{"title": "New", "lead": 1, "manager_id": 99}'),
	('{"title": "New", "lead": 1, "manager": [1, 2]}'),
	('{"title": "New", "lead": 1, "team": [1, 98, 99]}'),
	('{"title": "New", "lead": 1, "country": "DE", "code": "XX"}'),
	('{"title": "New", "lead": 1, "lead_id": 2}'),
	('{"title": "New"}'),
	('{"title": "New", "lead": null}'),
	('{"title": "New", "lead": []}'),
	('{"title": "New", "lead": [1, 2]}'),
	('{"title": "New", "lead_id": null}'),
	('{"lead": 1}'),
	('{"title": null, "lead": 1, "how": null}'),
	('{"title": "one", "lead": 1, "cost": 5.0}')) AS r(record), check_it('project', record) c;
SELECT record, c.* FROM (VALUES
	('{"id": 4, "name": "dan", "badge": "x"}'::jsonb),
	('{"id": 4, "name": "dan", "badge_code": "x"}'),
	('{"id": 4, "name": "dan", "toys": ["x", "z", "q"]}'),
	('{"id": 4, "name": "dan", "managed": 7}'),
	('{"id": 4, "name": "dan", "email": "ann@example.org"}'),
	('{"id": 4, "name": "dan", "boss": 1}'),
	('{"id": 4, "name": "dan", "boss_id": 99}'),
	('{"id": 2, "badge": "x"}'),
	('{"id": 2, "toys": ["y"]}'),
	('{"id": 2, "managed": 0}'),
	('{"id": 1, "leads": []}'),
	('{"id": 1, "name": null}')) AS r(record), check_it('employee', record) c;
SELECT record, c.* FROM (VALUES
	('{"code": "new", "owner": 1}'::jsonb), ('{"code": "y", "owner": [1, 2]}'), ('{"code": "y", "owner": 99}'), ('{"owner": 2}')) AS r(record), check_it('badge', record) c;
\x off
-- what is not looked at, or not to be written, by the settings of the session
SET interlink.computed_writes = 'ignore';
SELECT record, c.* FROM (VALUES ('{"title": "New", "lead": 1, "manager_name": "ann"}'::jsonb)) AS r(record), check_it('project', record) c;
RESET interlink.computed_writes;
SET interlink.link_writes = 'ignore';
SELECT record, c.* FROM (VALUES ('{"title": "New", "lead": 1}'::jsonb), ('{"title": "New", "lead": 99, "lead_id": 1, "team": [99]}')) AS r(record), check_it('project', record) c;
SET interlink.link_writes = 'error';
SELECT record, c.* FROM (VALUES ('{"title": "New", "lead": 1}'::jsonb), ('{"title": "New", "lead": 1, "lead_id": 1, "team": []}'),
	('{"title": "New", "lead_id": 1, "team": [1]}')) AS r(record), check_it('project', record) c;
SELECT record, c.* FROM (VALUES ('{"id": 1, "badge": "x", "toys": ["y", "x"]}'::jsonb), ('{"id": 1, "badge": "y"}'), ('{"id": 1, "toys": []}')) AS r(record), check_it('employee', record) c;
RESET interlink.link_writes;

-- several at once
SELECT * FROM interlink.validate('project', '{"nothing": 1, "title": "much too long for it", "manager": 99, "team": [98, 99], "cost": "x", "twice": 3}') ORDER BY 1, 2;

-- nothing has been written, and no number used up
SELECT count(*), max(id) FROM project;
INSERT INTO project (title, lead) VALUES ('two', 1);
SELECT count(*) FROM interlink.validate('project', '{"title": "New", "lead": 1}');
INSERT INTO project (title, lead) VALUES ('three', 1);
SELECT max(id) - min(id) AS numbers_apart FROM project WHERE title IN ('two', 'three');
BEGIN READ ONLY;
SELECT * FROM interlink.validate('project', '{"title": "New"}');
COMMIT;

-- who may neither insert nor update may not ask; row security and the rights on other tables are not in the way
RESET SESSION AUTHORIZATION;
CREATE ROLE regress_interlink_writer;
GRANT USAGE ON SCHEMA validate TO regress_interlink_writer;
ALTER TABLE employee ENABLE ROW LEVEL SECURITY;
SET SESSION AUTHORIZATION regress_interlink_writer;
SELECT * FROM interlink.validate('project', '{"title": "New", "lead": 1}');
RESET SESSION AUTHORIZATION;
GRANT INSERT (title, lead) ON project TO regress_interlink_writer;
SET SESSION AUTHORIZATION regress_interlink_writer;
SELECT * FROM interlink.validate('project', '{"title": "New", "lead": 1}');
SELECT * FROM interlink.validate('project', '{"title": "New", "lead": 99}');
RESET SESSION AUTHORIZATION;
DROP OWNED BY regress_interlink_writer;
DROP ROLE regress_interlink_writer;
ALTER TABLE employee DISABLE ROW LEVEL SECURITY;
SET SESSION AUTHORIZATION regress_interlink;

-- a partition has the links of its table
CREATE TABLE task (id integer PRIMARY KEY, title text NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE task_1 PARTITION OF task FOR VALUES FROM (0) TO (10);
SELECT FROM interlink.add_link('task', 'person', 'employee', required => true, inverse => 'tasks');
SELECT FROM interlink.add_link('task', 'mark', 'badge', 'one_to_many', inverse => 'task');
INSERT INTO task (id, title, person, mark) VALUES (1, 'sweep', 1, '{x}');
SELECT record, c.* FROM (VALUES ('{"id": 2, "title": "mop", "person": 1, "mark": ["y"]}'::jsonb), ('{"id": 2, "title": "mop", "person": 99}'), ('{"id": 2, "person": 1}'),
	('{"id": 2, "title": "mop", "person": 1, "mark": ["x"]}'), ('{"id": 1, "mark": ["x"]}'), ('{"id": 1, "person": null}')) AS r(record), check_it('task_1', record) c;

-- a table without links, and what is no table or no record
CREATE TABLE plain (a integer, b text NOT NULL DEFAULT 'x');
SELECT * FROM interlink.validate('plain', '{"a": 1}');
SELECT * FROM interlink.validate('plain', '{"a": "x", "b": null}');
SELECT * FROM interlink.validate('plain', '[]');
SELECT * FROM interlink.validate('plain', '1');
SELECT * FROM interlink.validate('plain', NULL);
SELECT * FROM interlink.validate(NULL, '{}');
CREATE VIEW seen AS SELECT * FROM plain;
SELECT * FROM interlink.validate('seen', '{"a": 1}');
SELECT * FROM interlink.validate(4294967290::oid::regclass, '{"a": 1}');
