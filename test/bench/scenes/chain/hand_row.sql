-- Row triggers on each table.
\ir ideal.sql
SELECT format($template$
CREATE FUNCTION t%1$s_after() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE t%2$s SET total = total - (OLD.amount%3$s) WHERE id = OLD.parent_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE t%2$s SET total = total + (NEW.amount%4$s) WHERE id = NEW.parent_id;
    END IF;
    RETURN NULL;
END $$
$template$, k, k - 1, CASE WHEN k < 5 THEN ' + OLD.total' END, CASE WHEN k < 5 THEN ' + NEW.total' END),
format('CREATE TRIGGER total AFTER INSERT OR UPDATE OR DELETE ON t%1$s FOR EACH ROW EXECUTE FUNCTION t%1$s_after()', k)
FROM generate_series(1, 5) AS k ORDER BY k \gexec
