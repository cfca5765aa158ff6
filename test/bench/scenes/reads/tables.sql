-- The parents and children of the writing workloads.
\ir ../children/tables.sql
