package Bench::Report;
# Medians, ratios and targets of the samples of a case: as a table for people, as CSV for tools.
#
# A ratio is the median of the ratios of the rounds: two yardsticks of one round ran within seconds of each other.
use strict;
use warnings;
use utf8;
use Bench::Place;
use Bench::Workloads qw(%label);

our $counting;  # instructions, in place of time
my %samples;    # {workload and case}{yardstick} = [sample of each round]

sub key { my ($workload, $case) = @_; return "$workload->{number}@" . ($case->{label} || '') }
sub name { my ($yardstick) = @_; return $label{$yardstick} || $yardstick }

sub title {
    my ($workload, $case) = @_;
    return Bench::Place::fill_in($workload->{title}) . (defined $case->{label} ? ": $case->{label}" : '');
}

sub add {
    my ($workload, $case, $yardstick, $sample) = @_;
    push @{$samples{key($workload, $case)}{$yardstick}}, $sample;
    return;
}

sub median {
    my @sorted = sort { $a <=> $b } grep { defined } @_ or return;
    return @sorted % 2 ? $sorted[$#sorted / 2] : ($sorted[@sorted / 2 - 1] + $sorted[@sorted / 2]) / 2;
}

sub middle { my ($key, $yardstick, $what) = @_; return median(map { $_->{$what} } @{$samples{$key}{$yardstick} || []}) }

# ratios KEY YARDSTICK MEASURE BASE_KEY BASE: of the rounds, none where one of them was not run.
sub ratios {
    my ($key, $yardstick, $what, $base_key, $base) = @_;
    my ($these, $those) = ($samples{$key}{$yardstick}, $samples{$base_key}{$base});
    return unless $these && $those;
    return grep { defined } map { my ($a, $b) = ($these->[$_]{$what}, $those->[$_]{$what}); $a && $b ? $a / $b : undef }
        grep { $these->[$_] && $those->[$_] } 0 .. $#$these;
}

sub ratio { return median(ratios(@_)) }

# From the least ratio of a round to the greatest.
sub spread {
    my @ratios = sort { $a <=> $b } ratios(@_);
    return @ratios > 1 ? sprintf('%.2f-%.2f', $ratios[0], $ratios[-1]) : '';
}

# What a case is judged by.
sub measure_of { my ($case) = @_; return $counting ? 'instructions' : $case->{clients} ? 'rate' : 'cpu' }

# ---- as text --------------------------------------------------------------------------------------

sub scaled {
    my ($value, @units) = @_;
    return '' unless defined $value;
    while ($value >= 1000 && @units > 1) { $value /= 1000; shift @units }
    return sprintf $value >= 100 ? '%.0f %s' : $value >= 10 ? '%.1f %s' : '%.2f %s', $value, $units[0];
}

sub duration { my ($ns) = @_; return defined $ns ? scaled($ns / 1000, 'µs', 'ms', 's') : '' }
sub volume { my ($bytes) = @_; return scaled($bytes, 'B', 'kB', 'MB', 'GB') }
sub number { my ($number) = @_; return scaled($number, '', 'k', 'M', 'G') }
sub factor { my ($ratio) = @_; return defined $ratio ? sprintf($ratio >= 100 ? '%.0f' : '%.2f', $ratio) : '' }

sub parse_target {
    my ($target) = @_;
    my ($yardstick, $relation, $limit, $base, $what) = $target =~ /^(\S+) ([<>]=) ([\d.]+) (\w+(?:@.+)?)(?: (wal))?$/ or die "no target: $target\n";
    my ($other, $case) = split /@/, $base;
    return {yardstick => $yardstick, relation => $relation, limit => $limit, base => $other, case => $case, measure => $what};
}

# Measurements that differ by less than a tenth count as equal, which is said.
sub verdict {
    my ($relation, $limit, $measured) = @_;
    my $beyond = $relation eq '<=' ? $measured / $limit - 1 : 1 - $measured / $limit;
    return $beyond <= 0 ? 'met' : sprintf '%s by %.0f %%', $beyond <= 0.1 ? 'near' : 'MISSED', 100 * $beyond;
}

# The targets of a case, those that hold for all write workloads included: {text, ratio, verdict}.
sub judged {
    my ($workload, $case) = @_;
    my @targets = @{$case->{targets} || []};
    push @targets, $case->{clients} ? ('interlink >= 4 pg_ivm', 'interlink >= 1.25 hand_stmt') : ('interlink <= 0.25 pg_ivm', 'interlink <= 0.8 hand_stmt')
        if $workload->{writes};
    my @judged;
    for my $target (map { parse_target($_) } @targets) {
        my $what = $target->{measure} || measure_of($case);
        my $base_key = defined $target->{case} ? "$workload->{number}\@$target->{case}" : key($workload, $case);
        my $ratio = $target->{base} eq 'answer' ? middle($base_key, $target->{yardstick}, 'visited')
            : ratio(key($workload, $case), $target->{yardstick}, $what, $base_key, $target->{base});
        next if !defined $ratio || $counting && $target->{measure};
        my $text = sprintf '%s %s %s × %s%s%s', name($target->{yardstick}), $target->{relation} eq '<=' ? '≤' : '≥', $target->{limit},
            name($target->{base}), defined $target->{case} ? " at $target->{case}" : '', $target->{measure} ? " ($target->{measure})" : '';
        push @judged, {text => $text, ratio => $ratio, verdict => verdict($target->{relation}, $target->{limit}, $ratio)};
    }
    return @judged;
}

# measure => [its heading, how its values are written]
my %shown = (cpu => ['CPU', \&duration], wall => ['wall', \&duration], wal => ['WAL', \&volume], first => ['first', \&duration],
    rate => ['tps', \&number], instructions => ['instructions', \&number]);

sub columns { my ($case) = @_; return $counting ? 'instructions' : (qw(cpu wall wal), $case->{clients} ? 'rate' : 'first') }

# The table of one case.
sub table {
    my ($workload, $case, $effort, @yardsticks) = @_;
    my ($key, $base, @columns) = (key($workload, $case), $yardsticks[0], columns($case));
    my $text = sprintf "%2d  %s   (%s)\n", $workload->{number}, title($workload, $case), $effort;
    $text .= join '', sprintf('    %-25s', 'ratio to ' . name($base)), (map { sprintf '%12s %7s', $shown{$_}[0], 'ratio' } @columns), '  spread';
    for my $yardstick (@yardsticks) {
        $text .= sprintf "\n    %-25s", name($yardstick);
        $text .= sprintf '%12s %7s', $shown{$_}[1]->(middle($key, $yardstick, $_)), factor(ratio($key, $yardstick, $_, $key, $base)) for @columns;
        $text .= '  ' . spread($key, $yardstick, measure_of($case), $key, $base) if $yardstick ne $base;
        my $aborted = middle($key, $yardstick, 'aborted');
        $text .= "  $aborted of $case->{clients} clients failed" if $aborted;
        $text .= '  wrong values' if grep { $_->{wrong} } @{$samples{$key}{$yardstick}};
    }
    $text .= sprintf "\n    %-50s %8s  %s", $_->{text}, factor($_->{ratio}), $_->{verdict} for judged($workload, $case);
    return "$text\n";
}

# All targets on one page.
sub summary {
    my $text = '';
    for (@_) {
        my ($workload, $case) = @$_;
        $text .= sprintf "%2d  %-32s %-52s %8s  %s\n", $workload->{number}, $case->{label} || '', $_->{text}, factor($_->{ratio}), $_->{verdict}
            for judged($workload, $case);
    }
    return "Targets\n$text\n";
}

# ---- as Markdown ----------------------------------------------------------------------------------

# Both tables for a page of the documentation: what was measured, and the targets.
sub markdown {
    my ($folder, $yardsticks, @cases) = @_;
    my %run = map { $_ => 1 } map { @$_[2 .. $#$_] } @cases;
    my @yardsticks = grep { $run{$_} } @$yardsticks;
    open my $out, '>:utf8', "$folder/table.md" or die "$folder: $!\n";
    print $out '| # | workload | ', join(' | ', map { name($_) } @yardsticks), " |\n", '|---' x (2 + @yardsticks), "|\n";
    for (@cases) {
        my ($workload, $case, $base) = @$_;
        my ($key, $what) = (key($workload, $case), measure_of($case));
        print $out "| $workload->{number} | ", title($workload, $case), ' | ',
            join(' | ', map { $_ eq $base ? $shown{$what}[1]->(middle($key, $_, $what)) : factor(ratio($key, $_, $what, $key, $base)) } @yardsticks), " |\n";
    }
    print $out "\n| # | workload | target | measured | |\n|---|---|---|---|---|\n";
    for (@cases) {
        my ($workload, $case) = @$_;
        print $out "| $workload->{number} | ", title($workload, $case), " | $_->{text} | ", factor($_->{ratio}), " | $_->{verdict} |\n" for judged($workload, $case);
    }
    return;
}

# ---- as CSV ---------------------------------------------------------------------------------------

# measure => the heading of its column
my @measures = ([cpu => 'cpu_ns'], [wall => 'wall_ns'], [wal => 'wal_bytes'], [first => 'first_cpu_ns'], [rate => 'tps'],
    [aborted => 'clients_failed'], [wrong => 'wrong'], [visited => 'rows_visited'], [instructions => 'instructions']);

sub csv {
    my ($folder, @cases) = @_;
    open my $raw, '>:utf8', "$folder/samples.csv" or die "$folder: $!\n";
    open my $short, '>:utf8', "$folder/medians.csv" or die "$folder: $!\n";
    print $raw join(',', qw(workload case yardstick round), map { $_->[1] } @measures), "\n";
    print $short join(',', qw(workload case yardstick), (map { $_->[1] } @measures), qw(ratio least_ratio greatest_ratio)), "\n";
    for (@cases) {
        my ($workload, $case, @yardsticks) = @$_;
        my $key = key($workload, $case);
        for my $yardstick (@yardsticks) {
            my @head = ($workload->{number}, '"' . ($case->{label} || '') . '"', $yardstick);
            my $round = 0;
            for my $sample (@{$samples{$key}{$yardstick}}) { print $raw join(',', @head, ++$round, map { plain($sample->{$_->[0]}) } @measures), "\n" }
            my @ratios = sort { $a <=> $b } ratios($key, $yardstick, measure_of($case), $key, $yardsticks[0]);
            print $short join(',', @head, (map { plain(middle($key, $yardstick, $_->[0])) } @measures), map { plain($_) } median(@ratios), @ratios[0, -1]), "\n";
        }
    }
    return;
}

sub plain { my ($number) = @_; return defined $number ? sprintf('%.6g', $number) : '' }

1;
