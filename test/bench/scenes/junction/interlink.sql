-- The same rollups; no link columns.
CREATE EXTENSION interlink;
SELECT interlink.add_link('article', 'tags', 'tag', 'many_to_many', inverse => 'articles', junction => 'article_tag', columns => 'none');
\ir fields.sql
