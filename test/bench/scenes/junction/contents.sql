-- What all yardsticks must agree on after the same work.
CREATE VIEW contents AS SELECT count(*) AS pairs, sum(source * target) AS edges FROM article_tag;
