# Memory runs out at each point of a statement in turn: the statement fails with 53200, nothing of it stays, and
# the next one in the same session is exact.  Under it is a build of the module whose n-th
# allocation, or call that allocates, fails on demand (test/faults/faults.c).  INTERLINK_TEST_POINTS=all goes
# through all points, else it is every third of a write, and fewer of what takes longer.
use strict;
use warnings;
use FindBin;
use InterlinkTest;
use IPC::Run;
use Test::More;

my $thorough = ($ENV{INTERLINK_TEST_POINTS} || '') eq 'all';
my $library = "$FindBin::RealBin/../faults/interlink_faults.so";
plan(skip_all => '"make faults" has not been run') unless -e $library;

my $node = new_server('faults', 'fsync = off', 'autovacuum = off', 'log_min_messages = fatal', 'log_min_error_statement = panic');
$node->safe_psql('postgres', qq{
	UPDATE pg_proc SET probin = '$library' WHERE probin = '\$libdir/interlink';
	CREATE FUNCTION fault_at(bigint, function text DEFAULT '') RETURNS void LANGUAGE c AS '$library';
	CREATE FUNCTION faults_left() RETURNS bigint LANGUAGE c AS '$library';});
parents_and_children($node, 4);
$node->safe_psql('postgres', q{
	ALTER TABLE child ALTER id RESTART WITH 1000;
	CREATE TABLE tag (id text PRIMARY KEY, weight numeric(8,2) NOT NULL DEFAULT 1);
	CREATE TABLE node (id bigint PRIMARY KEY, name text);
	CREATE TABLE badge (id uuid PRIMARY KEY);
	SELECT interlink.add_link('child', 'tags', 'tag', 'many_to_many', inverse => 'children');
	SELECT interlink.add_rollup('child', 'weight', 'tags', 'sum', 'weight');
	SELECT interlink.add_rollup('parent', 'weight', 'children', 'sum', 'weight');
	SELECT interlink.add_rollup('tag', 'parents', 'children', 'array_unique', 'parent_id * 2');
	SELECT interlink.add_link('child', 'badge', 'badge', 'one_to_one', inverse => 'child');
	SELECT interlink.add_link('node', 'up', 'node', inverse => 'down');
	SELECT interlink.add_rollup('node', 'descendants', 'down', 'sum', '1 + descendants');
	CREATE TABLE playlist (id bigint PRIMARY KEY);
	SELECT interlink.add_link('playlist', 'songs', 'child', 'many_to_many', inverse => 'playlists', ordered => true);
	SELECT interlink.add_rollup('playlist', 'titles', 'songs', 'array_agg', 'id');
	CREATE TABLE event (id bigint, day int, note text, PRIMARY KEY (id, day)) PARTITION BY LIST (day);
	CREATE TABLE event_1 PARTITION OF event FOR VALUES IN (1);
	CREATE TABLE event_2 (note text, gone int, day int NOT NULL, id bigint NOT NULL);
	ALTER TABLE event_2 DROP COLUMN gone;
	ALTER TABLE event ATTACH PARTITION event_2 FOR VALUES IN (2);
	CREATE TABLE event_3 (id bigint, day int, note text, PRIMARY KEY (id, day));
	SELECT interlink.add_link('event', 'parent', 'parent', inverse => 'events', columns => 'none');
	SELECT interlink.add_lookup('event', 'email', 'parent', 'email');
	SELECT interlink.add_rollup('parent', 'last_day', 'events', 'max', 'day');
	SELECT interlink.add_relation('node', 'upper', 'node', '{up_id}', '{id}');
	SELECT interlink.add_relation('node', 'lower', 'node', '{id}', '{up_id}', is_referencee => true, order_by => 'id DESC');
	INSERT INTO tag (id) VALUES ('a'), ('b'), ('c');
	INSERT INTO badge VALUES ('00000000-0000-0000-0000-000000000001'), ('00000000-0000-0000-0000-000000000002');
	INSERT INTO child (id, amount, parent_id, tags) VALUES (1, 10, 1, '{a,b}'), (2, 20, 1, '{b}'), (3, 5, 2, '{}'), (4, 7, NULL, '{c}');
	INSERT INTO node (id, up) VALUES (1, NULL), (2, 1), (3, 2), (4, 1);
	INSERT INTO playlist (id, songs) VALUES (1, '{3,1,2}'), (2, '{4,3}');
	INSERT INTO event (id, day, parent_id) VALUES (1, 1, 1), (2, 1, 2), (3, 2, 1);
	INSERT INTO event_3 (id, day) VALUES (4, 3);
	ALTER TABLE event_3 ADD parent_id bigint, ADD email text;

	-- All there is: rows, columns, definitions.  Positions in a junction are numbers of a sequence.
	CREATE FUNCTION state() RETURNS text LANGUAGE plpgsql AS $$
	DECLARE
		t regclass;
		rows text;
		result text := '';
	BEGIN
		FOR t IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname LOOP
			EXECUTE format('SELECT string_agg(r, chr(10) ORDER BY r)
				FROM (SELECT (to_jsonb(t) - ARRAY[''source_position'', ''target_position''])::text AS r FROM %s t) t', t) INTO rows;
			result := concat_ws(E'\n', result, t, rows);
		END LOOP;
		RETURN concat_ws(E'\n', result,
			(SELECT string_agg(concat_ws('.', attrelid::regclass, attname), ' ' ORDER BY attrelid, attnum) FROM pg_attribute
				JOIN pg_class c ON c.oid = attrelid AND relnamespace = 'public'::regnamespace AND relkind = 'r'
				WHERE attnum > 0 AND NOT attisdropped),
			(SELECT string_agg(concat_ws('.', tgrelid::regclass, tgname), ' ' ORDER BY tgrelid, tgname) FROM pg_trigger WHERE NOT tgisinternal),
			(SELECT string_agg(concat_ws('.', holder, name, expression), ' ' ORDER BY holder, name) FROM interlink.field_definition));
	END $$;

	-- Goes through the points of a statement, or some of them; each attempt is a subtransaction that is taken back.
	CREATE FUNCTION attempts(before text, statement text, stride int, function text, OUT points int, OUT failures int, OUT wrong text)
	LANGUAGE plpgsql AS $$
	DECLARE
		was text := state();
		meant text;
		yields text;
		remaining bigint;
	BEGIN
		points := 1;
		failures := 0;
		BEGIN
			EXECUTE statement;
			meant := state();
			IF EXISTS (SELECT FROM interlink.audit()) THEN wrong := 'audit() finds something without any fault'; END IF;
			RAISE EXCEPTION 'back' USING ERRCODE = 'ZZ001';
		EXCEPTION WHEN SQLSTATE 'ZZ001' THEN NULL;
		END;
		WHILE wrong IS NULL LOOP
			remaining := NULL;
			BEGIN
				EXECUTE before;
				PERFORM fault_at(points, function);
				EXECUTE statement;
				remaining := faults_left();
				PERFORM fault_at(0);
				IF remaining = 0 THEN wrong := format('failure %s was passed over', points); END IF;
				RAISE EXCEPTION 'back' USING ERRCODE = 'ZZ001';
			EXCEPTION
				WHEN SQLSTATE 'ZZ001' THEN NULL;
				WHEN out_of_memory THEN NULL;
			END;
			EXIT WHEN remaining > 0;
			failures := failures + 1;
			IF state() <> was THEN wrong := format('after failure %s something stays', points); END IF;
			BEGIN
				EXECUTE statement;
				yields := state();
				RAISE EXCEPTION 'back' USING ERRCODE = 'ZZ001';
			EXCEPTION WHEN SQLSTATE 'ZZ001' THEN NULL;
			END;
			IF yields <> meant THEN wrong := format('after failure %s the next statement yields %s, not %s', points, yields, meant); END IF;
			points := points + stride;
		END LOOP;
		IF EXISTS (SELECT FROM interlink.audit()) THEN wrong := 'audit() finds something'; END IF;
	END $$;
});

# Tables of notes and of marks grow: 200 tags are seen to.
my $many = q{WITH t AS (INSERT INTO tag (id) SELECT i::text FROM generate_series(1, 200) i RETURNING id)
	INSERT INTO child_tags SELECT 1, id FROM t; UPDATE child SET parent_id = 2 WHERE id = 1};
in_a_subtransaction('tables grow', 'SELECT', $many, 1, 'MemoryContextAllocExtended');

# The definitions are read anew when somebody alters a table.
my $anew = 'ALTER TABLE child SET (fillfactor = 90)';
my $known = 'SELECT';

my @writes = (
	[ 'children come', 'INSERT INTO child (id, amount, parent_id, tags) VALUES (5, 3, 1, $${a,c}$$), (6, 4, 3, NULL), (7, 5, NULL, $${b}$$)' ],
	[ 'children move', 'UPDATE child SET parent = 3, amount = amount + 1 WHERE id <= 3' ],
	[ 'children go', 'DELETE FROM child WHERE id <= 3' ],
	[ 'parents go', 'DELETE FROM parent WHERE id <= 2' ],
	[ 'a looked-up value changes', 'UPDATE parent SET email = upper(email)' ],
	[ 'a foreign key is edited from the other side', 'UPDATE parent SET children = CASE id WHEN 1 THEN $${2,4}$$ ELSE $${1,3}$$ END::interlink.link WHERE id < 3' ],
	[ 'a one-to-one link is edited', 'UPDATE badge SET child = CASE right(id::text, 1) WHEN $$1$$ THEN 1 ELSE 2 END' ],
	[ 'a junction is edited from one side', 'UPDATE child SET tags = tags - $$b$$ || $$c$$' ],
	[ 'a junction is edited from the other side', 'UPDATE tag SET children = $${1,2,3}$$' ],
	[ 'weights change', 'UPDATE tag SET weight = weight * 3' ],
	[ 'a branch is hung elsewhere', 'UPDATE node SET up = 4 WHERE id = 2' ],
	[ 'an ordered link is edited', 'UPDATE playlist SET songs = $${4,2,3}$$ WHERE id = 1' ],
	[ 'an ordered link is edited from the other side', 'UPDATE child SET playlists = $${1,2}$$ WHERE id > 2' ],
	[ 'rows move to another partition', 'UPDATE event SET day = 3 - day, parent_id = 2' ],
	[ 'rows of partitions go', 'DELETE FROM event WHERE id > 1' ]);
my @definitions = (
	[ 'a table is emptied', 'TRUNCATE child CASCADE' ],
	[ 'a rollup is added', q{DO $$ BEGIN PERFORM interlink.add_rollup('parent', 'lowest', 'children', 'min', 'amount + 1'); END $$} ],
	[ 'a field is dropped', q{DO $$ BEGIN PERFORM interlink.drop_field('child', 'tags', cascade => true); END $$} ],
	[ 'a link is added', q{DO $$ BEGIN PERFORM interlink.add_link('tag', 'owner', 'node', inverse => 'owned'); END $$} ],
	[ 'a column is renamed', 'ALTER TABLE child RENAME amount TO price' ],
	[ 'a column is dropped', 'ALTER TABLE child DROP COLUMN weight CASCADE' ],
	[ 'a partition is attached', 'ALTER TABLE event ATTACH PARTITION event_3 FOR VALUES IN (3)' ],
	[ 'a partition is detached', 'ALTER TABLE event DETACH PARTITION event_2' ],
	[ 'a relation is added', q{SELECT interlink.add_path('node', 'cousins', ARRAY['upper', 'upper', 'lower', 'lower'])} ],
	[ 'audit()', 'SELECT count(*) FROM interlink.audit()' ],
	[ 'repair()', 'SELECT count(*) FROM interlink.repair()' ]);

my @reads = (
	[ 'relations are followed', q{SELECT count(*), count(interlink.follow_one(n, 'upper', NULL::node))
		FROM node n LEFT JOIN LATERAL interlink.follow(n, 'lower', NULL::node) l ON true} ],
	[ 'validate()', q{SELECT interlink.validate('child', '{"id": 1, "parent": 9, "tags": ["a", "x"], "amount": "x", "weight": 3}')} ]);

# Returns the number of points.
sub in_a_subtransaction
{
	my ($what, $before, $statement, $stride, $function) = @_;
	my $started = time;
	$function //= '';
	my ($status, $out, $err) = $node->psql('postgres', 'SET client_min_messages = error; SELECT * FROM attempts($before$' . $before
		. '$before$, $statement$' . $statement . '$statement$, ' . "$stride, '$function')");
	my ($points, $failures, $wrong) = split /\|/, $out, 3;
	is("$status $err" . ($wrong // ''), '0 ', "$what: a subtransaction fails and leaves nothing");
	cmp_ok($failures // 0, '>', 3, "$what: it does fail");
	measured(sprintf '%s: %d points, %d failures, %d s', $what, $points, $failures, time - $started);
	return $points;
}

# In transactions of their own, as psql sends them, in a new session; at so many points.
sub in_transactions
{
	my ($what, $statement, $points, $n) = @_;
	my $stride = 1 + $points / $n;
	my $was = $node->safe_psql('postgres', 'SELECT md5(state())');
	my $script = "SET client_min_messages = error;\n" . join '', map {
		"BEGIN; SELECT fault_at($_); $statement;\nROLLBACK; SELECT fault_at(0);\nSELECT 'state ' || md5(state());\n" }
		map { 1 + int($_ * $stride) } 0 .. $n - 1;
	my ($out, $err) = ('', '');
	IPC::Run::run([ 'psql', '-XAtq', '-d', $node->connstr('postgres') ], '<', \$script, '>', \$out, '2>', \$err);
	my @states = $out =~ /^state (\w+)$/mg;
	my @other = grep { /ERROR|FATAL|server closed/ && !/ERROR:  out of memory/ } split /\n/, $err;
	is(scalar(@states) . ' ' . scalar(grep { $_ ne $was } @states), "$n 0", "$what: a transaction fails and leaves nothing");
	is("@other", '', "$what: and nothing else goes wrong");
	audit_is_empty($node, "after $what");
}

# Tables of notes and of marks grow: 200 tags are seen to.
in_a_subtransaction('tables grow', 'SELECT', q{
	WITH t AS (INSERT INTO tag (id) SELECT i::text FROM generate_series(1, 200) i RETURNING id)
		INSERT INTO child_tags SELECT 1, id FROM t;
	UPDATE child SET parent_id = 2 WHERE id = 1}, 1, 'MemoryContextAllocExtended');

# A table that somebody alters has the definitions read anew.
my $alter = 'ALTER TABLE child SET (fillfactor = 90)';
for (@writes)
{
	my ($what, $statement) = @$_;
	in_a_subtransaction($what, 'SELECT', $statement, $thorough ? 1 : 3);
	my $points = in_a_subtransaction("$what, definitions unread", $alter, $statement, $thorough ? 1 : 29);
	in_transactions($what, $statement, $points, $thorough ? $points : 40);
}
for (@reads)
{
	my ($what, $statement) = @$_;
	in_a_subtransaction($what, 'SELECT', $statement, 1);
	my $points = in_a_subtransaction("$what, definitions unread", "$alter; ALTER TABLE node SET (fillfactor = 90)", $statement, $thorough ? 1 : 29);
	in_transactions($what, $statement, $points, $thorough ? $points : 40);
}
for (@definitions)
{
	my ($what, $statement) = @$_;
	my $points = in_a_subtransaction($what, 'SELECT', $statement, $thorough ? 1 : 31);
	in_transactions($what, $statement, $points, $thorough ? $points : 40);
}

$node->stop;
done_testing();
