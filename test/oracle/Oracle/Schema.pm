package Oracle::Schema;
# A random schema: tables, links and fields, each with the statement that makes it.
# An "end" is a link seen from one of its sides; a field is reached through one.
use strict;
use warnings;
use Oracle::Random;
use Oracle::Adopt;
use Oracle::Custom;
use Oracle::Edge;
use Oracle::Key;
use Oracle::Partition;
use Oracle::Relation;

our $max_depth = 4;
our $with_custom = 1;
our $with_relations = 1;
my %short = (int => 'i', bigint => 'b', numeric => 'n', 'numeric(12,2)' => 'm',
    float8 => 'f', text => 's', boolean => 'z', date => 'd');

sub new {
    my ($class) = @_;
    my $self = bless {tables => [], links => [], relations => [], fields => [], custom => []}, $class;
    $self->add_table($_) for 1 .. between(2, 5);
    $self->add_link($_) for 1 .. between(1, 2 * @{$self->{tables}});
    $self->add_tree($_) for grep { $_->{source} == $_->{target} && $_->{key} && !$_->{adopted} && chance(0.6) } @{$self->{links}};
    Oracle::Relation::add($self) if $with_relations;
    $self->add_field(@{$self->{fields}} + 1) for 1 .. between(5, 15) - @{$self->{fields}};
    Oracle::Custom::add($self) if $with_custom;
    return $self;
}

sub key_type { return pick(qw(int2 int4 int4 int8 uuid text varchar numeric date)) }

# {key} is the primary key; {keys} are that and what else rows may be referred to by.
sub add_table {
    my ($self, $number) = @_;
    my @types = some(between(3, 8), value_types());
    my $type = key_type();
    my $table = {
        what => 'table', name => "t$number", key_type => $type,
        key => Oracle::Key->new(shuffled(['id', $type], chance(0.3) ? ['nr', chance(0.5) ? $type : key_type()] : ())),
        columns => [map { {name => $short{$_}, type => $_} } sort @types]};
    my $parts = chance(0.2) && Oracle::Partition::split_table($table);
    $table->{unique} = Oracle::Key->new(map { [$_, key_type()] } 'u', chance(0.4) ? 'uu' : ()) if !$parts && chance(0.25);
    $table->{keys} = [grep { $_ } @$table{qw(key unique)}];
    $table->{sql} = "CREATE TABLE $table->{name} (" . join(', ', column_definitions($table)) . ')' . ($parts || '');
    push @{$self->{tables}}, $table;
    return;
}

sub column_definitions {
    my ($table) = @_;
    my @keys = grep { $_ } @$table{qw(key unique)};
    return ((map { $_->definition } @keys), (map { "$_->{name} $_->{type}" } @{$table->{columns}}), 'PRIMARY KEY (' . $table->{key}->name . ')',
        $table->{unique} ? 'UNIQUE (' . $table->{unique}->name . ')' : ());
}

# Where the keys of a link are stored: {fk} on {key_table} refers to {refers} of {key_far}; {sides} of a junction do so likewise.
sub place {
    my ($link) = @_;
    my ($source, $target) = @$link{qw(source target)};
    if ($link->{relationship} eq 'many_to_many') {
        $link->{junction} = "$source->{name}_$link->{name}";
        for my $side (qw(source target)) {
            my $refers = $link->{$side}{key};
            $link->{sides}{$side} = {refers => $refers, fk => $refers->like($refers->width > 1 ? map { "${side}_$_" } $refers->columns : $side)};
        }
        return;
    }
    my $prefix = $link->{name};
    if ($link->{relationship} eq 'one_to_many') {
        @$link{qw(key_table key_far)} = ($target, $source);
        $prefix = $link->{inverse} || "$source->{name}_$link->{name}";
    } else {
        @$link{qw(key_table key_far)} = ($source, $target);
    }
    $link->{refers} = $link->{key_far}{key};
    $link->{fk} = $link->{refers}->like(map { "${prefix}_$_" } $link->{refers}->columns);
    $link->{key} = $link->{fk}->name;
    $link->{place} = "${prefix}_position";
    return;
}

# The foreign keys of a link are made deferrable after it has been made.
sub defer {
    my ($link) = @_;
    my $table = $link->{junction} || $link->{key_table}{name};
    $link->{deferrable} = 1;
    $link->{defer} = [map { {what => 'deferrable', at_once => 1,
        sql => "ALTER TABLE $table ALTER CONSTRAINT " . join('_', $table, $_->columns, 'fkey') . ' DEFERRABLE INITIALLY ' . pick('DEFERRED', 'IMMEDIATE')} }
        $link->{junction} ? map { $link->{sides}{$_}{fk} } qw(source target) : $link->{fk}];
    return;
}

sub add_link {
    my ($self, $number) = @_;
    my $link = {
        what => 'link', name => "l$number", source => pick(@{$self->{tables}}), target => pick(@{$self->{tables}}),
        relationship => pick(qw(one_to_one one_to_many many_to_one many_to_one many_to_many many_to_many)),
        inverse => chance(0.65) ? "r$number" : undef, columns => pick(qw(link link link link array none))};
    # A key that stands once cannot be had across partitions.
    $link->{relationship} = 'many_to_one' if $link->{relationship} eq 'one_to_one' && $link->{source}{parts};
    my $many = $link->{relationship} eq 'many_to_many';
    $link->{required} = !$many && chance(0.15);
    $link->{on_delete} = pick(undef, $link->{required} ? () : 'unlink', 'restrict', $many ? () : 'cascade');
    $link->{move} = !$many && !($link->{required} && $link->{relationship} eq 'one_to_one') && chance(0.3);
    $link->{deferred} = $link->{relationship} eq 'one_to_one' && chance(0.4);
    $link->{ordered} = $link->{relationship} ne 'one_to_one' && chance(0.35);
    $link->{late_inverse} = $link->{inverse} && $link->{relationship} ne 'one_to_many' && chance(0.25);
    place($link);
    Oracle::Adopt::foreign_key($link, $number) if $link->{key} && !$link->{required} && chance(0.2);
    Oracle::Edge::add($link) if $many && chance(0.75);
    Oracle::Adopt::junction($link, $number) if $many && chance(0.35);
    defer($link) if !$link->{adopted} && chance(0.25);
    push @{$link->{defer}}, {what => 'edges', at_once => 1, sql => "ALTER TABLE $link->{junction} " . join ', ', map { "ADD $_->{sql}" } @{$link->{edges}}}
        if $link->{edges} && !$link->{adopted};

    my ($source, $target, $inverse) = ($link->{source}{name}, $link->{target}{name}, $link->{inverse});
    my $options = join '', ", columns => '$link->{columns}'",
        $link->{required} ? ', required => true' : '',
        $link->{move} ? ", on_taken => 'move'" : '',
        $link->{deferred} ? ', deferred_unique => true' : '',
        $link->{ordered} ? ', ordered => true' : '',
        $link->{adopted} && $many ? ", junction => '$link->{junction}'" : $link->{adopted} ? ", foreign_key => '{" . join(',', shuffled($link->{fk}->columns)) . "}'" : $link->{on_delete} ? ", on_delete => '$link->{on_delete}'" : '';
    $link->{sql} = "SELECT interlink.add_link('$source', '$link->{name}', '$target', '$link->{relationship}'"
        . ($inverse && !$link->{late_inverse} ? ", inverse => '$inverse'" : '') . "$options)";
    push @{$self->{links}}, $link;
    if ($link->{late_inverse}) {
        my ($seen) = {one_to_one => 'one_to_one', many_to_one => 'one_to_many', many_to_many => 'many_to_many'}->{$link->{relationship}};
        $link->{second} = {what => 'inverse', link => $link, at_once => 1,
            sql => "SELECT interlink.add_link('$target', '$inverse', '$source', '$seen', inverse => '$link->{name}')"};
    }
    return;
}

# The ends on a table: {link, at, far, many, name, other}.
sub ends {
    my ($self, $table) = @_;
    my @ends;
    for my $link (@{$self->{links}}) {
        my $relationship = $link->{relationship};
        push @ends, {link => $link, at => $table, far => $link->{target}, side => 'source', name => $link->{name}, other => $link->{inverse},
            many => scalar($relationship =~ /_to_many$/)} if $link->{source} == $table;
        push @ends, {link => $link, at => $table, far => $link->{source}, side => 'target', name => $link->{inverse}, other => $link->{name},
            many => scalar($relationship =~ /^many_to_/)} if $link->{target} == $table;
    }
    return @ends;
}

# Does the key of the link stand on the table where this end is?
sub holds_key {
    my ($end) = @_;
    my $link = $end->{link};
    return 0 if !$link || $link->{junction};
    return ($link->{relationship} eq 'one_to_many') == ($end->{side} eq 'target');
}

# The foreign key to the rows at an end, and what it refers to.
sub far_key { my ($end) = @_; my $link = $end->{link}; return $link->{junction} ? $link->{sides}{$end->{side} eq 'source' ? 'target' : 'source'} : $link }
sub near_key { my ($end) = @_; my $link = $end->{link}; return $link->{junction} ? $link->{sides}{$end->{side}} : $link }

# What linked rows are known by: what is referred to, where the end knows that, else their primary key.
sub shown { my ($end) = @_; return $end->{link}{junction} || holds_key($end) ? far_key($end)->{refers} : $end->{far}{key} }

# FROM … WHERE … that gives the rows linked from h through an end, as x.
sub linked_rows {
    my ($end) = @_;
    return Oracle::Relation::linked_rows($end) if $end->{relation};
    my ($link, $far) = ($end->{link}, $end->{far}{name});
    if ($link->{junction}) {
        my ($near, $there) = (near_key($end), far_key($end));
        return "FROM $link->{junction} j JOIN $far x ON " . $there->{fk}->same('j', $there->{refers}, 'x') . ' WHERE ' . $near->{fk}->same('j', $near->{refers}, 'h');
    }
    return "FROM $far x WHERE " . (holds_key($end) ? $link->{refers}->same('x', $link->{fk}, 'h') : $link->{fk}->same('x', $link->{refers}, 'h'));
}

# The column with the places of the rows linked from an end, as of now; undef if they have none.
sub position {
    my ($end) = @_;
    my $link = $end->{link};
    return unless $link && $link->{ordered} && $end->{many};
    return $link->{place} unless $link->{junction};
    return if $end->{side} eq 'target' && (!$link->{inverse} || $link->{second} && !$link->{second}{live});
    return "$end->{side}_position";
}

# ORDER BY … for the rows x of linked_rows(). Keys that a link holds as text are in the order of that.
sub order {
    my ($end) = @_;
    return $end->{far}{key}->order_of_columns('x') if $end->{relation};
    my $key = shown($end)->order('x');
    my $position = position($end) or return $key;
    return ($end->{link}{junction} ? 'j' : 'x') . ".$position, $key";
}

# What may stand in an expression over a table: its columns, keys and earlier fields.
sub readable {
    my ($self, $table) = @_;
    my @columns = map { {name => $_->[0], type => $_->[1], depth => 0} } map { $_->pairs } @{$table->{keys}};
    push @columns, map { {%$_, depth => 0} } @{$table->{columns}}, @{$table->{columns}};
    for my $link (@{$self->{links}}) {
        push @columns, map { {name => $_->[0], type => $_->[1], depth => 0, needs => $link} } $link->{fk}->pairs if $link->{key} && $link->{key_table} == $table;
    }
    for my $field (@{$self->{fields}}) {
        push @columns, ({name => $field->{name}, type => $field->{type}, depth => $field->{depth}, needs => $field}) x 3
            if $field->{table} == $table && $field->{depth} < $max_depth;
    }
    return @columns;
}

sub is_number { return $_[0] =~ /^(int\d?|bigint|numeric(\(12,2\))?|float8)$/ }
sub is_text { return $_[0] =~ /^(text|varchar)$/ }
sub is_integer { return $_[0] =~ /^(int\d?|bigint)$/ }

# Some expression over the table at an end, and its junction: ($text, $type, $depth).
sub expression {
    my ($self, $end) = @_;
    my @readable = $self->readable($end->{far});
    push @readable, (map { {name => "junction.$_->{name}", type => $_->{type}, depth => 0} } @{$end->{link}{edges}}) x 8 if $end->{link} && $end->{link}{edges};
    my $column = pick(@readable);
    my ($c, $type) = @$column{qw(name type)};
    my $depth = $column->{depth};
    if ($c =~ /^junction/ && chance(0.4)) {
        my ($far) = grep { $_->{name} !~ /^junction/ } shuffled(@readable);
        return ("CASE WHEN $far->{name} IS NOT NULL THEN $c END", $type, $far->{depth});
    }
    my @plain = ($c, $type, $depth);
    return @plain if chance(0.6) || $type =~ /\[\]$/ || $type eq 'uuid';
    if (is_number($type)) {
        my ($second) = grep { is_number($_->{type}) && $_->{name} ne $c } shuffled(@readable);
        my $more = is_integer($type) ? 'bigint' : $type eq 'float8' ? 'float8' : 'numeric';
        if ($second && chance(0.4)) {
            $depth = $second->{depth} if $second->{depth} > $depth;
            my $both = is_integer($type) && is_integer($second->{type}) ? 'bigint'
                : $type eq 'float8' || $second->{type} eq 'float8' ? 'float8' : 'numeric';
            return ("${c}::$both + $second->{name}::$both", $both, $depth);
        }
        return @{pick(["coalesce($c, 0)", $type =~ /^(int2|numeric)/ ? undef : $type], ["${c}::$more * 2", $more],
            ["-$c", $type =~ /^numeric/ ? 'numeric' : $type], ["$c > 2", 'boolean'],
            ["CASE WHEN $c > 1 THEN $c END", $type], ["nullif($c, 1)", $type])}, $depth;
    }
    return @{pick(["upper($c)", 'text'], ["$c || 'x'", 'text'], ["length($c)", 'int'], ["coalesce($c, '')", 'text'],
        ["nullif($c, 'a')", 'text'], ["$c = 'a'", 'boolean'])}, $depth if is_text($type);
    return @{pick(["NOT $c", 'boolean'], ["coalesce($c, false)", 'boolean'], ["${c}::int", 'int'])}, $depth if $type eq 'boolean';
    return @{pick(["$c + 1", 'date'], ["$c IS NULL", 'boolean'], ["$c - date '2024-01-02'", 'int'])}, $depth;
}

sub value_expression {
    my ($self, $end) = @_;
    for (1 .. 20) {
        my @expression = $self->expression($end);
        return @expression if $expression[1];
    }
    return ('id', $end->{far}{key_type}, 0);
}

sub sum_type {
    my ($type) = @_;
    return $type =~ /^(int|int2|int4)$/ ? 'bigint' : $type eq 'float8' ? 'float8' : 'numeric';
}

# The rollup functions that take a type, with the type that they give.
sub rollups_of {
    my ($type) = @_;
    my %can = (count => 'bigint', counta => 'bigint');
    return (%can, array_join => 'text') if $type =~ /\[\]$/;
    @can{qw(array_agg array_compact array_unique)} = ("${type}[]") x 3;
    $can{array_join} = 'text';
    @can{qw(sum avg)} = (sum_type($type), $type eq 'float8' ? 'float8' : 'numeric') if is_number($type);
    @can{qw(min max)} = ($type) x 2 unless $type =~ /^(uuid|boolean)$/;
    @can{qw(and or xor)} = ('boolean') x 3 if $type eq 'boolean';
    return %can;
}

# How a call names an end: by its name, or by the other's.
sub via {
    my ($end) = @_;
    return $end->{name} && (chance(0.9) || !$end->{other}) ? $end->{name} : "$end->{far}{name}.$end->{other}";
}

# A rollup that reads itself, over one end of a link of a table to itself.
sub add_tree {
    my ($self, $link) = @_;
    my $table = $link->{source};
    my $end = pick(grep { $_->{link} == $link && ($_->{name} || $_->{other}) } $self->ends($table));
    my $name = 'f' . (@{$self->{fields}} + 1);
    my ($number) = grep { $_->{type} =~ /^(int|bigint|numeric\(12,2\))$/ } shuffled(@{$table->{columns}});
    my ($truth) = grep { $_->{type} eq 'boolean' } @{$table->{columns}};
    my ($function, $value, $type, $sum) = @{pick(["sum", "1 + $name", 'numeric', '1'], ["max", "1 + coalesce($name, 0)", 'int', 'w.d + 1'],
        $number ? ["sum", "coalesce($number->{name}, 0) + $name", 'numeric', "coalesce(x.$number->{name}, 0)"] : (),
        $truth ? ["or", "$truth->{name} IS TRUE OR $name IS TRUE", 'boolean', "x.$truth->{name} IS TRUE"] : ())};
    push @{$self->{fields}}, {what => 'field', name => $name, table => $table, end => $end, value => $value, value_type => $type,
        function => $function, type => $type, depth => 1, tree => $sum, at_once => 1,
        sql => "SELECT interlink.add_rollup('$table->{name}', '$name', '" . via($end) . "', '$function', '$value')"};
    push @{$link->{trees}}, $self->{fields}[-1];
    return;
}

sub add_field {
    my ($self, $number) = @_;
    my @ends = grep { $_->{name} || $_->{other} } map { $self->ends($_) } @{$self->{tables}};
    my @relations = Oracle::Relation::ends($self);
    @ends = @relations if @relations && chance(0.5);
    my $end = pick(@ends) or return;
    my ($value, $type, $depth) = $self->value_expression($end);
    my $field = {what => 'field', name => "f$number", table => $end->{at}, end => $end, value => $value, value_type => $type, depth => $depth + 1};
    # On a self-link, table.end and end are two names, and each means its own direction.
    my $call = "'$end->{at}{name}', '$field->{name}', '" . via($end) . "'";
    $type =~ s{^numeric\(12,2\)}{numeric} if $end->{many};
    if (chance($end->{many} ? 0.3 : 0.85)) {
        $field->{function} = $end->{many} ? 'list' : 'value';
        $field->{type} = $end->{many} && $type !~ /\[\]$/ ? "${type}[]" : $type;
        $field->{sql} = "SELECT interlink.add_lookup($call, " . quote($value) . ')';
    } else {
        my %can = rollups_of($type);
        $field->{function} = pick(sort keys %can);
        $field->{type} = $can{$field->{function}};
        $field->{separator} = ' / ' if $field->{function} eq 'array_join' && chance(0.3);
        my $no_value = $field->{function} eq 'count';
        $field->{depth} = 1, $field->{value} = 'id' if $no_value;
        $field->{sql} = "SELECT interlink.add_rollup($call, '$field->{function}'" . ($no_value ? '' : ', ' . quote($value))
            . ($field->{separator} ? ", separator => '$field->{separator}'" : '') . ')';
    }
    push @{$self->{fields}}, $field;
    return;
}

# The fields that read a field, directly or not, and those that it reads.
sub reads { my ($reader, $field) = @_; return $reader != $field && $reader->{function} ne 'count' && $reader->{end}{far} == $field->{table} && $reader->{value} =~ /\b$field->{name}\b/ }
sub readers_of {
    my ($self, $field) = @_;
    return map { ($_, $self->readers_of($_)) } grep { $_->{live} && reads($_, $field) } @{$self->{fields}};
}
sub read_by { my ($self, $field) = @_; return grep { reads($field, $_) } @{$self->{fields}} }

# The definitions in an order in which they can be made; those that are {at_once} follow the one before without statements
# in between: a required link is for tables without rows, and a tree for rows that make one.
sub definitions {
    my ($self) = @_;
    my @links = @{$self->{links}};
    for (@links) { $_->{at_once} = $_->{required} }
    my @parts = map { ($_->{adopted} || (), $_, $_->{second} || (), @{$_->{defer} || []}, @{$_->{trees} || []}) }
        (grep { $_->{required} } @links), (grep { !$_->{required} } @links);
    return @{$self->{tables}}, @parts, @{$self->{relations}}, (grep { !$_->{tree} } @{$self->{fields}}), @{$self->{custom}};
}

1;
