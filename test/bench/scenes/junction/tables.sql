-- Articles and tags, ten tags to an article.
CREATE TABLE article (id bigint PRIMARY KEY, title text, words bigint) WITH (fillfactor = 80);
CREATE TABLE tag (id bigint PRIMARY KEY, name text, weight bigint) WITH (fillfactor = 80);
INSERT INTO article SELECT i, 'article ' || i, 1 + abs(hashint8(i) % 1000) FROM generate_series(1, :rows) AS i;
INSERT INTO tag SELECT i, 'tag ' || i, 1 + i % 10 FROM generate_series(1, :rows) AS i;

CREATE VIEW pair AS
SELECT a.id AS source, 1 + (a.id * 7 + k * 101) % (SELECT count(*) FROM tag) AS target FROM article AS a, generate_series(0, 9) AS k;
