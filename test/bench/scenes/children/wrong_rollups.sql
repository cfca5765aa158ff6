-- Parents whose stored values differ from the tables. Every view named wrong_… is empty after any work.
CREATE VIEW wrong_rollups AS
SELECT p.id, concat_ws(' ', p.n, p.total, p.largest) AS stored, concat_ws(' ', c.n, c.total, c.largest) AS expected
FROM parent AS p
LEFT JOIN (SELECT parent_id, count(*) AS n, sum(amount) AS total, max(amount) AS largest FROM child GROUP BY parent_id) AS c ON c.parent_id = p.id
WHERE (p.n, p.total, p.largest) IS DISTINCT FROM (coalesce(c.n, 0), coalesce(c.total, 0), c.largest);
