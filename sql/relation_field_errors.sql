-- What lookups and rollups cannot go over, and why; nothing is half made.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;

-- a type whose operators are somebody's own, and to which integers convert
CREATE SCHEMA relation_field_errors_types;
SET search_path = relation_field_errors_types;
SET client_min_messages = error;
CREATE TYPE mine;
CREATE FUNCTION mine_in(cstring) RETURNS mine LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION mine_out(mine) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE mine (INPUT = mine_in, OUTPUT = mine_out, LIKE = integer);
CREATE FUNCTION mine_eq(mine, mine) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4eq';
CREATE FUNCTION mine_lt(mine, mine) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4lt';
CREATE FUNCTION mine_le(mine, mine) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4le';
CREATE FUNCTION mine_gt(mine, mine) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4gt';
CREATE FUNCTION mine_ge(mine, mine) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'int4ge';
CREATE FUNCTION mine_cmp(mine, mine) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS 'btint4cmp';
CREATE OPERATOR = (LEFTARG = mine, RIGHTARG = mine, FUNCTION = mine_eq);
CREATE OPERATOR < (LEFTARG = mine, RIGHTARG = mine, FUNCTION = mine_lt);
CREATE OPERATOR <= (LEFTARG = mine, RIGHTARG = mine, FUNCTION = mine_le);
CREATE OPERATOR > (LEFTARG = mine, RIGHTARG = mine, FUNCTION = mine_gt);
CREATE OPERATOR >= (LEFTARG = mine, RIGHTARG = mine, FUNCTION = mine_ge);
CREATE OPERATOR CLASS mine_ops DEFAULT FOR TYPE mine USING btree AS
	OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 mine_cmp(mine, mine);
CREATE CAST (mine AS integer) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (integer AS mine) WITHOUT FUNCTION AS IMPLICIT;
RESET client_min_messages;
GRANT USAGE ON SCHEMA relation_field_errors_types TO regress_interlink;

SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA relation_field_errors;
SET search_path = relation_field_errors, public;

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

CREATE TABLE a (id int PRIMARY KEY, n numeric, d date, z timestamptz, c text COLLATE "C", m int, f int);
CREATE TABLE b (id int PRIMARY KEY, n int, d timestamptz, z timestamp, c text COLLATE "POSIX", m relation_field_errors_types.mine, f int);
CREATE TABLE keyless (id int);
CREATE VIEW b_view AS SELECT * FROM b;
CREATE TYPE pair AS (id int, n int);
SELECT FROM interlink.add_relation('a', 'by_n', 'b', '{n}', '{n}', is_referencee => true, accessor => false);
SELECT FROM interlink.add_relation('a', 'by_d', 'b', '{d}', '{d}', is_referencee => true, accessor => false);
SELECT FROM interlink.add_relation('a', 'by_z', 'b', '{z}', '{z}', is_referencee => true, accessor => false);
SELECT FROM interlink.add_relation('a', 'by_c', 'b', '{c}', '{c}', is_referencee => true, accessor => false);
SELECT FROM interlink.add_relation('a', 'by_m', 'b', '{m}', '{m}', is_referencee => true, accessor => false);
SELECT FROM interlink.add_relation('a', 'by_f', 'b', '{f}', '{f}', is_referencee => true, accessor => false);
SELECT FROM interlink.add_relation('b', 'back', 'a', '{f}', '{f}', is_referencee => true, accessor => false);
SELECT FROM interlink.add_relation('a', 'self', 'a', '{f}', '{f}', is_referencee => true, accessor => false);
SELECT FROM interlink.add_relation('a', 'keyless', 'keyless', '{id}', '{id}', is_referencee => true, accessor => false);
SELECT FROM interlink.add_relation('a', 'b_view', 'b_view', '{id}', '{id}', is_referencee => true, accessor => false);
SELECT FROM interlink.add_relation('pair', 'b', 'b', '{id}', '{id}');
SELECT FROM interlink.add_path('a', 'once', '{by_f,back}', distinct_rows => true, accessor => false);
SELECT FROM interlink.add_path('a', 'once_in_part', '{once,by_f}', accessor => false);
SELECT FROM interlink.add_path('a', 'around', '{by_f,back}', accessor => false);

SELECT refused($$SELECT interlink.add_rollup('a', 'x', 'nothing')$$);
SELECT refused($$SELECT interlink.add_rollup('a', 'x', 'b.back')$$);
SELECT refused($$SELECT interlink.add_rollup('a', 'x', 'by_n')$$);
SELECT refused($$SELECT interlink.add_rollup('a', 'x', 'by_d')$$);
SELECT refused($$SELECT interlink.add_rollup('a', 'x', 'by_z')$$);
SELECT refused($$SELECT interlink.add_rollup('a', 'x', 'by_c')$$);
SELECT refused($$SELECT interlink.add_rollup('a', 'x', 'by_m')$$);
SELECT refused($$SELECT interlink.add_rollup('a', 'x', 'once_in_part')$$);
SELECT refused($$SELECT interlink.add_rollup('a', 'x', 'keyless')$$);
SELECT refused($$SELECT interlink.add_rollup('a', 'x', 'b_view')$$);
SELECT refused($$SELECT interlink.add_rollup('pair', 'x', 'b')$$);
SELECT refused($$SELECT interlink.add_lookup('a', 'x', 'by_f', 'nothing')$$);
SELECT refused($$SELECT interlink.add_lookup('a', 'by_f', 'by_f', 'n')$$);

-- a field may not read itself, over whatever way
SELECT refused($$SELECT interlink.add_rollup('a', 'x', 'self', 'sum', '1 + x')$$);
SELECT refused($$SELECT interlink.add_rollup('a', 'x', 'around', 'sum', '1 + x')$$);
SELECT refused($$SELECT interlink.add_lookup('a', 'x', 'self', 'x')$$);
SELECT FROM interlink.add_rollup('b', 'total', 'back', 'sum', 'id');

-- who may not make the index that it takes
CREATE TABLE own (id int PRIMARY KEY, f int);
RESET SESSION AUTHORIZATION;
CREATE TABLE relation_field_errors.foreign_land (id int PRIMARY KEY, f int);
GRANT SELECT, REFERENCES, TRIGGER ON relation_field_errors.foreign_land TO regress_interlink;
SET SESSION AUTHORIZATION regress_interlink;
SELECT FROM interlink.add_relation('own', 'there', 'foreign_land', '{f}', '{f}', is_referencee => true);
SELECT refused($$SELECT interlink.add_rollup('own', 'x', 'there')$$);
RESET SESSION AUTHORIZATION;
CREATE INDEX ON relation_field_errors.foreign_land (f);
REVOKE TRIGGER ON relation_field_errors.foreign_land FROM regress_interlink;
SET SESSION AUTHORIZATION regress_interlink;
SELECT refused($$SELECT interlink.add_rollup('own', 'x', 'there')$$);
RESET SESSION AUTHORIZATION;
GRANT TRIGGER ON relation_field_errors.foreign_land TO regress_interlink;
SET SESSION AUTHORIZATION regress_interlink;
SELECT FROM interlink.add_rollup('own', 'x', 'there');
SELECT holder, name, via FROM interlink.fields WHERE holder IN ('a', 'b', 'own') ORDER BY id;
SELECT relname FROM pg_class WHERE relnamespace = 'relation_field_errors'::regnamespace AND relkind = 'i' ORDER BY 1;
RESET SESSION AUTHORIZATION;
SET client_min_messages = warning;
DROP SCHEMA relation_field_errors, relation_field_errors_types CASCADE;
