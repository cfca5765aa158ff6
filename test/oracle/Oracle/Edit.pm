package Oracle::Edit;
# Statements that write one link column of one row and nothing else, with what they mean for the tables.
use strict;
use warnings;
use Oracle::Adopt;
use Oracle::Key;
use Oracle::Random;
use Oracle::Schema;

# ($sql, $meaning)
sub edit {
    my ($maker, $end) = @_;
    my ($name, $id, $far) = ($end->{name}, $maker->old_key($end->{at}), Oracle::Schema::shown($end));
    my @keys = map { $maker->old_key($far) } 1 .. ($end->{many} ? between(0, 3) : chance(0.8) ? 1 : 0);
    my $how = $end->{many} ? pick(qw(set add), $end->{link}{columns} eq 'array' || $far->respells ? () : 'remove') : 'set';
    # A key that is given twice in two spellings has one of them. The operator that takes one out knows texts only,
    # and which spelling a row has nobody knows here, since an INSERT that gave it may have failed.
    my %seen;
    @keys = map { $far->respell($_) } grep { !$seen{$_}++ } @keys if $far->respells;
    my $value = {set => '', add => "$name || ", remove => "$name - "}->{$how} . ($how eq 'remove' ? $far->plain_set(@keys) : $far->set(@keys));
    my $edit = {end => $end, how => $how, keys => \@keys, mine => $end->{at}{key}->is('h', $id), far => $far};
    my $meaning = {%{meaning($edit)}, order => scalar order_meant($edit)};
    return ("UPDATE $end->{at}{name} SET $name = $value WHERE " . $end->{at}{key}->is('', $id), $meaning);
}

# {guards => [query that finds something if the edit is not to be, state], …; statements}
sub meaning {
    my ($edit) = @_;
    my ($end, $far) = @$edit{qw(end far)};
    my $link = $end->{link};
    return on_own_row($edit) if Oracle::Schema::holds_key($end);
    my $near = Oracle::Schema::near_key($end);
    my $here = "$end->{at}{name} h WHERE $edit->{mine}";
    my @guards;
    if ($edit->{how} ne 'remove' && @{$edit->{keys}}) {
        my $it = $far->like(map { "e$_" } 1 .. $far->width);
        push @guards, ["SELECT FROM " . $far->rows_of(@{$edit->{keys}}) . ", $here AND NOT EXISTS (SELECT FROM $end->{far}{name} x WHERE " . $far->same('x', $it, 'e') . ')', '23503'],
            ["SELECT FROM $here AND NOT (" . $near->{refers}->is_set('h') . ')', '23502'];
    }
    my $rest = $link->{junction} ? in_junction($edit) : on_far_rows($edit);
    return {guards => [@guards, @{$rest->{guards}}], statements => $rest->{statements}};
}

sub drops { my ($edit) = @_; return $edit->{how} ne 'add' }
sub makes { my ($edit) = @_; return $edit->{how} ne 'remove' && @{$edit->{keys}} }

# Of the rows linked so far, as x: those that the edit takes away.
sub taken_away { my ($edit) = @_; return $edit->{far}->is_in('x', $edit->{how} eq 'set', @{$edit->{keys}}) }
sub brought { my ($edit) = @_; return $edit->{far}->is_in('x', 0, @{$edit->{keys}}) }

sub in_junction {
    my ($edit) = @_;
    my $end = $edit->{end};
    my $link = $end->{link};
    my ($near, $there) = (Oracle::Schema::near_key($end), Oracle::Schema::far_key($end));
    my $tables = "$end->{at}{name} h, $end->{far}{name} x WHERE $edit->{mine}";
    my $pair = $near->{fk}->same('j', $near->{refers}, 'h') . ' AND ' . $there->{fk}->same('j', $there->{refers}, 'x');
    my $drop = "DELETE FROM $link->{junction} j USING $tables AND $pair AND " . taken_away($edit);
    # The spelling is that of the edit.
    my $given = $there->{refers}->like(map { "e$_" } 1 .. $there->{refers}->width);
    my %from = map { my ($key, $alias, $its) = @$_; map { $_ => "$alias." . $key->{fk}->counterpart($_, $its) } $key->{fk}->columns } [$there, 'e', $given], [$near, 'h', $near->{refers}];
    my @columns = Oracle::Adopt::junction_columns($link);
    my $make = "INSERT INTO $link->{junction} (" . join(', ', @columns) . ') SELECT DISTINCT ' . join(', ', @from{@columns}) . " FROM $end->{at}{name} h, " . $given->rows_of(@{$edit->{keys}}) . " WHERE $edit->{mine}"
        . ($link->{repeats} ? " AND NOT EXISTS (SELECT FROM $link->{junction} j WHERE " . $near->{fk}->same('j', $near->{refers}, 'h') . ' AND ' . $there->{fk}->same('j', $given, 'e') . ')' : ' ON CONFLICT DO NOTHING');
    my @unlike = Oracle::Adopt::alike($link, $end->{side} eq 'source' ? qw(h x) : qw(x h));
    return {guards => makes($edit) ? [@unlike ? ["SELECT FROM $tables AND " . brought($edit) . ' AND NOT (' . join(' AND ', @unlike) . ')', '23000'] : ()] : [],
        statements => [drops($edit) ? $drop : (), makes($edit) ? $make : ()]};
}

sub on_far_rows {
    my ($edit) = @_;
    my $end = $edit->{end};
    my $link = $end->{link};
    my ($fk, $refers, $far) = (@$link{qw(fk refers)}, $end->{far}{name});
    my @own = $fk->own($end->{far}{key});
    my $from = "FROM $end->{at}{name} h WHERE $edit->{mine}";
    my $leave = "UPDATE $far x SET " . join(', ', map { "$_ = NULL" } @own) . " $from AND " . $fk->same('x', $refers, 'h') . ' AND ' . taken_away($edit);
    my $join = "UPDATE $far x SET " . join(', ', map { "$_ = h." . $fk->counterpart($_, $refers) } @own) . " $from AND " . brought($edit)
        . ' AND (' . $fk->same('x', $refers, 'h') . ') IS NOT TRUE';
    my $both = "SELECT FROM $far x, $end->{at}{name} h WHERE $edit->{mine} AND " . brought($edit);
    my $taken = ["$both AND " . $fk->is_set('x') . ' AND NOT (' . $fk->same('x', $refers, 'h') . ')', '23505'];
    my @unlike = map { ["$both AND x.$_ <> h." . $fk->counterpart($_, $refers), '23000'] } $fk->shared($end->{far}{key});
    return {guards => makes($edit) ? [@unlike, $link->{move} ? () : $taken] : [], statements => [drops($edit) ? $leave : (), makes($edit) ? $join : ()]};
}

# The foreign key judges, at once or when it is deferred; a key that is NULL in part has been no link, and stays as it is.
# What is there already stays as it is spelled.
sub on_own_row {
    my ($edit) = @_;
    my ($end, $far) = @$edit{qw(end far)};
    my ($fk, $refers) = @{$end->{link}}{qw(fk refers)};
    my ($key, $table) = ($edit->{keys}[0], $end->{at}{name});
    my @own = $fk->own($end->{at}{key});
    return {guards => [], statements => ["UPDATE $table h SET " . join(', ', map { "$_ = NULL" } @own) . " WHERE $edit->{mine} AND " . $fk->is_set('h')]} unless defined $key;
    my $part = sub { my ($column) = @_; return $refers->part($fk->counterpart($column, $refers), $key) };
    return {guards => [map { ["SELECT FROM $table h WHERE $edit->{mine} AND h.$_ <> " . $part->($_), '23000'] } $fk->shared($end->{at}{key})],
        statements => ["UPDATE $table h SET " . join(', ', map { my $new = $part->($_); "$_ = CASE WHEN h.$_ = $new THEN h.$_ ELSE $new END" } @own) . " WHERE $edit->{mine}"]};
}

# A query that finds the row if an ordered column does not show what has been written.
sub order_meant {
    my ($edit) = @_;
    my ($end, $far) = @$edit{qw(end far)};
    return undef unless $edit->{how} eq 'set' && Oracle::Schema::position($end) && !$far->respells;
    my %seen;
    my $keys = join ', ', map { $far->typed_text($_) } grep { !$seen{$_}++ } @{$edit->{keys}};
    return "SELECT $end->{name} FROM $end->{at}{name} h WHERE $edit->{mine} AND ARRAY(SELECT k FROM interlink.link_keys($end->{name}::text[]::interlink.link) WITH ORDINALITY l (k, o) ORDER BY o) <> ARRAY[$keys]::text[]";
}

1;
