# follow() from 10,000 rows costs at most three times the nested loop that one would write by hand,
# whether its accessor can take its place or not; an accessor costs what the join costs.
use strict;
use warnings;
use InterlinkTest;
use Test::More;

my $node = new_server('relation_speed', 'fsync = off', 'shared_buffers = 256MB', 'autovacuum = off', 'jit = off');

$node->safe_psql('postgres', q{
	CREATE TABLE organizations (id int PRIMARY KEY, name text, city text, size int);
	CREATE TABLE users (id int PRIMARY KEY, name text, organization_id int REFERENCES organizations, note text);
	CREATE INDEX ON users (organization_id);
	INSERT INTO organizations SELECT i, 'organization ' || i, 'city', i FROM generate_series(1, 10000) i;
	INSERT INTO users SELECT i, 'user ' || i, i::bigint * 7919 % 10000 + 1, 'note' FROM generate_series(1, 100000) i;
	VACUUM ANALYZE;
	SELECT interlink.add_relation('users', 'organization', 'organizations', '{organization_id}', '{id}');
	SELECT interlink.add_relation('users', 'silent', 'organizations', '{organization_id}', '{id}', accessor => false);
	SELECT interlink.add_relation('organizations', 'users', 'users', '{id}', '{organization_id}', is_referencee => true);
});

# One connection, the alternatives one after the other in each round; medians in milliseconds.
sub medians
{
	my ($rounds, %queries) = @_;
	my $sql = "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_memoize = off; SET enable_material = off;\n"
		. "SET max_parallel_workers_per_gather = 0;\n";
	for my $round (0 .. $rounds)
	{
		$sql .= "SELECT '$_ ' || extract(epoch FROM clock_timestamp()) AS start \\gset\n"
			. "$queries{$_} \\g /dev/null\n"
			. "SELECT :'start' || ' ' || extract(epoch FROM clock_timestamp());\n"
			for sort keys %queries;
	}
	my %times;
	for my $line (split /\n/, $node->safe_psql('postgres', $sql))
	{
		my ($name, $start, $end) = split / /, $line;
		push @{ $times{$name} }, 1000 * ($end - $start);
	}
	shift @$_ for values %times;      # the first round fills caches
	return map { my @sorted = sort { $a <=> $b } @{ $times{$_} }; ($_ => $sorted[ $#sorted / 2 ]) } keys %times;
}

sub compare
{
	my ($what, $base, $most, %queries) = @_;
	my %time = medians(9, %queries);
	for my $name (sort grep { $_ ne $base } keys %queries)
	{
		my $ratio = $time{$name} / $time{$base};
		measured(sprintf '%s, %s: %.1f ms, %.2f times %s', $what, $name, $time{$name}, $ratio, $base);
		cmp_ok($ratio, '<=', $most, "$what: $name costs at most $most times $base");
	}
}

compare('10,000 rows to one', 'nested_loop', 3,
	nested_loop => 'SELECT count(o.name) FROM users u JOIN organizations o ON o.id = u.organization_id WHERE u.id <= 10000',
	follow => q{SELECT count(o.name) FROM users u, interlink.follow(u, 'organization', NULL::organizations) o WHERE u.id <= 10000},
	follow_without_accessor => q{SELECT count(o.name) FROM users u, interlink.follow(u, 'silent', NULL::organizations) o WHERE u.id <= 10000});
compare('10,000 rows to ten each', 'nested_loop', 3,
	nested_loop => 'SELECT count(u.name) FROM organizations o, LATERAL (SELECT * FROM users u WHERE u.organization_id = o.id ORDER BY id) u',
	follow => q{SELECT count(u.name) FROM organizations o, interlink.follow(o, 'users', NULL::users) u});

$node->stop;
done_testing();
