#!/usr/bin/perl
# The oracle: random schemas, random statements, and every stored value compared with its definition.
#   oracle.pl [--seconds N] [--seed N] [--jobs N] [--schemas N] [--statements N]   how long, from where, how much
#             [--nosingle] [--nomulti] [--nocustom] [--norelations] [--allow STATE,…] [--without KIND,…]
#                                                                                  to look elsewhere than at a known fault
#             [--reduce SECONDS] [--out FOLDER]                                    scripts of what was found
# Needs a server with the extension installed (PGHOST, PGPORT, PGUSER: a superuser) and the
# Debian package libdbd-pg-perl; "make oracle" brings both.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use Getopt::Long;
use Time::HiRes qw(time);
use Oracle::Alter;
use Oracle::Random;
use Oracle::Schema;
use Oracle::Statement;
use Oracle::Play;
use Oracle::Reduce;

my %option = (seconds => 60, seed => int(time) % 1_000_000, schemas => 1_000_000, statements => 150, out => '/tmp/oracle',
    reduce => 60, database => "oracle_$$", multi => 1, single => 1, jobs => 1, custom => 1, relations => 1);
GetOptions(\%option, 'seconds=i', 'jobs=i', 'seed=i', 'schemas=i', 'statements=i', 'out=s', 'reduce=i', 'multi!', 'custom!', 'relations!', 'single!', 'allow=s', 'without=s') or exit 2;
$Oracle::Session::documented{$_} = 1 for split /,/, $option{allow} || '';
$Oracle::Schema::with_custom = $option{custom};
$Oracle::Schema::with_relations = $option{relations};
$Oracle::Statement::without{$_} = 1 for split /,/, $option{without} || '';
$| = 1;
mkdir $option{out};

sub make_template {
    my $control = Oracle::Session->new('postgres', 'control');
    return if @{$control->rows("SELECT FROM pg_database WHERE datname = 'oracle_template'")};
    $control->{dbh}->do('CREATE DATABASE oracle_template');
    my $session = Oracle::Session->new('oracle_template', 'template');
    $session->{dbh}->do('CREATE EXTENSION interlink') or die $session->{dbh}->errstr;
    $session->{dbh}->do("ALTER DATABASE oracle_template SET deadlock_timeout = '50ms'");
    $_->close for $session, $control;
    return;
}

my @levels = ('', '', '', ' ISOLATION LEVEL REPEATABLE READ', ' ISOLATION LEVEL SERIALIZABLE');

# Opens, continues and ends transactions around a statement: the commands to send before it.
sub transaction_noise {
    my ($session) = @_;
    return chance(0.12) ? ('BEGIN' . pick(@levels)) : () unless $session->{open};
    my @held = @{$session->{savepoints}};
    return pick('COMMIT', 'COMMIT', 'ROLLBACK') if chance(0.15);
    return 'SAVEPOINT ' . pick(qw(a b c)) if chance(0.2);
    return 'ROLLBACK TO ' . pick(@held) if @held && chance(0.15);
    return 'SET CONSTRAINTS ALL ' . pick('DEFERRED', 'IMMEDIATE') if chance(0.08);
    return ();
}

# Settings that must change nothing that is stored.
my @settings = ("DateStyle = 'German, DMY'", "DateStyle = 'SQL, MDY'", "DateStyle = 'ISO, MDY'", 'extra_float_digits = -10', 'extra_float_digits = 1',
    'array_nulls = off', 'array_nulls = on', 'transform_null_equals = on', "TimeZone = 'Pacific/Kiritimati'", 'enable_seqscan = off', 'enable_indexscan = off',
    'enable_seqscan = on', 'enable_indexscan = on', 'enable_sort = off', 'quote_all_identifiers = on', "lc_monetary = 'C'", 'plan_cache_mode = force_generic_plan',
    'plan_cache_mode = auto', "IntervalStyle = 'iso_8601'", "bytea_output = 'escape'", 'enable_hashjoin = off', 'row_security = off', 'jit_above_cost = 0', "interlink.computed_writes = 'ignore'", "interlink.computed_writes = 'error'");

# Something that is rarely done: a setting, writes without triggers, or a field that goes and comes back.
sub rarity {
    my ($play, $maker) = @_;
    if (chance(0.15) && !$play->{session}{open}) {
        $maker->look($play->{session});
        my $sql = $maker->unmaintained;
        return $sql && {sql => $sql};
    }
    if (chance(0.3)) {
        my $sql = chance(0.6) && Oracle::Partition::round_trip($play->{schema});
        my $step = $sql ? {sql => $sql} : !$play->{session}{open} && Oracle::Partition::step($play->{schema});
        return $step if $step;
    }
    if (chance(0.4)) {
        my $step = !$play->{session}{open} && Oracle::Alter::step($play->{schema});
        return $step if $step;
    }
    return {sql => 'SET ' . pick(@settings)} if chance(0.5);
    my @fields = @{$play->{schema}{fields}};
    return if $play->{session}{open} || grep { !$_->{live} && !$_->{gone} } @fields;
    my $field = pick(@fields) or return;
    return {sql => $field->{sql}, defines => $field} if $field->{gone} && !$field->{live} && !grep { !$_->{live} } $play->{schema}->read_by($field);
    return $field->{live} ? drop_field($play->{schema}, $field) : undef;
}

sub drop_field {
    my ($schema, $field) = @_;
    return {sql => "SELECT interlink.drop_field('$field->{table}{name}', '$field->{name}', cascade => true)", drops => [$field, $schema->readers_of($field)]};
}

# A field that goes and comes back while others write.
sub replaced_field {
    my ($schema) = @_;
    my $field = pick(grep { $_->{live} } @{$schema->{fields}}) or return;
    return (drop_field($schema, $field), {sql => $field->{sql}, defines => $field});
}

# One session: the statements are made as we go, from what is there.
sub alone {
    my ($play, $maker, $steps, $n) = @_;
    for (1 .. $n) {
        $maker->look($play->{session}) if chance(0.7);
        my $rarity = chance(0.05) && rarity($play, $maker);
        my $finding = $rarity && take($play, $steps, $rarity);
        return $finding if $finding;
        for my $sql (transaction_noise($play->{session}), $maker->statement) {
            my $finding = take($play, $steps, {sql => $sql, meaning => $maker->{meaning}{$sql}});
            return $finding if $finding;
        }
    }
    return take($play, $steps, {sql => 'COMMIT'});
}

sub take {
    my ($play, $steps, $step) = @_;
    push @$steps, $step;
    return $play->step($step) || $play->check;
}

# Steps of several sessions, mixed.
sub crowd {
    my ($maker, $phase, $sessions, $transactions) = @_;
    my $pace = pick(0, 0.01);
    my %lists;
    my $parts = chance(0.3) && Oracle::Partition::round_trip($maker->{schema});
    for my $s (1 .. $sessions) {
        for (1 .. $transactions) {
            my @body = map { $maker->statement } 1 .. between(1, 3);
            push @body, $parts if $parts && chance(0.1);
            my $level = pick(@levels);
            if (@body > 1 || chance(0.5)) {
                splice @body, between(1, scalar @body), 0, pick('CHECK', 'CHECK', 'AUDIT') if chance(0.3);
                splice @body, 0, 0, 'SET CONSTRAINTS ALL ' . pick('DEFERRED', 'IMMEDIATE') if chance(0.1);
                splice @body, between(1, $#body), 0, 'SAVEPOINT a' if @body > 1 && chance(0.3);
                splice @body, between(1, scalar @body), 0, 'ROLLBACK TO a' if chance(0.15);
                my $name = int(rand(1_000_000));
                my @end = chance(0.06) ? ("PREPARE TRANSACTION 'p$name'", pick('COMMIT', 'ROLLBACK') . " PREPARED 'p$name'") : chance(0.85) ? 'COMMIT' : 'ROLLBACK';
                @body = ("BEGIN$level", @body, @end);
            }
            push @{$lists{$s}}, map { {sql => $_, check => /^(CHECK|AUDIT)$/ && ($level || ' '), session => $s, phase => $phase, pace => $pace} } @body;
        }
    }
    my ($first) = sort keys %lists;
    my @ddl = chance(0.25) ? replaced_field($maker->{schema}) : chance(0.25) ? Oracle::Alter::step($maker->{schema}, 1) || () : ();
    @ddl = map { {%$_, session => $first, phase => $phase, pace => $pace} } @ddl;
    # Not where it would wait for the session's own prepared transaction.
    my @places = grep { !$_ || $lists{$first}[$_ - 1]{sql} !~ /^PREPARE/ } 0 .. @{$lists{$first}};
    splice @{$lists{$first}}, pick(@places), 0, @ddl;
    # An older snapshot does not see the rows that a TRUNCATE, or a partition, has taken away; and a row that a deferred key waits for
    # may have been committed by another session since; what there is to check is clear without DDL only.
    my $truncates = grep { $_->{sql} =~ /TRUNCATE|PARTITION/ } map { @$_ } values %lists;
    my $unclear = @ddl + grep { $_->{deferrable} } @{$maker->{schema}{links}};
    my @steps;
    while (%lists) {
        my $s = pick(sort keys %lists);
        my $step = shift @{$lists{$s}};
        push @steps, $step unless $step->{check} && ($unclear || $truncates && $step->{check} ne ' ');
        delete $lists{$s} unless @{$lists{$s}};
    }
    return @steps;
}

# A life: definitions between statements, then statements alone, then in company.
sub live {
    my ($schema, $play, $steps) = @_;
    my $maker = Oracle::Statement->new($schema);
    my @definitions = $schema->definitions;
    while (my $part = shift @definitions) {
        my $finding = take($play, $steps, {sql => $part->{sql}, defines => $part});
        return $finding if $finding;
        next if @definitions && ($definitions[0]{what} eq 'table' || $definitions[0]{at_once});
        $finding = alone($play, $maker, $steps, between(0, 2));
        return $finding if $finding;
    }
    if ($option{single}) {
        my $finding = alone($play, $maker, $steps, $option{statements});
        return $finding if $finding;
    }
    for my $phase (1 .. ($option{multi} ? 6 : 0)) {
        $maker->look($play->{session});
        my $finding = alone($play, $maker, $steps, 5);
        return $finding if $finding;
        my @together = crowd($maker, $phase, between(2, 6), between(2, 8));
        push @$steps, @together;
        $finding = $play->side_by_side($together[0]{pace}, @together) || $play->check;
        return $finding if $finding;
    }
    return $play->audit;
}

# Lives one schema after the other until the time is up; returns the number of findings.
sub run {
    my ($seed, $step) = @_;
    my ($until, %count, %states, %seen) = (time + $option{seconds});
    local $SIG{TERM} = sub { $until = 0 };      # ends with the schema that is at work
    for (1 .. $option{schemas}) {
        last if time > $until;
        srand($seed);
        my $schema = Oracle::Schema->new;
        my $play = Oracle::Play->new($schema, $option{database});
        my @steps;
        my $finding = live($schema, $play, \@steps);
        $count{schemas}++;
        $count{statements} += $play->{statements};
        $states{$_} += $play->{errors}{$_} for keys %{$play->{errors}};
        $play->close;
        if ($finding) {
            $finding->{log} = $play->{log};
            $count{findings}++;
            print "seed $seed, after " . @steps . " steps: $finding->{signature}\n$finding->{text}\n", $finding->{sql} ? "$finding->{sql}\n" : '';
            (my $kind = $finding->{signature}) =~ s/ t\d.*//;
            if ($seen{$kind}++ < 2) {
                my $file = Oracle::Reduce::report($schema, \@steps, $finding, $option{database}, $option{reduce}, "$option{out}/$seed.sql", $seed);
                print "reduced: $file\n", slurp("$option{out}/$seed.sql"), "\n";
            }
        }
        print join(', ', map { ($count{$_} || 0) . " $_" } qw(schemas statements findings)), "\n" unless $count{schemas} % 20;
        $seed += $step;
    }
    print join(', ', map { ($count{$_} || 0) . " $_" } qw(schemas statements findings)), '; errors: ', join(' ', map { "$_=$states{$_}" } sort keys %states), "\n";
    my $control = Oracle::Session->new('postgres', 'control');
    $control->{dbh}->do("DROP DATABASE IF EXISTS $option{database} WITH (FORCE)");
    return $count{findings} || 0;
}

sub slurp { my ($file) = @_; local (@ARGV, $/) = ($file); return scalar <> }

# Each job takes its own seeds: of four jobs from seed 100, the first 100, 104, 108 …
make_template();
print "seed $option{seed}, $option{jobs} jobs\n";
my @children;
for my $job (0 .. $option{jobs} - 1) {
    my $pid = fork;
    die "fork: $!" unless defined $pid;
    push @children, $pid;
    next if $pid;
    $option{database} .= "_$job";
    exit(run($option{seed} + $job, $option{jobs}) ? 1 : 0);
}
$SIG{TERM} = sub { kill 'TERM', @children };
my $failed = grep { waitpid($_, 0); $? != 0 } @children;
exit($failed ? 1 : 0);
