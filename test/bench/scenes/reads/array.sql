-- Plain columns, and the keys of the children in an array.
\ir ../children/array.sql
CREATE INDEX ON parent (total);
CREATE INDEX ON parent USING gin (children);
