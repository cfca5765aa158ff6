-- What a careful engineer writes: once per statement, grouped by parent, parents locked in key order
-- before anything is read from them, everything computed in a statement after the lock.
\ir stored.sql

-- Filled from an unlocked read, which the statement triggers confirm under the lock.
CREATE FUNCTION child_fill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.parent_email := (SELECT email FROM parent WHERE id = NEW.parent_id);
    RETURN NEW;
END $$;

CREATE FUNCTION child_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM parent WHERE id IN (SELECT parent_id FROM new_rows) ORDER BY id FOR NO KEY UPDATE;
    UPDATE parent AS p SET n = p.n + d.n, total = p.total + d.total, largest = greatest(p.largest, d.largest)
    FROM (SELECT parent_id, count(*) AS n, coalesce(sum(amount), 0)::bigint AS total, max(amount) AS largest
          FROM new_rows GROUP BY parent_id) AS d
    WHERE p.id = d.parent_id;
    IF EXISTS (SELECT FROM new_rows AS r JOIN parent AS p ON p.id = r.parent_id WHERE r.parent_email IS DISTINCT FROM p.email) THEN
        UPDATE child AS c SET parent_email = p.email FROM new_rows AS r, parent AS p
        WHERE c.id = r.id AND p.id = c.parent_id AND c.parent_email IS DISTINCT FROM p.email;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION child_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM parent WHERE id IN (SELECT parent_id FROM old_rows) ORDER BY id FOR NO KEY UPDATE;
    UPDATE parent AS p SET n = p.n - d.n, total = p.total - d.total,
        largest = CASE WHEN d.largest >= p.largest THEN (SELECT max(amount) FROM child WHERE parent_id = p.id) ELSE p.largest END
    FROM (SELECT parent_id, count(*) AS n, coalesce(sum(amount), 0)::bigint AS total, max(amount) AS largest
          FROM old_rows GROUP BY parent_id) AS d
    WHERE p.id = d.parent_id;
    RETURN NULL;
END $$;

-- The net change of each parent is found first: an update that concerns none of them ends there.
CREATE FUNCTION child_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[]; ns bigint[]; totals bigint[]; lost bigint[]; gained bigint[];
BEGIN
    SELECT array_agg(parent_id), array_agg(n), array_agg(total), array_agg(old_largest), array_agg(new_largest)
    INTO ids, ns, totals, lost, gained
    FROM (SELECT parent_id, sum(sign) AS n, coalesce(sum(sign * amount), 0) AS total,
              max(amount) FILTER (WHERE sign < 0) AS old_largest, max(amount) FILTER (WHERE sign > 0) AS new_largest
          FROM (SELECT parent_id, amount, 1 AS sign FROM new_rows UNION ALL SELECT parent_id, amount, -1 FROM old_rows) AS r
          GROUP BY parent_id) AS d
    WHERE parent_id IS NOT NULL AND (n <> 0 OR total <> 0 OR old_largest IS DISTINCT FROM new_largest);
    IF ids IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM FROM parent WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
    UPDATE parent AS p SET n = p.n + d.n, total = p.total + d.total,
        largest = CASE WHEN d.gained >= p.largest THEN d.gained
                       WHEN d.lost >= p.largest THEN (SELECT max(amount) FROM child WHERE parent_id = p.id)
                       ELSE greatest(p.largest, d.gained) END
    FROM unnest(ids, ns, totals, lost, gained) AS d (id, n, total, lost, gained)
    WHERE p.id = d.id;
    IF EXISTS (SELECT FROM new_rows AS r JOIN parent AS p ON p.id = r.parent_id WHERE r.parent_email IS DISTINCT FROM p.email) THEN
        UPDATE child AS c SET parent_email = p.email FROM new_rows AS r, parent AS p
        WHERE c.id = r.id AND p.id = c.parent_id AND c.parent_email IS DISTINCT FROM p.email;
    END IF;
    RETURN NULL;
END $$;

-- The counters above update parents all the time: only a row trigger can be told that they do not matter here.
CREATE FUNCTION parent_email_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE child SET parent_email = NEW.email WHERE parent_id = NEW.id AND parent_email IS DISTINCT FROM NEW.email;
    RETURN NULL;
END $$;

CREATE TRIGGER fill BEFORE INSERT OR UPDATE OF parent_id ON child
    FOR EACH ROW EXECUTE FUNCTION child_fill();
CREATE TRIGGER inserted AFTER INSERT ON child REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION child_inserted();
CREATE TRIGGER deleted AFTER DELETE ON child REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION child_deleted();
CREATE TRIGGER updated AFTER UPDATE ON child REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION child_updated();
CREATE TRIGGER email AFTER UPDATE OF email ON parent
    FOR EACH ROW WHEN (OLD.email IS DISTINCT FROM NEW.email) EXECUTE FUNCTION parent_email_changed();
