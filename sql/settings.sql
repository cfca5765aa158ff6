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

-- nor do settings that PostgreSQL takes no notice of when it calls a function immutable
CREATE SCHEMA settings_text;
SET search_path = settings_text, public;
CREATE TABLE place (id int PRIMARY KEY, lat float8, code bytea);
CREATE TABLE visit (id int PRIMARY KEY);
CREATE FUNCTION spelled(float8) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN $1; END $$;
SELECT FROM interlink.add_link('visit', 'place', 'place', inverse => 'visits');
SELECT FROM interlink.add_lookup('visit', 'lat', 'place', 'lat::text');
SELECT FROM interlink.add_lookup('visit', 'spelled', 'place', 'settings_text.spelled(lat)');
SELECT FROM interlink.add_lookup('visit', 'code', 'place', 'code::text');
SELECT FROM interlink.add_rollup('place', 'long', 'visits', 'max', 'length(lat)');
INSERT INTO place (id, lat, code) VALUES (1, 0.1::float8 + 0.2, 'a');
SET extra_float_digits = -10;
SET bytea_output = 'escape';
INSERT INTO visit (id, place) VALUES (1, 1);
SELECT lat, spelled, code FROM visit;
UPDATE place SET lat = 0.1::float8 + 0.7;
SELECT lat, spelled, code FROM visit;
RESET extra_float_digits;
RESET bytea_output;
SELECT * FROM interlink.audit('visit');
SET client_min_messages = warning;
DROP SCHEMA settings_text CASCADE;
