-- Estimates

CREATE FUNCTION interlink.link_contains_sel(internal, oid, internal, integer) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_contains_sel(internal, oid, internal, integer) IS 'restriction selectivity of @> with links';

CREATE FUNCTION interlink.link_contains_joinsel(internal, oid, internal, smallint, internal) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_contains_joinsel(internal, oid, internal, smallint, internal) IS 'join selectivity of @> with links';

CREATE FUNCTION interlink.link_contained_sel(internal, oid, internal, integer) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_contained_sel(internal, oid, internal, integer) IS 'restriction selectivity of <@ with links';

CREATE FUNCTION interlink.link_contained_joinsel(internal, oid, internal, smallint, internal) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_contained_joinsel(internal, oid, internal, smallint, internal) IS 'join selectivity of <@ with links';

CREATE FUNCTION interlink.link_overlaps_sel(internal, oid, internal, integer) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_overlaps_sel(internal, oid, internal, integer) IS 'restriction selectivity of && with links';

CREATE FUNCTION interlink.link_overlaps_joinsel(internal, oid, internal, smallint, internal) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_overlaps_joinsel(internal, oid, internal, smallint, internal) IS 'join selectivity of && with links';

-- Operators between links

CREATE FUNCTION interlink.link_eq(interlink.link, interlink.link) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_eq(interlink.link, interlink.link) IS 'implementation of = operator';

-- No merge joins: what a literal is equal to depends on the kind that it is read
-- in ('07' is 7 to integers), so equality with literals is not transitive, as
-- these, and conclusions from a = b and b = c, require.
CREATE OPERATOR @extschema@.= (
	LEFTARG = interlink.link,
	RIGHTARG = interlink.link,
	FUNCTION = interlink.link_eq,
	COMMUTATOR = OPERATOR(@extschema@.=),
	NEGATOR = OPERATOR(@extschema@.<>),
	RESTRICT = pg_catalog.eqsel,
	JOIN = pg_catalog.eqjoinsel,
	HASHES
);
COMMENT ON OPERATOR @extschema@.= (interlink.link, interlink.link) IS 'same keys; in the same order, too, if the links are ordered';

CREATE FUNCTION interlink.link_ne(interlink.link, interlink.link) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_ne(interlink.link, interlink.link) IS 'implementation of <> operator';

CREATE OPERATOR @extschema@.<> (
	LEFTARG = interlink.link,
	RIGHTARG = interlink.link,
	FUNCTION = interlink.link_ne,
	COMMUTATOR = OPERATOR(@extschema@.<>),
	NEGATOR = OPERATOR(@extschema@.=),
	RESTRICT = pg_catalog.neqsel,
	JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR @extschema@.<> (interlink.link, interlink.link) IS 'not the same keys';

CREATE FUNCTION interlink.link_contains(interlink.link, interlink.link) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_contains(interlink.link, interlink.link) IS 'implementation of @> operator';

CREATE OPERATOR @extschema@.@> (
	LEFTARG = interlink.link,
	RIGHTARG = interlink.link,
	FUNCTION = interlink.link_contains,
	COMMUTATOR = OPERATOR(@extschema@.<@),
	RESTRICT = interlink.link_contains_sel,
	JOIN = interlink.link_contains_joinsel
);
COMMENT ON OPERATOR @extschema@.@> (interlink.link, interlink.link) IS 'the left link has all keys of the right one';

CREATE FUNCTION interlink.link_contained(interlink.link, interlink.link) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_contained(interlink.link, interlink.link) IS 'implementation of <@ operator';

CREATE OPERATOR @extschema@.<@ (
	LEFTARG = interlink.link,
	RIGHTARG = interlink.link,
	FUNCTION = interlink.link_contained,
	COMMUTATOR = OPERATOR(@extschema@.@>),
	RESTRICT = interlink.link_contained_sel,
	JOIN = interlink.link_contained_joinsel
);
COMMENT ON OPERATOR @extschema@.<@ (interlink.link, interlink.link) IS 'the right link has all keys of the left one';

CREATE FUNCTION interlink.link_overlaps(interlink.link, interlink.link) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_overlaps(interlink.link, interlink.link) IS 'implementation of && operator';

CREATE OPERATOR @extschema@.&& (
	LEFTARG = interlink.link,
	RIGHTARG = interlink.link,
	FUNCTION = interlink.link_overlaps,
	COMMUTATOR = OPERATOR(@extschema@.&&),
	RESTRICT = interlink.link_overlaps_sel,
	JOIN = interlink.link_overlaps_joinsel
);
COMMENT ON OPERATOR @extschema@.&& (interlink.link, interlink.link) IS 'the links have a key in common';

-- Sets take NULL for no key, as arrays do: a parameter that is NULL changes
-- nothing, where a NULL result would empty a link column.

CREATE FUNCTION interlink.link_union(interlink.link, interlink.link) RETURNS interlink.link
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_union(interlink.link, interlink.link) IS 'implementation of || operator';

CREATE OPERATOR @extschema@.|| (
	LEFTARG = interlink.link,
	RIGHTARG = interlink.link,
	FUNCTION = interlink.link_union
);
COMMENT ON OPERATOR @extschema@.|| (interlink.link, interlink.link) IS 'the keys of both links; new ones come last if the links are ordered; an impossible key is an error (22P02, 22003)';

CREATE FUNCTION interlink.link_difference(interlink.link, interlink.link) RETURNS interlink.link
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_difference(interlink.link, interlink.link) IS 'implementation of - operator';

CREATE OPERATOR @extschema@.- (
	LEFTARG = interlink.link,
	RIGHTARG = interlink.link,
	FUNCTION = interlink.link_difference
);
COMMENT ON OPERATOR @extschema@.- (interlink.link, interlink.link) IS 'the left link without the keys of the right one';

-- What the planner makes of an operator between a link and a key, so that an
-- index on either can be asked.

CREATE FUNCTION interlink.link_support(internal) RETURNS internal
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_support(internal) IS 'planner support: index conditions for operators between a link and a key';

CREATE FUNCTION interlink.link_of_key(anynonarray) RETURNS interlink.link
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_of_key(anynonarray) IS 'a link of one key, as index conditions need it';

CREATE FUNCTION interlink.link_possible_keys(interlink.link, anyarray) RETURNS anyarray
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_possible_keys(interlink.link, anyarray) IS 'the keys of a link that are possible in the type of an array, which is not looked at';

-- Operators between a link and a key.  They are polymorphic on purpose: any
-- concrete type on the key side would change what existing expressions mean.

CREATE FUNCTION interlink.link_eq_int8(interlink.link, bigint) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
SUPPORT interlink.link_support;
COMMENT ON FUNCTION interlink.link_eq_int8(interlink.link, bigint) IS 'implementation of = operator';

CREATE OPERATOR @extschema@.= (
	LEFTARG = interlink.link,
	RIGHTARG = bigint,
	FUNCTION = interlink.link_eq_int8,
	COMMUTATOR = OPERATOR(@extschema@.=),
	NEGATOR = OPERATOR(@extschema@.<>),
	RESTRICT = pg_catalog.eqsel,
	JOIN = pg_catalog.eqjoinsel
);
COMMENT ON OPERATOR @extschema@.= (interlink.link, bigint) IS 'the link has this key and no other';

CREATE FUNCTION interlink.int8_eq_link(bigint, interlink.link) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
SUPPORT interlink.link_support;
COMMENT ON FUNCTION interlink.int8_eq_link(bigint, interlink.link) IS 'implementation of = operator';

CREATE OPERATOR @extschema@.= (
	LEFTARG = bigint,
	RIGHTARG = interlink.link,
	FUNCTION = interlink.int8_eq_link,
	COMMUTATOR = OPERATOR(@extschema@.=),
	NEGATOR = OPERATOR(@extschema@.<>),
	RESTRICT = pg_catalog.eqsel,
	JOIN = pg_catalog.eqjoinsel
);
COMMENT ON OPERATOR @extschema@.= (bigint, interlink.link) IS 'the link has this key and no other';

CREATE FUNCTION interlink.link_ne_int8(interlink.link, bigint) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_ne_int8(interlink.link, bigint) IS 'implementation of <> operator';

CREATE OPERATOR @extschema@.<> (
	LEFTARG = interlink.link,
	RIGHTARG = bigint,
	FUNCTION = interlink.link_ne_int8,
	COMMUTATOR = OPERATOR(@extschema@.<>),
	NEGATOR = OPERATOR(@extschema@.=),
	RESTRICT = pg_catalog.neqsel,
	JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR @extschema@.<> (interlink.link, bigint) IS 'the link lacks this key or has others';

CREATE FUNCTION interlink.int8_ne_link(bigint, interlink.link) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.int8_ne_link(bigint, interlink.link) IS 'implementation of <> operator';

CREATE OPERATOR @extschema@.<> (
	LEFTARG = bigint,
	RIGHTARG = interlink.link,
	FUNCTION = interlink.int8_ne_link,
	COMMUTATOR = OPERATOR(@extschema@.<>),
	NEGATOR = OPERATOR(@extschema@.=),
	RESTRICT = pg_catalog.neqsel,
	JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR @extschema@.<> (bigint, interlink.link) IS 'the link lacks this key or has others';

CREATE FUNCTION interlink.link_eq_uuid(interlink.link, uuid) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
SUPPORT interlink.link_support;
COMMENT ON FUNCTION interlink.link_eq_uuid(interlink.link, uuid) IS 'implementation of = operator';

CREATE OPERATOR @extschema@.= (
	LEFTARG = interlink.link,
	RIGHTARG = uuid,
	FUNCTION = interlink.link_eq_uuid,
	COMMUTATOR = OPERATOR(@extschema@.=),
	NEGATOR = OPERATOR(@extschema@.<>),
	RESTRICT = pg_catalog.eqsel,
	JOIN = pg_catalog.eqjoinsel
);
COMMENT ON OPERATOR @extschema@.= (interlink.link, uuid) IS 'the link has this key and no other';

CREATE FUNCTION interlink.uuid_eq_link(uuid, interlink.link) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
SUPPORT interlink.link_support;
COMMENT ON FUNCTION interlink.uuid_eq_link(uuid, interlink.link) IS 'implementation of = operator';

CREATE OPERATOR @extschema@.= (
	LEFTARG = uuid,
	RIGHTARG = interlink.link,
	FUNCTION = interlink.uuid_eq_link,
	COMMUTATOR = OPERATOR(@extschema@.=),
	NEGATOR = OPERATOR(@extschema@.<>),
	RESTRICT = pg_catalog.eqsel,
	JOIN = pg_catalog.eqjoinsel
);
COMMENT ON OPERATOR @extschema@.= (uuid, interlink.link) IS 'the link has this key and no other';

CREATE FUNCTION interlink.link_ne_uuid(interlink.link, uuid) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_ne_uuid(interlink.link, uuid) IS 'implementation of <> operator';

CREATE OPERATOR @extschema@.<> (
	LEFTARG = interlink.link,
	RIGHTARG = uuid,
	FUNCTION = interlink.link_ne_uuid,
	COMMUTATOR = OPERATOR(@extschema@.<>),
	NEGATOR = OPERATOR(@extschema@.=),
	RESTRICT = pg_catalog.neqsel,
	JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR @extschema@.<> (interlink.link, uuid) IS 'the link lacks this key or has others';

CREATE FUNCTION interlink.uuid_ne_link(uuid, interlink.link) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.uuid_ne_link(uuid, interlink.link) IS 'implementation of <> operator';

CREATE OPERATOR @extschema@.<> (
	LEFTARG = uuid,
	RIGHTARG = interlink.link,
	FUNCTION = interlink.uuid_ne_link,
	COMMUTATOR = OPERATOR(@extschema@.<>),
	NEGATOR = OPERATOR(@extschema@.=),
	RESTRICT = pg_catalog.neqsel,
	JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR @extschema@.<> (uuid, interlink.link) IS 'the link lacks this key or has others';

CREATE FUNCTION interlink.link_eq_text(interlink.link, text) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
SUPPORT interlink.link_support;
COMMENT ON FUNCTION interlink.link_eq_text(interlink.link, text) IS 'implementation of = operator';

CREATE OPERATOR @extschema@.= (
	LEFTARG = interlink.link,
	RIGHTARG = text,
	FUNCTION = interlink.link_eq_text,
	COMMUTATOR = OPERATOR(@extschema@.=),
	NEGATOR = OPERATOR(@extschema@.<>),
	RESTRICT = pg_catalog.eqsel,
	JOIN = pg_catalog.eqjoinsel
);
COMMENT ON OPERATOR @extschema@.= (interlink.link, text) IS 'the link has this key and no other';

CREATE FUNCTION interlink.text_eq_link(text, interlink.link) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
SUPPORT interlink.link_support;
COMMENT ON FUNCTION interlink.text_eq_link(text, interlink.link) IS 'implementation of = operator';

CREATE OPERATOR @extschema@.= (
	LEFTARG = text,
	RIGHTARG = interlink.link,
	FUNCTION = interlink.text_eq_link,
	COMMUTATOR = OPERATOR(@extschema@.=),
	NEGATOR = OPERATOR(@extschema@.<>),
	RESTRICT = pg_catalog.eqsel,
	JOIN = pg_catalog.eqjoinsel
);
COMMENT ON OPERATOR @extschema@.= (text, interlink.link) IS 'the link has this key and no other';

CREATE FUNCTION interlink.link_ne_text(interlink.link, text) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_ne_text(interlink.link, text) IS 'implementation of <> operator';

CREATE OPERATOR @extschema@.<> (
	LEFTARG = interlink.link,
	RIGHTARG = text,
	FUNCTION = interlink.link_ne_text,
	COMMUTATOR = OPERATOR(@extschema@.<>),
	NEGATOR = OPERATOR(@extschema@.=),
	RESTRICT = pg_catalog.neqsel,
	JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR @extschema@.<> (interlink.link, text) IS 'the link lacks this key or has others';

CREATE FUNCTION interlink.text_ne_link(text, interlink.link) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.text_ne_link(text, interlink.link) IS 'implementation of <> operator';

CREATE OPERATOR @extschema@.<> (
	LEFTARG = text,
	RIGHTARG = interlink.link,
	FUNCTION = interlink.text_ne_link,
	COMMUTATOR = OPERATOR(@extschema@.<>),
	NEGATOR = OPERATOR(@extschema@.=),
	RESTRICT = pg_catalog.neqsel,
	JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR @extschema@.<> (text, interlink.link) IS 'the link lacks this key or has others';

CREATE FUNCTION interlink.link_contains_key(interlink.link, anynonarray) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
SUPPORT interlink.link_support;
COMMENT ON FUNCTION interlink.link_contains_key(interlink.link, anynonarray) IS 'implementation of @> operator';

CREATE OPERATOR @extschema@.@> (
	LEFTARG = interlink.link,
	RIGHTARG = anynonarray,
	FUNCTION = interlink.link_contains_key,
	COMMUTATOR = OPERATOR(@extschema@.<@),
	RESTRICT = interlink.link_contains_sel,
	JOIN = interlink.link_contains_joinsel
);
COMMENT ON OPERATOR @extschema@.@> (interlink.link, anynonarray) IS 'the link has this key';

CREATE FUNCTION interlink.key_contained_by_link(anynonarray, interlink.link) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
SUPPORT interlink.link_support;
COMMENT ON FUNCTION interlink.key_contained_by_link(anynonarray, interlink.link) IS 'implementation of <@ operator';

CREATE OPERATOR @extschema@.<@ (
	LEFTARG = anynonarray,
	RIGHTARG = interlink.link,
	FUNCTION = interlink.key_contained_by_link,
	COMMUTATOR = OPERATOR(@extschema@.@>),
	RESTRICT = interlink.link_contained_sel,
	JOIN = interlink.link_contained_joinsel
);
COMMENT ON OPERATOR @extschema@.<@ (anynonarray, interlink.link) IS 'the link has this key';

CREATE FUNCTION interlink.link_add_key(interlink.link, anynonarray) RETURNS interlink.link
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_add_key(interlink.link, anynonarray) IS 'implementation of || operator';

CREATE OPERATOR @extschema@.|| (
	LEFTARG = interlink.link,
	RIGHTARG = anynonarray,
	FUNCTION = interlink.link_add_key
);
COMMENT ON OPERATOR @extschema@.|| (interlink.link, anynonarray) IS 'the link with a key put in; an impossible key is an error (22P02, 22003)';

-- text || anynonarray would be as good a match for a link and a text.

CREATE FUNCTION interlink.link_add_text(interlink.link, text) RETURNS interlink.link
AS 'MODULE_PATHNAME', 'link_add_key' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_add_text(interlink.link, text) IS 'implementation of || operator';

CREATE OPERATOR @extschema@.|| (
	LEFTARG = interlink.link,
	RIGHTARG = text,
	FUNCTION = interlink.link_add_text
);
COMMENT ON OPERATOR @extschema@.|| (interlink.link, text) IS 'the link with a key put in; an impossible key is an error (22P02, 22003)';

CREATE FUNCTION interlink.link_remove_key(interlink.link, anynonarray) RETURNS interlink.link
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_remove_key(interlink.link, anynonarray) IS 'implementation of - operator';

CREATE OPERATOR @extschema@.- (
	LEFTARG = interlink.link,
	RIGHTARG = anynonarray,
	FUNCTION = interlink.link_remove_key
);
COMMENT ON OPERATOR @extschema@.- (interlink.link, anynonarray) IS 'the link without a key';

-- Operators between a link and an array of keys

CREATE FUNCTION interlink.link_eq_array(interlink.link, anyarray) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_eq_array(interlink.link, anyarray) IS 'implementation of = operator';

CREATE OPERATOR @extschema@.= (
	LEFTARG = interlink.link,
	RIGHTARG = anyarray,
	FUNCTION = interlink.link_eq_array,
	COMMUTATOR = OPERATOR(@extschema@.=),
	NEGATOR = OPERATOR(@extschema@.<>),
	RESTRICT = pg_catalog.eqsel,
	JOIN = pg_catalog.eqjoinsel
);
COMMENT ON OPERATOR @extschema@.= (interlink.link, anyarray) IS 'the link has these keys and no others; in this order, too, if it is ordered';

CREATE FUNCTION interlink.array_eq_link(anyarray, interlink.link) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.array_eq_link(anyarray, interlink.link) IS 'implementation of = operator';

CREATE OPERATOR @extschema@.= (
	LEFTARG = anyarray,
	RIGHTARG = interlink.link,
	FUNCTION = interlink.array_eq_link,
	COMMUTATOR = OPERATOR(@extschema@.=),
	NEGATOR = OPERATOR(@extschema@.<>),
	RESTRICT = pg_catalog.eqsel,
	JOIN = pg_catalog.eqjoinsel
);
COMMENT ON OPERATOR @extschema@.= (anyarray, interlink.link) IS 'the link has these keys and no others; in this order, too, if it is ordered';

CREATE FUNCTION interlink.link_ne_array(interlink.link, anyarray) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_ne_array(interlink.link, anyarray) IS 'implementation of <> operator';

CREATE OPERATOR @extschema@.<> (
	LEFTARG = interlink.link,
	RIGHTARG = anyarray,
	FUNCTION = interlink.link_ne_array,
	COMMUTATOR = OPERATOR(@extschema@.<>),
	NEGATOR = OPERATOR(@extschema@.=),
	RESTRICT = pg_catalog.neqsel,
	JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR @extschema@.<> (interlink.link, anyarray) IS 'the link lacks some of these keys or has others';

CREATE FUNCTION interlink.array_ne_link(anyarray, interlink.link) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.array_ne_link(anyarray, interlink.link) IS 'implementation of <> operator';

CREATE OPERATOR @extschema@.<> (
	LEFTARG = anyarray,
	RIGHTARG = interlink.link,
	FUNCTION = interlink.array_ne_link,
	COMMUTATOR = OPERATOR(@extschema@.<>),
	NEGATOR = OPERATOR(@extschema@.=),
	RESTRICT = pg_catalog.neqsel,
	JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR @extschema@.<> (anyarray, interlink.link) IS 'the link lacks some of these keys or has others';

CREATE FUNCTION interlink.link_contains_array(interlink.link, anyarray) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_contains_array(interlink.link, anyarray) IS 'implementation of @> operator';

CREATE OPERATOR @extschema@.@> (
	LEFTARG = interlink.link,
	RIGHTARG = anyarray,
	FUNCTION = interlink.link_contains_array,
	COMMUTATOR = OPERATOR(@extschema@.<@),
	RESTRICT = interlink.link_contains_sel,
	JOIN = interlink.link_contains_joinsel
);
COMMENT ON OPERATOR @extschema@.@> (interlink.link, anyarray) IS 'the link has all these keys';

CREATE FUNCTION interlink.array_contained_by_link(anyarray, interlink.link) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.array_contained_by_link(anyarray, interlink.link) IS 'implementation of <@ operator';

CREATE OPERATOR @extschema@.<@ (
	LEFTARG = anyarray,
	RIGHTARG = interlink.link,
	FUNCTION = interlink.array_contained_by_link,
	COMMUTATOR = OPERATOR(@extschema@.@>),
	RESTRICT = interlink.link_contained_sel,
	JOIN = interlink.link_contained_joinsel
);
COMMENT ON OPERATOR @extschema@.<@ (anyarray, interlink.link) IS 'the link has all these keys';

CREATE FUNCTION interlink.link_contained_by_array(interlink.link, anyarray) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_contained_by_array(interlink.link, anyarray) IS 'implementation of <@ operator';

CREATE OPERATOR @extschema@.<@ (
	LEFTARG = interlink.link,
	RIGHTARG = anyarray,
	FUNCTION = interlink.link_contained_by_array,
	RESTRICT = interlink.link_contained_sel,
	JOIN = interlink.link_contained_joinsel
);
COMMENT ON OPERATOR @extschema@.<@ (interlink.link, anyarray) IS 'all keys of the link are among these';

CREATE FUNCTION interlink.link_overlaps_array(interlink.link, anyarray) RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_overlaps_array(interlink.link, anyarray) IS 'implementation of && operator';

CREATE OPERATOR @extschema@.&& (
	LEFTARG = interlink.link,
	RIGHTARG = anyarray,
	FUNCTION = interlink.link_overlaps_array,
	RESTRICT = interlink.link_overlaps_sel,
	JOIN = interlink.link_overlaps_joinsel
);
COMMENT ON OPERATOR @extschema@.&& (interlink.link, anyarray) IS 'the link has one of these keys';

CREATE FUNCTION interlink.link_add_array(interlink.link, anyarray) RETURNS interlink.link
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_add_array(interlink.link, anyarray) IS 'implementation of || operator';

CREATE OPERATOR @extschema@.|| (
	LEFTARG = interlink.link,
	RIGHTARG = anyarray,
	FUNCTION = interlink.link_add_array
);
COMMENT ON OPERATOR @extschema@.|| (interlink.link, anyarray) IS 'the link with keys put in; an impossible key is an error (22P02, 22003)';

CREATE FUNCTION interlink.link_remove_array(interlink.link, anyarray) RETURNS interlink.link
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION interlink.link_remove_array(interlink.link, anyarray) IS 'implementation of - operator';

CREATE OPERATOR @extschema@.- (
	LEFTARG = interlink.link,
	RIGHTARG = anyarray,
	FUNCTION = interlink.link_remove_array
);
COMMENT ON OPERATOR @extschema@.- (interlink.link, anyarray) IS 'the link without these keys';

