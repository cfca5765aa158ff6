package Bench::Session;
# One connection, and what its backend uses: CPU as the kernel counts it, read from outside, wall time, and WAL.
use strict;
use warnings;
use DBI;
use Time::HiRes qw(time sleep);

our $control;    # a session of our own: what it is asked costs the measured one nothing

sub new {
    my ($class, $database) = @_;
    my $dbh = DBI->connect("dbi:Pg:dbname=$database;application_name=bench", undef, undef,
        {RaiseError => 1, PrintError => 0, PrintWarn => 0, AutoCommit => 1, pg_server_prepare => 1, pg_switch_prepared => 1});
    $dbh->do('SET client_min_messages = warning');
    return bless {dbh => $dbh, pid => $dbh->{pg_pid}}, $class;
}

sub run { my ($self, $sql) = @_; $self->{dbh}->do($sql); return }
sub rows { my ($self, $sql) = @_; return $self->{dbh}->selectall_arrayref($sql) }
sub value { my ($self, $sql) = @_; return $self->rows($sql)->[0][0] }
sub prepare { my ($self, $sql) = @_; return $self->{dbh}->prepare($sql) }
sub close { my ($self) = @_; $self->{dbh}->disconnect; return }

sub slurp {
    my ($file) = @_;
    open my $in, '<', $file or die "$file: $!\n";
    local $/;
    return scalar <$in>;
}

# Nanoseconds on a CPU. The kernel adds up when the backend goes to sleep, so it is given a moment for that.
sub cpu {
    my ($self) = @_;
    sleep 0.002;
    return (split ' ', slurp("/proc/$self->{pid}/schedstat"))[0];
}

sub wal { return $control->value("SELECT pg_current_wal_insert_lsn() - '0/0'") }

# What a piece of work uses: {cpu, wall} in nanoseconds, {wal} in bytes.
sub used {
    my ($self, $work) = @_;
    my ($wal, $cpu, $wall) = (wal(), $self->cpu, time);
    $work->();
    $wall = time - $wall;
    return {cpu => $self->cpu - $cpu, wall => $wall * 1e9, wal => wal() - $wal};
}

# CPU of all backends that have ended, by way of their parent, in nanoseconds; the kernel counts in ticks.
sub ended_backends_cpu {
    sleep 0.02 while $control->value("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'") > 1;
    sleep 0.05;
    my $postmaster = (split /\n/, $control->value("SELECT pg_read_file('postmaster.pid')"))[0];
    my ($after_name) = slurp("/proc/$postmaster/stat") =~ /\) (.*)/;
    my @field = split ' ', $after_name;
    return ($field[13] + $field[14]) * 1e9 / 100;
}

1;
