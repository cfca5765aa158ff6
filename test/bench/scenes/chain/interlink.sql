-- Rollups of rollups over the foreign keys as they are.
CREATE EXTENSION interlink;
SELECT format('SELECT interlink.add_link(''t%s'', ''parent'', ''t%s'', inverse => ''children'', foreign_key => ''{parent_id}'')', k + 1, k),
    format('SELECT interlink.add_rollup(''t%s'', ''total'', ''children'', ''sum'', ''amount%s'')', k, CASE WHEN k < 4 THEN ' + total' END)
FROM generate_series(0, 4) AS k ORDER BY k DESC \gexec
\ir wrong.sql
