-- The order in which linked rows are written is kept, at each end by itself, and all that is shown
-- of them follows it.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
CREATE SCHEMA ordered_links;
SET search_path = ordered_links, public;
CREATE TABLE playlist (id int PRIMARY KEY, name text);
CREATE TABLE song (id int PRIMARY KEY, title text, seconds float8);
CREATE TABLE fan (id int PRIMARY KEY);
SELECT FROM interlink.add_link('playlist', 'songs', 'song', 'many_to_many', inverse => 'playlists', ordered => true);
SELECT FROM interlink.add_link('playlist', 'notes', 'song', 'one_to_many', inverse => 'noted_on', ordered => true, on_taken => 'move');
SELECT FROM interlink.add_lookup('playlist', 'titles', 'songs', 'title');
SELECT FROM interlink.add_rollup('playlist', 'text', 'songs', 'array_join', 'title', separator => '-');
SELECT FROM interlink.add_rollup('playlist', 'n', 'songs');
SELECT FROM interlink.add_rollup('playlist', 'notes_text', 'notes', 'array_join', 'title', separator => '-');
SELECT FROM interlink.add_rollup('song', 'texts', 'playlists', 'array_agg', 'text');
SELECT FROM interlink.add_link('fan', 'playlist', 'playlist', inverse => 'fans');
SELECT FROM interlink.add_lookup('fan', 'text', 'playlist', 'text');
INSERT INTO song (id, title) SELECT i, chr(96 + i) FROM generate_series(1, 6) i;
INSERT INTO playlist (id, songs, notes) VALUES (1, '{3,1,2}', '{2,1}'), (2, '{2,3}', '{}'), (3, DEFAULT, '{6,5,4}');
INSERT INTO fan VALUES (1, 1);
CREATE VIEW lists AS SELECT id, songs, titles, text, n, notes, notes_text FROM playlist ORDER BY id;
CREATE VIEW tunes AS SELECT id, playlists, texts, noted_on FROM song ORDER BY id;
TABLE lists; TABLE tunes;

-- an order that is written, and what follows from it two tables on
UPDATE playlist SET songs = '{1,2,3}', notes = '{1,2}' WHERE id = 1;
UPDATE playlist SET songs = ARRAY[2,1,3] WHERE id = 1 RETURNING songs;
UPDATE song SET playlists = '{2,1}' WHERE id = 2;
SELECT text FROM fan;
TABLE lists; TABLE tunes;
SELECT * FROM interlink.audit();
-- a set that is written in the order that stands, and sets compared
UPDATE playlist SET songs = '{2,1,3,1,2}' WHERE id = 1;
SELECT id, songs = '{2,1,3}' AS same, songs = '{1,2,3}' AS other, songs @> '{1,2,3}' AND songs <@ '{1,2,3}' AS same_set FROM playlist ORDER BY id;

-- what comes goes to the end: by ||, by a row of the junction, from the other side, by a key
UPDATE playlist SET songs = songs || 6 || 5 WHERE id = 1;
INSERT INTO playlist_songs VALUES (2, 1), (3, 6), (3, 1);
UPDATE song SET playlists = playlists || 2 || 3 WHERE id = 5;
UPDATE song SET noted_on = 1 WHERE id = 4;
UPDATE song SET noted_on_id = 1 WHERE id = 5;
INSERT INTO song (id, title, noted_on, playlists) VALUES (7, 'g', 1, '{3,1}');
TABLE lists; TABLE tunes;
-- what goes leaves the others in their order; what goes and comes goes to the end
UPDATE playlist SET songs = songs - '{1,5}' WHERE id = 1;
DELETE FROM playlist_songs WHERE target = 3;
UPDATE playlist SET notes = (notes - 2) || 2 WHERE id = 1;
DELETE FROM song WHERE id = 6;
TABLE lists;
SELECT * FROM interlink.audit();

-- between two, again and again, at either end, and round about
UPDATE playlist SET songs = '{1,2}' WHERE id = 1;
DO $$
BEGIN
	INSERT INTO song (id, title) SELECT i, 's' || i FROM generate_series(100, 160) i;
	FOR i IN 100 .. 160 LOOP
		UPDATE playlist SET songs = '{1}' || i::text::interlink.link || (songs - '{1}') WHERE id = 1;
	END LOOP;
END $$;
SELECT songs FROM playlist WHERE id = 1;
UPDATE playlist SET songs = (SELECT array_agg(k::int ORDER BY k::int % 7, k::int DESC) FROM interlink.link_keys(songs) k) WHERE id = 1;
SELECT songs FROM playlist WHERE id = 1;
DELETE FROM song WHERE id BETWEEN 103 AND 160;
SELECT songs, text FROM playlist WHERE id = 1;
SELECT * FROM interlink.audit();
DELETE FROM song WHERE id > 99;

-- only rows that have to move are written
CREATE TABLE moved (what text, key int);
CREATE FUNCTION note_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO moved VALUES (TG_TABLE_NAME, CASE TG_TABLE_NAME WHEN 'song' THEN (to_jsonb(NEW) ->> 'id')::int ELSE (to_jsonb(NEW) ->> 'target')::int END);
	RETURN NULL;
END $$;
CREATE TRIGGER note_move AFTER UPDATE OF noted_on_position ON song FOR EACH ROW EXECUTE FUNCTION note_move();
CREATE TRIGGER note_move AFTER UPDATE ON playlist_songs FOR EACH ROW EXECUTE FUNCTION note_move();
UPDATE playlist SET songs = '{1,2,3,4,5,7}', notes = '{1,2,3,4,5,7}' WHERE id = 2;
TRUNCATE moved;
UPDATE playlist SET songs = '{7,1,2,3,4,5}', notes = '{1,2,7,3,4,5}' WHERE id = 2;
SELECT what, array_agg(key ORDER BY key) FROM moved GROUP BY what ORDER BY what;
TRUNCATE moved;
UPDATE playlist SET songs = '{1,2,3,4,5,7}', notes = '{1,2,3,4,5,7}' WHERE id = 2;
SELECT what, array_agg(key ORDER BY key) FROM moved GROUP BY what ORDER BY what;
TRUNCATE moved;
UPDATE playlist SET songs = '{7,5,4,3,2,1}', notes = '{1,2,3,5,4,7}' WHERE id = 2;
SELECT what, count(*) FROM moved GROUP BY what ORDER BY what;
SELECT songs, notes FROM playlist WHERE id = 2;
DROP TRIGGER note_move ON song;
DROP TRIGGER note_move ON playlist_songs;

-- positions may be written: between two, at one with another (then keys decide), anywhere
UPDATE playlist SET songs = '{1,2,3}', notes = '{}' WHERE id = 2;
UPDATE playlist_songs SET source_position = (SELECT source_position - 1 FROM playlist_songs WHERE (source, target) = (2, 2)) WHERE (source, target) = (2, 3);
SELECT songs, text FROM playlist WHERE id = 2;
UPDATE playlist_songs SET source_position = 5 WHERE source = 2;
SELECT songs, text FROM playlist WHERE id = 2;
UPDATE playlist SET songs = '{3,2,1}' WHERE id = 2;
UPDATE playlist_songs SET source_position = 9223372036854775806 WHERE (source, target) = (2, 3);
SELECT songs, text FROM playlist WHERE id = 2;
UPDATE playlist SET songs = '{3,1,2}' WHERE id = 2;
UPDATE playlist SET songs = '{2,1,3,4}' WHERE id = 2;
UPDATE playlist SET songs = '{4,2,1,3}' WHERE id = 2;
INSERT INTO playlist_songs VALUES (2, 5, -1000000);
INSERT INTO playlist_songs VALUES (3, 2, 9223372036854775807);
UPDATE playlist SET songs = songs || 3 WHERE id = 3;
SELECT target, source_position < 1000000 AS numbered_anew FROM playlist_songs WHERE source = 3 ORDER BY source_position;
UPDATE playlist_songs SET source_position = -9223372036854775808 WHERE (source, target) = (3, 2);
UPDATE playlist SET songs = '{4,2,3}' WHERE id = 3;
SELECT target, source_position BETWEEN 0 AND 1000000 AS numbered_anew FROM playlist_songs WHERE source = 3 ORDER BY source_position;
SELECT songs, text FROM playlist WHERE id = 3;
DELETE FROM playlist_songs WHERE source = 3;
SELECT songs, text FROM playlist WHERE id = 2;
SELECT * FROM interlink.audit();

-- several rows of both tables in one statement
UPDATE playlist SET songs = CASE id WHEN 1 THEN '{4,2}' WHEN 2 THEN '{2,5,4}' ELSE '{5,4,2,1}' END::interlink.link,
	notes = CASE id WHEN 1 THEN '{7,4}' WHEN 2 THEN '{5,1}' ELSE '{3,2}' END::interlink.link;
TABLE lists; TABLE tunes;
UPDATE playlist SET notes = CASE id WHEN 1 THEN '{1,4,5}' WHEN 2 THEN '{3,7}' ELSE '{2}' END::interlink.link;
WITH a AS (UPDATE song SET playlists = '{3,2,1}' WHERE id = 4 RETURNING 1), b AS (DELETE FROM playlist_songs WHERE (source, target) = (3, 1))
	UPDATE playlist SET songs = '{2,1,4,5}' WHERE id = 3;
MERGE INTO playlist p USING (VALUES (1, '{5,4,1}'), (4, '{2,1}')) v (id, l) ON p.id = v.id
	WHEN MATCHED THEN UPDATE SET notes = v.l::interlink.link
	WHEN NOT MATCHED THEN INSERT (id, songs) VALUES (v.id, v.l::interlink.link);
INSERT INTO playlist (id, songs) VALUES (4, '{3}') ON CONFLICT (id) DO UPDATE SET songs = '{5,2,1,3}';
TABLE lists; TABLE tunes;
SELECT * FROM interlink.audit();

-- keys that change keep their places; rows that get another key go to the end of its list
UPDATE playlist SET notes = '{5,1,4,2}' WHERE id = 1;
UPDATE playlist SET id = id + 10;
UPDATE song SET id = 50 WHERE id = 1;
TABLE lists; TABLE tunes;
UPDATE song SET noted_on = 12 WHERE id IN (50, 2);
UPDATE song SET noted_on_id = 11 WHERE id = 50;
UPDATE song SET noted_on_id = 12, noted_on_position = -1 WHERE id = 5;
UPDATE song SET noted_on = NULL WHERE id = 4;
UPDATE song SET noted_on = 11 WHERE id = 4;
UPDATE playlist_songs SET target = 3 WHERE (source, target) = (12, 4);
UPDATE playlist_songs SET source = 12 WHERE (source, target) = (14, 50);
TABLE lists; TABLE tunes;
SELECT * FROM interlink.audit();

-- what the user's triggers do with positions and lists
CREATE FUNCTION to_front() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.source_position := -NEW.source_position; RETURN NEW; END $$;
CREATE TRIGGER to_front BEFORE INSERT ON playlist_songs FOR EACH ROW EXECUTE FUNCTION to_front();
UPDATE playlist SET songs = '{2,3,5}' WHERE id = 13;
SELECT songs, text FROM playlist WHERE id = 13;
DROP TRIGGER to_front ON playlist_songs;
CREATE FUNCTION also() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE playlist SET songs = '{5,2}' WHERE id = NEW.id AND songs <> '{5,2}'; RETURN NULL; END $$;
CREATE TRIGGER also AFTER UPDATE OF name ON playlist FOR EACH ROW EXECUTE FUNCTION also();
UPDATE playlist SET name = 'x', songs = '{3,2,5}' WHERE id = 13;
SELECT songs, text FROM playlist WHERE id = 13;
DROP TRIGGER also ON playlist;
SELECT * FROM interlink.audit();

-- without triggers nothing follows, and repair mends it
SET client_min_messages = error;
ALTER TABLE playlist_songs DISABLE TRIGGER USER;
UPDATE playlist_songs SET source_position = -source_position;
ALTER TABLE playlist_songs ENABLE TRIGGER USER;
SELECT table_name, column_name, key, stored, expected FROM interlink.audit();
SELECT * FROM interlink.repair() WHERE repaired > 0;
SELECT * FROM interlink.audit();

-- what the settings leave out of account
SET interlink.link_writes = 'ignore';
UPDATE playlist SET songs = '{5,2}', notes = '{}' WHERE id = 13 RETURNING songs, notes;
RESET interlink.link_writes;

-- a long list
CREATE TABLE page (id int PRIMARY KEY);
CREATE TABLE book (id int PRIMARY KEY);
SELECT FROM interlink.add_link('book', 'pages', 'page', 'one_to_many', ordered => true);
INSERT INTO page SELECT generate_series(1, 5000);
INSERT INTO book VALUES (1, (SELECT array_agg(i ORDER BY i % 100, i) FROM generate_series(1, 5000) i));
SELECT pages = (SELECT array_agg(i ORDER BY i % 100, i) FROM generate_series(1, 5000) i) AS right FROM book;
UPDATE book SET pages = (SELECT array_agg(i ORDER BY i % 13, i) FROM generate_series(1, 5000) i);
SELECT pages = (SELECT array_agg(i ORDER BY i % 13, i) FROM generate_series(1, 5000) i) AS right FROM book;
SELECT * FROM interlink.audit();
TRUNCATE playlist_songs;
TABLE lists;
SELECT * FROM interlink.audit();
DROP SCHEMA ordered_links CASCADE;
