package Oracle::Adopt;
# Storage that is there before the link, and in use: foreign keys to a primary key or another key, junction tables.
use strict;
use warnings;
use Oracle::Edge;
use Oracle::Key;
use Oracle::Random;

# The columns of a foreign key to $refers: of other widths; one of several may be of the primary key beside it.
sub columns {
    my ($refers, $beside, @names) = @_;
    my @columns = map { [shift @names, /^int/ ? pick(qw(int2 int4 int8)) : $_] } @{$refers->{types}};
    return Oracle::Key->new(@columns) unless $beside && @columns > 1 && chance(0.5);
    my $i = int(rand(@columns));
    my ($shared) = grep { Oracle::Relation::class($_->[1]) eq Oracle::Relation::class($columns[$i][1]) } shuffled($beside->pairs);
    $columns[$i] = $shared if $shared;
    return Oracle::Key->new(@columns);
}

sub fits { my ($refers, $alias) = @_; return join ' AND ', $refers->is_set($alias), map { $_->[1] =~ /^int/ ? "$alias.$_->[0] BETWEEN -32768 AND 32767" : () } $refers->pairs }

sub foreign_key {
    my ($link, $number) = @_;
    my ($near, $far, $primary) = ($link->{key_table}{name}, $link->{key_far}{name}, $link->{key_table}{key});
    my $refers = $link->{refers} = pick(@{$link->{key_far}{keys}});
    my $fk = $link->{fk} = columns($refers, $primary, "k$number", "m$number");
    $link->{key} = $fk->name;
    $link->{deferrable} = chance(0.4);
    my $unique = $link->{relationship} eq 'one_to_one';
    my @own = $fk->own($primary);
    my @shared = $fk->shared($primary);
    # A link column could move a row to another partition.
    $link->{columns} = 'none' if @shared && $link->{key_table}{parts};
    my %type = map { @$_ } $fk->pairs;
    my @clear = ('SET NULL' . (@shared || @own > 1 && chance(0.3) ? ' (' . join(', ', @own) . ')' : ''), @shared ? () : 'SET DEFAULT');
    my @sql = "ALTER TABLE $near " . join(', ', map { "ADD $_ $type{$_}" } @own);
    push @sql, "ALTER TABLE $near ADD UNIQUE ($link->{key})" . ($link->{deferred} ? ' DEFERRABLE' : '') if $unique;
    push @sql, "ALTER TABLE $near ADD FOREIGN KEY ($link->{key}) REFERENCES $far (" . $refers->name . ') ON DELETE ' . pick('CASCADE', 'NO ACTION', 'RESTRICT', @clear)
        . ' ON UPDATE ' . pick('CASCADE', 'CASCADE', 'NO ACTION', @shared ? () : 'SET NULL') . ($link->{deferrable} ? ' DEFERRABLE INITIALLY ' . pick('DEFERRED', 'IMMEDIATE') : '');
    my $mine = join '', map { " AND x.$_->[0] = h.$_->[1]" } map { [$fk->counterpart($_, $refers), $_] } @shared;
    push @sql, "UPDATE $near h SET (" . join(', ', @own) . ') = (SELECT ' . join(', ', map { 'x.' . $fk->counterpart($_, $refers) } @own)
        . " FROM $far x WHERE " . fits($refers, 'x') . "$mine ORDER BY " . $refers->list('x') . ' LIMIT 1)' unless $unique;
    push @sql, defaults($link, @own) if !$unique && chance(0.3);
    $link->{adopted} = {what => 'column', sql => join '; ', @sql};
    return;
}

# New rows refer to the first row there is, unless something else is written.
sub defaults {
    my ($link, @own) = @_;
    my ($near, $far, $fk, $refers) = ($link->{key_table}{name}, $link->{key_far}{name}, @$link{qw(fk refers)});
    my $alter = join ' ', map { 'EXECUTE format($f$' . "ALTER TABLE $near ALTER $_ SET DEFAULT %L" . '$f$, r.' . $fk->counterpart($_, $refers) . ');' } @own;
    # What the UPDATE before it has queued for the end of the transaction would be in the way.
    return "SET CONSTRAINTS ALL IMMEDIATE; DO \$d\$ DECLARE r record; BEGIN SELECT * INTO r FROM $far x WHERE " . fits($refers, 'x') . ' ORDER BY ' . $refers->list('x') . " LIMIT 1; IF FOUND THEN $alter END IF; END \$d\$";
}

# With or without a key over the pair; the two sides may share a column.
sub junction {
    my ($link, $number) = @_;
    my %side;
    for (qw(source target)) {
        my $refers = pick(@{$link->{$_}{keys}});
        $side{$_} = {refers => $refers, fk => columns($refers, $side{source} && $side{source}{fk}, $_, "${_}2")};
    }
    $link->{sides} = \%side;
    $link->{junction} = "j$number";
    my ($s, $t) = map { $_->{fk}->name } @side{qw(source target)};
    my @shared = $side{target}{fk}->shared($side{source}{fk});
    my @all = junction_columns($link);
    my $all = join ', ', @all;
    my $key = pick('', '', "PRIMARY KEY ($all)", 'UNIQUE (' . join(', ', $t, $side{source}{fk}->own($side{target}{fk})) . ')', "UNIQUE ($all)");
    @$link{qw(repeats nullable)} = (!$key, $key !~ /PRIMARY/);
    my %type = map { @$_ } map { $_->{fk}->pairs } @side{qw(source target)};
    my $refer = sub {
        my ($side, @gone) = @_;
        return 'FOREIGN KEY (' . $side{$side}{fk}->name . ") REFERENCES $link->{$side}{name} (" . $side{$side}{refers}->name . ') ON DELETE ' . pick(@gone) . ' ON UPDATE ' . pick('CASCADE', 'CASCADE', 'NO ACTION');
    };
    my @gone = ('CASCADE', $link->{nullable} ? 'SET NULL' : ());
    my %from = ((map { $_->[0] => 'b.' . $side{target}{fk}->counterpart($_->[0], $side{target}{refers}) } $side{target}{fk}->pairs),
        map { $_->[0] => 'a.' . $side{source}{fk}->counterpart($_->[0], $side{source}{refers}) } $side{source}{fk}->pairs);
    $link->{adopted} = {what => 'column', sql => "CREATE TABLE j$number (" . join(', ', (map { "$_ $type{$_}" } @all), Oracle::Edge::definitions($link),
        $refer->('source', @gone), $refer->('target', @gone, 'NO ACTION'), $key || ()) . ')'
        . "; INSERT INTO j$number SELECT " . join(', ', map { $from{$_} } @all) . " FROM $link->{source}{name} a, $link->{target}{name} b WHERE "
        . join(' AND ', fits($side{source}{refers}, 'a'), fits($side{target}{refers}, 'b'), alike($link, 'a', 'b')) . ' ORDER BY ' . $side{source}{refers}->list('a') . ', ' . $side{target}{refers}->list('b') . ' LIMIT 5'
        . ($key ? '' : "; INSERT INTO j$number SELECT * FROM j$number")};
    return;
}

# The columns of both sides, each once.
sub junction_columns {
    my ($link) = @_;
    my ($source, $target) = map { $link->{sides}{$_}{fk} } qw(source target);
    return ($source->columns, $target->own($source));
}

# Rows of the two tables can only be linked if they are alike in what the sides share.
sub alike {
    my ($link, $a, $b) = @_;
    my ($source, $target) = @{$link->{sides}}{qw(source target)};
    return map { "$a." . $source->{fk}->counterpart($_, $source->{refers}) . " = $b." . $target->{fk}->counterpart($_, $target->{refers}) } $target->{fk}->shared($source->{fk});
}

1;
