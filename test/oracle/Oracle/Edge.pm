package Oracle::Edge;
# Columns that a junction has of its own, and statements that write them.
use strict;
use warnings;
use Oracle::Adopt;
use Oracle::Key;
use Oracle::Random;

sub add {
    my ($link) = @_;
    my $n = 0;
    $link->{edges} = [map { $n++; {name => "e_$n", type => $_, sql => "e_$n $_ DEFAULT " . literal($_)} } sort(some(between(1, 3), value_types()))];
    return;
}

# What CREATE TABLE says of them.
sub definitions { my ($link) = @_; return map { $_->{sql} } @{$link->{edges} || []} }

# Perhaps together with where a row leads.
sub update {
    my ($maker, $link, $where) = @_;
    my %set = map { $_->{name} => $maker->new_value($_) } some(between(1, 2), @{$link->{edges}});
    if (chance(0.2)) {
        my $side = $link->{sides}{pick(qw(source target))};
        my @values = Oracle::Key::parts($maker->old_key($side->{refers}));
        $set{$_} = shift @values for $side->{fk}->columns;
    }
    return "UPDATE $link->{junction} SET " . join(', ', map { "$_ = $set{$_}" } sort keys %set) . (chance(0.1) ? '' : " WHERE $where");
}

sub insert {
    my ($maker, $link) = @_;
    my @edges = some(between(1, 2), @{$link->{edges}});
    my $pair = join ', ', Oracle::Adopt::junction_columns($link);
    my $update = !$link->{repeats} && chance(0.6);
    return "INSERT INTO $link->{junction} (" . join(', ', $pair, map { $_->{name} } @edges) . ') VALUES (' . join(', ', @{$maker->junction_row($link)}, map { literal($_->{type}) } @edges)
        . ') ON CONFLICT ' . ($update ? "($pair) DO UPDATE SET " . join(', ', map { "$_->{name} = excluded.$_->{name}" } @edges) : 'DO NOTHING');
}

1;
