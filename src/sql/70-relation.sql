/*
 * Relations: named ways from a row type to a table by equality of columns.
 */

CREATE TABLE interlink.relation_definition (
	id                bigint   PRIMARY KEY DEFAULT nextval('interlink.definition_id'),
	source            regtype  NOT NULL,
	name              name     NOT NULL,
	target            regclass NOT NULL,
	local_attributes  name[],
	remote_attributes name[],
	is_referencee     boolean,
	order_by          text,
	path              text[],
	distinct_rows     boolean  NOT NULL,
	accessor          boolean  NOT NULL,
	comment           text,
	UNIQUE (source, name)
);

COMMENT ON TABLE interlink.relation_definition IS 'relations: ways from a row type to a table by equality of columns, and paths over them';
COMMENT ON COLUMN interlink.relation_definition.id IS 'number of the relation';
COMMENT ON COLUMN interlink.relation_definition.source IS 'row type at which it starts';
COMMENT ON COLUMN interlink.relation_definition.name IS 'name of the relation, and of its accessor';
COMMENT ON COLUMN interlink.relation_definition.target IS 'table or view that it leads to';
COMMENT ON COLUMN interlink.relation_definition.local_attributes IS 'columns of the source; NULL for a path';
COMMENT ON COLUMN interlink.relation_definition.remote_attributes IS 'columns of the target that equal them, in the same order; NULL for a path';
COMMENT ON COLUMN interlink.relation_definition.is_referencee IS 'whether the target refers to the source; NULL for a path';
COMMENT ON COLUMN interlink.relation_definition.order_by IS 'order of the rows; NULL is by primary key';
COMMENT ON COLUMN interlink.relation_definition.path IS 'relations and links that a path goes over, by their names';
COMMENT ON COLUMN interlink.relation_definition.distinct_rows IS 'whether a path shows each row once, by how many ways it is reached';
COMMENT ON COLUMN interlink.relation_definition.accessor IS 'whether there is a function of this name that takes a row of the source';
COMMENT ON COLUMN interlink.relation_definition.comment IS 'comment given with the definition';

GRANT SELECT ON interlink.relation_definition TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('interlink.relation_definition', '');

CREATE TRIGGER catalog_written AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON interlink.relation_definition
	FOR EACH STATEMENT EXECUTE FUNCTION interlink.catalog_written();
ALTER TABLE interlink.relation_definition ENABLE ALWAYS TRIGGER catalog_written;

CREATE FUNCTION interlink.describe_relation(id bigint, OUT is_unique boolean, OUT accessor text, OUT reciprocal text)
	AS 'MODULE_PATHNAME', 'interlink_describe_relation' LANGUAGE C STABLE STRICT PARALLEL UNSAFE;
COMMENT ON FUNCTION interlink.describe_relation(bigint) IS
	'what interlink.relations shows of a relation beyond its definition: whether the keys of the tables leave one row at most, its accessor, the relation that leads back; '
	'argument: number of the relation';

CREATE VIEW interlink.relations AS
	SELECT r.id,
		   r.source::text AS source,
		   r.name::text AS name,
		   r.target::text AS target,
		   pg_catalog.array_to_string(r.local_attributes, ', ') AS local_attributes,
		   pg_catalog.array_to_string(r.remote_attributes, ', ') AS remote_attributes,
		   pg_catalog.array_to_string(r.path, ', ') AS path,
		   d.is_unique, r.is_referencee, r.distinct_rows, r.order_by, d.accessor, d.reciprocal, r.comment
	FROM interlink.relation_definition r, LATERAL interlink.describe_relation(r.id) d;
COMMENT ON VIEW interlink.relations IS 'relations and paths, for people and tools';
GRANT SELECT ON interlink.relations TO PUBLIC;

CREATE FUNCTION interlink.add_relation(
	source            regtype,
	name              name,
	target            regclass,
	local_attributes  name[],
	remote_attributes name[],
	is_unique         boolean DEFAULT NULL,
	is_referencee     boolean DEFAULT false,
	order_by          text    DEFAULT NULL,
	accessor          boolean DEFAULT true,
	comment           text    DEFAULT NULL)
RETURNS bigint
AS 'MODULE_PATHNAME', 'interlink_add_relation' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION interlink.add_relation(regtype, name, regclass, name[], name[], boolean, boolean, text, boolean, text) IS
'Registers a way from the rows of a type to those rows of a table whose remote attributes equal its local ones, and returns its number. The same again is a notice.
source: a table, view, materialized view or composite type. is_unique: derived from primary keys and unique constraints; when given it must agree. is_referencee: false is forward, to one row at most; true is backward. order_by: columns of the target with ASC, DESC, NULLS FIRST, NULLS LAST; NULL is by primary key. accessor: make the function name(source).
Errors: 42703 for an unknown column, 42701 for a name that is taken, 42723 for one that would capture a function, 42804 for columns that cannot be compared, 42830 for a forward relation without a unique key, 22023 for a bad option, 42809 or 42P16 for what is no row type or table, 42501 for missing rights.';

CREATE FUNCTION interlink.add_path(
	source        regtype,
	name          name,
	path          text[],
	distinct_rows boolean DEFAULT false,
	accessor      boolean DEFAULT true)
RETURNS bigint
AS 'MODULE_PATHNAME', 'interlink_add_path' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION interlink.add_path(regtype, name, text[], boolean, boolean) IS
'Registers a relation that goes over others, one after the other, and returns its number. The same again is a notice.
path: names of relations, or of links, each of what the one before leads to. distinct_rows: each row once, by how many ways it is reached. accessor: make the function name(source).
Errors: 42704 for an unknown relation, 22023 for an empty path, and those of add_relation.';

CREATE FUNCTION interlink.import_foreign_keys(schema regnamespace DEFAULT NULL)
RETURNS SETOF text
AS 'MODULE_PATHNAME', 'interlink_import_foreign_keys' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION interlink.import_foreign_keys(regnamespace) IS
'Registers a relation forward and one backward for each foreign key, where there is none yet, and returns what it has registered. Only tables that the caller owns get relations.
schema: of the tables that have the foreign keys; NULL: all.
Errors: those of add_relation.';

CREATE FUNCTION interlink.drop_relation(source regtype, name name)
RETURNS void
AS 'MODULE_PATHNAME', 'interlink_drop_relation' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION interlink.drop_relation(regtype, name) IS
'Drops a relation or path, with its accessor.
Errors: 42704 for an unknown relation, 2BP01 while paths go over it or anything depends on the accessor, 42501 for missing rights.';

CREATE FUNCTION interlink.reciprocal(source regtype, name name)
RETURNS text
AS 'MODULE_PATHNAME', 'interlink_reciprocal' LANGUAGE C STABLE STRICT PARALLEL UNSAFE;
COMMENT ON FUNCTION interlink.reciprocal(regtype, name) IS
'The relation of the target that leads back the same way; NULL: there is none.
Errors: 42704 for an unknown relation.';

CREATE FUNCTION interlink.follow_support(internal) RETURNS internal
	AS 'MODULE_PATHNAME', 'interlink_follow_support' LANGUAGE C STRICT;
COMMENT ON FUNCTION interlink.follow_support(internal) IS
	'planner support: puts the accessor in the place of interlink.follow()';

CREATE FUNCTION interlink.follow(source anyelement, relation text, target anycompatible)
RETURNS SETOF anycompatible
AS 'MODULE_PATHNAME', 'interlink_follow' LANGUAGE C STABLE PARALLEL RESTRICTED COST 100
SUPPORT interlink.follow_support;
COMMENT ON FUNCTION interlink.follow(anyelement, text, anycompatible) IS
'The rows that a relation leads to from this row, in the order of the relation; none from a NULL or partly NULL key.
target: NULL::table, for the type of the result.
Errors: 42704 for an unknown relation, 42804 for another type than that of the target, 42809 for what is no row.';

CREATE FUNCTION interlink.follow_one(source anyelement, relation text, target anycompatible)
RETURNS anycompatible
AS 'MODULE_PATHNAME', 'interlink_follow_one' LANGUAGE C STABLE PARALLEL RESTRICTED COST 100;
COMMENT ON FUNCTION interlink.follow_one(anyelement, text, anycompatible) IS
'The row that a relation to one row at most leads to; NULL: there is none.
target: NULL::table, for the type of the result.
Errors: 42809 for a relation that may lead to several rows, and those of interlink.follow().';
