-- Children whose stored lookup differs from their parent.
CREATE VIEW wrong_lookup AS
SELECT c.id, c.parent_email AS stored, p.email AS expected
FROM child AS c LEFT JOIN parent AS p ON p.id = c.parent_id WHERE c.parent_email IS DISTINCT FROM p.email;
