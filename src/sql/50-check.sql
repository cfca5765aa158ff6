/*
 * Checking and mending.
 */

CREATE FUNCTION interlink.audit(holder regclass DEFAULT NULL, name name DEFAULT NULL)
	RETURNS TABLE (table_name text, column_name text, key text, stored text, expected text, problem text)
	AS 'MODULE_PATHNAME', 'interlink_audit' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION interlink.audit(regclass, name) IS
	'compares stored fields with their definitions, and looks for missing triggers and indexes; '
	'arguments: table (NULL: all), column (NULL: all); result: one row for each problem, none when all is well; '
	'errors: undefined_column for a column that is no field';

CREATE FUNCTION interlink.repair(holder regclass DEFAULT NULL, name name DEFAULT NULL, keys text[] DEFAULT NULL)
	RETURNS TABLE (table_name text, column_name text, repaired bigint)
	AS 'MODULE_PATHNAME', 'interlink_repair' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION interlink.repair(regclass, name, text[]) IS
	'brings stored fields in line with their definitions, and makes missing triggers and indexes anew (not foreign keys); '
	'arguments: table (NULL: all), column (NULL: all), keys of rows as audit() shows them (NULL: all); '
	'result: for each field how many rows were mended; '
	'errors: insufficient_privilege for who does not own the table, undefined_column for a column that is no field';

CREATE FUNCTION interlink.validate(holder regclass, record jsonb)
	RETURNS TABLE (column_name text, key text, problem text)
	AS 'MODULE_PATHNAME', 'interlink_validate' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION interlink.validate(regclass, jsonb) IS
	'what would be refused if the record were written: as an UPDATE when it names the primary key of a row, else as an INSERT; writes nothing; '
	'arguments: table, record as a JSON object of its columns; '
	'result: one row for each problem, none when all is well: unknown column, wrong type, computed column, too many keys, missing record, taken record, taken, required, contradiction; columns and values of a key of several are named together; '
	'CHECK constraints, triggers and row security are not looked at; '
	'errors: invalid_parameter_value for what is no JSON object, insufficient_privilege for who may neither insert nor update';
