-- Plain columns, as somebody keeps them by hand.
\ir ../children/ideal.sql
CREATE INDEX ON parent (total);
