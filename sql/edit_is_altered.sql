-- What a user writes into a link column, and what triggers make of it: the column shows what is stored at the end.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
CREATE SCHEMA edit_is_altered;
SET search_path = edit_is_altered, public;
CREATE TABLE parent (id text PRIMARY KEY);
CREATE TABLE child (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE child_1 PARTITION OF child FOR VALUES FROM (1) TO (10);
CREATE TABLE child_2 PARTITION OF child FOR VALUES FROM (10) TO (20);
CREATE TABLE tag (id int PRIMARY KEY);
SELECT FROM interlink.add_link('child', 'parent', 'parent', inverse => 'children');
SELECT FROM interlink.add_link('parent', 'tags', 'tag', 'many_to_many', inverse => 'parents');
SELECT FROM interlink.add_link('parent', 'up', 'parent', inverse => 'down');
SELECT FROM interlink.add_rollup('parent', 'n', 'children', 'count');
SELECT FROM interlink.add_rollup('parent', 'below', 'down', 'sum', '1 + below');
INSERT INTO child SELECT i FROM generate_series(1, 12) i;
INSERT INTO tag SELECT i FROM generate_series(1, 5) i;
INSERT INTO parent VALUES ('a'), ('b'), ('z');

-- the last row is taken out again, before our own trigger hears that it came
CREATE FUNCTION take_out() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	IF pg_trigger_depth() < 3 THEN
		UPDATE parent SET up_id = NULL WHERE id = (SELECT max(id) FROM parent);
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER a_take_out AFTER INSERT OR UPDATE ON parent FOR EACH ROW EXECUTE FUNCTION take_out();
UPDATE parent SET down = '{z}' WHERE id = 'a';
INSERT INTO parent (id, down) VALUES ('c', '{b,z}');
UPDATE parent SET down = '{a,z}' WHERE id = 'c';
SELECT id, up, down, below FROM parent ORDER BY id;
SELECT * FROM interlink.audit();
DROP TRIGGER a_take_out ON parent;
CREATE TRIGGER z_take_out AFTER INSERT OR UPDATE ON parent FOR EACH STATEMENT EXECUTE FUNCTION take_out();
UPDATE parent SET down = '{b,z}' WHERE id = 'a';
SELECT id, up, down, below FROM parent ORDER BY id;
SELECT * FROM interlink.audit();
DROP TRIGGER z_take_out ON parent;

-- one partition lets no row be linked, nor unlinked; the other links it elsewhere
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE FUNCTION elsewhere() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.parent_id := 'z'; RETURN NEW; END $$;
UPDATE child SET parent_id = 'b' WHERE id = 3;
CREATE TRIGGER refuse BEFORE UPDATE ON child_1 FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TRIGGER elsewhere BEFORE UPDATE ON child_2 FOR EACH ROW EXECUTE FUNCTION elsewhere();
UPDATE parent SET children = '{1,2,11}' WHERE id = 'a';
UPDATE parent SET children = '{}' WHERE id = 'b';
UPDATE parent SET children = '{12}' WHERE id = 'z';
SELECT id, children, n FROM parent ORDER BY id;
SELECT * FROM interlink.audit();
DROP TRIGGER refuse ON child_1;
DROP TRIGGER elsewhere ON child_2;

-- rows of a junction do not come, do not go, or go again
CREATE FUNCTION odd_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	IF NEW.target % 2 = 1 THEN RETURN NEW; END IF;
	RETURN NULL;
END $$;
CREATE FUNCTION not_five() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	DELETE FROM parent_tags WHERE target = 5;
	RETURN NULL;
END $$;
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	INSERT INTO parent_tags VALUES (OLD.source, OLD.target) ON CONFLICT DO NOTHING;
	RETURN NULL;
END $$;
CREATE TRIGGER odd_only BEFORE INSERT ON parent_tags FOR EACH ROW EXECUTE FUNCTION odd_only();
CREATE TRIGGER a_not_five AFTER INSERT ON parent_tags FOR EACH ROW EXECUTE FUNCTION not_five();
UPDATE parent SET tags = '{1,2,3,4,5}' WHERE id < 'c';
UPDATE tag SET parents = parents || 'z' WHERE id IN (2, 3, 5);
SELECT id, tags FROM parent ORDER BY id;
SELECT id, parents FROM tag ORDER BY id;
CREATE TRIGGER a_keep AFTER DELETE ON parent_tags FOR EACH ROW WHEN (OLD.target = 1) EXECUTE FUNCTION keep();
UPDATE parent SET tags = '{}' WHERE id = 'a';
UPDATE tag SET parents = '{c}' WHERE id IN (1, 3);
SELECT id, tags FROM parent ORDER BY id;
SELECT id, parents FROM tag ORDER BY id;
TABLE parent_tags ORDER BY 1, 2;
SELECT * FROM interlink.audit();

-- a row that is to be written is deleted by its own trigger
CREATE FUNCTION delete_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	DELETE FROM parent WHERE id = NEW.id;
	RETURN NEW;
END $$;
CREATE TRIGGER delete_it BEFORE UPDATE ON parent FOR EACH ROW EXECUTE FUNCTION delete_it();
INSERT INTO child (id, parent_id) VALUES (13, 'z');
SELECT id, children, n FROM parent ORDER BY id;
SELECT * FROM interlink.audit();
SET client_min_messages = error;
DROP SCHEMA edit_is_altered CASCADE;
