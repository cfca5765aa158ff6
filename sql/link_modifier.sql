-- The modifier of the type, and what it does to values.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;

CREATE TABLE modified (
    a interlink.link,
    b interlink.link(one_to_one, int2),
    c interlink.link(many_to_one, smallint),
    d interlink.link(one_to_many, int),
    e interlink.link(many_to_many, integer),
    f interlink.link(many_to_many, bigint, ordered),
    g interlink.link(manyMany, uuid),
    h interlink.link("many_to_many", "text", "ordered"),
    i interlink.link('many_to_many', 'other'),
    j interlink.link(many_to_many, varchar)
);
\d modified
DROP TABLE modified;

-- one message per mistake
DO $$
DECLARE
    modifier text;
    detail text;
    hint text;
BEGIN
    FOREACH modifier IN ARRAY ARRAY['()', '(many_to_many)', '(many_to_many,int8,ordered,ordered)', '(some_to_many,int8)',
        '(many_to_many,numeric)', '(many_to_many,unresolved)', '(many_to_many,int8,sorted)', '(many_to_one,int8,ordered)',
        '(one_to_one,int8,ordered)', '(1,2)', '(NULL,int8)', '(many_to_many,int8.x)'] LOOP
        BEGIN
            EXECUTE 'SELECT ''{}''::interlink.link' || modifier;
            RAISE INFO '%: accepted', modifier;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
            RAISE INFO '% %: %', modifier, SQLSTATE, concat_ws(' / ', SQLERRM, nullif(detail, ''), nullif(hint, ''));
        END;
    END LOOP;
END $$;

-- a literal keeps what was written until it meets a column
CREATE TABLE met (
    plain interlink.link(many_to_many, int8) NOT NULL DEFAULT '{}',
    sorted_text interlink.link(many_to_many, text),
    in_order interlink.link(many_to_many, int8, ordered),
    one interlink.link(many_to_one, int8)
);
SELECT '{10,9,10,09}'::interlink.link;
INSERT INTO met VALUES ('{10,9,10,09}', '{10,9,10,09}', '{10,9,10,09}', '{10,010}') RETURNING *;
INSERT INTO met DEFAULT VALUES RETURNING *;
INSERT INTO met VALUES (ARRAY[3,NULL,1], ARRAY['b','a'], ARRAY[3,1], 5) RETURNING *;
INSERT INTO met VALUES ('[{"id":3},{"id":1}]'::jsonb, '["b","a"]'::json, '[3,1]'::jsonb, '{"id":5}'::jsonb) RETURNING *;
UPDATE met SET plain = 7, in_order = 7::smallint, one = 7::bigint, sorted_text = 'x'::varchar RETURNING *;
UPDATE met SET plain = '{1,2}'::text, in_order = '[2,1]'::varchar, one = ''::text RETURNING *;

-- from one kind to another
UPDATE met SET plain = '{1,2}', sorted_text = '{11,2}', in_order = '{2,1}', one = 3;
SELECT plain::interlink.link(many_to_many, int2), plain::interlink.link(many_to_many, text), sorted_text::interlink.link(many_to_many, int4),
       in_order::interlink.link(many_to_many, int8), plain::interlink.link(many_to_many, int8, ordered), one::interlink.link(many_to_many, int8)
FROM met LIMIT 1;
SELECT pg_typeof(plain), pg_typeof(plain || 3) FROM met LIMIT 1;
SELECT '{}'::interlink.link(many_to_one, int8), '{}'::interlink.link(many_to_one, int8)::interlink.link(many_to_many, text);

-- errors
INSERT INTO met (one) VALUES ('{1,2}');
UPDATE met SET one = ARRAY[1,2];
UPDATE met SET one = one || 4;
UPDATE met SET one = in_order;
UPDATE met SET plain = '{1,x}';
UPDATE met SET plain = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid;
UPDATE met SET plain = '{1,2}'::interlink.link(many_to_many, int8) || '{99999999999}' RETURNING plain;
SELECT plain::interlink.link(many_to_many, int4) FROM met;
UPDATE met SET plain = 1.5;
UPDATE met SET plain = current_date;
DROP TABLE met;
