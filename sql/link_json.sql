-- Links from and to JSON.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;

CREATE TABLE documents (
    id integer,
    many interlink.link(many_to_many, int8) NOT NULL DEFAULT '{}',
    one interlink.link(many_to_one, int8),
    names interlink.link(many_to_many, text, ordered),
    tag interlink.link(one_to_one, uuid)
);
INSERT INTO documents VALUES
    (1, '{2,1}', 2, '{b,"a \"q\" \\ä"}', '00000000-0000-0000-0000-000000000001'),
    (2, '{}', '{}', '{}', NULL),
    (3, '{9223372036854775807}', NULL, '{1}', '{}');
SELECT to_jsonb(d) FROM documents d ORDER BY id;
SELECT row_to_json(d) FROM documents d ORDER BY id;
SELECT json_agg(many ORDER BY id), jsonb_agg(one ORDER BY id), json_build_object('names', (SELECT names FROM documents WHERE id = 3)) FROM documents;
SELECT many::json, one::jsonb, names::jsonb, '{7,x,07,-0,99999999999999999999}'::interlink.link::jsonb AS literal FROM documents ORDER BY id;

-- and back; without the row trigger of a link column, {} in a to-one column comes back as NULL
SELECT d = r AS same FROM documents d, jsonb_populate_record(NULL::documents, to_jsonb(d)) r ORDER BY d.id;
SELECT d = r AS same FROM documents d, json_populate_record(NULL::documents, row_to_json(d)) r ORDER BY d.id;
INSERT INTO documents SELECT 4, j->'many', j->'one', j->'names', j->'tag'
FROM (SELECT '{"many":[{"id":5},{"id":4}],"one":{"id":3},"names":["z","y"],"tag":null}'::jsonb AS j) s
RETURNING *;
UPDATE documents SET many = '{"a":1}'::jsonb;
UPDATE documents SET many = 'true'::jsonb;
UPDATE documents SET many = '[[1]]'::json;
UPDATE documents SET one = '[1,2]'::json;
UPDATE documents SET many = '"x"'::jsonb;
DROP TABLE documents;
