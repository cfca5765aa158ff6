package Oracle::Random;
# Choices of the oracle. All of them come from rand(), so that a seed decides everything.
use strict;
use warnings;
use Exporter 'import';
our @EXPORT = qw(chance pick some between weighted shuffled literal key_literal respelled set_literal quote value_types);

sub chance { return rand() < $_[0] }
sub between { my ($low, $high) = @_; return $low + int(rand($high - $low + 1)) }
sub pick { return @_ ? $_[int(rand(@_))] : undef }

sub shuffled {
    my @list = @_;
    for (my $i = @list; --$i > 0;) {
        my $j = int(rand($i + 1));
        @list[$i, $j] = @list[$j, $i];
    }
    return @list;
}

# At most $n of a list, in random order.
sub some { my ($n, @list) = @_; @list = shuffled(@list); return @list > $n ? @list[0 .. $n - 1] : @list }

# weighted(name => weight, ...)
sub weighted {
    my @pairs = @_;
    my ($sum, $i) = (0, 0);
    $sum += $pairs[2 * $_ + 1] for 0 .. $#pairs / 2;
    my $at = rand($sum);
    for (; $i < @pairs - 2; $i += 2) {
        $at -= $pairs[$i + 1];
        last if $at < 0;
    }
    return $pairs[$i];
}

sub quote { my ($text) = @_; $text =~ s/'/''/g; return "'$text'" }

# Few different values, so that they meet; among them those that break things.
my %values = (
    int            => [-3 .. 9],
    bigint         => [-3 .. 9, 5000000000],
    numeric        => [qw(0 1 1.0 1.00 2.5 -1.25 3 1000000.000001 0.1), "'NaN'"],
    'numeric(12,2)' => [qw(0 1 1.5 -2.25 3 99.99 0.01)],
    float8         => [qw(0 0.1 0.2 0.3 1 -1 1e16 -1e16 3.5), "'-0'", "'NaN'", "'Infinity'"],
    text           => [map { quote($_) } '', 'a', 'b', 'B', 'abc', 'a,b', '{x}', '"q"', 'NULL', ' ', "\xc3\xa4"],
    boolean        => [qw(true false)],
    date           => [map { "'2024-01-$_'" } qw(01 02 03 15)],
);

sub value_types { return sort keys %values }

sub literal {
    my ($type) = @_;
    return chance(0.15) ? 'NULL' : pick(@{$values{$type}});
}

# The keys of a table are some of forty.
my @odd_keys = ('', 'a b', 'A', 'a,b', '{', '"', '\\', 'NULL', "\xc3\xa9");

sub key_literal {
    my ($type, $n) = @_;
    return sprintf("'00000000-0000-0000-0000-%012d'", $n) if $type eq 'uuid';
    return $n if $type =~ /int/;
    return $n . ('', '.0', '.00')[$n % 3] if $type eq 'numeric';
    return sprintf "'2024-%02d-%02d'", 1 + $n % 12, 1 + $n % 28 if $type eq 'date';
    return quote($n <= @odd_keys ? $odd_keys[$n - 1] : "k$n");
}

# The same key, spelled in another way.
sub respelled {
    my ($type, $key) = @_;
    return $key unless $type eq 'numeric' && chance(0.2);
    $key =~ s/^'|'$//g;
    return $key =~ /\./ ? "${key}0" : "$key.0";
}

# {…} of key literals, as a link column reads it.
sub set_literal {
    my @elements = @_;
    for (@elements) {
        s/^'|'$//g;
        s/''/'/g;
        s/([\\"])/\\$1/g;
        $_ = "\"$_\"" unless /^[0-9a-zA-Z.-]+$/ && !/^null$/i;
    }
    return quote('{' . join(',', @elements) . '}');
}

1;
