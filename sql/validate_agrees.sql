-- What validate() says of links and foreign keys given together, and of keys of several columns, is what happens.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA validate_agrees;
SET search_path = validate_agrees, public;
CREATE TABLE one (id integer PRIMARY KEY);
CREATE TABLE region (country text, code integer, PRIMARY KEY (country, code));
CREATE TABLE country (id text PRIMARY KEY);
CREATE TABLE row (id integer PRIMARY KEY, country text REFERENCES country, code integer, FOREIGN KEY (country, code) REFERENCES region);
SELECT FROM interlink.add_link('row', 'one', 'one');
SELECT FROM interlink.add_link('row', 'badge', 'one', 'one_to_one', inverse => 'row');
SELECT FROM interlink.add_link('row', 'region', 'region', foreign_key => '{country,code}', columns => 'link', inverse => 'rows');
INSERT INTO one (id) VALUES (1), (2), (3);
INSERT INTO country VALUES ('de'), ('fr');
INSERT INTO region VALUES ('de', 1), ('de', 2), ('fr', 1);
INSERT INTO row (id, one, badge, region) VALUES (1, '{1}', '{1}', '{"(de,1)"}'), (2, '{}', '{2}', '{}');

-- writes the record in the way that validate() judges it, and undoes it
CREATE FUNCTION outcome(holder regclass, record jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE columns text;
BEGIN
	SELECT string_agg(quote_ident(c), ', ') INTO columns FROM jsonb_object_keys(record) c;
	BEGIN
		IF (record ->> 'id')::integer < 10 THEN
			EXECUTE format('UPDATE %1$s t SET (%2$s) = (SELECT %2$s FROM jsonb_populate_record(NULL::%1$s, $1)) WHERE id = ($1 ->> ''id'')::integer', holder, columns) USING record;
		ELSE
			EXECUTE format('INSERT INTO %1$s (%2$s) SELECT %2$s FROM jsonb_populate_record(NULL::%1$s, $1)', holder, columns) USING record;
		END IF;
		RAISE EXCEPTION 'undo' USING ERRCODE = 'UND00';
	EXCEPTION
		WHEN SQLSTATE 'UND00' THEN RETURN 'accepted';
		WHEN OTHERS THEN RETURN SQLSTATE;
	END;
END $$;
CREATE FUNCTION said(holder regclass, record jsonb) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(concat_ws(' ', v.column_name, '(' || v.key || ')', '-', v.problem), '; ' ORDER BY v.column_name, v.key), 'accepted')
	FROM interlink.validate(holder, record) v
$$;
-- NULL here: the member is left out
CREATE FUNCTION member(name text, value text) RETURNS jsonb LANGUAGE sql AS $$ SELECT CASE WHEN value IS NULL THEN '{}' ELSE jsonb_build_object(name, value::jsonb) END $$;
CREATE FUNCTION judge(records jsonb[]) RETURNS TABLE (records bigint, accepted bigint, wrong text) LANGUAGE sql AS $$
	SELECT count(*), count(*) FILTER (WHERE o = 'accepted'),
		string_agg(r::text || ': ' || s || ' / ' || o, E'\n') FILTER (WHERE (s = 'accepted') <> (o = 'accepted'))
	FROM unnest(records) r, LATERAL (SELECT said('row', r) AS s, outcome('row', r) AS o OFFSET 0) x
$$;
-- a key of one column: every link with every key, of new rows and of those that are there
SELECT j.* FROM judge(ARRAY(SELECT member('id', id) || member('one', a) || member('one_id', b)
	FROM unnest('{1,2,10}'::text[]) id, unnest(ARRAY[NULL, 'null', '[]', '1', '2', '99']) a, unnest(ARRAY[NULL, 'null', '1', '2', '99']) b)) j;
SELECT j.* FROM judge(ARRAY(SELECT member('id', id) || member('badge', a) || member('badge_id', b)
	FROM unnest('{1,2,10}'::text[]) id, unnest(ARRAY[NULL, 'null', '[]', '1', '2', '3', '99']) a, unnest(ARRAY[NULL, 'null', '1', '2', '3', '99']) b)) j;
-- of two columns, one of which another foreign key has too
SELECT j.* FROM judge(ARRAY(SELECT member('id', id) || member('region', a) || member('country', b) || member('code', c)
	FROM unnest('{1,2,10}'::text[]) id, unnest(ARRAY[NULL, 'null', '["(de,1)"]', '["(de,2)"]', '["(fr,1)"]', '["(fr,8)"]']) a,
		unnest(ARRAY[NULL, 'null', '"de"', '"fr"']) b, unnest(ARRAY[NULL, 'null', '1', '2', '8']) c)) j;
-- what an UPDATE says of the link that stands does not count beside another key
SELECT said('row', '{"id": 1, "one": 1, "one_id": 2}'), said('row', '{"id": 1, "one": 2, "one_id": 1}'), said('row', '{"id": 1, "one": 2, "one_id": 3}');
SELECT said('row', '{"id": 10, "one": null, "one_id": 2}'), said('row', '{"id": 10, "one": 2, "one_id": null}'), said('row', '{"id": 10, "one": 2, "one_id": 3}');
SELECT said('row', '{"id": 1, "region": ["(de,1)"], "country": "de", "code": 8}');
SELECT said('row', '{"id": 10, "country": "de", "code": 8}'), said('row', '{"id": 1, "code": 8}');

-- unique indexes: where NULLs are equal, of some rows only, over expressions, with a column that a link gives
CREATE TABLE thing (id integer PRIMARY KEY, a integer, b text COLLATE "C", c integer, d boolean, e integer DEFAULT 5);
CREATE UNIQUE INDEX ON thing (a) NULLS NOT DISTINCT;
CREATE UNIQUE INDEX ON thing (lower(b), c) WHERE d;
CREATE UNIQUE INDEX ON thing (c, (c + a)) INCLUDE (e);
SELECT FROM interlink.add_link('thing', 'one', 'one');
ALTER TABLE thing ADD UNIQUE (b, one_id);
INSERT INTO thing (id, a, b, c, d, one) VALUES (1, 1, 'X', 1, true, '{1}'), (2, NULL, 'y', NULL, true, '{2}'), (3, 3, 'x', 4, false, '{}');
CREATE OR REPLACE FUNCTION judge(records jsonb[]) RETURNS TABLE (records bigint, accepted bigint, wrong text) LANGUAGE sql AS $$
	SELECT count(*), count(*) FILTER (WHERE o = 'accepted'),
		string_agg(r::text || ': ' || s || ' / ' || o, E'\n') FILTER (WHERE (s = 'accepted') <> (o = 'accepted'))
	FROM unnest(records) r, LATERAL (SELECT said('thing', r) AS s, outcome('thing', r) AS o OFFSET 0) x
$$;
SELECT j.* FROM judge(ARRAY(SELECT member('id', id) || member('a', a) || member('b', b) || member('c', c) || member('d', d) || member('one', one)
	FROM unnest('{1,2,3,10}'::text[]) id, unnest(ARRAY[NULL, 'null', '1', '7']) a, unnest(ARRAY[NULL, '"x"', '"X"']) b,
		unnest(ARRAY[NULL, '1', '4']) c, unnest(ARRAY[NULL, 'true']) d, unnest(ARRAY[NULL, '1']) one)) j;
SELECT said('thing', '{"id": 10, "b": "Y"}'), said('thing', '{"id": 3, "b": "X", "c": 1, "d": true, "one": 1}');
