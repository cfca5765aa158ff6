-- What PostGraphile is shown: a link of each relationship, fields over them, and relations with accessors.
CREATE SCHEMA app;
SET search_path = app, public;
CREATE TABLE company (id int PRIMARY KEY, name text NOT NULL, city text);
CREATE TABLE person (id int PRIMARY KEY, name text NOT NULL, email text, wage int);
CREATE TABLE badge (id int PRIMARY KEY, colour text);
CREATE TABLE project (id int PRIMARY KEY, title text);
SELECT interlink.add_link('person', 'employer', 'company', inverse => 'staff');
SELECT interlink.add_link('person', 'boss', 'person', inverse => 'reports');
SELECT interlink.add_link('badge', 'holder', 'person', 'one_to_one', inverse => 'badge');
SELECT interlink.add_link('project', 'team', 'person', 'many_to_many', inverse => 'projects');
SELECT interlink.add_link('company', 'projects', 'project', 'one_to_many', inverse => 'client');
SELECT interlink.add_lookup('person', 'city', 'employer', 'city');
SELECT interlink.add_lookup('project', 'team_emails', 'team', 'email');
SELECT interlink.add_rollup('company', 'head_count', 'staff');
SELECT interlink.add_rollup('company', 'wages', 'staff', 'sum', 'wage');
SELECT interlink.add_rollup('project', 'wages', 'team', 'sum', 'wage');
SELECT interlink.add_rollup('company', 'team_wages', 'projects', 'sum', 'wages');
SELECT interlink.add_rollup('project', 'names', 'team', 'array_join', 'name');
SELECT interlink.add_rollup('project', 'team_size', 'team', comment => E'@behavior -attribute:insert -attribute:update\nhow many they are');
SELECT interlink.add_relation('person', 'works_for', 'company', '{employer_id}', '{id}', comment => 'the employer');
SELECT interlink.add_relation('company', 'person', 'person', '{id}', '{employer_id}', is_referencee => true);   -- there is a table person, too
SELECT interlink.add_path('person', 'colleagues', '{works_for,person}');
INSERT INTO company VALUES (1, 'Alpha', 'Bonn'), (2, 'Beta', 'Oslo');
INSERT INTO person (id, name, email, wage, employer, boss) VALUES
	(1, 'Ann', 'ann@example.org', 10, 1, NULL), (2, 'Ben', 'ben@example.org', 20, 1, 1), (3, 'Cleo', NULL, 40, 2, NULL);
INSERT INTO badge (id, colour, holder) VALUES (1, 'red', 1), (2, 'blue', NULL);
INSERT INTO project (id, title, team, client) VALUES (1, 'Roof', '{1,3}', 2), (2, 'Bridge', '{3}', NULL);

-- The same with arrays in place of links.
CREATE SCHEMA arrays;
SET search_path = arrays, public;
CREATE TABLE person (id int PRIMARY KEY, name text, wage int);
CREATE TABLE project (id int PRIMARY KEY, title text);
SELECT interlink.add_link('project', 'team', 'person', 'many_to_many', inverse => 'projects', columns => 'array');
SELECT interlink.add_link('project', 'manager', 'person', inverse => 'manages', columns => 'array');
SELECT interlink.add_rollup('project', 'wages', 'team', 'sum', 'wage');
INSERT INTO person VALUES (1, 'Ann', 10), (2, 'Ben', 20), (3, 'Cleo', 40);
INSERT INTO project (id, title, team, manager) VALUES (1, 'Roof', '{1,3}', '{1}');
