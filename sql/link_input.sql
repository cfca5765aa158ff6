-- What the type reads and writes.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;

-- good literals; '|' shows where keys begin and end
SELECT id, literal, literal::interlink.link AS link,
       (SELECT string_agg(key, '|') FROM interlink.link_keys(literal::interlink.link) AS key) AS keys
FROM unnest(ARRAY[
    '{}', '{1,2,3}', '{3,1,2}', '{1,1,2,1}', ' { 1 , 2 } ', '7', '  -7 ', 'some key', 'a,b', '', '   ',
    'null', '{NULL}', '{null,1,NULL}', '{"null"}', '{"7","8"}', '{"a b","c,d","e\"f","g\\h","{i}"}', '{a b,c}',
    '{\a,b\,c,\NULL}', '{""}', '{ "" , x }', '{a:b,it''s}', 'NULL', 'true',
    '[]', '[7,8]', '["7","8"]', '[8,7,8]', '[null,7,null]', '{"id":7}', '{"id":"a b"}', '{"id":null}', '[{"id":7},{"id":8}]',
    '[{"id":7,"title":"seven"},8,"nine",null]', ' [ 1 , 2 ] ', '"seven"', '{ "id" : 7 }', '{"id":1,"id":2}',
    '[9223372036854775807]', '[1e3]', '[1.50]', '["\u00e4\n"]', '{äöü,"ß"}',
    'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
    -- what node-pg makes of an array of objects, and how such a text is a key
    '{"{\"id\":7}","{\"id\":\"a b\",\"title\":\"x\"}",3}', '{"{\"id\":null}","{ \"x\" : 1, \"id\" : 7 }"}', '{"\{\"id\":7}",\{\"id\"\:7\}}', '{"{\"id\"}"}'
]) WITH ORDINALITY AS t(literal, id) ORDER BY id;

-- bad literals
CREATE FUNCTION pg_temp.try(expression text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
    detail text;
BEGIN
    EXECUTE 'SELECT ' || expression INTO result;
    RETURN 'ok: ' || coalesce(result, 'NULL');
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    -- the details of the JSON parser differ between versions
    RETURN SQLSTATE || ': ' || SQLERRM || CASE WHEN SQLERRM ~ 'link' AND detail <> '' THEN ' / ' || detail ELSE '' END;
END $$;

SELECT id, literal, pg_temp.try(quote_literal(literal) || '::interlink.link') AS result
FROM unnest(ARRAY[
    '{', '{1', '{1,', '{1,}', '{,1}', '{,}', '{1,,2}', '{1}2', '{}}', '{1} {2}', '{{1}}', '{1"2"}', '{"1"2}', '{"1', '{"1\', '{1\',
    '{"a" "b"}', '[', '[1', '[1,]', '[1]2', '[[1]]', '[{"id":[1]}]', '[{"id":{"a":1}}]', '[true]', '{"id":false}', '[{"ID":7}]',
    '{"key":7}', '{"{\"key\":7}"}', '{1,"{\"id\":"}', '[{}]', '{"id":7', '{"id":}', '"seven', '"a" "b"', '["\u0000"]', '[0:1]={1,2}'
]) WITH ORDINALITY AS t(literal, id) ORDER BY id;

-- keys of each kind, good and bad
SELECT kind, literal, pg_temp.try(format('%L::interlink.link(many_to_many,%s)', literal, kind)) AS result
FROM (VALUES
    ('int2', '{2,10,-1,+3,007}'), ('int2', '{32767,-32768}'), ('int2', '{32768}'), ('int2', '{-32769}'),
    ('int4', '{2147483647,-2147483648}'), ('int4', '{2147483648}'),
    ('int8', '{9223372036854775807,-9223372036854775808}'), ('int8', '{9223372036854775808}'), ('int8', '{-9223372036854775809}'),
    ('int8', '{1,01," 1 "}'), ('int8', '{a}'), ('int8', '{1.0}'), ('int8', '{1e3}'), ('int8', '{""}'), ('int8', '{-}'), ('int8', '{1 2}'),
    ('int8', '{0x10}'), ('int8', '[true]'), ('int8', '{}'), ('int8', ''), ('int8', 'null'), ('int8', '{99999999999999999999999999}'),
    ('uuid', '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11,A0EEBC999C0B4EF8BB6D6BB9BD380A11}'),
    ('uuid', 'a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11'), ('uuid', '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'),
    ('uuid', '{"{00000000-0000-0000-0000-000000000007}"}'), ('uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1'),
    ('uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a111'), ('uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1g'), ('uuid', '7'),
    ('uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11-'), ('uuid', 'a-0eebc999c0b4ef8bb6d6bb9bd380a11'),
    ('text', '{b,a,B,A,ä,"",a}'), ('text', '[1,"1","01"]'), ('other', '{2024-01-02,"(1,x)"}')
) AS t(kind, literal);

-- what is written is read again
SELECT count(*) AS differences FROM (
    SELECT l, l::text::interlink.link AS again FROM (
        SELECT ('{' || string_agg('"' || replace(replace(k, '\', '\\'), '"', '\"') || '"', ',') || '}')::interlink.link AS l
        FROM (SELECT n, CASE WHEN n % 14 = 0 THEN '' ELSE chr(1 + n % 255) END || repeat(substr('{},"\ ax''NULL[]:', 1 + n % 15, 3), n % 4) || CASE WHEN n % 7 = 0 THEN '{"id":7}' ELSE '' END AS k FROM generate_series(1, 2000) n) AS s
        GROUP BY n / 7) AS t) AS u
WHERE l <> again OR l::text <> again::text OR cardinality(l) <> cardinality(again);

-- large literals
SELECT cardinality(('{' || string_agg(i::text, ',') || '}')::interlink.link) AS literal,
       cardinality(('[' || string_agg(i::text, ',') || ']')::interlink.link(many_to_many, int8)) AS json,
       cardinality((array_agg(i) || array_agg(i))::interlink.link(many_to_many, text)) AS elements
FROM generate_series(1, 100000) i;
