-- Names with capitals, spaces, quotes, umlauts and 63 bytes, everywhere.
SET client_encoding = 'UTF8';
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;
RESET client_min_messages;
SET SESSION AUTHORIZATION regress_interlink;
CREATE SCHEMA "Odd ""Names"", größer";
SET search_path = "Odd ""Names"", größer", public;

-- the definitions of this test
CREATE VIEW my_links AS
SELECT l.*, d.source_columns, d.target_columns, d.created
FROM interlink.links l JOIN interlink.link_definition d USING (id) JOIN pg_class c ON c.oid = d.source
WHERE c.relnamespace = quote_ident(current_schema)::regnamespace;
CREATE VIEW my_fields AS
SELECT f.*
FROM interlink.fields f JOIN interlink.field_definition d USING (id) JOIN pg_class c ON c.oid = d.holder
WHERE c.relnamespace = quote_ident(current_schema)::regnamespace;

CREATE TABLE "Größe \ 'n'" ("Id ""x""" bigint PRIMARY KEY, "Näme, 1" text);
CREATE TABLE "select" ("from" text PRIMARY KEY, "where" numeric);
CREATE TABLE "Sixty three bytes: äääääääääääääääääää!, end" ("Äö of sixty three bytes: ääääääääääääääää end" uuid PRIMARY KEY, v integer);
SELECT attname, octet_length(attname::text) FROM pg_attribute WHERE attrelid = (SELECT oid FROM pg_class WHERE relname LIKE 'Sixty%' AND relkind = 'r') AND attnum > 0;
SELECT octet_length(relname::text) FROM pg_class WHERE relname LIKE 'Sixty%' AND relkind = 'r';

SELECT FROM interlink.add_link('"Größe \ ''n''"', 'The "Link", 1', '"select"', inverse => 'Rück \ ''link''');
SELECT FROM interlink.add_link('"select"', 'order by', '"Größe \ ''n''"', 'many_to_many', inverse => 'group by', comment => 'it''s a \ "comment"');
SELECT FROM interlink.add_link('"Sixty three bytes: äääääääääääääääääää!, end"',
	'Link of sixty three bytes, all of them used: äääääää end', '"select"',
	inverse => 'Back of sixty three bytes, all of them used: äääääää end');
SELECT FROM interlink.add_link('"Sixty three bytes: äääääääääääääääääää!, end"',
	'Many of sixty three bytes, all of them used: äääääää end', '"select"', 'many_to_many');
SELECT FROM interlink.add_link('"Sixty three bytes: äääääääääääääääääää!, end"',
	'Many of sixty three bytes, all of them used: äääääää two', '"select"', 'many_to_many');
SELECT FROM interlink.add_link('"select"', 'One-way of sixty three bytes, all of them used: äääää! end',
	'"Sixty three bytes: äääääääääääääääääää!, end"', 'one_to_many');

SELECT FROM interlink.add_lookup('"Größe \ ''n''"', 'Look "up"', 'The "Link", 1', 'where');
SELECT FROM interlink.add_lookup('"Größe \ ''n''"', 'look.up', 'The "Link", 1', '"where" * 2');
SELECT FROM interlink.add_rollup('"select"', 'Σ', 'Rück \ ''link''', 'array_join', '"Näme, 1" || ''\''''''', separator => '\''"');
SELECT FROM interlink.add_rollup('"select"', 'limit', '"Größe \ ''n''"."The ""Link"", 1"', 'count');
SELECT FROM interlink.add_rollup('"select"', 'Σ of sixty three bytes, all of them used: ääääääää end',
	'"Odd ""Names"", größer"."Sixty three bytes: äääääääääääääääääää!, end"."Link of sixty three bytes, all of them used: äääääää end"', 'sum', 'v');

INSERT INTO "select" ("from", "where") VALUES ('a "b" \ {c},d', 1), ('ü', 2);
INSERT INTO "Größe \ 'n'" ("Id ""x""", "Näme, 1", "The ""Link"", 1") VALUES (1, 'x', '{"ü"}'), (2, 'y', '{"a \"b\" \\ {c},d"}');
UPDATE "select" SET "order by" = '{1,2}' WHERE "from" = 'ü';
INSERT INTO "Sixty three bytes: äääääääääääääääääää!, end"
	("Äö of sixty three bytes: ääääääääääääääää end", v, "Link of sixty three bytes, all of them used: äääääää end")
	VALUES ('00000000-0000-0000-0000-000000000001', 5, 'ü');
\x on
TABLE "Größe \ 'n'";
SELECT * FROM "select" ORDER BY "where";
TABLE "Sixty three bytes: äääääääääääääääääää!, end";
\x off
SELECT relname FROM pg_class WHERE relnamespace = quote_ident(current_schema)::regnamespace ORDER BY relname COLLATE "C";
SELECT conname FROM pg_constraint WHERE connamespace = quote_ident(current_schema)::regnamespace AND contype = 'f' ORDER BY conname COLLATE "C";
SELECT * FROM interlink.audit();

-- and away again
SELECT FROM interlink.drop_field('"Größe \ ''n''"', 'look.up');
SELECT FROM interlink.drop_field('"Größe \ ''n''"', 'The "Link", 1', cascade => true);
SELECT FROM interlink.drop_field('"select"', 'order by');
SELECT FROM interlink.drop_field('"select"', 'Back of sixty three bytes, all of them used: äääääää end', cascade => true);
SELECT holder, name FROM my_fields ORDER BY id;
