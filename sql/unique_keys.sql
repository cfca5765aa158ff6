-- Foreign keys to a UNIQUE key that is not the primary key, and that may be NULL, change and go.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
CREATE SCHEMA unique_keys;
SET search_path = unique_keys, public;
CREATE FUNCTION refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	hint text;
BEGIN
	EXECUTE statement;
	RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(E'\n', SQLSTATE || ': ' || SQLERRM, 'DETAIL: ' || nullif(detail, ''), 'HINT: ' || nullif(hint, ''));
END $$;

CREATE TABLE person (id int PRIMARY KEY, code text UNIQUE, x int);
CREATE TABLE job (id int PRIMARY KEY, boss text REFERENCES person (code) ON UPDATE SET NULL ON DELETE SET NULL, doer text REFERENCES person (code) ON UPDATE CASCADE);
CREATE TABLE helper (job_id int REFERENCES job, code text REFERENCES person (code) ON UPDATE CASCADE ON DELETE CASCADE);
INSERT INTO person VALUES (1, 'a', 1), (2, NULL, 2), (3, 'c', 3);
INSERT INTO job VALUES (1, 'a', 'c'), (2, 'c', 'c'), (3, NULL, NULL);
INSERT INTO helper VALUES (1, 'c'), (1, 'a');
SELECT FROM interlink.add_link('job', 'leader', 'person', foreign_key => '{boss}', inverse => 'leads', columns => 'link');
SELECT FROM interlink.add_link('job', 'worker', 'person', foreign_key => '{doer}', inverse => 'does', columns => 'array');
SELECT FROM interlink.add_link('job', 'helpers', 'person', 'many_to_many', junction => 'helper', inverse => 'helps', columns => 'link');
SELECT FROM interlink.add_rollup('person', 'n', 'leads');
SELECT FROM interlink.add_lookup('job', 'x', 'leader', 'x');
SELECT FROM interlink.add_lookup('job', 'xs', 'helpers', 'x');
SELECT * FROM person ORDER BY id;
SELECT * FROM job ORDER BY id;
-- a row without key cannot be linked, unless it gets one
SELECT refused($$UPDATE person SET leads = '{3}' WHERE id = 2$$);
SELECT refused($$UPDATE person SET helps = '{3}' WHERE id = 2$$);
SELECT refused($$INSERT INTO person (id, does) VALUES (7, '{1}')$$);
UPDATE person SET code = 'z', leads = '{3}' WHERE id = 2;
-- it loses its key: those that referred to it are left without
UPDATE person SET code = NULL WHERE id = 1;
SELECT * FROM person ORDER BY id;
SELECT * FROM job ORDER BY id;
SELECT * FROM interlink.audit();
SELECT refused($$UPDATE person SET code = NULL, leads = '{2}' WHERE id = 2$$);
-- it gets another
UPDATE person SET code = 'cc', helps = '{1,2}' WHERE id = 3;
SELECT * FROM person ORDER BY id;
SELECT * FROM job ORDER BY id;
SELECT * FROM helper ORDER BY 1, 2;
SELECT * FROM interlink.audit();
-- computed columns of rows without key
INSERT INTO person (id, n, leads) VALUES (8, NULL, NULL);
SET interlink.computed_writes = 'ignore';
SET interlink.link_writes = 'ignore';
INSERT INTO person (id, n, leads) VALUES (9, 5, '{1}');
UPDATE person SET n = 5, leads = '{1}' WHERE id = 8;
RESET interlink.computed_writes;
RESET interlink.link_writes;
SELECT * FROM person WHERE id >= 8 ORDER BY id;
DELETE FROM person WHERE id = 2;
SELECT * FROM job ORDER BY id;
SELECT * FROM interlink.audit();
SET session_replication_role = replica;
UPDATE person SET n = 5, leads = '{1}', helps = '{1}' WHERE id = 8;
RESET session_replication_role;
SELECT table_name, column_name, repaired FROM interlink.repair() WHERE repaired > 0 ORDER BY 2;
SELECT * FROM interlink.audit();
DROP SCHEMA unique_keys CASCADE;
