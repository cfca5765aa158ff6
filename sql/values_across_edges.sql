-- Rollups over a junction, of values that stand in the rows behind it: an edge that comes or goes counts with
-- the value that was stored of it, whatever the same statement or transaction does to that row.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA values_across_edges;
SET search_path = values_across_edges, public;

CREATE TABLE article (id bigint PRIMARY KEY, words bigint, title text, doubled bigint GENERATED ALWAYS AS (words * 2) STORED, note text);
CREATE TABLE tag (id bigint PRIMARY KEY);
CREATE TABLE part (id bigint PRIMARY KEY, pages bigint);
SELECT FROM interlink.add_link('article', 'tags', 'tag', 'many_to_many', inverse => 'articles');
SELECT FROM interlink.add_link('part', 'article', 'article', inverse => 'parts');
SELECT FROM interlink.add_rollup('article', 'n', 'tags');
SELECT FROM interlink.add_rollup('article', 'size', 'parts', 'sum', 'pages');
SELECT FROM interlink.add_rollup('tag', 'words', 'articles', 'sum', 'words');
SELECT FROM interlink.add_rollup('tag', 'longest', 'articles', 'max', 'words');
SELECT FROM interlink.add_rollup('tag', 'titles', 'articles', 'counta', 'title');
SELECT FROM interlink.add_rollup('tag', 'doubled', 'articles', 'sum', 'doubled');
SELECT FROM interlink.add_rollup('tag', 'size', 'articles', 'sum', 'size');
SELECT FROM interlink.add_rollup('tag', 'average', 'articles', 'avg', 'words');
INSERT INTO article (id, words, title) SELECT i, i * 10, CASE WHEN i % 3 > 0 THEN 'article ' || i END FROM generate_series(1, 6) AS i;
INSERT INTO tag (id) SELECT generate_series(1, 4);
INSERT INTO part (id, pages, article_id) SELECT i, i, 1 + i % 6 FROM generate_series(1, 12) AS i;
CREATE VIEW tags AS SELECT id, articles, words, longest, titles, doubled, size, round(average) AS average FROM tag ORDER BY id;

-- edges come, go and are moved
INSERT INTO article_tags (source, target) SELECT a, t FROM generate_series(1, 6) AS a, generate_series(1, 4) AS t WHERE (a + t) % 2 = 0 OR t = 4;
TABLE tags;
DELETE FROM article_tags WHERE source IN (5, 6) AND target > 1;
UPDATE article_tags SET target = 3 WHERE source = 2 AND target = 4;
UPDATE article_tags SET source = 4 WHERE target = 3 AND source = 3;
TABLE tags;
UPDATE article SET tags = '{1,3}' WHERE id = 5;
UPDATE tag SET articles = articles || 6 - 1 WHERE id = 4;
TABLE tags;
SELECT * FROM interlink.audit();

-- with the row behind it in one statement
WITH changed AS (UPDATE article SET words = words + 1000 RETURNING id)
DELETE FROM article_tags WHERE target = 4;
WITH changed AS (UPDATE article SET words = words - 1000, title = NULL RETURNING id)
INSERT INTO article_tags (source, target) SELECT i, 4 FROM generate_series(1, 6) AS i;
TABLE tags;
WITH gone AS (DELETE FROM part WHERE id < 5 RETURNING id)
DELETE FROM article_tags WHERE source IN (2, 3);
WITH new AS (INSERT INTO part (id, pages, article_id) VALUES (20, 100, 2), (21, 200, 3) RETURNING id)
INSERT INTO article_tags (source, target) VALUES (2, 1), (3, 2), (2, 3);
TABLE tags;
SELECT * FROM interlink.audit();

-- in one transaction, with what is taken back
BEGIN;
UPDATE article SET words = 77 WHERE id = 1;
DELETE FROM article_tags WHERE source = 1;
SAVEPOINT a;
UPDATE article SET words = 78 WHERE id = 2;
INSERT INTO article_tags (source, target) VALUES (1, 1), (2, 2);
ROLLBACK TO a;
INSERT INTO article_tags (source, target) VALUES (1, 2);
UPDATE article SET note = 'x';
DELETE FROM article_tags WHERE source = 1 OR target = 3;
SELECT * FROM interlink.audit();
COMMIT;
TABLE tags;

-- a trigger takes the edge away between the change of the row and the end of the statement
CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM article_tags WHERE source = NEW.id AND target = NEW.note::bigint;
	INSERT INTO article_tags (source, target) VALUES (NEW.id, NEW.note::bigint % 4 + 1) ON CONFLICT DO NOTHING;
	RETURN NULL;
END $$;
CREATE TRIGGER aaa AFTER UPDATE ON article FOR EACH ROW WHEN (NEW.note ~ '^[1-4]$') EXECUTE FUNCTION cut();
INSERT INTO article_tags (source, target) SELECT a, t FROM generate_series(1, 6) AS a, generate_series(1, 4) AS t ON CONFLICT DO NOTHING;
UPDATE article SET words = words + 5, note = '1' WHERE id < 4;
TABLE tags;
SELECT * FROM interlink.audit();
BEGIN;
UPDATE article SET words = words + 5, note = NULL;
UPDATE article SET words = words - 5, note = '2';
COMMIT;
TABLE tags;
SELECT * FROM interlink.audit();
ALTER TRIGGER aaa ON article RENAME TO zzz;
UPDATE article SET words = words + 5, note = '3';
UPDATE article SET note = '4';
SELECT * FROM interlink.audit();

-- rows that change their key, and that go
DROP TRIGGER zzz ON article;
UPDATE article SET id = id + 100, words = 1 WHERE id < 3;
DELETE FROM article WHERE id IN (3, 101);
WITH gone AS (DELETE FROM article_tags WHERE source = 4) DELETE FROM article WHERE id = 4;
TABLE tags;
SELECT * FROM interlink.audit();

SET client_min_messages = warning;
DROP SCHEMA values_across_edges CASCADE;
