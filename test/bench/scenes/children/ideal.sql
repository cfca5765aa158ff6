-- The derived values are stored; each workload brings them forward in its own statement.
\ir stored.sql
