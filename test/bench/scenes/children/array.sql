-- As hand_stmt, and the keys of the children in a plain array.
\ir hand_stmt.sql
ALTER TABLE parent ADD children bigint[] NOT NULL DEFAULT '{}';
UPDATE parent SET children = c.keys FROM (SELECT parent_id, array_agg(id ORDER BY id) AS keys FROM child GROUP BY parent_id) AS c
WHERE id = c.parent_id;
CREATE OR REPLACE FUNCTION child_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM parent WHERE id IN (SELECT parent_id FROM new_rows) ORDER BY id FOR NO KEY UPDATE;
    UPDATE parent AS p SET n = p.n + d.n, total = p.total + d.total, largest = greatest(p.largest, d.largest), children = p.children || d.keys
    FROM (SELECT parent_id, count(*) AS n, coalesce(sum(amount), 0)::bigint AS total, max(amount) AS largest, array_agg(id ORDER BY id) AS keys
          FROM new_rows GROUP BY parent_id) AS d
    WHERE p.id = d.parent_id;
    RETURN NULL;
END $$;
\ir wrong_keys.sql
