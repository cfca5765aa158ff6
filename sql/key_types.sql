-- Keys of any type that has an order: as links and as arrays, in the spelling of the linked row.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
CREATE SCHEMA key_types;
SET search_path = key_types, public;
CREATE FUNCTION refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	EXECUTE statement;
	RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(E'\n', SQLSTATE || ': ' || SQLERRM, 'DETAIL: ' || nullif(detail, ''), 'HINT: ' || nullif(hint, ''));
END $$;

-- a type whose operators stand elsewhere, and which does not mind upper and lower case
CREATE SCHEMA words;
CREATE TYPE words.word;
CREATE FUNCTION words.word_in(cstring) RETURNS words.word LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION words.word_out(words.word) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE words.word (INPUT = words.word_in, OUTPUT = words.word_out, LIKE = text, CATEGORY = 'S');
CREATE CAST (words.word AS text) WITHOUT FUNCTION AS IMPLICIT;
CREATE FUNCTION words.compare(words.word, words.word) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS $$SELECT bttextcmp(lower($1::text) COLLATE "C", lower($2::text) COLLATE "C")$$;
CREATE FUNCTION words.hash(words.word) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS $$SELECT hashtext(lower($1::text) COLLATE "C")$$;
DO $$ BEGIN
	FOR i IN 1..5 LOOP
		EXECUTE format('CREATE FUNCTION words.%s(words.word, words.word) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS $f$SELECT words.compare($1, $2) %s 0$f$',
			(ARRAY['lt', 'le', 'eq', 'ge', 'gt'])[i], (ARRAY['<', '<=', '=', '>=', '>'])[i]);
		EXECUTE format('CREATE OPERATOR words.%s (LEFTARG = words.word, RIGHTARG = words.word, FUNCTION = words.%s%s)',
			(ARRAY['<', '<=', '=', '>=', '>'])[i], (ARRAY['lt', 'le', 'eq', 'ge', 'gt'])[i], CASE WHEN i = 3 THEN ', HASHES, MERGES' ELSE '' END);
	END LOOP;
END $$;
CREATE OPERATOR CLASS words.word_ops DEFAULT FOR TYPE words.word USING btree AS OPERATOR 1 words.<, OPERATOR 2 words.<=, OPERATOR 3 words.=, OPERATOR 4 words.>=, OPERATOR 5 words.>, FUNCTION 1 words.compare(words.word, words.word);
CREATE OPERATOR CLASS words.word_hash DEFAULT FOR TYPE words.word USING hash AS OPERATOR 1 words.=, FUNCTION 1 words.hash(words.word);

CREATE TABLE types (n serial, t text, a text, b text, c text);
INSERT INTO types (t, a, b, c) VALUES ('numeric', '1.0', '2.50', '3'), ('date', '2024-01-05', '2024-02-05', '1999-12-31'), ('words.word', 'Aa', 'b', 'C'), ('char(3)', 'a', 'ab', 'abc'), ('bytea', '\x00', '\xff', '\x'),
	('timestamptz', '2024-01-05 12:00+01', '2024-02-05 00:00Z', 'infinity'), ('interval', '1 day', '24 hours 5 min', '1 mon'), ('float8', '1', '0.1', '1e100'), ('boolean', 'true', 'false', NULL),
	('inet', '10.0.0.1', '10.0.0.0/8', '::1'), ('int[]', '{1,2}', '{}', '{3}'), ('name', 'x', 'y', 'z'), ('money', '1.00', '2', '3'), ('bit(3)', '101', '000', '111'), ('varbit', '1', '01', '111'),
	('jsonb', '{"id":1}', '2', '"x"'), ('int4range', '[1,3)', '[3,5)', 'empty'), ('"char"', 'a', 'b', 'c'), ('timetz', '12:00+01', '13:00+00', '14:00+00'), ('tsvector', 'a', 'b', 'c'), ('oid', '1', '2', '3'),
	('pg_lsn', '0/1', '0/2', '1/0'), ('smallint', '1', '2', '3'), ('uuid', '00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002', '00000000-0000-0000-0000-000000000003');
CREATE FUNCTION try_type(ty text, va text, vb text, vc text, display text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	written text := CASE WHEN display = 'link' OR ty ~ '\[' THEN 'text' ELSE ty END;
	wrong text;
	result text;
BEGIN
	EXECUTE format('CREATE TABLE tt (id %s PRIMARY KEY, v int); CREATE TABLE hh (id %1$s PRIMARY KEY, w int)', ty);
	EXECUTE format('INSERT INTO tt SELECT x::%s, 1 FROM unnest(ARRAY[%L,%L,%L]) x WHERE x IS NOT NULL; INSERT INTO hh SELECT id, v FROM tt', ty, va, vb, vc);
	PERFORM interlink.add_link('hh', 'm', 'tt', 'many_to_many', inverse => 'r', columns => display);
	PERFORM interlink.add_link('hh', 'o', 'tt', inverse => 'p', columns => display);
	PERFORM interlink.add_link('hh', 'u', 'tt', 'one_to_one', inverse => 'q', columns => display, on_taken => 'move');
	PERFORM interlink.add_link('hh', 's', 'tt', 'one_to_many', inverse => 'b', columns => display, ordered => true);
	PERFORM interlink.add_rollup('hh', 'n', 'm', 'sum', 'v');
	PERFORM interlink.add_lookup('tt', 'l', 'r', 'w');
	EXECUTE format('UPDATE hh SET m = ARRAY[%1$L,%2$L]::%3$s[], o = ARRAY[%1$L]::%3$s[], s = ARRAY[%2$L,%1$L]::%3$s[] WHERE id = %1$L::%4$s', va, vb, written, ty);
	EXECUTE format('UPDATE tt SET p = ARRAY[%1$L]::%2$s[], q = ARRAY[%1$L]::%2$s[] WHERE id = %1$L::%3$s', vb, written, ty);
	EXECUTE 'UPDATE hh SET w = 7; DELETE FROM tt WHERE id = (SELECT id FROM tt ORDER BY id DESC LIMIT 1)';
	SELECT 'WRONG ' || string_agg(a::text, '; ') INTO wrong FROM interlink.audit() a;
	EXECUTE $q$SELECT concat_ws(' ', $1, string_agg(concat_ws(' ', h.id, h.m, h.o, h.u, h.s, h.n), '; ' ORDER BY h.id), E'\n|',
		(SELECT string_agg(concat_ws(' ', t.id, t.r, t.p, t.q, t.b, t.l), '; ' ORDER BY t.id) FROM tt t)) FROM hh h$q$ INTO result USING wrong;
	DROP TABLE hh_m, hh, tt CASCADE;
	RETURN result;
END $$;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET lc_monetary = 'C';
SET intervalstyle = 'postgres';
\pset format unaligned
\pset tuples_only on
SELECT t, try_type(t, a, b, c, 'link') FROM types ORDER BY n;
SELECT t FROM types WHERE regexp_replace(try_type(t, a, b, c, 'array'), '[\\"]', '', 'g') <> regexp_replace(try_type(t, a, b, c, 'link'), '[\\"]', '', 'g') ORDER BY n;
\pset format aligned
\pset tuples_only off

-- equal keys that look different: the linked row says how
CREATE TABLE p (id numeric PRIMARY KEY, v int);
CREATE TABLE c (id int PRIMARY KEY);
SELECT FROM interlink.add_link('c', 'p', 'p', inverse => 'cs');
SELECT FROM interlink.add_link('c', 'list', 'p', 'many_to_many', inverse => 'in_lists', ordered => true);
SELECT FROM interlink.add_link('c', 'set', 'p', 'many_to_many', inverse => 'in_sets');
SELECT FROM interlink.add_lookup('c', 'vs', 'list', 'v');
INSERT INTO p VALUES (1.0, 1), (2.00, 2), (10, 10);
INSERT INTO c (id, p, list, set) VALUES (1, '1.00', '{2,1}', '{10.0,2,1}'), (2, NULL, '{}', NULL);
SELECT * FROM c ORDER BY id;
UPDATE c SET p_id = 2.000 WHERE id = 2;
UPDATE c SET p = '{1.000}', list = '{1,2.0,1.0}', set = '{10,1}' WHERE id = 1;
SELECT * FROM c ORDER BY id;
SELECT * FROM p ORDER BY id;
SELECT * FROM interlink.audit();
UPDATE p SET id = 1.00 WHERE id = 1;
UPDATE p SET id = 5.5 WHERE id = 2;
SELECT * FROM c ORDER BY id;
SELECT * FROM p ORDER BY id;
SELECT * FROM interlink.audit();
DROP TABLE c_list, c_set, c, p CASCADE;

-- what no index can compare
CREATE TABLE price (amount numeric PRIMARY KEY);
CREATE TABLE item (id int PRIMARY KEY, amount int REFERENCES price);
SELECT refused($$SELECT interlink.add_link('item', 'price', 'price', foreign_key => '{amount}', columns => 'link')$$);
DROP SCHEMA key_types, words CASCADE;
