-- Row triggers, as most people write them.
\ir ideal.sql

CREATE FUNCTION pair_after() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        UPDATE article SET tag_count = tag_count - 1 WHERE id = OLD.source;
        UPDATE tag SET article_count = article_count - 1, words = words - (SELECT a.words FROM article AS a WHERE a.id = OLD.source)
        WHERE id = OLD.target;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        UPDATE article SET tag_count = tag_count + 1 WHERE id = NEW.source;
        UPDATE tag SET article_count = article_count + 1, words = words + (SELECT a.words FROM article AS a WHERE a.id = NEW.source)
        WHERE id = NEW.target;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION article_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tag SET words = words - OLD.words + NEW.words WHERE id IN (SELECT target FROM article_tag WHERE source = NEW.id);
    RETURN NULL;
END $$;

CREATE TRIGGER count AFTER INSERT OR UPDATE OR DELETE ON article_tag FOR EACH ROW EXECUTE FUNCTION pair_after();
CREATE TRIGGER words AFTER UPDATE OF words ON article FOR EACH ROW EXECUTE FUNCTION article_words();
