-- Stored fields, one of them indexed.
\ir ../children/interlink.sql
CREATE INDEX ON parent (total);
