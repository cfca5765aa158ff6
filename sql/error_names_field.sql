-- An error in the expression of a field says whose it is.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA error_names_field;
SET search_path = error_names_field, public;
\set SHOW_CONTEXT always
CREATE TABLE a (id integer PRIMARY KEY);
CREATE TABLE b (id integer PRIMARY KEY, x bigint);
SELECT FROM interlink.add_link('a', 'bs', 'b', 'one_to_many', inverse => 'a');
-- the context without the engine's own SQL, which is no promise
CREATE FUNCTION error_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE context text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS context = PG_EXCEPTION_CONTEXT;
	RETURN SQLERRM || ': ' || (SELECT string_agg(line, '; ') FROM regexp_split_to_table(context, E'\n') line
		WHERE line ~ '^(lookup|rollup|link column|fields|expression) ');
END $$;
INSERT INTO a (id) VALUES (1);
INSERT INTO b (id, x, a) VALUES (1, 1, '{1}'), (2, 2, '{1}');
-- computed from the one linked row, while it is linked and afterwards
SELECT FROM interlink.add_lookup('b', 'twice', 'a', '10 / (id - 7)');
SELECT error_of($$INSERT INTO a (id) VALUES (7); INSERT INTO b (id, a) VALUES (3, '{7}')$$);
SELECT error_of($$UPDATE a SET id = 7 WHERE id = 1$$);
SELECT interlink.drop_field('b', 'twice');
-- evaluated on the changed row, and by a query
SELECT FROM interlink.add_rollup('a', 'total', 'bs', 'sum', 'x::smallint');
SELECT error_of('UPDATE b SET x = 40000 WHERE id = 1');
SELECT interlink.drop_field('a', 'total');
SELECT FROM interlink.add_lookup('a', 'inv', 'bs', '10 / x');
SELECT error_of('UPDATE b SET x = 0 WHERE id = 1');
SELECT FROM interlink.add_rollup('a', 'list', 'bs', 'array_join', '20 / x');
SELECT error_of('UPDATE b SET x = 0 WHERE id = 1');
-- PostgreSQL knows no fields
SELECT error_of($$SELECT interlink.add_lookup('a', 'more', 'bs', 'count(x)')$$);
-- while fields are filled, audited and repaired
SELECT error_of($$SELECT interlink.add_lookup('a', 'more', 'bs', '1 / (x - 1)')$$);
SELECT error_of($$SELECT interlink.add_rollup('a', 'most', 'bs', 'max', '1 / (x - 1)')$$);
RESET SESSION AUTHORIZATION;
SET session_replication_role = replica;
UPDATE b SET x = 0 WHERE id = 2;
RESET session_replication_role;
SELECT error_of($$SELECT * FROM interlink.audit('error_names_field.a')$$);
SELECT error_of($$SELECT * FROM interlink.repair('error_names_field.a')$$);
-- as it is shown
UPDATE b SET x = 3 WHERE id = 2;
SELECT interlink.drop_field('a', 'inv'), interlink.drop_field('a', 'list');
SELECT FROM interlink.add_rollup('a', 'total', 'bs', 'sum', 'x::smallint');
UPDATE b SET x = 40000 WHERE id = 1;
DROP SCHEMA error_names_field CASCADE;
