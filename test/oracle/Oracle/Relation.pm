package Oracle::Relation;
# Relations between tables by equality of columns, mostly without a foreign key, and paths over relations and links.
# Each has {hops}, [{far, pairs => [[column here, column there], …]}, …], and is an end like those of links.
use strict;
use warnings;
use Oracle::Random;
use Oracle::Schema;

sub add {
    my ($schema) = @_;
    relation($schema, $_) for 1 .. (chance(0.6) ? between(1, 3) : 0);
    path($schema, $_) for 1 .. (chance(0.4) ? between(1, 2) : 0);
    return;
}

# Columns that can be compared are of one class.
sub class {
    my ($type) = @_;
    return Oracle::Schema::is_integer($type) ? 'int' : Oracle::Schema::is_text($type) ? 'text' : $type =~ /^numeric/ ? 'numeric' : $type;
}

# [name, type] of what never goes: values, the key, and the keys of links.
sub columns {
    my ($schema, $table) = @_;
    my %seen;
    my @keys = map { Oracle::Schema::holds_key($_) ? $_->{link}{fk}->pairs : () } $schema->ends($table);
    return ((grep { !$seen{$_->[0]}++ } (map { $_->pairs } @{$table->{keys}}), @keys), map { [$_->{name}, $_->{type}] } @{$table->{columns}});
}

# Does a key of the table leave one row at most with the same values in these columns?
sub is_unique {
    my ($schema, $table, @columns) = @_;
    my %is = map { $_ => 1 } @columns;
    my @keys = (@{$table->{keys}}, map { $_->{link}{fk} } grep { $_->{link}{relationship} eq 'one_to_one' && $_->{link}{key_table} == $table } $schema->ends($table));
    return scalar grep { !grep { !$is{$_} } $_->columns } @keys;
}

sub relation {
    my ($schema, $number) = @_;
    my ($source, $target) = map { pick(@{$schema->{tables}}) } 1 .. 2;
    my (@pairs, %used);
    for my $here (some(chance(0.7) ? 1 : 3, columns($schema, $source))) {
        my ($there) = grep { class($_->[1]) eq class($here->[1]) && !$used{$_->[0]}++ } shuffled(columns($schema, $target)) or next;
        push @pairs, [$here->[0], $there->[0]];
    }
    return unless @pairs;
    my $one = is_unique($schema, $target, map { $_->[1] } @pairs);
    my ($local, $remote) = map { my $side = $_; quote('{' . join(',', map { $_->[$side] } @pairs) . '}') } 0, 1;
    push @{$schema->{relations}}, {what => 'relation', name => "w$number", source => $source, far => $target, many => !$one,
        hops => [{far => $target->{name}, pairs => \@pairs}],
        sql => "SELECT interlink.add_relation('$source->{name}', 'w$number', '$target->{name}', $local, $remote"
            . ($one && chance(0.5) ? '' : ', is_referencee => true') . (chance(0.3) ? ', accessor => false' : '') . ')'};
    return;
}

sub pairs { my ($here, $there) = @_; return [map { [$here->{columns}[$_], $there->{columns}[$_]] } 0 .. $#{$here->{columns}}] }

# The ways on from a table: {name, far, many, hops}.
sub ways {
    my ($schema, $table) = @_;
    my @ways = grep { $_->{source} == $table } @{$schema->{relations}};
    for my $end (grep { $_->{name} && !($_->{side} eq 'target' && $_->{link}{second}) } $schema->ends($table)) {
        my ($link, $far) = ($end->{link}, $end->{far}{name});
        my ($near, $there) = (Oracle::Schema::near_key($end), Oracle::Schema::far_key($end));
        my @hops = $link->{junction} ? ({far => $link->{junction}, pairs => pairs($near->{refers}, $near->{fk})}, {far => $far, pairs => pairs($there->{fk}, $there->{refers})})
            : {far => $far, pairs => Oracle::Schema::holds_key($end) ? pairs(@$link{qw(fk refers)}) : pairs(@$link{qw(refers fk)})};
        # A foreign key that contains a whole key of its table leads back to one row.
        my $one = !$link->{junction} && is_unique($schema, $link->{key_table}, $link->{fk}->columns);
        push @ways, {name => $end->{name}, far => $end->{far}, many => $end->{many} && !$one, hops => \@hops};
    }
    return @ways;
}

sub path {
    my ($schema, $number) = @_;
    my $source = pick(@{$schema->{tables}});
    my $path = {what => 'relation', name => "q$number", source => $source, far => $source, many => 0, hops => []};
    my @names;
    for (1 .. between(2, 3)) {
        my $way = pick(grep { $_->{name} !~ /^q/ } ways($schema, $path->{far})) or last;
        push @names, $way->{name};
        push @{$path->{hops}}, @{$way->{hops}};
        $path->{many} ||= $way->{many};
        $path->{far} = $way->{far};
    }
    return unless @names > 1;
    $path->{distinct} = chance(0.4);
    $path->{sql} = "SELECT interlink.add_path('$source->{name}', 'q$number', '{" . join(',', @names) . "}'"
        . ($path->{distinct} ? ', distinct_rows => true)' : ')');
    push @{$schema->{relations}}, $path;
    return;
}

# The ends at which fields can be.
sub ends {
    my ($schema) = @_;
    return map { {relation => $_, at => $_->{source}, far => $_->{far}, many => $_->{many}, name => $_->{name}} } @{$schema->{relations}};
}

# As Oracle::Schema::linked_rows. The rows on the way have other names for their columns: those that stand alone are of x.
# A row counts once where any way to it will do.
sub linked_rows {
    my ($end) = @_;
    my @hops = @{$end->{relation}{hops}};
    my ($near, @from, @where) = ('h.');
    for my $i (0 .. $#hops) {
        my @pairs = @{$hops[$i]{pairs}};
        if ($i == $#hops) {
            push @from, "$hops[$i]{far} x";
            push @where, map { "x.$_->[1] = $near$_->[0]" } @pairs;
            last;
        }
        my %needed = map { $_ => 1 } (map { $_->[1] } @pairs), map { $_->[0] } @{$hops[$i + 1]{pairs}};
        push @from, '(SELECT ' . join(', ', map { "$_ AS y${i}_$_" } sort keys %needed) . " FROM $hops[$i]{far}) y$i";
        push @where, map { "y${i}_$_->[1] = $near$_->[0]" } @pairs;
        $near = "y${i}_";
    }
    my $x = pop @from;
    return "FROM $x WHERE EXISTS (SELECT FROM " . join(', ', @from) . ' WHERE ' . join(' AND ', @where) . ')' if $end->{relation}{distinct};
    return 'FROM ' . join(', ', @from, $x) . ' WHERE ' . join(' AND ', @where);
}

1;
