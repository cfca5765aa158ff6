package Oracle::Statement;
# Random statements of every kind over a schema. `keys` says which rows there are, so that most of them find some.
use strict;
use warnings;
use Oracle::Custom;
use Oracle::Partition;
use Oracle::Random;
use Oracle::Schema;

our %without;     # kinds of statements that are not made: for going on beside a known fault

sub new {
    my ($class, $schema) = @_;
    return bless {schema => $schema, keys => {}, wanted => {}, span => pick(40, 40, 15, 6)}, $class;
}

# Reads the keys of all tables, as literals.
sub look {
    my ($self, $session) = @_;
    my $fixed = $session->fixed_settings;
    for my $table (grep { $_->{live} } @{$self->{schema}{tables}}) {
        my $rows = $session->rows("SELECT id::text FROM $table->{name} ORDER BY id");
        $self->{keys}{$table->{name}} = [map { $table->{key_type} =~ /^int/ ? $_->[0] : quote($_->[0]) } @$rows];
    }
    return;
}

sub old_key {
    my ($self, $table) = @_;
    my @keys = @{$self->{keys}{$table->{name}} || []};
    return @keys && chance(0.95) ? pick(@keys) : $self->some_key($table);
}

sub some_key { my ($self, $table) = @_; return key_literal($table->{key_type}, between(1, $self->{span})) }

sub new_key {
    my ($self, $table) = @_;
    my %taken = map { $_ => 1 } @{$self->{keys}{$table->{name}} || []};
    my $wanted = $self->{wanted}{$table->{name}};
    return delete $self->{wanted}{$table->{name}} if defined $wanted && chance(0.4);
    my $key;
    for (1 .. 5) {
        $key = $self->some_key($table);
        last unless $taken{$key};
    }
    return $key;
}

sub new_keys {
    my ($self, $table, $n) = @_;
    my %keys = map { $self->new_key($table) => 1 } 1 .. $n;
    return sort keys %keys;
}

sub live_links { my ($self) = @_; return grep { $_->{live} } @{$self->{schema}{links}} }
sub live_ends { my ($self, $table) = @_; return grep { $_->{link}{live} } $self->{schema}->ends($table) }

# Link columns that there are on a table.
sub link_columns {
    my ($self, $table) = @_;
    return grep { $_->{name} && $_->{link}{columns} ne 'none'
        && !($_->{side} eq 'target' && $_->{link}{second} && !$_->{link}{second}{live}) } $self->live_ends($table);
}

sub foreign_keys {
    my ($self, $table) = @_;
    return grep { Oracle::Schema::holds_key($_) } $self->live_ends($table);
}

# The ends whose rows have their places in this table, beside the key.
sub ordered_here {
    my ($self, $table) = @_;
    return grep { !$_->{link}{junction} && $_->{far} == $table && $_->{link}{key_table} == $table && Oracle::Schema::position($_) }
        map { $self->live_ends($_) } grep { $_->{live} } @{$self->{schema}{tables}};
}

# A literal for a link column.
sub link_literal {
    my ($self, $end) = @_;
    return chance(0.2) ? pick('NULL', "'{}'") : set_literal(respelled($end->{far}{key_type}, $self->old_key($end->{far}))) unless $end->{many};
    my @keys = map { respelled($end->{far}{key_type}, $self->old_key($end->{far})) } 1 .. between(0, 3);
    push @keys, $keys[0] if @keys && chance(0.1);
    return set_literal(@keys);
}

sub key_value {
    my ($self, $end) = @_;
    return $self->{wanted}{$end->{far}{name}} = $self->some_key($end->{far}) if $end->{link}{deferrable} && chance(0.15);
    return chance(0.2) && !$end->{link}{required} ? 'NULL' : respelled($end->{far}{key_type}, $self->old_key($end->{far}));
}

# Some new value for a column, from its literal or from what the row has.
sub new_value {
    my ($self, $column) = @_;
    my ($c, $type) = @$column{qw(name type)};
    my $writer = chance(0.05) && $type =~ /^(int|bigint|numeric)$/ && pick(Oracle::Custom::live($self->{schema}, 'writer'));
    return "public.$writer->{name}()" if $writer;
    return literal($type) if chance(0.6) || $type !~ /int|numeric|float|text|boolean|date/;
    return "NOT $c" if $type eq 'boolean';
    return chance(0.5) ? "upper($c)" : "nullif($c, 'a')" if $type eq 'text';
    return "$c + 1";
}

# SET list: name => value. Link columns are asked for with a chance, and marked.
sub assignments {
    my ($self, $table, %chance) = @_;
    my %set;
    $set{$_->{name}} = $self->new_value($_) for some(between(0, 2), @{$table->{columns}});
    for my $end ($self->foreign_keys($table)) {
        $set{$end->{link}{key}} = $self->key_value($end) if chance($chance{key} || 0.3);
    }
    for my $end ($self->ordered_here($table)) {
        my $position = Oracle::Schema::position($end);
        $set{$position} = pick(between(-3, 3), "$position " . pick('+', '-') . ' ' . between(1, 2500)) if chance(0.08);
    }
    for my $end ($self->link_columns($table)) {
        next unless chance($chance{link} || 0.12);
        delete $set{$end->{link}{key}} if Oracle::Schema::holds_key($end) && chance(0.9);
        my ($name, $far) = ($end->{name}, $end->{far});
        $set{$name} = $self->link_literal($end);
        $set{$name} = "$name " . ($end->{link}{columns} eq 'array' ? '||' : pick('||', '-')) . ' ' . set_literal($self->old_key($far)) if $end->{many} && chance(0.5);
    }
    $set{id} = $self->new_key($table) if chance($chance{id} || 0.02) && !$without{update_key};
    my $column = pick(@{$table->{columns}});
    %set = ($column->{name} => $self->new_value($column)) unless %set;
    return %set;
}

sub set_list { my (%set) = @_; return join ', ', map { "$_ = $set{$_}" } sort keys %set }

sub condition {
    my ($self, $table, $a) = @_;
    $a = $a ? "$a." : '';
    my $kind = weighted(one => 50, some => 20, value => 10, all => 6, key => 8, field => 6);
    return "${a}id = " . $self->old_key($table) if $kind eq 'one';
    return "${a}id IN (" . join(', ', map { $self->old_key($table) } 1 .. between(2, 4)) . ')' if $kind eq 'some';
    return 'true' if $kind eq 'all';
    if ($kind eq 'key' && (my $end = pick($self->foreign_keys($table)))) {
        return "$a$end->{link}{key} " . (chance(0.3) ? 'IS NULL' : '= ' . $self->old_key($end->{far}));
    }
    if ($kind eq 'field' && (my $field = pick(grep { $_->{live} && $_->{table} == $table } @{$self->{schema}{fields}}))) {
        return "$a$field->{name} IS " . pick('', 'NOT ') . 'NULL';
    }
    my $column = pick(@{$table->{columns}});
    return "$a$column->{name} IS NULL" if chance(0.2);
    my $literal = literal($column->{type});
    return "$a$column->{name} " . ($literal eq 'NULL' ? 'IS NOT NULL' : pick('=', '<>', '<', '>=') . " $literal");
}

# Columns and rows for an INSERT: (\@names, [\@values, …]).
sub new_rows {
    my ($self, $table, $n) = @_;
    my @columns = some(between(1, scalar @{$table->{columns}}), @{$table->{columns}});
    my @keys = grep { $_->{link}{required} || chance(0.6) } $self->foreign_keys($table);
    my %by_key = map { $_->{link}{key} => 1 } @keys;
    my @links = grep { chance(0.2) && !(Oracle::Schema::holds_key($_) && $by_key{$_->{link}{key}}) } $self->link_columns($table);
    my @rows;
    for my $id ($self->new_keys($table, $n)) {
        push @rows, [$id, (map { literal($_->{type}) } @columns),
            (map { $_->{far} == $table && chance(0.2) ? $id : $self->key_value($_) } @keys), (map { $self->link_literal($_) } @links)];
    }
    return (['id', (map { $_->{name} } @columns), (map { $_->{link}{key} } @keys), (map { $_->{name} } @links)], \@rows);
}

sub values_of { my ($rows) = @_; return join ', ', map { '(' . join(', ', @$_) . ')' } @$rows }

sub insert {
    my ($self, $table, $n) = @_;
    my ($names, $rows) = $self->new_rows($table, $n || (chance(0.5) ? 1 : between(2, 5)));
    my $field = chance(0.04) && pick(grep { $_->{live} && $_->{table} == $table } @{$self->{schema}{fields}});
    if ($field) {
        push @$names, $field->{name};
        push @$_, pick('NULL', 'NULL', 'DEFAULT') for @$rows;
    }
    return "INSERT INTO $table->{name} (" . join(', ', @$names) . ') VALUES ' . values_of($rows);
}

# INSERT … SELECT from rows of another table (or the same), with keys of their own.
sub insert_select {
    my ($self, $table) = @_;
    my $from = pick(grep { $_->{live} } @{$self->{schema}{tables}});
    my $key = "row_number() OVER (ORDER BY y.id) + " . between(0, 25);
    $key = {uuid => "('00000000-0000-0000-0000-' || lpad(($key)::text, 12, '0'))::uuid", text => "'k' || ($key)", varchar => "'k' || ($key)", date => "date '2024-01-01' + ($key)::int % 300"}->{$table->{key_type}} || $key;
    my %value = map { $_->{name} => literal($_->{type}) } some(2, @{$table->{columns}});
    for my $end ($self->foreign_keys($table)) {
        $value{$end->{link}{key}} = $end->{far} == $from && chance(0.7) ? 'y.id' : $self->key_value($end) if $end->{link}{required} || chance(0.7);
    }
    my @names = sort keys %value;
    return "INSERT INTO $table->{name} (" . join(', ', 'id', @names) . ') SELECT ' . join(', ', $key, @value{@names})
        . " FROM $from->{name} y WHERE " . $self->condition($from, 'y') . ' ORDER BY y.id LIMIT 4';
}

sub on_conflict {
    my ($self, $table) = @_;
    my ($names, $rows) = $self->new_rows($table, between(1, 3));
    my %seen;
    for (@$rows) { $_->[0] = $self->old_key($table) if chance(0.5) }
    @$rows = grep { !$seen{$_->[0]}++ } @$rows;
    my %set = $self->assignments($table);
    s/^(\w+) (\|\||-|\+) /$table->{name}.$1 $2 /, s/\b(upper|nullif)\((\w+)/$1($table->{name}.$2/, s/^NOT (\w+)/NOT $table->{name}.$1/ for values %set;
    for my $name (@$names[1 .. $#$names]) { $set{$name} = "excluded.$name" if exists $set{$name} && chance(0.4) }
    return "INSERT INTO $table->{name} (" . join(', ', @$names) . ') VALUES ' . values_of($rows) . ' ON CONFLICT '
        . (chance(0.3) ? $self->arbiter($table) . 'DO NOTHING' : '(id) DO UPDATE SET ' . set_list(%set));
}

# A deferrable constraint cannot decide what a conflict is, so another must be named.
sub arbiter {
    my ($self, $table) = @_;
    return (grep { $_->{link}{deferred} } $self->foreign_keys($table)) ? '(id) ' : '';
}

sub update {
    my ($self, $table, %chance) = @_;
    my %set = $self->assignments($table, %chance);
    # What stands in a field may be written, nothing else.
    my $field = chance(0.06) && pick(grep { $_->{live} && $_->{table} == $table } @{$self->{schema}{fields}});
    $set{$field->{name}} = pick($field->{name}, $field->{name}, 'DEFAULT') if $field;
    return "UPDATE $table->{name} SET " . set_list(%set) . ' WHERE ' . $self->condition($table);
}

sub update_key {
    my ($self, $table) = @_;
    return "UPDATE $table->{name} SET id = id + " . pick(-20, -1, 1, 20, 40) . ' WHERE ' . $self->condition($table)
        if $table->{key_type} =~ /int/ && chance(0.3);
    return "UPDATE $table->{name} SET id = " . $self->new_key($table) . ' WHERE id = ' . $self->old_key($table);
}

sub update_from {
    my ($self, $table) = @_;
    my $from = pick(grep { $_->{live} } @{$self->{schema}{tables}});
    my %set = $self->assignments($table);
    s/^(\w+) (\|\||-|\+) /h.$1 $2 /, s/\b(upper|nullif)\((\w+)/$1(h.$2/, s/^NOT (\w+)/NOT h.$1/ for values %set;
    my ($end) = grep { $_->{far} == $from } $self->foreign_keys($table);
    my $on = $end ? "h.$end->{link}{key} = y.id" : 'h.id = ' . $self->old_key($table);
    return "UPDATE $table->{name} h SET " . set_list(%set) . " FROM $from->{name} y WHERE $on AND " . $self->condition($from, 'y');
}

sub delete {
    my ($self, $table) = @_;
    my $condition = $self->condition($table);
    $condition = 'id = ' . $self->old_key($table) if $condition eq 'true' && chance(0.7);
    return "DELETE FROM $table->{name} WHERE $condition";
}

sub merge {
    my ($self, $table) = @_;
    my ($names, $rows) = $self->new_rows($table, between(1, 4));
    my %seen;
    for (@$rows) { $_->[0] = $self->old_key($table) if chance(0.5) }
    @$rows = grep { !$seen{$_->[0]}++ } @$rows;
    my %type = (id => $table->{key_type}, (map { $_->{name} => $_->{type} } @{$table->{columns}}),
        (map { $_->{link}{key} => $_->{far}{key_type} } $self->foreign_keys($table)),
        (map { $_->{name} => "$_->{far}{key_type}\[]" } grep { $_->{link}{columns} eq 'array' } $self->link_columns($table)));
    my @values = map { my $row = $_; '(' . join(', ', map { my $t = $type{$names->[$_]}; $t ? "$row->[$_]::$t" : $row->[$_] eq 'NULL' ? 'NULL::interlink.link' : "$row->[$_]::interlink.link" } 0 .. $#$row) . ')' } @$rows;
    my %set = $self->assignments($table, id => 0.0001);
    s/^(\w+) (\|\||-|\+) /h.$1 $2 /, s/\b(upper|nullif)\((\w+)/$1(h.$2/, s/^NOT (\w+)/NOT h.$1/ for values %set;
    my $sql = "MERGE INTO $table->{name} h USING (VALUES " . join(', ', @values) . ') y (' . join(', ', @$names) . ') ON h.id = y.id';
    $sql .= ' WHEN MATCHED AND h.id = ' . $self->old_key($table) . ' THEN DELETE' if chance(0.3);
    $sql .= ' WHEN MATCHED THEN ' . (chance(0.15) ? 'DO NOTHING' : 'UPDATE SET ' . set_list(%set)) if chance(0.8);
    return $sql . ' WHEN NOT MATCHED THEN INSERT (' . join(', ', @$names) . ') VALUES (' . join(', ', map { "y.$_" } @$names) . ')';
}

sub copy {
    my ($self, $table) = @_;
    my ($names, $rows) = $self->new_rows($table, between(1, 5));
    # One line of COPY's text format for each row, as octal escapes of the shell's printf.
    my $text = '';
    for my $row (@$rows) {
        my @fields = map { my $v = $_; if ($v eq 'NULL') { '\\N' } else { $v =~ s/^'(.*)'$/$1/s and $v =~ s/''/'/g; $v =~ s/\\/\\\\/g; $v } } @$row;
        $text .= join("\t", @fields) . "\n";
    }
    $text =~ s/([^0-9a-z])/sprintf '\\%03o', ord $1/ge;
    return "COPY $table->{name} (" . join(', ', @$names) . ") FROM PROGRAM " . quote("printf '$text'");
}

sub truncate_table {
    my ($self, $table) = @_;
    return "TRUNCATE $table->{name}" . pick('', ' CASCADE', ' CASCADE', ' RESTRICT') if chance(0.7);
    my @all = map { $_->{name} } grep { $_->{live} } @{$self->{schema}{tables}};
    return 'TRUNCATE ' . join ', ', shuffled(@all, map { $_->{junction} } grep { $_->{junction} } $self->live_links);
}

sub junction {
    my ($self) = @_;
    my $link = pick(grep { $_->{junction} } $self->live_links) or return;
    my ($s, $t) = map { my $table = $_; sub { $self->old_key($table) } } @$link{qw(source target)};
    my $where = sub { pick('source = ' . $s->(), 'target = ' . $t->(), 'source = ' . $s->() . ' AND target = ' . $t->()) };
    my @positions = grep { $_ } map { Oracle::Schema::position({link => $link, side => $_, many => 1}) } qw(source target);
    my @edges = @{$link->{edges} || []};
    my $kind = weighted(insert => 50, update => 15, delete => 20, select => 10, all => 2, @positions ? (place => 20) : (), @edges ? (edge => 40, edge_insert => 20) : ());
    return $self->edge($link, $where, @edges) if $kind eq 'edge';
    return $self->edge_insert($link, [$s->(), $t->()], @edges) if $kind eq 'edge_insert';
    if ($kind eq 'place') {
        my $position = pick(@positions);
        return "UPDATE $link->{junction} SET $position = " . pick(between(-3, 3), "$position " . pick('+', '-') . ' ' . between(1, 2500), "-$position") . ' WHERE ' . $where->();
    }
    return "INSERT INTO $link->{junction} VALUES " . join(', ', map { '(' . $s->() . ', ' . $t->() . ')' } 1 .. between(1, 4)) . ' ON CONFLICT DO NOTHING' if $kind eq 'insert';
    return "UPDATE $link->{junction} SET " . pick('source = ' . $s->(), 'target = ' . $t->(), $link->{nullable} ? ('source = NULL', 'target = NULL') : ()) . ' WHERE ' . $where->() if $kind eq 'update';
    return "INSERT INTO $link->{junction} SELECT a.id, b.id FROM $link->{source}{name} a, $link->{target}{name} b WHERE " . $self->condition($link->{source}, 'a') . ' ON CONFLICT DO NOTHING' if $kind eq 'select';
    return "TRUNCATE $link->{junction}" if $kind eq 'all' && chance(0.5);
    return "DELETE FROM $link->{junction}" . ($kind eq 'all' ? '' : ' WHERE ' . $where->());
}

# Columns of a junction's own, perhaps together with where a row leads.
sub edge {
    my ($self, $link, $where, @edges) = @_;
    my %set = map { $_->{name} => $self->new_value($_) } some(between(1, 2), @edges);
    $set{pick('source', 'target')} = chance(0.5) ? $self->old_key($link->{source}) : $self->old_key($link->{target}) if chance(0.15) && $link->{source} == $link->{target};
    $set{target} = $self->old_key($link->{target}) if chance(0.1);
    return "UPDATE $link->{junction} SET " . set_list(%set) . (chance(0.1) ? '' : ' WHERE ' . $where->());
}

sub edge_insert {
    my ($self, $link, $keys, @edges) = @_;
    my @columns = some(between(1, 2), @edges);
    my $update = !$link->{repeats} && chance(0.6);
    return "INSERT INTO $link->{junction} (" . join(', ', 'source', 'target', map { $_->{name} } @columns) . ') VALUES (' . join(', ', @$keys, map { literal($_->{type}) } @columns)
        . ') ON CONFLICT ' . ($update ? '(source, target) DO UPDATE SET ' . join(', ', map { "$_->{name} = excluded.$_->{name}" } @columns) : 'DO NOTHING');
}

# A link column of one row, and nothing else; with what it means for the tables.
sub edit {
    my ($self, $table) = @_;
    my $end = pick($self->link_columns($table)) or return;
    my ($name, $id) = ($end->{name}, $self->old_key($table));
    my @keys = map { respelled($end->{far}{key_type}, $self->old_key($end->{far})) } 1 .. ($end->{many} ? between(0, 3) : chance(0.8) ? 1 : 0);
    # Of two spellings of one key either may be stored.
    my %seen;
    @keys = grep { !$seen{s/'//gr + 0}++ } @keys if $end->{far}{key_type} eq 'numeric';
    my $how = $end->{many} ? pick(qw(set add), $end->{link}{columns} eq 'array' ? () : 'remove') : 'set';
    my $value = {set => '', add => "$name || ", remove => "$name - "}->{$how} . set_literal(@keys);
    my $sql = "UPDATE $table->{name} SET $name = $value WHERE id = $id";
    $self->{meaning}{$sql} = meaning($end, $id, $how, @keys);
    return $sql;
}

sub meaning {
    my ($end, $id, $how, @keys) = @_;
    my ($link, $near, $far) = ($end->{link}, $end->{at}, $end->{far});
    my $array = 'ARRAY[' . join(', ', @keys) . "]::$far->{key_type}" . "[]";
    my $here = "EXISTS (SELECT FROM $near->{name} WHERE id = $id)";
    my $unknown = ["SELECT FROM unnest($array) e WHERE $here AND NOT EXISTS (SELECT FROM $far->{name} WHERE id = e)", '23503'];
    my @unknown = $how eq 'remove' ? () : $unknown;
    if ($link->{junction}) {
        my ($mine, $other) = $end->{side} eq 'source' ? qw(source target) : qw(target source);
        my $drop = "DELETE FROM $link->{junction} WHERE $mine = $id AND " . ($how eq 'set' ? "$other <> ALL ($array)" : "$other = ANY ($array)");
        my $make = "INSERT INTO $link->{junction} ($mine, $other) SELECT DISTINCT ${id}::$near->{key_type}, e FROM unnest($array) e WHERE $here"
            . ($link->{repeats} ? " AND NOT EXISTS (SELECT FROM $link->{junction} WHERE $mine = $id AND $other = e)" : ' ON CONFLICT DO NOTHING');
        return {guards => \@unknown, statements => [$how eq 'add' ? () : $drop, $how eq 'remove' ? () : $make], order => scalar order_meant($end, $id, $how, @keys)};
    }
    # The foreign key judges, at once or when it is deferred; a key that is there already stays as it is spelled.
    my $one = $keys[0] // 'NULL';
    return {guards => [], statements => ["UPDATE $near->{name} SET $link->{key} = $one WHERE id = $id AND $link->{key} IS DISTINCT FROM $one"]}
        if Oracle::Schema::holds_key($end);
    my $key = $link->{key};
    my $taken = ["SELECT FROM $far->{name} WHERE $here AND id = ANY ($array) AND $key <> $id", '23505'];
    my $leave = "UPDATE $far->{name} SET $key = NULL WHERE $key = $id AND " . ($how eq 'set' ? "id <> ALL ($array)" : "id = ANY ($array)");
    my $join = "UPDATE $far->{name} SET $key = $id WHERE $here AND id = ANY ($array) AND $key IS DISTINCT FROM $id";
    return {guards => $how eq 'remove' ? [] : [@unknown, $link->{move} ? () : $taken], statements => [$how eq 'add' ? () : $leave, $how eq 'remove' ? () : $join],
        order => scalar order_meant($end, $id, $how, @keys)};
}

# A query that finds the row if an ordered column does not show what has been written.
sub order_meant {
    my ($end, $id, $how, @keys) = @_;
    return undef unless $how eq 'set' && Oracle::Schema::position($end) && $end->{far}{key_type} ne 'numeric';
    my %seen;
    my $keys = join ', ', map { "($_)::text" } grep { !$seen{$_}++ } @keys;
    return "SELECT $end->{name} FROM $end->{at}{name} WHERE id = $id AND ARRAY(SELECT k FROM interlink.link_keys($end->{name}::text[]::interlink.link) WITH ORDINALITY l (k, o) ORDER BY o) <> ARRAY[$keys]::text[]";
}

# Several statements in one, on tables that may be linked.
sub compound {
    my ($self) = @_;
    my @parts;
    while (@parts < 2) {
        my $sql = $self->simple(qw(insert 30 update 30 delete 10 junction 15 on_conflict 8 update_key 6 insert_select 5)) or next;
        push @parts, $sql unless $sql =~ /^TRUNCATE/;
    }
    push @parts, $self->simple(qw(insert 30 update 30 delete 10)) if chance(0.3);
    my $last = pop @parts;
    my $n = 0;
    return 'WITH ' . join(', ', map { $n++; "w$n AS ($_" . (/^INSERT/ || chance(0.5) ? ' RETURNING 1' : '') . ')' } @parts) . " $last";
}

# A block of PL/pgSQL: one statement to the client, several to us, some of them undone again.
sub block {
    my ($self) = @_;
    my @body;
    while (@body < 3) {
        my $sql = $self->simple(qw(insert 30 update 30 delete 10 junction 15 edit 10 on_conflict 8 update_key 6)) or next;
        push @body, $sql;
    }
    my $first = shift @body;
    my $caught = pick("RAISE EXCEPTION 'undone'; EXCEPTION WHEN raise_exception THEN NULL",
        "RAISE EXCEPTION 'undone'; EXCEPTION WHEN deadlock_detected OR serialization_failure THEN RAISE; WHEN OTHERS THEN NULL",
        'EXCEPTION WHEN deadlock_detected OR serialization_failure THEN RAISE; WHEN OTHERS THEN NULL');
    return "DO \$b\$ BEGIN " . join('; ', shuffled($first, "BEGIN $body[0]; $caught; END", $body[1])) . '; END $b$';
}

# Rows written while triggers are off, and mended. Storage that is not sound cannot be mended, and must not come about.
sub unmaintained {
    my ($self) = @_;
    my $table = pick(grep { $_->{live} } @{$self->{schema}{tables}});
    return unless @{$self->{keys}{$table->{name}} || []};
    my %set = map { $_->{name} => literal($_->{type}) } some(2, @{$table->{columns}});
    # A deferrable UNIQUE constraint is judged by a trigger, and does not hold without.
    for my $end (grep { !$_->{link}{trees} && !$_->{link}{deferred} } $self->foreign_keys($table)) {
        my @keys = @{$self->{keys}{$end->{far}{name}} || []} or next;
        $set{$end->{link}{key}} = pick(@keys) if chance(0.5);
    }
    for my $end (grep { $_->{many} } $self->link_columns($table)) {
        $set{$end->{name}} = $self->link_literal($end) if chance(0.2);
    }
    my $sql = 'UPDATE ' . $table->{name} . ' SET ' . set_list(%set) . ' WHERE id = ' . pick(@{$self->{keys}{$table->{name}}});
    return "SET session_replication_role = replica; $sql; SET session_replication_role = origin; SELECT * FROM interlink.repair()";
}

# The same statement on a partition, or through a view where it asks for nothing that this does not have.
sub seen_through {
    my ($self, $table, $sql) = @_;
    my @parts = chance(0.3) ? Oracle::Partition::leaves($table) : ();
    my @views = $sql =~ /\bf\d+\b|_position\b/ || chance(0.6) ? () : map { $_->{name} } grep { $_->{table} == $table } Oracle::Custom::live($self->{schema}, 'view');
    my $other = pick(@parts, @views) or return $sql;
    $sql =~ s/\b$table->{name}\b/$other/g;
    return $sql;
}

# A statement of one of the kinds with these weights, or undef if there is nothing to do it to.
sub simple {
    my ($self, @weights) = @_;
    my $kind = weighted(@weights);
    return if $without{$kind};
    my $table = pick(grep { $_->{live} } @{$self->{schema}{tables}});
    return $self->$kind if $kind =~ /^(junction|compound|block)$/;
    my $sql = $self->$kind($table) or return;
    return $sql unless $kind =~ /^(insert|update|update_key|delete|on_conflict)$/;
    return $self->seen_through($table, $sql);
}

sub statement {
    my ($self) = @_;
    my $sql;
    until ($sql) {
        $sql = $self->simple(qw(insert 18 insert_select 5 on_conflict 8 update 22 update_key 5 update_from 4 delete 10
            merge 7 copy 3 truncate_table 0.7 junction 10 edit 10 compound 8 block 3));
    }
    return $sql;
}

1;
