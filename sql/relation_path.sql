-- Paths: several hops, over junction tables and links, each row as often as it is reached or once.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA relation_path;
SET search_path = relation_path, public;

CREATE TABLE organizations (id integer PRIMARY KEY, name text, extra json);
CREATE TABLE users (id integer PRIMARY KEY, name text, home_id integer REFERENCES organizations);
CREATE TABLE memberships (user_id integer REFERENCES users, organization_id integer REFERENCES organizations, since date,
	PRIMARY KEY (user_id, organization_id, since));
CREATE TABLE events (id integer PRIMARY KEY, organization_id integer REFERENCES organizations, title text);
INSERT INTO organizations VALUES (1, 'Alpha', '{}'), (2, 'Beta', '{}'), (3, 'Gamma', NULL);
INSERT INTO users VALUES (1, 'ann', 3), (2, 'ben', 1), (3, 'cleo', NULL);
INSERT INTO memberships VALUES (1, 2, '2020-01-01'), (1, 1, '2020-01-01'), (1, 1, '2021-01-01'), (2, 1, '2020-01-01');
INSERT INTO events VALUES (1, 1, 'one'), (2, 2, 'two'), (3, 1, 'three'), (4, 3, 'four');
SELECT FROM interlink.import_foreign_keys('relation_path');
SELECT source, name, target, is_unique, reciprocal FROM interlink.relations WHERE source IN ('users', 'organizations', 'memberships', 'events') ORDER BY id;

-- through a junction; a row that is reached twice comes twice, unless it is to be distinct, also where no "=" tells rows apart
SELECT FROM interlink.add_path('users', 'organizations', '{memberships,organization}');
SELECT FROM interlink.add_path('users', 'clubs', '{memberships,organization}', distinct_rows => true);
SELECT FROM interlink.add_path('organizations', 'members', '{memberships,user}', true);
SELECT FROM interlink.add_path('organizations', 'memberships_of_members', '{memberships,user}');
SELECT u.id, o.id, o.name FROM users u, interlink.follow(u, 'organizations', NULL::organizations) o ORDER BY u.id;
SELECT u.id, o.id, o.name FROM users u, interlink.follow(u, 'clubs', NULL::organizations) o ORDER BY u.id;
SELECT u.id, array_agg(o.id ORDER BY o.id) FROM users u, organizations(u) o GROUP BY 1 ORDER BY 1;
SELECT u.id, array_agg(o.id ORDER BY o.id) FROM users u, clubs(u) o GROUP BY 1 ORDER BY 1;
SELECT prosrc FROM pg_proc WHERE oid IN ('organizations(users)'::regprocedure, 'clubs(users)'::regprocedure) ORDER BY proname;

-- several routes to one table, paths over paths, ways to one row at most
SELECT FROM interlink.add_path('users', 'home_events', '{home,events}');
SELECT FROM interlink.add_path('users', 'club_events', '{clubs,events}', true);
-- what is distinct on the way stays so
SELECT FROM interlink.add_path('users', 'events_of_clubs', '{clubs,events}');
SELECT FROM interlink.add_path('users', 'members_of_clubs', '{clubs,members}');
SELECT u.id, array_agg(e.id ORDER BY e.id) FROM users u, events_of_clubs(u) e GROUP BY 1 ORDER BY 1;
SELECT u.id, array_agg(m.id ORDER BY m.id) FROM users u, members_of_clubs(u) m GROUP BY 1 ORDER BY 1;
SELECT prosrc FROM pg_proc WHERE oid = 'members_of_clubs(users)'::regprocedure;
SELECT FROM interlink.add_path('events', 'hosts', '{organization,users}');
SELECT FROM interlink.add_path('memberships', 'home', '{user,home}');
SELECT u.id, e.title FROM users u, interlink.follow(u, 'home_events', NULL::events) e ORDER BY u.id;
SELECT u.id, e.title FROM users u, interlink.follow(u, 'club_events', NULL::events) e ORDER BY u.id;
SELECT e.id, u.name FROM events e, interlink.follow(e, 'hosts', NULL::users) u ORDER BY e.id;
SELECT m.user_id, m.organization_id, (interlink.follow_one(m, 'home', NULL::organizations)).name FROM memberships m ORDER BY 1, 2, since;
SELECT (interlink.follow_one(u, 'home_events', NULL::events)).title FROM users u;
SELECT source, name, path, is_unique, distinct_rows, is_referencee, reciprocal, (SELECT prorows FROM pg_proc WHERE oid = accessor::regprocedure)
FROM interlink.relations WHERE path IS NOT NULL AND source IN ('users', 'organizations', 'memberships', 'events') ORDER BY id;

-- links are ways as well, by the names of their ends, also where they show no column
CREATE TABLE tasks (id integer PRIMARY KEY, title text);
SELECT FROM interlink.add_link('tasks', 'people', 'users', 'many_to_many', inverse => 'tasks', columns => 'none');
SELECT FROM interlink.add_link('tasks', 'owner', 'users', inverse => 'owns');
INSERT INTO tasks VALUES (1, 'sweep', 2), (2, 'mop', 1);
INSERT INTO tasks_people VALUES (1, 1), (1, 2), (2, 1);
SELECT FROM interlink.add_path('tasks', 'owner_home', '{owner,home}');
SELECT FROM interlink.add_path('tasks', 'homes', '{people,home}');
SELECT FROM interlink.add_path('organizations', 'work', '{users,tasks}');
SELECT FROM interlink.add_path('organizations', 'owned', '{users,owns}');
SELECT t.id, o.name FROM tasks t, owner_home(t) o ORDER BY t.id;
SELECT t.id, o.name FROM tasks t, interlink.follow(t, 'homes', NULL::organizations) o ORDER BY t.id;
SELECT o.name, t.title FROM organizations o, interlink.follow(o, 'work', NULL::tasks) t ORDER BY o.id;
SELECT o.name, t.title FROM organizations o, interlink.follow(o, 'owned', NULL::tasks) t ORDER BY o.id;
SELECT interlink.reciprocal('tasks', 'homes'), interlink.reciprocal('organizations', 'work'), interlink.reciprocal('organizations', 'owned');
-- a link that a path goes over stays, or goes with it
SELECT interlink.drop_field('tasks', 'people');
SELECT interlink.drop_field('tasks', 'people', cascade => true);
SELECT name FROM interlink.relations WHERE source IN ('tasks', 'organizations') AND path IS NOT NULL ORDER BY id;
-- the end of a link by its new name
ALTER TABLE tasks RENAME COLUMN owner TO boss;
ALTER TABLE users RENAME COLUMN owns TO bosses;
SELECT name, path FROM interlink.relations WHERE name IN ('owner_home', 'owned') ORDER BY id;
INSERT INTO tasks (id, title, boss) VALUES (3, 'dust', 2);
SELECT t.id, o.name FROM tasks t, owner_home(t) o ORDER BY t.id;

-- nothing can be dropped from under a path
SELECT interlink.drop_relation('users', 'clubs');
SELECT interlink.drop_relation('memberships', 'user');
ALTER TABLE memberships DROP COLUMN organization_id;
DROP TABLE events;

-- errors
SELECT interlink.add_path('users', 'nowhere', '{}');
SELECT interlink.add_path('users', 'nowhere', '{memberships,nothing}');
SELECT interlink.add_path('users', 'nowhere', '{memberships,NULL}');
SELECT interlink.add_path('users', 'nowhere', NULL);
SELECT interlink.add_path('users', 'to_json', '{memberships}');
SELECT FROM interlink.add_path('users', 'clubs', '{memberships,organization}', distinct_rows => true);
SELECT interlink.add_path('users', 'clubs', '{memberships,organization}');
SELECT interlink.add_path('integer', 'nowhere', '{memberships}');
-- a path of one hop is another name
SELECT FROM interlink.add_path('users', 'house', '{home}');
SELECT (interlink.follow_one(u, 'house', NULL::organizations)).name FROM users u ORDER BY id;
SELECT is_unique, reciprocal FROM interlink.relations WHERE name = 'house';
