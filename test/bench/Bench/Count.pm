package Bench::Count;
# Instructions instead of time, for differences that time cannot show: the server runs under valgrind, which
# writes down for each process how many instructions it has executed. A session that warms up is taken from one
# that also does the work.
use strict;
use warnings;
use Time::HiRes qw(sleep);
use Bench::Session;
use Bench::Place;
use Bench::Measure;

sub sample {
    my ($scene, $case, $yardstick) = @_;
    my ($without, $times) = instructions($scene, $case, $yardstick, 0);
    my ($with) = instructions($scene, $case, $yardstick, 1);
    return {instructions => ($with - $without) / $times};
}

sub instructions {
    my ($scene, $case, $yardstick, $measured) = @_;
    my $database = Bench::Place::copy($scene, $yardstick);
    my $session = Bench::Session->new($database);
    my $steps = Bench::Measure::steps($case, $yardstick, $session);
    my $times = $steps->{times};
    $steps->{$_}->() for 'first', 'then', $measured ? 'measured' : ();
    undef $steps;
    my $log = "$Bench::Measure::work/$session->{pid}.log";
    $session->close;
    my $count;
    sleep 0.05 until ($count) = Bench::Session::slurp($log) =~ /I\s+refs:\s+([\d,]+)/;
    unlink $log;
    Bench::Place::drop($database);
    return ($count =~ tr/,//dr, $times);
}

1;
