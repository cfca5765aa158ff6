/*
 * The engine: its trigger functions, and what its queries use.
 */

CREATE FUNCTION interlink.differ(VARIADIC "any") RETURNS boolean
	AS 'MODULE_PATHNAME', 'interlink_differ' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION interlink.differ(VARIADIC "any") IS
	'whether any of the pairs of values are different images (1.0 and 1.00 are); each pair is of one type, else datatype_mismatch; for the WHEN clauses of triggers';

CREATE FUNCTION interlink.before_row() RETURNS trigger
	AS 'MODULE_PATHNAME', 'interlink_before_row' LANGUAGE C;
COMMENT ON FUNCTION interlink.before_row() IS
	'trigger function: makes a row right before it is stored';

CREATE FUNCTION interlink.after_row() RETURNS trigger
	AS 'MODULE_PATHNAME', 'interlink_after_row' LANGUAGE C;
COMMENT ON FUNCTION interlink.after_row() IS
	'trigger function: notes what the change of a row means for fields';

CREATE FUNCTION interlink.after_statement() RETURNS trigger
	AS 'MODULE_PATHNAME', 'interlink_after_statement' LANGUAGE C;
COMMENT ON FUNCTION interlink.after_statement() IS
	'trigger function: brings fields up to date with what was noted';

CREATE FUNCTION interlink.after_transaction() RETURNS trigger
	AS 'MODULE_PATHNAME', 'interlink_after_transaction' LANGUAGE C;
COMMENT ON FUNCTION interlink.after_transaction() IS
	'trigger function: looks again for rows that deferrable foreign keys may refer to before they are there';

CREATE FUNCTION interlink.distinct_elements(anyarray) RETURNS anyarray
	AS 'MODULE_PATHNAME', 'interlink_distinct_elements' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.distinct_elements(anyarray) IS
	'the elements of an array without NULL and without repetition, each at its first place';

CREATE FUNCTION interlink.compact_elements(anyarray) RETURNS anyarray
	AS 'MODULE_PATHNAME', 'interlink_compact_elements' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION interlink.compact_elements(anyarray) IS
	'the elements of an array without NULL and without empty text';

CREATE FUNCTION interlink.flatten_step(internal, anyarray, boolean) RETURNS internal
	AS 'MODULE_PATHNAME', 'interlink_flatten_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION interlink.flatten_step(internal, anyarray, boolean) IS
	'transition function of interlink.flatten(anyarray, boolean)';

CREATE FUNCTION interlink.flatten_end(internal, anyarray, boolean) RETURNS anyarray
	AS 'MODULE_PATHNAME', 'interlink_flatten_end' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION interlink.flatten_end(internal, anyarray, boolean) IS
	'final function of interlink.flatten(anyarray, boolean)';

CREATE AGGREGATE interlink.flatten(anyarray, boolean) (
	SFUNC = interlink.flatten_step,
	STYPE = internal,
	FINALFUNC = interlink.flatten_end,
	FINALFUNC_EXTRA
);
COMMENT ON AGGREGATE interlink.flatten(anyarray, boolean) IS
	'the elements of all arrays, in their order, as one array; NULL elements if the second argument says so';
