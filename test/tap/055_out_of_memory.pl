# A backend that may not have more memory: prlimit takes its address space down to a little more than it has, while
# it is alive, and a bulk statement fails with 53200 somewhere on its way.  Nothing of it stays, and the session goes on.
use strict;
use warnings;
use InterlinkTest;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;

plan(skip_all => 'needs prlimit and /proc') unless -r '/proc/self/status' && system('prlimit --version > /dev/null 2>&1') == 0;

my $node = new_server('memory', 'fsync = off', 'shared_buffers = 64MB', 'autovacuum = off', 'jit = off', 'work_mem = 1GB');

if (has_address_sanitizer($node))
{
	$node->stop;
	plan(skip_all => 'the server has been built with AddressSanitizer');
}

my $rows = 10_000;
parents_and_children($node, $rows);
$node->safe_psql('postgres', qq{
	CREATE TABLE tag (id bigint PRIMARY KEY, weight bigint NOT NULL DEFAULT 1);
	SELECT interlink.add_link('child', 'tags', 'tag', 'many_to_many', inverse => 'children');
	SELECT interlink.add_rollup('child', 'weight', 'tags', 'sum', 'weight');
	SELECT interlink.add_rollup('parent', 'weight', 'children', 'sum', 'weight');
	SELECT interlink.add_rollup('parent', 'list', 'children', 'array_agg', 'amount');
	INSERT INTO tag (id) SELECT generate_series(1, 10);
	INSERT INTO child (id, amount, parent_id) SELECT i, i, i FROM generate_series(1, $rows) i;
	INSERT INTO child_tags SELECT id, 3 FROM child;
	VACUUM ANALYZE;});

# ---- a session, and its memory -----------------------------------------------------------------

my ($session, $pid, $in, $out, $err);

# Runs a statement in the session; returns what it prints, and leaves the error in $err.
sub session
{
	my ($sql) = @_;
	($out, $err) = ('', '');
	$in .= "$sql;\n\\echo done\n";
	$session->pump until $out =~ /^done$/m;
	$session->pump_nb;
	return $out =~ s/^done\n//mr =~ s/\s+$//r;
}

# A new one.  A stack that cannot grow is no error that PostgreSQL could report, so it grows first, and for good.
sub start_session
{
	($in, $out, $err) = ('', '', '');
	$session = IPC::Run::start([ 'psql', '-XAtq', '-v', 'VERBOSITY=verbose', '-d', $node->connstr('postgres') ],
		'<', \$in, '>', \$out, '2>', \$err, IPC::Run::timeout(180));
	$pid = session('SELECT pg_backend_pid()');
	session('SELECT 1' . ' + 1' x 4000);
	session('BEGIN; INSERT INTO child (id, amount, parent_id) VALUES (-1, 1, 1); ROLLBACK');
}

sub end_session
{
	my $same = session('SELECT pg_backend_pid()') eq $pid;
	$in .= "\\q\n";
	$session->finish;
	return $same;
}

# The address space of the backend in bytes: VmSize, that is now, or VmPeak.
sub bytes
{
	my ($what) = @_;
	return slurp_file("/proc/$pid/status") =~ /^$what:\s+(\d+) kB/m ? $1 * 1024 : die "no $what";
}

sub limit
{
	my ($bytes) = @_;
	system('prlimit', '--pid', $pid, "--as=$bytes:unlimited") == 0 or die 'prlimit';
}

# ---- statements --------------------------------------------------------------------------------

my $values = q{SELECT md5(string_agg(p::text, '|' ORDER BY id)) FROM parent p;
	SELECT md5(string_agg(c::text, '|' ORDER BY id)) FROM child c; SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM tag t};

# A small one, on rows that the others write, too: what it should print.
my $small = q{BEGIN; INSERT INTO child (id, amount, parent_id, tags) VALUES (-1, 5, 1, '{1,2}');
	SELECT n - (SELECT count(*) FROM child WHERE parent_id = 1), weight - (SELECT sum(weight) FROM child WHERE parent_id = 1),
		-1 <@ children FROM parent WHERE id = 1; ROLLBACK};
my $small_yields = '0|0|t';

my @statements = (
	[ 'INSERT of children', "INSERT INTO child (id, amount, parent_id) SELECT $rows + i, i, i FROM generate_series(1, $rows) i" ],
	[ 'UPDATE that moves them', "UPDATE child SET parent_id = 1 + parent_id % $rows" ],
	[ 'DELETE', 'DELETE FROM child WHERE id % 2 = 0' ],
	[ 'UPDATE of what is looked up', 'UPDATE parent SET email = id::text' ],
	[ 'edit of a to-many link column', "UPDATE parent SET children = ARRAY[$rows + 1 - id]" ],
	[ 'edit of a link through a junction', 'UPDATE child SET tags = ARRAY[1, 2]' ],
	[ 'UPDATE of a tag that all have', 'UPDATE tag SET weight = 7 WHERE id = 3' ]);

# How much memory it takes when there is enough, and what comes out.
sub measure
{
	my ($what, $statement) = @_;
	start_session();
	my $rests = bytes('VmSize');
	session("BEGIN; $statement");
	is($err, '', "$what: with enough memory");
	my $needs = bytes('VmPeak') - $rests;
	my $meant = session($values);
	session('ROLLBACK');
	end_session();
	return ($needs, $meant);
}

# Of the memory that a statement needs, what it may have.
my @shares = (0.1, 0.4, 0.7, 0.9);
my %contexts;

for (@statements)
{
	my ($what, $statement) = @$_;
	my $was = $node->safe_psql('postgres', $values);
	my ($needs, $meant) = measure($what, $statement);
	my ($failed, @other, @left, @next) = (0);

	start_session();
	my $rests = bytes('VmSize');
	for my $share (@shares)
	{
		limit($rests + int($needs * $share));
		session("BEGIN; $statement");
		if ($err =~ /ERROR:  53200: out of memory/) { $failed++; $contexts{$1}++ if $err =~ /memory context "(.*?)"/ }
		elsif ($err ne '') { push @other, $err }
		session('ROLLBACK');

		limit(bytes('VmSize') + 4_000_000);
		my $yields = session($small);
		push @next, "$yields $err" if $yields ne $small_yields;
		limit('unlimited');
		push @left, $share if session($values) ne $was;
	}
	cmp_ok($failed, '>=', 2, "$what: fails with 53200 where memory does not suffice");
	is("@other", '', "$what: and in no other way");
	is("@left", '', "$what: nothing of it stays");
	is("@next", '', "$what: the next statement is exact, as scarce as memory is");
	session("BEGIN; $statement");
	is($err . session($values), $meant, "$what: with enough memory again it yields what it should");
	session('ROLLBACK');
	is(session('SELECT count(*) FROM interlink.audit()'), '0', "$what: audit() is empty");
	ok(end_session(), "$what: all that in one session");
	measured(sprintf '%s: needs %.1f MB, %d of %d attempts with less failed', $what, $needs / 1e6, $failed, scalar @shares);
}

measured('what ran out: ' . join ', ', map { "$_ ($contexts{$_})" } sort keys %contexts);
cmp_ok(scalar(grep { /^interlink/ } keys %contexts), '>', 0, 'some failed in the middle of maintenance');
unlike(slurp_file($node->logfile), qr/XX000|TRAP|PANIC|terminated by signal/, 'no internal error in the log');
$node->stop;
done_testing();
