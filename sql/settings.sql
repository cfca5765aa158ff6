-- No setting of a session changes a value.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;

-- the style of dates
CREATE SCHEMA settings_1;
SET search_path = settings_1, public;
CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE c (id int PRIMARY KEY, d date);
SELECT FROM interlink.add_link('c', 'p', 'p', columns => 'none');
SET DateStyle = 'SQL, DMY';
SELECT FROM interlink.add_rollup('p', 'days', 'c.p', 'sum', 'd - date ''2024-01-02''');
INSERT INTO p VALUES (1);
SET DateStyle = 'SQL, MDY';
INSERT INTO c VALUES (1, '2024-01-02', 1);
TABLE p;
SELECT * FROM interlink.audit();                
SET DateStyle = 'SQL, MDY';
UPDATE c SET d = d + 1;
TABLE p;                                        
SET DateStyle = 'German, DMY';
SELECT * FROM interlink.audit();                
TABLE p;                                        
SELECT * FROM interlink.audit();                
RESET DateStyle;
DROP SCHEMA settings_1 CASCADE;
