-- Counter caches as most people write them: row triggers.
\ir stored.sql

CREATE FUNCTION child_before() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT email INTO NEW.parent_email FROM parent WHERE id = NEW.parent_id;
    RETURN NEW;
END $$;

CREATE FUNCTION child_after() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.parent_id IS NOT DISTINCT FROM OLD.parent_id THEN
        UPDATE parent SET total = total - OLD.amount + NEW.amount,
            largest = CASE WHEN NEW.amount >= largest THEN NEW.amount
                           WHEN OLD.amount = largest THEN (SELECT max(amount) FROM child WHERE parent_id = NEW.parent_id)
                           ELSE largest END
        WHERE id = NEW.parent_id;
        RETURN NULL;
    END IF;
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        UPDATE parent SET n = n - 1, total = total - OLD.amount,
            largest = (SELECT max(amount) FROM child WHERE parent_id = OLD.parent_id)
        WHERE id = OLD.parent_id;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        UPDATE parent SET n = n + 1, total = total + NEW.amount, largest = greatest(largest, NEW.amount)
        WHERE id = NEW.parent_id;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION parent_after() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE child SET parent_email = NEW.email WHERE parent_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER fill BEFORE INSERT OR UPDATE OF parent_id ON child
    FOR EACH ROW EXECUTE FUNCTION child_before();
CREATE TRIGGER count AFTER INSERT OR DELETE OR UPDATE OF parent_id, amount ON child
    FOR EACH ROW EXECUTE FUNCTION child_after();
CREATE TRIGGER push AFTER UPDATE OF email ON parent
    FOR EACH ROW EXECUTE FUNCTION parent_after();
