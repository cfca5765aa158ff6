-- A lookup or rollup may refer to other rows, but no foreign key may write it: as with generated columns.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA field_as_foreign_key;
SET search_path = field_as_foreign_key, public;
CREATE TABLE level (n bigint PRIMARY KEY);
CREATE TABLE team (id integer PRIMARY KEY, room integer, floor bigint);
CREATE TABLE person (id integer PRIMARY KEY);
CREATE TABLE place (floor bigint, n bigint, PRIMARY KEY (floor, n));
SELECT FROM interlink.add_link('person', 'team', 'team', inverse => 'people');
SELECT FROM interlink.add_rollup('team', 'size', 'people');
SELECT FROM interlink.add_lookup('person', 'room', 'team', 'room');
INSERT INTO level SELECT generate_series(0, 3);
INSERT INTO team (id, room) VALUES (1, 1);
ALTER TABLE team ADD FOREIGN KEY (size) REFERENCES level ON UPDATE CASCADE;
ALTER TABLE team ADD FOREIGN KEY (size) REFERENCES level ON UPDATE SET NULL ON DELETE CASCADE;
ALTER TABLE team ADD FOREIGN KEY (size) REFERENCES level ON DELETE SET NULL;
ALTER TABLE team ADD n integer, ADD CONSTRAINT one FOREIGN KEY (size) REFERENCES level ON DELETE SET DEFAULT;
ALTER TABLE person ADD FOREIGN KEY (room) REFERENCES team ON DELETE RESTRICT ON UPDATE SET DEFAULT;
ALTER TABLE team ADD FOREIGN KEY (floor, size) REFERENCES place ON DELETE SET NULL;
-- what writes nothing else than the row itself, or other columns, is none of ours
ALTER TABLE team ADD CONSTRAINT one FOREIGN KEY (floor, size) REFERENCES place ON DELETE SET NULL (floor);
ALTER TABLE team ADD CONSTRAINT two FOREIGN KEY (size) REFERENCES level ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE team ADD CONSTRAINT three FOREIGN KEY (room) REFERENCES level ON UPDATE CASCADE ON DELETE SET NULL;
INSERT INTO person (id, team) VALUES (1, '{1}'), (2, '{1}');
UPDATE level SET n = 9 WHERE n = 1;
SELECT id, room, size FROM team;
DELETE FROM level WHERE n = 2;
SELECT id, room, size FROM team;
-- of a partitioned table and its partitions
CREATE TABLE part (id integer PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (0) TO (10);
SELECT FROM interlink.add_link('part', 'level', 'level');
SELECT FROM interlink.add_lookup('part', 'n', 'level', 'n');
ALTER TABLE part ADD FOREIGN KEY (n) REFERENCES level ON UPDATE CASCADE;
ALTER TABLE part_1 ADD FOREIGN KEY (n) REFERENCES level ON UPDATE CASCADE;
RESET SESSION AUTHORIZATION;
DROP SCHEMA field_as_foreign_key CASCADE;
