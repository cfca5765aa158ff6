-- What the tests of clients write to: link columns of every shape, made by add_link and plain ones.
DROP SCHEMA IF EXISTS clients CASCADE;
CREATE SCHEMA clients;
SET search_path = clients, public;
CREATE TABLE employee (id bigint PRIMARY KEY, name text);
CREATE TABLE tag (id uuid PRIMARY KEY);
CREATE TABLE badge (code text PRIMARY KEY);
CREATE TABLE project (id integer PRIMARY KEY, title text);
INSERT INTO employee SELECT i, 'employee ' || i FROM generate_series(1, 20) i;
INSERT INTO tag SELECT ('00000000-0000-0000-0000-00000000000' || i)::uuid FROM generate_series(1, 9) i;
INSERT INTO badge VALUES ('a'), ('b c'), ('d"e'), ('f,g'), ('{}'), (E'h\\i'), ('null'), ('7');
SELECT interlink.add_link('project', 'team', 'employee', 'many_to_many', inverse => 'projects');
SELECT interlink.add_link('project', 'manager', 'employee', 'many_to_one', inverse => 'manages');
SELECT interlink.add_link('project', 'tags', 'tag', 'many_to_many');
SELECT interlink.add_link('project', 'badges', 'badge', 'many_to_many');
SELECT interlink.add_rollup('project', 'team_size', 'team');
INSERT INTO project (id, title) VALUES (1, 'one'), (2, 'two'), (3, 'three');
CREATE TABLE steps (id integer PRIMARY KEY, steps interlink.link(many_to_many, int8, ordered), anything interlink.link);
