-- Statement triggers on each table: net change per parent, parents locked in key order, then one grouped update.
\ir ideal.sql
SELECT format($template$
CREATE FUNCTION t%1$s_%5$s() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[]; changes bigint[];
BEGIN
    SELECT array_agg(parent_id), array_agg(change) INTO ids, changes
    FROM (SELECT parent_id, sum(change) AS change FROM (%6$s) AS r WHERE parent_id IS NOT NULL GROUP BY parent_id HAVING sum(change) <> 0) AS d;
    IF ids IS NOT NULL THEN
        PERFORM FROM t%2$s WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
        UPDATE t%2$s AS p SET total = p.total + d.change FROM unnest(ids, changes) AS d (id, change) WHERE p.id = d.id;
    END IF;
    RETURN NULL;
END $$
$template$, k, k - 1, NULL, NULL, event,
    concat_ws(' UNION ALL ',
        CASE WHEN event <> 'insert' THEN format('SELECT parent_id, - (%s) AS change FROM old_rows', value) END,
        CASE WHEN event <> 'delete' THEN format('SELECT parent_id, %s AS change FROM new_rows', value) END)),
format('CREATE TRIGGER %2$s_total AFTER %2$s ON t%1$s REFERENCING%3$s%4$s FOR EACH STATEMENT EXECUTE FUNCTION t%1$s_%2$s()', k, event,
    CASE WHEN event <> 'insert' THEN ' OLD TABLE AS old_rows' END, CASE WHEN event <> 'delete' THEN ' NEW TABLE AS new_rows' END)
FROM generate_series(1, 5) AS k, unnest('{insert,update,delete}'::text[]) AS event, LATERAL (SELECT CASE WHEN k < 5 THEN 'amount + total' ELSE 'amount' END AS value) AS v
ORDER BY k \gexec
