package Oracle::Check;
# What every stored field ought to be, in SQL of our own: nothing here comes from the extension.
use strict;
use warnings;
use Oracle::Random;
use Oracle::Schema;

# A rollup that reads itself, from all rows below or above h.
sub expected_of_tree {
    my ($field) = @_;
    my ($end, $table) = ($field->{end}, $field->{table}{name});
    my ($id, $key) = @{$end->{link}}{qw(refers fk)};
    my $next = Oracle::Schema::holds_key($end) ? $id->same('x', $key, 'w') : $key->same('x', $id, 'w');
    my $aggregate = $field->{function} eq 'sum' ? 'coalesce(sum(v), 0)::numeric' : $field->{function} eq 'or' ? 'bool_or(v)' : 'max(v)';
    my $keys = sub { join ', ', map { $_->list($_[0]) } $id, $key };
    return '(WITH RECURSIVE w (' . $keys->('') . ', d, v) AS (SELECT ' . $keys->('h') . ", 0, NULL::$field->{type} UNION ALL"
        . ' SELECT ' . $keys->('x') . ", w.d + 1, ($field->{tree})::$field->{type} FROM w JOIN $table x ON $next WHERE w.d < 300)"
        . " SELECT $aggregate FROM w WHERE d > 0)";
}

# Rows of a junction that link the same two are in the order of their values.
sub value_order {
    my ($field, $v) = @_;
    return '' unless $field->{end}{link} && $field->{end}{link}{repeats} && $field->{value} =~ /\bjunction\./;
    return ', (' . $v . ')' . (Oracle::Schema::is_text($field->{value_type}) ? ' COLLATE "C"' : '') . ', (' . $v . ')::text COLLATE "C"';
}

# The value that a lookup or rollup of row h ought to have.
sub expected {
    my ($field) = @_;
    my $function = $field->{function};
    return expected_of_tree($field) if $field->{tree};
    my $v = $field->{value} =~ s/\bjunction\./j./gr;
    my $rows = Oracle::Schema::linked_rows($field->{end});
    my $in_order = sub { "(SELECT coalesce(array_agg(v ORDER BY o), '{}') FROM ($_[0]) q)" };
    my $order = Oracle::Schema::order($field->{end}) . value_order($field, $v);
    my $numbered = "SELECT $v AS v, row_number() OVER (ORDER BY $order) AS o $rows";
    # Where uniqueness is checked at commit there may be two for a while: the first counts.
    return "(SELECT $v $rows ORDER BY $order LIMIT 1)" if $function eq 'value';
    return "(SELECT count(*) $rows)" if $function eq 'count';
    return "(SELECT count(CASE WHEN (${v})::text <> '' THEN 1 END) $rows)" if $function eq 'counta';
    return "(SELECT coalesce(sum($v ORDER BY $order), 0) $rows)" if $function eq 'sum';
    return "(SELECT avg($v ORDER BY $order) $rows)" if $function eq 'avg';
    return "(SELECT $function($v) $rows)" if $function =~ /^(min|max)$/;
    return "(SELECT bool_$function($v) $rows)" if $function =~ /^(and|or)$/;
    return '(SELECT string_agg(v::text, ' . quote($field->{separator} || ', ') . " ORDER BY o) FROM ($numbered) q)" if $function eq 'array_join';
    return "(SELECT count(*) % 2 = 1 $rows AND ($v))" if $function eq 'xor';
    return $in_order->($numbered) if $function eq 'array_agg';
    return $in_order->("SELECT v, o FROM ($numbered) n WHERE v::text <> ''") if $function eq 'array_compact';
    return $in_order->("SELECT DISTINCT ON (v) v, o FROM ($numbered) n WHERE v IS NOT NULL ORDER BY v, o") if $function eq 'array_unique';
    return "(SELECT coalesce(array_agg(e ORDER BY o, i), '{}') FROM ($numbered) q, unnest(v) WITH ORDINALITY u (e, i) WHERE e IS NOT NULL)"
        if $field->{value_type} =~ /\[\]$/;
    return $in_order->("SELECT v, o FROM ($numbered) n WHERE v IS NOT NULL");
}

# A query that lists the rows of a table whose field is not what it ought to be.
# 1.0 and 1.00 are not the same, but either is the least of the two.
sub compare {
    my ($table, $name, $stored, $expected, $any_image) = @_;
    my $key = $table->{key}->text('h');
    return "SELECT '$table->{name}.$name', $key, ($stored)::text, e::text FROM $table->{name} h, LATERAL (SELECT $expected) AS x (e)"
        . " WHERE ($stored) IS DISTINCT FROM e" . ($any_image ? '' : " OR ($stored)::text IS DISTINCT FROM e::text");
}

sub field_check {
    my ($field) = @_;
    return compare($field->{table}, $field->{name}, "h.$field->{name}", expected($field), $field->{function} =~ /^(min|max)$/);
}

sub end_check {
    my ($end) = @_;
    my $rows = Oracle::Schema::linked_rows($end);
    my $order = Oracle::Schema::order($end);
    my $shown = Oracle::Schema::shown($end);
    my $text = $shown->text('x');
    my $keys = "(SELECT array_agg($text ORDER BY $order) $rows)";
    $keys = "(SELECT array_agg(k ORDER BY o) FROM (SELECT k, min(o) AS o FROM (SELECT $text AS k, row_number() OVER (ORDER BY $order) AS o $rows) q GROUP BY k) q)"
        if $end->{link}{repeats};
    $keys = $end->{many} ? "coalesce($keys, '{}')" : "$keys\[1:1]";
    # Beside its own key it shows that, also while a deferred constraint lets the row be missing.
    my $fk = $end->{link}{fk};
    $keys = '(SELECT ARRAY[' . $fk->text('h') . '] WHERE ' . $fk->is_set('h') . ')' if Oracle::Schema::holds_key($end);
    # Where equal keys may look different it shows that of the linked row.
    $keys = "(SELECT ARRAY[$text] $rows)" if Oracle::Schema::holds_key($end) && $shown->respells;
    my $stored = "CASE WHEN h.$end->{name} IS NOT NULL THEN ARRAY(SELECT k FROM interlink.link_keys(h.$end->{name}" . ($end->{link}{columns} eq 'array' ? '::text[]' : '') . "::interlink.link) WITH ORDINALITY AS l (k, o) ORDER BY o) END";
    return compare($end->{at}, $end->{name}, $stored, $keys);
}

# A statement that fails with the first wrong value, for a session whose results nobody reads.
sub raising {
    my ($sql) = @_;
    return "DO \$check\$ DECLARE w text; BEGIN SELECT row(q.*)::text INTO w FROM ($sql) q LIMIT 1;"
        . " IF FOUND THEN RAISE EXCEPTION 'wrong value %', w USING ERRCODE = 'XCHCK'; END IF; END \$check\$";
}

# All of them, of what is defined at this moment.
sub sql {
    my ($schema) = @_;
    my @checks = map { field_check($_) } grep { $_->{live} } @{$schema->{fields}};
    for my $table (@{$schema->{tables}}) {
        for my $end ($schema->ends($table)) {
            my $link = $end->{link};
            next unless $link->{live} && $link->{columns} ne 'none' && $end->{name};
            next if $end->{side} eq 'target' && $link->{second} && !$link->{second}{live};
            push @checks, end_check($end);
        }
    }
    return join "\nUNION ALL ", @checks;
}

1;
