-- A short tour of edits, each with the values it changes before and after.
-- Views and saved keys keep the statements of the tour short.
SELECT id AS git, maintainer_id AS git_maintainer FROM package WHERE name = 'git' \gset
SELECT id AS libc6 FROM package WHERE name = 'libc6' \gset
SELECT id AS other FROM maintainer WHERE id <> :git_maintainer ORDER BY n DESC, id LIMIT 1 \gset
CREATE TEMPORARY VIEW people AS
	SELECT id, left(name, 34) AS maintainer, n AS packages, installed_kb, largest_kb FROM maintainer;
CREATE TEMPORARY VIEW packages AS
	SELECT id, name AS package, maintainer, maintainer_email, maintainer_id FROM package;

\echo
\echo :bold '6. Edit a link at the one end ...' :plain
\echo
\echo 'git goes to another maintainer. Before:'
\echo
SELECT * FROM packages WHERE id = :git;
SELECT * FROM people WHERE id IN (:git_maintainer, :other) ORDER BY id;
\timing on
\set ECHO queries
UPDATE package SET maintainer = :other WHERE name = 'git';
\set ECHO none
\timing off
\echo
\echo 'After: the foreign key, the e-mail beside it, and the sums and lists of both maintainers.'
\echo
SELECT * FROM packages WHERE id = :git;
SELECT * FROM people WHERE id IN (:git_maintainer, :other) ORDER BY id;
\echo 'The foreign key works as well; git goes back.'
\echo
\set ECHO queries
UPDATE package SET maintainer_id = :git_maintainer WHERE name = 'git';
\set ECHO none
\echo
SELECT * FROM people WHERE id IN (:git_maintainer, :other) ORDER BY id;

\echo :bold '7. ... and at the other end' :plain
\echo
\echo 'Three packages lose their maintainer; Ada comes and takes them all with one INSERT.'
\echo
\timing on
\set ECHO queries
UPDATE package SET maintainer = NULL WHERE name IN ('git', 'bash', 'perl');
INSERT INTO maintainer (name, email, packages)
VALUES ('Ada Lovelace', 'ada@example.org', ARRAY(SELECT id FROM package WHERE name IN ('git', 'bash', 'perl')));
\set ECHO none
\timing off
\echo
SELECT name AS maintainer, packages, n, installed_kb, largest_kb FROM maintainer WHERE email = 'ada@example.org';
SELECT * FROM packages WHERE maintainer_email = 'ada@example.org' ORDER BY package;
\echo 'She changes her address, and gives one of them away:'
\echo
\set ECHO queries
UPDATE maintainer SET email = 'countess@example.org', packages = packages - (SELECT id FROM package WHERE name = 'perl')
WHERE email = 'ada@example.org';
\set ECHO none
\echo
SELECT * FROM packages WHERE package IN ('git', 'bash', 'perl') ORDER BY package;

\echo :bold '8. Many to many, from both sides' :plain
\echo
\echo 'A new tag names its packages; a package adds a tag; the junction table loses a row.'
\echo
\timing on
\set ECHO queries
INSERT INTO tag (name, packages) VALUES ('tour::favourite', ARRAY(SELECT id FROM package WHERE name IN ('git', 'bash')));
UPDATE package SET tags = tags || (SELECT id FROM tag WHERE name = 'tour::favourite') WHERE name = 'perl';
DELETE FROM package_tags WHERE source = (SELECT id FROM package WHERE name = 'bash')
	AND target = (SELECT id FROM tag WHERE name = 'tour::favourite');
\set ECHO none
\timing off
\echo
SELECT t.name AS tag, t.n, t.packages, ARRAY(SELECT p.name FROM package p WHERE p.id <@ t.packages ORDER BY 1) AS names
FROM tag t WHERE name = 'tour::favourite';

\echo :bold '9. A table linked to itself' :plain
\echo
\echo 'A new package depends on three others. They know it at once.'
\echo
SELECT name AS package, required_by_n FROM package WHERE name IN ('git', 'perl', 'libc6') ORDER BY name;
\timing on
\set ECHO queries
INSERT INTO package (name, version, installed_kb, depends_on)
VALUES ('tour-guide', '1.0', 100, ARRAY(SELECT id FROM package WHERE name IN ('git', 'perl', 'libc6')));
\set ECHO none
\timing off
\echo
SELECT name AS package, depends_on, dependency_names, dependency_kb FROM package WHERE name = 'tour-guide';
SELECT name AS package, required_by_n FROM package WHERE name IN ('git', 'perl', 'libc6') ORDER BY name;

\echo 'The package that most others need grows by a megabyte. All that need it change in this statement,'
\echo 'and so do the sums of its maintainer, section and source.'
\echo
SELECT name AS package, required_by_n, installed_kb FROM package WHERE id = :libc6;
\timing on
\set ECHO queries
UPDATE package SET installed_kb = installed_kb + 1024 WHERE name = 'libc6';
\set ECHO none
\timing off
\echo
SELECT name AS package, dependency_names, dependency_kb FROM package WHERE name = 'tour-guide';
\echo 'A new name for git shows wherever git is a dependency; here, too:'
\echo
\set ECHO queries
UPDATE package SET name = 'git-core' WHERE name = 'git';
\set ECHO none
\echo
SELECT name AS package, dependency_names, dependency_kb FROM package WHERE name = 'tour-guide';

\echo :bold '10. Deletes' :plain
\echo
\echo 'Ada leaves, and a package goes. What pointed at them is unlinked; nothing dangles.'
\echo
\timing on
\set ECHO queries
DELETE FROM maintainer WHERE name = 'Ada Lovelace';
DELETE FROM package WHERE name = 'git-core';
\set ECHO none
\timing off
\echo
SELECT * FROM packages WHERE package IN ('git-core', 'bash', 'perl') ORDER BY package;
SELECT name AS package, depends_on, dependency_names, dependency_kb FROM package WHERE name = 'tour-guide';
SELECT name AS tag, n, packages FROM tag WHERE name = 'tour::favourite';

\echo :bold '11. Refused' :plain
\echo
\echo 'A key that does not exist, two keys in a link to one, a file that is taken, a computed value:'
\echo
\set ON_ERROR_STOP off
\set ECHO queries
UPDATE package SET maintainer = 123456789 WHERE name = 'bash';
UPDATE package SET maintainer = '{1,2}' WHERE name = 'bash';
UPDATE package SET file = (SELECT file FROM package WHERE name = 'perl') WHERE name = 'bash';
UPDATE section SET n = 7 WHERE name = 'libs';
\set ECHO none
\set ON_ERROR_STOP on

\echo
\echo :bold '12. Audit' :plain
\echo
\echo 'audit() computes every value anew from the foreign keys and junction tables and lists what differs.'
\echo
\timing on
\set ECHO queries
SELECT * FROM interlink.audit();
\set ECHO none
\timing off
SELECT count(*) = 0 AS sound FROM interlink.audit() LIMIT 1 \gset
\if :sound
\echo 'Nothing differs.'
\else
\warn 'The audit found differences: this is a defect.'
SELECT 1 / 0 AS audit_failed;
\endif
