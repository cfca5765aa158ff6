#!/usr/bin/perl
# Every workload over every yardstick, interleaved, with the targets beside what was measured.
#   bench.pl --work FOLDER [--results FOLDER] [--quick] [--rounds N] [--seconds N]
#            [--workload "1 4 7"] [--yardstick "bare interlink"]
# Needs a server with the extension installed (PGHOST, PGPORT, PGUSER: a superuser), and a FOLDER that it can
# write to; "make bench" and "make bench-quick" bring both.
use strict;
use warnings;
use utf8;
use FindBin;
use lib $FindBin::RealBin;
use Getopt::Long;
use Time::HiRes qw(time);
use Bench::Session;
use Bench::Place;
use Bench::Measure;
use Bench::Workloads qw(@workloads %scenes @yardsticks);
use Bench::Report;
use Bench::Plot;

my %option = (results => 'bench-results');
GetOptions(\%option, 'work=s', 'results=s', 'quick', 'rounds=i', 'seconds=i', 'workload=s', 'yardstick=s') && $option{work} or exit 2;
binmode STDOUT, ':utf8';
binmode STDERR, ':utf8';
$| = 1;

my $quick = $option{quick};
my $rounds = $option{rounds} || ($quick ? 3 : 5);
$Bench::Place::folder = "$FindBin::RealBin/scenes";
%Bench::Place::size = $quick
    ? (parents => 1000, children => 100_000, bulk => 10_000, huge => 100_000, tenth => 100, times => 1000, many => 10_000)
    : (parents => 10_000, children => 1_000_000, bulk => 100_000, huge => 1_000_000, tenth => 1000, times => 5000, many => 100_000);
$Bench::Measure::work = $option{work};
$Bench::Measure::seconds = $option{seconds} || ($quick ? 1 : 5);
$Bench::Session::control = Bench::Session->new('postgres');

# ---- what to run ----------------------------------------------------------------------------------

my %available = map { $_ => 1 } @yardsticks;
delete $available{pg_ivm} unless @{$Bench::Session::control->rows("SELECT FROM pg_available_extensions WHERE name = 'pg_ivm'")};
if ($option{yardstick}) {
    my %wanted = map { $_ => 1 } split ' ', $option{yardstick};
    for (keys %wanted) { $available{$_} or die "no yardstick \"$_\" here; there are: ", join(' ', grep { $available{$_} } @yardsticks), "\n" }
    %available = %wanted;
}
elsif ($quick) {
    delete @available{qw(hand_row pg_ivm)};
}

sub wanted {
    return grep { $_->{quick} || !$quick } @workloads unless $option{workload};
    my %wanted = map { $_ => 1 } split ' ', $option{workload};
    return grep { $wanted{$_->{number}} || $_->{writes} && ($wanted{16} || $wanted{17}) } @workloads;
}

sub yardsticks_of {
    my ($workload, $case) = @_;
    my %without = map { $_ => 1 } @{$case->{without} || []};
    my %here = map { $_ => 1 } @{$workload->{yardsticks}};
    return grep { $here{$_} && $available{$_} && !$without{$_} } @yardsticks;
}

# ---- running --------------------------------------------------------------------------------------

sub run_case {
    my ($workload, $case, @run) = @_;
    for my $round (1 .. $rounds) {
        my ($agreed, $said_by);
        # Each round begins with another yardstick.
        for my $yardstick (map { $run[($_ + $round) % @run] } 0 .. $#run) {
            my $sample = Bench::Measure::sample($scenes{$workload->{scene}}, $case, $yardstick, $round == $rounds);
            die "workload $workload->{number}, $yardstick, round $round: wrong values\n$sample->{faults}\n" if $sample->{faults};
            if (!$case->{clients}) {
                ($agreed, $said_by) = ($sample->{contents}, $yardstick) unless defined $agreed;
                die "workload $workload->{number}, round $round: $yardstick holds $sample->{contents}, $said_by $agreed\n" if $sample->{contents} ne $agreed;
            }
            Bench::Report::add($workload, $case, $yardstick, $sample);
        }
    }
    return;
}

my ($started, @done) = (time);
for my $workload (wanted()) {
    my @cases;
    for my $case (@{$workload->{cases}}) {
        next if $quick && $case->{slow} && !$option{workload};
        $case->{label} = Bench::Place::fill_in($case->{label}) if defined $case->{label};
        my @run = yardsticks_of($workload, $case) or next;
        my $began = time;
        run_case($workload, $case, @run);
        print Bench::Report::table($workload, $case, Bench::Place::fill_in($workload->{title}), sprintf('%d rounds, %d s', $rounds, time - $began), @run), "\n";
        push @cases, [$workload, $case, @run];
    }
    push @done, @cases;
    plot($workload, @cases) if @cases;
}
Bench::Report::csv($option{results}, @done);
print Bench::Report::summary(@done);
printf "%d s; samples.csv, medians.csv and plots are in %s\n", time - $started, $option{results};

# ---- plots ----------------------------------------------------------------------------------------

sub plot {
    my ($workload, @cases) = @_;
    my $rate = $cases[0][1]{clients};
    my $svg = Bench::Plot::svg("$workload->{number}  " . Bench::Place::fill_in($workload->{title}), $rate ? 'rate' : 'cpu',
        ($rate ? 'transactions per second' : 'CPU time') . ', divided by that of ' . Bench::Report::name($cases[0][2]), @cases) or return;
    my $file = sprintf '%s/%02d.svg', $option{results}, $workload->{number};
    open my $out, '>:utf8', $file or die "$file: $!\n";
    print $out $svg;
    close $out;
    return;
}
