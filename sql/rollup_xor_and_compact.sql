-- xor, and lists without NULL and empty text, by all their types.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA rollup_xor_and_compact;
SET search_path = rollup_xor_and_compact, public;

CREATE DOMAIN label AS text;
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (id int PRIMARY KEY, b boolean, t text, v varchar(9), c char(3), l label, n name, i int, d timestamptz, a text[], j int[], r point);
SELECT FROM interlink.add_link('child', 'parent', 'parent', inverse => 'children');
INSERT INTO parent VALUES (1), (2), (3);
INSERT INTO child (id, parent, b, t, v, c, l, n, i, d, a, j, r) VALUES
	(1, 1, true, 'x', 'x', 'x', 'x', 'x', 1, '2024-01-02 UTC', '{x,"",NULL,y}', '{1,NULL}', '(0,1)'),
	(2, 1, true, '', '', '', '', '', 0, NULL, '{}', '{{1,2},{3,4}}', NULL),
	(3, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	(4, 1, true, ' ', ' ', ' ', ' ', ' ', 4, '2024-01-01 UTC', '{" "}', '{}', '(1,1)'),
	(5, 2, true, 'z', 'z', 'z', 'z', 'z', 5, NULL, '{z}', '{5}', NULL);
SELECT FROM interlink.add_rollup('parent', 'odd', 'children', 'XOR', 'b');
SELECT FROM interlink.add_rollup('parent', 'odd_id', 'children', 'xor', 'id % 2 = 0');
SELECT FROM unnest('{t,v,c,l,n,i,d,a,j,r}'::text[]) f, interlink.add_rollup('parent', 'all_' || f, 'children', 'array_compact', f);
SELECT attname, format_type(atttypid, atttypmod), pg_get_expr(adbin, adrelid) FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE attrelid = 'parent'::regclass AND attnum > 2 AND NOT attisdropped ORDER BY attnum;

SET timezone = 'UTC';
\x on
SELECT * FROM parent ORDER BY id;
UPDATE child SET b = NOT b, t = 'new', a = a || '{more,""}' WHERE id < 3;
UPDATE child SET parent = 3 WHERE id IN (1, 5);
DELETE FROM child WHERE id = 4;
INSERT INTO child (id, parent, b, t) VALUES (6, 3, true, ''), (7, 3, true, 'q'), (8, NULL, true, 'r');
INSERT INTO parent (id, children) VALUES (4, '{8}');
SELECT * FROM parent ORDER BY id;
\x off
SELECT * FROM interlink.audit();

-- what they do not take
SELECT interlink.add_rollup('parent', 'x', 'children', 'xor', 'i');
SELECT interlink.add_rollup('parent', 'x', 'children', 'xor');
SELECT interlink.add_rollup('parent', 'x', 'children', 'array_compact');

-- over a tree: whether the number of those below that are set is odd
CREATE TABLE node (id int PRIMARY KEY, set boolean NOT NULL);
SELECT FROM interlink.add_link('node', 'up', 'node', inverse => 'down');
SELECT FROM interlink.add_rollup('node', 'parity', 'down', 'xor', 'set <> parity');
INSERT INTO node (id, set, up) VALUES (1, false, NULL), (2, true, 1), (3, true, 2), (4, false, 3), (5, true, 4), (6, true, 1);
SELECT id, set, up, parity FROM node ORDER BY id;
UPDATE node SET set = NOT set WHERE id = 5;
SELECT id, set, up, parity FROM node ORDER BY id;
SELECT * FROM interlink.audit();

SET client_min_messages = warning;
DROP SCHEMA rollup_xor_and_compact CASCADE;
