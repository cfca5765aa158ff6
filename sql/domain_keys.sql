-- keys of a domain are linked as those of the type beneath it are
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
CREATE SCHEMA domain_keys;
SET search_path = domain_keys;
SET check_function_bodies = off;

CREATE DOMAIN small AS smallint CHECK (VALUE > 0);
CREATE DOMAIN whole AS integer CHECK (VALUE > 0);
CREATE DOMAIN nested_whole AS whole CHECK (VALUE < 100);
CREATE DOMAIN large AS bigint;
CREATE DOMAIN token AS uuid CHECK (VALUE::pg_catalog.text LIKE '0%');
CREATE DOMAIN label AS text CHECK (VALUE <> '');
CREATE DOMAIN nested_label AS label;
CREATE DOMAIN code AS varchar(40);
CREATE DOMAIN amount AS numeric(8,2);

-- what is in the tables, and what audit() and validate() find
CREATE FUNCTION state() RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(E'\n',
		(SELECT string_agg(club::text, '; ' ORDER BY id) FROM club),
		(SELECT string_agg(person::text, '; ' ORDER BY id) FROM person),
		(SELECT string_agg(concat_ws(' ', column_name, key, stored, expected, problem), '; ') FROM interlink.audit('person')),
		(SELECT string_agg(concat_ws(' ', column_name, key, stored, expected, problem), '; ') FROM interlink.audit('club')),
		(SELECT string_agg(v::text, '; ') FROM person p, interlink.validate('person', to_jsonb(p) || '{"v": 9}') v))
$$;

-- $1 and $2 stand for two keys
CREATE FUNCTION outcomes(type text, form text, one text, two text, statements text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	statement text;
	outcomes text[];
BEGIN
	DROP SCHEMA IF EXISTS domain_keys_of CASCADE;
	CREATE SCHEMA domain_keys_of;
	SET LOCAL search_path = domain_keys_of, domain_keys;
	EXECUTE format('CREATE TABLE club (id %1$s PRIMARY KEY); CREATE TABLE person (id %1$s PRIMARY KEY, old_club_id %1$s REFERENCES club, v int)', type);
	EXECUTE format('INSERT INTO club VALUES (%1$L), (%2$L); INSERT INTO person VALUES (%1$L, %1$L, 1), (%2$L, %1$L, 2)', one, two);
	PERFORM interlink.add_link('person', 'old_club', 'club', foreign_key => '{old_club_id}', inverse => 'old_members', columns => form);
	PERFORM interlink.add_link('person', 'club', 'club', inverse => 'members', columns => form);
	PERFORM interlink.add_link('person', 'led', 'club', relationship => 'one_to_one', inverse => 'leader', columns => form);
	PERFORM interlink.add_link('person', 'friends', 'person', relationship => 'many_to_many', inverse => 'friend_of', columns => form);
	PERFORM interlink.add_link('person', 'ranks', 'club', relationship => 'many_to_many', inverse => 'ranked_by', ordered => true, columns => form);
	PERFORM interlink.add_rollup('club', 'n', 'members', 'sum', 'v');
	PERFORM interlink.add_rollup('club', 'names', 'members', 'array_agg', 'id');
	PERFORM interlink.add_lookup('person', 'seen_in', 'club', 'id');
	PERFORM interlink.add_lookup('person', 'seen', 'friends', 'id');
	FOREACH statement IN ARRAY statements LOOP
		BEGIN
			EXECUTE replace(replace(statement, '$1', one), '$2', two);
			outcomes := outcomes || state();
		EXCEPTION WHEN OTHERS THEN
			outcomes := outcomes || concat_ws(' ', SQLSTATE, SQLERRM);
		END;
	END LOOP;
	RETURN outcomes;
END
$$;

CREATE TABLE story (n serial, statement text);
INSERT INTO story (statement) VALUES
	('SELECT'),
	('UPDATE person SET club = ''{$1}'', led = ''{$2}'', friends = ''{$1,$2}'', ranks = ''{$2,$1}'' WHERE id = ''$1'''),
	('DELETE FROM person WHERE id = ''$2'''),
	('INSERT INTO person (id, club, friends, v) VALUES (''$2'', ''{$2}'', ''{$1}'', 3)'),
	('UPDATE person SET club = ''{$1}'' WHERE id = ''$2'''),
	('SELECT interlink.alter_link(''person'', ''club'', ''{"ordered": true}'')'),
	('SELECT interlink.alter_link(''person'', ''old_club'', ''{"ordered": true}'')'),
	('SELECT interlink.alter_link(''person'', ''friends'', ''{"ordered": true}'')'),
	('UPDATE club SET members = ''{$2,$1}'', leader = ''{$2}'', ranked_by = ''{$2}'' WHERE id = ''$1'''),
	('SELECT interlink.alter_link(''person'', ''club'', ''{"ordered": false}'')'),
	('SELECT interlink.alter_link(''person'', ''old_club'', ''{"relationship": "one_to_one", "ordered": false}'', ''keep_first'')'),
	('UPDATE club SET members = ''{}'', old_members = ''{}'' WHERE id = ''$1'''),
	('SET LOCAL session_replication_role = replica;
	  UPDATE club SET members = ''{}'', leader = NULL, old_members = ''{$1}'', ranked_by = ''{}'', names = NULL;
	  UPDATE person SET club = NULL, friends = ''{}'', ranks = ''{$1}'', seen = NULL, friend_of = ''{}'';
	  SET LOCAL session_replication_role = origin;
	  SELECT interlink.repair()'),
	('DELETE FROM club WHERE id = ''$2'''),
	('TRUNCATE person_friends'),
	('SELECT interlink.drop_field(''person'', ''seen''); TRUNCATE person CASCADE');

-- every statement has the same outcome with the domain and with the type beneath it
CREATE TEMPORARY TABLE told AS
	SELECT type, base, form, n, statement, of_domain, of_base
	FROM (VALUES ('small', 'smallint', '1', '2'), ('whole', 'integer', '1', '2'), ('nested_whole', 'integer', '1', '2'),
				 ('large', 'bigint', '1', '2'), ('token', 'uuid', '00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002'),
				 ('label', 'text', 'a', 'b'), ('nested_label', 'text', 'a', 'b'), ('code', 'varchar(40)', 'a', 'b'),
				 ('amount', 'numeric(8,2)', '1.50', '2.50')) AS t (type, base, one, two)
	CROSS JOIN (VALUES ('link'), ('array')) AS f (form),
	LATERAL (SELECT array_agg(statement ORDER BY n) AS statements FROM story) s,
	LATERAL ROWS FROM (unnest(statements), unnest(outcomes(type, form, one, two, statements)), unnest(outcomes(base, form, one, two, statements)))
		WITH ORDINALITY AS o (statement, of_domain, of_base, n);
SELECT n, statement, type, form, of_domain, of_base FROM told WHERE of_domain IS DISTINCT FROM of_base;
SELECT n, of_domain FROM told WHERE type = 'nested_whole' AND form = 'link' ORDER BY n;
SELECT count(*), count(DISTINCT (type, form)), count(*) FILTER (WHERE of_domain ~ 'cast') FROM told;

-- what the domain checks holds for foreign keys that are written by way of a link
CREATE DOMAIN existing AS nested_whole NOT NULL;
CREATE TABLE team (id integer PRIMARY KEY);
CREATE TABLE player (id nested_whole PRIMARY KEY, team_id nested_whole REFERENCES team);
SELECT FROM interlink.add_link('player', 'team', 'team', foreign_key => '{team_id}', inverse => 'players', columns => 'link');
CREATE TABLE fan (id integer PRIMARY KEY, team_id existing REFERENCES team);
SELECT FROM interlink.add_link('fan', 'team', 'team', foreign_key => '{team_id}', inverse => 'fans', columns => 'link');
INSERT INTO team VALUES (1), (100);
INSERT INTO player (id, team) VALUES (1, '{1}');
INSERT INTO player (id, team) VALUES (2, '{100}');
UPDATE player SET team = '{100}';
UPDATE team SET players = '{}' WHERE id = 1;
UPDATE team SET players = '{1}' WHERE id = 100;
UPDATE team SET players = '{200}' WHERE id = 1;
UPDATE player SET team = '{}';
UPDATE team SET players = '{1}' WHERE id = 1;
INSERT INTO fan (id, team, team_id) VALUES (1, '{1}', 1);
UPDATE fan SET team = '{}';
UPDATE fan SET team = '{100}';
INSERT INTO fan (id) VALUES (2);
-- two that swap what each can have once are without a key for a moment only
CREATE TABLE keeper (id integer PRIMARY KEY, team_id existing UNIQUE REFERENCES team);
SELECT FROM interlink.add_link('keeper', 'team', 'team', foreign_key => '{team_id}', inverse => 'keeper', columns => 'link');
INSERT INTO team VALUES (2);
INSERT INTO keeper (id, team, team_id) VALUES (1, '{1}', 1), (2, '{2}', 2);
UPDATE team SET keeper = CASE id WHEN 1 THEN '{2}' ELSE '{1}' END::interlink.link WHERE id < 3;
TABLE keeper ORDER BY id;
UPDATE team SET fans = '{}';
TABLE fan;
TABLE player;
TABLE team ORDER BY id;

-- a key of several columns, one of a domain
CREATE TABLE office (country label, number whole, PRIMARY KEY (country, number));
CREATE TABLE clerk (country label, id nested_whole, number whole, PRIMARY KEY (country, id), FOREIGN KEY (country, number) REFERENCES office);
INSERT INTO office VALUES ('no', 1), ('no', 2);
INSERT INTO clerk VALUES ('no', 1, 1), ('no', 2, 1);
SELECT FROM interlink.add_link('clerk', 'office', 'office', foreign_key => '{country,number}', inverse => 'clerks', columns => 'link');
SELECT FROM interlink.add_link('clerk', 'visits', 'office', relationship => 'many_to_many', inverse => 'visitors', columns => 'array');
UPDATE clerk SET office = '{"(no,2)"}', visits = '{"(no,1)","(no,2)"}' WHERE id = 1;
SELECT FROM interlink.alter_link('clerk', 'office', '{"ordered": true}');
SELECT FROM interlink.alter_link('clerk', 'visits', '{"ordered": true}');
UPDATE office SET clerks = '{}', visitors = '{"(no,2)","(no,1)"}' WHERE number = 1;
UPDATE office SET clerks = '{"(no,2)","(no,1)"}' WHERE number = 2;
TABLE office ORDER BY number;
SELECT country, id, number, office, visits FROM clerk ORDER BY id;
SELECT * FROM interlink.audit();
SELECT sum(repaired) FROM interlink.repair();
TRUNCATE clerk CASCADE;
TABLE office ORDER BY number;

SET client_min_messages = warning;
DROP SCHEMA domain_keys_of CASCADE;
DROP SCHEMA domain_keys CASCADE;
