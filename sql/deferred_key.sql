-- A foreign key that is checked at commit: the child may come first.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;

-- child, then parent
CREATE SCHEMA deferred_key_1;
SET search_path = deferred_key_1, public;
CREATE TABLE parent (id int PRIMARY KEY, email text);
CREATE TABLE child (id int PRIMARY KEY, amount int, parent_id int REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
SELECT FROM interlink.add_link('child', 'parent', 'parent', inverse => 'children', foreign_key => '{parent_id}', columns => 'link');
SELECT FROM interlink.add_rollup('parent', 'n', 'children');
SELECT FROM interlink.add_rollup('parent', 'total', 'children', 'sum', 'amount');
SELECT FROM interlink.add_lookup('child', 'email', 'parent', 'email');
BEGIN;
INSERT INTO child (id, amount, parent_id) VALUES (1, 10, 1), (2, 20, 1);
INSERT INTO parent VALUES (1, 'one@x');
TABLE parent; TABLE child;
COMMIT;
BEGIN;
DELETE FROM parent;
TABLE child;
INSERT INTO parent VALUES (1, 'two@x');
TABLE parent; TABLE child;
COMMIT;
ALTER TABLE child ALTER CONSTRAINT child_parent_id_fkey NOT DEFERRABLE;
SELECT tgname FROM pg_trigger WHERE tgrelid = 'child'::regclass AND NOT tgisinternal ORDER BY 1;
ALTER TABLE child ALTER CONSTRAINT child_parent_id_fkey DEFERRABLE;
SELECT tgname FROM pg_trigger WHERE tgrelid = 'child'::regclass AND NOT tgisinternal ORDER BY 1;
SELECT * FROM interlink.audit();
DROP SCHEMA deferred_key_1 CASCADE;

-- a junction row may wait for the row that it leads to, or outlive it, until the transaction ends
CREATE SCHEMA deferred_key_junction;
SET search_path = deferred_key_junction, public;
CREATE TABLE tag (id int PRIMARY KEY);
CREATE TABLE post (id int PRIMARY KEY);
SELECT FROM interlink.add_link('post', 'tags', 'tag', 'many_to_many', inverse => 'posts', on_delete => 'restrict');
SELECT FROM interlink.add_rollup('post', 'n', 'tags');
ALTER TABLE post_tags ALTER CONSTRAINT post_tags_target_fkey DEFERRABLE INITIALLY DEFERRED;
INSERT INTO tag (id) VALUES (1), (2);
INSERT INTO post (id, tags) VALUES (1, '{1,2}');
BEGIN;
DELETE FROM tag WHERE id = 2;
TABLE post;
SELECT * FROM interlink.audit();
INSERT INTO post_tags VALUES (1, 3);
TABLE post;
INSERT INTO tag (id) VALUES (3), (2);
TABLE post;
TABLE tag ORDER BY id;
COMMIT;
SELECT * FROM interlink.audit();
DROP SCHEMA deferred_key_junction CASCADE;
