package Bench::Workloads;
# The workloads as data. Each has a number and one or more cases; a case has
#
#   sql         the statement; a yardstick's name in its place: the statement of that yardstick
#   size,small  {n} in it: once small, to warm the session up, then of its size (default: {bulk}, 10)
#   repeat      times: one prepared statement again and again; arguments: sub(i) for its $1, $2, …
#   as_text     not prepared, but sent with its values in it, as many programs do
#   clients     number of sessions of pgbench, which run sql as their script
#   cold        not warmed up: the statement is the session's first
#   visits      rows are counted that the statement looks at, beside those it returns
#   slow        not for every day
#   without     yardsticks that have no such statement
#   targets     "yardstick <= factor yardstick [measure]"; "yardstick@case" names another case, and
#               "answer" the number of rows returned
#
# {parents}, {bulk}, {huge} stand for the sizes of the run.
use strict;
use warnings;
use utf8;
use Exporter qw(import);
our @EXPORT_OK = qw(@workloads %scenes @yardsticks %label);

our @yardsticks = qw(bare ideal hand_row hand_stmt pg_ivm views array rollups interlink links);
our %label = (hand_row => 'hand (row)', hand_stmt => 'hand (stmt)', rollups => 'interlink, rollups only', links => 'interlink + links', array => 'hand (array)', answer => 'rows of the answer');

my @writers = qw(bare ideal hand_row hand_stmt pg_ivm interlink links);

our %scenes = (
    children => {folder => 'children', variables => {classes => '{parents} 100', wide => 0}},
    fanout => {folder => 'children', variables => {classes => '{tenth} 100, 1 {bulk}', wide => 0}},
    growth => {folder => 'children', variables => {classes => '200 10, 200 100, 20 1000, 4 10000, 1 100000', wide => 0}},
    maxima => {folder => 'children', variables => {classes => '200 10, 200 100, 20 1000, 4 10000, 1 100000', wide => 0, by_amount => 1}},
    wide => {folder => 'children', variables => {classes => '{tenth} 100', wide => 60}},
    reads => {folder => 'reads', variables => {classes => '{many} 10', wide => 0}},
    junction => {folder => 'junction', variables => {rows => '{parents}'}},
    chain => {folder => 'chain', variables => {rows => '{parents}'}},
);
$scenes{$_}{name} = $_ for keys %scenes;

# Any parent, in an order without pattern, the same for every yardstick.
sub some_parent { my ($i) = @_; return 1 + $i * 7919 % Bench::Place::fill_in('{parents}') }

sub some_amount { my ($i) = @_; return 1 + ($i * 2_654_435_761 % 2**32) % 1000 }

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

my $bulk_rows = "SELECT 1 + i * 7919 % {parents} AS parent_id, 1 + abs(hashint8(i) % 1000) AS amount, 'child ' || i AS name, 'a note of ordinary length' AS note FROM generate_series(1::bigint, {n}) AS i";
my $one_row = "INSERT INTO child (parent_id, amount, name, note) VALUES (%s, %s, 'a child', 'a note of ordinary length')";
my $one_row_by_hand = insert_by_hand("SELECT %s::bigint AS parent_id, %s::bigint AS amount, 'a child' AS name, 'a note of ordinary length' AS note");
my $bulk_pairs = 'SELECT 1 + i % {parents} AS source, 1 + ((1 + i % {parents}) * 7 + (10 + i / {parents} + {n} % 100) * 101) % {parents} AS target FROM generate_series(1::bigint, {n}) AS i';
my $pairs_by_hand = <<'END';
    WITH new AS (INSERT INTO article_tag (source, target) %s RETURNING source, target),
    articles AS (UPDATE article AS a SET tag_count = a.tag_count + d.n FROM (SELECT source, count(*) AS n FROM new GROUP BY source) AS d WHERE a.id = d.source)
    UPDATE tag AS t SET article_count = t.article_count + d.n, words = t.words + d.words
    FROM (SELECT target, count(*) AS n, sum(words)::bigint AS words FROM new JOIN article ON article.id = source GROUP BY target) AS d WHERE t.id = d.target
END

# A row of level k changes, in the one statement: every level above takes the difference.
sub up_the_chain {
    my ($k) = @_;
    my @parts = ("WITH c$k AS (UPDATE t$k SET amount = amount + 1 WHERE id = \$1 RETURNING parent_id)");
    push @parts, "c$_ AS (UPDATE t$_ AS p SET total = p.total + 1 FROM c@{[$_ + 1]} AS c WHERE p.id = c.parent_id RETURNING p.parent_id)" for reverse 1 .. $k - 1;
    return join(', ', @parts) . " UPDATE t0 AS p SET total = p.total + 1 FROM c1 AS c WHERE p.id = c.parent_id";
}

# Of the scenes with classes: children of each, first parent, number of parents.
my @classes = (['10', 1, 200], ['100', 201, 200], ['1k', 401, 20], ['10k', 421, 4], ['100k', 425, 1]);
my $greatest = '(SELECT id FROM child WHERE parent_id = $1 ORDER BY amount DESC LIMIT 1)';

my $random = '\set p random(1, {parents})' . "\n" . '\set a random(1, 1000)' . "\n";

our @workloads = (
    {
        number => 1, title => 'single-row INSERT, 1 client, random parent', scene => 'children', writes => 1, quick => 1,
        cases => [map { {
            label => $_, repeat => '{times}', as_text => $_ eq 'as text', arguments => sub { my ($i) = @_; return (some_parent($i), some_amount($i)) },
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
                WITH moved AS (UPDATE child AS c SET parent_id = p.id, parent_email = p.email FROM parent AS p
                    WHERE c.id <= {n} AND p.id = 1 + (c.parent_id + 3332) % {parents} RETURNING c.parent_id, c.amount),
                change AS (SELECT parent_id, amount, 1 AS sign FROM moved
                    UNION ALL SELECT 1 + (parent_id + 4 * {parents} - 3334) % {parents}, amount, -1 FROM moved),
                net AS (SELECT parent_id, sum(sign) AS n, sum(sign * amount)::bigint AS total,
                    max(amount) FILTER (WHERE sign < 0) AS lost, max(amount) FILTER (WHERE sign > 0) AS gained FROM change GROUP BY parent_id)
                UPDATE parent AS p SET n = p.n + net.n, total = p.total + net.total,
                    largest = CASE WHEN gained >= largest THEN gained
                        WHEN lost >= largest THEN greatest(gained, (SELECT max(amount) FROM child AS c WHERE c.parent_id = p.id AND c.id > {n}))
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
                WITH changed AS (UPDATE child SET amount = amount % 1000 + 1 WHERE id <= {n} RETURNING parent_id, amount AS new, (amount + 998) % 1000 + 1 AS old),
                net AS (SELECT parent_id, sum(new - old)::bigint AS total, max(old) AS lost, max(new) AS gained FROM changed GROUP BY parent_id)
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
            label => $_->[0], small => '= {tenth}', size => $_->[1], slow => $_->[2],
            sql => "UPDATE parent SET email = 'new' || email WHERE id {n}",
            ideal => "WITH p AS (UPDATE parent SET email = 'new' || email WHERE id {n} RETURNING id, email) UPDATE child AS c SET parent_email = p.email FROM p WHERE c.parent_id = p.id",
            targets => ['interlink <= 1.10 ideal', 'links <= 1.10 ideal'],
        } } ['1 × 100', '= 1'], ['1 × {bulk}', '= {tenth} + 1', 'slow'], ['{tenth} × 100', '<= {tenth}']],
    },
    {
        number => 11, title => 'many-to-many', scene => 'junction', writes => 1, quick => 1,
        cases => [
            {
                label => 'INSERT of {bulk} junction rows', sql => "INSERT INTO article_tag (source, target) $bulk_pairs", ideal => sprintf($pairs_by_hand, $bulk_pairs),
                targets => ['interlink <= 1.4 bare', 'links <= 1.8 bare'],
            },
            map { my ($side, $edit) = @$_; {
                label => "one more key, from $side side", slow => $side eq 'one', repeat => '{times}',
                arguments => sub { my ($i) = @_; return (some_parent($i), 1 + $i * 7907 % Bench::Place::fill_in('{parents}')) },
                sql => 'INSERT INTO article_tag (source, target) VALUES ($1, $2) ON CONFLICT DO NOTHING', links => $edit,
                ideal => sprintf($pairs_by_hand, 'VALUES ($1::bigint, $2::bigint) ON CONFLICT DO NOTHING'),
                targets => ['interlink <= 1.4 bare', 'links <= 1.8 bare'],
            } } ['one', 'UPDATE article SET tags = tags || $2::bigint WHERE id = $1'], ['the other', 'UPDATE tag SET articles = articles || $1::bigint WHERE id = $2'],
        ],
    },
    {
        number => 12, title => 'growth: one more child at n children', scene => 'growth', writes => 1, quick => 1,
        yardsticks => [qw(bare hand_stmt array interlink links)],
        cases => [map { my ($n, $first, $parents) = @$_; {
            label => $n, repeat => $parents == 1 ? 20 : 100, slow => $n eq '100' || $n eq '10k',
            arguments => sub { my ($i) = @_; return ($first + $i % $parents, some_amount($i)) },
            sql => sprintf($one_row, '$1', '$2'), targets => $n eq '100k' ? ['interlink <= 1.1 interlink@10', 'links <= 0.1 array']
                : $n eq '10k' ? ['links <= 0.1 array'] : $n eq '1k' ? ['links <= 1.5 links@10'] : [],
        } } @classes],
    },
    {
        number => 21, title => 'growth: the greatest of n children goes, with an index over parent and amount', scene => 'maxima', writes => 1,
        yardsticks => [qw(bare ideal hand_stmt interlink links)],
        cases => [map { my ($n, $first, $parents) = @$_; {
            label => $n, repeat => $parents == 1 ? 20 : 100,
            arguments => sub { my ($i) = @_; return $first + $i % $parents },
            sql => "DELETE FROM child WHERE id = $greatest",
            ideal => <<"            END",
                WITH gone AS (DELETE FROM child WHERE id = $greatest RETURNING id, parent_id, amount)
                UPDATE parent AS p SET n = n - 1, total = total - amount,
                    largest = (SELECT max(amount) FROM child AS c WHERE c.parent_id = p.id AND c.id <> gone.id)
                FROM gone WHERE p.id = gone.parent_id
            END
            targets => $n eq '100k' ? ['interlink <= 1.5 interlink@10'] : [],
        } } @classes],
    },
    {
        number => 13, title => 'chain of rollups, a single-row change', scene => 'chain', writes => 1, quick => 1,
        cases => [map { my $k = $_; {
            label => "depth $k", slow => $k > 1 && $k < 5, repeat => '{times}',
            arguments => sub { my ($i) = @_; return 1 + $i * 7919 % (Bench::Place::fill_in('{parents}') * 2**$k) },
            sql => "UPDATE t$k SET amount = amount + 1 WHERE id = \$1", ideal => up_the_chain($k), without => ['pg_ivm'],
            targets => ['interlink <= 1.0 hand_stmt', $k > 1 ? "interlink <= $k interlink\@depth 1" : ()],
        } } 1 .. 5],
    },
    {
        number => 14, title => 'backfill: a field over {children} existing children', scene => 'children', quick => 1,
        yardsticks => [qw(ideal interlink links)],
        cases => [
            {
                label => 'rollup', cold => 1, sql => "SELECT interlink.add_rollup('parent', 'again', 'children', 'sum', 'amount')",
                ideal => 'ALTER TABLE parent ADD again numeric DEFAULT 0; UPDATE parent SET again = c.again FROM (SELECT parent_id, sum(amount) AS again FROM child GROUP BY parent_id) AS c WHERE id = c.parent_id',
                targets => ['interlink <= 1.2 ideal', 'links <= 1.2 ideal'],
            },
            {
                label => 'lookup', cold => 1, slow => 1, sql => "SELECT interlink.add_lookup('child', 'again', 'parent', 'email')",
                links => "SELECT interlink.add_lookup('child', 'again', 'parent.children', 'email')",
                ideal => 'ALTER TABLE child ADD again text; UPDATE child SET again = email FROM parent WHERE parent.id = parent_id',
            },
        ],
    },
    {
        number => 15, title => 'reads', scene => 'reads',
        yardsticks => [qw(ideal views array interlink links)],
        cases => [
            {
                label => '100 of {many} parents with their fields', repeat => 200, visits => 1, without => ['array'],
                arguments => sub { my ($i) = @_; return 1 + $i * 7919 % (Bench::Place::fill_in('{many}') - 100) },
                sql => 'SELECT id, name, n, total, largest FROM parent WHERE id BETWEEN $1 AND $1::bigint + 99',
                views => 'SELECT id, name, n, total, largest FROM parent_view WHERE id BETWEEN $1 AND $1::bigint + 99',
                targets => ['interlink <= 1.1 ideal', 'interlink <= 1 answer', 'links <= 1.1 ideal', 'links <= 1 answer'],
            },
            {
                label => 'top 10 of {many} by an indexed rollup', repeat => 10, visits => 1, without => ['array'],
                sql => 'SELECT id, total FROM parent ORDER BY total DESC LIMIT 10', views => 'SELECT id, total FROM parent_view ORDER BY total DESC LIMIT 10',
                targets => ['interlink <= 1.1 ideal', 'interlink <= 1 answer', 'links <= 1.1 ideal', 'links <= 1 answer'],
            },
            map { my ($label, $key, $slow) = @$_; {
                label => $label, repeat => 50, visits => 1, slow => $slow, without => [qw(ideal views interlink)],
                arguments => sub { my ($i) = @_; return 1 + $i * 7919 % Bench::Place::fill_in('{many}') },
                sql => 'SELECT id FROM parent WHERE children @> ARRAY[$1::bigint]', links => "SELECT id FROM parent WHERE children @> $key",
                targets => ['links <= 1.1 array', 'links <= 1 answer'],
            } } ['children @> key, with GIN', '$1::bigint'], ['children @> ARRAY[key], with GIN', 'ARRAY[$1::bigint]', 'slow'],
        ],
    },
    {
        number => 18, title => 'DDL that does not concern us', scene => 'children', quick => 1,
        yardsticks => [qw(bare interlink links)],
        cases => [{
            label => 'CREATE TABLE, DROP TABLE', repeat => 50, as_text => 1,
            sql => 'CREATE TABLE of_no_concern (id bigint PRIMARY KEY, name text); DROP TABLE of_no_concern',
            targets => ['interlink <= 1.03 bare', 'links <= 1.03 bare'],
        }],
    },
    {
        number => 19, title => 'wide tables, 60 further columns', scene => 'wide', writes => 1,
        cases => [
            {
                label => 'single-row INSERT', repeat => '{times}', arguments => sub { my ($i) = @_; return (1 + $i % Bench::Place::fill_in('{tenth}'), some_amount($i)) },
                sql => sprintf($one_row, '$1', '$2'), ideal => sprintf($one_row_by_hand, '$1', '$2'),
            },
            {label => 'UPDATE of the amount', size => '{tenth} * 50', sql => 'UPDATE child SET amount = amount % 1000 + 1 WHERE id <= {n}', without => ['ideal']},
        ],
    },
    {
        number => 20, title => 'definition-time cost', scene => 'wide',
        yardsticks => [qw(bare interlink links)],
        cases => [{
            label => 'add and drop a rollup over {tenth} × 100 children', repeat => 20, as_text => 1,
            sql => "SELECT interlink.add_rollup('parent', 'again', 'children', 'max', 'amount'); SELECT interlink.drop_field('parent', 'again')",
            bare => 'ALTER TABLE parent ADD again bigint; UPDATE parent SET again = c.again FROM (SELECT parent_id, max(amount) AS again FROM child GROUP BY parent_id) AS c WHERE id = c.parent_id; ALTER TABLE parent DROP again',
        }],
    },
);

$_->{yardsticks} ||= [@writers, @{$_->{also} || []}] for @workloads;

1;
