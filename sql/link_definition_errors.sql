-- One clear error for each thing that a link cannot be, and nothing half made.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA link_definition_errors;
SET search_path = link_definition_errors, public;

-- the definitions of this test
CREATE VIEW my_links AS
SELECT l.*, d.source_columns, d.target_columns, d.created
FROM interlink.links l JOIN interlink.link_definition d USING (id) JOIN pg_class c ON c.oid = d.source
WHERE c.relnamespace = quote_ident(current_schema)::regnamespace;
CREATE VIEW my_fields AS
SELECT f.*
FROM interlink.fields f JOIN interlink.field_definition d USING (id) JOIN pg_class c ON c.oid = d.holder
WHERE c.relnamespace = quote_ident(current_schema)::regnamespace;

CREATE TABLE a (id bigint PRIMARY KEY, taken text);
CREATE TABLE b (id bigint PRIMARY KEY);

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
	RETURN concat_ws(E'\n', state || ': ' || message, 'DETAIL: ' || nullif(detail, ''), 'HINT: ' || nullif(hint, ''));
END $$;

-- the options
SELECT refused($$SELECT interlink.add_link('a', 'l', 'b', 'many_to_few')$$);
SELECT refused($$SELECT interlink.add_link('a', 'l', 'b', NULL)$$);
SELECT refused($$SELECT interlink.add_link('a', 'l', 'b', on_delete => 'explode')$$);
SELECT refused($$SELECT interlink.add_link('a', 'l', 'b', on_taken => 'shrug')$$);
SELECT refused($$SELECT interlink.add_link('a', 'l', 'b', columns => 'json')$$);
SELECT refused($$SELECT interlink.add_link(NULL, 'l', 'b')$$);
SELECT refused($$SELECT interlink.add_link('a', NULL, 'b')$$);
SELECT refused($$SELECT interlink.add_link('a', '', 'b')$$);
SELECT refused($$SELECT interlink.add_link('a', 'l', 'b', inverse => '')$$);
SELECT refused($$SELECT interlink.add_link('a', 'l', 'b', required => NULL)$$);
SELECT refused($$SELECT interlink.add_link('a', 'l', 'b', required => true, on_delete => 'unlink')$$);
SELECT refused($$SELECT interlink.add_link('a', 'l', 'b', 'many_to_many', required => true)$$);
SELECT refused($$SELECT interlink.add_link('a', 'l', 'b', 'many_to_many', on_delete => 'cascade')$$);
SELECT refused($$SELECT interlink.add_link('a', 'l', 'b', 'many_to_many', foreign_key => '{x}')$$);
SELECT refused($$SELECT interlink.add_link('a', 'l', 'b', junction => 'x')$$);
SELECT refused($$SELECT interlink.add_link('a', 'l', 'b', foreign_key => '{}')$$);
SELECT refused($$SELECT interlink.add_link('a', 'l', 'b', foreign_key => '{x,y}')$$);
SELECT refused($$SELECT interlink.add_link('a', 'l', 'b', foreign_key => '{x,x}')$$);
SELECT refused($$SELECT interlink.add_link('a', 'l', 'b', foreign_key => '{id,y}')$$);
SELECT refused($$SELECT interlink.add_link('a', 'l', 'b', foreign_key => '{NULL}')$$);
SELECT refused($$SELECT interlink.add_link('a', 'l', 'b', 'one_to_one', required => true, on_taken => 'move')$$);
SELECT refused($$SELECT interlink.add_link('a', 'l', 'b', deferred_unique => true)$$);
SELECT refused($$SELECT interlink.add_link('a', 'l', 'b', 'one_to_many', deferred_unique => true)$$);
SELECT refused($$SELECT interlink.add_link('a', 'l', 'b', 'many_to_many', deferred_unique => true)$$);
SELECT refused($$SELECT interlink.add_link('a', 'l', 'b', 'one_to_one', ordered => true)$$);

-- not yet
SELECT refused($$SELECT interlink.add_link('a', 'l', 'b', 'many_to_many', junction => 'b')$$);

-- the tables
CREATE VIEW v AS SELECT * FROM a;
CREATE MATERIALIZED VIEW m AS SELECT * FROM a;
CREATE SEQUENCE s;
CREATE TYPE c AS (id bigint);
CREATE TEMPORARY TABLE t (id bigint PRIMARY KEY);
CREATE UNLOGGED TABLE u (id bigint PRIMARY KEY);
CREATE TABLE p (id bigint PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (10);
CREATE TABLE pu (id bigint PRIMARY KEY) PARTITION BY RANGE (id);
CREATE UNLOGGED TABLE pu1 PARTITION OF pu FOR VALUES FROM (1) TO (10);
CREATE TABLE parent (id bigint PRIMARY KEY);
CREATE TABLE child (PRIMARY KEY (id)) INHERITS (parent);
CREATE TABLE no_key (id bigint);
CREATE TABLE late_key (id bigint PRIMARY KEY DEFERRABLE);
CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE blind_key (id text COLLATE blind PRIMARY KEY);
SELECT refused(format($$SELECT interlink.add_link('a', 'l', %L)$$, name)) FROM unnest(
	ARRAY['nowhere', 'v', 'm', 's', 'c', 't', 'u', 'pu', 'p1', 'parent', 'child', 'no_key', 'late_key', 'blind_key',
		  'pg_catalog.pg_class', 'interlink.link_definition', '4294967295']) AS name;
SELECT refused(format($$SELECT interlink.add_link(%L, 'l', 'a')$$, name)) FROM unnest(
	ARRAY['nowhere', 'v', 't', 'u', 'pu', 'no_key', 'pg_catalog.pg_class']) AS name;
-- the names
CREATE FUNCTION named(a) RETURNS text LANGUAGE sql AS $$SELECT 'x'$$;
SELECT refused($$SELECT interlink.add_link('a', 'taken', 'b')$$);
SELECT refused($$SELECT interlink.add_link('a', 'ctid', 'b')$$);
SELECT refused($$SELECT interlink.add_link('b', 'l', 'a', inverse => 'taken')$$);
SELECT refused($$SELECT interlink.add_link('a', 'named', 'b')$$);
SELECT refused($$SELECT interlink.add_link('a', 'same', 'a', inverse => 'same')$$);
SELECT refused($$SELECT interlink.add_link('a', 'l', 'b', foreign_key => '{l}')$$);
CREATE TABLE a_ms (x integer);
SELECT refused($$SELECT interlink.add_link('a', 'ms', 'b', 'many_to_many')$$);
SELECT FROM interlink.add_link('a', 'l', 'b', columns => 'none', inverse => 'back');
SELECT refused($$SELECT interlink.add_link('a', 'l', 'b')$$);
SELECT refused($$SELECT interlink.add_link('b', 'back', 'a')$$);
SELECT refused($$SELECT interlink.add_link('b', 'x', 'a', 'one_to_many', inverse => 'l')$$);

-- pairing with what does not fit
SELECT FROM interlink.add_link('a', 'one', 'b', on_delete => 'restrict');
SELECT refused($$SELECT interlink.add_link('b', 'ones', 'a', inverse => 'one')$$);
SELECT refused($$SELECT interlink.add_link('b', 'ones', 'a', 'one_to_many', inverse => 'one', on_delete => 'cascade')$$);
SELECT refused($$SELECT interlink.add_link('b', 'ones', 'a', 'one_to_many', inverse => 'one', required => true)$$);
SELECT refused($$SELECT interlink.add_link('b', 'ones', 'a', 'one_to_many', inverse => 'one', columns => 'none')$$);
SELECT refused($$SELECT interlink.add_link('b', 'ones', 'a', 'one_to_many', inverse => 'one', foreign_key => '{one_id}')$$);
SELECT refused($$SELECT interlink.add_link('b', 'id', 'a', 'one_to_many', inverse => 'one')$$);

-- existing rows and a required link
INSERT INTO a VALUES (1);
SELECT refused($$SELECT interlink.add_link('a', 'must', 'b', required => true)$$);

-- a transaction that may not write
BEGIN READ ONLY;
SELECT interlink.add_link('a', 'x', 'b');
ROLLBACK;

-- nothing is left of all this
\d a
\d b
SELECT source, name, inverse FROM my_links ORDER BY 1, 2;
SELECT holder, name FROM my_fields ORDER BY 1, 2;
SELECT FROM interlink.drop_field('a', 'l');
SELECT FROM interlink.drop_field('a', 'one');
DROP TABLE t;
