-- Nothing stored.
\ir ../children/views.sql
