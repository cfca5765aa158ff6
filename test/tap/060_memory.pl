# A session's memory does not grow with the number of its statements: 100,000 single-row statements, among
# them edits of links from both sides, statements that fail and savepoints that are rolled back; and definitions
# that are made and dropped again.  Measured as the sum of the session's memory contexts and as the anonymous
# memory of its process, after a warm-up and at the end.
use strict;
use warnings;
use InterlinkTest;
use Test::More;

my $node = new_server('memory', 'fsync = off', 'shared_buffers = 64MB', 'autovacuum = on', 'log_min_messages = panic',
	'log_min_error_statement = panic');
parents_and_children($node, 50);
$node->safe_psql('postgres', q{
	CREATE TABLE tag (id bigint PRIMARY KEY);
	CREATE TABLE node (id bigint PRIMARY KEY);
	SELECT interlink.add_link('child', 'tags', 'tag', 'many_to_many', inverse => 'children');
	SELECT interlink.add_rollup('child', 'uses', 'tags');
	SELECT interlink.add_link('node', 'up', 'node', inverse => 'down');
	SELECT interlink.add_rollup('node', 'descendants', 'down', 'sum', '1 + descendants');
	ALTER TABLE child ADD CHECK (amount <> 13);
	INSERT INTO tag (id) SELECT generate_series(1, 20);
	INSERT INTO node (id, up_id) SELECT i, nullif(i / 2, 0) FROM generate_series(1, 30) i;
	CREATE TABLE measured (round text PRIMARY KEY, statements int, contexts bigint, anonymous bigint);

	-- Single-row statements, each with an end of statement of its own.  A block with EXCEPTION is a
	-- subtransaction: half of them are rolled back, after a statement that failed in the middle of its
	-- maintenance, failed in its end-of-statement pass, or succeeded.
	CREATE PROCEDURE work(rounds int) LANGUAGE plpgsql AS $$
	DECLARE
		k bigint;
		p bigint;
		t bigint;
	BEGIN
		FOR i IN 1 .. rounds LOOP
			k := i % 500;
			p := 1 + i % 50;
			t := 1 + i % 20;
			INSERT INTO child (id, amount, parent_id) VALUES (k, i % 7, p);
			UPDATE child SET amount = i % 11 WHERE id = k;
			UPDATE child SET parent = 1 + (p + 3) % 50 WHERE id = k;
			UPDATE parent SET children = children - k WHERE id = 1 + (p + 3) % 50;
			UPDATE parent SET children = children || k WHERE id = p;
			UPDATE child SET tags = tags || t WHERE id = k;
			UPDATE tag SET children = children || k WHERE id = 1 + t % 20;
			INSERT INTO child_tags (source, target) VALUES (k, 1 + (t + 1) % 20);
			DELETE FROM child_tags WHERE source = k AND target = t;
			UPDATE parent SET email = i::text WHERE id = p;
			UPDATE node SET up = 2 + i % 6 WHERE id = 16 + i % 15;
			IF i % 10 < 3 THEN
				BEGIN UPDATE child SET amount = 13 WHERE id = k; EXCEPTION WHEN check_violation THEN NULL; END;
				BEGIN UPDATE parent SET n = -1 WHERE id = p; EXCEPTION WHEN generated_always THEN NULL; END;
				BEGIN UPDATE child SET tags = '{1000}' WHERE id = k; EXCEPTION WHEN foreign_key_violation THEN NULL; END;
				BEGIN UPDATE parent SET children = '{1000}' WHERE id = p; EXCEPTION WHEN foreign_key_violation THEN NULL; END;
				BEGIN UPDATE node SET up = 16 WHERE id IN (1, 2, 4, 8); EXCEPTION WHEN integrity_constraint_violation THEN NULL; END;
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

	-- Definitions that are made, used, and go in several ways; one that fails when it is filled, and one that is taken back.
	CREATE PROCEDURE define(rounds int) LANGUAGE plpgsql AS $$
	BEGIN
		FOR i IN 1 .. rounds LOOP
			CREATE TABLE shelf (id bigint PRIMARY KEY, room text);
			CREATE TABLE book (id bigint PRIMARY KEY, pages bigint);
			PERFORM interlink.add_link('book', 'shelf', 'shelf', inverse => 'books');
			PERFORM interlink.add_rollup('shelf', 'longest', 'books', 'max', 'pages');
			PERFORM interlink.add_rollup('shelf', 'titles', 'books', 'array_join', 'id::text');
			PERFORM interlink.add_lookup('book', 'room', 'shelf', 'room');
			INSERT INTO shelf VALUES (1, 'a'), (2, 'b');
			INSERT INTO book (id, pages, shelf_id) VALUES (1, 10, 1), (2, 20, 1), (3, 30, 2);
			UPDATE book SET shelf = 2;
			BEGIN PERFORM interlink.add_rollup('shelf', 'wrong', 'books', 'sum', '1 / (pages - 20)');
			EXCEPTION WHEN division_by_zero THEN NULL; END;
			BEGIN PERFORM interlink.add_rollup('shelf', 'twice', 'books', 'sum', '2 * pages'); RAISE EXCEPTION 'back';
			EXCEPTION WHEN raise_exception THEN NULL; END;
			PERFORM count(*) FROM interlink.audit();
			ALTER TABLE book RENAME pages TO leaves;
			UPDATE book SET leaves = leaves + 1;
			PERFORM interlink.drop_field('shelf', 'longest');
			DELETE FROM book WHERE id = 3;
			ALTER TABLE shelf DROP COLUMN titles;
			IF i % 2 = 0 THEN PERFORM interlink.drop_field('book', 'shelf', cascade => true); END IF;
			DROP TABLE book, shelf CASCADE;
			COMMIT;
		END LOOP;
	END $$;
});

# One session for all: warm up, measure, work, measure.  Statements a round: in the procedures on average.
my $anonymous = q{(SELECT sum(substring(line FROM '\d+')::bigint) * 1024
	FROM regexp_split_to_table(pg_read_file('/proc/' || pg_backend_pid() || '/status', 0, 10000), E'\n') AS line WHERE line LIKE 'RssAnon:%')};
my $script = "SET client_min_messages = warning;\n";
sub measure
{
	my ($round, $statements) = @_;
	$script .= "INSERT INTO measured SELECT '$round', $statements, (SELECT sum(total_bytes) FROM pg_backend_memory_contexts), $anonymous;\n";
}
my @rounds = (1_000, 2_500, 2_500);
for my $i (0 .. $#rounds)
{
	$script .= "CALL work($rounds[$i]);\n";
	measure("work $i", $rounds[$i] * 14);
}

# Statements from outside, too, in the simple and in the extended way, each a transaction of its own.
my $outside = '';
for my $i (1 .. 1_200)
{
	my ($k, $p) = (1000 + $i % 100, 1 + $i % 50);
	$outside .= "INSERT INTO child (id, amount, parent_id) VALUES ($k, " . $i % 10 . ", $p);\n"
		. "UPDATE child SET amount = 13 WHERE id = $k;\n"
		. "BEGIN; UPDATE child SET parent = NULL WHERE id = $k; SAVEPOINT a; DELETE FROM child WHERE id = $k; ROLLBACK TO a; COMMIT;\n"
		. "EXECUTE tags(ARRAY[1, 2], $k); EXECUTE parent('{$k}', $p); EXECUTE junction($k, 3);\n"
		. "DELETE FROM child WHERE id = $k;\n";
}
$script .= q{
	PREPARE tags(bigint[], bigint) AS UPDATE child SET tags = $1 WHERE id = $2;
	PREPARE parent(interlink.link, bigint) AS UPDATE parent SET children = $1 WHERE id = $2;
	PREPARE junction(bigint, bigint) AS INSERT INTO child_tags (source, target) VALUES ($1, $2);
};
for my $i (0, 1)
{
	$script .= $outside;
	measure("outside $i", 1_200 * 8);
}
for my $i (0, 1)
{
	$script .= "CALL define(40);\n";
	measure("define $i", 40 * 22);
}

my ($out, $err) = ('', '');
my $started = time;
my $ok = IPC::Run::run([ 'psql', '-XAtq', '-d', $node->connstr('postgres') ], '<', \$script, '>', \$out, '2>', \$err);
ok($ok, 'the session came to its end') or diag(substr($err, -500));
my @errors = grep { /ERROR|FATAL|server closed/ && !/child_amount_check/ } split /\n/, $err;
is("@errors[0 .. ($#errors < 2 ? $#errors : 2)]", '', 'without errors other than those meant');
measured(sprintf '%d seconds', time - $started);

my (%bytes, $total);
for (split /\n/, $node->safe_psql('postgres', 'SELECT round, statements, contexts, anonymous FROM measured ORDER BY ctid'))
{
	my ($round, $n, $contexts, $rss) = split /\|/;
	$bytes{$round} = [ $contexts, $rss ];
	$total += $n;
	measured(sprintf '%s, %d statements: contexts %.2f MB, process %.2f MB', $round, $n, $contexts / 1e6, $rss / 1e6);
}
cmp_ok($total, '>', 100_000, 'statements');

# A leak of one small allocation a statement would be megabytes: 35,000 statements of 100 bytes are 3.5 MB.  So would
# be what a set of definitions takes, 40 times; PostgreSQL itself keeps 10 kB of each table that was dropped, most of it
# the plan that checks its foreign key.
my $sanitizer = has_address_sanitizer($node);
for ([ 'work 1', 'work 2', 300_000, 'in a procedure' ], [ 'outside 0', 'outside 1', 300_000, 'from outside' ],
	[ 'define 0', 'define 1', 1_000_000, 'over definitions' ])
{
	my ($from, $to, $most, $where) = @$_;
	cmp_ok($bytes{$to}[0] - $bytes{$from}[0], '<', $most, "memory contexts do not grow, $where");
	cmp_ok($bytes{$to}[1] - $bytes{$from}[1], '<', 2_000_000, "the process does not grow, $where") unless $sanitizer;
}
cmp_ok($bytes{'work 2'}[0], '<', $bytes{'work 0'}[0] * 1.3 + 1_000_000, 'nor since the warm-up');
audit_is_empty($node, 'after all that');

$node->stop;
done_testing();
