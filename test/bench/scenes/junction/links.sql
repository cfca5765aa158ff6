-- The same rollups, and a link column on each side.
CREATE EXTENSION interlink;
SELECT interlink.add_link('article', 'tags', 'tag', 'many_to_many', inverse => 'articles', junction => 'article_tag');
\ir fields.sql
CREATE VIEW wrong_links AS
SELECT a.id, a.tags::text AS stored, j.keys::text AS expected
FROM article AS a LEFT JOIN (SELECT source, array_agg(target ORDER BY target) AS keys FROM article_tag GROUP BY source) AS j ON j.source = a.id
WHERE a.tags::bigint[] IS DISTINCT FROM coalesce(j.keys, '{}')
UNION ALL
SELECT t.id, t.articles::text, j.keys::text
FROM tag AS t LEFT JOIN (SELECT target, array_agg(source ORDER BY source) AS keys FROM article_tag GROUP BY target) AS j ON j.target = t.id
WHERE t.articles::bigint[] IS DISTINCT FROM coalesce(j.keys, '{}');
