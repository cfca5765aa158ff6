-- The contract of the API: names, arguments, defaults, results, volatility, comments, grants, and
-- which of the two schemas each object lives in.
\set QUIET on
SET client_min_messages = warning;
BEGIN;
CREATE SCHEMA elsewhere;
CREATE EXTENSION interlink SCHEMA elsewhere;
SELECT no_plan();

-- ---- functions ------------------------------------------------------------------------------

CREATE TEMPORARY VIEW contract (name, arguments, result) AS VALUES
	('add_link',
	 'source regclass, name name, target regclass, relationship text DEFAULT ''many_to_one''::text, '
	 'inverse name DEFAULT NULL::name, foreign_key name[] DEFAULT NULL::name[], junction text DEFAULT NULL::text, '
	 'on_delete text DEFAULT NULL::text, on_taken text DEFAULT ''error''::text, required boolean DEFAULT false, '
	 'ordered boolean DEFAULT false, deferred_unique boolean DEFAULT false, columns text DEFAULT NULL::text, '
	 'comment text DEFAULT NULL::text', 'bigint'),
	('add_lookup',
	 'holder regclass, name name, via text, field text, filter text DEFAULT NULL::text, order_by text DEFAULT NULL::text, '
	 'distinct_values boolean DEFAULT false, max_items integer DEFAULT NULL::integer, storage text DEFAULT ''stored''::text, '
	 'comment text DEFAULT NULL::text', 'bigint'),
	('add_rollup',
	 'holder regclass, name name, via text, function text DEFAULT ''count''::text, field text DEFAULT NULL::text, '
	 'filter text DEFAULT NULL::text, order_by text DEFAULT NULL::text, distinct_values boolean DEFAULT false, '
	 'max_items integer DEFAULT NULL::integer, separator text DEFAULT '', ''::text, on_empty text DEFAULT NULL::text, '
	 'storage text DEFAULT ''stored''::text, comment text DEFAULT NULL::text', 'bigint'),
	('alter_link', 'source regclass, name name, changes jsonb, on_violation text DEFAULT ''error''::text', 'void'),
	('create_field', 'holder regclass, definition jsonb', 'bigint'),
	('add_relation',
	 'source regtype, name name, target regclass, local_attributes name[], remote_attributes name[], '
	 'is_unique boolean DEFAULT NULL::boolean, is_referencee boolean DEFAULT false, order_by text DEFAULT NULL::text, '
	 'accessor boolean DEFAULT true, comment text DEFAULT NULL::text', 'bigint'),
	('add_path',
	 'source regtype, name name, path text[], distinct_rows boolean DEFAULT false, accessor boolean DEFAULT true', 'bigint'),
	('import_foreign_keys', 'schema regnamespace DEFAULT NULL::regnamespace', 'SETOF text'),
	('drop_relation', 'source regtype, name name', 'void'),
	('validate', 'holder regclass, record jsonb', 'TABLE(column_name text, key text, problem text)'),
	('drop_field',
	 'holder regclass, name name, cascade boolean DEFAULT false, keep_data boolean DEFAULT false', 'void'),
	('audit',
	 'holder regclass DEFAULT NULL::regclass, name name DEFAULT NULL::name',
	 'TABLE(table_name text, column_name text, key text, stored text, expected text, problem text)'),
	('repair',
	 'holder regclass DEFAULT NULL::regclass, name name DEFAULT NULL::name, keys text[] DEFAULT NULL::text[]',
	 'TABLE(table_name text, column_name text, repaired bigint)');

SELECT is(
	(SELECT replace(pg_get_function_arguments(p.oid), '"', '') FROM pg_proc p WHERE proname = c.name AND pronamespace = 'interlink'::regnamespace),
	c.arguments, format('arguments of %s', c.name))
FROM contract c;
SELECT is(
	(SELECT pg_get_function_result(p.oid) FROM pg_proc p WHERE proname = c.name AND pronamespace = 'interlink'::regnamespace),
	c.result, format('result of %s', c.name))
FROM contract c;
SELECT is(p.provolatile, 'v', format('%s is volatile', p.proname))
FROM pg_proc p JOIN contract c ON c.name = p.proname WHERE pronamespace = 'interlink'::regnamespace;
SELECT is(p.proparallel, 'u', format('%s stays out of parallel workers', p.proname))
FROM pg_proc p JOIN contract c ON c.name = p.proname WHERE pronamespace = 'interlink'::regnamespace;
SELECT ok(has_function_privilege('public', p.oid, 'EXECUTE'), format('everybody may call %s', p.proname))
FROM pg_proc p JOIN contract c ON c.name = p.proname WHERE pronamespace = 'interlink'::regnamespace;

SELECT is(
	(SELECT array_agg(format('%s(%s) %s', proname, pg_get_function_arguments(oid), pg_get_function_result(oid)) ORDER BY proname)
	 FROM pg_proc WHERE pronamespace = 'interlink'::regnamespace AND proname IN ('follow', 'follow_one', 'reciprocal')
		AND provolatile = 's' AND NOT prosecdef),
	ARRAY['follow(source anyelement, relation text, target anycompatible) SETOF anycompatible',
		  'follow_one(source anyelement, relation text, target anycompatible) anycompatible',
		  'reciprocal(source regtype, name name) text'],
	'relations are followed by stable functions, with the rights of the caller');

CREATE TEMPORARY VIEW own_functions AS
	SELECT p.* FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
		JOIN pg_extension e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass
	WHERE e.extname = 'interlink';
SELECT is_empty(
	$$SELECT oid::regprocedure FROM own_functions WHERE obj_description(oid, 'pg_proc') IS NULL$$,
	'every function is commented');
SELECT is_empty(
	$$SELECT oid::regprocedure FROM own_functions WHERE proargtypes @> ARRAY['interlink.link'::regtype::oid]::oidvector
		AND prorettype <> 'internal'::regtype AND NOT (provolatile = 'i' AND proparallel = 's'
		AND proisstrict <> (proname ~ '^link_(union|difference|add_|remove_)'))$$,
	'functions of the type are immutable, strict (but for || and -, which take NULL for no key) and safe in parallel');
SELECT is_empty(
	$$SELECT oid::regprocedure FROM own_functions WHERE prosecdef AND prorettype <> 'trigger'::regtype
		AND NOT coalesce(proconfig::text, '') LIKE '%search_path%'$$,
	'what runs with the rights of its owner fixes the search path');

-- ---- the two schemas ------------------------------------------------------------------------

CREATE TEMPORARY VIEW own_operators AS
	SELECT o.oid, o.oprname AS name, n.nspname AS schema, oprleft, oprright
	FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
		JOIN pg_depend d ON d.objid = o.oid AND d.classid = 'pg_operator'::regclass AND d.deptype = 'e'
		JOIN pg_extension e ON e.oid = d.refobjid WHERE e.extname = 'interlink';
SELECT set_eq(
	$$SELECT name, format_type(oprleft, NULL) AS l, format_type(oprright, NULL) AS r FROM own_operators
		WHERE schema = 'elsewhere' AND 'interlink.link'::regtype IN (oprleft, oprright)$$,
	$$VALUES ('=', 'interlink.link', 'interlink.link'), ('<>', 'interlink.link', 'interlink.link'),
		('=', 'interlink.link', 'bigint'), ('=', 'bigint', 'interlink.link'),
		('<>', 'interlink.link', 'bigint'), ('<>', 'bigint', 'interlink.link'),
		('=', 'interlink.link', 'uuid'), ('=', 'uuid', 'interlink.link'),
		('<>', 'interlink.link', 'uuid'), ('<>', 'uuid', 'interlink.link'),
		('=', 'interlink.link', 'text'), ('=', 'text', 'interlink.link'),
		('<>', 'interlink.link', 'text'), ('<>', 'text', 'interlink.link'),
		('=', 'interlink.link', 'anyarray'), ('=', 'anyarray', 'interlink.link'),
		('<>', 'interlink.link', 'anyarray'), ('<>', 'anyarray', 'interlink.link'),
		('@>', 'interlink.link', 'interlink.link'), ('@>', 'interlink.link', 'anynonarray'), ('@>', 'interlink.link', 'anyarray'),
		('<@', 'interlink.link', 'interlink.link'), ('<@', 'anynonarray', 'interlink.link'), ('<@', 'anyarray', 'interlink.link'),
		('<@', 'interlink.link', 'anyarray'),
		('&&', 'interlink.link', 'interlink.link'), ('&&', 'interlink.link', 'anyarray'),
		('||', 'interlink.link', 'interlink.link'), ('||', 'interlink.link', 'anynonarray'), ('||', 'interlink.link', 'text'),
		('||', 'interlink.link', 'anyarray'),
		('-', 'interlink.link', 'interlink.link'), ('-', 'interlink.link', 'anynonarray'), ('-', 'interlink.link', 'anyarray')$$,
	'the operators of the contract are in the schema of CREATE EXTENSION');
SELECT is_empty(
	$$SELECT oid::regoperator FROM own_operators WHERE schema NOT IN ('elsewhere', 'interlink')$$,
	'operators are in no third schema');
SELECT has_function('elsewhere'::name, 'cardinality'::name, ARRAY['interlink.link'], 'cardinality(link) is there, too');
SELECT is_empty(
	$$SELECT oid::regprocedure FROM own_functions WHERE pronamespace <> 'interlink'::regnamespace AND proname <> 'cardinality'
		AND oid NOT IN (SELECT oprcode FROM pg_operator)$$,
	'all other functions are in the schema interlink');
SELECT has_type('interlink'::name, 'link'::name, 'the type is in the schema interlink');
SELECT is(typcategory::text, 'U', 'and no tool takes it for an array') FROM pg_type WHERE oid = 'interlink.link'::regtype;
SELECT ok(NOT extrelocatable, 'the extension is not relocatable') FROM pg_extension WHERE extname = 'interlink';
SELECT ok(has_schema_privilege('public', 'interlink', 'USAGE'), 'everybody may use the schema interlink');
SELECT ok(NOT has_schema_privilege('public', 'interlink', 'CREATE'), 'but not create in it');
SELECT is_empty(
	$$SELECT o.oid::regoperator FROM own_operators o WHERE obj_description(o.oid, 'pg_operator') IS NULL$$,
	'every operator is commented');

-- ---- catalogs and views -----------------------------------------------------------------------

SELECT has_table('interlink'::name, t::name) FROM unnest(ARRAY['link_definition', 'field_definition', 'relation_definition']) AS t;
SELECT has_view('interlink'::name, v::name) FROM unnest(ARRAY['links', 'fields', 'relations']) AS v;
SELECT is_empty(
	$$SELECT attrelid::regclass, attname FROM pg_attribute
		WHERE attrelid IN ('interlink.link_definition'::regclass, 'interlink.field_definition'::regclass, 'interlink.relation_definition'::regclass)
		AND attnum > 0 AND NOT attisdropped AND col_description(attrelid, attnum) IS NULL$$,
	'every column of the catalogs is commented');
SELECT is_empty(
	$$SELECT oid::regclass FROM pg_class WHERE relnamespace = 'interlink'::regnamespace AND relkind IN ('r', 'v')
		AND obj_description(oid, 'pg_class') IS NULL$$,
	'every catalog and view is commented');
SELECT ok(has_table_privilege('public', oid, 'SELECT'), format('everybody may read %s', oid::regclass))
FROM pg_class WHERE relnamespace = 'interlink'::regnamespace AND relkind IN ('r', 'v') ORDER BY relname;
SELECT ok(NOT has_table_privilege('public', oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER'), format('nobody but its owner may write %s', oid::regclass))
FROM pg_class WHERE relnamespace = 'interlink'::regnamespace AND relkind IN ('r', 'v') ORDER BY relname;
SELECT is_empty(
	$$SELECT attrelid::regclass, attname, atttypid::regtype FROM pg_attribute
		WHERE attrelid IN ('interlink.links'::regclass, 'interlink.fields'::regclass, 'interlink.relations'::regclass) AND attnum > 0
		AND atttypid NOT IN ('text'::regtype, 'bigint'::regtype, 'boolean'::regtype, 'jsonb'::regtype, 'integer'::regtype)$$,
	'the views show plain types only');
SELECT is_empty(
	$$SELECT c.oid::regclass FROM pg_class c WHERE relnamespace = 'interlink'::regnamespace AND relkind = 'r'
		AND c.oid NOT IN (SELECT unnest(extconfig) FROM pg_extension WHERE extname = 'interlink')$$,
	'every catalog is dumped');
SELECT is_empty(
	$$SELECT attrelid::regclass, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
		WHERE relnamespace = 'interlink'::regnamespace AND relkind = 'r' AND attnum > 0
		AND atttypid IN ('oid'::regtype, 'regproc'::regtype, 'regprocedure'::regtype, 'regoperator'::regtype)$$,
	'the catalogs hold no type that pg_upgrade refuses');

-- ---- what a definition makes ------------------------------------------------------------------

SET search_path = elsewhere, public, tap;
CREATE TABLE parent (id bigint PRIMARY KEY);
CREATE TABLE child (id bigint PRIMARY KEY, amount bigint);
CREATE TABLE tag (id uuid PRIMARY KEY);
SELECT lives_ok($$SELECT interlink.add_link('child', 'parent', 'parent', inverse => 'children', comment => 'whose it is')$$, 'add_link');
SELECT lives_ok($$SELECT interlink.add_link('child', 'tags', 'tag', 'many_to_many', inverse => 'children')$$, 'add_link, many to many');
SELECT lives_ok($$SELECT interlink.add_rollup('parent', 'total', 'children', 'sum', 'amount')$$, 'add_rollup');
SELECT lives_ok($$SELECT interlink.add_lookup('child', 'total', 'parent', 'total')$$, 'add_lookup');
SELECT fk_ok('child', 'parent_id', 'parent', 'id');
SELECT has_index('child', 'child_parent_id_idx', 'parent_id', 'the foreign key is indexed');
SELECT col_is_pk('child_tags', ARRAY['source', 'target'], 'the junction has its primary key');
SELECT fk_ok('child_tags', 'source', 'child', 'id');
SELECT fk_ok('child_tags', 'target', 'tag', 'id');
SELECT col_not_null('parent', 'children', 'a link to many is never NULL');
SELECT col_is_null('child', 'parent', 'a link to one may be');
SELECT is(
	(SELECT array_agg(format_type(atttypid, atttypmod) ORDER BY attrelid::regclass::text, attname)
	 FROM pg_attribute WHERE atttypid = 'interlink.link'::regtype AND attrelid IN ('child'::regclass, 'parent'::regclass, 'tag'::regclass)),
	ARRAY['interlink.link(many_to_one,int8)', 'interlink.link(many_to_many,uuid)',
		  'interlink.link(one_to_many,int8)', 'interlink.link(many_to_many,int8)'],
	'link columns say what they are');
SELECT is_empty($$SELECT * FROM interlink.audit()$$, 'the audit is empty');
SELECT lives_ok($$SELECT interlink.add_relation('child', 'owner', 'parent', '{parent_id}', '{id}')$$, 'add_relation');
SELECT has_function('elsewhere'::name, 'owner'::name, ARRAY['child'], 'its accessor is in the schema of the table');
SELECT is_empty(
	$$SELECT 1 FROM pg_depend WHERE objid = 'owner(child)'::regprocedure AND classid = 'pg_proc'::regclass AND deptype = 'e'$$,
	'the accessor is no member of the extension, so that tools show it');

SELECT * FROM finish();
ROLLBACK;
