-- Nothing stored: aggregates when somebody looks.
CREATE VIEW parent_view AS
SELECT p.*, c.n, c.total, c.largest
FROM parent AS p
CROSS JOIN LATERAL (SELECT count(*) AS n, coalesce(sum(amount), 0) AS total, max(amount) AS largest FROM child WHERE parent_id = p.id) AS c;
