-- What an expression calls runs as the owner of the table that holds the field, in every session and at
-- every moment: also when it is only read and planned.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
CREATE ROLE regress_interlink_other;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA expression_rights;
CREATE SCHEMA expression_rights_other AUTHORIZATION regress_interlink;
GRANT ALL ON SCHEMA expression_rights_other TO regress_interlink_other;
SET search_path = expression_rights, public;
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE FUNCTION tell(integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
	IF current_user <> 'regress_interlink' THEN RAISE NOTICE 'tell(%) runs as %', $1, current_user; END IF;
	RETURN 1;
END $$;
CREATE DOMAIN told AS integer CHECK (expression_rights.tell(VALUE) > 0);
CREATE TYPE pair AS (a told, b told);
CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE c (id integer PRIMARY KEY, amount integer, how mood, two pair);
SELECT FROM interlink.add_link('c', 'p', 'p');
SELECT FROM interlink.add_rollup('p', 'total', 'c.p', 'sum', 'amount + tell(1) + tell(amount)');
SELECT FROM interlink.add_rollup('p', 'fine', 'c.p', 'and', $$how = 'good'$$);
SELECT FROM interlink.add_rollup('p', 'same', 'c.p', 'and', $$two = '(1,2)'::pair$$);
INSERT INTO p VALUES (1);

-- another role, without rights on that schema, whose tables have nothing to do with it
\c -
SET SESSION AUTHORIZATION regress_interlink_other;
SET search_path = expression_rights_other;
CREATE TABLE p (id integer PRIMARY KEY);
CREATE TABLE c (id integer PRIMARY KEY);
SELECT FROM interlink.add_link('c', 'p', 'p', inverse => 'cs');
INSERT INTO p VALUES (1);
INSERT INTO c VALUES (1, 1);
ALTER TABLE c RENAME p_id TO parent;
ALTER TABLE c ADD COLUMN passing integer;
ALTER TABLE c DROP COLUMN passing;
SELECT * FROM p;

-- a superuser, who writes there, renames, drops and audits
\c -
INSERT INTO expression_rights.c (id, amount, how, two, p_id) VALUES (1, 2, 'good', NULL, 1);
ALTER TABLE expression_rights.c RENAME amount TO cost;
UPDATE expression_rights.c SET cost = 3;
ALTER TABLE expression_rights.c ADD COLUMN passing integer;
ALTER TABLE expression_rights.c DROP COLUMN passing;
SELECT * FROM interlink.audit('expression_rights.p');
SELECT total, fine, same FROM expression_rights.p;
SET client_min_messages = warning;
DROP SCHEMA expression_rights_other CASCADE;
DROP OWNED BY regress_interlink_other;
DROP ROLE regress_interlink_other;
