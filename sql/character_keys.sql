-- Keys of character(n): blanks behind them are no part of a key, in links, arrays and operators alike.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
CREATE SCHEMA character_keys;
SET search_path = character_keys, public;
CREATE DOMAIN land AS char(4);
CREATE TABLE c (code char(3) PRIMARY KEY, v int);
CREATE TABLE d (code land PRIMARY KEY);
CREATE TABLE h (id int PRIMARY KEY);
INSERT INTO c VALUES ('de', 1), ('usa', 2), ('f', 3);
INSERT INTO d VALUES ('de'), ('us');
SELECT FROM interlink.add_link('h', 'cs', 'c', 'many_to_many', inverse => 'hs');
SELECT FROM interlink.add_link('h', 'places', 'c', 'many_to_many', ordered => true);
SELECT FROM interlink.add_link('h', 'one', 'c', inverse => 'ones');
SELECT FROM interlink.add_link('h', 'mine', 'c', 'one_to_many', inverse => 'owner');
SELECT FROM interlink.add_link('h', 'ds', 'd', 'many_to_many', inverse => 'hs');
SELECT FROM interlink.add_link('c', 'twin', 'd', 'one_to_one', inverse => 'twin');
SELECT FROM interlink.add_link('h', 'list', 'c', 'many_to_many', columns => 'array', ordered => true);
SELECT FROM interlink.add_link('h', 'sole', 'd', columns => 'array', inverse => 'users');
SELECT FROM interlink.add_rollup('h', 'codes', 'cs', 'array_join', 'code');
SELECT FROM interlink.add_rollup('h', 'vs', 'list', 'array_agg', 'v');

-- as linked rows are written and as users write them
INSERT INTO h (id, cs, places, one, mine, ds, list, sole) VALUES (1, '{de,usa}', '{usa,"de "}', '{"de "}', '{"f  "}', '{"de  "}', '{usa,"de "}', '{us}'), (2, '{}', '{}', NULL, '{}', '{}', '{}', NULL);
UPDATE c SET twin = '{de}' WHERE code = 'de';
SELECT * FROM h ORDER BY id;
SELECT * FROM c ORDER BY code;
SELECT * FROM d ORDER BY code;
SELECT * FROM interlink.audit();

-- operators, by values of the column, by literals and by other types of text
SELECT code, code <@ cs AS "<@", cs @> code AS "@>", cs = code AS "=", one = code AS "one =", code = ANY (list) AS "in list", cs && ARRAY[code] AS "&&", cs @> ARRAY[code] AS "@> array" FROM h, c WHERE id = 1 ORDER BY code;
SELECT cs @> 'de', cs @> 'de'::text, cs @> 'de'::char(10), cs @> 'de'::varchar, ds @> 'de'::land, ARRAY['de', 'usa']::char(3)[] = cs, cs <@ ARRAY['de', 'usa', 'x']::char(3)[] FROM h WHERE id = 1;
UPDATE h SET cs = cs - 'de', places = places - (SELECT code FROM c WHERE code = 'de'), ds = ds - 'de'::land, list = array_remove(list, 'de') WHERE id = 1;
SELECT id, cs, places, ds, list FROM h ORDER BY id;
UPDATE h SET cs = cs || (SELECT code FROM c WHERE code = 'f'), places = places || ARRAY['f', 'de']::char(3)[], list = ARRAY['f']::char(3)[] || list, one = '{}' WHERE id = 1;
UPDATE c SET hs = hs || 2 WHERE code = 'de';
UPDATE d SET users = '{2}' WHERE code = 'de';
SELECT * FROM h ORDER BY id;
SELECT * FROM interlink.audit();

-- rows that come, go and change their keys
UPDATE c SET code = 'x' WHERE code = 'f';
DELETE FROM h_cs WHERE target = 'usa';
INSERT INTO h_cs VALUES (2, 'usa');
UPDATE h SET one_id = 'de' WHERE id = 2;
SELECT * FROM h ORDER BY id;
SELECT * FROM interlink.audit();
SELECT * FROM interlink.validate('h', '{"id": 3, "cs": ["de", "usa  ", "no"]}') AS v;

-- by indexes on keys and on links
CREATE INDEX h_gin ON h USING gin (cs);
SET enable_seqscan = off;
EXPLAIN (COSTS off) SELECT c.v FROM h, c WHERE c.code <@ h.places AND h.id = 1;
SELECT c.v FROM h, c WHERE c.code <@ h.places AND h.id = 1 ORDER BY v;
EXPLAIN (COSTS off) SELECT d.code FROM h, d WHERE d.code <@ h.ds AND h.id = 1;
EXPLAIN (COSTS off) SELECT id FROM h WHERE cs @> 'de'::char(3);
SELECT id FROM h WHERE cs @> 'de'::char(3) ORDER BY id;
SELECT id FROM h WHERE cs @> ARRAY['usa', 'de']::char(3)[];
RESET enable_seqscan;

-- by triggers and by SQL
UPDATE h SET id = id + 10;
SET session_replication_role = replica;
UPDATE h SET cs = '{"de ","usa"}' WHERE id = 12;
RESET session_replication_role;
SELECT table_name, column_name, key, stored, expected, problem FROM interlink.audit();
SELECT interlink.repair('h');
SELECT * FROM h ORDER BY id;
SELECT * FROM interlink.audit();

-- as part of a key of several columns it is as a row has it
CREATE TABLE p (code char(3), n int, PRIMARY KEY (code, n));
SELECT FROM interlink.add_link('h', 'ps', 'p', 'many_to_many', inverse => 'hs');
INSERT INTO p VALUES ('de', 1);
UPDATE h SET ps = '{"(de,1)"}' WHERE id = 11;
SELECT ps, hs FROM h, p WHERE id = 11;
SELECT * FROM interlink.audit();
DROP SCHEMA character_keys CASCADE;
