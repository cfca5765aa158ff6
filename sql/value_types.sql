-- Fields over values of all kinds.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS interlink;

-- intervals
CREATE SCHEMA value_types_1;
SET search_path = value_types_1, public;
create table p(id int primary key); create table c(id int primary key, iv interval);
select from interlink.add_link('c','p','p',inverse=>'cs');
select from interlink.add_rollup('p','s','cs','sum','iv');
insert into p(id) values (1);
insert into c(id,p,iv) values (1,1,'1 day'),(2,1,'90 min');
table p;
delete from c;
table p;
SELECT * FROM interlink.audit();
DROP SCHEMA value_types_1 CASCADE;

-- lists of arrays
CREATE SCHEMA value_types_2;
SET search_path = value_types_2, public;
create table p(id int primary key); create table c(id int primary key, v int[]);
select from interlink.add_link('c','p','p',inverse=>'cs');
select from interlink.add_rollup('p','a','cs','array_agg','v');     -- the same with array_unique
insert into p(id) values (1);
insert into c(id,p) values (1,1);
insert into c(id,p,v) values (2,1,'{1}'),(3,1,'{2,NULL,3}');
select from interlink.add_rollup('p','u','cs','array_unique','v');
insert into c(id,p,v) values (4,1,'{{3,4},{5,1}}');
table p;
SELECT * FROM interlink.audit();
DROP SCHEMA value_types_2 CASCADE;

-- a type that cannot be compared
CREATE SCHEMA value_types_3;
SET search_path = value_types_3, public;
create table p(id int primary key); create table c(id int primary key, j json);
select from interlink.add_link('c','p','p',inverse=>'cs');
select from interlink.add_rollup('p','a','cs','array_unique','j');
insert into p(id) values (1);
insert into c(id,p,j) values (1,1,'{}');
SELECT * FROM interlink.audit();
DROP SCHEMA value_types_3 CASCADE;

-- a lookup of json
CREATE SCHEMA value_types_4;
SET search_path = value_types_4, public;
create table p(id int primary key); create table c(id int primary key, j json);
select from interlink.add_link('c','p','p',inverse=>'cs');
select from interlink.add_lookup('p','j','cs','j');
insert into p(id) values (1);
insert into c(id,p,j) values (1,1,'{}');
table p;
SELECT * FROM interlink.audit();
DROP SCHEMA value_types_4 CASCADE;

-- a lookup of arrays
CREATE SCHEMA value_types_5;
SET search_path = value_types_5, public;
create table p(id int primary key); create table c(id int primary key, v int[]);
select from interlink.add_link('c','p','p',inverse=>'cs');
select from interlink.add_lookup('p','v','cs','v');
insert into p(id) values (1);
insert into c(id,p,v) values (1,1,'{{1,2},{3,4}}');
table p;
SELECT * FROM interlink.audit();
DROP SCHEMA value_types_5 CASCADE;

-- NULL puts nothing in and takes nothing out
CREATE SCHEMA value_types_6;
SET search_path = value_types_6, public;
CREATE TABLE t (id int PRIMARY KEY);
CREATE TABLE c (id int PRIMARY KEY);
SELECT FROM interlink.add_link('c', 't', 't', inverse => 'cs');
INSERT INTO t VALUES (1);
INSERT INTO c (id, t) VALUES (1, 1), (2, 1);
PREPARE put(int) AS UPDATE t SET cs = cs || $1 WHERE id = 1;
EXECUTE put(NULL);
UPDATE t SET cs = cs - NULL::int;
UPDATE t SET cs = cs || NULL;
UPDATE t SET cs = cs - ARRAY[NULL, 2]::int[];
SELECT * FROM t;
SELECT * FROM c ORDER BY id;
SELECT * FROM interlink.audit();
DEALLOCATE put;
DROP SCHEMA value_types_6 CASCADE;
