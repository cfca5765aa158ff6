# Crashes, cancelled statements, two-phase commit, standbys, logical replication: nothing is lost, and
# the next statement is exact.  INTERLINK_TEST_SECONDS is the length of each load, 3 when not given.
use strict;
use warnings;
use InterlinkTest;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

my $seconds = $ENV{INTERLINK_TEST_SECONDS} || 3;
my $node = PostgreSQL::Test::Cluster->new('failures');
$node->init(extra => [ '--locale=C.UTF-8', '--encoding=UTF8' ], allows_streaming => 'logical');
$node->append_conf('postgresql.conf', join("\n", 'shared_buffers = 128MB', 'max_connections = 40',
		'max_prepared_transactions = 10', 'deadlock_timeout = 100ms', 'restart_after_crash = on',
		'max_wal_senders = 10', 'max_replication_slots = 10', ''));
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION interlink');
parents_and_children($node, 20);
$node->safe_psql('postgres', q{
	ALTER TABLE child ALTER id RESTART WITH 1000000;
	CREATE TABLE tag (id bigint PRIMARY KEY, weight bigint NOT NULL DEFAULT 1);
	SELECT interlink.add_link('child', 'tags', 'tag', 'many_to_many', inverse => 'children');
	SELECT interlink.add_rollup('child', 'weight', 'tags', 'sum', 'weight');
	SELECT interlink.add_rollup('parent', 'weight', 'children', 'sum', 'weight');
	INSERT INTO tag (id) SELECT generate_series(1, 20);
	INSERT INTO child (id, amount, parent_id, tags)
		SELECT i, i, 1 + i % 20, ARRAY[1 + i % 20, 1 + i % 7] FROM generate_series(1, 1000) i;
});

sub values_of
{
	my ($server, $db) = @_;
	return $server->safe_psql($db // 'postgres', q{
		SELECT id, email, n, total, top, weight, children FROM parent ORDER BY id;
		SELECT id, amount, parent_id, parent, email, tags, weight FROM child ORDER BY id;
		SELECT id, weight, children FROM tag ORDER BY id;
		SELECT source, target FROM child_tags ORDER BY source, target;});
}

# Values against queries that share nothing with the audit, and the audit.
sub all_is_exact
{
	my ($when) = @_;
	audit_is_empty($node, $when);
	is($node->safe_psql('postgres', q{
		SELECT count(*) FROM parent p
		WHERE (n, total, top) IS DISTINCT FROM
			(SELECT (count(*), coalesce(sum(amount), 0), max(amount)) FROM child WHERE parent_id = p.id)
		   OR weight IS DISTINCT FROM (SELECT coalesce(sum(t.weight), 0)
			FROM child c JOIN child_tags ON source = c.id JOIN tag t ON t.id = target WHERE c.parent_id = p.id)
		   OR children::bigint[] IS DISTINCT FROM ARRAY(SELECT id FROM child WHERE parent_id = p.id ORDER BY id)}),
		'0', "every parent is right $when");
}

# ---- crashes -----------------------------------------------------------------------------------

my $load = "$PostgreSQL::Test::Utils::tmp_check/load.sql";
append_to_file($load, q{
\set id random(1, 1500)
\set parent random(1, 20)
\set tag random(1, 20)
\set amount random(1, 1000)
BEGIN;
INSERT INTO child (id, amount, parent_id) VALUES (:id, :amount, :parent) ON CONFLICT (id) DO UPDATE SET amount = excluded.amount;
SAVEPOINT sp;
DELETE FROM child WHERE id = :id + 1;
ROLLBACK TO sp;
UPDATE child SET tags = tags || :tag WHERE id = :id;
COMMIT;
UPDATE child SET parent = :parent WHERE id = :id;
UPDATE tag SET weight = 1 + :amount % 5 WHERE id = :tag;
DELETE FROM child WHERE id = :amount;
});

# Runs the load, does something to the server meanwhile, and waits until the clients have given up.
sub under_load
{
	my ($action) = @_;
	my ($out, $err) = ('', '');
	local $ENV{PGAPPNAME} = 'load';
	my $run = IPC::Run::start([ 'pgbench', '-n', '-c', 6, '-j', 1, '-T', $seconds + 60, '--max-tries=20', '-f', $load,
			'-h', $node->host, '-p', $node->port, 'postgres' ], '>', \$out, '2>', \$err);
	sleep $seconds;
	$action->();
	eval { $run->finish };
	like($err, qr/perhaps the backend died|connection to server/, 'the load has noticed');
}

under_load(sub {
	my $pid = $node->safe_psql('postgres', q{SELECT pid FROM pg_stat_activity
		WHERE application_name = 'load' AND state <> 'idle' ORDER BY pid LIMIT 1});
	like($pid, qr/^\d+$/, 'there is a backend at work');
	kill 'KILL', $pid;
});
ok($node->poll_query_until('postgres', 'SELECT NOT pg_is_in_recovery()'), 'the server recovers from the loss of a backend');
like(slurp_file($node->logfile), qr/terminated by signal 9.*all server processes terminated; reinitializing/s, 'it was a crash');
all_is_exact('after kill -9 of a backend under load');

under_load(sub { $node->stop('immediate') });
$node->start;
all_is_exact('after an immediate stop of the server under load');

my @backends;
under_load(sub {
	@backends = split /\n/, $node->safe_psql('postgres', 'CHECKPOINT; SELECT pid FROM pg_stat_activity');
	$node->kill9;
});
# The backends of a killed postmaster take a moment to see that it is gone.
for (1 .. 600) { last unless grep { kill 0, $_ } @backends; sleep 0.1; }
sleep 0.2;
$node->start;
all_is_exact('after kill -9 of the postmaster under load');

# Life goes on.
$node->safe_psql('postgres', q{
	INSERT INTO child (id, amount, parent, tags) SELECT 5000 + i, i, 1 + i % 20, ARRAY[1, 2] FROM generate_series(1, 100) i;
	DELETE FROM child WHERE id % 3 = 0;});
all_is_exact('after the first writes since');

# ---- statements that are stopped ---------------------------------------------------------------

# A statement that takes seconds, nearly all of it in the maintenance: the values of 30,000 children change.
$node->safe_psql('postgres', q{
	CREATE TABLE big (id bigint PRIMARY KEY, amount bigint);
	CREATE TABLE part (id bigint PRIMARY KEY, amount bigint);
	SELECT interlink.add_link('part', 'big', 'big', inverse => 'parts', columns => 'none');
	SELECT interlink.add_lookup('part', 'amount_of_big', 'big', 'amount');
	SELECT interlink.add_rollup('big', 'total', 'parts', 'sum', 'amount');
	INSERT INTO big (id, amount) SELECT i, i FROM generate_series(1, 20) i;
	INSERT INTO part (id, amount, big_id) SELECT i, i, 1 + i % 20 FROM generate_series(1, 60000) i;
});
my $before = $node->safe_psql('postgres', 'SELECT sum(amount), sum(total) FROM big; SELECT sum(amount), sum(amount_of_big) FROM part');

sub big_is_unchanged
{
	my ($when) = @_;
	is($node->safe_psql('postgres', 'SELECT sum(amount), sum(total) FROM big; SELECT sum(amount), sum(amount_of_big) FROM part'),
		$before, "$when: nothing of the statement stays");
	audit_is_empty($node, $when);
}

my $long = 'UPDATE big SET amount = amount + 1000';
for my $timeout (3, 20, 60)
{
	my ($status, $out, $err) = $node->psql('postgres', qq{SET statement_timeout = '${timeout}ms'; $long;
		INSERT INTO part (id, amount, big_id) SELECT 100000 + i, 1, 1 FROM generate_series(1, 50000) i});
	like($err, qr/canceling statement due to statement timeout/, "statement_timeout after $timeout ms");
	if ($err !~ /canceling/ || $node->safe_psql('postgres', 'SELECT sum(amount) FROM big') ne '210')
	{
		# the first statement was faster than that: take it back
		$node->safe_psql('postgres', 'UPDATE big SET amount = id');
	}
	big_is_unchanged("statement_timeout after $timeout ms");
}

# In one transaction, in one session: the cancelled statement, and exact ones before and after it.
is($node->safe_psql('postgres', qq{
	BEGIN;
	INSERT INTO part (id, amount, big_id) VALUES (200001, 5, 1);
	SAVEPOINT sp;
	SET LOCAL statement_timeout = '3ms';
	\\set ON_ERROR_STOP 0
	$long;
	\\set ON_ERROR_STOP 1
	ROLLBACK TO sp;
	INSERT INTO part (id, amount, big_id) VALUES (200002, 7, 1);
	SELECT total - (SELECT sum(amount) FROM part WHERE big_id = 1) FROM big WHERE id = 1;
	SELECT count(*) FROM interlink.audit('big');
	ROLLBACK;}) =~ s/\s+/ /gr, '0 0', 'a cancelled statement within a transaction');
big_is_unchanged('cancelled in a savepoint');

# pg_cancel_backend at some moment of it
{
	for my $delay (0.01, 0.05, 0.1)
	{
		my ($out, $err) = ('', '');
		my $run = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-c', "SET application_name = 'victim'",
				'-c', "$long", '-c', 'SELECT pg_sleep(10)' ], '>', \$out, '2>', \$err);
		$node->poll_query_until('postgres', q{SELECT count(*) > 0 FROM pg_stat_activity
			WHERE application_name = 'victim' AND query LIKE 'UPDATE%'}) or last;
		sleep $delay;
		$node->safe_psql('postgres', q{SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim'});
		sleep 0.1;
		$node->safe_psql('postgres', q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim'});
		eval { $run->finish };
		$node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'victim'});
		audit_is_empty($node, "cancelled after $delay s");
		$node->safe_psql('postgres', 'UPDATE big SET amount = id');
	}
}
big_is_unchanged('after all that was cancelled');

# ---- locks that are not to be had --------------------------------------------------------------

# Somebody holds parent 2.  A statement that needs it gives up, in the middle of its maintenance: parent 1 is written already.
{
	my $sum = 'SELECT sum(total), sum(n) FROM parent';
	my $was = $node->safe_psql('postgres', $sum);
	my ($in, $out, $err) = ("BEGIN; SELECT 'held' FROM parent WHERE id = 2 FOR UPDATE;\n", '', '');
	my $holder = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres') ], '<', \$in, '>', \$out, '2>', \$err,
		IPC::Run::timeout(60));
	$holder->pump until $out =~ /held/;
	is($node->safe_psql('postgres', q{
		SET lock_timeout = '50ms';
		\set ON_ERROR_STOP 0
		INSERT INTO child (id, amount, parent_id) SELECT 9000 + i, 1, i FROM generate_series(1, 20) i;
		\echo :SQLSTATE
		\set ON_ERROR_STOP 1
		INSERT INTO child (id, amount, parent_id) VALUES (9001, 1, 1);
		SELECT count(*) FROM interlink.audit();
		DELETE FROM child WHERE id = 9001}) =~ s/\s+/ /gr, '55P03 0', 'lock_timeout, and the next statement is fine');

	# Stopped while it waits there, from outside or by itself; in a transaction of its own, and within one that goes on.
	my $write = 'INSERT INTO child (id, amount, parent_id) SELECT 9000 + i, 1, i FROM generate_series(1, 20) i';
	my $next = 'INSERT INTO child (id, amount, parent_id) VALUES (9001, 1, 1); SELECT count(*) FROM interlink.audit(); DELETE FROM child WHERE id = 9001';
	my $own = "\\set ON_ERROR_STOP 0\n$write;\n\\echo :SQLSTATE\nSET statement_timeout = 0; $next;";
	my $within = "\\set ON_ERROR_STOP 0\nBEGIN; UPDATE child SET amount = amount + 1 WHERE id = 5002; SAVEPOINT sp;\n"
		. "$write;\n\\echo :SQLSTATE\nROLLBACK TO sp; SET LOCAL statement_timeout = 0; $next; COMMIT;";
	for my $how ('statement_timeout', 'cancel')
	{
		for ([ 'in a transaction of its own', $own ], [ 'after a savepoint', $within ])
		{
			my ($where, $script) = @$_;
			my ($text, $errors) = ('', '');
			my $timeout = $how eq 'cancel' ? 0 : 300;
			my $sql = "SET application_name = 'waits'; SET statement_timeout = $timeout;\n$script\n";
			my $run = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres') ], '<', \$sql, '>', \$text, '2>', \$errors,
				IPC::Run::timeout(60));
			$run->pump while length $sql;
			ok($node->poll_query_until('postgres', q{SELECT count(pg_cancel_backend(pid)) = 1 FROM pg_stat_activity
				WHERE application_name = 'waits' AND wait_event_type = 'Lock'}), "$how, $where: waits in the middle") if $how eq 'cancel';
			$run->finish;
			is($text =~ s/\s+/ /gr, '57014 0 ', "$how, $where: and the next statement is fine") or diag($errors);
		}
	}
	$in .= "ROLLBACK;\n\\q\n";
	$holder->finish;
	$node->safe_psql('postgres', 'UPDATE child SET amount = amount - 2 WHERE id = 5002');
	is($node->safe_psql('postgres', $sum), $was, 'lock_timeout, cancel: nothing of the statements stays');
	all_is_exact('after lock_timeout and cancel');
}

# A deadlock in the middle of maintenance; the victim goes back to a savepoint and on, in the same transaction.
{
	my @sessions;
	for my $i (0, 1)
	{
		my %s = (in => '', out => '', err => '');
		$s{run} = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres') ], '<', \$s{in}, '>', \$s{out}, '2>', \$s{err},
			IPC::Run::timeout(60));
		push @sessions, \%s;
	}
	my $say = sub {
		my ($s, $sql, $until) = @_;
		$s->{in} .= "$sql\n";
		if ($until) { $s->{run}->pump until $s->{out} =~ /$until/; } else { $s->{run}->pump_nb; sleep 0.3; $s->{run}->pump_nb; }
	};
	$node->safe_psql('postgres', 'INSERT INTO child (id, amount, parent_id) VALUES (9101, 1, 1), (9102, 1, 2)');
	$say->($sessions[0], q{BEGIN; UPDATE child SET amount = 100 WHERE id = 9101; SAVEPOINT sp; SELECT 'one';}, 'one');
	$say->($sessions[1], q{BEGIN; UPDATE child SET amount = 100 WHERE id = 9102; SAVEPOINT sp; SELECT 'one';}, 'one');
	$say->($sessions[0], q{INSERT INTO child (id, amount, parent_id) VALUES (9103, 1, 2);});
	$say->($sessions[1], q{INSERT INTO child (id, amount, parent_id) VALUES (9104, 1, 1);});
	for (@sessions)
	{
		$say->($_, q{\if :ERROR
				ROLLBACK TO sp;
			\endif
			COMMIT; INSERT INTO child (amount, parent_id) VALUES (3, 1), (3, 2); SELECT 'done';});
	}
	# One of the two is free as soon as the other has ended.
	for (1 .. 200)
	{
		$_->{run}->pump_nb for @sessions;
		last if 2 == grep { $_->{out} =~ /done/ } @sessions;
		sleep 0.05;
	}
	is(scalar(grep { $_->{err} =~ /deadlock detected/ } @sessions), 1, 'one of two sessions is the victim of a deadlock');
	is(scalar(grep { $_->{out} =~ /done/ } @sessions), 2, 'both go on');
	is($node->safe_psql('postgres', 'SELECT sum(amount), count(*) FROM child WHERE id BETWEEN 9101 AND 9104'), '201|3',
		'what the victim did before stays');
	for (@sessions) { $_->{in} .= "\\q\n"; $_->{run}->finish; }
	all_is_exact('after a deadlock');
}

# ---- two-phase commit, savepoints --------------------------------------------------------------

my $was = values_of($node);
$node->safe_psql('postgres', q{
	BEGIN;
	INSERT INTO child (id, amount, parent_id, tags) VALUES (10001, 50, 3, '{1,2}');
	SAVEPOINT sp;
	UPDATE tag SET weight = weight + 100 WHERE id = 1;
	ROLLBACK TO sp;
	UPDATE parent SET email = 'prepared@x' WHERE id = 3;
	PREPARE TRANSACTION 'one';});
is(values_of($node), $was, 'what is prepared is not there yet');
audit_is_empty($node, 'with a prepared transaction');
like(($node->psql('postgres', q{SET lock_timeout = '50ms'; INSERT INTO child (amount, parent_id) VALUES (1, 3)}))[2],
	qr/lock timeout/, 'it holds what its fields need');
$node->stop('immediate');
$node->start;
audit_is_empty($node, 'with a prepared transaction, after a crash');
$node->safe_psql('postgres', q{COMMIT PREPARED 'one'});
is($node->safe_psql('postgres', q{SELECT c.email, c.weight = (SELECT sum(weight) FROM tag WHERE id IN (1, 2)), 10001 <@ p.children
	FROM child c JOIN parent p ON p.id = c.parent_id WHERE c.id = 10001}), 'prepared@x|t|t', 'COMMIT PREPARED brings it');
all_is_exact('after COMMIT PREPARED');

$was = values_of($node);
$node->safe_psql('postgres', q{
	BEGIN;
	DELETE FROM child WHERE parent_id = 3;
	INSERT INTO child (amount, parent) VALUES (1, 4);
	PREPARE TRANSACTION 'two';});
$node->safe_psql('postgres', q{ROLLBACK PREPARED 'two'});
is(values_of($node), $was, 'ROLLBACK PREPARED takes it back');
all_is_exact('after ROLLBACK PREPARED');

$node->safe_psql('postgres', q{
	BEGIN;
	ALTER TABLE child ADD COLUMN extra bigint DEFAULT 2;
	SELECT FROM interlink.add_rollup('parent', 'extras', 'children', 'sum', 'extra');
	PREPARE TRANSACTION 'three';});
$node->safe_psql('postgres', q{COMMIT PREPARED 'three'; INSERT INTO child (amount, parent) VALUES (1, 4)});
is($node->safe_psql('postgres', 'SELECT count(*) FROM parent WHERE extras IS DISTINCT FROM 2 * n'), '0', 'a definition that was prepared');
all_is_exact('after a definition that was prepared');

# ---- a standby ---------------------------------------------------------------------------------

$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
$node->safe_psql('postgres', q{
	UPDATE child SET amount = amount + 1, parent = 1 + (parent_id + 1) % 20 WHERE id % 5 = 0;
	UPDATE parent SET email = email || '!';
	DELETE FROM tag WHERE id = 4;});
$node->wait_for_catchup($standby, 'replay', $node->lsn('insert'));
is(values_of($standby), values_of($node), 'a standby shows the same values');
is($standby->safe_psql('postgres', 'SELECT count(*) FROM child WHERE tags @> 1'),
	$node->safe_psql('postgres', 'SELECT count(*) FROM child WHERE tags @> 1'), 'operators work on a standby');
{
	my ($status, $out, $err) = $standby->psql('postgres', 'SELECT * FROM interlink.audit()');
	is("$status|$out|$err", '0||', 'audit() works on a standby, and finds nothing');
	($status, $out, $err) = $standby->psql('postgres', 'SELECT * FROM interlink.repair()');
	ok($status == 0 || $err =~ /read-only|recovery/, 'repair() does no harm on a standby') or diag($err);
	unlike($err, qr/XX000|server closed/, 'and fails cleanly if at all');
	($status, $out, $err) = $standby->psql('postgres', 'INSERT INTO child (amount, parent_id) VALUES (1, 1)');
	like($err, qr/read-only transaction/, 'writes are refused as ever');
}
$standby->promote;
$standby->safe_psql('postgres', q{INSERT INTO child (id, amount, parent) VALUES (20001, 77, 5); UPDATE tag SET weight = 9 WHERE id = 1});
is($standby->safe_psql('postgres', 'SELECT * FROM interlink.audit()'), '', 'a promoted standby maintains its fields');
is($standby->safe_psql('postgres', 'SELECT n - (SELECT count(*) FROM child WHERE parent_id = 5) FROM parent WHERE id = 5'), '0', 'to the right values');
$standby->stop;

# ---- logical replication -----------------------------------------------------------------------

# Stored values travel as data.  The other server has the type, if it can; or text in its place.
my $far = PostgreSQL::Test::Cluster->new('subscriber');
$far->init(extra => [ '--locale=C.UTF-8', '--encoding=UTF8' ]);
$far->start;
$far->safe_psql('postgres', q{
	CREATE TABLE parent (id bigint PRIMARY KEY, email text, n bigint, total numeric, top bigint, weight numeric, children text, extras numeric);
	CREATE TABLE child (id bigint PRIMARY KEY, amount bigint, parent_id bigint, parent text, email text, tags text, weight numeric, extra bigint);
	CREATE TABLE tag (id bigint PRIMARY KEY, weight bigint, children text);
	CREATE TABLE child_tags (source bigint, target bigint, PRIMARY KEY (source, target));});
$node->safe_psql('postgres', 'CREATE PUBLICATION fields FOR TABLE parent, child, tag, child_tags');
my $connection = $node->connstr . ' dbname=postgres';
$far->safe_psql('postgres', "CREATE SUBSCRIPTION fields CONNECTION '$connection' PUBLICATION fields");
$far->wait_for_subscription_sync($node, 'fields') if $far->can('wait_for_subscription_sync');
$far->poll_query_until('postgres', q{SELECT count(*) = 0 FROM pg_subscription_rel WHERE srsubstate NOT IN ('r', 's')});
is(values_of($far), values_of($node), 'logical replication: the first copy has the stored values');
$node->safe_psql('postgres', q{
	INSERT INTO child (id, amount, parent, tags) VALUES (30001, 10, 7, '{1,2,3}');
	UPDATE parent SET email = 'far@x' WHERE id = 7;
	UPDATE tag SET weight = weight + 1 WHERE id = 2;
	UPDATE child SET parent = NULL WHERE id % 7 = 0;
	DELETE FROM tag WHERE id = 3;});
$node->wait_for_catchup('fields');
is(values_of($far), values_of($node), 'logical replication: so have the changes');
$far->safe_psql('postgres', 'DROP SUBSCRIPTION fields');

# A subscriber with the same definitions: its rows are written as a replica, with the values that came.
$far->safe_psql('postgres', q{
	CREATE DATABASE same;});
my $dump = "$PostgreSQL::Test::Utils::tmp_check/schema.sql";
command_ok([ 'pg_dump', '-s', '--no-publications', '-f', $dump, '-d', $node->connstr('postgres') ], 'the schema is dumped');
command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-o', '/dev/null', '-f', $dump, '-d', $far->connstr('same') ], 'and restored on the subscriber');
command_ok([ 'sh', '-c', "pg_dump -a -t 'interlink.*_definition' -d '" . $node->connstr('postgres') . "' | PGOPTIONS='-c session_replication_role=replica' psql -Xq -v ON_ERROR_STOP=1 -o /dev/null -d '" . $far->connstr('same') . "'" ],
	'with the definitions') if $far->safe_psql('same', 'SELECT count(*) FROM interlink.field_definition') eq '0';
$far->safe_psql('same', "CREATE SUBSCRIPTION same CONNECTION '$connection' PUBLICATION fields");
$far->poll_query_until('same', q{SELECT count(*) = 0 FROM pg_subscription_rel WHERE srsubstate NOT IN ('r', 's')});
$node->safe_psql('postgres', q{
	INSERT INTO child (id, amount, parent, tags) VALUES (30002, 11, 8, '{1,2}');
	UPDATE parent SET email = 'same@x' WHERE id = 8;
	DELETE FROM child WHERE id % 11 = 0;});
$node->wait_for_catchup('same');
is(values_of($far, 'same'), values_of($node), 'a subscriber with the same definitions shows the same values');
is($far->safe_psql('same', q{SELECT * FROM interlink.audit('parent') LIMIT 5}), '', 'and its audit is empty');
$far->safe_psql('same', 'DROP SUBSCRIPTION same');
$far->stop;

# ---- writes that pass by, and repair -----------------------------------------------------------

$node->safe_psql('postgres', q{
	SET session_replication_role = replica;
	INSERT INTO child (id, amount, parent_id) SELECT 40000 + i, i, 1 + i % 20 FROM generate_series(1, 60) i;
	UPDATE tag SET weight = weight + 10 WHERE id < 4;
	UPDATE parent SET email = 'replica@x' WHERE id = 2;
	DELETE FROM child_tags WHERE target = 1;
	UPDATE child SET parent_id = NULL WHERE id = 40001;
	UPDATE parent SET total = -1, children = '{1}' WHERE id = 3;});
cmp_ok($node->safe_psql('postgres', 'SELECT count(*) FROM interlink.audit()'), '>', 20, 'audit finds what a replica wrote');
$node->safe_psql('postgres', 'SELECT * FROM interlink.repair()');
all_is_exact('after repair()');
$node->safe_psql('postgres', 'UPDATE child SET amount = amount + 1 WHERE id > 40000');
all_is_exact('after the next statement');

unlike(slurp_file($node->logfile), qr/XX000|TRAP|PANIC|signal 11/, 'no internal error in the log');
$node->stop;
done_testing();
