package Bench::Measure;
# One sample: a case of a workload, on a fresh copy of one yardstick's database.
use strict;
use warnings;
use Bench::Session;
use Bench::Place;

our ($work, $seconds);    # a folder that the server can write to; how long clients go on
my %files;

# {cpu, wall, wal, first, rate} per operation; {faults, contents} afterwards.
sub sample {
    my ($scene, $case, $yardstick, $audit) = @_;
    my $database = Bench::Place::copy($scene, $yardstick);
    my $sample = $case->{clients} ? clients($case, $yardstick, $database) : alone($case, $yardstick, $database);
    my $check = Bench::Place::check($database, $audit);
    Bench::Place::drop($database);
    return {%$sample, %$check};
}

sub text {
    my ($case, $yardstick, %more) = @_;
    my $sql = defined $case->{$yardstick} ? $case->{$yardstick} : $case->{sql};
    return Bench::Place::fill_in($sql, folder => $work, %more);
}

sub per {
    my ($used, $count) = @_;
    return {map { $_ => $used->{$_} / $count } keys %$used};
}

# ---- one session ----------------------------------------------------------------------------------

# What a session does in a case: {first}, which pays for what a session does once, {then}, until nothing more
# changes by repetition, and {measured}, which is the operation {times} times.
sub steps {
    my ($case, $yardstick, $session) = @_;
    return $case->{repeat} ? repeated(@_) : statement(@_);
}

# One statement over many rows. Before it, the same over few.
sub statement {
    my ($case, $yardstick, $session) = @_;
    my ($small, $size) = map { Bench::Place::fill_in($_) } $case->{small} || 10, $case->{size} || '{bulk}';
    data_file($case, $_) for $small, $size;
    my ($over_few, $over_many) = map { text($case, $yardstick, n => $_) } $small, $size;
    return {
        first => $case->{cold} ? sub { } : sub { $session->run($over_few) },
        then => sub { },
        measured => sub { $session->run($over_many) },
        times => 1,
    };
}

# The rows that a case reads from a file.
sub data_file {
    my ($case, $n) = @_;
    return if !$case->{file} || $files{$n}++;
    $Bench::Session::control->run(text({sql => "COPY ($case->{file}) TO '{folder}/{n}.copy'"}, '', n => $n));
    return;
}

# One statement, again and again, each time its own transaction.
sub repeated {
    my ($case, $yardstick, $session) = @_;
    my $times = Bench::Place::fill_in($case->{repeat});
    my $warm = $times < 20 ? 2 : 10;
    my $sql = text($case, $yardstick);
    my $once = $case->{as_text} ? as_text($session, $sql, $case->{arguments}) : prepared($session, $sql, $case->{arguments});
    return {
        first => sub { $once->(0) },
        then => sub { $once->($_) for 1 .. $warm },
        measured => sub { $once->($warm + $_) for 1 .. $times },
        times => $times,
    };
}

sub prepared {
    my ($session, $sql, $arguments) = @_;
    my $statement = $session->prepare($sql);
    return sub { my $rows = $statement->execute($arguments ? $arguments->(@_) : ()); $statement->finish; return $rows };
}

sub as_text {
    my ($session, $sql, $arguments) = @_;
    return sub { my @values = $arguments ? $arguments->(@_) : (); $session->run($sql =~ s/\$(\d)/$values[$1 - 1]/gr) };
}

sub alone {
    my ($case, $yardstick, $database) = @_;
    my $session = Bench::Session->new($database);
    my $steps = steps($case, $yardstick, $session);
    my $first = $session->used($steps->{first});
    $steps->{then}->();
    my $sample = per($session->used($steps->{measured}), $steps->{times});
    $sample->{first} = $first->{cpu} unless $case->{cold};
    $sample->{visited} = visited($session, $steps->{first}) if $case->{visits};
    undef $steps;
    $session->close;
    return $sample;
}

# Rows of the tables that a query looks at, divided by the rows that it returns.
sub visited {
    my ($session, $query) = @_;
    my $seen = 'SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables';
    $session->{dbh}->begin_work;
    my $before = $session->value($seen);
    my $returned = $query->();
    my $after = $session->value($seen);
    $session->{dbh}->commit;
    return ($after - $before) / $returned;
}

# ---- many sessions --------------------------------------------------------------------------------

# By pgbench, each with the case's statements as its script.
sub clients {
    my ($case, $yardstick, $database) = @_;
    my $script = "$work/script.sql";
    open my $out, '>', $script or die "$script: $!\n";
    print $out text($case, $yardstick);
    close $out;
    my ($cpu, $wal) = (Bench::Session::ended_backends_cpu(), Bench::Session::wal());
    my $report = `pgbench -n -M prepared -c $case->{clients} -j 2 -T $seconds -f $script $database 2>&1`;
    my ($transactions) = $report =~ /actually processed: (\d+)/;
    my ($rate) = $report =~ /tps = ([\d.]+)/;
    die "pgbench says:\n$report\n" unless $transactions;
    my $aborted = () = $report =~ /client \d+ (?:script \d+ )?aborted/g;
    my $used = {cpu => Bench::Session::ended_backends_cpu() - $cpu, wal => Bench::Session::wal() - $wal};
    return {%{per($used, $transactions)}, wall => 1e9 / $rate, rate => $rate, aborted => $aborted};
}

1;
