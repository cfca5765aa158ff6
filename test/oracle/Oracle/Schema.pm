package Oracle::Schema;
# A random schema: tables, links and fields, each with the statement that makes it.
# An "end" is a link seen from one of its sides; a field is reached through one.
use strict;
use warnings;
use Oracle::Random;

our $max_depth = 4;
our $with_triggers = 1;
my %short = (int => 'i', bigint => 'b', numeric => 'n', 'numeric(12,2)' => 'm',
    float8 => 'f', text => 's', boolean => 'z', date => 'd');

sub new {
    my ($class) = @_;
    my $self = bless {tables => [], links => [], fields => [], triggers => []}, $class;
    $self->add_table($_) for 1 .. between(2, 5);
    $self->add_link($_) for 1 .. between(1, 2 * @{$self->{tables}});
    $self->add_field($_) for 1 .. between(5, 15);
    if ($with_triggers && chance(0.4)) { $self->add_trigger($_) for 1 .. between(1, 3) }
    return $self;
}

sub add_table {
    my ($self, $number) = @_;
    my @types = some(between(3, 8), value_types());
    my $table = {
        what => 'table', name => "t$number", key_type => pick(qw(int2 int4 int4 int8 uuid text)),
        columns => [map { {name => $short{$_}, type => $_} } sort @types]};
    $table->{sql} = "CREATE TABLE $table->{name} (id $table->{key_type} PRIMARY KEY"
        . join('', map { ", $_->{name} $_->{type}" } @{$table->{columns}}) . ')';
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
    return;
}

sub add_link {
    my ($self, $number) = @_;
    my $link = {
        what => 'link', name => "l$number", source => pick(@{$self->{tables}}), target => pick(@{$self->{tables}}),
        relationship => pick(qw(one_to_one one_to_many many_to_one many_to_one many_to_many many_to_many)),
        inverse => chance(0.65) ? "r$number" : undef, columns => chance(0.75) ? 'link' : 'none'};
    my $many = $link->{relationship} eq 'many_to_many';
    $link->{required} = !$many && chance(0.15);
    $link->{on_delete} = pick(undef, $link->{required} ? () : 'unlink', 'restrict', $many ? () : 'cascade');
    $link->{move} = !$many && !($link->{required} && $link->{relationship} eq 'one_to_one') && chance(0.3);
    $link->{deferred} = $link->{relationship} eq 'one_to_one' && chance(0.4);
    $link->{ordered} = $link->{relationship} ne 'one_to_one' && chance(0.35);
    $link->{late_inverse} = $link->{inverse} && $link->{relationship} ne 'one_to_many' && chance(0.25);
    place($link);

    my ($source, $target, $inverse) = ($link->{source}{name}, $link->{target}{name}, $link->{inverse});
    my $options = join '', ", columns => '$link->{columns}'",
        $link->{required} ? ', required => true' : '',
        $link->{move} ? ", on_taken => 'move'" : '',
        $link->{deferred} ? ', deferred_unique => true' : '',
        $link->{ordered} ? ', ordered => true' : '',
        $link->{on_delete} ? ", on_delete => '$link->{on_delete}'" : '';
    $link->{sql} = "SELECT interlink.add_link('$source', '$link->{name}', '$target', '$link->{relationship}'"
        . ($inverse && !$link->{late_inverse} ? ", inverse => '$inverse'" : '') . "$options)";
    push @{$self->{links}}, $link;
    if ($link->{late_inverse}) {
        my ($seen) = {one_to_one => 'one_to_one', many_to_one => 'one_to_many', many_to_many => 'many_to_many'}->{$link->{relationship}};
        $link->{second} = {what => 'inverse', link => $link,
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
    return 0 if $link->{junction};
    return ($link->{relationship} eq 'one_to_many') == ($end->{side} eq 'target');
}

# FROM … WHERE … that gives the rows linked from h through an end, as x.
sub linked_rows {
    my ($end) = @_;
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
    return unless $link->{ordered} && $end->{many};
    return $link->{key} =~ s/_id$/_position/r unless $link->{junction};
    return if $end->{side} eq 'target' && (!$link->{inverse} || $link->{second} && !$link->{second}{live});
    return "$end->{side}_position";
}

# ORDER BY … for the rows x of linked_rows().
sub order {
    my ($end) = @_;
    my $key = $end->{far}{key_type} eq 'text' ? 'x.id COLLATE "C"' : 'x.id';
    my $position = position($end) or return $key;
    return ($end->{link}{junction} ? 'j' : 'x') . ".$position, $key";
}

# What may stand in an expression over a table: its columns, keys and earlier fields.
sub readable {
    my ($self, $table) = @_;
    my @columns = ({name => 'id', type => $table->{key_type}, depth => 0});
    push @columns, map { {%$_, depth => 0} } @{$table->{columns}}, @{$table->{columns}};
    for my $link (@{$self->{links}}) {
        push @columns, {name => $link->{key}, type => $link->{key_far}{key_type}, depth => 0, needs => $link}
            if $link->{key} && $link->{key_table} == $table;
    }
    for my $field (@{$self->{fields}}) {
        push @columns, ({name => $field->{name}, type => $field->{type}, depth => $field->{depth}, needs => $field}) x 3
            if $field->{table} == $table && $field->{depth} < $max_depth;
    }
    return @columns;
}

sub is_number { return $_[0] =~ /^(int\d?|bigint|numeric(\(12,2\))?|float8)$/ }
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
        ["nullif($c, 'a')", 'text'], ["$c = 'a'", 'boolean'])}, $depth if $type eq 'text';
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
    @can{qw(array_agg array_unique)} = ("${type}[]") x 2;
    $can{array_join} = 'text';
    @can{qw(sum avg)} = (sum_type($type), $type eq 'float8' ? 'float8' : 'numeric') if is_number($type);
    @can{qw(min max)} = ($type) x 2 unless $type =~ /^(uuid|boolean)$/;
    @can{qw(and or)} = ('boolean') x 2 if $type eq 'boolean';
    return %can;
}

sub add_field {
    my ($self, $number) = @_;
    my @ends = grep { $_->{name} || $_->{other} } map { $self->ends($_) } @{$self->{tables}};
    my $end = pick(@ends) or return;
    my ($value, $type, $depth) = $self->value_expression($end->{far});
    my $field = {what => 'field', name => "f$number", table => $end->{at}, end => $end, value => $value, value_type => $type, depth => $depth + 1};
    my $via = $end->{name} && chance(0.9) ? $end->{name} : $end->{other} ? "$end->{far}{name}.$end->{other}" : $end->{name};
    # On a self-link, table.end and end are two names, and each means its own direction.
    my $call = "'$end->{at}{name}', '$field->{name}', '$via'";
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
sub reads { my ($reader, $field) = @_; return $reader->{function} ne 'count' && $reader->{end}{far} == $field->{table} && $reader->{value} =~ /\b$field->{name}\b/ }
sub readers_of {
    my ($self, $field) = @_;
    return map { ($_, $self->readers_of($_)) } grep { $_->{live} && reads($_, $field) } @{$self->{fields}};
}
sub read_by { my ($self, $field) = @_; return grep { reads($field, $_) } @{$self->{fields}} }

# A trigger of the user's own: changes the row on its way in, or other rows after it.
sub add_trigger {
    my ($self, $number) = @_;
    my $table = pick(@{$self->{tables}});
    my $other = pick(@{$self->{tables}});
    my ($mine, $theirs) = (pick(@{$table->{columns}}), pick(@{$other->{columns}}));
    my ($key) = map { "$_->{link}{key}" } grep { holds_key($_) } shuffled($self->ends($table));
    my ($siblings) = map { $_->{link}{key} } grep { holds_key($_) } shuffled($self->ends($other));
    my $first = "(SELECT id FROM $other->{name} ORDER BY id " . pick('', 'DESC') . ' LIMIT 1)';
    my $change = "UPDATE $other->{name} SET $theirs->{name} = " . literal($theirs->{type}) . " WHERE id = $first;";
    $change = pick($change, "DELETE FROM $other->{name} WHERE id = $first;") if chance(0.3);
    $change = "UPDATE $other->{name} SET $siblings = NULL WHERE id = $first;" if $siblings && chance(0.3);
    my ($when, $body) = @{pick(
        ['BEFORE INSERT OR UPDATE', "NEW.$mine->{name} := " . literal($mine->{type}) . '; RETURN NEW;'],
        $key ? ['BEFORE INSERT OR UPDATE', "NEW.$key := NULL; RETURN NEW;"] : (),
        ['BEFORE INSERT', "IF NEW.$mine->{name} IS NULL THEN RETURN NULL; END IF; RETURN NEW;"],
        ['AFTER INSERT OR UPDATE OR DELETE', "IF pg_trigger_depth() < 3 THEN $change END IF; RETURN NULL;"],
        ['AFTER INSERT OR UPDATE OR DELETE', "IF pg_trigger_depth() < 3 THEN BEGIN $change RAISE EXCEPTION 'never mind'; EXCEPTION WHEN deadlock_detected OR serialization_failure THEN RAISE; WHEN OTHERS THEN END; END IF; RETURN NULL;"],
        ['AFTER INSERT OR UPDATE OR DELETE', "IF pg_trigger_depth() < 3 THEN BEGIN $change EXCEPTION WHEN deadlock_detected OR serialization_failure THEN RAISE; WHEN OTHERS THEN END; END IF; RETURN NULL;", 'STATEMENT'])};
    my $level = $when =~ /AFTER/ && chance(0.3) ? 'STATEMENT' : 'ROW';
    my $name = pick('a', 'zzz') . "_user$number";
    push @{$self->{triggers}}, {what => 'trigger', name => $name,
        sql => "CREATE FUNCTION $name() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN $body END \$\$; CREATE TRIGGER $name $when ON $table->{name} FOR EACH $level EXECUTE FUNCTION $name()"};
    return;
}

# The definitions in an order in which they can be made.
sub definitions {
    my ($self) = @_;
    my @links = @{$self->{links}};
    # A required link is for tables without rows.
    return @{$self->{tables}}, (map { ($_, $_->{second} || ()) } (grep { $_->{required} } @links), (grep { !$_->{required} } @links)), @{$self->{fields}}, @{$self->{triggers}};
}

1;
