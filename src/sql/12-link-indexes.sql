-- Order.  It serves ORDER BY, DISTINCT and btree indexes, which find it by the
-- operator class; nobody writes it, so it stays out of the search path.

CREATE FUNCTION interlink.link_lt(interlink.link, interlink.link) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_lt(interlink.link, interlink.link) IS 'implementation of < operator';

CREATE OPERATOR interlink.< (
	LEFTARG = interlink.link,
	RIGHTARG = interlink.link,
	FUNCTION = interlink.link_lt,
	COMMUTATOR = OPERATOR(interlink.>),
	NEGATOR = OPERATOR(interlink.>=),
	RESTRICT = pg_catalog.scalarltsel,
	JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR interlink.< (interlink.link, interlink.link) IS 'the left link sorts before the right one: key by key, then the shorter first';

CREATE FUNCTION interlink.link_le(interlink.link, interlink.link) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_le(interlink.link, interlink.link) IS 'implementation of <= operator';

CREATE OPERATOR interlink.<= (
	LEFTARG = interlink.link,
	RIGHTARG = interlink.link,
	FUNCTION = interlink.link_le,
	COMMUTATOR = OPERATOR(interlink.>=),
	NEGATOR = OPERATOR(interlink.>),
	RESTRICT = pg_catalog.scalarlesel,
	JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR interlink.<= (interlink.link, interlink.link) IS 'the left link sorts before or is equal to the right one: key by key, then the shorter first';

CREATE FUNCTION interlink.link_ge(interlink.link, interlink.link) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_ge(interlink.link, interlink.link) IS 'implementation of >= operator';

CREATE OPERATOR interlink.>= (
	LEFTARG = interlink.link,
	RIGHTARG = interlink.link,
	FUNCTION = interlink.link_ge,
	COMMUTATOR = OPERATOR(interlink.<=),
	NEGATOR = OPERATOR(interlink.<),
	RESTRICT = pg_catalog.scalargesel,
	JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR interlink.>= (interlink.link, interlink.link) IS 'the left link sorts after or is equal to the right one: key by key, then the shorter first';

CREATE FUNCTION interlink.link_gt(interlink.link, interlink.link) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_gt(interlink.link, interlink.link) IS 'implementation of > operator';

CREATE OPERATOR interlink.> (
	LEFTARG = interlink.link,
	RIGHTARG = interlink.link,
	FUNCTION = interlink.link_gt,
	COMMUTATOR = OPERATOR(interlink.<),
	NEGATOR = OPERATOR(interlink.<=),
	RESTRICT = pg_catalog.scalargtsel,
	JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR interlink.> (interlink.link, interlink.link) IS 'the left link sorts after the right one: key by key, then the shorter first';

CREATE FUNCTION interlink.link_cmp(interlink.link, interlink.link) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_cmp(interlink.link, interlink.link) IS 'btree comparison: less than, equal to or greater than 0';

CREATE OPERATOR CLASS interlink.link_ops DEFAULT FOR TYPE interlink.link USING btree AS
	OPERATOR 1 interlink.<,
	OPERATOR 2 interlink.<=,
	OPERATOR 3 @extschema@.= (interlink.link, interlink.link),
	OPERATOR 4 interlink.>=,
	OPERATOR 5 interlink.>,
	FUNCTION 1 interlink.link_cmp(interlink.link, interlink.link);
COMMENT ON OPERATOR CLASS interlink.link_ops USING btree IS 'order and uniqueness of links';
COMMENT ON OPERATOR FAMILY interlink.link_ops USING btree IS 'order and uniqueness of links';

CREATE FUNCTION interlink.link_hash(interlink.link) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_hash(interlink.link) IS 'hash of a link, the same for every spelling of the same keys';

CREATE FUNCTION interlink.link_hash_extended(interlink.link, bigint) RETURNS bigint
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_hash_extended(interlink.link, bigint) IS 'hash of a link with a seed';

CREATE OPERATOR CLASS interlink.link_hash_ops DEFAULT FOR TYPE interlink.link USING hash AS
	OPERATOR 1 @extschema@.= (interlink.link, interlink.link),
	FUNCTION 1 interlink.link_hash(interlink.link),
	FUNCTION 2 interlink.link_hash_extended(interlink.link, bigint);
COMMENT ON OPERATOR CLASS interlink.link_hash_ops USING hash IS 'equality of links';
COMMENT ON OPERATOR FAMILY interlink.link_hash_ops USING hash IS 'equality of links';

-- GIN stores a hash of each key; rows found are rechecked.

CREATE FUNCTION interlink.link_gin_compare(integer, integer) RETURNS integer
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_gin_compare(integer, integer) IS 'GIN support: order of entries';

CREATE FUNCTION interlink.link_gin_extract_value(interlink.link, internal, internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_gin_extract_value(interlink.link, internal, internal) IS 'GIN support: entries of a stored link';

CREATE FUNCTION interlink.link_gin_extract_query(interlink.link, internal, smallint, internal, internal, internal, internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_gin_extract_query(interlink.link, internal, smallint, internal, internal, internal, internal) IS 'GIN support: entries that a query asks for';

CREATE FUNCTION interlink.link_gin_consistent(internal, smallint, interlink.link, integer, internal, internal, internal, internal) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_gin_consistent(internal, smallint, interlink.link, integer, internal, internal, internal, internal) IS 'GIN support: whether a row may match';

CREATE FUNCTION interlink.link_gin_triconsistent(internal, smallint, interlink.link, integer, internal, internal, internal) RETURNS "char"
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_gin_triconsistent(internal, smallint, interlink.link, integer, internal, internal, internal) IS 'GIN support: whether a row may match, with entries unknown';

CREATE OPERATOR CLASS interlink.link_gin_ops DEFAULT FOR TYPE interlink.link USING gin AS
	OPERATOR 1 @extschema@.@> (interlink.link, interlink.link),
	OPERATOR 2 @extschema@.<@ (interlink.link, interlink.link),
	OPERATOR 3 @extschema@.&& (interlink.link, interlink.link),
	OPERATOR 4 @extschema@.= (interlink.link, interlink.link),
	OPERATOR 11 @extschema@.@> (interlink.link, anyarray),
	OPERATOR 12 @extschema@.<@ (interlink.link, anyarray),
	OPERATOR 13 @extschema@.&& (interlink.link, anyarray),
	OPERATOR 14 @extschema@.= (interlink.link, anyarray),
	FUNCTION 1 interlink.link_gin_compare(integer, integer),
	FUNCTION 2 interlink.link_gin_extract_value(interlink.link, internal, internal),
	FUNCTION 3 interlink.link_gin_extract_query(interlink.link, internal, smallint, internal, internal, internal, internal),
	FUNCTION 4 interlink.link_gin_consistent(internal, smallint, interlink.link, integer, internal, internal, internal, internal),
	FUNCTION 6 interlink.link_gin_triconsistent(internal, smallint, interlink.link, integer, internal, internal, internal),
	STORAGE integer;
COMMENT ON OPERATOR CLASS interlink.link_gin_ops USING gin IS 'search by the keys that links hold';
COMMENT ON OPERATOR FAMILY interlink.link_gin_ops USING gin IS 'search by the keys that links hold';

