package Oracle::Alter;
# Links that get other options between statements.
use strict;
use warnings;
use Oracle::Custom;
use Oracle::Random;
use Oracle::Schema;

# What a link was made as; a life begins with that.
my @options = qw(ordered move deferred required columns relationship);

sub begin {
    my ($schema) = @_;
    for my $link (@{$schema->{links}}) {
        $link->{made} ||= {map { $_ => $link->{$_} } @options};
        @$link{@options} = @{$link->{made}}{@options};
    }
    return;
}

# Is there, now or later, something among these that names an end of the link?
sub is_named {
    my ($link, @parts) = @_;
    my $names = join '|', grep { $_ } @$link{qw(name inverse)};
    return scalar grep { $_->{sql} =~ /\b(?:$names)\b/ } @parts;
}

sub has_key {
    my ($link, @relations) = @_;
    my $columns = join '|', $link->{fk} ? $link->{fk}->columns : return;
    return scalar grep { $_->{sql} =~ /\b(?:$columns)\b/ } @relations;
}

# Changes that can be asked for of a link.
sub changes {
    my ($schema, $link, $company) = @_;
    my $one = $link->{relationship} eq 'one_to_one';
    my $many = $link->{junction};
    # A lookup has one value or a list of them, and so has a relation, by the name of an end or over the key itself.
    my $fixed = is_named($link, @{$schema->{relations}}) || has_key($link, @{$schema->{relations}}) || grep { $_->{sql} =~ /add_lookup/ && $_->{end}{link} && $_->{end}{link} == $link && $_->{end}{side} eq 'target' } @{$schema->{fields}};
    # A view has the columns that there were when it was made.
    my $viewed = grep { $_->{what} eq 'view' && ($_->{table} == $link->{source} || $_->{table} == $link->{target}) } @{$schema->{custom}};
    my @columns = $viewed && $link->{columns} eq 'none' ? '"none"' : ('"link"', '"array"', $viewed ? () : '"none"');
    my @changes = $company || partition_key($link) ? () : {columns => pick(@columns)};
    push @changes, {ordered => pick('true', 'false', 'null')} unless $one;
    push @changes, {on_taken => pick('"move"', '"error"')} unless $many || $one && $link->{required};
    push @changes, {on_delete => pick('"unlink"', '"restrict"', $many ? () : '"cascade"', 'null')} unless $link->{adopted} || $link->{required};
    push @changes, {deferred_unique => pick('true', 'false')} if $one && !$link->{adopted};
    push @changes, {required => 'true', on_delete => pick('"restrict"', '"cascade"')} unless $many || $link->{adopted} || $one && $link->{move};
    push @changes, {required => 'false'} if $link->{required};
    push @changes, {relationship => '"one_to_one"', ordered => 'false', deferred_unique => pick('true', 'false')}
        if $link->{relationship} eq 'many_to_one' && !$link->{source}{parts} && !$fixed && !($link->{required} && $link->{move});
    push @changes, {relationship => '"many_to_one"', deferred_unique => 'null'} if $one && !$link->{adopted} && !$fixed;
    push @changes, {comment => pick('"why"', 'null')};
    return @changes;
}

# A link column over a key that is part of the partition key is refused.
sub partition_key { my ($link) = @_; return $link->{key} && $link->{key_table}{parts} && $link->{fk}->shared($link->{key_table}{key}) }

# A step that alters some link: {sql, alters, to}. In company other statements use the columns that there are.
sub step {
    my ($schema, $company) = @_;
    my $link = pick(grep { $_->{live} && !($_->{second} && !$_->{second}{live}) } @{$schema->{links}}) or return;
    my @changes = changes($schema, $link, $company);
    my %change = map { %$_ } pick(@changes);
    my $json = '{' . join(', ', map { "\"$_\": $change{$_}" } sort keys %change) . '}';
    my $keep = chance(0.5) ? ", 'keep_first'" : '';
    return {sql => "SELECT interlink.alter_link('$link->{source}{name}', '$link->{name}', '$json'$keep)", alters => $link, to => \%change};
}

# What has been altered is so from now on.
sub take {
    my ($link, $to) = @_;
    my $is = sub { my ($option, $value) = @_; return exists $to->{$option} && $to->{$option} eq $value };
    for ([ordered => 'ordered'], [deferred => 'deferred_unique'], [required => 'required']) {
        my ($key, $option) = @$_;
        $link->{$key} = $is->($option, 'true') || 0 if exists $to->{$option};
    }
    $link->{move} = $is->('on_taken', '"move"') if exists $to->{on_taken};
    for my $option (grep { exists $to->{$_} } qw(columns relationship)) { ($link->{$option}) = $to->{$option} =~ /"(.*)"/ }
    return;
}

# After transactions that may have altered links and did or did not commit.
sub take_stock {
    my ($schema, $session) = @_;
    for my $link (grep { $_->{live} } @{$schema->{links}}) {
        my ($row) = @{$session->rows("SELECT ordered, on_taken, deferred_unique, required, columns, relationship FROM interlink.link_definition WHERE source = '$link->{source}{name}'::regclass AND name = '$link->{name}'")} or next;
        my %now;
        @now{qw(ordered on_taken deferred_unique required columns relationship)} = map { /^[01tf]$/ ? (/[1t]/ ? 'true' : 'false') : "\"$_\"" } @$row;
        take($link, \%now);
    }
    return;
}

1;
