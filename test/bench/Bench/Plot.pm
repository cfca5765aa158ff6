package Bench::Plot;
# One SVG per workload: for each case a group of bars, one bar per yardstick, on a logarithmic scale where that is needed.
use strict;
use warnings;
use utf8;
use List::Util qw(max min);
use POSIX qw(ceil floor);
use Bench::Report;
use Bench::Workloads qw(@yardsticks);

my %colour;
@colour{@yardsticks} = map { "#$_" } qw(9aa0a6 5f6368 f4b183 c55a11 7030a0 2e75b6 ffd966 c5e0b4 70ad47 375623);
my ($height, $left, $top, $bar) = (300, 60, 70, 34);

sub text {
    my ($x, $y, $text, $more) = @_;
    $text =~ s/&/&amp;/g;
    $text =~ s/</&lt;/g;
    return sprintf qq(<text x="%.1f" y="%.1f" %s>%s</text>\n), $x, $y, $more || '', $text;
}

# [[case label, [yardstick, ratio], …], …]
sub groups {
    my ($what, @cases) = @_;
    my @groups;
    for (@cases) {
        my ($workload, $case, @run) = @$_;
        my $key = Bench::Report::key($workload, $case);
        push @groups, [$case->{label} || '', grep { $_->[1] } map { [$_, Bench::Report::ratio($key, $_, $what, $key, $run[0])] } @run];
    }
    return @groups;
}

sub magnitude { my ($number) = @_; return log($number) / log(10) }

# How far above the axis a value is, as a function, and the values where a line is drawn.
sub scale {
    my ($low, $high) = (min(@_), max(@_));
    if ($high / $low < 20) {
        my $step = 10**floor(magnitude($high));
        $step /= 2 while $high / $step < 4;
        return (sub { $_[0] / $high * $height }, map { $_ * $step } 1 .. $high / $step);
    }
    my ($from, $to) = (floor(magnitude($low)), ceil(magnitude($high)));
    return (sub { (magnitude($_[0]) - $from) / ($to - $from) * $height }, map { 10**$_ } $from .. $to);
}

sub bars {
    my ($x, $bottom, $place, @bars) = @_;
    my $drawing = '';
    for (@bars) {
        my ($yardstick, $value) = @$_;
        my $tall = max(1, $place->($value));
        $drawing .= sprintf qq(<rect x="%d" y="%.1f" width="%d" height="%.1f" fill="%s"/>\n), $x + 1, $bottom - $tall, $bar - 2, $tall, $colour{$yardstick};
        $drawing .= text($x + $bar / 2, $bottom - $tall - 4, sprintf($value >= 1000 ? '%.0f' : '%.3g', $value), 'text-anchor="middle"');
        $x += $bar;
    }
    return $drawing;
}

sub svg {
    my ($title, $meaning, $what, @cases) = @_;
    my @groups = groups($what, @cases);
    my @values = map { $_->[1] } map { @$_[1 .. $#$_] } @groups or return;
    my ($place, @lines) = scale(@values);
    my ($x, $bottom, $drawing) = ($left + $bar / 2, $top + $height, '');
    for my $group (@groups) {
        my ($label, @bars) = @$group;
        my $width = max(@bars * $bar, 7 * length $label);
        $drawing .= bars($x + ($width - @bars * $bar) / 2, $bottom, $place, @bars) . text($x + $width / 2, $bottom + 16, $label, 'text-anchor="middle"');
        $x += $width + $bar / 2;
    }
    my $grid = join '', map { my $y = $bottom - $place->($_); qq(<line x1="$left" x2="$x" y1="$y" y2="$y" stroke="#ddd"/>\n) . text($left - 6, $y + 4, $_, 'text-anchor="end"') } @lines;
    my %drawn = map { $_->[0] => 1 } map { @$_[1 .. $#$_] } @groups;
    my ($legend, $y) = ('', $top);
    for my $yardstick (grep { $drawn{$_} } @yardsticks) {
        $legend .= sprintf(qq(<rect x="%d" y="%d" width="10" height="10" fill="%s"/>\n), $x + 12, $y, $colour{$yardstick}) . text($x + 28, $y + 9, Bench::Report::name($yardstick));
        $y += 18;
    }
    my ($width, $all) = ($x + 180, $bottom + 30);
    return qq(<svg xmlns="http://www.w3.org/2000/svg" width="$width" height="$all" font-family="sans-serif" font-size="11">\n<rect width="$width" height="$all" fill="white"/>\n)
        . text(10, 20, $title, 'font-weight="bold"') . text(10, 36, $meaning) . $grid . $drawing . $legend
        . qq(<line x1="$left" x2="$x" y1="$bottom" y2="$bottom" stroke="black"/>\n</svg>\n);
}

1;
