/*
 * The catalog: what has been defined, by name and regclass, so that it can be
 * dumped and restored in any order.  Nothing here is written at run time.
 */

CREATE SEQUENCE interlink.definition_id;
COMMENT ON SEQUENCE interlink.definition_id IS 'numbers links and fields';

CREATE TABLE interlink.link_definition (
	id                      bigint   PRIMARY KEY DEFAULT nextval('interlink.definition_id'),
	source                  regclass NOT NULL,
	name                    name     NOT NULL,
	target                  regclass NOT NULL,
	relationship            text     NOT NULL,
	inverse                 name,
	source_columns          name[]   NOT NULL,
	target_columns          name[]   NOT NULL,
	junction                regclass,
	junction_source_columns name[],
	junction_target_columns name[],
	source_position         name,
	target_position         name,
	on_delete               text     NOT NULL,
	on_taken                text     NOT NULL,
	required                boolean  NOT NULL,
	ordered                 boolean  NOT NULL,
	deferred_unique         boolean  NOT NULL,
	columns                 text     NOT NULL,
	created                 text[]   NOT NULL,
	comment                 text,
	UNIQUE (source, name)
);
CREATE UNIQUE INDEX link_definition_target_inverse_key ON interlink.link_definition (target, inverse);

COMMENT ON TABLE interlink.link_definition IS 'links between tables; each is stored once, as a foreign key or a junction table';
COMMENT ON COLUMN interlink.link_definition.id IS 'number of the link';
COMMENT ON COLUMN interlink.link_definition.source IS 'table at the source end';
COMMENT ON COLUMN interlink.link_definition.name IS 'name of the source end';
COMMENT ON COLUMN interlink.link_definition.target IS 'table at the target end';
COMMENT ON COLUMN interlink.link_definition.relationship IS 'one_to_one, one_to_many, many_to_one or many_to_many, as seen from the source';
COMMENT ON COLUMN interlink.link_definition.inverse IS 'name of the target end; NULL for a one-way link';
COMMENT ON COLUMN interlink.link_definition.source_columns IS 'columns of the source that hold the key or are referenced by it';
COMMENT ON COLUMN interlink.link_definition.target_columns IS 'columns of the target that are referenced by the key or hold it, in the same order';
COMMENT ON COLUMN interlink.link_definition.junction IS 'junction table of a many_to_many link';
COMMENT ON COLUMN interlink.link_definition.junction_source_columns IS 'columns of the junction that reference source_columns';
COMMENT ON COLUMN interlink.link_definition.junction_target_columns IS 'columns of the junction that reference target_columns';
COMMENT ON COLUMN interlink.link_definition.source_position IS 'column of the junction, or beside the foreign key, that orders what is linked from a row of the source; NULL: key order';
COMMENT ON COLUMN interlink.link_definition.target_position IS 'column of the junction, or beside the foreign key, that orders what is linked from a row of the target; NULL: key order';
COMMENT ON COLUMN interlink.link_definition.on_delete IS 'unlink, restrict or cascade';
COMMENT ON COLUMN interlink.link_definition.on_taken IS 'error or move';
COMMENT ON COLUMN interlink.link_definition.required IS 'whether the foreign key is NOT NULL';
COMMENT ON COLUMN interlink.link_definition.ordered IS 'whether the order of the linked rows is kept';
COMMENT ON COLUMN interlink.link_definition.deferred_unique IS 'whether the UNIQUE constraint of an exclusive link is checked at the end of the statement';
COMMENT ON COLUMN interlink.link_definition.columns IS 'link, array or none: what the ends show as columns';
COMMENT ON COLUMN interlink.link_definition.created IS 'what add_link created and drop_field removes again: column, constraint, unique, index, junction, not_null, position';
COMMENT ON COLUMN interlink.link_definition.comment IS 'comment given with the definition';

CREATE TABLE interlink.field_definition (
	id              bigint   PRIMARY KEY DEFAULT nextval('interlink.definition_id'),
	holder          regclass NOT NULL,
	name            name     NOT NULL,
	kind            text     NOT NULL,
	link_id         bigint,
	link_end        text,
	relation_id     bigint,
	leads_to_one    boolean,
	via             text,
	function        text,
	expression      text,
	filter          text,
	order_by        text,
	distinct_values boolean  NOT NULL DEFAULT false,
	max_items       integer,
	separator       text,
	on_empty        text,
	storage         text     NOT NULL DEFAULT 'stored',
	ready           boolean  NOT NULL DEFAULT true,
	comment         text,
	UNIQUE (holder, name)
);

COMMENT ON TABLE interlink.field_definition IS 'link columns, lookups and rollups';
COMMENT ON COLUMN interlink.field_definition.id IS 'number of the field';
COMMENT ON COLUMN interlink.field_definition.holder IS 'table that has the column';
COMMENT ON COLUMN interlink.field_definition.name IS 'name of the column';
COMMENT ON COLUMN interlink.field_definition.kind IS 'link, lookup or rollup';
COMMENT ON COLUMN interlink.field_definition.link_id IS 'link that the field goes over';
COMMENT ON COLUMN interlink.field_definition.link_end IS 'source or target: the end of the link at which the holder stands';
COMMENT ON COLUMN interlink.field_definition.relation_id IS 'relation or path that the field goes over';
COMMENT ON COLUMN interlink.field_definition.leads_to_one IS 'whether that relation led to one row at most when the field was defined; NULL over a link';
COMMENT ON COLUMN interlink.field_definition.via IS 'the way to the linked rows, as given';
COMMENT ON COLUMN interlink.field_definition.function IS 'rollup function, by its first name';
COMMENT ON COLUMN interlink.field_definition.expression IS 'SQL expression over the linked row, every name qualified';
COMMENT ON COLUMN interlink.field_definition.filter IS 'condition on the linked rows';
COMMENT ON COLUMN interlink.field_definition.order_by IS 'order of the linked rows; NULL is link order';
COMMENT ON COLUMN interlink.field_definition.distinct_values IS 'whether equal values count once';
COMMENT ON COLUMN interlink.field_definition.max_items IS 'how many values at most';
COMMENT ON COLUMN interlink.field_definition.separator IS 'what array_join puts between values';
COMMENT ON COLUMN interlink.field_definition.on_empty IS 'value without linked rows, as text; NULL is the default of the function';
COMMENT ON COLUMN interlink.field_definition.storage IS 'stored or virtual';
COMMENT ON COLUMN interlink.field_definition.ready IS 'whether existing rows have been filled';
COMMENT ON COLUMN interlink.field_definition.comment IS 'comment given with the definition';

GRANT SELECT ON interlink.link_definition, interlink.field_definition TO PUBLIC;

SELECT pg_catalog.pg_extension_config_dump('interlink.definition_id', '');
SELECT pg_catalog.pg_extension_config_dump('interlink.link_definition', '');
SELECT pg_catalog.pg_extension_config_dump('interlink.field_definition', '');

CREATE VIEW interlink.links AS
	SELECT l.id,
		   l.source::text AS source,
		   l.name::text AS name,
		   l.target::text AS target,
		   l.relationship,
		   l.inverse::text AS inverse,
		   CASE WHEN l.junction IS NULL THEN 'foreign key' ELSE 'junction table' END AS storage,
		   CASE WHEN l.junction IS NOT NULL THEN l.junction::text
				WHEN l.relationship = 'one_to_many'
				THEN l.target::text || ' (' || pg_catalog.array_to_string(l.target_columns, ', ') || ')'
				ELSE l.source::text || ' (' || pg_catalog.array_to_string(l.source_columns, ', ') || ')'
		   END AS stored_in,
		   l.on_delete, l.on_taken, l.required, l.ordered, l.deferred_unique, l.columns, l.comment
	FROM interlink.link_definition l;
COMMENT ON VIEW interlink.links IS 'links, for people and tools';

CREATE VIEW interlink.fields AS
	SELECT f.id,
		   f.holder::text AS holder,
		   f.name::text AS name,
		   f.kind,
		   f.via,
		   f.function,
		   f.expression AS field,
		   f.filter, f.order_by, f.storage, f.ready, f.comment
	FROM interlink.field_definition f;
COMMENT ON VIEW interlink.fields IS 'link columns, lookups and rollups, for people and tools';

GRANT SELECT ON interlink.links, interlink.fields TO PUBLIC;
