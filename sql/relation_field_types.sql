-- Columns of two types that are compared: a field over them is right from both sides, and both sides lock the same key.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA relation_field_types;
SET search_path = relation_field_types, public;
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);

-- near and far come, meet and part; a and b are equal, c is neither
CREATE FUNCTION try(l text, r text, a text, b text, c text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text; detail text;
BEGIN
	EXECUTE format('CREATE TABLE near (id int PRIMARY KEY, k %s)', l);
	EXECUTE format('CREATE TABLE far (id int PRIMARY KEY, k %s)', r);
	PERFORM interlink.add_relation('near', 'there', 'far', '{k}', '{k}', is_referencee => true, accessor => false);
	PERFORM interlink.add_lookup('near', 'ids', 'there', 'id');
	EXECUTE format('INSERT INTO near VALUES (1, %L)', a);
	EXECUTE format('INSERT INTO far VALUES (1, %L)', b);
	SELECT concat_ws(' ', (SELECT ids::text FROM near), count(DISTINCT objid) || ' key locked') INTO result
	FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND objsubid = 27755;
	EXECUTE format('INSERT INTO near VALUES (2, %L), (3, NULL)', c);
	EXECUTE format('INSERT INTO far VALUES (2, %L), (3, %1$L), (4, NULL)', c);
	EXECUTE format('UPDATE near SET k = %L WHERE id = 1', c);
	SELECT concat_ws(' ', result, string_agg(ids::text, ' ' ORDER BY id)) INTO result FROM near;
	EXECUTE format('UPDATE far SET k = %L WHERE id < 3', b);
	EXECUTE format('UPDATE near SET k = %L WHERE id = 3', a);
	SELECT concat_ws(' ', result, string_agg(ids::text, ' ' ORDER BY id), nullif((SELECT count(*) FROM interlink.audit('near')), 0)) INTO result FROM near;
	RAISE EXCEPTION USING ERRCODE = 'UND00', MESSAGE = result;
EXCEPTION
	WHEN SQLSTATE 'UND00' THEN RETURN SQLERRM;
	WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
		RETURN concat_ws(' ', SQLSTATE, detail);
END $$;
-- each in a transaction, since that counts the locks
SELECT format('SELECT %L AS near, %L AS far, try(%1$L, %2$L, %3$L, %4$L, %5$L)', l, r, a, b, c) FROM (VALUES
	('int4', 'int8', '-5', '-5', '7'), ('int8', 'int2', '-5', '-5', '7'), ('positive', 'int8', '5', '5', '7'), ('int4', 'positive', '5', '5', '7'),
	('text', 'varchar(5)', 'x', 'x', 'X'), ('name', 'text', 'x', 'x', ''), ('char(3)', 'char(5)', 'x', 'x  ', 'y'),
	('numeric', 'numeric(9,3)', '1.0', '1', '2'), ('float4', 'float8', '0.5', '0.5', 'NaN'), ('float8', 'float4', '-0', '0', '-Infinity'),
	('date', 'timestamp', '2024-01-01', '2024-01-01', 'infinity'), ('timestamptz', 'timestamptz', '2024-01-01 12:00+00', '2024-01-01 13:00+01', '-infinity'),
	('interval', 'interval', '1 month', '30 days', '1 day'), ('inet', 'cidr', '10.0.0.0/8', '10.0.0.0/8', '10.0.0.0/9'), ('uuid', 'uuid', '00000000-0000-0000-0000-00000000000A', '00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-000000000001'),
	('jsonb', 'jsonb', '{"a": 1.0, "b": 2}', '{"b": 2, "a": 1}', '[]'), ('numeric[]', 'numeric[]', '{1.0,NULL}', '{1,NULL}', '{}'), ('int4range', 'int4range', '[1,2]', '[1,3)', 'empty'),
	('bytea', 'bytea', 'a', '\x61', ''), ('bit varying', 'bit(4)', '1010', '1010', '0000'), ('mood', 'mood', 'good', 'good', 'bad'), ('oid', 'regclass', '1259', 'pg_class', '1247'), ('money', 'money', '1', '1.00', '2'),
	('int4', 'numeric', '1', '1', '2'), ('numeric', 'int8', '1', '1', '2'), ('text', 'char(3)', 'x', 'x', 'y'), ('date', 'timestamptz', '2024-01-01', '2024-01-01', '2024-01-02'), ('int4', 'float8', '1', '1', '2'),
	('int4', 'text', '1', '1', '2'), ('json', 'json', '1', '1', '2')) AS pairs(l, r, a, b, c) \gexec
DROP SCHEMA relation_field_types CASCADE;
