package Bench::Plot;
# One SVG per workload: for each case a group of bars, one bar per yardstick, on a logarithmic scale where that is needed.
use strict;
use warnings;
use utf8;
use List::Util qw(max min);
use POSIX qw(ceil floor);
use Bench::Report;

my @colours = map { "#$_" } qw(9aa0a6 5f6368 f4b183 c55a11 7030a0 2e75b6 a9d18e ffd966 70ad47 375623);
my ($height, $left, $top, $bar) = (300, 60, 70, 16);

sub text {
    my ($x, $y, $text, $more) = @_;
    $text =~ s/&/&amp;/g;
    $text =~ s/</&lt;/g;
    return sprintf qq(<text x="%.1f" y="%.1f" font-size="11" %s>%s</text>\n), $x, $y, $more || '', $text;
}

# [[case label, [yardstick, value], …], …]
sub groups {
    my ($what, @cases) = @_;
    my @groups;
    for (@cases) {
        my ($workload, $case, @yardsticks) = @$_;
        my $key = Bench::Report::key($workload, $case);
        my @bars = grep { defined $_->[1] } map { [$_, Bench::Report::ratio($key, $_, $what, $key, $yardsticks[0])] } @yardsticks;
        @bars = grep { defined $_->[1] } map { [$_, Bench::Report::middle($key, $_, $what)] } @yardsticks if $workload->{absolute};
        push @groups, [$case->{label} || '', @bars];
    }
    return @groups;
}

# The height of a value above the axis, as a function, and the lines to draw behind.
sub scale {
    my @values = @_;
    my ($low, $high) = (min(@values), max(@values));
    if ($high / $low < 20) {
        my $step = 10**floor(log($high) / log(10));
        $step /= 2 while $high / $step < 4;
        return (sub { $_[0] / $high * $height }, map { $_ * $step } 0 .. int($high / $step));
    }
    my ($from, $to) = (floor(log($low) / log(10)), ceil(log($high) / log(10)));
    return (sub { (log($_[0]) / log(10) - $from) / ($to - $from) * $height }, map { 10**$_ } $from .. $to);
}

sub svg {
    my ($title, $what, $unit, @cases) = @_;
    my @groups = groups($what, @cases);
    my @values = map { $_->[1] } map { @$_[1 .. $#$_] } @groups or return;
    my ($place, @lines) = scale(@values);
    my ($x, $bottom, $drawing, %colour) = ($left, $top + $height, '');
    my @names = do { my %seen; grep { !$seen{$_}++ } map { $_->[0] } map { @$_[1 .. $#$_] } @groups };
    @colour{@names} = @colours;
    for my $group (@groups) {
        my ($label, @bars) = @$group;
        $x += $bar;
        my $start = $x;
        for (@bars) {
            my ($yardstick, $value) = @$_;
            my $tall = max(1, $place->($value));
            $drawing .= sprintf qq(<rect x="%d" y="%.1f" width="%d" height="%.1f" fill="%s"><title>%s %.4g</title></rect>\n),
                $x, $bottom - $tall, $bar - 2, $tall, $colour{$yardstick}, Bench::Report::name($yardstick), $value;
            $drawing .= text($x + $bar / 2, $bottom - $tall - 3, sprintf('%.3g', $value), 'text-anchor="start" transform="rotate(-60 ' . ($x + $bar / 2) . ' ' . ($bottom - $tall - 3) . ')"');
            $x += $bar;
        }
        $drawing .= text(($start + $x) / 2, $bottom + 16, $label, 'text-anchor="middle"');
        $x += $bar;
    }
    my $grid = join '', map { my $y = $bottom - $place->($_); $y < $top - 1 ? () : (qq(<line x1="$left" x2="$x" y1="$y" y2="$y" stroke="#ddd"/>\n), text($left - 6, $y + 4, sprintf('%g', $_), 'text-anchor="end"')) } grep { $_ > 0 } @lines;
    my $y = $top - 10;
    my $legend = join '', map { $y += 18; qq(<rect x="@{[$x + 10]}" y="@{[$y - 9]}" width="10" height="10" fill="$colour{$_}"/>\n) . text($x + 26, $y, Bench::Report::name($_)) } @names;
    my ($width, $all) = ($x + 190, $bottom + 30);
    return qq(<svg xmlns="http://www.w3.org/2000/svg" width="$width" height="$all" font-family="sans-serif">\n<rect width="$width" height="$all" fill="white"/>\n)
        . text(10, 20, $title, 'font-weight="bold"') . text(10, 36, $unit) . $grid . $drawing . $legend
        . qq(<line x1="$left" x2="$x" y1="$bottom" y2="$bottom" stroke="black"/>\n</svg>\n);
}

1;
