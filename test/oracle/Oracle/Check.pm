package Oracle::Check;
# What every stored field ought to be, in SQL of our own: nothing here comes from the extension.
use strict;
use warnings;
use Oracle::Random;
use Oracle::Schema;

# The value that a lookup or rollup of row h ought to have.
sub expected {
    my ($field) = @_;
    my ($function, $v) = @$field{qw(function value)};
    my $rows = Oracle::Schema::linked_rows($field->{end});
    my $in_order = sub { "(SELECT coalesce(array_agg(v ORDER BY o), '{}') FROM ($_[0]) q)" };
    my $order = Oracle::Schema::order($field->{end});
    my $numbered = "SELECT $v AS v, row_number() OVER (ORDER BY $order) AS o $rows";
    return "(SELECT $v $rows)" if $function eq 'value';
    return "(SELECT count(*) $rows)" if $function eq 'count';
    return "(SELECT count(CASE WHEN (${v})::text <> '' THEN 1 END) $rows)" if $function eq 'counta';
    return "(SELECT coalesce(sum($v ORDER BY $order), 0) $rows)" if $function eq 'sum';
    return "(SELECT avg($v ORDER BY $order) $rows)" if $function eq 'avg';
    return "(SELECT $function($v) $rows)" if $function =~ /^(min|max)$/;
    return "(SELECT bool_$function($v) $rows)" if $function =~ /^(and|or)$/;
    return '(SELECT string_agg(v::text, ' . quote($field->{separator} || ', ') . " ORDER BY o) FROM ($numbered) q)" if $function eq 'array_join';
    return $in_order->($numbered) if $function eq 'array_agg';
    return $in_order->("SELECT DISTINCT ON (v) v, o FROM ($numbered) n WHERE v IS NOT NULL ORDER BY v, o") if $function eq 'array_unique';
    return "(SELECT coalesce(array_agg(e ORDER BY o, i), '{}') FROM ($numbered) q, unnest(v) WITH ORDINALITY u (e, i) WHERE e IS NOT NULL)"
        if $field->{value_type} =~ /\[\]$/;
    return $in_order->("SELECT v, o FROM ($numbered) n WHERE v IS NOT NULL");
}

# A query that lists the rows of a table whose field is not what it ought to be.
# 1.0 and 1.00 are not the same, but either is the least of the two.
sub compare {
    my ($table, $name, $stored, $expected, $any_image) = @_;
    return "SELECT '$table.$name', h.id::text, ($stored)::text, e::text FROM $table h, LATERAL (SELECT $expected) AS x (e)"
        . " WHERE ($stored) IS DISTINCT FROM e" . ($any_image ? '' : " OR ($stored)::text IS DISTINCT FROM e::text");
}

sub field_check {
    my ($field) = @_;
    return compare($field->{table}{name}, $field->{name}, "h.$field->{name}", expected($field), $field->{function} =~ /^(min|max)$/);
}

sub end_check {
    my ($end) = @_;
    my $rows = Oracle::Schema::linked_rows($end);
    my $order = Oracle::Schema::order($end);
    my $keys = "(SELECT array_agg(x.id::text ORDER BY $order) $rows)";
    $keys = "coalesce($keys, '{}')" if $end->{many};
    my $stored = "CASE WHEN h.$end->{name} IS NOT NULL THEN ARRAY(SELECT k FROM interlink.link_keys(h.$end->{name}) WITH ORDINALITY AS l (k, o) ORDER BY o) END";
    return compare($end->{at}{name}, $end->{name}, $stored, $keys);
}

# All of them, of what is defined at this moment.
sub sql {
    my ($schema) = @_;
    my @checks = map { field_check($_) } grep { $_->{live} } @{$schema->{fields}};
    for my $table (@{$schema->{tables}}) {
        for my $end ($schema->ends($table)) {
            my $link = $end->{link};
            next unless $link->{live} && $link->{columns} eq 'link' && $end->{name};
            next if $end->{side} eq 'target' && $link->{second} && !$link->{second}{live};
            push @checks, end_check($end);
        }
    }
    return join "\nUNION ALL ", @checks;
}

1;
