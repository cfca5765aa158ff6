-- Rollups, and a lookup on the child; no link column.
\ir rollups.sql
SELECT interlink.add_lookup('child', 'parent_email', 'parent', 'email');
\ir wrong_lookup.sql
