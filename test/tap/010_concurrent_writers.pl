# Eight clients at once: every value stays exact, and single-row statements on the children do not
# deadlock.  INTERLINK_TEST_SECONDS is the length of the first round, 20 when not given.
use strict;
use warnings;
use InterlinkTest;
use Test::More;

my $seconds = $ENV{INTERLINK_TEST_SECONDS} || 20;
my $node = new_server('concurrent', 'shared_buffers = 256MB', 'deadlock_timeout = 200ms', 'max_connections = 30');
parents_and_children($node, 50);

# 4,000 places for children, about half of them taken, so that every statement often finds its row.
my $child = '\set id random(1, 4000)' . "\n" . '\set parent random(1, 50)' . "\n" . '\set amount random(1, 1000)' . "\n";
my %children = (
	'insert@4' => $child . 'INSERT INTO child (id, amount, parent_id) VALUES (:id, :amount, :parent) ON CONFLICT DO NOTHING;',
	'insert_by_link@2' => $child . 'INSERT INTO child (id, amount, parent) VALUES (:id, :amount, :parent) ON CONFLICT DO NOTHING;',
	'move@3' => $child . 'UPDATE child SET parent_id = :parent WHERE id = :id;',
	'move_by_link@2' => $child . 'UPDATE child SET parent = :parent WHERE id = :id;',
	'unlink@1' => $child . 'UPDATE child SET parent = NULL WHERE id = :id;',
	'amount@4' => $child . 'UPDATE child SET amount = :amount WHERE id = :id;',
	'move_and_amount@1' => $child . 'UPDATE child SET parent_id = :parent, amount = :amount WHERE id = :id;',
	'delete@5' => $child . 'DELETE FROM child WHERE id = :id;',
	'delete_greatest@1' => $child . 'DELETE FROM child WHERE id = (SELECT id FROM child WHERE parent_id = :parent ORDER BY amount DESC LIMIT 1);');

is(bench($node, 'single rows', [ '-T', $seconds ], %children), 0, 'no deadlock from single-row statements on the children');
audit_is_empty($node, 'after single-row statements');
is($node->safe_psql('postgres', q{
	SELECT count(*) FROM parent p
	WHERE (n, total, top) IS DISTINCT FROM
		(SELECT (count(*), coalesce(sum(amount), 0), max(amount)) FROM child WHERE parent_id = p.id)
	   OR children::bigint[] IS DISTINCT FROM ARRAY(SELECT id FROM child WHERE parent_id = p.id ORDER BY id)}),
	'0', 'every parent agrees with a query that shares no code with the audit');
is($node->safe_psql('postgres', q{
	SELECT count(*) FROM child c LEFT JOIN parent p ON p.id = c.parent_id
	WHERE c.email IS DISTINCT FROM p.email OR c.parent::bigint IS DISTINCT FROM c.parent_id}),
	'0', 'every child does too');

# Writers from above go the other way, so that a deadlock with those from below cannot always be
# avoided; a value that is wrong can.
my $deadlocks = bench($node, 'both directions', [ '-T', int($seconds / 2) || 1 ], %children,
	'email@2' => $child . q{UPDATE parent SET email = :amount || '@x' WHERE id = :parent;},
	'take@1' => $child . 'UPDATE parent SET children = children || (SELECT id FROM child WHERE id = :id AND parent_id IS NULL) WHERE id = :parent;',
	'drop@1' => $child . 'UPDATE parent SET children = children - :id WHERE id = :parent;');
audit_is_empty($node, 'after writes from both directions');

# Many rows a statement, in no order.
is(bench($node, 'many rows', [ '-t', 60 ],
		'rows@1' => '\set from random(10000, 1000000000)' . "\n" . 'INSERT INTO child (id, amount, parent_id)
			SELECT :from + i, i, 1 + (random() * 49)::int FROM generate_series(1, 20) AS i ORDER BY random() ON CONFLICT DO NOTHING;'),
	0, 'no deadlock from inserts of many rows');
audit_is_empty($node, 'after statements of many rows');

# The diamond: a child reaches x.deep by x itself and by y.
$node->safe_psql('postgres', q{
	CREATE TABLE x (id bigint PRIMARY KEY);
	CREATE TABLE y (id bigint PRIMARY KEY);
	CREATE TABLE leaf (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, amount bigint);
	SELECT interlink.add_link('y', 'x', 'x', inverse => 'ys');
	SELECT interlink.add_link('leaf', 'x', 'x', inverse => 'leaves');
	SELECT interlink.add_link('leaf', 'y', 'y', inverse => 'leaves');
	SELECT interlink.add_rollup('x', 'total', 'leaves', 'sum', 'amount');
	SELECT interlink.add_rollup('y', 'total', 'leaves', 'sum', 'amount');
	SELECT interlink.add_rollup('x', 'deep', 'ys', 'sum', 'total');
	INSERT INTO x (id) SELECT generate_series(1, 3);
	INSERT INTO y (id, x_id) SELECT i, 1 + i % 3 FROM generate_series(1, 6) AS i;
});
is(bench($node, 'diamond', [ '-t', 500 ],
		'leaf@1' => "\\set x random(1, 3)\n\\set y random(1, 6)\nINSERT INTO leaf (amount, x_id, y_id) VALUES (1, :x, :y);"),
	0, 'no deadlock in a diamond');
is($node->safe_psql('postgres', 'SELECT sum(total), sum(deep) FROM x'), '4000|4000', 'all 4,000 leaves arrived by both ways');
audit_is_empty($node, 'after the diamond');

# A field that is part of a unique index: writing it changes a key, which the foreign key's lock of
# every other child of that parent forbids.  Two parents, so that the children meet.
# None is inserted with a key that is being deleted: see the deadlocks in doc/exactness.md.
$node->safe_psql('postgres', 'CREATE UNIQUE INDEX parent_id_n ON parent (id, n)');
is(bench($node, 'field in a unique index', [ '-t', 250 ], map { $_->[0] => $_->[1] =~ s/random\(1, 50\)/random(1, 2)/r }
		[ 'insert@1' => $children{'insert@4'} =~ s/random\(1, 4000\)/random(5000, 9000)/r ], [ 'delete@1' => $children{'delete@5'} ]),
	0, 'no deadlock with a field in a unique index');
audit_is_empty($node, 'after the unique index');

$node->stop;
done_testing();
