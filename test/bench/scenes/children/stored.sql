-- The derived values as plain columns, filled once; included by the yardsticks that keep them by hand.
ALTER TABLE parent ADD n bigint NOT NULL DEFAULT 0, ADD total bigint NOT NULL DEFAULT 0, ADD largest bigint;
ALTER TABLE child ADD parent_email text;
UPDATE parent SET n = c.n, total = c.total, largest = c.largest
FROM (SELECT parent_id, count(*) AS n, sum(amount) AS total, max(amount) AS largest FROM child GROUP BY parent_id) AS c
WHERE id = c.parent_id;
UPDATE child SET parent_email = email FROM parent WHERE parent.id = parent_id;
\ir wrong_rollups.sql
\ir wrong_lookup.sql
