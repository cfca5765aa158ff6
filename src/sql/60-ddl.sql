/*
 * What happens to definitions when users rename, alter and drop things.
 */

CREATE FUNCTION interlink.ddl_start() RETURNS event_trigger
	AS 'MODULE_PATHNAME', 'interlink_ddl_start' LANGUAGE C;
COMMENT ON FUNCTION interlink.ddl_start() IS
	'event trigger function: refuses what would make fields wrong, remembers what is about to be renamed';

CREATE FUNCTION interlink.ddl_end() RETURNS event_trigger
	AS 'MODULE_PATHNAME', 'interlink_ddl_end' LANGUAGE C;
COMMENT ON FUNCTION interlink.ddl_end() IS
	'event trigger function: makes definitions follow what has been renamed';

CREATE FUNCTION interlink.ddl_drop() RETURNS event_trigger
	AS 'MODULE_PATHNAME', 'interlink_ddl_drop' LANGUAGE C;
COMMENT ON FUNCTION interlink.ddl_drop() IS
	'event trigger function: forgets the definitions of what has been dropped';

CREATE EVENT TRIGGER interlink_ddl_start ON ddl_command_start
	WHEN TAG IN ('ALTER TABLE', 'ALTER VIEW', 'ALTER MATERIALIZED VIEW', 'ALTER FOREIGN TABLE',
		'ALTER INDEX', 'ALTER SEQUENCE', 'ALTER FUNCTION', 'ALTER PROCEDURE', 'ALTER ROUTINE',
		'ALTER AGGREGATE', 'ALTER OPERATOR', 'ALTER TYPE', 'ALTER DOMAIN', 'ALTER COLLATION',
		'ALTER SCHEMA', 'ALTER EXTENSION', 'ALTER TRIGGER', 'CREATE TABLE', 'CREATE FOREIGN TABLE',
		'DROP TABLE', 'DROP VIEW', 'DROP MATERIALIZED VIEW', 'DROP FOREIGN TABLE', 'DROP INDEX',
		'DROP FUNCTION', 'DROP PROCEDURE', 'DROP ROUTINE', 'DROP AGGREGATE', 'DROP OPERATOR',
		'DROP OPERATOR CLASS', 'DROP OPERATOR FAMILY', 'DROP TYPE', 'DROP DOMAIN', 'DROP CAST',
		'DROP COLLATION', 'DROP LANGUAGE', 'DROP SCHEMA', 'DROP EXTENSION', 'DROP OWNED', 'DROP TRIGGER')
	EXECUTE FUNCTION interlink.ddl_start();
COMMENT ON EVENT TRIGGER interlink_ddl_start IS 'interlink: before names change and things are dropped';

CREATE EVENT TRIGGER interlink_ddl_end ON ddl_command_end
	WHEN TAG IN ('ALTER TABLE', 'ALTER VIEW', 'ALTER MATERIALIZED VIEW', 'ALTER FOREIGN TABLE',
		'ALTER INDEX', 'ALTER SEQUENCE', 'ALTER FUNCTION', 'ALTER PROCEDURE', 'ALTER ROUTINE',
		'ALTER AGGREGATE', 'ALTER OPERATOR', 'ALTER TYPE', 'ALTER DOMAIN', 'ALTER COLLATION',
		'ALTER SCHEMA', 'ALTER EXTENSION', 'CREATE TABLE', 'CREATE INDEX', 'CREATE VIEW')
	EXECUTE FUNCTION interlink.ddl_end();
COMMENT ON EVENT TRIGGER interlink_ddl_end IS 'interlink: after names have changed';

CREATE EVENT TRIGGER interlink_ddl_drop ON sql_drop
	EXECUTE FUNCTION interlink.ddl_drop();
COMMENT ON EVENT TRIGGER interlink_ddl_drop IS 'interlink: after things have been dropped';

-- Definitions have to follow under any session_replication_role.
ALTER EVENT TRIGGER interlink_ddl_start ENABLE ALWAYS;
ALTER EVENT TRIGGER interlink_ddl_end ENABLE ALWAYS;
ALTER EVENT TRIGGER interlink_ddl_drop ENABLE ALWAYS;

CREATE FUNCTION interlink.catalog_written() RETURNS trigger
	AS 'MODULE_PATHNAME', 'interlink_catalog_written' LANGUAGE C;
COMMENT ON FUNCTION interlink.catalog_written() IS
	'trigger function: lets every session read the definitions anew after a restore';

CREATE TRIGGER catalog_written AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON interlink.link_definition
	FOR EACH STATEMENT EXECUTE FUNCTION interlink.catalog_written();
CREATE TRIGGER catalog_written AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON interlink.field_definition
	FOR EACH STATEMENT EXECUTE FUNCTION interlink.catalog_written();
ALTER TABLE interlink.link_definition ENABLE ALWAYS TRIGGER catalog_written;
ALTER TABLE interlink.field_definition ENABLE ALWAYS TRIGGER catalog_written;
