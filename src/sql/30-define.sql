/*
 * The definition functions.  They run with the rights of the caller; what they
 * do to a table is done as its owner, after it has been checked that the
 * caller may have it done.
 */

CREATE FUNCTION interlink.add_link(
	source          regclass,
	name            name,
	target          regclass,
	relationship    text    DEFAULT 'many_to_one',
	inverse         name    DEFAULT NULL,
	foreign_key     name[]  DEFAULT NULL,
	junction        text    DEFAULT NULL,
	on_delete       text    DEFAULT NULL,
	on_taken        text    DEFAULT 'error',
	required        boolean DEFAULT false,
	ordered         boolean DEFAULT false,
	deferred_unique boolean DEFAULT false,
	columns         text    DEFAULT NULL,
	comment         text    DEFAULT NULL)
RETURNS bigint
AS 'MODULE_PATHNAME', 'interlink_add_link' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION interlink.add_link(regclass, name, regclass, text, name, name[], text, text, text, boolean, boolean, boolean, text, text) IS
'Links two tables and returns the number of the link.
relationship: one_to_one, one_to_many, many_to_one, many_to_many. inverse: name of the end on the target; NULL is one-way; the name of a one-way link of the target that points back pairs the two. foreign_key, junction: adopted when they exist, else created. on_delete: unlink, restrict, cascade. on_taken: error, move. ordered: each end with a list keeps the order in which it is written. deferred_unique: the UNIQUE constraint of a one_to_one link is checked at the end of the statement. columns: link, array or none.
Errors: 22023 for a bad option, 42701 for a name that is taken, 42704 for a table without primary key, 42809 or 42P16 for what is not a permanent table, 42501 for missing rights, 0A000 for what is not supported yet.';

CREATE FUNCTION interlink.add_lookup(
	holder          regclass,
	name            name,
	via             text,
	field           text,
	filter          text    DEFAULT NULL,
	order_by        text    DEFAULT NULL,
	distinct_values boolean DEFAULT false,
	max_items       integer DEFAULT NULL,
	storage         text    DEFAULT 'stored',
	comment         text    DEFAULT NULL)
RETURNS bigint
AS 'MODULE_PATHNAME', 'interlink_add_lookup' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION interlink.add_lookup(regclass, name, text, text, text, text, boolean, integer, text, text) IS
'Adds a column that shows a field of the linked rows and returns the number of the field.
via: an end of a link on this table, or a relation or path of it, or table.end to walk the end of another table backwards. field: a column of the linked table or an immutable expression over its columns, and over those of the junction table as junction.<column>. Over a to-one end the column has the type of the field, over a to-many end it is an array of it in link order.
Errors: 42704 for an unknown link or relation, 42703 for an unknown column, 42P01 for junction.<column> on a way without junction table, 42701 for a name that is taken, 42P17 for a cycle or an expression that is not immutable, 42501 for missing rights, 0A000 for a relation that a field cannot go over and for what is not supported yet.';

CREATE FUNCTION interlink.add_rollup(
	holder          regclass,
	name            name,
	via             text,
	function        text    DEFAULT 'count',
	field           text    DEFAULT NULL,
	filter          text    DEFAULT NULL,
	order_by        text    DEFAULT NULL,
	distinct_values boolean DEFAULT false,
	max_items       integer DEFAULT NULL,
	separator       text    DEFAULT ', ',
	on_empty        text    DEFAULT NULL,
	storage         text    DEFAULT 'stored',
	comment         text    DEFAULT NULL)
RETURNS bigint
AS 'MODULE_PATHNAME', 'interlink_add_rollup' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION interlink.add_rollup(regclass, name, text, text, text, text, text, boolean, integer, text, text, text, text) IS
'Adds a column that aggregates the linked rows and returns the number of the field.
via: as for add_lookup. function: count, counta, sum, avg, min, max, and, or, xor, array_agg, array_compact, array_unique, array_join. field: as for add_lookup; count does without. separator: what array_join puts between values.
Errors: 22023 for an unknown function or a missing field, 42883 for a function that does not take the type of the field, and those of add_lookup.';

CREATE FUNCTION interlink.alter_link(
	source       regclass,
	name         name,
	changes      jsonb,
	on_violation text DEFAULT 'error')
RETURNS void
AS 'MODULE_PATHNAME', 'interlink_alter_link' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION interlink.alter_link(regclass, name, jsonb, text) IS
'Gives a link, named by its source end, other options.
changes: options of add_link as keys; null resets one to its default. Can be changed: inverse (given or taken away), on_delete, on_taken, required, ordered, deferred_unique, columns, comment, and relationship between many_to_one and one_to_one. on_violation: what becomes of rows that share what only one may have: error, or keep_first, which unlinks all but the first in link order.
Errors: 42704 for an unknown link, 22023 for a bad option, 0A000 for what cannot be altered, 23505 and 23502 for rows that are in the way, 2BP01 for an end that fields go over, 42501 for missing rights.';

CREATE FUNCTION interlink.drop_field(
	holder    regclass,
	name      name,
	cascade   boolean DEFAULT false,
	keep_data boolean DEFAULT false)
RETURNS void
AS 'MODULE_PATHNAME', 'interlink_drop_field' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION interlink.drop_field(regclass, name, boolean, boolean) IS
'Drops a lookup or rollup, or a link by one of its ends: with it go the columns at both ends and the storage that add_link created; adopted storage stays as it was found.
cascade: drop the fields that depend on it, too. keep_data: keep foreign keys and junctions, and lookups and rollups as plain columns.
Errors: 42703 for an unknown field, 42809 for a column that is none, 2BP01 while other fields depend on it, 42501 for missing rights.';

CREATE FUNCTION interlink.create_field(
	holder     regclass,
	definition jsonb)
RETURNS bigint
AS 'MODULE_PATHNAME', 'interlink_create_field' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION interlink.create_field(regclass, jsonb) IS
'Adds a link, lookup or rollup that is defined by Teable''s JSON and returns the number of the link or field.
definition: name, type (link, lookup, rollup), description, options. Options of a link: relationship, foreignTableId (the other table), symmetricFieldId (the field at the other end), isOneWay. Options of a lookup or rollup: foreignTableId, lookupFieldId (a column of that table), linkFieldId (the link to go over, when there are several), rollupFunction or expression, such as sum({values}).
Errors: 22023 for a definition that cannot be read, 42P01, 42703 and 42704 for a table, column or link that does not exist, 42702 for a link that is not named where there are several, and those of add_link, add_lookup and add_rollup.';
