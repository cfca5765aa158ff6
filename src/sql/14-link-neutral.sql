-- "literal - column" means jsonb - text, or jsonb - text[], if the column casts to
-- these implicitly.  The polymorphic "-" of links above would make that ambiguous
-- for the types below, for which these exact matches keep it what it was.  The
-- functions are inlined.

CREATE FUNCTION interlink.jsonb_minus_char(jsonb, "char") RETURNS jsonb
LANGUAGE SQL IMMUTABLE PARALLEL SAFE RETURN $1 OPERATOR(pg_catalog.-) $2::pg_catalog.text;
COMMENT ON FUNCTION interlink.jsonb_minus_char(jsonb, "char") IS 'implementation of - operator';

CREATE OPERATOR @extschema@.- (
	LEFTARG = jsonb,
	RIGHTARG = "char",
	FUNCTION = interlink.jsonb_minus_char
);
COMMENT ON OPERATOR @extschema@.- (jsonb, "char") IS 'jsonb without a key: as pg_catalog has it for text, so that the operators of links make no expression ambiguous';

CREATE FUNCTION interlink.jsonb_minus_char_array(jsonb, "char"[]) RETURNS jsonb
LANGUAGE SQL IMMUTABLE PARALLEL SAFE RETURN $1 OPERATOR(pg_catalog.-) $2::pg_catalog.text[];
COMMENT ON FUNCTION interlink.jsonb_minus_char_array(jsonb, "char"[]) IS 'implementation of - operator';

CREATE OPERATOR @extschema@.- (
	LEFTARG = jsonb,
	RIGHTARG = "char"[],
	FUNCTION = interlink.jsonb_minus_char_array
);
COMMENT ON OPERATOR @extschema@.- (jsonb, "char"[]) IS 'jsonb without keys: as pg_catalog has it for text[], so that the operators of links make no expression ambiguous';

CREATE FUNCTION interlink.jsonb_minus_name_array(jsonb, name[]) RETURNS jsonb
LANGUAGE SQL IMMUTABLE PARALLEL SAFE RETURN $1 OPERATOR(pg_catalog.-) $2::pg_catalog.text[];
COMMENT ON FUNCTION interlink.jsonb_minus_name_array(jsonb, name[]) IS 'implementation of - operator';

CREATE OPERATOR @extschema@.- (
	LEFTARG = jsonb,
	RIGHTARG = name[],
	FUNCTION = interlink.jsonb_minus_name_array
);
COMMENT ON OPERATOR @extschema@.- (jsonb, name[]) IS 'jsonb without keys: as pg_catalog has it for text[], so that the operators of links make no expression ambiguous';

CREATE FUNCTION interlink.jsonb_minus_bpchar_array(jsonb, character[]) RETURNS jsonb
LANGUAGE SQL IMMUTABLE PARALLEL SAFE RETURN $1 OPERATOR(pg_catalog.-) $2::pg_catalog.text[];
COMMENT ON FUNCTION interlink.jsonb_minus_bpchar_array(jsonb, character[]) IS 'implementation of - operator';

CREATE OPERATOR @extschema@.- (
	LEFTARG = jsonb,
	RIGHTARG = character[],
	FUNCTION = interlink.jsonb_minus_bpchar_array
);
COMMENT ON OPERATOR @extschema@.- (jsonb, character[]) IS 'jsonb without keys: as pg_catalog has it for text[], so that the operators of links make no expression ambiguous';

CREATE FUNCTION interlink.jsonb_minus_varchar_array(jsonb, character varying[]) RETURNS jsonb
LANGUAGE SQL IMMUTABLE PARALLEL SAFE RETURN $1 OPERATOR(pg_catalog.-) $2::pg_catalog.text[];
COMMENT ON FUNCTION interlink.jsonb_minus_varchar_array(jsonb, character varying[]) IS 'implementation of - operator';

CREATE OPERATOR @extschema@.- (
	LEFTARG = jsonb,
	RIGHTARG = character varying[],
	FUNCTION = interlink.jsonb_minus_varchar_array
);
COMMENT ON OPERATOR @extschema@.- (jsonb, character varying[]) IS 'jsonb without keys: as pg_catalog has it for text[], so that the operators of links make no expression ambiguous';

