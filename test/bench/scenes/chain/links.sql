-- The same, and a link column on each table for the rows below.
CREATE EXTENSION interlink;
SELECT format('SELECT interlink.add_link(''t%s'', ''children'', ''t%s'', ''one_to_many'', foreign_key => ''{parent_id}'', columns => ''link'')', k, k + 1),
    format('SELECT interlink.add_rollup(''t%s'', ''total'', ''children'', ''sum'', ''amount%s'')', k, CASE WHEN k < 4 THEN ' + total' END)
FROM generate_series(0, 4) AS k ORDER BY k DESC \gexec
\ir wrong.sql
