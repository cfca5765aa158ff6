-- The binary form: what is sent is received again, and nothing else is.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;

CREATE TABLE sent (
    id integer,
    literal interlink.link,
    small interlink.link(many_to_many, int2),
    middle interlink.link(many_to_one, int4),
    large interlink.link(many_to_many, int8, ordered),
    tag interlink.link(many_to_many, uuid),
    name interlink.link(many_to_many, text),
    other interlink.link(many_to_many, other, ordered)
);
INSERT INTO sent VALUES
    (1, '{b,01,a}', '{2,-1}', '{7}', '{3,-9223372036854775808,1}', '{00000000-0000-0000-0000-000000000002,00000000-0000-0000-0000-000000000001}', '{b,"a ä",""}', '{b,a}'),
    (2, '{}', '{}', '{}', '{}', '{}', '{}', '{}'),
    (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO sent (id, large, name)
SELECT 4, array_agg(i ORDER BY i DESC), array_agg('key ' || i) FROM generate_series(1, 20000) i;
SELECT interlink.link_send(small), interlink.link_send(name), interlink.link_send(middle) FROM sent WHERE id = 1;

-- COPY there and back
SELECT current_setting('data_directory') || '/interlink_regress.bin' AS file \gset
COPY sent TO :'file' (FORMAT binary);
CREATE TABLE received (LIKE sent);
COPY received FROM :'file' (FORMAT binary);
SELECT count(*) AS rows, count(*) FILTER (WHERE s::text IS DISTINCT FROM r::text OR s *<> r) AS differences
FROM sent s JOIN received r USING (id);

-- a column of another modifier reads the same bytes in its own way
CREATE TABLE other_way (
    id integer,
    literal interlink.link(many_to_many, text),
    small interlink.link(many_to_many, int8, ordered),
    middle interlink.link(many_to_many, text),
    large interlink.link(many_to_many, int8),
    tag interlink.link(many_to_many, text),
    name interlink.link,
    other interlink.link(many_to_many, text)
);
COPY other_way FROM :'file' (FORMAT binary);
SELECT * FROM other_way WHERE id < 4 ORDER BY id;
CREATE TABLE refused (LIKE other_way);
ALTER TABLE refused ALTER name TYPE interlink.link(many_to_one, text);
\set VERBOSITY terse
COPY refused FROM :'file' (FORMAT binary);
\set VERBOSITY default

-- malformed binary: the bytes of one value are put into a COPY file of one column
CREATE TABLE one_value (v interlink.link);
CREATE FUNCTION pg_temp.receive(value text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    bytes bytea := decode(replace(value, ' ', ''), 'hex');
    file text := current_setting('data_directory') || '/interlink_regress.bin';
    object oid;
    result text;
    detail text;
BEGIN
    object := lo_from_bytea(0, '\x5047434f50590aff0d0a00' || '\x00000000'::bytea || '\x00000000'::bytea || '\x0001'::bytea ||
                               int4send(length(bytes)) || bytes || '\xffff'::bytea);
    PERFORM lo_export(object, file);
    PERFORM lo_unlink(object);
    TRUNCATE one_value;
    EXECUTE format('COPY one_value FROM %L (FORMAT binary)', file);
    SELECT v::text INTO result FROM one_value;
    RETURN 'ok: ' || result;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN SQLSTATE || ': ' || SQLERRM || coalesce(' / ' || nullif(detail, ''), '');
END $$;

SELECT id, value, pg_temp.receive(value) AS result
FROM unnest(ARRAY[
    -- version, kind, flags, number of keys, keys
    '01010000000000', '0101000000000200000002000200000002ffff', '01020000000001 00000004 7fffffff',
    '01030200000001 00000008 0000000000000007', '01030100000002 00000008 0000000000000007 00000008 0000000000000001',
    '01050000000002 00000001 62 00000001 61', '01050000000002 00000001 61 00000001 61', '01000000000001 00000000',
    -- too short, too long
    '', '01', '0101', '010100', '010100000000', '01010000000001', '0101000000000100000002', '010100000000010000000200',
    '0101000000000000', '010100000000010000000200070a',
    -- unknown version, kind, flags
    '00010000000000', '02010000000000', '01070000000000', '01ff0000000000', '01010400000000', '01018000000000', '01010300000000',
    '01000100000000', '01000200000000',
    -- numbers that do not fit
    '0101007fffffff', '010100ffffffff', '0101008000000000', '01050000000001 7fffffff 61', '01050000000001 ffffffff 61',
    '01050000000001 00000002 61', '01010000000001 00000004 00000001', '01040000000001 0000000f 000102030405060708090a0b0c0d0e',
    '01030000000001 00000002 0001', '01020000000002 00000004 00000001',
    -- text that is none
    '01050000000001 00000001 ff', '01050000000001 00000001 00', '01050000000001 00000003 610062',
    -- several keys where one is allowed
    '01020200000002 00000004 00000001 00000004 00000002'
]) WITH ORDINALITY AS t(value, id) ORDER BY id;

-- every one-byte change of a good value gives an error or a value that is read again
SELECT count(*) AS tried, count(*) FILTER (WHERE result LIKE 'ok:%' OR result ~ '^(22P03|22021|21000)') AS clean
FROM (SELECT pg_temp.receive(encode(set_byte(good, place, byte), 'hex')) AS result
      FROM (SELECT interlink.link_send('{ab,c}'::interlink.link(many_to_many, text)) AS good) v,
           generate_series(0, length(good) - 1) place, unnest(ARRAY[0, 1, 2, 6, 127, 128, 255]) byte) s;

COPY (SELECT WHERE false) TO :'file';
DROP TABLE sent, received, other_way, refused, one_value;
