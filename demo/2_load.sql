-- COPY into the tables and the junctions, as any restore or import would.
\echo
\echo :bold '4. Load with COPY' :plain
\echo
\echo 'The links are in place, so COPY writes the foreign keys, and the rows of the junction tables.'
\echo 'Every link column, lookup and rollup is right when each COPY ends.'
\echo
\cd :data
\timing on
\set QUIET off
\set ECHO queries
\copy maintainer (id, email, name) FROM 'maintainer.tsv'
\copy section (id, name) FROM 'section.tsv'
\copy tag (id, name) FROM 'tag.tsv'
\copy source_package (id, name) FROM 'source_package.tsv'
\copy archive_file (id, name, bytes) FROM 'archive_file.tsv'
\copy package (id, name, version, installed_kb, summary, maintainer_id, section_id, source_id, file_id) FROM 'package.tsv'
\copy package_tags (source, target) FROM 'package_tags.tsv'
\copy package_depends_on (source, target) FROM 'package_depends_on.tsv'
\set ECHO none
\set QUIET on
\timing off

-- New rows take the keys after those that were loaded.
\o /dev/null
SELECT setval(pg_get_serial_sequence(t, 'id'), 1000000) FROM unnest(ARRAY['maintainer', 'section', 'tag', 'package']) AS t;
\o
VACUUM ANALYZE maintainer, section, tag, source_package, archive_file, package, package_tags, package_depends_on;

\echo
\echo 'One more field, now that the rows are there; it is filled at once.'
\echo
\timing on
\set ECHO queries
SELECT interlink.add_rollup('maintainer', 'sections', 'packages', 'array_unique', 'section_id') AS field;
\set ECHO none
\timing off

\echo
\echo :bold '5. What there is to see' :plain
\echo
\echo 'Reading a field is reading a column: no join, no aggregate.'
\echo
SELECT left(name, 34) AS maintainer, n AS packages, pg_size_pretty(installed_kb * 1024) AS installed,
       pg_size_pretty(largest_kb * 1024) AS largest, cardinality(sections) AS sections
FROM maintainer ORDER BY n DESC, name LIMIT 5;
SELECT name AS section, n AS packages, pg_size_pretty(installed_kb * 1024) AS installed,
       pg_size_pretty(download_bytes) AS to_download, fame AS greatest_required_by
FROM section ORDER BY n DESC, name LIMIT 5;
SELECT name AS package, required_by_n AS required_by, cardinality(depends_on) AS depends_on,
       left(array_to_string(dependency_names, ', '), 44) AS dependency_names
FROM package ORDER BY required_by_n DESC, name LIMIT 5;
SELECT name AS tag, n AS packages FROM tag ORDER BY n DESC, name LIMIT 3;
