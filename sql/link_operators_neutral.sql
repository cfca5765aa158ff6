-- Installing the extension changes the meaning of no expression that had one.
--
-- Every core type is tried with every operator name of the extension against
-- literals on either side, and against every other common type, before and
-- after CREATE EXTENSION.  What an expression means is taken from EXPLAIN, which
-- shows the type that each literal was given, or from its error.  Each operator
-- of the extension has a link on one side, and nothing casts to link implicitly,
-- so that a core expression could be captured through a literal only.
\set origin :DBNAME
SET client_min_messages = warning;
DROP DATABASE IF EXISTS regress_link_neutral;
CREATE DATABASE regress_link_neutral TEMPLATE template0;
\c regress_link_neutral
SET client_min_messages = warning;

CREATE DOMAIN a_domain AS integer;
CREATE DOMAIN a_text_domain AS text;
CREATE DOMAIN an_array_domain AS varchar[];
CREATE TYPE an_enum AS ENUM ('1', 'x');
CREATE TYPE a_composite AS (a integer, b text);
CREATE TYPE a_range AS RANGE (SUBTYPE = text);

-- the types, and those of them that are tried with one another
CREATE TABLE probed_type AS
SELECT t.oid::regtype::text AS type,
       t.oid IN ('bool'::regtype, 'bytea'::regtype, '"char"'::regtype, 'name'::regtype, 'int2'::regtype, 'int4'::regtype,
                 'int8'::regtype, 'numeric'::regtype, 'float4'::regtype, 'float8'::regtype, 'oid'::regtype, 'text'::regtype,
                 'varchar'::regtype, 'bpchar'::regtype, 'uuid'::regtype, 'json'::regtype, 'jsonb'::regtype, 'date'::regtype,
                 'timestamp'::regtype, 'timestamptz'::regtype, 'interval'::regtype, 'inet'::regtype, 'point'::regtype,
                 'box'::regtype, 'tsvector'::regtype, 'tsquery'::regtype, 'int4range'::regtype, 'int8multirange'::regtype,
                 'int4[]'::regtype, 'int8[]'::regtype, 'text[]'::regtype, 'varchar[]'::regtype, 'uuid[]'::regtype,
                 'jsonb[]'::regtype, 'a_domain'::regtype, 'a_text_domain'::regtype, 'an_enum'::regtype,
                 'a_composite'::regtype, 'a_range'::regtype) AS common
FROM pg_type t
WHERE t.typisdefined AND t.typname !~ '^_?(probed|pg_|cstring)' AND
      (t.typtype IN ('b', 'e', 'r', 'm', 'd') OR t.oid = 'a_composite'::regtype) AND
      t.typnamespace IN ('pg_catalog'::regnamespace, 'public'::regnamespace);

CREATE TABLE probe (
    id serial,
    expression text,
    before text,
    after text
);

-- one row to take columns from, so that nothing is folded away
DO $$
BEGIN
    EXECUTE (SELECT format('CREATE TABLE typed (%s)', string_agg(format('%I %s', type, type), ', '))
             FROM probed_type);
END $$;

WITH operators(op) AS (
    VALUES ('='), ('<>'), ('@>'), ('<@'), ('&&'), ('||'), ('-'), ('<'), ('>')
), literals(literal) AS (
    VALUES ('''1'''), ('''{1}'''), ('''x'''), ('NULL')
)
INSERT INTO probe (expression)
SELECT format('%I %s %s', type, op, literal) FROM probed_type, operators, literals
UNION ALL
SELECT format('%s %s %I', literal, op, type) FROM probed_type, operators, literals
UNION ALL
SELECT format('%I %s %I', a.type, op, b.type) FROM probed_type a, probed_type b, operators WHERE a.common AND b.common
UNION ALL
SELECT format('%s %s %s', a.literal, op, b.literal) FROM literals a, literals b, operators
UNION ALL
SELECT format('%I IN (%s)', type, literal) FROM probed_type, literals
UNION ALL
SELECT format('%I = ANY (%s)', type, literal) FROM probed_type, literals
UNION ALL
SELECT format('%s = ANY (%I)', literal, type) FROM probed_type, literals
UNION ALL
SELECT format('%s %s %s', a, op, b)
FROM operators, (VALUES ('ARRAY[1]', '''1'''), ('ARRAY[1]', '1'), ('ARRAY[''x'']', '''x'''), ('ROW(1,2)', '''(1,2)'''),
                        ('ROW(1,2)', 'ROW(1,2)'), ('ARRAY[]::integer[]', 'NULL'), ('1', '2.5'), ('1', '1'), ('current_date', '1'),
                        ('now()', '''1 day'''), ('''[1]''::jsonb', '1'), ('''[1]''::jsonb', '''1''')) AS pairs(a, b)
UNION ALL
SELECT format('cardinality(%I)', type) FROM probed_type
UNION ALL
SELECT format('cardinality(%s)', literal) FROM literals
UNION ALL
SELECT format('CASE WHEN %I = %s THEN 1 END', type, literal) FROM probed_type, literals;

CREATE FUNCTION meaning(expression text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF, FORMAT JSON) SELECT ' || expression || ' FROM typed' INTO plan;
    RETURN plan->0->'Plan'->>'Output';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;

-- enough of them were tried, and enough of these have a meaning
UPDATE probe SET before = meaning(expression);
SELECT count(*) > 15000 AS many, count(*) FILTER (WHERE before LIKE '[%') > 2000 AS meaningful FROM probe;

CREATE EXTENSION interlink;
UPDATE probe SET after = meaning(expression);


-- every expression on core types that had a meaning has the same one: no rows.
-- Arrays of a user's own domain over text are the one exception, and not a silent one.
SELECT expression, before, after FROM probe WHERE before LIKE '[%' AND before <> after ORDER BY id;

-- what had no meaning before: literal - column, where there was no such operator,
-- is a link now; cardinality(literal) is another error
SELECT regexp_replace(expression, '''.*''|NULL', 'literal') ~ '^literal - ' AS literal_minus_column,
       left(before, 5) AS before, CASE WHEN after LIKE '[%' THEN 'link' ELSE left(after, 5) END AS after,
       min(expression COLLATE "C"), count(*) > 1 AS several
FROM probe WHERE before NOT LIKE '[%' AND before <> after
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;

-- no other literal became a link
SELECT count(*) AS captured FROM probe WHERE after LIKE '%interlink.link%' AND before NOT LIKE '42883%';

-- and the test would see a change
CREATE FUNCTION add_bigint(interlink.link, bigint) RETURNS interlink.link LANGUAGE SQL RETURN $1;
CREATE OPERATOR public.|| (LEFTARG = interlink.link, RIGHTARG = bigint, FUNCTION = add_bigint);
SELECT expression, before, meaning(expression) AS after FROM probe WHERE expression = '''x'' || "bigint"';

\c :origin
DROP DATABASE regress_link_neutral;
