-- Teable's JSON over relations: linkFieldId names one; none is taken unasked, and what else is said must agree with it.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA create_field_relation;
SET search_path = create_field_relation, public;

CREATE FUNCTION refused(holder regclass, definition jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	state text; message text; detail text; hint text;
BEGIN
	PERFORM interlink.create_field(holder, definition);
	RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
		detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(E'\n', state || ': ' || message, 'DETAIL: ' || nullif(detail, ''), 'HINT: ' || nullif(hint, ''));
END $$;

-- rows that are alike in a column, no foreign key
CREATE TABLE customers (id int PRIMARY KEY, email text UNIQUE, name text);
CREATE TABLE orders (id int PRIMARY KEY, email text, name text, total numeric);
CREATE TABLE rooms (id int PRIMARY KEY, name text, total numeric);
INSERT INTO customers VALUES (1, 'ann@x', 'Ann'), (2, 'ben@x', 'Ben');
INSERT INTO orders VALUES (1, 'ann@x', 'chair', 10), (2, 'ann@x', 'desk', 20), (3, 'cleo@x', 'lamp', 5), (4, NULL, 'sofa', 80);
SELECT FROM interlink.add_relation('orders', 'customer', 'customers', '{email}', '{email}');
SELECT interlink.add_relation('customers', 'orders', 'orders', '{email}', '{email}', is_referencee => true) AS orders \gset
SELECT FROM interlink.add_link('rooms', 'guest', 'customers', columns => 'none');

SELECT FROM interlink.create_field('orders', '{"name": "Customer Name", "type": "lookup",
	"options": {"relationship": "many_to_one", "foreignTableId": "customers", "linkFieldId": "customer", "lookupFieldId": "name"}}');
SELECT FROM interlink.create_field('customers', '{"name": "Spent", "type": "rollup", "options": {"expression": "sum({values})"},
	"lookupOptions": {"foreignTableId": "orders", "linkFieldId": "orders", "lookupFieldId": "total"}}');
SELECT FROM interlink.create_field('customers', '{"name": "Bought", "type": "singleLineText", "isLookup": true,
	"lookupOptions": {"linkFieldId": "orders", "lookupFieldId": "name"}}');
-- by its number
SELECT FROM interlink.create_field('customers', jsonb_build_object('name', 'Orders', 'type', 'rollup', 'options',
	jsonb_build_object('foreignTableId', 'orders', 'linkFieldId', :orders, 'rollupFunction', 'countall')));
-- said to be another than it is
SELECT FROM interlink.create_field('customers', '{"name": "Most", "type": "rollup",
	"options": {"relationship": "manyOne", "foreignTableId": "orders", "linkFieldId": "orders", "lookupFieldId": "total", "rollupFunction": "max"}}');
SELECT FROM interlink.create_field('orders', '{"name": "Customer", "type": "lookup",
	"options": {"relationship": "oneMany", "foreignTableId": "customers", "linkFieldId": "customer", "lookupFieldId": "id"}}');

INSERT INTO customers VALUES (3, 'cleo@x', 'Cleo');
UPDATE orders SET email = 'ben@x' WHERE id = 2;
TABLE orders ORDER BY id;
TABLE customers ORDER BY id;
SELECT * FROM interlink.audit() a WHERE a.table_name IN ('orders', 'customers');

-- another table, a column that is not there, a relation that is not, a name of the far side
SELECT refused('orders', '{"name": "x", "type": "lookup", "options": {"foreignTableId": "rooms", "linkFieldId": "customer", "lookupFieldId": "name"}}');
SELECT refused('customers', '{"name": "x", "type": "rollup", "options": {"foreignTableId": "rooms", "linkFieldId": "orders", "lookupFieldId": "total", "expression": "sum({values})"}}');
SELECT refused('customers', '{"name": "x", "type": "rollup", "options": {"foreignTableId": "orders", "linkFieldId": "rooms.guest", "lookupFieldId": "total", "expression": "sum({values})"}}');
SELECT refused('orders', '{"name": "x", "type": "lookup", "options": {"foreignTableId": "customers", "linkFieldId": "customer", "lookupFieldId": "nothing"}}');
SELECT refused('orders', '{"name": "x", "type": "lookup", "options": {"linkFieldId": "customer", "lookupFieldId": "nothing"}}');
SELECT refused('orders', '{"name": "x", "type": "lookup", "options": {"linkFieldId": "nobody", "lookupFieldId": "name"}}');
SELECT refused('orders', '{"name": "x", "type": "lookup", "options": {"linkFieldId": "orders", "lookupFieldId": "name"}}');
SELECT refused('orders', jsonb_build_object('name', 'x', 'type', 'lookup', 'options', jsonb_build_object('linkFieldId', :orders, 'lookupFieldId', 'name')))
	= format('42704: there is no field with number %s at table "orders"' || E'\nDETAIL: linkFieldId names it.', :orders) AS of_another_table;
-- without linkFieldId only links are looked at; what else there is, is said
SELECT refused('orders', '{"name": "x", "type": "lookup", "options": {"foreignTableId": "customers", "lookupFieldId": "name"}}');
SELECT refused('customers', '{"name": "x", "type": "rollup", "options": {"foreignTableId": "rooms", "rollupFunction": "count"}}');
-- the name of a relation is taken, for a link too, and is no other end
SELECT refused('orders', '{"name": "customer", "type": "link", "options": {"relationship": "manyOne", "foreignTableId": "customers"}}');
SELECT refused('customers', '{"name": "My Orders", "type": "link", "options": {"relationship": "oneMany", "foreignTableId": "orders", "symmetricFieldId": "customer"}}');
SELECT name, kind, via FROM interlink.fields WHERE holder IN ('orders', 'customers', 'rooms') ORDER BY id;
SET client_min_messages = warning;
DROP SCHEMA create_field_relation CASCADE;
