# One key more in a large link costs a fraction of what it costs in a plain array, in time and in
# WAL, and little more than in a small link.
use strict;
use warnings;
use InterlinkTest;
use Test::More;

my $node = new_server('growth', 'shared_buffers = 256MB', 'max_wal_size = 8GB', 'autovacuum = off',
	'synchronous_commit = off', 'jit = off', 'checkpoint_timeout = 1h');
$node->safe_psql('postgres', q{
	CREATE TABLE grown (name text, keys bigint, plain_array bigint[], link interlink.link(many_to_many, int8),
		ordered interlink.link(many_to_many, int8, ordered));
	CREATE TABLE named (name text, keys bigint, plain_array text[], link interlink.link(many_to_many, text));
	CREATE TABLE tagged (name text, keys bigint, plain_array uuid[], link interlink.link(many_to_many, uuid));

	-- keys as a sequence gives them: all to one row, or every third or tenth by chance, or in lots
	CREATE VIEW keys AS
		SELECT name, n, array_agg(k ORDER BY k) AS k
		FROM (VALUES (10000), (100000)) n(n), (VALUES ('in a row', 1), ('one in 3', 3), ('one in 10', 10), ('one in 100', 100), ('lots of 10 in 100', 0)) w(name, few),
			LATERAL (SELECT i AS k FROM generate_series(1, n) i WHERE few = 1 UNION ALL
			         SELECT DISTINCT (random() * few * n)::bigint FROM generate_series(1, n) WHERE few > 1 UNION ALL
			         SELECT i / 10 * 100 + i % 10 + 7 * (i / 10 % 9) FROM generate_series(1, n) i WHERE few = 0) k
		GROUP BY name, n;
	INSERT INTO grown SELECT name, n, k, k, k FROM keys;
	INSERT INTO named SELECT 'names', n, k, k FROM (SELECT n, array_agg('order-' || i) AS k FROM (VALUES (10000), (100000)) n(n), generate_series(1, n) i GROUP BY n) k;
	INSERT INTO tagged SELECT 'random uuids', n, k, k FROM (SELECT n, array_agg(md5(i::text)::uuid) AS k FROM (VALUES (10000), (100000)) n(n), generate_series(1, n) i GROUP BY n) k;

	-- the least time (ms) and WAL (bytes) of a few such updates, which write as many keys
	CREATE FUNCTION cost(statement text, OUT ms float8, OUT wal float8) LANGUAGE plpgsql AS $$
	DECLARE
		start timestamptz;
		lsn pg_lsn;
	BEGIN
		FOR i IN 1..7 LOOP
			lsn := pg_current_wal_insert_lsn();
			start := clock_timestamp();
			EXECUTE replace(statement, '$i', i::text);
			ms := least(ms, 1000 * extract(epoch FROM clock_timestamp() - start));
			wal := least(wal, pg_current_wal_insert_lsn() - lsn);
		END LOOP;
	END $$;
	CREATE FUNCTION costs(name text, keys bigint, source text, column_name text, key text, OUT array_ms float8, OUT array_wal float8, OUT link_ms float8, OUT link_wal float8)
	LANGUAGE sql AS $$
		SELECT a.ms, a.wal, l.ms, l.wal
		FROM cost(format('UPDATE %s SET plain_array = plain_array || %s WHERE name = %L AND keys = %s', source, key, name, keys)) a,
		     cost(format('UPDATE %s SET %3$I = %3$I || %2$s WHERE name = %4$L AND keys = %5$s', source, key, column_name, name, keys)) l
	$$;
	CHECKPOINT;
});

# Compares a link with an array; returns by how much less time and WAL it takes.
sub compare
{
	my ($what, $keys, @call) = @_;
	my ($array_ms, $array_wal, $link_ms, $link_wal) = split /\|/, $node->safe_psql('postgres',
		"SELECT * FROM costs('$what', $keys, '$call[0]', '$call[1]', \$\$$call[2]\$\$)");
	measured(sprintf '%6d keys, %-17s %-7s  array %6.2f ms %7d bytes, link %6.3f ms %7d bytes: 1/%.0f, 1/%.1f',
		$keys, $what, $call[1], $array_ms, $array_wal, $link_ms, $link_wal, $array_ms / $link_ms, $array_wal / $link_wal);
	return ($array_ms / $link_ms, $array_wal / $link_wal);
}

my $next = '(100000000 + $i)::bigint';
for my $keys (10_000, 100_000)
{
	my %least_wal = ('in a row' => 50, 'one in 3' => 7, 'one in 10' => 4.5, 'one in 100' => 2.8, 'lots of 10 in 100' => 10);
	for my $what (sort keys %least_wal)
	{
		my ($time, $wal) = compare($what, $keys, 'grown', 'link', $next);
		cmp_ok($time, '>', 10, "$keys keys, $what: a tenth of the time");
		cmp_ok($wal, '>', $least_wal{$what}, "$keys keys, $what: 1/$least_wal{$what} of the WAL");
	}
	my ($time, $wal) = compare('in a row', $keys, 'grown', 'ordered', $next);
	cmp_ok($time, '>', 10, "$keys keys, ordered: a tenth of the time");
	cmp_ok($wal, '>', 10, "$keys keys, ordered: a tenth of the WAL");
	($time, $wal) = compare('names', $keys, 'named', 'link', q{('order-x' || $i)});
	cmp_ok($time, '>', 5, "$keys texts: a fifth of the time");
	compare('random uuids', $keys, 'tagged', 'link', q{md5('x' || $i)::uuid});
}

# The whole of it: one child more, with the parent's fields kept.
parents_and_children($node, 10);
my %ms;
for my $children (10, 1000, 100_000)
{
	my $parent = length $children;
	$node->safe_psql('postgres', "INSERT INTO child (amount, parent_id) SELECT i, $parent FROM generate_series(1, $children) i");
	$ms{$children} = $node->safe_psql('postgres', qq{
		VACUUM parent;
		SELECT ms FROM cost('INSERT INTO child (amount, parent_id) VALUES (1, $parent)')});
	measured(sprintf 'one more child with %d there: %.3f ms', $children, $ms{$children});
}
audit_is_empty($node, 'after the children have come');

$node->stop;
done_testing();
