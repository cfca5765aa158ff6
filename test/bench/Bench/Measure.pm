package Bench::Measure;
# One sample: a case of a workload, on a fresh copy of one yardstick's database.
use strict;
use warnings;
use Time::HiRes qw(time);
use Bench::Session;
use Bench::Place;

our ($work, $seconds);    # a folder that the server can write to; how long clients go on
my %files;

sub text {
    my ($case, $yardstick, %more) = @_;
    my $sql = defined $case->{$yardstick} ? $case->{$yardstick} : $case->{sql};
    return Bench::Place::fill_in($sql, folder => $work, %more);
}

# {cpu, wall, wal, first, rate} per operation; {faults, contents} afterwards.
sub sample {
    my ($scene, $case, $yardstick, $audit) = @_;
    my $database = Bench::Place::copy($scene, $yardstick);
    my $measure = $case->{clients} ? \&clients : $case->{repeat} ? \&repeated : \&statement;
    my $sample = $measure->($case, $yardstick, $database);
    my $check = Bench::Place::check($database, $audit);
    Bench::Place::drop($database);
    return {%$sample, %$check};
}

sub per {
    my ($used, $count) = @_;
    return {map { $_ => $used->{$_} / $count } keys %$used};
}

# One statement over many rows. Before it, the same over few, which pays for what a session does once.
sub statement {
    my ($case, $yardstick, $database) = @_;
    my ($small, $size) = map { Bench::Place::fill_in($_) } $case->{small} || 10, $case->{size} || '{bulk}';
    data_file($case, $_) for $small, $size;
    my $session = Bench::Session->new($database);
    my $first = $case->{cold} ? {} : $session->used(sub { $session->run(text($case, $yardstick, n => $small)) });
    my $sample = $session->used(sub { $session->run(text($case, $yardstick, n => $size)) });
    $session->close;
    return {%$sample, first => $first->{cpu}};
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
    my ($case, $yardstick, $database) = @_;
    my $times = Bench::Place::fill_in($case->{repeat});
    my $warm = $times < 20 ? 2 : 10;
    my $session = Bench::Session->new($database);
    my $sql = text($case, $yardstick);
    my $once = $case->{as_text} ? as_text($session, $sql, $case->{arguments}) : prepared($session, $sql, $case->{arguments});
    my $first = $session->used(sub { $once->(0) });
    $once->($_) for 1 .. $warm;
    my $used = $session->used(sub { $once->($warm + $_) for 1 .. $times });
    my $visited = $case->{visits} ? visited($session, $once) : undef;
    undef $once;
    $session->close;
    return {%{per($used, $times)}, first => $first->{cpu}, visited => $visited};
}

# Rows of the tables that a query looks at, divided by the rows that it returns.
sub visited {
    my ($session, $once) = @_;
    my $seen = 'SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables';
    $session->{dbh}->begin_work;
    my $before = $session->value($seen);
    my $returned = $once->(0);
    my $after = $session->value($seen);
    $session->{dbh}->commit;
    return ($after - $before) / $returned;
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

# Many sessions at once, by pgbench.
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
