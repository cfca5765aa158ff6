package Oracle::Plain;
# The same tables without the extension, in schema "plain": statements that touch no link column,
# lookup or rollup must do there what they do here. An edit of one row's link column has a meaning
# in plain statements; after other edits the plain tables are made anew.
use strict;
use warnings;
use Oracle::Random;
use Oracle::Session;

sub new {
    my ($class, $schema, $database) = @_;
    my $session = Oracle::Session->new($database, 'plain');
    $session->{dbh}->do('SET search_path = plain');
    return bless {schema => $schema, session => $session, stale => 1}, $class;
}

sub links_of { my ($self) = @_; return grep { $_->{live} || $_->{adopted} && $_->{adopted}{live} } @{$self->{schema}{links}} }

# Every table that holds truth, with its columns.
sub tables {
    my ($self) = @_;
    my @keys = $self->links_of;
    my @tables = map { my $table = $_; [$table->{name}, distinct((map { $_->columns } @{$table->{keys}}), (map { $_->{name} } @{$table->{columns}}),
        map { $_->{fk}->columns } grep { $_->{key} && $_->{key_table} == $table } @keys)] } grep { $_->{live} } @{$self->{schema}{tables}};
    return @tables, map { [$_->{junction}, Oracle::Adopt::junction_columns($_)] } grep { $_->{junction} } @keys;
}

sub distinct { my %seen; return grep { !$seen{$_}++ } @_ }

sub build {
    my ($self, $real, $order) = @_;
    $order ||= 'ctid';
    my $dbh = $self->{session}{dbh};
    my @sql = ('ROLLBACK', 'DROP SCHEMA IF EXISTS plain CASCADE', 'CREATE SCHEMA plain');
    for my $table ($self->tables) {
        my ($name, @columns) = @$table;
        push @sql, "CREATE TABLE plain.$name AS SELECT " . join(', ', @columns) . " FROM public.$name ORDER BY $order";
        push @sql, map { "ALTER TABLE plain.$name ALTER $_->[0] SET NOT NULL" }
            grep { my $c = $_->[0]; grep { $_ eq $c } @columns }
            @{$real->rows("SELECT attname FROM pg_attribute WHERE attrelid = 'public.$name'::regclass AND attnum > 0 AND attnotnull AND NOT attisdropped")};
        push @sql, map { "ALTER TABLE plain.$name ALTER $_->[0] SET DEFAULT $_->[1]" }
            grep { my $c = $_->[0]; grep { $_ eq $c } @columns }
            @{$real->rows("SELECT attname, pg_get_expr(adbin, adrelid) FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum WHERE adrelid = 'public.$name'::regclass AND attgenerated = ''")};
    }
    push @sql, map { "ALTER TABLE plain.$_->[0] ADD $_->[1]" } @{$real->rows(
        "SELECT c.relname, pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
         WHERE c.relnamespace = 'public'::regnamespace AND k.contype IN ('p', 'u', 'f') AND k.conparentid = 0 AND c.relname !~ '_p[0-9]' ORDER BY k.contype IN ('p', 'u') DESC, k.oid")};
    push @sql, map { $_->{plain} } Oracle::Custom::live($self->{schema}, 'view');
    for my $sql (@sql) { $dbh->do($sql) or die "plain: $sql: " . $dbh->errstr }
    $self->{stale} = 0;
    return;
}

# Copies the rows of the real tables as the session sees them.
sub copy {
    my ($self, $real) = @_;
    my $dbh = $self->{session}{dbh};
    my $fixed = $real->fixed_settings;
    my @tables = $self->tables;
    $self->{copied} = 1;
    my @sql = ('SET session_replication_role = replica', (map { "DELETE FROM $_->[0]" } @tables));
    for my $table (@tables) {
        my ($name, @columns) = @$table;
        my $rows = $real->rows("SELECT (SELECT row(" . join(', ', map { "q.$_" } @columns) . ")::text) FROM $name q ORDER BY ctid");
        push @sql, map { "INSERT INTO $name SELECT (" . quote($_->[0]) . "::plain.$name).*" } @$rows;
    }
    for my $sql (@sql, 'SET session_replication_role = origin') { $dbh->do($sql) or die "plain: $sql: " . $dbh->errstr }
    return;
}

sub contents {
    my ($self, $session) = @_;
    my $fixed = $session->fixed_settings;
    my %rows;
    for my $table ($self->tables) {
        my ($name, @columns) = @$table;
        $rows{"$name: $_->[0]"} = 1 for @{$session->rows("SELECT row(" . join(', ', @columns) . ")::text FROM $name")};
    }
    return \%rows;
}

sub differences {
    my ($self, $real) = @_;
    my ($here, $there) = ($self->contents($real), $self->contents($self->{session}));
    return join '', (map { "only here: $_\n" } grep { !$there->{$_} } sort keys %$here), (map { "only plain: $_\n" } grep { !$here->{$_} } sort keys %$there);
}

# Depends on how a statement was planned, or on partitions, which plain tables have none of: one that was detached keeps
# its foreign keys, and its NOT NULL where the table has lost it, and a row that moves is checked where it arrives, before
# keys that refer to where it was are changed.
my $elsewhere = qr/invalid ON UPDATE specification|cannot truncate a table referenced.* Table "\w+_p\d+" references|on table "\w+_p\d\w*" (?:violates foreign key|DETAIL)|null value in column "\w+" of relation "\w+_p\d/;

sub finding { my ($kind, $step, $text) = @_; return {signature => "plain $kind", text => $text, sql => $step->{sql}} }

# After a step of the real session (sent, or undef when it made no sense there; its error if any).
sub follow {
    my ($self, $real, $step, $error) = @_;
    my $sql = $step->{sql};
    # A user's triggers also see what the extension writes: there they do more.
    return if grep { $_->{live} && $_->{disturbs} } @{$self->{schema}{custom}};
    $self->{stale} = 1 if $step->{defines} || $step->{alters} || $error && $error->{lost};
    if ($self->{stale}) {
        $self->{session}->run('ROLLBACK');
        $self->build($real) unless $real->{open};
        return;
    }
    return $self->commit($real, $error) if $sql eq 'COMMIT';
    return $self->{session}->run($sql) && undef if $sql =~ /^(BEGIN|ROLLBACK|SAVEPOINT)/;
    return if $step->{drops};
    return $self->edit($real, $step, $error) if $step->{meaning};
    # What the plain tables would not understand, or where it matters in which order rows are met.
    if ($sql =~ /\b[flr]\d+\b|_position\b|\be_\w|\bact\d|WHEN OTHERS|session_replication_role|\b\w+_p\d/ || $sql =~ /SET (.*, )?(?:id|nr|u|uu) = \w+ \+|LIMIT/) {
        if ($error) { $self->{session}->recover($error->{state}) } else { $self->copy($real) }
        return;
    }
    return if $sql =~ /^SET (?!CONSTRAINTS)/;
    # A part that stands alone keeps the foreign keys of its table.
    if ($error && $error->{message} =~ /cannot truncate a table referenced/ && grep { !$_->{attached} } map { @{$_->{parts} || []} } @{$self->{schema}{tables}}) {
        $self->{session}->recover($error->{state});
        return;
    }
    # What was copied has been checked here, and waits for no check there.
    if ($self->{copied} && $sql =~ /^SET CONSTRAINTS .*IMMEDIATE/) {
        $self->{session}->recover($error->{state}) if $error;
        return;
    }
    my $plain = $self->{session}->run($sql);
    if ($error && !$plain && $error->{state} =~ /^(2350|27000)/) {
        # Whether a constraint is broken half-way may depend on where the rows lie, and in which order
        # they are found: lay them as they are here, then the other way round.
        $self->{stale} = 1;
        return if $real->{open} || $error->{within};
        for my $order ('ctid', 'ctid DESC') {
            $self->build($real, $order);
            $plain = $self->{session}->run($sql) and last;
        }
        $self->{stale} = 1;
    }
    # In a block what follows may break it up again.
    if ($error && !$plain && $error->{message} =~ /would form a cycle/) {
        $self->{stale} = 1;
        return $sql =~ /^DO/ || $self->has_cycle ? undef : finding('cycle', $step, "$error->{state}: $error->{message}, but there is none");
    }
    return finding("refused here $error->{state}", $step, "$error->{state}: $error->{message}, but plain tables take it") if $error && !$plain && $error->{state} !~ /^(22003|40...|55006|23514)$/ && $error->{message} !~ $elsewhere;
    if ($plain && !$error && ($plain->{state} =~ /^(2350|27000)/ && $sql =~ /^(?:MERGE|WITH|UPDATE|DELETE|DO)/ || $plain->{state} eq '55006' && $self->{copied})) {
        # Here the rows lay so that the constraint was not broken half-way; or it has been checked, where copied rows still wait.
        $self->{stale} = 1;
        return;
    }
    return finding("refused there $plain->{state}", $step, "done here, but plain tables: $plain->{state} $plain->{message}") if $plain && !$error;
    if ($error && !$plain) {
        $self->{stale} = 1;
        return;
    }
    my $text = $self->differences($real);
    return $text ? finding('rows', $step, $text) : undef;
}

# Deferred constraints are judged here; plain tables may be in a transaction that is not the real one's.
sub commit {
    my ($self, $real, $error) = @_;
    my $plain = $self->{session}->run('COMMIT');
    if (delete $self->{copied}) {
        # What was copied has been checked here, and waits for no check there.
        $self->{stale} = 1 if $error || $plain;
        $self->build($real) if $self->{stale};
        return;
    }
    if ($error || $plain) {
        $self->{stale} = 1;
        return finding("commit refused $error->{state}", {sql => 'COMMIT'}, "$error->{state}: $error->{message}, but plain tables take it")
            if $error && !$plain && $error->{state} !~ /^40/;
        return finding("commit refused there $plain->{state}", {sql => 'COMMIT'}, "done here, but plain tables: $plain->{state} $plain->{message}") if $plain && !$error;
        $self->build($real);
    }
    return;
}

# Does a row of some tree come round to itself?
sub has_cycle {
    my ($self) = @_;
    for my $field (grep { $_->{live} && $_->{tree} } @{$self->{schema}{fields}}) {
        my ($table, $id, $key) = ($field->{table}{name}, @{$field->{end}{link}}{qw(refers fk)});
        my $start = $id->like(map { "start_$_" } $id->columns);
        my ($starts, $ids, $keys) = map { $_->name } $start, $id, $key;
        return 1 if @{$self->{session}->rows("WITH RECURSIVE w ($starts, $ids, d) AS (SELECT $ids, $keys, 1 FROM $table UNION ALL"
            . ' SELECT ' . join(', ', $start->list('w'), $key->list('t')) . ", w.d + 1 FROM w JOIN $table t ON " . $id->same('t', $id, 'w')
            . ' WHERE NOT (' . $id->same('w', $start, 'w') . ') AND w.d < 100) SELECT FROM w WHERE ' . $id->same('w', $start, 'w') . ' LIMIT 1')};
    }
    return 0;
}

# An edit of one link column of one row: {guards: [query, state], …; statements}.
sub edit {
    my ($self, $real, $step, $error) = @_;
    my ($meaning, $session) = ($step->{meaning}, $self->{session});
    my ($forbidden) = grep { @{$session->rows($_->[0])} } @{$meaning->{guards}};
    if ($error) {
        # Refused by a constraint of the tables?
        my $refused = $forbidden || ($meaning->{may} || '') eq $error->{state} || $error->{state} =~ /^(22003|40...)$/ || $self->try_all($meaning->{statements}, 'ROLLBACK TO plain_edit', $error);
        $session->recover($error->{state});
        return $refused ? undef : finding("edit refused $error->{state}", $step, "$error->{state}: $error->{message}, but nothing speaks against it");
    }
    return finding("edit taken $forbidden->[1]", $step, "done, but ought to be $forbidden->[1]") if $forbidden;
    my $refused = $self->try_all($meaning->{statements}, 'RELEASE plain_edit');
    return finding('edit taken', $step, "done here, but plain tables: $refused") if $refused;
    my $fixed = $real->fixed_settings;
    my ($wrong) = $meaning->{order} ? @{$real->rows($meaning->{order})} : ();
    return finding('edit order', $step, "the column shows $wrong->[0]") if $wrong;
    my $text = $self->differences($real);
    return $text ? finding('edit rows', $step, $text) : undef;
}

sub try_all {
    my ($self, $statements, $end, $error) = @_;
    my ($session, $refused) = ($self->{session});
    my $alone = !$session->{open};
    $session->{dbh}->do('BEGIN') if $alone;
    $session->{dbh}->do('SAVEPOINT plain_edit');
    for my $sql (@$statements, $alone ? 'SET CONSTRAINTS ALL IMMEDIATE' : ()) {
        next if $session->{dbh}->do($sql);
        $refused = $session->{dbh}->errstr;
        last;
    }
    $refused ||= 'a cycle' if $error && $error->{message} =~ /would form a cycle/ && $self->has_cycle;
    $session->{dbh}->do($refused ? 'ROLLBACK TO plain_edit' : $end);
    $session->{dbh}->do('COMMIT') if $alone;
    return $refused;
}

sub close { my ($self) = @_; $self->{session}->close; return }

1;
