#!/usr/bin/perl
# Every workload over every yardstick, interleaved, with the targets beside what was measured.
#   bench.pl --work FOLDER [--results FOLDER] [--quick] [--rounds N] [--seconds N]
#            [--workload "1 4 7"] [--yardstick "bare interlink"]
#            [--prepare]      build the databases only
#            [--count]        instructions in place of time; the server runs under valgrind, the databases are there
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
use Bench::Count;
use Bench::Workloads qw(@workloads %scenes @yardsticks);
use Bench::Report;
use Bench::Plot;

my %option = (results => 'bench-results');
GetOptions(\%option, 'work=s', 'results=s', 'quick', 'rounds=i', 'seconds=i', 'workload=s', 'yardstick=s', 'prepare', 'count') && $option{work} or exit 2;
binmode STDOUT, ':utf8';
binmode STDERR, ':utf8';
$| = 1;

my $quick = $option{quick};
my $rounds = $option{count} ? 1 : $option{rounds} || ($quick ? 3 : 5);
$Bench::Report::counting = $option{count};
$Bench::Place::folder = "$FindBin::RealBin/scenes";
%Bench::Place::size = $quick
    ? (parents => 1000, children => 100_000, bulk => 10_000, huge => 100_000, tenth => 100, times => 1000, many => 10_000)
    : (parents => 10_000, children => 1_000_000, bulk => 100_000, huge => 1_000_000, tenth => 1000, times => 5000, many => 100_000);
$Bench::Measure::work = $option{work};
$Bench::Measure::seconds = $option{seconds} || ($quick ? 1 : 5);
$Bench::Place::size{times} = 100 if $option{count};
$Bench::Session::control = Bench::Session->new('postgres');
Bench::Place::find_built();

# ---- what to run ----------------------------------------------------------------------------------

my %available = map { $_ => 1 } @yardsticks;
delete $available{pg_ivm} unless @{$Bench::Session::control->rows("SELECT FROM pg_available_extensions WHERE name = 'pg_ivm'")};
if ($option{yardstick}) {
    my %wanted = map { $_ => 1 } split ' ', $option{yardstick};
    for (keys %wanted) { $available{$_} or die "no yardstick \"$_\" here; there are: ", join(' ', grep { $available{$_} } @yardsticks), "\n" }
    %available = %wanted;
}
elsif ($quick) {
    delete @available{qw(hand_row pg_ivm array)};
}

sub wanted {
    return grep { $_->{quick} || !$quick } @workloads unless $option{workload};
    my %wanted = map { $_ => 1 } split ' ', $option{workload};
    return grep { $wanted{$_->{number}} || $_->{writes} && ($wanted{16} || $wanted{17}) } @workloads;
}

sub cases_of {
    my ($workload) = @_;
    return grep { !($quick && $_->{slow} && !$option{workload} || $option{count} && $_->{clients}) && yardsticks_of($workload, $_) } @{$workload->{cases}};
}

sub yardsticks_of {
    my ($workload, $case) = @_;
    my %without = map { $_ => 1 } @{$case->{without} || []};
    my %here = map { $_ => 1 } @{$workload->{yardsticks}};
    return grep { $here{$_} && $available{$_} && !$without{$_} } @yardsticks;
}

my @done;

# ---- running --------------------------------------------------------------------------------------

sub prepare_case {
    my ($workload, $case, @run) = @_;
    Bench::Place::template($scenes{$workload->{scene}}, $_) for @run;
    return;
}

sub count_case {
    my ($workload, $case, @run) = @_;
    Bench::Report::add($workload, $case, $_, Bench::Count::sample($scenes{$workload->{scene}}, $case, $_)) for @run;
    return;
}

# Triggers by hand may go wrong when there are others at work, and pg_ivm may refuse; we may not.
my %must_be_right = map { $_ => 1 } qw(bare rollups interlink links);

sub run_case {
    my ($workload, $case, @run) = @_;
    my $last = (cases_of($workload))[-1];
    for my $round (1 .. $rounds) {
        my ($agreed, $said_by);
        # Each round begins with another yardstick.
        for my $yardstick (map { $run[($_ + $round) % @run] } 0 .. $#run) {
            my $sample = Bench::Measure::sample($scenes{$workload->{scene}}, $case, $yardstick, $round == $rounds && $case == $last);
            my $where = "workload $workload->{number}, round $round";
            $sample->{wrong} = $sample->{faults} ? 1 : 0;
            die "$where, $yardstick: wrong values\n$sample->{faults}\n" if $sample->{wrong} && ($must_be_right{$yardstick} || !$case->{clients});
            if (!$case->{clients}) {
                ($agreed, $said_by) = ($sample->{contents}, $yardstick) unless defined $agreed;
                die "$where: $yardstick holds $sample->{contents}, $said_by $agreed\n" if $sample->{contents} ne $agreed;
            }
            Bench::Report::add($workload, $case, $yardstick, $sample);
        }
    }
    return;
}

sub for_each_case {
    my ($work) = @_;
    for my $workload (wanted()) {
        my @cases;
        for my $case (cases_of($workload)) {
            $case->{label} = Bench::Place::fill_in($case->{label}) if defined $case->{label};
            my @run = yardsticks_of($workload, $case);
            push @cases, [$workload, $case, @run];
            $work->($workload, $case, @run);
        }
        plot($workload, @cases) if @cases && !$option{prepare};
        push @done, @cases;
    }
    return;
}

my $started = time;
if ($option{prepare}) {
    for_each_case(\&prepare_case);
    exit;
}
for_each_case(sub {
    my ($workload, $case, @run) = @_;
    my $began = time;
    ($option{count} ? \&count_case : \&run_case)->($workload, $case, @run);
    my $effort = sprintf '%s%.0f s', $option{count} ? '' : "$rounds rounds, ", time - $began;
    print Bench::Report::table($workload, $case, $effort, @run), "\n";
});
Bench::Report::csv($option{results}, @done);
Bench::Report::markdown($option{results}, \@yardsticks, @done);
print Bench::Report::summary(@done);
printf "%d s, of which the server worked %d s\n", time - $started, Bench::Session::ended_backends_cpu() / 1e9;

# ---- plots ----------------------------------------------------------------------------------------

sub plot {
    my ($workload, @cases) = @_;
    my $what = Bench::Report::measure_of($cases[0][1]);
    my %meaning = (rate => 'transactions per second', cpu => 'CPU time', instructions => 'instructions');
    my $svg = Bench::Plot::svg("$workload->{number}  " . Bench::Place::fill_in($workload->{title}),
        "$meaning{$what}, divided by that of " . Bench::Report::name($cases[0][2]), $what, @cases) or return;
    my $file = sprintf '%s/%02d.svg', $option{results}, $workload->{number};
    open my $out, '>:utf8', $file or die "$file: $!\n";
    print $out $svg;
    close $out;
    return;
}
