# A session's memory does not grow with the number of its statements: 100,000 single-row statements, among
# them statements that fail and savepoints that are rolled back.  Measured as the sum of the session's
# memory contexts and as the anonymous memory of its process, after a warm-up and at the end.
use strict;
use warnings;
use InterlinkTest;
use Test::More;

my $node = new_server('memory', 'fsync = off', 'shared_buffers = 64MB', 'autovacuum = on', 'log_min_messages = panic',
	'log_min_error_statement = panic');
parents_and_children($node, 50);
$node->safe_psql('postgres', q{
	CREATE TABLE tag (id bigint PRIMARY KEY);
	SELECT interlink.add_link('child', 'tags', 'tag', 'many_to_many', inverse => 'children');
	SELECT interlink.add_rollup('child', 'uses', 'tags');
	ALTER TABLE child ADD CHECK (amount <> 13);
	INSERT INTO tag (id) SELECT generate_series(1, 20);
	CREATE TABLE measured (round int PRIMARY KEY, statements int, contexts bigint, anonymous bigint);

	-- Single-row statements, each with an end of statement of its own.  A block with EXCEPTION is a
	-- subtransaction: half of them are rolled back, after a statement that failed in the middle of its
	-- maintenance, failed in its end-of-statement pass, or succeeded.
	CREATE PROCEDURE work(rounds int) LANGUAGE plpgsql AS $$
	DECLARE
		k bigint;
		p bigint;
	BEGIN
		FOR i IN 1 .. rounds LOOP
			k := i % 500;
			p := 1 + i % 50;
			INSERT INTO child (id, amount, parent_id) VALUES (k, i % 7, p);
			UPDATE child SET amount = i % 11 WHERE id = k;
			UPDATE child SET parent = 1 + (p + 3) % 50 WHERE id = k;
			UPDATE child SET tags = tags || (1 + i % 20)::bigint WHERE id = k;
			UPDATE parent SET email = i::text WHERE id = p;
			IF i % 10 < 3 THEN
				BEGIN UPDATE child SET amount = 13 WHERE id = k; EXCEPTION WHEN check_violation THEN NULL; END;
				BEGIN UPDATE parent SET n = -1 WHERE id = p; EXCEPTION WHEN generated_always THEN NULL; END;
				BEGIN UPDATE child SET tags = '{1000}' WHERE id = k; EXCEPTION WHEN foreign_key_violation THEN NULL; END;
				BEGIN INSERT INTO child (id, amount, parent_id) VALUES (k, 1, p); EXCEPTION WHEN unique_violation THEN NULL; END;
				BEGIN
					DELETE FROM child WHERE id = k;
					RAISE EXCEPTION 'back';
				EXCEPTION WHEN raise_exception THEN NULL;
				END;
			END IF;
			DELETE FROM child WHERE id = k;
			IF i % 200 = 0 THEN COMMIT; END IF;
		END LOOP;
		COMMIT;
	END $$;
});

# One session for all: warm up, measure, work, measure.
my @rounds = (2_000, 6_000, 6_000);
my $statements = 7.5;		# a round of the loop, on average
my $anonymous = q{(SELECT sum(substring(line FROM '\d+')::bigint) * 1024
	FROM regexp_split_to_table(pg_read_file('/proc/' || pg_backend_pid() || '/status', 0, 10000), E'\n') AS line WHERE line LIKE 'RssAnon:%')};
my $script = '';
for my $i (0 .. $#rounds)
{
	$script .= "CALL work($rounds[$i]);\n"
		. "INSERT INTO measured SELECT $i, $rounds[$i] * $statements, (SELECT sum(total_bytes) FROM pg_backend_memory_contexts), $anonymous;\n";
}

# Statements from outside, too, in the simple and in the extended way, each a transaction of its own.
my $outside = '';
for my $i (1 .. 2_500)
{
	my ($k, $p) = (1000 + $i % 100, 1 + $i % 50);
	$outside .= "INSERT INTO child (id, amount, parent_id) VALUES ($k, $i, $p);\n"
		. "UPDATE child SET amount = 13 WHERE id = $k;\n"
		. "BEGIN; UPDATE child SET parent = NULL WHERE id = $k; SAVEPOINT a; DELETE FROM child WHERE id = $k; ROLLBACK TO a; COMMIT;\n"
		. "DELETE FROM child WHERE id = $k;\n";
}
$outside .= "INSERT INTO measured SELECT OUTSIDE, 2500 * 5, (SELECT sum(total_bytes) FROM pg_backend_memory_contexts), $anonymous;\n";
$script .= $outside =~ s/OUTSIDE/10/r . $outside =~ s/OUTSIDE/11/r;

my ($out, $err) = ('', '');
my $started = time;
my $ok = IPC::Run::run([ 'psql', '-XAtq', '-d', $node->connstr('postgres') ], '<', \$script, '>', \$out, '2>', \$err);
ok($ok, 'the session came to its end') or diag(substr($err, -500));
my @errors = grep { /ERROR|FATAL|server closed/ && !/child_amount_check/ } split /\n/, $err;
is("@errors[0 .. ($#errors < 2 ? $#errors : 2)]", '', 'without errors other than those meant');
measured(sprintf '%d seconds', time - $started);

my %bytes;
for (split /\n/, $node->safe_psql('postgres', 'SELECT round, statements, contexts, anonymous FROM measured ORDER BY round'))
{
	my ($round, $n, $contexts, $rss) = split /\|/;
	$bytes{$round} = [ $contexts, $rss ];
	measured(sprintf 'after round %d, %d statements: contexts %.2f MB, process %.2f MB', $round, $n, $contexts / 1e6, $rss / 1e6);
}

# A leak of one small allocation a statement would be megabytes: 45,000 statements of 100 bytes are 4.5 MB.
for my $pair ([ 1, 2, 'in a procedure' ], [ 10, 11, 'from outside' ])
{
	my ($from, $to, $where) = @$pair;
	cmp_ok($bytes{$to}[0] - $bytes{$from}[0], '<', 300_000, "memory contexts do not grow, $where");
	cmp_ok($bytes{$to}[1] - $bytes{$from}[1], '<', 2_000_000, "the process does not grow, $where");
}
cmp_ok($bytes{2}[0], '<', $bytes{0}[0] * 1.3 + 1_000_000, 'nor since the warm-up');
audit_is_empty($node, 'after all that');

$node->stop;
done_testing();
