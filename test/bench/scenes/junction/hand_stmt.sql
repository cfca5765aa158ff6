-- Once per statement and grouped; articles locked before tags, each in key order.
\ir ideal.sql

CREATE FUNCTION pairs_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sign constant integer := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
BEGIN
    PERFORM FROM article WHERE id IN (SELECT source FROM pairs) ORDER BY id FOR NO KEY UPDATE;
    PERFORM FROM tag WHERE id IN (SELECT target FROM pairs) ORDER BY id FOR NO KEY UPDATE;
    UPDATE article AS a SET tag_count = a.tag_count + sign * d.n
    FROM (SELECT source, count(*) AS n FROM pairs GROUP BY source) AS d WHERE a.id = d.source;
    UPDATE tag AS t SET article_count = t.article_count + sign * d.n, words = t.words + sign * d.words
    FROM (SELECT p.target, count(*) AS n, coalesce(sum(a.words), 0)::bigint AS words FROM pairs AS p JOIN article AS a ON a.id = p.source GROUP BY p.target) AS d
    WHERE t.id = d.target;
    RETURN NULL;
END $$;

CREATE FUNCTION article_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM tag WHERE id IN (SELECT target FROM article_tag WHERE source = NEW.id) ORDER BY id FOR NO KEY UPDATE;
    UPDATE tag SET words = words - OLD.words + NEW.words WHERE id IN (SELECT target FROM article_tag WHERE source = NEW.id);
    RETURN NULL;
END $$;

CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'pairs are inserted and deleted, not updated';
END $$;

CREATE TRIGGER inserted AFTER INSERT ON article_tag REFERENCING NEW TABLE AS pairs
    FOR EACH STATEMENT EXECUTE FUNCTION pairs_changed();
CREATE TRIGGER deleted AFTER DELETE ON article_tag REFERENCING OLD TABLE AS pairs
    FOR EACH STATEMENT EXECUTE FUNCTION pairs_changed();
CREATE TRIGGER updated BEFORE UPDATE ON article_tag FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TRIGGER words AFTER UPDATE OF words ON article
    FOR EACH ROW WHEN (OLD.words IS DISTINCT FROM NEW.words) EXECUTE FUNCTION article_words();
