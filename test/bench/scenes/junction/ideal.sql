-- Counts on both sides and a sum over the articles of a tag, stored; brought forward by the statement itself.
\ir bare.sql
ALTER TABLE article ADD tag_count bigint NOT NULL DEFAULT 0;
ALTER TABLE tag ADD article_count bigint NOT NULL DEFAULT 0, ADD words bigint NOT NULL DEFAULT 0;
UPDATE article SET tag_count = j.n FROM (SELECT source, count(*) AS n FROM article_tag GROUP BY source) AS j WHERE id = j.source;
UPDATE tag SET article_count = j.n, words = j.words
FROM (SELECT target, count(*) AS n, sum(words) AS words FROM article_tag JOIN article ON article.id = source GROUP BY target) AS j WHERE id = j.target;
\ir wrong.sql
