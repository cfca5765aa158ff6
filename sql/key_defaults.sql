-- A foreign key that has its default counts as not written in a new row: the link column beside it wins.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA key_defaults;
SET search_path = key_defaults, public;
CREATE TABLE status (id integer PRIMARY KEY, name text);
INSERT INTO status VALUES (1, 'new'), (2, 'open'), (3, 'done');
CREATE TABLE task (id integer PRIMARY KEY, status_id integer DEFAULT 1 REFERENCES status);
SELECT FROM interlink.add_link('task', 'status', 'status', foreign_key => '{status_id}', columns => 'link', inverse => 'tasks');
SELECT FROM interlink.add_lookup('task', 'status_name', 'status', 'name');

-- writes a new row as validate() judges it, and tells what is stored
CREATE FUNCTION outcome(holder regclass, record jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE columns text; stored text;
BEGIN
	SELECT string_agg(quote_ident(c), ', ') INTO columns FROM jsonb_object_keys(record) c;
	EXECUTE format('WITH i AS (INSERT INTO %1$s (%2$s) SELECT %2$s FROM jsonb_populate_record(NULL::%1$s, $1) RETURNING *)
		SELECT i::text FROM i', holder, columns) INTO stored USING record;
	RAISE EXCEPTION 'undo' USING ERRCODE = 'UND00';
EXCEPTION
	WHEN SQLSTATE 'UND00' THEN RETURN stored;
	WHEN OTHERS THEN RETURN SQLSTATE;
END $$;
CREATE FUNCTION said(holder regclass, record jsonb) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(concat_ws(' ', v.column_name, '(' || v.key || ')', '-', v.problem), '; ' ORDER BY v.column_name, v.key), 'accepted')
	FROM interlink.validate(holder, record) v
$$;
-- NULL here: the member is left out
CREATE FUNCTION member(name text, value text) RETURNS jsonb LANGUAGE sql AS $$ SELECT CASE WHEN value IS NULL THEN '{}' ELSE jsonb_build_object(name, value::jsonb) END $$;
CREATE FUNCTION judge(holder regclass, records jsonb[]) RETURNS TABLE (records bigint, accepted bigint, wrong text) LANGUAGE sql AS $$
	SELECT count(*), count(*) FILTER (WHERE o ~ '^\('),
		string_agg(r::text || ': ' || s || ' / ' || o, E'\n') FILTER (WHERE (s = 'accepted') <> (o ~ '^\('))
	FROM unnest(records) r, LATERAL (SELECT said(holder, r) AS s, outcome(holder, r) AS o OFFSET 0) x
$$;
CREATE FUNCTION records(link text, key text) RETURNS jsonb[] LANGUAGE sql AS $$
	SELECT array_agg('{"id": 10}' || member(link, l) || member(key, k))
	FROM unnest(ARRAY[NULL, 'null', '[]', '1', '2', '99']) l, unnest(ARRAY[NULL, 'null', '1', '2', '99']) k
$$;

SELECT r - 'id' AS record, outcome('task', r) FROM unnest(records('status', 'status_id')) r;
SELECT * FROM judge('task', records('status', 'status_id'));

-- the other ways to a new row
COPY task (id, status) FROM stdin;
1	{2}
2	{}
3	\N
4	{1}
\.
INSERT INTO task (id, status) VALUES (5, '{3}'), (1, '{3}') ON CONFLICT (id) DO UPDATE SET status = '{1}';
MERGE INTO task USING (VALUES (6, '{2}'::interlink.link), (2, '{3}')) v(id, status) ON task.id = v.id
	WHEN MATCHED THEN UPDATE SET status = v.status WHEN NOT MATCHED THEN INSERT (id, status) VALUES (v.id, v.status);
CREATE VIEW tasks AS SELECT id, status, status_id FROM task;
INSERT INTO tasks (id, status) VALUES (7, '{2}'), (8, '{}');
INSERT INTO task (id, status, status_id) VALUES (9, '{2}', DEFAULT);
SELECT * FROM task ORDER BY id;
SELECT id, tasks FROM status ORDER BY id;
-- an UPDATE knows what has been written
UPDATE task SET status = '{2}', status_id = 1 WHERE id = 5;

-- defaults of other kinds, as they are now
ALTER TABLE task ALTER status_id SET DEFAULT coalesce(nullif(current_setting('key_defaults.status', true), ''), '3')::integer;
SET key_defaults.status = 2;
SELECT r - 'id' AS record, outcome('task', r) FROM unnest(records('status', 'status_id')) r WHERE NOT r ? 'status_id';
SELECT * FROM judge('task', records('status', 'status_id'));
CREATE SEQUENCE numbers MAXVALUE 3 CYCLE;
ALTER TABLE task ALTER status_id SET DEFAULT nextval('numbers');
SELECT outcome('task', '{"id": 10}'), outcome('task', '{"id": 10, "status": 3}'), outcome('task', '{"id": 10, "status": []}');
SELECT said('task', '{"id": 10}'), said('task', '{"id": 10, "status": 3}'), said('task', '{"id": 10, "status": []}');
ALTER TABLE task ALTER status_id DROP DEFAULT;
SELECT * FROM judge('task', records('status', 'status_id'));
CREATE DOMAIN state AS integer DEFAULT 2;
CREATE TABLE note (id integer PRIMARY KEY, status_id state REFERENCES status);
SELECT FROM interlink.add_link('note', 'status', 'status', foreign_key => '{status_id}', columns => 'link');
SELECT outcome('note', '{"id": 10}'), outcome('note', '{"id": 10, "status": 3}'), outcome('note', '{"id": 10, "status": []}');
ALTER DOMAIN state SET DEFAULT 1;
SELECT outcome('note', '{"id": 10}'), outcome('note', '{"id": 10, "status": 3}'), outcome('note', '{"id": 10, "status": 3, "status_id": 2}');
SELECT * FROM judge('note', records('status', 'status_id'));

-- required, a key that was made, and arrays
CREATE TABLE job (id integer PRIMARY KEY);
SELECT FROM interlink.add_link('job', 'status', 'status', required => true);
SELECT FROM interlink.add_link('job', 'later', 'status', columns => 'array');
ALTER TABLE job ALTER status_id SET DEFAULT 1, ALTER later_id SET DEFAULT 2;
SELECT r - 'id' AS record, outcome('job', r) FROM unnest(records('status', 'status_id')) r WHERE NOT r ? 'status_id';
SELECT * FROM judge('job', records('status', 'status_id'));
SELECT r - 'id' AS record, outcome('job', r) FROM unnest(records('later', 'later_id')) r WHERE NOT r ? 'later_id';
SELECT outcome('job', '{"id": 10, "later": [1], "later_id": 2}'), outcome('job', '{"id": 10, "later": [1], "later_id": 3}');
INSERT INTO job (id, status) VALUES (1, '{}');
SET interlink.link_writes = 'error';
SELECT * FROM judge('job', records('status', 'status_id'));
RESET interlink.link_writes;

-- keys of several columns: where link and key differ they have to have their defaults; what two keys share is settled once
CREATE TABLE region (country text, code integer, PRIMARY KEY (country, code));
CREATE TABLE city (country text, name text, PRIMARY KEY (country, name));
INSERT INTO region VALUES ('de', 1), ('de', 2), ('fr', 1);
INSERT INTO city VALUES ('de', 'Bonn'), ('fr', 'Metz');
CREATE TABLE shop (id integer PRIMARY KEY, country text DEFAULT 'de', code integer DEFAULT 1, name text,
	FOREIGN KEY (country, code) REFERENCES region, FOREIGN KEY (country, name) REFERENCES city);
SELECT FROM interlink.add_link('shop', 'region', 'region', foreign_key => '{country,code}', columns => 'link');
SELECT FROM interlink.add_link('shop', 'city', 'city', foreign_key => '{country,name}', columns => 'link');
CREATE VIEW shops AS
	SELECT '{"id": 10}' || member('region', r) || member('city', c) || member('country', b) || member('code', k) AS record
	FROM unnest(ARRAY[NULL, 'null', '[]', '["(de,1)"]', '["(de,2)"]', '["(fr,1)"]']) r, unnest(ARRAY[NULL, '[]', '["(de,Bonn)"]', '["(fr,Metz)"]']) c,
		unnest(ARRAY[NULL, 'null', '"de"', '"fr"']) b, unnest(ARRAY[NULL, '1', '2']) k;
SELECT record - 'id' AS record, outcome('shop', record) FROM shops WHERE NOT record ?| '{country,code}';
SELECT * FROM judge('shop', ARRAY(SELECT record FROM shops));

-- a column of the key that belongs to the primary key is given in every new row, and no unlinking changes it
CREATE TABLE office (country text, number integer, PRIMARY KEY (country, number));
INSERT INTO office VALUES ('no', 1), ('no', 2), ('de', 1), ('de', 2), ('fr', 1);
CREATE TABLE clerk (country text, id integer, number integer DEFAULT 1, PRIMARY KEY (country, id), FOREIGN KEY (country, number) REFERENCES office);
SELECT FROM interlink.add_link('clerk', 'office', 'office', foreign_key => '{country,number}', columns => 'link', inverse => 'clerks');
CREATE VIEW clerks AS
	SELECT '{"id": 10}' || member('office', o) || member('country', c) || member('number', n) AS record
	FROM unnest(ARRAY[NULL, 'null', '[]', '["(no,1)"]', '["(no,2)"]', '["(de,1)"]', '["(de,3)"]']) o,
		unnest(ARRAY[NULL, '"no"', '"de"', '"fr"']) c, unnest(ARRAY[NULL, 'null', '1', '2']) n;
SELECT record - 'id' AS record, outcome('clerk', record) FROM clerks WHERE record->>'country' = 'no';
SELECT * FROM judge('clerk', ARRAY(SELECT record FROM clerks));
INSERT INTO clerk (country, id, office) VALUES ('no', 1, '{"(no,2)"}'), ('no', 2, '{}'), ('no', 3, NULL);
INSERT INTO clerk (country, id, office) VALUES ('de', 4, '{"(no,1)"}');
SELECT country, id, number, office FROM clerk ORDER BY id;
ALTER TABLE clerk ALTER country SET DEFAULT 'de', ALTER number DROP DEFAULT;
SELECT * FROM judge('clerk', ARRAY(SELECT record FROM clerks));
ALTER TABLE clerk ALTER number SET DEFAULT nextval('numbers');
SELECT outcome('clerk', '{"country": "no", "id": 10, "office": []}') ~ 'no,10,[12],', outcome('clerk', '{"country": "no", "id": 10, "office": ["(no,3)"]}'),
	said('clerk', '{"country": "no", "id": 10, "office": ["(no,1)"]}');

-- or may not be NULL: then the others are set to NULL
CREATE TABLE seat (id integer PRIMARY KEY, country text NOT NULL DEFAULT 'no', number integer DEFAULT 1, FOREIGN KEY (country, number) REFERENCES office);
SELECT FROM interlink.add_link('seat', 'office', 'office', foreign_key => '{country,number}', columns => 'link');
SELECT record - 'id' AS record, outcome('seat', record) FROM clerks WHERE NOT record ? 'country';
SELECT * FROM judge('seat', ARRAY(SELECT record FROM clerks));

-- partitions, one with a default of its own
CREATE TABLE event (id integer PRIMARY KEY, status_id integer DEFAULT 1 REFERENCES status) PARTITION BY RANGE (id);
CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM (0) TO (10);
CREATE TABLE event_2 (status_id integer DEFAULT 3, id integer NOT NULL);
ALTER TABLE event ATTACH PARTITION event_2 FOR VALUES FROM (10) TO (20);
SELECT FROM interlink.add_link('event', 'status', 'status', foreign_key => '{status_id}', columns => 'link');
INSERT INTO event (id, status) VALUES (1, '{2}'), (11, '{2}'), (12, '{}');
INSERT INTO event_1 (id, status) VALUES (2, '{2}'), (3, '{}');
INSERT INTO event_2 (id, status) VALUES (13, '{2}'), (14, '{}'), (15, NULL);
SELECT id, status_id, status FROM event ORDER BY id;
SELECT said('event', '{"id": 19, "status": 2}'), said('event_2', '{"id": 19, "status": 2}'), said('event', '{"id": 19, "status": 2, "status_id": 2}'),
	said('event_1', '{"id": 9, "status": 2, "status_id": 3}'), outcome('event_1', '{"id": 9, "status": 2, "status_id": 3}');
SELECT * FROM interlink.audit() WHERE table_name::text ~ '^(task|job|shop|clerk|office|seat|event|note|status)$';
RESET SESSION AUTHORIZATION;
DROP SCHEMA key_defaults CASCADE;
