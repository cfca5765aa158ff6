-- Rollups over the foreign key as it is.
CREATE EXTENSION interlink;
SELECT interlink.add_link('child', 'parent', 'parent', inverse => 'children', foreign_key => '{parent_id}');
SELECT interlink.add_rollup('parent', 'n', 'children');
SELECT interlink.add_rollup('parent', 'total', 'children', 'sum', 'amount');
SELECT interlink.add_rollup('parent', 'largest', 'children', 'max', 'amount');
\ir wrong_rollups.sql
