-- Arrays in place of link columns, for clients that cannot read a type of its own: the same
-- statements do the same.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
CREATE SCHEMA array_columns;
SET search_path = array_columns, public;

-- one set of tables in each form, and what happened to each
CREATE TABLE outcome (n int, form text, state text, message text, tables text);
SET check_function_bodies = off;
CREATE FUNCTION contents() RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(E'\n',
		(SELECT string_agg(concat_ws(' ', id, members::text, projects::text, lead::text, n, names, first_project), '; ' ORDER BY id) FROM team),
		(SELECT string_agg(concat_ws(' ', id, coalesce(team_id::text, '-'), coalesce(team::text, '-'), works::text, leads::text, plan::text, note), '; ' ORDER BY id COLLATE "C") FROM person),
		(SELECT string_agg(concat_ws(' ', id, staff::text, ordered_by::text), '; ' ORDER BY id) FROM project),
		(SELECT string_agg(concat_ws(' ', source, target), '; ' ORDER BY source, target) FROM project_staff))
$$;
CREATE FUNCTION run_in(form text, statements text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	n int := 0;
	statement text;
	state text;
	message text;
BEGIN
	EXECUTE format('CREATE SCHEMA form_%s', form);
	EXECUTE format('SET LOCAL search_path = form_%s, array_columns, public', form);
	CREATE TABLE team (id int PRIMARY KEY);
	CREATE TABLE person (id text PRIMARY KEY, note text);
	CREATE TABLE project (id uuid PRIMARY KEY);
	PERFORM interlink.add_link('team', 'members', 'person', 'one_to_many', inverse => 'team', columns => form);
	PERFORM interlink.add_link('team', 'lead', 'person', 'one_to_one', inverse => 'leads', columns => form, on_taken => 'move');
	PERFORM interlink.add_link('project', 'staff', 'person', 'many_to_many', inverse => 'works', columns => form);
	PERFORM interlink.add_link('team', 'projects', 'project', 'many_to_many', columns => form, ordered => true);
	PERFORM interlink.add_link('person', 'plan', 'project', 'one_to_many', inverse => 'ordered_by', columns => form, ordered => true);
	PERFORM interlink.add_rollup('team', 'n', 'members');
	PERFORM interlink.add_rollup('team', 'names', 'members', 'array_join', 'id');
	PERFORM interlink.add_rollup('team', 'first_project', 'projects', 'array_join', 'id');
	FOREACH statement IN ARRAY statements LOOP
		n := n + 1;
		state := NULL;
		message := NULL;
		BEGIN
			EXECUTE statement;
		EXCEPTION WHEN OTHERS THEN
			state := SQLSTATE;
			message := SQLERRM;
		END;
		EXECUTE format('INSERT INTO outcome SELECT %s, %L, %L, %L, contents()', n, form, state, message);
		PERFORM FROM interlink.audit() HAVING count(*) > 0;
		IF FOUND THEN
			RAISE 'audit after statement % as %', n, form;
		END IF;
	END LOOP;
END $$;

-- 1 is 00000000-0000-0000-0000-000000000001 and so on
CREATE FUNCTION u(text) RETURNS text LANGUAGE sql AS $$ SELECT regexp_replace($1, '#(\d)', '00000000-0000-0000-0000-00000000000\1', 'g') $$;
CREATE TABLE statement (n serial, s text);
INSERT INTO statement (s) SELECT u(s) FROM unnest(ARRAY[
	$$INSERT INTO team (id) VALUES (1), (2), (3)$$,
	$$INSERT INTO person (id, team) VALUES ('b', '{1}'), ('a', '{1}'), ('B', NULL), ('ä', '{}'), ('{"x",\}', '{2}')$$,
	$$INSERT INTO project (id, staff) VALUES ('#1', '{b,a,b}'), ('#2', '{}'), ('#3', NULL), ('#4', DEFAULT)$$,
	$$UPDATE team SET members = '{ä,a}' WHERE id = 1$$,
	$$UPDATE team SET members = '{B,NULL,b,B}' WHERE id = 3$$,
	$$UPDATE team SET members = NULL WHERE id = 2$$,
	$$UPDATE team SET members = '{b}' WHERE id = 1$$,
	$$UPDATE team SET members = CASE id WHEN 1 THEN '{B}' WHEN 3 THEN '{a}' ELSE members END$$,
	$$UPDATE team SET members = '{zz}' WHERE id = 1$$,
	$$UPDATE person SET team = '{2}' WHERE id = 'b'$$,
	$$UPDATE person SET team = '{1,2}' WHERE id = 'b'$$,
	$$UPDATE person SET team = '{1,1}' WHERE id = 'b'$$,
	$$UPDATE person SET team = '{9}' WHERE id = 'b'$$,
	$$UPDATE person SET team = '{2}', team_id = 3 WHERE id = 'b'$$,
	$$UPDATE person SET team = '{2}', team_id = 2 WHERE id = 'b'$$,
	$$UPDATE person SET team_id = 3$$,
	$$UPDATE person SET team = '{}' WHERE id < 'b'$$,
	$$UPDATE person SET note = team::text$$,
	$$UPDATE team SET lead = '{a}' WHERE id = 1$$,
	$$UPDATE person SET leads = '{1}' WHERE id = 'b'$$,
	$$UPDATE person SET leads = CASE id WHEN 'b' THEN '{2}' WHEN 'a' THEN '{1}' ELSE leads END$$,
	$$UPDATE person SET leads = '{1,2}' WHERE id = 'b'$$,
	$$UPDATE team SET lead = '{b}' WHERE id = 1$$,
	$$UPDATE team SET lead = NULL$$,
	$$UPDATE person SET works = '{#3,#1,#2}' WHERE id = 'a'$$,
	$$UPDATE project SET staff = '{b,"ä","{\"x\",\\}"}'$$,
	$$UPDATE project SET staff = '{nobody}'$$,
	$$UPDATE person SET works = '{#1,#9}'$$,
	$$DELETE FROM project_staff WHERE target = 'b' AND source <> '#2'$$,
	$$INSERT INTO project_staff VALUES ('#4', 'B') ON CONFLICT DO NOTHING$$,
	$$UPDATE team SET projects = '{#3,#1,#2}' WHERE id = 1$$,
	$$UPDATE team SET projects = '{#1,#3,#1,#2}' WHERE id = 1$$,
	$$UPDATE team SET projects = '{#2,#1}'$$,
	$$INSERT INTO team_projects (source, target) VALUES (2, '#4')$$,
	$$UPDATE person SET plan = '{#4,#2}' WHERE id = 'b'$$,
	$$UPDATE person SET plan = '{#2,#4,#1}' WHERE id = 'b'$$,
	$$UPDATE project SET ordered_by = '{b}' WHERE id = '#3'$$,
	$$UPDATE project SET ordered_by = NULL WHERE id = '#4'$$,
	$$UPDATE person SET id = upper(id) WHERE id = 'a'$$,
	$$UPDATE team SET id = id + 10$$,
	$$MERGE INTO team t USING (VALUES (11), (14)) v (id) ON t.id = v.id WHEN MATCHED THEN UPDATE SET members = '{b,A}' WHEN NOT MATCHED THEN INSERT (id, members) VALUES (v.id, '{B}')$$,
	$$INSERT INTO team (id, members) VALUES (11, '{}') ON CONFLICT (id) DO UPDATE SET members = excluded.members$$,
	$$DELETE FROM person WHERE id IN ('b', 'B')$$,
	$$WITH p AS (INSERT INTO project VALUES ('#5') RETURNING 1) UPDATE person SET works = '{#5,#4}', plan = '{#5}' WHERE id = 'A'$$,
	$$SET LOCAL interlink.link_writes = 'ignore'; UPDATE team SET members = '{A}', lead = '{A}'; INSERT INTO person (id, team, works) VALUES ('new', '{11}', '{#1}')$$,
	$$SET LOCAL interlink.link_writes = 'error'; UPDATE team SET members = '{A}'$$,
	$$SET LOCAL interlink.link_writes = 'apply'; TRUNCATE project CASCADE$$,
	$$DELETE FROM team$$]) AS s;
SELECT FROM run_in('link', (SELECT array_agg(s ORDER BY n) FROM statement));
SELECT FROM run_in('array', (SELECT array_agg(s ORDER BY n) FROM statement));

-- where anything differs; and what happened
SELECT n, s, a.form, a.state, a.message, a.tables FROM outcome a JOIN outcome b USING (n) JOIN statement USING (n)
WHERE a.form <> b.form AND (a.state, a.message, a.tables) IS DISTINCT FROM (b.state, b.message, b.tables) ORDER BY n, a.form;
SELECT n, coalesce(state || ': ' || message, '') AS error FROM outcome WHERE form = 'array' AND state IS NOT NULL ORDER BY n;
SELECT replace(tables, '00000000-0000-0000-0000-00000000000', '#') FROM outcome WHERE form = 'array' AND n IN (15, 26, 36, 44) ORDER BY n;

-- the columns
SET search_path = form_array, public;
SELECT attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid)
FROM pg_attribute a JOIN interlink.field_definition f ON (f.holder, f.name) = (attrelid, attname) AND f.kind = 'link'
	LEFT JOIN pg_attrdef d ON adrelid = attrelid AND adnum = attnum
WHERE attrelid IN ('team'::regclass, 'person'::regclass, 'project'::regclass) ORDER BY 1, 2;
SELECT columns, count(*) FROM interlink.links WHERE source = 'team' GROUP BY columns;

-- what arrays can do, with their own GIN index
INSERT INTO team (id) VALUES (1), (2);
INSERT INTO person (id, team) VALUES ('a', '{1}'), ('b', '{2}'), ('c', '{1}'), ('d', '{}');
SELECT id FROM person WHERE 1 = ANY (team) ORDER BY id;
SELECT t.id, m FROM team t, unnest(members) m ORDER BY 1, 2;
UPDATE team SET members = members || 'd'::text WHERE id = 1 AND NOT members @> '{d}';
UPDATE team SET members = array_remove(members, 'a') || '{}' WHERE id = 1;
SELECT id, members, to_jsonb(t) -> 'members' AS json FROM team t ORDER BY id;
CREATE TABLE box (id int PRIMARY KEY);
SELECT FROM interlink.add_link('box', 'holds', 'person', 'many_to_many', columns => 'array');
CREATE INDEX ON box USING gin (holds);
INSERT INTO box SELECT i, CASE i % 3 WHEN 0 THEN '{a,c}'::text[] WHEN 1 THEN '{d}' ELSE '{}' END FROM generate_series(1, 9) i;
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT id FROM box WHERE holds @> '{c}';
SELECT id FROM box WHERE holds @> '{c}' ORDER BY id;
SELECT id FROM box WHERE holds && '{d,b}' ORDER BY id;
RESET enable_seqscan;
-- an array of another form, shape or with NULL in it comes out in the form of all
UPDATE team SET members = '[0:1]={d,c}' WHERE id = 1;
SELECT members, array_dims(members) FROM team WHERE id = 1;
UPDATE team SET members = '{{c,a},{NULL,a}}' WHERE id = 1;
SELECT members, array_dims(members) FROM team WHERE id = 1;
SELECT * FROM interlink.validate('team', '{"id": 3, "members": ["a", "nobody"], "lead": ["a", "b"]}');
SELECT * FROM interlink.audit();

-- behind our back, and back again
ALTER TABLE team DISABLE TRIGGER USER;
UPDATE team SET members = '{b,a,a}' WHERE id = 1;
ALTER TABLE team ENABLE TRIGGER USER;
SELECT table_name, column_name, key, stored, expected FROM interlink.audit();
SELECT * FROM interlink.repair('team') WHERE repaired > 0;
SELECT members FROM team WHERE id = 1;

-- adopted, in two steps, and dropped
CREATE TABLE visit (id int PRIMARY KEY, team_id int REFERENCES team);
INSERT INTO visit VALUES (2, 1), (1, 1), (3, NULL);
SELECT FROM interlink.add_link('visit', 'team', 'team', foreign_key => '{team_id}', columns => 'array');
SELECT FROM interlink.add_link('team', 'visits', 'visit', 'one_to_many', inverse => 'team', columns => 'link');
SELECT FROM interlink.add_link('team', 'visits', 'visit', 'one_to_many', inverse => 'team');
SELECT * FROM visit ORDER BY id;
SELECT id, visits FROM team ORDER BY id;
SELECT FROM interlink.drop_field('team', 'visits');
SELECT attname FROM pg_attribute WHERE attrelid = 'visit'::regclass AND attnum > 0 AND NOT attisdropped;
SELECT * FROM interlink.audit();
RESET search_path;
DROP SCHEMA array_columns, form_link, form_array CASCADE;
