-- Random input for the type interlink.link; see link_fuzz.c.  Run by test/run ("make fuzz").
-- :module is the module, :seed where the generator starts, :cases the number of cases of each target.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
CREATE EXTENSION interlink;
CREATE FUNCTION link_fuzz(target text, seed bigint, cases bigint) RETURNS text LANGUAGE c STRICT AS :'module';

\echo seed :seed
SELECT 'text:   ' || link_fuzz('text', :seed, :cases);
SELECT 'json:   ' || link_fuzz('json', :seed, :cases);
SELECT 'binary: ' || link_fuzz('binary', :seed, :cases);
SELECT 'stored: ' || link_fuzz('stored', :seed, :cases);
SELECT 'edit:   ' || link_fuzz('edit', :seed, :cases / 50 + 1);
