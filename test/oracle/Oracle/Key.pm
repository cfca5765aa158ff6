package Oracle::Key;
# A key of a table, or what refers to one: columns with their types. A value of it is the literals of its
# columns, "1, 'a'", so that names and values can be put into lists as they are.
use strict;
use warnings;
use Oracle::Random qw(chance key_literal respelled set_literal quote);

# Columns by which rows can be found, as they are written: [name, type], …
sub new {
    my ($class, @columns) = @_;
    return bless {columns => [map { $_->[0] } @columns], types => [map { $_->[1] } @columns], name => join(', ', map { $_->[0] } @columns)}, $class;
}

# As many columns of the same types, with other names.
sub like { my ($key, @names) = @_; my @types = @{$key->{types}}; return __PACKAGE__->new(map { [$_, shift @types] } @names) }

sub width { return scalar @{$_[0]{columns}} }
sub name { return $_[0]{name} }
sub columns { return @{$_[0]{columns}} }
sub pairs { my ($key) = @_; return map { [$key->{columns}[$_], $key->{types}[$_]] } 0 .. $#{$key->{columns}} }
sub definition { my ($key) = @_; return join ', ', map { "$_->[0] $_->[1]" } $key->pairs }

# Of the row with this alias: the columns, the columns as one, and their text as a link column has it.
sub list { my ($key, $alias) = @_; return join ', ', map { $alias ? "$alias.$_" : $_ } $key->columns }
sub row { my ($key, $alias) = @_; my $list = $key->list($alias); return $key->width > 1 ? "($list)" : $list }
sub text { my ($key, $alias) = @_; my $list = $key->list($alias); return $key->width > 1 ? "row($list)::text" : "${list}::text" }
sub is_set { my ($key, $alias) = @_; return join ' AND ', map { ($alias ? "$alias.$_" : $_) . ' IS NOT NULL' } $key->columns }

# Is the key of this row that of another one?
sub same {
    my ($key, $alias, $other, $its_alias) = @_;
    return join ' AND ', map { "$alias.$key->{columns}[$_] = $its_alias.$other->{columns}[$_]" } 0 .. $#{$key->{columns}};
}

# The kinds of key that a link column has as text, in the order of that text.
sub by_text { my ($key) = @_; return $key->width > 1 || $key->{types}[0] =~ /^(numeric|date)$/ }

sub order {
    my ($key, $alias) = @_;
    return $key->text($alias) . ' COLLATE "C"' if $key->by_text;
    return $key->order_of_columns($alias);
}

sub order_of_columns {
    my ($key, $alias) = @_;
    return join ', ', map { "$alias.$_->[0]" . ($_->[1] =~ /^(text|varchar)$/ ? ' COLLATE "C"' : '') } $key->pairs;
}

# Can equal keys look different?
sub respells { my ($key) = @_; return scalar grep { $_ eq 'numeric' } @{$key->{types}} }

sub array_type { my ($key) = @_; return $key->width > 1 ? 'text[]' : "$key->{types}[0]\[]" }

# The literals of a value, and the value as one.
sub parts { my ($value) = @_; return split /, /, $value }
sub value { my ($value) = @_; return $value =~ /, / ? "($value)" : $value }
sub null { my ($key) = @_; return join ', ', ('NULL') x $key->width }
sub typed { my ($key, $value) = @_; my @types = @{$key->{types}}; return join ', ', map { "${_}::" . shift @types } parts($value) }
sub typed_text { my ($key, $value) = @_; my $typed = $key->typed($value); return $key->width > 1 ? "row($typed)::text" : "($typed)::text" }

# One of forty values; those of several columns meet in each of them.
sub literal {
    my ($key, $n) = @_;
    return key_literal($key->{types}[0], $n) if $key->width == 1;
    return join ', ', key_literal($key->{types}[0], 1 + $n % 7), key_literal($key->{types}[1], 1 + int($n / 7));
}

sub respell {
    my ($key, $value) = @_;
    my @types = @{$key->{types}};
    return join ', ', map { respelled(shift @types, $_) } parts($value);
}

# A key as it is written into a link column: that of several columns as a row.
sub element {
    my ($key, $value, $plain) = @_;
    return $value if $key->width == 1;
    my @fields = parts($value);
    for (@fields) {
        s/^'|'$//g;
        s/''/'/g;
        s/(["\\])/$1$1/g;
        $_ = "\"$_\"" if $plain ? /["\\(),\s]/ || $_ eq '' : chance(0.2) || !/^[0-9a-zA-Z.-]+$/;
    }
    return quote('(' . join(',', @fields) . ')');
}

# Keys for a link column.
sub set { my ($key, @values) = @_; return set_literal(map { $key->element($_) } @values) }

# The same, spelled as PostgreSQL spells rows.
sub plain_set { my ($key, @values) = @_; return set_literal(map { $key->element($_, 1) } @values) }

# A query for values, with columns e1, e2.
sub rows_of {
    my ($key, @values) = @_;
    my $names = join ', ', map { "e$_" } 1 .. $key->width;
    return '(SELECT ' . join(', ', map { "NULL::$_" } @{$key->{types}}) . " WHERE false) e ($names)" unless @values;
    return '(VALUES ' . join(', ', map { '(' . $key->typed($_) . ')' } @values) . ") e ($names)";
}

# Is the key of the row one of these?
sub is_in {
    my ($key, $alias, $not, @values) = @_;
    return $not ? 'true' : 'false' unless @values;
    return $key->row($alias) . ($not ? ' NOT IN (' : ' IN (') . join(', ', map { '(' . $key->typed($_) . ')' } @values) . ')';
}

sub is { my ($key, $alias, $value) = @_; return $key->row($alias) . ' = ' . value($value) }

# The columns of this key that are not among those of another, and those that are.
sub own { my ($key, $other) = @_; my %its = map { $_ => 1 } $other->columns; return grep { !$its{$_} } $key->columns }
sub shared { my ($key, $other) = @_; my %its = map { $_ => 1 } $other->columns; return grep { $its{$_} } $key->columns }

# The column of the other key that one of this refers to, and what a value has for it.
sub counterpart { my ($key, $column, $other) = @_; return $other->{columns}[$key->index($column)] }
sub index { my ($key, $column) = @_; my ($i) = grep { $key->{columns}[$_] eq $column } 0 .. $#{$key->{columns}}; return $i }
sub part { my ($key, $column, $value) = @_; return (parts($value))[$key->index($column)] }

1;
