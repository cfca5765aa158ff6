package Oracle::Play;
# Plays a list of steps on a fresh database and checks. A step is {sql}, and perhaps
# {defines => part of the schema}, or {session, phase}: steps of one phase run side by side.
use strict;
use warnings;
use Time::HiRes qw(time sleep);
use Oracle::Alter;
use Oracle::Check;
use Oracle::Plain;
use Oracle::Session;

sub new {
    my ($class, $schema, $database) = @_;
    my $self = bless {schema => $schema, database => $database, statements => 0, errors => {}, log => []}, $class;
    @$_{qw(live gone)} = (0, 0) for $schema->definitions;
    Oracle::Alter::begin($schema);
    $_->{attached} = 1 for map { @{$_->{parts} || []} } @{$schema->{tables}};
    make_database($database);
    $self->{session} = Oracle::Session->new($database, 's0');
    $self->{session}{log} = $self->{log};
    $self->{plain} = Oracle::Plain->new($schema, $database);
    return $self;
}

sub make_database {
    my ($database) = @_;
    for my $try (1 .. 20) {
        my $control = Oracle::Session->new('postgres', 'control');
        $control->{dbh}->do("DROP DATABASE IF EXISTS $database WITH (FORCE)");
        my $made = $control->{dbh}->do("CREATE DATABASE $database TEMPLATE oracle_template");
        die $control->{dbh}->errstr unless $made || $try < 20;
        $control->close;
        return if $made;
        sleep 0.5;
    }
    return;
}

sub note_error {
    my ($self, $step, $error) = @_;
    return {signature => 'lost connection', text => $error->{message}, sql => $step->{sql}, lost => 1} if $error->{lost};
    $self->{errors}{$error->{state}}++;
    return unless $error->{finding};
    (my $message = $error->{message}) =~ s/["'(].*//;
    return {signature => "error $error->{state} " . substr($message, 0, 60), text => "$error->{state}: $error->{message}", sql => $step->{sql}};
}

# Keeps account of what there is.
sub happened {
    my ($self, $step) = @_;
    $step->{part}{attached} = $step->{attached} if $step->{part};
    $step->{defines}{live} = 1 if $step->{defines};
    for (@{$step->{drops} || []}) { @$_{qw(live gone)} = (0, 1) }
    Oracle::Alter::take(@$step{qw(alters to)}) if $step->{alters};
    delete $self->{check} if $step->{defines} || $step->{drops} || $step->{alters};
    return;
}

# A step of the only session; returns a finding or nothing.
sub step {
    my ($self, $step) = @_;
    my $error = $self->{session}->run($step->{sql});
    $self->{statements}++;
    my $finding = $error && $self->note_error($step, $error);
    $self->{plain}{stale} = 1 if $finding;
    return $finding if $finding;
    return {signature => "refused $error->{state}", text => "$error->{state}: $error->{message}", sql => $step->{sql}}
        if $error && $step->{defines} && !($step->{defines}{tree} && $error->{message} =~ /would form a cycle/)
            # Places that a link no longer has.
            && !($step->{defines}{what} eq 'view' && $error->{message} =~ /_position" does not exist/);
    $self->happened($step) unless $error;
    return $self->{plain}->follow($self->{session}, $step, $error);
}

# Compares everything with what it ought to be.
sub check {
    my ($self, $session) = @_;
    $session ||= $self->{session};
    my $sql = $self->{check} //= Oracle::Check::sql($self->{schema}) or return;
    my $fixed = $session->fixed_settings;
    my $wrong = eval { $session->prepared_rows($sql) };
    return {signature => 'lost connection', text => $@, lost => 1} if !$wrong && !$session->{dbh}->ping;
    return {signature => 'check ' . (($@ =~ /failed: (.{20})/)[0] || ''), text => $@} unless $wrong;
    return unless @$wrong;
    my $text = join q(), map { "$_->[0] of row $_->[1]: stored " . ($_->[2] // 'NULL') . ', expected ' . ($_->[3] // 'NULL') . "\n" } @$wrong;
    my ($field) = grep { "$_->{table}{name}.$_->{name}" eq $wrong->[0][0] } @{$self->{schema}{fields}};
    return {signature => 'value of ' . ($field ? $field->{function} : 'link') . " $wrong->[0][0]", text => $text, rows => $wrong};
}

# The extension's own opinion, asked last.
sub audit {
    my ($self) = @_;
    my $wrong = eval { $self->{session}->rows('SELECT table_name, column_name, key, stored, expected, problem FROM interlink.audit()') };
    return {signature => 'audit fails', text => $@} unless $wrong;
    return unless @$wrong;
    return {signature => "audit $wrong->[0][0].$wrong->[0][1]", text => join '', map { join(' | ', map { $_ // 'NULL' } @$_) . "\n" } @$wrong};
}

# Steps of several sessions, side by side. A session that waits keeps its further steps in a queue.
sub side_by_side {
    my ($self, $pace, @steps) = @_;
    my (%session, $finding, $moved);
    $self->{plain}{stale} = 1;
    # Others may name a field that has just been dropped.
    my $ddl = grep { $_->{drops} || $_->{alters} } @steps;
    my %check = (CHECK => Oracle::Check::raising($self->{check} // Oracle::Check::sql($self->{schema}) || 'SELECT WHERE false'),
        AUDIT => Oracle::Check::raising('SELECT * FROM interlink.audit()'));
    my $turn = sub {
        my ($s) = @_;
        while (!$s->{running} && @{$s->{queue}}) {
            $s->{step} = shift @{$s->{queue}};
            $self->{statements}++ if $s->start($s->{step}{sql}, $check{$s->{step}{sql}});
            $s->remember;
        }
    };
    my $poll = sub {
        for my $s (values %session) {
            next unless $s->{running} && $s->ready;
            my $error = $s->collect;
            $moved = time;
            push @{$self->{log}}, "-- $s->{name} " . ($error ? "failed $error->{state}: $error->{message}" : "done ($s->{rows})") . ": $s->{step}{sql}";
            $finding ||= $self->note_error($s->{step}, $error) if $error;
            $s->try_again if $error && $error->{state} =~ /^40/;
            $self->happened($s->{step}) unless $error;
            $turn->($s) unless $finding;
        }
    };
    for my $step (@steps) {
        my $s = $session{$step->{session}} ||= Oracle::Session->new($self->{database}, "s$step->{session}");
        $s->{ddl} = $ddl;
        push @{$self->{log}}, "-- s$step->{session} is given: $step->{sql}";
        push @{$s->{queue}}, $step;
        $turn->($s);
        my $until = time + $pace;
        do { $poll->(); sleep 0.0005 if $pace && $s->{running} } while $s->{running} && time < $until;
        last if $finding;
    }
    $moved = time;
    while (!$finding && grep { $_->{running} } values %session) {
        $poll->();
        sleep 0.0005;
        return {signature => 'hang', text => join "\n", map { "$_->{name}: $_->{running}" } grep { $_->{running} } values %session} if time > $moved + 60;
    }
    $_->close for values %session;
    $self->forget_prepared;
    $self->take_stock if $ddl && !($finding && $finding->{lost});
    return $finding;
}

# Which fields there are, and how links are, after transactions that dropped or made some and did or did not commit.
sub take_stock {
    my ($self) = @_;
    for my $field (grep { $_->{live} || $_->{gone} } @{$self->{schema}{fields}}) {
        my $there = @{$self->{session}->rows("SELECT FROM pg_attribute WHERE attrelid = '$field->{table}{name}'::regclass AND attname = '$field->{name}' AND NOT attisdropped")};
        @$field{qw(live gone)} = ($there, !$there);
    }
    Oracle::Alter::take_stock($self->{schema}, $self->{session});
    delete $self->{check};
    return;
}

# Transactions that were prepared by sessions which had no chance to end them.
sub forget_prepared {
    my ($self) = @_;
    my $left = $self->{session}->rows('SELECT gid FROM pg_prepared_xacts WHERE database = current_database()');
    $self->{session}{dbh}->do("ROLLBACK PREPARED '$_->[0]'") for @$left;
    return;
}

# Plays a list until the finding with this signature comes, and returns it.
sub play_until {
    my ($self, $steps, $signature) = @_;
    for (my $i = 0; $i < @$steps; $i++) {
        my ($step, $finding) = $steps->[$i];
        if ($step->{phase}) {
            my $end = $i;
            $end++ while $end < $#$steps && ($steps->[$end + 1]{phase} || 0) == $step->{phase};
            $finding = $self->side_by_side($step->{pace}, @$steps[$i .. $end]);
            $i = $end;
        } else {
            $finding = $self->step($step);
        }
        for ($finding, $finding && $finding->{signature} eq $signature ? undef : $self->check) {
            return $_ if $_ && $_->{signature} eq $signature;
        }
        last if $finding && $finding->{lost};
    }
    return unless $signature =~ /^audit/;
    my $finding = $self->audit;
    return $finding && $finding->{signature} eq $signature ? $finding : undef;
}

sub close { my ($self) = @_; $_->close for @$self{qw(session plain)}; return }

1;
