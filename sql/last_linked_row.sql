-- When the last linked row goes, a count that says so settles every field of that way: nothing is looked up.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA last_linked_row;
SET search_path = last_linked_row, public;

CREATE TABLE parent (id bigint PRIMARY KEY);
CREATE TABLE child (id bigint PRIMARY KEY, parent_id bigint REFERENCES parent, amount numeric, label text);
SELECT interlink.add_link('child', 'parent', 'parent', inverse => 'children', foreign_key => '{parent_id}', columns => 'link') > 0 AS linked;
SELECT interlink.add_rollup('parent', f, 'children', f, CASE f WHEN 'array_join' THEN 'label' ELSE 'amount' END) > 0 AS added
FROM unnest('{sum,avg,min,max,array_agg,array_join}'::text[]) AS f;
SELECT interlink.add_rollup('parent', 'n', 'children') > 0 AS added;
SELECT interlink.add_rollup('parent', 'filled', 'children', 'counta', 'label') > 0 AS added;
INSERT INTO parent VALUES (1), (2), (3);

-- All at once, from one parent and from two.
INSERT INTO child SELECT i, 1 + i % 2, i / 10.0, 'c' || i FROM generate_series(1, 6) AS i;
DELETE FROM child WHERE parent_id = 1;
SELECT * FROM parent ORDER BY id;
UPDATE child SET parent_id = 3;
SELECT * FROM parent ORDER BY id;
DELETE FROM child;
SELECT * FROM parent ORDER BY id;
SELECT * FROM interlink.audit();

-- A count of values is not a count of rows.
INSERT INTO child VALUES (1, 1, 10, 'a'), (2, 1, 20, NULL);
DELETE FROM child WHERE id = 1;
SELECT n, filled, max, avg FROM parent WHERE id = 1;
SELECT * FROM interlink.audit();
DELETE FROM child;

-- A trigger deletes, in a subtransaction, the row that was inserted just now: the count is 0 before the insertion has been counted.
CREATE FUNCTION delete_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	BEGIN
		DELETE FROM child WHERE id = NEW.id AND label = 'goes';
	EXCEPTION WHEN division_by_zero THEN NULL;
	END;
	RETURN NULL;
END $$;
CREATE TRIGGER a_delete_again AFTER INSERT ON child FOR EACH ROW EXECUTE FUNCTION delete_again();
INSERT INTO child VALUES (1, 1, 10, 'stays');
INSERT INTO child VALUES (2, 1, 20, 'goes');
SELECT n, max, avg FROM parent WHERE id = 1;
SELECT * FROM interlink.audit();
INSERT INTO child VALUES (3, 1, 5, 'goes'), (4, 1, 30, 'stays');
SELECT n, max, avg FROM parent WHERE id = 1;
SELECT * FROM interlink.audit();

-- And one that inserts another in the place of the last.
CREATE FUNCTION insert_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF OLD.label = 'stays' THEN
		BEGIN
			INSERT INTO child VALUES (OLD.id + 100, OLD.parent_id, OLD.amount / 2, 'after');
		EXCEPTION WHEN division_by_zero THEN NULL;
		END;
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER z_insert_another AFTER DELETE ON child FOR EACH ROW EXECUTE FUNCTION insert_another();
CREATE TRIGGER a_insert_another AFTER DELETE ON child FOR EACH ROW WHEN (OLD.id = 1) EXECUTE FUNCTION insert_another();
DELETE FROM child WHERE id = 4;
DELETE FROM child WHERE id IN (104);
SELECT n, max, avg FROM parent WHERE id = 1;
SELECT * FROM interlink.audit();
DROP TRIGGER z_insert_another ON child;
DELETE FROM child WHERE id = 1;
SELECT n, max, avg FROM parent WHERE id = 1;
SELECT * FROM interlink.audit();

SET client_min_messages = warning;
DROP SCHEMA last_linked_row CASCADE;
