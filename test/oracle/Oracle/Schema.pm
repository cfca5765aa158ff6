package Oracle::Schema;
# A random schema: tables, links and fields, each with the statement that makes it.
# An "end" is a link seen from one of its sides; a field is reached through one.
use strict;
use warnings;
use Oracle::Random;
use Oracle::Custom;
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

sub add_table {
    my ($self, $number) = @_;
    my @types = some(between(3, 8), value_types());
    my $table = {
        what => 'table', name => "t$number", key_type => pick(qw(int2 int4 int4 int8 uuid text varchar numeric date)),
        columns => [map { {name => $short{$_}, type => $_} } sort @types]};
    $table->{sql} = "CREATE TABLE $table->{name} (id $table->{key_type} PRIMARY KEY"
        . join('', map { ", $_->{name} $_->{type}" } @{$table->{columns}}) . ')';
    $table->{sql} .= Oracle::Partition::split_table($table) if chance(0.2);
    push @{$self->{tables}}, $table;
    return;
}

# Where the keys of a link are stored.
sub place {
    my ($link) = @_;
    my ($source, $target) = @$link{qw(source target)};
    if ($link->{relationship} eq 'many_to_many') {
        $link->{junction} = "$source->{name}_$link->{name}";
    } elsif ($link->{relationship} eq 'one_to_many') {
        @$link{qw(key_table key_far)} = ($target, $source);
        $link->{key} = $link->{inverse} ? "$link->{inverse}_id" : "$source->{name}_$link->{name}_id";
    } else {
        @$link{qw(key_table key_far)} = ($source, $target);
        $link->{key} = "$link->{name}_id";
    }
    $link->{place} = $link->{key} =~ s/_id$/_position/r if $link->{key};
    return;
}

# The foreign key is there before the link, perhaps of another width, and in use.
sub adopt {
    my ($link, $number) = @_;
    my ($near, $far) = map { $link->{$_}{name} } qw(key_table key_far);
    my $type = $link->{key_far}{key_type};
    $type = pick(qw(int2 int4 int8)) if $type =~ /^int/;
    @$link{qw(key key_type)} = ("k$number", $type);
    $link->{deferrable} = chance(0.4);
    my $unique = $link->{relationship} eq 'one_to_one';
    $link->{adopted} = {what => 'column', sql => "ALTER TABLE $near ADD k$number $type" . ($unique ? ' UNIQUE' . ($link->{deferred} ? ' DEFERRABLE' : '') : '')
        . " REFERENCES $far ON DELETE " . pick('SET NULL', 'CASCADE', 'NO ACTION', 'RESTRICT') . ' ON UPDATE ' . pick('CASCADE', 'CASCADE', 'SET NULL', 'NO ACTION')
        . ($link->{deferrable} ? ' DEFERRABLE INITIALLY ' . pick('DEFERRED', 'IMMEDIATE') : '')
        . ($unique ? '' : "; UPDATE $near SET k$number = (SELECT id FROM $far WHERE id BETWEEN -32768 AND 32767 ORDER BY id LIMIT 1)")};
    $link->{adopted}{sql} =~ s/ WHERE id BETWEEN -32768 AND 32767// unless $type =~ /^int/;
    return;
}

# The junction is there before the link, and in use: with or without a key over the pair, with a column of its own.
sub adopt_junction {
    my ($link, $number) = @_;
    my ($source, $target) = @$link{qw(source target)};
    my $key = pick('', '', 'PRIMARY KEY (source, target)', 'UNIQUE (target, source)', 'UNIQUE (source, target)');
    $link->{junction} = "j$number";
    @$link{qw(repeats nullable)} = (!$key, $key !~ /PRIMARY/);
    my @gone = ('CASCADE', $link->{nullable} ? 'SET NULL' : ());
    my $column = sub { my ($name, $far, @gone) = @_; "$name $far->{key_type} REFERENCES $far->{name} ON DELETE " . pick(@gone) . ' ON UPDATE ' . pick('CASCADE', 'CASCADE', 'NO ACTION') };
    $link->{adopted} = {what => 'column', sql => "CREATE TABLE j$number (" . join(', ', $column->('source', $source, @gone),
        $column->('target', $target, @gone, 'NO ACTION'), 'w int DEFAULT 1', $key || ()) . ")"
        . "; INSERT INTO j$number SELECT a.id, b.id FROM $source->{name} a, $target->{name} b ORDER BY a.id, b.id LIMIT 5"
        . ($key ? '' : "; INSERT INTO j$number SELECT * FROM j$number")};
    return;
}

# The foreign keys of a link are made deferrable after it has been made.
sub defer {
    my ($link) = @_;
    my $table = $link->{junction} || $link->{key_table}{name};
    $link->{deferrable} = 1;
    $link->{defer} = [map { {what => 'deferrable', at_once => 1,
        sql => "ALTER TABLE $table ALTER CONSTRAINT ${table}_${_}_fkey DEFERRABLE INITIALLY " . pick('DEFERRED', 'IMMEDIATE')} } $link->{junction} ? qw(source target) : $link->{key}];
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
    adopt($link, $number) if $link->{key} && !$link->{required} && chance(0.2);
    adopt_junction($link, $number) if $many && chance(0.35);
    defer($link) if !$link->{adopted} && chance(0.25);

    my ($source, $target, $inverse) = ($link->{source}{name}, $link->{target}{name}, $link->{inverse});
    my $options = join '', ", columns => '$link->{columns}'",
        $link->{required} ? ', required => true' : '',
        $link->{move} ? ", on_taken => 'move'" : '',
        $link->{deferred} ? ', deferred_unique => true' : '',
        $link->{ordered} ? ', ordered => true' : '',
        $link->{adopted} && $many ? ", junction => '$link->{junction}'" : $link->{adopted} ? ", foreign_key => '{$link->{key}}'" : $link->{on_delete} ? ", on_delete => '$link->{on_delete}'" : '';
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

# FROM … WHERE … that gives the rows linked from h through an end, as x.
sub linked_rows {
    my ($end) = @_;
    return Oracle::Relation::linked_rows($end) if $end->{relation};
    my ($link, $far) = ($end->{link}, $end->{far}{name});
    if ($link->{junction}) {
        my ($near, $there) = $end->{side} eq 'source' ? qw(source target) : qw(target source);
        return "FROM $link->{junction} j JOIN $far x ON x.id = j.$there WHERE j.$near = h.id";
    }
    return holds_key($end) ? "FROM $far x WHERE x.id = h.$link->{key}" : "FROM $far x WHERE x.$link->{key} = h.id";
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
    my $text = $end->{relation} ? 'x.id' : 'x.id::text COLLATE "C"';
    my $key = {text => 'x.id COLLATE "C"', varchar => 'x.id COLLATE "C"', numeric => $text, date => $text}->{$end->{far}{key_type}} || 'x.id';
    my $position = position($end) or return $key;
    return ($end->{link}{junction} ? 'j' : 'x') . ".$position, $key";
}

# What may stand in an expression over a table: its columns, keys and earlier fields.
sub readable {
    my ($self, $table) = @_;
    my @columns = ({name => 'id', type => $table->{key_type}, depth => 0});
    push @columns, map { {%$_, depth => 0} } @{$table->{columns}}, @{$table->{columns}};
    for my $link (@{$self->{links}}) {
        push @columns, {name => $link->{key}, type => $link->{key_type} || $link->{key_far}{key_type}, depth => 0, needs => $link}
            if $link->{key} && $link->{key_table} == $table;
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

# Some expression over the table: ($text, $type, $depth).
sub expression {
    my ($self, $table) = @_;
    my @readable = $self->readable($table);
    my $column = pick(@readable);
    my ($c, $type) = @$column{qw(name type)};
    my $depth = $column->{depth};
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
    my ($self, $table) = @_;
    for (1 .. 20) {
        my @expression = $self->expression($table);
        return @expression if $expression[1];
    }
    return ('id', $table->{key_type}, 0);
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
    my ($value, $type, $depth) = $self->value_expression($end->{far});
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
