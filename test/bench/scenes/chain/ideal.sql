-- total: the sum of amounts and totals of the rows one table below, stored.
SELECT format('ALTER TABLE t%s ADD total bigint NOT NULL DEFAULT 0', k),
    format('UPDATE t%s SET total = c.total FROM (SELECT parent_id, sum(amount%s) AS total FROM t%s GROUP BY parent_id) AS c WHERE id = c.parent_id',
        k, CASE WHEN k < 4 THEN ' + total' ELSE '' END, k + 1)
FROM generate_series(0, 4) AS k ORDER BY k DESC \gexec
\ir wrong.sql
