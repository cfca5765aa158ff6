-- Links get other options; rows that are in the way are an error, or the first is kept.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
CREATE SCHEMA alter_link;
SET search_path = alter_link, public;
CREATE FUNCTION refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	EXECUTE statement;
	RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(E'\n', SQLSTATE || ': ' || SQLERRM, 'DETAIL: ' || nullif(detail, ''), 'HINT: ' || nullif(hint, ''));
END $$;
CREATE TABLE team (id int PRIMARY KEY, name text);
CREATE TABLE person (id int PRIMARY KEY, name text);
INSERT INTO team VALUES (1, 'Red'), (2, 'Blue');
INSERT INTO person VALUES (1, 'Ada'), (2, 'Ben'), (3, 'Cleo');
CREATE VIEW made AS SELECT name, relationship, inverse, on_delete, on_taken, required, ordered, deferred_unique AS deferred, columns, comment, created
	FROM interlink.link_definition WHERE source = 'person'::regclass ORDER BY id;
CREATE VIEW keys AS SELECT conname, pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conrelid = 'person'::regclass AND contype IN ('f', 'u') ORDER BY 1;
SELECT FROM interlink.add_link('person', 'team', 'team', inverse => 'members');
SELECT FROM interlink.add_lookup('person', 'team_name', 'team', 'name');
SELECT FROM interlink.add_rollup('team', 'n', 'members');
UPDATE team SET members = '{1,2}' WHERE id = 1;

-- ordered
SELECT FROM interlink.alter_link('person', 'team', '{"ordered": true}');
UPDATE team SET members = '{2,1}' WHERE id = 1;
SELECT * FROM made;
SELECT * FROM team ORDER BY id;
SELECT * FROM person ORDER BY id;
SELECT FROM interlink.alter_link('person', 'team', '{"ordered": null}');
SELECT * FROM team ORDER BY id;
SELECT FROM interlink.alter_link('person', 'team', '{"ordered": true}');
UPDATE team SET members = '{2,1}' WHERE id = 1;
-- exclusive: the first in link order is kept
SELECT refused($$SELECT interlink.alter_link('person', 'team', '{"relationship": "one_to_one", "ordered": false}')$$);
SELECT FROM interlink.alter_link('person', 'team', '{"relationship": "one_to_one", "ordered": false}', 'keep_first');
SELECT * FROM made;
SELECT * FROM keys;
SELECT * FROM team ORDER BY id;
SELECT * FROM person ORDER BY id;
SELECT * FROM interlink.audit();
SELECT FROM interlink.alter_link('person', 'team', '{"deferred_unique": true, "on_taken": "move", "comment": "where"}');
UPDATE team SET members = '{3}' WHERE id = 1;
UPDATE person SET team_id = 2 WHERE id = 1;
BEGIN;
UPDATE person SET team_id = 3 - team_id;
COMMIT;
SELECT * FROM made;
SELECT * FROM keys;
SELECT col_description('person'::regclass, attnum) FROM pg_attribute WHERE attrelid = 'person'::regclass AND attname = 'team';
SELECT * FROM team ORDER BY id;
SELECT refused($$SELECT interlink.alter_link('person', 'team', '{"required": true}')$$);
-- shared again; what is deleted; required
SELECT FROM interlink.alter_link('person', 'team', '{"relationship": null, "on_delete": "cascade", "on_taken": null}');
SELECT refused($$SELECT interlink.alter_link('person', 'team', '{"required": true}')$$);
UPDATE person SET team_id = 1 WHERE team_id IS NULL;
SELECT FROM interlink.alter_link('person', 'team', '{"required": true}');
SELECT * FROM made;
SELECT * FROM keys;
SELECT refused($$UPDATE person SET team = NULL$$);
SELECT refused($$SELECT interlink.alter_link('person', 'team', '{"relationship": "one_to_one"}', 'keep_first')$$);
ALTER TABLE person ALTER CONSTRAINT person_team_id_fkey DEFERRABLE INITIALLY DEFERRED;
SELECT FROM interlink.alter_link('person', 'team', '{"required": false, "on_delete": null}');
SELECT condeferrable, condeferred FROM pg_constraint WHERE conname = 'person_team_id_fkey';
ALTER TABLE person ALTER CONSTRAINT person_team_id_fkey NOT DEFERRABLE;
-- the columns
SELECT FROM interlink.alter_link('person', 'team', '{"columns": "array"}');
UPDATE team SET members = ARRAY[1, 2] WHERE id = 1;
UPDATE person SET team = ARRAY[2] WHERE id = 3;
SELECT * FROM team ORDER BY id;
SELECT * FROM person ORDER BY id;
SELECT FROM interlink.alter_link('person', 'team', '{"columns": "none"}');
UPDATE person SET team_id = 1 WHERE id = 3;
SELECT * FROM team ORDER BY id;
SELECT FROM interlink.alter_link('person', 'team', '{"columns": null}');
SELECT * FROM team ORDER BY id;
SELECT * FROM person ORDER BY id;
SELECT * FROM interlink.audit();
-- the other end
SELECT refused($$SELECT interlink.alter_link('person', 'team', '{"inverse": null}')$$);
SELECT FROM interlink.drop_field('team', 'n');
SELECT FROM interlink.alter_link('person', 'team', '{"inverse": null}');
SELECT * FROM team ORDER BY id;
SELECT FROM interlink.alter_link('person', 'team', '{"inverse": "staff", "ordered": true}');
UPDATE team SET staff = '{3,1}' WHERE id = 1;
SELECT * FROM made;
SELECT * FROM team ORDER BY id;
SELECT * FROM person ORDER BY id;
SELECT refused($$SELECT interlink.alter_link('person', 'team', '{"inverse": "crew"}')$$);

-- a junction
SELECT FROM interlink.add_link('person', 'friends', 'person', 'many_to_many', inverse => 'friend_of');
UPDATE person SET friends = '{3,2}' WHERE id = 1;
SELECT FROM interlink.alter_link('person', 'friends', '{"ordered": true, "on_delete": "restrict", "columns": "array"}');
UPDATE person SET friends = '{3,2}' WHERE id = 1;
SELECT refused($$DELETE FROM person WHERE id = 2$$);
SELECT id, friends, friend_of FROM person ORDER BY id;
-- lists follow when the order ends, and what reads them; what reads the places themselves is in the way
SELECT FROM interlink.add_lookup('person', 'friend_ids', 'friends', 'id');
SELECT FROM interlink.add_lookup('person', 'of_friends', 'person.friends', 'friend_ids');
SELECT FROM interlink.add_lookup('person', 'places', 'friends', 'junction.source_position');
SELECT id, friend_ids, of_friends, places FROM person ORDER BY id;
SELECT refused($$SELECT interlink.alter_link('person', 'friends', '{"ordered": false}')$$);
SELECT FROM interlink.drop_field('person', 'places');
SELECT FROM interlink.alter_link('person', 'friends', '{"ordered": false, "on_delete": null, "columns": null}');
SELECT id, friend_ids, of_friends FROM person ORDER BY id;
SELECT * FROM interlink.audit();
SELECT FROM interlink.drop_field('person', 'of_friends');
SELECT FROM interlink.drop_field('person', 'friend_ids');
SELECT FROM interlink.alter_link('person', 'friends', '{"inverse": null}');
DELETE FROM person WHERE id = 2;
SELECT * FROM person ORDER BY id;
SELECT attname FROM pg_attribute WHERE attrelid = 'person_friends'::regclass AND attnum > 0 AND NOT attisdropped;
SELECT * FROM interlink.audit();

-- what a foreign key says that was there before the link, it goes on saying
CREATE TABLE desk (id int PRIMARY KEY, owner int REFERENCES person ON DELETE SET NULL, maker int REFERENCES person ON DELETE CASCADE);
SELECT FROM interlink.add_link('desk', 'owner_link', 'person', foreign_key => '{owner}');
SELECT FROM interlink.add_link('desk', 'maker_link', 'person', foreign_key => '{maker}');
SELECT refused($$SELECT interlink.alter_link('desk', 'owner_link', '{"required": true}')$$);
SELECT refused($$SELECT interlink.alter_link('desk', 'owner_link', '{"required": true, "on_delete": null}')$$);
SELECT refused($$SELECT interlink.alter_link('desk', 'owner_link', '{"on_delete": "restrict"}')$$);
CREATE TABLE room (building int, number int, PRIMARY KEY (building, number));
CREATE TABLE lamp (id int PRIMARY KEY, b int, n int, FOREIGN KEY (b, n) REFERENCES room ON DELETE SET NULL (n));
SELECT FROM interlink.add_link('lamp', 'room', 'room', foreign_key => '{b,n}', columns => 'link');
SELECT refused($$SELECT interlink.alter_link('lamp', 'room', '{"required": true}')$$);
SELECT interlink.drop_field('lamp', 'room');
SELECT refused($$SELECT interlink.add_link('lamp', 'room', 'room', foreign_key => '{b,n}', columns => 'link', required => true)$$);
DROP TABLE lamp, room;
SELECT FROM interlink.alter_link('desk', 'owner_link', '{"on_delete": null}');
SELECT FROM interlink.alter_link('desk', 'maker_link', '{"on_delete": null, "required": true}');
SELECT name, on_delete, required, created FROM interlink.link_definition WHERE source = 'desk'::regclass ORDER BY 1;
SELECT attname, attnotnull FROM pg_attribute WHERE attrelid = 'desk'::regclass AND attname IN ('owner', 'maker') ORDER BY 1;
DROP TABLE desk;

-- lookups and rollups show the rows in their order, with and without columns; others read what the columns show
CREATE TABLE pupil (id int PRIMARY KEY, name text);
CREATE TABLE class (id int PRIMARY KEY);
CREATE TABLE school (id int PRIMARY KEY);
INSERT INTO pupil VALUES (1, 'Ada'), (2, 'Ben'), (3, 'Cleo');
INSERT INTO class VALUES (1);
INSERT INTO school VALUES (1);
SELECT FROM interlink.add_link('pupil', 'in', 'class', inverse => 'pupils', ordered => true);
SELECT FROM interlink.add_link('school', 'classes', 'class', 'one_to_many', inverse => 'at');
SELECT FROM interlink.add_lookup('class', 'names', 'pupils', 'name');
SELECT FROM interlink.add_rollup('school', 'all_names', 'classes', 'array_agg', 'names');
SELECT FROM interlink.add_rollup('school', 'all_pupils', 'classes', 'array_join', 'pupils::text');
UPDATE school SET classes = '{1}';
UPDATE class SET pupils = '{3,1,2}';
SELECT names, all_names, all_pupils FROM class, school;
SELECT FROM interlink.alter_link('pupil', 'in', '{"ordered": false}');
SELECT names, all_names, all_pupils FROM class, school;
SELECT FROM interlink.alter_link('pupil', 'in', '{"ordered": true}');
UPDATE class SET pupils = '{2,3,1}';
SELECT FROM interlink.drop_field('school', 'all_pupils');
SELECT FROM interlink.alter_link('pupil', 'in', '{"columns": "none"}');
SELECT names, all_names FROM class, school;
SELECT FROM interlink.alter_link('pupil', 'in', '{"ordered": false}');
SELECT names, all_names FROM class, school;
SELECT * FROM interlink.audit();
-- one row, or a list of one: a lookup is one of the two, a rollup is the same
SELECT refused($$SELECT interlink.alter_link('pupil', 'in', '{"relationship": "one_to_one"}', 'keep_first')$$);
SELECT FROM interlink.drop_field('class', 'names', cascade => true);
SELECT FROM interlink.add_rollup('class', 'all_names', 'pupils', 'array_agg', 'name');
SELECT FROM interlink.add_lookup('pupil', 'class', 'in', 'id');
SELECT FROM interlink.alter_link('pupil', 'in', '{"relationship": "one_to_one"}', 'keep_first');
SELECT FROM interlink.add_lookup('class', 'name', 'pupils', 'name');
SELECT * FROM class;
SELECT refused($$SELECT interlink.alter_link('pupil', 'in', '{"relationship": "many_to_one"}')$$);
SELECT FROM interlink.drop_field('class', 'name');
SELECT FROM interlink.alter_link('pupil', 'in', '{"relationship": "many_to_one"}');
UPDATE pupil SET in_id = 1;
SELECT * FROM class;
SELECT * FROM pupil ORDER BY id;
SELECT * FROM interlink.audit();

-- what other fields have because a column is what it is, or one row the only one
CREATE TABLE hall (id int PRIMARY KEY);
CREATE TABLE seat (id int PRIMARY KEY, colour text);
CREATE TABLE guest (id int PRIMARY KEY);
INSERT INTO hall VALUES (1);
INSERT INTO seat VALUES (1, 'red'), (2, 'blue');
INSERT INTO guest VALUES (1);
SELECT FROM interlink.add_link('seat', 'hall', 'hall', 'one_to_one', inverse => 'seats');
SELECT FROM interlink.add_link('guest', 'hall', 'hall', columns => 'none');
SELECT FROM interlink.add_path('guest', 'seat', '{hall,seats}');
SELECT FROM interlink.add_lookup('guest', 'colour', 'seat', 'colour');
UPDATE seat SET hall = 1 WHERE id = 1;
UPDATE guest SET hall_id = 1;
SELECT refused(format($$SELECT interlink.alter_link('seat', 'hall', %L)$$, changes)) FROM unnest(ARRAY['{"relationship": "many_to_one"}', '{"deferred_unique": true}']) changes;
SELECT FROM interlink.drop_field('guest', 'colour');
SELECT FROM interlink.alter_link('seat', 'hall', '{"relationship": "many_to_one"}');
SELECT FROM interlink.add_lookup('guest', 'seats', 'hall', 'seats');
SELECT FROM interlink.add_rollup('guest', 'size', 'hall', 'sum', 'cardinality(seats)');
SELECT refused(format($$SELECT interlink.alter_link('seat', 'hall', %L)$$, changes)) FROM unnest(ARRAY['{"columns": "array"}', '{"ordered": true}', '{"relationship": "one_to_one"}']) changes;
SELECT FROM interlink.drop_field('guest', 'seats');
SELECT refused($$SELECT interlink.alter_link('seat', 'hall', '{"columns": "array"}')$$);
SELECT FROM interlink.alter_link('seat', 'hall', '{"ordered": true}');
UPDATE hall SET seats = '{2,1}';
SELECT * FROM guest, hall;
SELECT * FROM interlink.audit();

-- who loses the link sees the triggers of the user, as with any other write
CREATE TABLE dock (id int PRIMARY KEY);
CREATE TABLE boat (id int PRIMARY KEY, lost int);
SELECT FROM interlink.add_link('boat', 'dock', 'dock', columns => 'none');
CREATE FUNCTION loses() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.lost := (SELECT max(id) FROM dock); RETURN NEW; END$$;
CREATE TRIGGER loses BEFORE UPDATE ON boat FOR EACH ROW EXECUTE FUNCTION loses();
INSERT INTO dock VALUES (1), (2);
INSERT INTO boat (id, dock_id) VALUES (1, 1), (2, 1), (3, 1);
ALTER TABLE boat ALTER CONSTRAINT boat_dock_id_fkey DEFERRABLE INITIALLY DEFERRED;
SELECT FROM interlink.add_rollup('dock', 'n', 'boat.dock');
SELECT refused($$SELECT interlink.alter_link('boat', 'dock', '{"relationship": "one_to_one"}', 'keep_first')$$);
BEGIN;
SET CONSTRAINTS ALL IMMEDIATE;
SELECT FROM interlink.alter_link('boat', 'dock', '{"relationship": "one_to_one"}', 'keep_first');
COMMIT;
SELECT * FROM boat ORDER BY id;
SELECT * FROM dock ORDER BY id;
SELECT * FROM interlink.audit();

-- of what was adopted, what is not the link's own stays
CREATE TABLE badge (id int PRIMARY KEY, owner int UNIQUE REFERENCES person ON DELETE CASCADE, maker int NOT NULL REFERENCES person);
SELECT FROM interlink.add_link('badge', 'owner_link', 'person', 'one_to_one', foreign_key => '{owner}');
SELECT FROM interlink.add_link('badge', 'maker_link', 'person', foreign_key => '{maker}', inverse => 'made');
SELECT FROM interlink.alter_link('badge', 'maker_link', '{"columns": "link", "on_taken": "move"}');
INSERT INTO badge (id, owner, maker_link) VALUES (1, 1, 3);
SELECT * FROM badge;
SELECT id, made FROM person ORDER BY id;
SELECT refused(format($$SELECT interlink.alter_link('badge', %L, %L)$$, name, changes)) FROM (VALUES
	('owner_link', '{"on_delete": "restrict"}'), ('owner_link', '{"relationship": "many_to_one"}'), ('owner_link', '{"deferred_unique": true}'),
	('maker_link', '{"required": false}')) v(name, changes);

-- refused
SELECT refused(format($$SELECT interlink.alter_link('person', 'team', %L)$$, changes)) FROM unnest(ARRAY['{"foo": 1}', '{"junction": "x"}', '{"name": "x"}', '{"ordered": 1}', '{"on_delete": true}', '{"on_delete": "x"}',
	'{"relationship": "many_to_many"}', '{"relationship": "one_to_many"}', '{"relationship": "x"}', '{"required": true, "on_delete": "unlink"}', '{"deferred_unique": true}', '{"inverse": ""}', '[]', NULL]) changes;
SELECT refused($$SELECT interlink.alter_link('person', 'nope', '{}')$$);
SELECT refused($$SELECT interlink.alter_link('person', 'team', '{}', 'x')$$);
CREATE VIEW shown AS SELECT team FROM person;
SELECT refused($$SELECT interlink.alter_link('person', 'team', '{"columns": "array"}')$$);
SELECT refused($$SELECT interlink.alter_link('person', 'team', '{"columns": "none"}')$$);
CREATE ROLE alter_link_stranger;
GRANT USAGE ON SCHEMA alter_link TO alter_link_stranger;
SET ROLE alter_link_stranger;
SELECT refused($$SELECT interlink.alter_link('alter_link.person', 'team', '{}')$$);
RESET ROLE;
-- nothing is left of what failed
SELECT FROM interlink.alter_link('person', 'team', '{}');
SELECT * FROM made;
SELECT * FROM interlink.audit();
DROP SCHEMA alter_link CASCADE;
DROP ROLE alter_link_stranger;
