-- An end of a link keeps its name without its column as long as somebody says it.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA dropped_end_of_path;
SET search_path = dropped_end_of_path, public;
CREATE TABLE a (id integer PRIMARY KEY, t text);
CREATE TABLE b (id integer PRIMARY KEY, t text);
CREATE VIEW names AS SELECT name, inverse FROM interlink.link_definition
WHERE source IN (SELECT oid FROM pg_class WHERE relnamespace = 'dropped_end_of_path'::regnamespace) ORDER BY 1;
SELECT FROM interlink.add_link('b', 'p', 'a', inverse => 'bs');
SELECT FROM interlink.add_link('b', 'many', 'a', 'many_to_many', inverse => 'manys');
SELECT FROM interlink.add_link('b', 'other', 'a', inverse => 'others');
SELECT FROM interlink.add_path('b', 'sib', '{p,bs}');
SELECT FROM interlink.add_lookup('b', 'sibt', 'sib', 't');
SELECT FROM interlink.add_path('b', 'alike', '{many,manys}');
-- a path of paths, and one that goes the other way only
SELECT FROM interlink.add_path('b', 'alike_alike', '{alike,alike}', distinct_rows => true);
SELECT FROM interlink.add_rollup('b', 'n', 'alike_alike');
SELECT FROM interlink.add_path('b', 'only', '{other,bs}');
INSERT INTO a VALUES (1, 'one'), (2, 'two');
INSERT INTO b (id, t, p, many) VALUES (1, 'x', '{1}', '{1,2}'), (2, 'y', '{1}', '{2}'), (3, 'z', '{2}', '{}');
SELECT id, sibt, n FROM b ORDER BY id;
ALTER TABLE a DROP COLUMN bs;
ALTER TABLE a DROP COLUMN manys;
ALTER TABLE a DROP COLUMN others;
TABLE names;
UPDATE b SET t = 'yy' WHERE id = 2;
UPDATE b SET p = '{2}', many = '{1}' WHERE id = 3;
SELECT id, sibt, n FROM b ORDER BY id;
SELECT s.id FROM b, sib(b) s WHERE b.id = 1 ORDER BY 1;
SELECT * FROM interlink.audit();
-- the column can come back, and when nobody says the name any more it is free
SELECT interlink.alter_link('b', 'p', '{"columns": "link"}');
SELECT interlink.drop_field('b', 'sibt');
SELECT interlink.drop_relation('b', 'sib');
SELECT interlink.drop_relation('b', 'only');
SELECT * FROM a ORDER BY id;
ALTER TABLE a DROP COLUMN bs;
TABLE names;
DROP SCHEMA dropped_end_of_path CASCADE;
