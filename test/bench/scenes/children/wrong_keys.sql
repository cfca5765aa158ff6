-- Parents whose stored keys differ from the children that there are.
CREATE VIEW wrong_keys AS
SELECT p.id, p.children::text AS stored, c.keys::text AS expected
FROM parent AS p LEFT JOIN (SELECT parent_id, array_agg(id ORDER BY id) AS keys FROM child GROUP BY parent_id) AS c ON c.parent_id = p.id
WHERE p.children::bigint[] IS DISTINCT FROM coalesce(c.keys, '{}');
