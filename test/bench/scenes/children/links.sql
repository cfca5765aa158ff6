-- The same fields, and a link column that shows each parent's children.
CREATE EXTENSION interlink;
SELECT interlink.add_link('parent', 'children', 'child', 'one_to_many', foreign_key => '{parent_id}', columns => 'link');
SELECT interlink.add_rollup('parent', 'n', 'children');
SELECT interlink.add_rollup('parent', 'total', 'children', 'sum', 'amount');
SELECT interlink.add_rollup('parent', 'largest', 'children', 'max', 'amount');
SELECT interlink.add_lookup('child', 'parent_email', 'parent.children', 'email');
\ir wrong_rollups.sql
\ir wrong_lookup.sql
\ir wrong_keys.sql
