-- Articles and tags whose stored values differ from the tables.
CREATE VIEW wrong_articles AS
SELECT a.id, a.tag_count AS stored, j.n AS expected
FROM article AS a LEFT JOIN (SELECT source, count(*) AS n FROM article_tag GROUP BY source) AS j ON j.source = a.id
WHERE a.tag_count IS DISTINCT FROM coalesce(j.n, 0);
CREATE VIEW wrong_tags AS
SELECT t.id, concat_ws(' ', t.article_count, t.words) AS stored, concat_ws(' ', j.n, j.words) AS expected
FROM tag AS t
LEFT JOIN (SELECT target, count(*) AS n, sum(words) AS words FROM article_tag JOIN article ON article.id = source GROUP BY target) AS j ON j.target = t.id
WHERE (t.article_count, t.words) IS DISTINCT FROM (coalesce(j.n, 0), coalesce(j.words, 0));
