-- Rows whose total differs from what is below them, level by level.
SELECT format('CREATE VIEW wrong_t%s AS SELECT p.id, p.total AS stored, c.total AS expected FROM t%s AS p '
    'LEFT JOIN (SELECT parent_id, sum(amount%s) AS total FROM t%s GROUP BY parent_id) AS c ON c.parent_id = p.id WHERE p.total IS DISTINCT FROM coalesce(c.total, 0)',
    k, k, CASE WHEN k < 4 THEN ' + total' ELSE '' END, k + 1)
FROM generate_series(0, 4) AS k ORDER BY k \gexec
