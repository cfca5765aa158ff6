-- Stored fields and a link column, indexed.
\ir ../children/links.sql
CREATE INDEX ON parent (total);
CREATE INDEX ON parent USING gin (children);
