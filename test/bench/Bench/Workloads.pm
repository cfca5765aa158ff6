package Bench::Workloads;
# The workloads as data. Each has a number and one or more cases; a case has
#
#   sql         the statement; a yardstick's name in its place: the statement of that yardstick
#   size,small  {n} in it: once small, to warm the session up, then of its size (default: {bulk}, 10)
#   repeat      times: one prepared statement again and again; arguments: sub(i) for its $1, $2, …
#   as_text     not prepared, but sent with its values in it, as many programs do
#   clients     number of sessions of pgbench, which run sql as their script
#   slow        not for every day
#   without     yardsticks that have no such statement
#   targets     "yardstick <= factor yardstick [measure]"; "yardstick@case" names another case
#
# {parents}, {bulk}, {huge} stand for the sizes of the run.
use strict;
use warnings;
use utf8;
use Exporter qw(import);
our @EXPORT_OK = qw(@workloads %scenes @yardsticks %label);

our @yardsticks = qw(bare ideal hand_row hand_stmt pg_ivm views array rollups interlink links);
our %label = (hand_row => 'hand (row)', hand_stmt => 'hand (stmt)', rollups => 'interlink, rollups only', links => 'interlink + links', array => 'hand (array)');

my @writers = qw(bare ideal hand_row hand_stmt pg_ivm interlink links);

our %scenes = (
    children => {folder => 'children', variables => {classes => '{parents} 100'}},
    fanout => {folder => 'children', variables => {classes => '1000 100, 1 {bulk}'}},
    growth => {folder => 'children', variables => {classes => '200 10, 200 100, 20 1000, 4 10000, 1 100000'}},
    ranking => {folder => 'children', variables => {classes => '{many_parents} 10'}},
    junction => {folder => 'junction'},
    chain => {folder => 'chain'},
);
$scenes{$_}{name} = $_ for keys %scenes;

# Any parent, in an order without pattern, the same for every yardstick.
sub some_parent { my ($i) = @_; return 1 + $i * 7919 % Bench::Place::fill_in('{parents}') }

# What the one statement without triggers does, given its changed rows.
sub insert_by_hand {
    my ($source) = @_;
    return <<"    END";
        WITH new AS (INSERT INTO child (parent_id, amount, name, note, parent_email)
            SELECT s.parent_id, s.amount, s.name, s.note, p.email FROM ($source) AS s LEFT JOIN parent AS p ON p.id = s.parent_id
            RETURNING parent_id, amount)
        UPDATE parent AS p SET n = p.n + d.n, total = p.total + d.total, largest = greatest(p.largest, d.largest)
        FROM (SELECT parent_id, count(*) AS n, sum(amount)::bigint AS total, max(amount) AS largest FROM new GROUP BY parent_id) AS d
        WHERE p.id = d.parent_id
    END
}

my $bulk_rows = "SELECT 1 + i * 7919 % {parents} AS parent_id, 1 + i % 1000 AS amount, 'child ' || i AS name, 'a note of ordinary length' AS note FROM generate_series(1::bigint, {n}) AS i";
my $one_row = "INSERT INTO child (parent_id, amount, name, note) VALUES (%s, %s, 'a child', 'a note of ordinary length')";
my $one_row_by_hand = insert_by_hand("SELECT %s::bigint AS parent_id, %s::bigint AS amount, 'a child' AS name, 'a note of ordinary length' AS note");
my $random = '\set p random(1, {parents})' . "\n" . '\set a random(1, 1000)' . "\n";

our @workloads = (
    {
        number => 1, title => 'single-row INSERT, 1 client, random parent', scene => 'children', writes => 1, quick => 1,
        cases => [map { {
            label => $_, repeat => '{times}', as_text => $_ eq 'as text', arguments => sub { my ($i) = @_; return (some_parent($i), 1 + $i * 104729 % 1000) },
            sql => sprintf($one_row, '$1', '$2'), ideal => sprintf($one_row_by_hand, '$1', '$2'),
            targets => ['interlink <= 1.25 bare', 'links <= 1.40 bare'],
        } } 'as text', 'prepared'],
    },
    {
        number => 2, title => 'single-row INSERT, several clients, random parent', scene => 'children', writes => 1, quick => 1,
        cases => [map { {
            label => "$_ clients", clients => $_, slow => $_ == 4,
            sql => $random . sprintf($one_row, ':p', ':a') . ';', ideal => $random . sprintf($one_row_by_hand, ':p', ':a') . ';',
            targets => ['interlink >= 0.80 bare', 'links >= 0.70 bare'],
        } } 4, 8],
    },
    {
        number => 3, title => 'one hot parent, 8 clients', scene => 'children', writes => 1, quick => 1,
        cases => [
            {
                label => 'INSERT', clients => 8, slow => 1,
                sql => '\set a random(1, 1000)' . "\n" . sprintf($one_row, 1, ':a') . ';',
                ideal => '\set a random(1, 1000)' . "\n" . sprintf($one_row_by_hand, 1, ':a') . ';',
                targets => ['interlink >= 0.48 bare'],
            },
            {
                label => 'INSERT and DELETE, at 100 keys', clients => 8,
                sql => '\set a random(1, 1000)' . "\n" . sprintf($one_row, 1, ':a') . " RETURNING id \\gset\nDELETE FROM child WHERE id = :id;",
                without => ['ideal'],
                targets => ['interlink >= 0.48 bare', 'links >= 0.30 bare'],
            },
        ],
    },
    {
        number => 4, title => 'INSERT of {bulk} over {parents} parents', scene => 'children', writes => 1, quick => 1,
        cases => [{
            sql => "INSERT INTO child (parent_id, amount, name, note) $bulk_rows", ideal => insert_by_hand($bulk_rows),
            targets => ['interlink <= 1.25 bare', 'links <= 1.35 bare'],
        }],
    },
    {
        number => 5, title => 'INSERT and COPY of {huge}', scene => 'children', writes => 1,
        cases => [
            {
                label => 'INSERT', size => '{huge}', sql => "INSERT INTO child (parent_id, amount, name, note) $bulk_rows", ideal => insert_by_hand($bulk_rows),
                targets => ['interlink <= 1.25 bare', 'links <= 1.40 bare'],
            },
            {
                label => 'COPY', size => '{huge}', file => $bulk_rows, sql => "COPY child (parent_id, amount, name, note) FROM '{folder}/{n}.copy'",
                ideal => "CREATE TEMP TABLE incoming (parent_id bigint, amount bigint, name text, note text) ON COMMIT DROP; COPY incoming FROM '{folder}/{n}.copy'; " . insert_by_hand('SELECT * FROM incoming'),
                targets => ['interlink <= 1.25 bare', 'links <= 1.40 bare'],
            },
        ],
    },
    {
        number => 6, title => 'move {bulk} children to other parents', scene => 'children', writes => 1, quick => 1,
        cases => [{
            sql => 'UPDATE child SET parent_id = 1 + (parent_id + 3332) % {parents} WHERE id <= {n}',
            ideal => <<'            END',
                WITH old AS (SELECT c.id, c.parent_id, 1 + (c.parent_id + 3332) % {parents} AS new_id, c.amount FROM child AS c WHERE c.id <= {n}),
                moved AS (UPDATE child AS c SET parent_id = old.new_id, parent_email = p.email FROM old JOIN parent AS p ON p.id = old.new_id WHERE c.id = old.id),
                net AS (SELECT parent_id, sum(sign) AS n, sum(sign * amount)::bigint AS total,
                        max(amount) FILTER (WHERE sign < 0) AS lost, max(amount) FILTER (WHERE sign > 0) AS gained
                    FROM (SELECT parent_id, amount, -1 AS sign FROM old UNION ALL SELECT new_id, amount, 1 FROM old) AS change GROUP BY parent_id)
                UPDATE parent AS p SET n = p.n + net.n, total = p.total + net.total,
                    largest = CASE WHEN gained >= largest THEN gained
                        WHEN lost >= largest THEN (SELECT max(amount) FROM (SELECT amount FROM child AS c WHERE c.parent_id = p.id AND c.id > {n} UNION ALL SELECT gained) AS left_over)
                        ELSE largest END
                FROM net WHERE p.id = net.parent_id
            END
            targets => ['interlink <= 1.20 bare', 'links <= 1.30 bare'],
        }],
    },
    {
        number => 7, title => 'DELETE of {bulk}: all children of a tenth of the parents', scene => 'children', writes => 1, quick => 1,
        cases => [{
            sql => 'DELETE FROM child WHERE parent_id <= {n}', small => 1, size => '{tenth}',
            ideal => <<'            END',
                WITH gone AS (DELETE FROM child WHERE parent_id <= {n} RETURNING id, parent_id, amount)
                UPDATE parent AS p SET n = p.n - d.n, total = p.total - d.total,
                    largest = CASE WHEN d.largest >= p.largest THEN (SELECT max(amount) FROM child AS c WHERE c.parent_id = p.id AND c.id <> ALL (d.ids)) ELSE p.largest END
                FROM (SELECT parent_id, count(*) AS n, sum(amount)::bigint AS total, max(amount) AS largest, array_agg(id) AS ids FROM gone GROUP BY parent_id) AS d
                WHERE p.id = d.parent_id
            END
            targets => ['interlink <= 1.9 bare', 'links <= 2.3 bare'],
        }],
    },
    {
        number => 8, title => 'UPDATE of the amount of {bulk}', scene => 'children', writes => 1, quick => 1,
        cases => [{
            sql => 'UPDATE child SET amount = amount % 1000 + 1 WHERE id <= {n}',
            ideal => <<'            END',
                WITH old AS (SELECT id, parent_id, amount FROM child WHERE id <= {n}),
                changed AS (UPDATE child AS c SET amount = old.amount % 1000 + 1 FROM old WHERE c.id = old.id),
                net AS (SELECT parent_id, sum(amount % 1000 + 1 - amount)::bigint AS total, max(amount) AS lost, max(amount % 1000 + 1) AS gained FROM old GROUP BY parent_id)
                UPDATE parent AS p SET total = p.total + net.total,
                    largest = CASE WHEN gained >= largest THEN gained
                        WHEN lost >= largest THEN greatest(gained, (SELECT max(amount) FROM child AS c WHERE c.parent_id = p.id AND c.id > {n}))
                        ELSE largest END
                FROM net WHERE p.id = net.parent_id
            END
            targets => ['interlink <= 1.30 bare', 'links <= 1.30 bare'],
        }],
    },
    {
        number => 9, title => 'UPDATE of the note of {bulk}, which no field reads', scene => 'children', writes => 1, quick => 1,
        also => ['rollups'],
        cases => [{
            sql => "UPDATE child SET note = 'another note of that length' WHERE id <= {n}",
            targets => ['rollups <= 1.03 bare', 'rollups <= 1.03 bare wal', 'interlink <= 1.15 bare', 'interlink <= 1.15 bare wal', 'links <= 1.15 bare', 'links <= 1.15 bare wal'],
        }],
    },
    {
        number => 10, title => "UPDATE of parents' email, which their children look up", scene => 'fanout', writes => 1, quick => 1,
        cases => [map { {
            label => $_->[0], small => '= 1000', size => $_->[1],
            sql => "UPDATE parent SET email = 'new' || email WHERE id {n}",
            ideal => "WITH p AS (UPDATE parent SET email = 'new' || email WHERE id {n} RETURNING id, email) UPDATE child AS c SET parent_email = p.email FROM p WHERE c.parent_id = p.id",
            targets => ['interlink <= 1.10 ideal', 'links <= 1.10 ideal'],
        } } ['1 × 100', '= 1'], ['1 × {bulk}', '= 1001'], ['999 × 100', '< 1000']],
    },
    {
        number => 12, title => 'growth: one more child at n children', scene => 'growth', writes => 1, quick => 1,
        yardsticks => [qw(bare hand_stmt array interlink links)],
        cases => [map { my ($n, $first, $parents) = @$_; {
            label => $n, repeat => 100,
            arguments => sub { my ($i) = @_; return ($first + $i % $parents, 1 + $i * 104729 % 1000) },
            sql => sprintf($one_row, '$1', '$2'), targets => $n eq '100k' ? ['interlink <= 1.1 interlink@10', 'links <= 0.1 array']
                : $n eq '10k' ? ['links <= 0.1 array'] : $n eq '1k' ? ['links <= 1.5 links@10'] : [],
        } } ['10', 1, 200], ['100', 201, 200], ['1k', 401, 20], ['10k', 421, 4], ['100k', 425, 1]],
    },
);

$_->{yardsticks} ||= [@writers, @{$_->{also} || []}] for @workloads;

1;
