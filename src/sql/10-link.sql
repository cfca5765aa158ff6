-- The type interlink.link: an ordered set of distinct row keys.  Its functions
-- live in schema interlink, its operators and cardinality(link) in the schema
-- of CREATE EXTENSION, so that they are found without a prefix.

CREATE TYPE interlink.link;

-- Input, output, modifier

CREATE FUNCTION interlink.link_in(cstring, oid, integer) RETURNS interlink.link
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_in(cstring, oid, integer) IS 'I/O: reads {1,2}, a bare key, or JSON; 22P02 on malformed text, 21000 on several keys for a to-one modifier';

CREATE FUNCTION interlink.link_out(interlink.link) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_out(interlink.link) IS 'I/O: writes {1,2}';

CREATE FUNCTION interlink.link_recv(internal, oid, integer) RETURNS interlink.link
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_recv(internal, oid, integer) IS 'I/O: reads the binary form; 22P03 when it is malformed';

CREATE FUNCTION interlink.link_send(interlink.link) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_send(interlink.link) IS 'I/O: writes the binary form';

CREATE FUNCTION interlink.link_typmod_in(cstring[]) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_typmod_in(cstring[]) IS 'I/O typmod: reads (relationship, key type[, ordered]); 22023 on anything else';

CREATE FUNCTION interlink.link_typmod_out(integer) RETURNS cstring
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_typmod_out(integer) IS 'I/O typmod: writes (relationship,key type[,ordered])';

CREATE FUNCTION interlink.link_typanalyze(internal) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_typanalyze(internal) IS 'statistics of the keys of a link column';

-- Category U and no element type: tools must not take it for an array.
CREATE TYPE interlink.link (
	INPUT = interlink.link_in,
	OUTPUT = interlink.link_out,
	RECEIVE = interlink.link_recv,
	SEND = interlink.link_send,
	TYPMOD_IN = interlink.link_typmod_in,
	TYPMOD_OUT = interlink.link_typmod_out,
	ANALYZE = interlink.link_typanalyze,
	INTERNALLENGTH = VARIABLE,
	ALIGNMENT = int4,
	STORAGE = external,
	CATEGORY = 'U'
);
COMMENT ON TYPE interlink.link IS 'set of row keys; link(relationship, key type[, ordered]), as in link(many_to_many,int8)';

CREATE FUNCTION interlink.link_coerce(interlink.link, integer, boolean) RETURNS interlink.link
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_coerce(interlink.link, integer, boolean) IS 'gives a link the kind and order of a modifier; 22P02 or 22003 on an impossible key, 21000 on several keys for a to-one modifier';

CREATE CAST (interlink.link AS interlink.link)
	WITH FUNCTION interlink.link_coerce(interlink.link, integer, boolean) AS IMPLICIT;
COMMENT ON CAST (interlink.link AS interlink.link) IS 'applies the modifier of the target';

-- Reading a link

CREATE FUNCTION @extschema@.cardinality(interlink.link) RETURNS integer
AS 'MODULE_PATHNAME', 'link_cardinality' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION @extschema@.cardinality(interlink.link) IS 'number of keys of a link';

CREATE FUNCTION interlink.link_keys(interlink.link) RETURNS SETOF text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 10;
COMMENT ON FUNCTION interlink.link_keys(interlink.link) IS 'the keys of a link as text, one row each, in the order of the link';

