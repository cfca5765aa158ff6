-- A UNIQUE constraint that is checked at the end of the statement, or later still.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
CREATE SCHEMA deferred_unique;
SET search_path = deferred_unique, public;
CREATE TABLE person (id int PRIMARY KEY, name text);
CREATE TABLE badge (code text PRIMARY KEY, colour text);
SELECT FROM interlink.add_link('person', 'badge', 'badge', 'one_to_one', inverse => 'person', deferred_unique => true);
SELECT FROM interlink.add_lookup('person', 'colour', 'badge', 'colour');
SELECT FROM interlink.add_lookup('badge', 'name', 'person', 'name');
SELECT FROM interlink.add_rollup('badge', 'n', 'person');
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'person'::regclass AND contype = 'u';
SELECT deferred_unique FROM interlink.links WHERE name = 'badge' AND source LIKE '%person';
INSERT INTO badge VALUES ('A', 'red'), ('B', 'blue'), ('C', 'green');
INSERT INTO person (id, name, badge) VALUES (1, 'Ada', 'A'), (2, 'Ben', 'B'), (3, 'Cleo', NULL);
CREATE VIEW badges AS SELECT b.code, b.person, b.name, b.n, p.id, p.badge, p.colour FROM badge b FULL JOIN person p ON p.badge_id = b.code ORDER BY 1, 5;
TABLE badges;

-- a swap by keys, by link columns, through the other end
UPDATE person SET badge_id = CASE badge_id WHEN 'A' THEN 'B' ELSE 'A' END WHERE id < 3;
TABLE badges;
UPDATE person SET badge = CASE id WHEN 1 THEN 'C' WHEN 2 THEN 'B' ELSE 'A' END;
TABLE badges;
UPDATE badge SET person = CASE code WHEN 'C' THEN 3 WHEN 'B' THEN 1 ELSE 2 END;
TABLE badges;
SELECT * FROM interlink.audit();

-- two at one at the end of the statement
UPDATE person SET badge = 'A';
INSERT INTO person (id, badge) VALUES (4, 'A');
UPDATE badge SET person = 1 WHERE code = 'A';
TABLE badges;

-- deferred by the user: while two share one, the other end shows the first; at the end it must be right
BEGIN;
SET CONSTRAINTS ALL DEFERRED;
UPDATE person SET badge = 'C' WHERE id = 2;
UPDATE person SET name = upper(name);
TABLE badges;
SELECT * FROM interlink.audit();
UPDATE person SET id = 9 WHERE id = 2;
TABLE badges;
SELECT * FROM interlink.audit();
UPDATE person SET badge = 'A' WHERE id = 3;
TABLE badges;
COMMIT;
SELECT * FROM interlink.audit();
BEGIN;
SET CONSTRAINTS ALL DEFERRED;
UPDATE person SET badge = 'C' WHERE id = 1;
UPDATE badge SET person = '{}' WHERE code = 'C';
TABLE badges;
SELECT * FROM interlink.audit();
UPDATE badge SET person = 1 WHERE code = 'B';
COMMIT;
BEGIN;
SET CONSTRAINTS ALL DEFERRED;
UPDATE person SET badge = 'A' WHERE id = 1;
COMMIT;
TABLE badges;
SELECT * FROM interlink.audit();

-- required: a swap needs this constraint, as none of the two can be without for a moment
CREATE TABLE seat (id int PRIMARY KEY);
CREATE TABLE guest (id int PRIMARY KEY);
SELECT FROM interlink.add_link('guest', 'seat', 'seat', 'one_to_one', inverse => 'guest', required => true, deferred_unique => true);
INSERT INTO seat VALUES (1), (2);
INSERT INTO guest VALUES (1, 1), (2, 2);
UPDATE seat SET guest = 3 - guest::bigint;
TABLE guest;
SELECT * FROM seat ORDER BY id;
UPDATE seat SET guest = NULL WHERE id = 1;
SELECT * FROM interlink.audit();

-- what is adopted stays as it was found
CREATE TABLE late (id int PRIMARY KEY, badge text REFERENCES badge UNIQUE DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE soon (id int PRIMARY KEY, badge text REFERENCES badge UNIQUE);
SELECT FROM interlink.add_link('late', 'b', 'badge', 'one_to_one', inverse => 'late', foreign_key => '{badge}', columns => 'link');
SELECT FROM interlink.add_link('soon', 'b', 'badge', 'one_to_one', foreign_key => '{badge}', deferred_unique => true);
SELECT FROM interlink.add_link('soon', 'b', 'badge', 'one_to_one', inverse => 'soon', foreign_key => '{badge}', columns => 'link');
SELECT source, deferred_unique FROM interlink.links WHERE name = 'b' ORDER BY 1;
INSERT INTO late VALUES (1, 'A'), (2, 'B');
BEGIN;
UPDATE late SET b = 'B' WHERE id = 1;
SELECT code, late FROM badge ORDER BY code;
UPDATE late SET b = 'A' WHERE id = 2;
COMMIT;
SELECT code, late FROM badge ORDER BY code;
SELECT * FROM interlink.audit();
SELECT FROM interlink.drop_field('late', 'b');
SELECT FROM interlink.drop_field('soon', 'b');
SELECT conrelid::regclass, conname, condeferrable, condeferred FROM pg_constraint WHERE conrelid IN ('late'::regclass, 'soon'::regclass) AND contype = 'u' ORDER BY 1;
-- the constraint is what makes the one linked row the only one
ALTER TABLE person DROP CONSTRAINT person_badge_id_key;
-- what was made goes
ALTER TABLE late DROP CONSTRAINT late_badge_key;
SELECT FROM interlink.add_link('late', 'b', 'badge', 'one_to_one', foreign_key => '{badge}', deferred_unique => true);
SELECT conname, condeferrable, condeferred FROM pg_constraint WHERE conrelid = 'late'::regclass AND contype = 'u';
SELECT FROM interlink.drop_field('late', 'b');
SELECT count(*) FROM pg_constraint WHERE conrelid = 'late'::regclass AND contype = 'u';
DROP SCHEMA deferred_unique CASCADE;
