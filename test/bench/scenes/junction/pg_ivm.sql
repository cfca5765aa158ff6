-- The same values as incrementally maintained views of pg_ivm.
\ir bare.sql
CREATE EXTENSION pg_ivm;
SELECT pgivm.create_immv('article_values', 'SELECT source, count(*) AS tag_count FROM article_tag GROUP BY source');
SELECT pgivm.create_immv('tag_values',
    'SELECT j.target, count(*) AS article_count, sum(a.words) AS words FROM article_tag AS j JOIN article AS a ON a.id = j.source GROUP BY j.target');
CREATE VIEW wrong_articles AS
SELECT source, v.tag_count AS stored, j.n AS expected
FROM article_values AS v FULL JOIN (SELECT source, count(*) AS n FROM article_tag GROUP BY source) AS j USING (source)
WHERE v.tag_count IS DISTINCT FROM j.n;
CREATE VIEW wrong_tags AS
SELECT target, v.words AS stored, j.words AS expected
FROM tag_values AS v
FULL JOIN (SELECT target, count(*) AS n, sum(words) AS words FROM article_tag JOIN article ON article.id = source GROUP BY target) AS j USING (target)
WHERE (v.article_count, v.words) IS DISTINCT FROM (j.n, j.words);
