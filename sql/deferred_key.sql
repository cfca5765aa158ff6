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

-- rows that fields are written to while the check of their foreign key is still to come
CREATE SCHEMA deferred_key_written;
SET search_path = deferred_key_written, public;
CREATE TABLE parent (id int PRIMARY KEY, email text);
CREATE TABLE child (id int PRIMARY KEY, amount int, parent_id int REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE toy (id int PRIMARY KEY, child_id int REFERENCES child ON DELETE CASCADE);
SELECT FROM interlink.add_link('child', 'parent', 'parent', inverse => 'children', foreign_key => '{parent_id}');
SELECT FROM interlink.add_link('toy', 'child', 'child', inverse => 'toys', foreign_key => '{child_id}');
SELECT FROM interlink.add_rollup('child', 'n', 'toys');
BEGIN;
INSERT INTO child (id, parent_id) VALUES (1, 1);
INSERT INTO toy VALUES (1, 1);
COMMIT;
TABLE child;
-- the same with a key that is checked at the end of the statement, but after the rows of another table have been worked off
ALTER TABLE child ALTER CONSTRAINT child_parent_id_fkey NOT DEFERRABLE;
WITH t AS (INSERT INTO child (id, parent_id) VALUES (1, 1) RETURNING id)
INSERT INTO toy SELECT 1, id FROM t;
WITH t AS (INSERT INTO toy VALUES (1, 1))
INSERT INTO child (id, parent_id) VALUES (1, 1);
TABLE child; TABLE toy;
SELECT * FROM interlink.audit();
DROP SCHEMA deferred_key_written CASCADE;

-- rows that fields are written to, twice, while an action of their foreign key is still to come
CREATE SCHEMA action_to_come;
SET search_path = action_to_come, public;
CREATE TABLE region (id int PRIMARY KEY);
CREATE TABLE team (id int PRIMARY KEY);
CREATE TABLE person (id int PRIMARY KEY, age int);
SELECT FROM interlink.add_link('team', 'region', 'region', columns => 'none');
SELECT FROM interlink.add_link('person', 'team', 'team', inverse => 'people', columns => 'none');
SELECT FROM interlink.add_rollup('team', 'oldest', 'people', 'max', 'age');
SELECT FROM interlink.add_lookup('person', 'oldest', 'team', 'oldest');
SELECT FROM interlink.add_rollup('team', 'of_all', 'people', 'sum', 'oldest');
INSERT INTO region VALUES (1), (2), (3);
INSERT INTO team (id, region_id) VALUES (1, 1), (2, 2), (3, 3);
INSERT INTO person (id, age, team_id) VALUES (1, 20, 1), (2, 30, 1), (3, 40, 2), (4, 50, 3);
WITH gone AS (DELETE FROM region WHERE id = 1) UPDATE person SET age = age + 1;
TABLE team ORDER BY id;
-- the same when a trigger of the user makes the row's other triggers fire
CREATE FUNCTION same() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
CREATE TRIGGER same BEFORE UPDATE ON team FOR EACH ROW EXECUTE FUNCTION same();
WITH gone AS (DELETE FROM region WHERE id = 2) UPDATE person SET age = age + 1;
TABLE team ORDER BY id;
-- a key that is nowhere is found all the same
WITH new AS (INSERT INTO team (id, region_id) VALUES (4, 4)) INSERT INTO person (id, age, team_id) VALUES (5, 60, 4);
TABLE team ORDER BY id;
SELECT * FROM interlink.audit();
DROP SCHEMA action_to_come CASCADE;
