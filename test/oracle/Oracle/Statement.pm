package Oracle::Statement;
# Random statements of every kind over a schema. `keys` says which rows there are, so that most of them find some.
use strict;
use warnings;
use Oracle::Adopt;
use Oracle::Custom;
use Oracle::Edge;
use Oracle::Edit;
use Oracle::Key;
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
        for my $key (@{$table->{keys}}) {
            my $rows = $session->rows('SELECT ' . join(', ', map { "${_}::text" } $key->columns) . " FROM $table->{name} WHERE " . $key->is_set('') . ' ORDER BY ' . $key->name);
            my @types = @{$key->{types}};
            $self->{keys}{$key} = [map { my $row = $_; join ', ', map { $types[$_] =~ /^int/ ? $row->[$_] : quote($row->[$_]) } 0 .. $#types } @$rows];
        }
    }
    return;
}

# The keys there are of a table, or of another key of it.
sub known { my ($self, $key) = @_; return @{$self->{keys}{$key->{key} || $key} || []} }

sub old_key {
    my ($self, $key) = @_;
    my @keys = $self->known($key);
    return @keys && chance(0.95) ? pick(@keys) : $self->some_key($key);
}

sub some_key { my ($self, $key) = @_; return ($key->{key} || $key)->literal(between(1, $self->{span})) }

sub new_key {
    my ($self, $table) = @_;
    my $key = $table->{key} || $table;
    my %taken = map { $_ => 1 } $self->known($key);
    return delete $self->{wanted}{$key} if defined $self->{wanted}{$key} && chance(0.4);
    my $new;
    for (1 .. 5) {
        $new = $self->some_key($key);
        last unless $taken{$new};
    }
    return $new;
}

sub new_keys {
    my ($self, $table, $n) = @_;
    my %keys = map { $self->new_key($table) => 1 } 1 .. $n;
    return sort keys %keys;
}

# WHERE that finds rows by keys of theirs.
sub is_row { my ($self, $table, $alias) = @_; return $table->{key}->is($alias, $self->old_key($table)) }

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
    my $far = Oracle::Schema::shown($end);
    return chance(0.2) ? pick('NULL', "'{}'") : $far->set($far->respell($self->old_key($far))) unless $end->{many};
    my @keys = map { $far->respell($self->old_key($far)) } 1 .. between(0, 3);
    push @keys, $keys[0] if @keys && chance(0.1);
    return $far->set(@keys);
}

# What the foreign key at an end may be; of several columns some may be NULL.
sub key_value {
    my ($self, $end) = @_;
    my ($link, $refers) = ($end->{link}, $end->{link}{refers});
    return $self->{wanted}{$refers} = $self->some_key($refers) if $link->{deferrable} && chance(0.15);
    return $refers->null if chance(0.2) && !$link->{required};
    my @parts = Oracle::Key::parts($refers->respell($self->old_key($refers)));
    $parts[rand @parts] = 'NULL' if @parts > 1 && chance(0.1) && !$link->{required};
    return join ', ', @parts;
}

# The columns that are a foreign key's own, with their values in it: (name => value, …).
sub key_columns {
    my ($self, $end, $table) = @_;
    my ($fk, $value) = ($end->{link}{fk}, $self->key_value($end));
    my @own = $fk->own($table->{key});
    return map { $_ => $fk->part($_, $value) } @own;
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
        next unless chance($chance{key} || 0.3);
        my %key = $self->key_columns($end, $table);
        %key = map { $_ => $key{$_} } pick(sort keys %key) if chance(0.15);
        @set{keys %key} = values %key;
    }
    for my $end ($self->ordered_here($table)) {
        my $position = Oracle::Schema::position($end);
        $set{$position} = pick(between(-3, 3), "$position " . pick('+', '-') . ' ' . between(1, 2500)) if chance(0.08);
    }
    for my $end ($self->link_columns($table)) {
        next unless chance($chance{link} || 0.12);
        delete @set{$end->{link}{fk}->columns} if Oracle::Schema::holds_key($end) && chance(0.9);
        my ($name, $far) = ($end->{name}, Oracle::Schema::shown($end));
        $set{$name} = $self->link_literal($end);
        $set{$name} = "$name " . ($end->{link}{columns} eq 'array' ? '||' : pick('||', '-')) . ' ' . $far->set($self->old_key($far)) if $end->{many} && chance(0.5);
    }
    %set = (%set, $self->some_columns($table->{key})) if chance($chance{id} || 0.02) && !$without{update_key};
    %set = (%set, $self->some_columns($table->{unique})) if $table->{unique} && chance(0.2);
    my $column = pick(@{$table->{columns}});
    %set = ($column->{name} => $self->new_value($column)) unless %set;
    return %set;
}

# New values for a key, or for a column of it.
sub some_columns {
    my ($self, $key) = @_;
    my @values = Oracle::Key::parts($self->new_key($key));
    my %set = map { $_ => shift @values } $key->columns;
    my $one = pick($key->columns);
    return chance(0.4) ? ($one => $set{$one}) : %set;
}

sub set_list { my (%set) = @_; return join ', ', map { "$_ = $set{$_}" } sort keys %set }

sub condition {
    my ($self, $table, $a) = @_;
    my $kind = weighted(one => 50, some => 20, value => 10, all => 6, key => 8, field => 6);
    return $self->is_row($table, $a) if $kind eq 'one';
    return $table->{key}->row($a) . ' IN (' . join(', ', map { Oracle::Key::value($self->old_key($table)) } 1 .. between(2, 4)) . ')' if $kind eq 'some';
    return 'true' if $kind eq 'all';
    if ($kind eq 'key' && (my $end = pick($self->foreign_keys($table)))) {
        return chance(0.3) ? 'NOT (' . $end->{link}{fk}->is_set($a) . ')' : $end->{link}{fk}->is($a, $self->old_key($end->{link}{refers}));
    }
    $a = $a ? "$a." : '';
    if ($kind eq 'field' && (my $field = pick(grep { $_->{live} && $_->{table} == $table } @{$self->{schema}{fields}}))) {
        return "$a$field->{name} IS " . pick('', 'NOT ') . 'NULL';
    }
    my $column = pick(@{$table->{columns}});
    return "$a$column->{name} IS NULL" if chance(0.2);
    my $literal = literal($column->{type});
    return "$a$column->{name} " . ($literal eq 'NULL' ? 'IS NOT NULL' : pick('=', '<>', '<', '>=') . " $literal");
}

# Columns and rows for an INSERT: (\@names, [\@values, …]). Those of the primary key come first, as one.
sub new_rows {
    my ($self, $table, $n) = @_;
    my @columns = some(between(1, scalar @{$table->{columns}}), @{$table->{columns}});
    my @ends = grep { $_->{link}{required} || chance(0.6) } $self->foreign_keys($table);
    my %named = map { $_ => 1 } map { $_->{link}{fk}->own($table->{key}) } @ends;
    my @keys = sort keys %named;
    my @unique = $table->{unique} && chance(0.7) ? $table->{unique}->columns : ();
    my @links = grep { chance(0.2) && !(Oracle::Schema::holds_key($_) && grep { $named{$_} } $_->{link}{fk}->columns) } $self->link_columns($table);
    my @rows;
    for my $id ($self->new_keys($table, $n)) {
        my %key;
        for my $end (@ends) {
            my ($fk, $refers) = @{$end->{link}}{qw(fk refers)};
            %key = (%key, $refers == $table->{key} && chance(0.2) ? map { $_ => $fk->part($_, $id) } $fk->own($table->{key}) : $self->key_columns($end, $table));
        }
        push @rows, [$id, (map { literal($_->{type}) } @columns), @key{@keys}, @unique ? Oracle::Key::parts($self->new_key($table->{unique})) : (), (map { $self->link_literal($_) } @links)];
    }
    return ([$table->{key}->name, (map { $_->{name} } @columns), @keys, @unique, (map { $_->{name} } @links)], \@rows);
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
    my $number = 'row_number() OVER (ORDER BY ' . $from->{key}->list('y') . ') + ' . between(0, 25);
    my %made = (uuid => "('00000000-0000-0000-0000-' || lpad(($number)::text, 12, '0'))::uuid", text => "'k' || ($number)", varchar => "'k' || ($number)", date => "date '2024-01-01' + ($number)::int % 300");
    my @others = Oracle::Key::parts($self->some_key($table));
    my @types = @{$table->{key}{types}};
    my $counted = int(rand(@types));
    my @key = map { $_ == $counted ? $made{$types[$_]} || $number : $others[$_] } 0 .. $#types;
    my %value = map { $_->{name} => literal($_->{type}) } some(2, @{$table->{columns}});
    for my $end ($self->foreign_keys($table)) {
        next unless $end->{link}{required} || chance(0.7);
        my ($fk, $refers) = @{$end->{link}}{qw(fk refers)};
        my %key = $end->{far} == $from && chance(0.7) ? map { $_ => 'y.' . $fk->counterpart($_, $refers) } $fk->own($table->{key}) : $self->key_columns($end, $table);
        %value = (%value, %key);
    }
    my @names = sort keys %value;
    return "INSERT INTO $table->{name} (" . join(', ', $table->{key}->name, @names) . ') SELECT ' . join(', ', @key, @value{@names})
        . " FROM $from->{name} y WHERE " . $self->condition($from, 'y') . ' ORDER BY ' . $from->{key}->list('y') . ' LIMIT 4';
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
        . (chance(0.3) ? $self->arbiter($table) . 'DO NOTHING' : '(' . $table->{key}->name . ') DO UPDATE SET ' . set_list(%set));
}

# A deferrable constraint cannot decide what a conflict is, so another must be named.
sub arbiter {
    my ($self, $table) = @_;
    return (grep { $_->{link}{deferred} } $self->foreign_keys($table)) ? '(' . $table->{key}->name . ') ' : '';
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
    my $key = pick($table->{key}, @{$table->{keys}});
    my ($number) = grep { $_->[1] =~ /int/ } shuffled($key->pairs);
    return "UPDATE $table->{name} SET $number->[0] = $number->[0] + " . pick(-20, -1, 1, 20, 40) . ' WHERE ' . $self->condition($table) if $number && chance(0.3);
    return "UPDATE $table->{name} SET " . set_list($self->some_columns($key)) . ' WHERE ' . $self->is_row($table);
}

sub update_from {
    my ($self, $table) = @_;
    my $from = pick(grep { $_->{live} } @{$self->{schema}{tables}});
    my %set = $self->assignments($table);
    s/^(\w+) (\|\||-|\+) /h.$1 $2 /, s/\b(upper|nullif)\((\w+)/$1(h.$2/, s/^NOT (\w+)/NOT h.$1/ for values %set;
    my ($end) = grep { $_->{far} == $from } $self->foreign_keys($table);
    my $on = $end ? $end->{link}{fk}->same('h', $end->{link}{refers}, 'y') : $self->is_row($table, 'h');
    return "UPDATE $table->{name} h SET " . set_list(%set) . " FROM $from->{name} y WHERE $on AND " . $self->condition($from, 'y');
}

sub delete {
    my ($self, $table) = @_;
    my $condition = $self->condition($table);
    $condition = $self->is_row($table) if $condition eq 'true' && chance(0.7);
    return "DELETE FROM $table->{name} WHERE $condition";
}

sub merge {
    my ($self, $table) = @_;
    my ($names, $rows) = $self->new_rows($table, between(1, 4));
    my %seen;
    for (@$rows) { $_->[0] = $self->old_key($table) if chance(0.5) }
    @$rows = grep { !$seen{$_->[0]}++ } @$rows;
    # One by one from here on.
    my @names = map { Oracle::Key::parts($_) } @$names;
    my %type = ((map { $_->{name} => $_->{type} } @{$table->{columns}}), (map { @$_ } map { $_->pairs } @{$table->{keys}}),
        (map { my ($fk, $refers) = @{$_->{link}}{qw(fk refers)}; map { $_ => $refers->{types}[$fk->index($_)] } $fk->own($table->{key}) } $self->foreign_keys($table)),
        (map { $_->{name} => Oracle::Schema::shown($_)->array_type } grep { $_->{link}{columns} eq 'array' } $self->link_columns($table)));
    my $typed = sub { my ($value, $type) = @_; return $type ? "${value}::$type" : $value eq 'NULL' ? 'NULL::interlink.link' : "${value}::interlink.link" };
    my @values = map { my ($id, @rest) = @$_; my @row = (Oracle::Key::parts($id), @rest); '(' . join(', ', map { $typed->($row[$_], $type{$names[$_]}) } 0 .. $#row) . ')' } @$rows;
    my %set = $self->assignments($table, id => 0.0001);
    s/^(\w+) (\|\||-|\+) /h.$1 $2 /, s/\b(upper|nullif)\((\w+)/$1(h.$2/, s/^NOT (\w+)/NOT h.$1/ for values %set;
    my $sql = "MERGE INTO $table->{name} h USING (VALUES " . join(', ', @values) . ') y (' . join(', ', @names) . ') ON ' . $table->{key}->same('h', $table->{key}, 'y');
    $sql .= ' WHEN MATCHED AND ' . $self->is_row($table, 'h') . ' THEN DELETE' if chance(0.3);
    $sql .= ' WHEN MATCHED THEN ' . (chance(0.15) ? 'DO NOTHING' : 'UPDATE SET ' . set_list(%set)) if chance(0.8);
    return $sql . ' WHEN NOT MATCHED THEN INSERT (' . join(', ', @names) . ') VALUES (' . join(', ', map { "y.$_" } @names) . ')';
}

sub copy {
    my ($self, $table) = @_;
    my ($names, $rows) = $self->new_rows($table, between(1, 5));
    # One line of COPY's text format for each row, as octal escapes of the shell's printf.
    my $text = '';
    for my $row (map { my ($id, @rest) = @$_; [Oracle::Key::parts($id), @rest] } @$rows) {
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
    my @sides = @{$link->{sides}}{qw(source target)};
    my ($s, $t) = map { my $side = $_; sub { $side->{fk}->is('', $self->old_key($side->{refers})) } } @sides;
    my $where = sub { pick($s->(), $t->(), $s->() . ' AND ' . $t->()) };
    my @positions = grep { $_ } map { Oracle::Schema::position({link => $link, side => $_, many => 1}) } qw(source target);
    my @edges = @{$link->{edges} || []};
    my $kind = weighted(insert => 50, update => 15, delete => 20, select => 10, all => 2, @positions ? (place => 20) : (), @edges ? (edge => 40, edge_insert => 20) : ());
    return Oracle::Edge::update($self, $link, $where->()) if $kind eq 'edge';
    return Oracle::Edge::insert($self, $link) if $kind eq 'edge_insert';
    if ($kind eq 'place') {
        my $position = pick(@positions);
        return "UPDATE $link->{junction} SET $position = " . pick(between(-3, 3), "$position " . pick('+', '-') . ' ' . between(1, 2500), "-$position") . ' WHERE ' . $where->();
    }
    my @columns = Oracle::Adopt::junction_columns($link);
    my $into = "INSERT INTO $link->{junction} (" . join(', ', @columns) . ')';
    return "$into VALUES " . values_of([map { $self->junction_row($link) } 1 .. between(1, 4)]) . ' ON CONFLICT DO NOTHING' if $kind eq 'insert';
    return "UPDATE $link->{junction} SET " . $self->junction_set($link) . ' WHERE ' . $where->() if $kind eq 'update';
    if ($kind eq 'select') {
        my %from = map { my ($side, $alias) = @$_; map { $_ => "$alias." . $side->{fk}->counterpart($_, $side->{refers}) } $side->{fk}->columns } [$sides[1], 'b'], [$sides[0], 'a'];
        return "$into SELECT " . join(', ', @from{@columns}) . " FROM $link->{source}{name} a, $link->{target}{name} b WHERE "
            . join(' AND ', $self->condition($link->{source}, 'a'), (map { $sides[$_]{refers}->is_set(qw(a b)[$_]) } $link->{nullable} ? () : (0, 1)), Oracle::Adopt::alike($link, 'a', 'b')) . ' ON CONFLICT DO NOTHING';
    }
    return "TRUNCATE $link->{junction}" if $kind eq 'all' && chance(0.5);
    return "DELETE FROM $link->{junction}" . ($kind eq 'all' ? '' : ' WHERE ' . $where->());
}

# Values for the columns of a junction. Where the two sides share one, they have to agree.
sub junction_row {
    my ($self, $link) = @_;
    my ($source, $target) = @{$link->{sides}}{qw(source target)};
    my $s = $self->old_key($source->{refers});
    my $fits = sub { my ($t) = @_; return !grep { $target->{fk}->part($_, $t) ne $source->{fk}->part($_, $s) } $target->{fk}->shared($source->{fk}) };
    my $t = pick(grep { $fits->($_) } $self->known($target->{refers})) // $self->old_key($target->{refers});
    my %value = map { my ($fk, $v) = @$_; map { $_ => $fk->part($_, $v) } $fk->columns } [$target->{fk}, $t], [$source->{fk}, $s];
    return [@value{Oracle::Adopt::junction_columns($link)}];
}

sub junction_set {
    my ($self, $link) = @_;
    my $side = $link->{sides}{pick(qw(source target))};
    my @values = Oracle::Key::parts($self->old_key($side->{refers}));
    my %set = map { $_ => shift @values } $side->{fk}->columns;
    my $one = pick($side->{fk}->columns);
    return "$one = NULL" if $link->{nullable} && chance(0.4);
    return chance(0.2) ? "$one = $set{$one}" : set_list(%set);
}

# A link column of one row, and nothing else; with what it means for the tables.
sub edit {
    my ($self, $table) = @_;
    my $end = pick($self->link_columns($table)) or return;
    my ($sql, $meaning) = Oracle::Edit::edit($self, $end);
    $self->{meaning}{$sql} = $meaning;
    return $sql;
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
    return unless $self->known($table);
    my %set = map { $_->{name} => literal($_->{type}) } some(2, @{$table->{columns}});
    # A deferrable UNIQUE constraint is judged by a trigger, and does not hold without.
    for my $end (grep { !$_->{link}{trees} && !$_->{link}{deferred} } $self->foreign_keys($table)) {
        my ($fk, $refers) = @{$end->{link}}{qw(fk refers)};
        my $key = pick($self->known($refers)) // next;
        $set{$_} = $fk->part($_, $key) for chance(0.5) && !$fk->shared($table->{key}) ? $fk->columns : ();
    }
    for my $end (grep { $_->{many} } $self->link_columns($table)) {
        $set{$end->{name}} = $self->link_literal($end) if chance(0.2);
    }
    for my $field (grep { $_->{live} && $_->{table} == $table } @{$self->{schema}{fields}}) {
        $set{$field->{name}} = 'DEFAULT' if chance(0.3);
    }
    my $sql = 'UPDATE ' . $table->{name} . ' SET ' . set_list(%set) . ' WHERE ' . $table->{key}->is('', pick($self->known($table)));
    return "SET session_replication_role = replica; $sql; SET session_replication_role = origin; SELECT * FROM interlink.repair()";
}

# Writes of link columns and computed columns that are not to be heard, or refused.
sub unheard {
    my ($self, $table) = @_;
    my ($how, $field) = (pick(qw(ignore error)), pick(grep { $_->{live} && $_->{table} == $table } @{$self->{schema}{fields}}));
    my ($setting, $usual, $sql) = ('link_writes', 'apply', $self->edit($table));
    ($setting, $usual, $sql) = ('computed_writes', 'error', "UPDATE $table->{name} SET $field->{name} = NULL WHERE " . $self->is_row($table)) if $field && (!$sql || chance(0.5));
    return unless $sql;
    $sql = "SET interlink.$setting = '$how'; $sql; SET interlink.$setting = '$usual'";
    $self->{meaning}{$sql} = {guards => [], statements => [], may => $how eq 'error' && '428C9'};
    return $sql;
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
            merge 7 copy 3 truncate_table 0.7 junction 10 edit 10 unheard 2 compound 8 block 3));
    }
    return $sql;
}

1;
