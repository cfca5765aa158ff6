package Oracle::Partition;
# Partitioned tables: how their rows fall into parts, and how parts come and go.
use strict;
use warnings;
use Oracle::Random;
use Oracle::Schema;

# Makes a partitioned table of it; returns what follows its CREATE TABLE (…).
sub split_table {
    my ($table) = @_;
    my ($method, @bounds) = $table->{key_type} =~ /int/ && chance(0.6)
        ? ('RANGE', 'FOR VALUES FROM (MINVALUE) TO (8)', 'FOR VALUES FROM (8) TO (20)', pick('DEFAULT', 'FOR VALUES FROM (20) TO (MAXVALUE)'))
        : ('HASH', map { "FOR VALUES WITH (MODULUS 3, REMAINDER $_)" } 0 .. 2);
    my $number = 0;
    $table->{parts} = [map { {name => "$table->{name}_p" . $number++, bounds => $_, attached => 1} } @bounds];
    return join '; ', " PARTITION BY $method (id)", map { part($table, $_) } @{$table->{parts}};
}

# A part is made as such, or apart with its columns in another order; or has parts itself.
sub part {
    my ($table, $part) = @_;
    my ($name, $head) = ($part->{name}, "CREATE TABLE $part->{name} PARTITION OF $table->{name} $part->{bounds}");
    if (chance(0.25)) {
        $part->{leaves} = ["${name}_0", "${name}_1"];
        return join '; ', "$head PARTITION BY HASH (id)", map { "CREATE TABLE ${name}_$_ PARTITION OF $name FOR VALUES WITH (MODULUS 2, REMAINDER $_)" } 0, 1;
    }
    return $head if chance(0.5);
    return "CREATE TABLE $name (" . join(', ', shuffled(Oracle::Schema::column_definitions($table)))
        . "); ALTER TABLE $table->{name} ATTACH PARTITION $name $part->{bounds}";
}

# Where a statement on the table may go instead.
sub leaves {
    my ($table) = @_;
    return map { ($_->{name}, @{$_->{leaves} || []}) } grep { $_->{attached} } @{$table->{parts} || []};
}

sub detach { my ($table, $part) = @_; return "ALTER TABLE $table->{name} DETACH PARTITION $part->{name}" }
sub attach { my ($table, $part) = @_; return "ALTER TABLE $table->{name} ATTACH PARTITION $part->{name} $part->{bounds}" }

# Parts that go and come back in one message.
sub round_trip {
    my ($schema) = @_;
    my $table = pick(grep { $_->{live} && $_->{parts} } @{$schema->{tables}}) or return;
    my $part = pick(grep { $_->{attached} } @{$table->{parts}}) or return;
    my $column = pick(@{$table->{columns}});
    my $update = "UPDATE $part->{name} SET $column->{name} = " . literal($column->{type});
    my $again = "CREATE TABLE $part->{name} PARTITION OF $table->{name} $part->{bounds}";
    return pick("TRUNCATE $part->{name}", join('; ', detach($table, $part), attach($table, $part)),
        join('; ', detach($table, $part), $update, attach($table, $part)),
        $part->{leaves} ? () : (join('; ', "DROP TABLE $part->{name}", $again), join('; ', detach($table, $part), "DROP TABLE $part->{name}", $again)));
}

# A part that goes, or one that comes back: {sql, part, attached}.
sub step {
    my ($schema) = @_;
    my $table = pick(grep { $_->{live} && $_->{parts} } @{$schema->{tables}}) or return;
    my $part = pick(@{$table->{parts}});
    return {sql => ($part->{attached} ? detach($table, $part) : attach($table, $part)), part => $part, attached => !$part->{attached}};
}

1;
