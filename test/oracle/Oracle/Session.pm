package Oracle::Session;
# One connection: runs statements, keeps its transaction going after an error, knows which errors are documented.
use strict;
use warnings;
use DBI;
use DBD::Pg qw(:async);

# not_null, foreign_key, unique, range, contradiction, generated_always, serialization, deadlock, several keys for one
our %documented = map { $_ => 1 } qw(23502 23503 23505 22003 23000 428C9 40001 40P01 21000);

# PostgreSQL's own, which depend on the statement: [state, message, statement]
our @documented = (['0A000', qr/cannot truncate a table referenced/, qr/TRUNCATE/],
    ['55006', qr/pending trigger events/, qr/TRUNCATE|interlink\.|PARTITION/],
    ['55006', qr/while checks of rows are deferred/, qr/keep_first/],
    ['55000', qr/ON CONFLICT does not support deferrable/, qr/ON CONFLICT/],
    ['55000', qr/conflicting row is not visible through view/, qr/\bv\d/],
    ['23514', qr/violates partition constraint|no partition of relation|partition constraint .* is violated|updated partition constraint for default partition/, qr/./],
    # PostgreSQL's own: parts of a default partition learn of a DETACH in the next session only.
    ['0A000', qr/moving row to another partition during a BEFORE/, qr/./],
    ['0A000', qr/invalid ON UPDATE specification/, qr/ON CONFLICT/],
    ['42P01', qr/is not a partition of relation/, qr/DETACH PARTITION/],
    ['42809', qr/is already a partition/, qr/ATTACH PARTITION/],
    ['42804', qr/child table|not found in parent/, qr/ATTACH PARTITION/],
    ['2BP01', qr/cannot drop table/, qr/DROP TABLE/],
    ['2BP01', qr/cannot drop (?:column|desired object)|because other fields depend on it/, qr/alter_link/],
    ['0A000', qr/used by a view/, qr/alter_link/],
    ['42703', qr/_position" does not exist/, qr/^CREATE VIEW/],
    # A partition that has been detached draws its places from the same sequence.
    ['2BP01', qr/default value for column \w+_position of table \S+_p\d/, qr/alter_link/],
    ['42704', qr/prepared transaction .* does not exist/, qr/PREPARED/],
    ['0A000', qr/rule/, qr/./],
    ['44000', qr/check option/, qr/\bv\d/],
    ['27000', qr/already modified by an operation triggered by the current command/, qr/./]);

sub documented {
    my ($state, $message, $sql) = @_;
    return $documented{$state} || grep { $state eq $_->[0] && $message =~ $_->[1] && $sql =~ $_->[2] } @documented;
}

sub new {
    my ($class, $database, $name) = @_;
    my $dbh;
    # After a crash the server takes a moment to come back.
    for my $try (1 .. 60) {
        $dbh = connection($database, $name) and last;
        die "cannot connect: $DBI::errstr\n" if $try == 60 || $DBI::errstr !~ /recovery mode|starting up|closed the connection|shutting down/;
        sleep 1;
    }
    my $self = bless {dbh => $dbh, name => $name, open => 0, savepoints => [], queue => [], log => []}, $class;
    $dbh->do("SET client_min_messages = error; SET statement_timeout = '30s'; SET deadlock_timeout = '100ms'; SET jit = off");
    return $self;
}

sub connection {
    my ($database, $name) = @_;
    return DBI->connect("dbi:Pg:dbname=$database;application_name=$name", undef, undef,
        {PrintError => 0, PrintWarn => 0, RaiseError => 0, AutoCommit => 1, pg_enable_utf8 => 0, pg_server_prepare => 0});
}

# The rows of a query; dies with the message of its error.
sub rows {
    my ($self, $sql) = @_;
    my $rows = $self->{dbh}->selectall_arrayref($sql);
    die 'query failed: ' . $self->{dbh}->state . ' ' . ($self->{dbh}->errstr || '') . "\n$sql\n" unless $rows;
    return $rows;
}

# The same for a query that is asked often: planned once.
sub prepared_rows {
    my ($self, $sql) = @_;
    if (($self->{prepared} || '') ne $sql) {
        $self->{dbh}->do('DEALLOCATE oracle_query') if delete $self->{prepared};
        $self->{dbh}->do("PREPARE oracle_query AS $sql") or die 'query failed: ' . $self->{dbh}->state . ' ' . $self->{dbh}->errstr . "\n$sql\n";
        $self->{prepared} = $sql;
    }
    return $self->rows('EXECUTE oracle_query');
}

# Dates and numbers as text in one style, until what is returned goes out of scope.
sub fixed_settings {
    my ($self) = @_;
    return unless $self->{styled};
    my ($style, $digits) = map { $self->rows("SHOW $_")->[0][0] } qw(DateStyle extra_float_digits);
    $self->{dbh}->do("SET DateStyle = 'ISO, MDY'; SET extra_float_digits = 1");
    return Oracle::Restore->new($self, "SET DateStyle = '$style'; SET extra_float_digits = $digits");
}

# What is really sent for a step: transaction commands only where they fit.
sub sense {
    my ($self, $sql) = @_;
    return $self->{open} ? undef : $sql if $sql =~ /^BEGIN/;
    return $self->{open} ? $sql : undef if $sql =~ /^(COMMIT$|ROLLBACK$|SAVEPOINT|PREPARE)/;
    return grep({ "ROLLBACK TO $_" eq $sql } @{$self->{savepoints}}) ? $sql : undef if $sql =~ /^ROLLBACK TO/;
    return $sql;
}

sub follow {
    my ($self, $sql) = @_;
    if ($sql =~ /^BEGIN/) { $self->{open} = 1 }
    elsif ($sql =~ /^(COMMIT|ROLLBACK)$|^PREPARE/) { @$self{qw(open savepoints)} = (0, []) }
    elsif ($sql =~ /^SAVEPOINT (\w+)/) { push @{$self->{savepoints}}, $1 }
    elsif ($sql =~ /^ROLLBACK TO (\w+)/) { pop @{$self->{savepoints}} while $self->{savepoints}[-1] ne $1 }
    return;
}

# Runs a step; returns undef, or its error: {state, message, finding}.
sub run {
    my ($self, $sql) = @_;
    $sql = $self->sense($sql) or return;
    push @{$self->{log}}, $sql;
    $self->{styled} = 1 if $sql =~ /DateStyle|extra_float_digits/;
    my $done = $self->{dbh}->do($sql);
    return $self->finish($sql, $done);
}

sub finish {
    my ($self, $sql, $done) = @_;
    if (defined $done) { $self->follow($sql); return }
    my ($state, $message) = ($self->{dbh}->state, $self->{dbh}->errstr || '?');
    $message =~ s/\s+/ /g;
    push @{$self->{log}}, "-- $state: $message";
    my $error = {state => $state, message => $message, finding => !(documented($state, $message, $sql) || $self->{ddl} && $state =~ /^4270[13]$/ && $message =~ /\bf\d+\b|_position\b/), lost => !$self->{dbh}->ping, within => $self->{open}};
    $error->{finding} = 1 if $error->{lost};
    if ($sql =~ /^(COMMIT$|PREPARE)/) { $self->follow($sql) } elsif (!$error->{lost}) { $self->recover($error->{state}) }
    return $error;
}

sub recover {
    my ($self, $state) = @_;
    return unless $self->{open};
    my $back = @{$self->{savepoints}} && $state !~ /^40/ ? "ROLLBACK TO $self->{savepoints}[-1]" : 'ROLLBACK';
    push @{$self->{log}}, $back;
    $self->{dbh}->do($back);
    $self->follow($back);
    return;
}

# Without waiting: start, then look whether it is done. What is sent may be something else than what it is called.
sub start {
    my ($self, $sql, $send) = @_;
    $sql = $self->sense($sql) or return;
    push @{$self->{log}}, $sql;
    $self->{running} = $sql;
    my $sent = $self->{dbh}->do($send || $sql, {pg_async => PG_ASYNC});
    return 1 if defined $sent;
    delete $self->{running};
    return;
}

# The steps of the transaction that is under way; all of them are run again after 40001 and 40P01, up to three times.
sub remember {
    my ($self) = @_;
    my $step = $self->{step};
    $self->{begun} = [] if $step->{sql} =~ /^BEGIN/ || !$self->{open};
    push @{$self->{begun}}, $step;
    return;
}

sub try_again {
    my ($self) = @_;
    my @again = @{$self->{begun}};
    unshift @{$self->{queue}}, @again if @again && $self->{tries}{$again[0]}++ < 3;
    $self->{begun} = [];
    return;
}

sub ready { my ($self) = @_; return $self->{dbh}->pg_ready }

sub collect {
    my ($self) = @_;
    my $sql = delete $self->{running};
    $self->{rows} = $self->{dbh}->pg_result;
    return $self->finish($sql, $self->{rows});
}

sub close { my ($self) = @_; $self->{dbh}->disconnect; return }

package Oracle::Restore;
sub new { my ($class, $session, $sql) = @_; return bless [$session->{dbh}, $sql], $class }
sub DESTROY { my ($self) = @_; $self->[0]->do($self->[1]); return }

1;
