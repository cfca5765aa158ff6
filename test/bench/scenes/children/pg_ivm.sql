-- The same values as incrementally maintained views of pg_ivm.
CREATE EXTENSION pg_ivm;
SELECT pgivm.create_immv('parent_values',
    'SELECT parent_id, count(*) AS n, sum(amount) AS total, max(amount) AS largest FROM child GROUP BY parent_id');
SELECT pgivm.create_immv('child_values',
    'SELECT c.id, p.id AS parent_id, p.email AS parent_email FROM child AS c JOIN parent AS p ON p.id = c.parent_id');

CREATE VIEW wrong_rollups AS
SELECT parent_id, concat_ws(' ', v.n, v.total, v.largest) AS stored, concat_ws(' ', c.n, c.total, c.largest) AS expected
FROM parent_values AS v
FULL JOIN (SELECT parent_id, count(*) AS n, sum(amount) AS total, max(amount) AS largest FROM child GROUP BY parent_id) AS c USING (parent_id)
WHERE (v.n, v.total, v.largest) IS DISTINCT FROM (c.n, c.total, c.largest);
CREATE VIEW wrong_lookup AS
SELECT id, v.parent_email AS stored, c.email AS expected
FROM child_values AS v FULL JOIN (SELECT c.id, p.email FROM child AS c JOIN parent AS p ON p.id = c.parent_id) AS c USING (id)
WHERE v.parent_email IS DISTINCT FROM c.email;
