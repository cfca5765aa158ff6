-- Casts to link make a literal: the column assigned to gives it kind and order.

CREATE FUNCTION interlink.link_from_int2(smallint) RETURNS interlink.link
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_from_int2(smallint) IS 'a link of one key';
CREATE CAST (smallint AS interlink.link) WITH FUNCTION interlink.link_from_int2(smallint) AS ASSIGNMENT;
COMMENT ON CAST (smallint AS interlink.link) IS 'a link of one key';

CREATE FUNCTION interlink.link_from_int4(integer) RETURNS interlink.link
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_from_int4(integer) IS 'a link of one key';
CREATE CAST (integer AS interlink.link) WITH FUNCTION interlink.link_from_int4(integer) AS ASSIGNMENT;
COMMENT ON CAST (integer AS interlink.link) IS 'a link of one key';

CREATE FUNCTION interlink.link_from_int8(bigint) RETURNS interlink.link
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_from_int8(bigint) IS 'a link of one key';
CREATE CAST (bigint AS interlink.link) WITH FUNCTION interlink.link_from_int8(bigint) AS ASSIGNMENT;
COMMENT ON CAST (bigint AS interlink.link) IS 'a link of one key';

CREATE FUNCTION interlink.link_from_uuid(uuid) RETURNS interlink.link
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_from_uuid(uuid) IS 'a link of one key';
CREATE CAST (uuid AS interlink.link) WITH FUNCTION interlink.link_from_uuid(uuid) AS ASSIGNMENT;
COMMENT ON CAST (uuid AS interlink.link) IS 'a link of one key';

CREATE FUNCTION interlink.link_from_text(text) RETURNS interlink.link
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_from_text(text) IS 'a link from text, read as a literal; 22P02 when malformed';
CREATE CAST (text AS interlink.link) WITH FUNCTION interlink.link_from_text(text) AS ASSIGNMENT;
COMMENT ON CAST (text AS interlink.link) IS 'read as a literal';

CREATE FUNCTION interlink.link_from_varchar(varchar) RETURNS interlink.link
AS 'MODULE_PATHNAME', 'link_from_text' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_from_varchar(varchar) IS 'a link from text, read as a literal; 22P02 when malformed';
CREATE CAST (varchar AS interlink.link) WITH FUNCTION interlink.link_from_varchar(varchar) AS ASSIGNMENT;
COMMENT ON CAST (varchar AS interlink.link) IS 'read as a literal';

CREATE FUNCTION interlink.link_from_int2_array(smallint[]) RETURNS interlink.link
AS 'MODULE_PATHNAME', 'link_from_array' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_from_int2_array(smallint[]) IS 'a link of the elements of an array; NULLs are dropped';
CREATE CAST (smallint[] AS interlink.link) WITH FUNCTION interlink.link_from_int2_array(smallint[]) AS ASSIGNMENT;
COMMENT ON CAST (smallint[] AS interlink.link) IS 'a link of the elements; NULLs are dropped';

CREATE FUNCTION interlink.link_from_int4_array(integer[]) RETURNS interlink.link
AS 'MODULE_PATHNAME', 'link_from_array' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_from_int4_array(integer[]) IS 'a link of the elements of an array; NULLs are dropped';
CREATE CAST (integer[] AS interlink.link) WITH FUNCTION interlink.link_from_int4_array(integer[]) AS ASSIGNMENT;
COMMENT ON CAST (integer[] AS interlink.link) IS 'a link of the elements; NULLs are dropped';

CREATE FUNCTION interlink.link_from_int8_array(bigint[]) RETURNS interlink.link
AS 'MODULE_PATHNAME', 'link_from_array' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_from_int8_array(bigint[]) IS 'a link of the elements of an array; NULLs are dropped';
CREATE CAST (bigint[] AS interlink.link) WITH FUNCTION interlink.link_from_int8_array(bigint[]) AS ASSIGNMENT;
COMMENT ON CAST (bigint[] AS interlink.link) IS 'a link of the elements; NULLs are dropped';

CREATE FUNCTION interlink.link_from_uuid_array(uuid[]) RETURNS interlink.link
AS 'MODULE_PATHNAME', 'link_from_array' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_from_uuid_array(uuid[]) IS 'a link of the elements of an array; NULLs are dropped';
CREATE CAST (uuid[] AS interlink.link) WITH FUNCTION interlink.link_from_uuid_array(uuid[]) AS ASSIGNMENT;
COMMENT ON CAST (uuid[] AS interlink.link) IS 'a link of the elements; NULLs are dropped';

CREATE FUNCTION interlink.link_from_text_array(text[]) RETURNS interlink.link
AS 'MODULE_PATHNAME', 'link_from_array' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_from_text_array(text[]) IS 'a link of the elements of an array; NULLs are dropped';
CREATE CAST (text[] AS interlink.link) WITH FUNCTION interlink.link_from_text_array(text[]) AS ASSIGNMENT;
COMMENT ON CAST (text[] AS interlink.link) IS 'a link of the elements; NULLs are dropped';

CREATE FUNCTION interlink.link_from_varchar_array(varchar[]) RETURNS interlink.link
AS 'MODULE_PATHNAME', 'link_from_array' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_from_varchar_array(varchar[]) IS 'a link of the elements of an array; NULLs are dropped';
CREATE CAST (varchar[] AS interlink.link) WITH FUNCTION interlink.link_from_varchar_array(varchar[]) AS ASSIGNMENT;
COMMENT ON CAST (varchar[] AS interlink.link) IS 'a link of the elements; NULLs are dropped';

CREATE FUNCTION interlink.link_from_json(json) RETURNS interlink.link
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_from_json(json) IS 'a link from [1,2], [{"id":1}], a single key, or null; 22P02 on anything else';
CREATE CAST (json AS interlink.link) WITH FUNCTION interlink.link_from_json(json) AS ASSIGNMENT;
COMMENT ON CAST (json AS interlink.link) IS 'a link of the keys listed';

CREATE FUNCTION interlink.link_from_jsonb(jsonb) RETURNS interlink.link
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_from_jsonb(jsonb) IS 'a link from [1,2], [{"id":1}], a single key, or null; 22P02 on anything else';
CREATE CAST (jsonb AS interlink.link) WITH FUNCTION interlink.link_from_jsonb(jsonb) AS ASSIGNMENT;
COMMENT ON CAST (jsonb AS interlink.link) IS 'a link of the keys listed';

CREATE FUNCTION interlink.link_to_int2_array(interlink.link) RETURNS smallint[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_to_int2_array(interlink.link) IS 'the keys of a link as an array, in the order of the link; 22P02 or 22003 on a key that is no smallint';
CREATE CAST (interlink.link AS smallint[]) WITH FUNCTION interlink.link_to_int2_array(interlink.link) AS ASSIGNMENT;
COMMENT ON CAST (interlink.link AS smallint[]) IS 'array of the keys';

CREATE FUNCTION interlink.link_to_int4_array(interlink.link) RETURNS integer[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_to_int4_array(interlink.link) IS 'the keys of a link as an array, in the order of the link; 22P02 or 22003 on a key that is no integer';
CREATE CAST (interlink.link AS integer[]) WITH FUNCTION interlink.link_to_int4_array(interlink.link) AS ASSIGNMENT;
COMMENT ON CAST (interlink.link AS integer[]) IS 'array of the keys';

CREATE FUNCTION interlink.link_to_int8_array(interlink.link) RETURNS bigint[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_to_int8_array(interlink.link) IS 'the keys of a link as an array, in the order of the link; 22P02 or 22003 on a key that is no bigint';
CREATE CAST (interlink.link AS bigint[]) WITH FUNCTION interlink.link_to_int8_array(interlink.link) AS ASSIGNMENT;
COMMENT ON CAST (interlink.link AS bigint[]) IS 'array of the keys';

CREATE FUNCTION interlink.link_to_uuid_array(interlink.link) RETURNS uuid[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_to_uuid_array(interlink.link) IS 'the keys of a link as an array, in the order of the link; 22P02 or 22003 on a key that is no uuid';
CREATE CAST (interlink.link AS uuid[]) WITH FUNCTION interlink.link_to_uuid_array(interlink.link) AS ASSIGNMENT;
COMMENT ON CAST (interlink.link AS uuid[]) IS 'array of the keys';

CREATE FUNCTION interlink.link_to_text_array(interlink.link) RETURNS text[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_to_text_array(interlink.link) IS 'the keys of a link as an array, in the order of the link';
CREATE CAST (interlink.link AS text[]) WITH FUNCTION interlink.link_to_text_array(interlink.link) AS ASSIGNMENT;
COMMENT ON CAST (interlink.link AS text[]) IS 'array of the keys';

CREATE FUNCTION interlink.link_to_varchar_array(interlink.link) RETURNS varchar[]
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_to_varchar_array(interlink.link) IS 'the keys of a link as an array, in the order of the link';
CREATE CAST (interlink.link AS varchar[]) WITH FUNCTION interlink.link_to_varchar_array(interlink.link) AS ASSIGNMENT;
COMMENT ON CAST (interlink.link AS varchar[]) IS 'array of the keys';

CREATE FUNCTION interlink.link_to_json(interlink.link) RETURNS json
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_to_json(interlink.link) IS '[1,2], or 2 or null for a to-one link';
CREATE CAST (interlink.link AS json) WITH FUNCTION interlink.link_to_json(interlink.link) AS ASSIGNMENT;
COMMENT ON CAST (interlink.link AS json) IS '[1,2], or 2 or null for a to-one link';

CREATE FUNCTION interlink.link_to_jsonb(interlink.link) RETURNS jsonb
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_to_jsonb(interlink.link) IS '[1,2], or 2 or null for a to-one link';
CREATE CAST (interlink.link AS jsonb) WITH FUNCTION interlink.link_to_jsonb(interlink.link) AS ASSIGNMENT;
COMMENT ON CAST (interlink.link AS jsonb) IS '[1,2], or 2 or null for a to-one link';

CREATE FUNCTION interlink.link_to_int8(interlink.link) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_to_int8(interlink.link) IS 'the one key of a link, NULL if it has none; 21000 if it has several';
CREATE CAST (interlink.link AS bigint) WITH FUNCTION interlink.link_to_int8(interlink.link);
COMMENT ON CAST (interlink.link AS bigint) IS 'the one key, NULL if there is none';

CREATE FUNCTION interlink.link_to_uuid(interlink.link) RETURNS uuid
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_to_uuid(interlink.link) IS 'the one key of a link, NULL if it has none; 21000 if it has several';
CREATE CAST (interlink.link AS uuid) WITH FUNCTION interlink.link_to_uuid(interlink.link);
COMMENT ON CAST (interlink.link AS uuid) IS 'the one key, NULL if there is none';
