INSERT INTO article_tag (source, target) SELECT * FROM pair ORDER BY source, target;
SELECT interlink.add_rollup('article', 'tag_count', 'tags');
SELECT interlink.add_rollup('tag', 'article_count', 'articles');
SELECT interlink.add_rollup('tag', 'words', 'articles', 'sum', 'words');
\ir contents.sql
\ir wrong.sql
