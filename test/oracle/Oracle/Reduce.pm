package Oracle::Reduce;
# Takes steps away while the same finding comes, and writes what is left as a script.
use strict;
use warnings;
use Time::HiRes qw(time);
use Oracle::Play;

# Plays steps on a fresh database: the finding, if it has this signature, and the log.
sub again {
    my ($schema, $steps, $signature, $database) = @_;
    my $play = Oracle::Play->new($schema, $database);
    my $finding = eval { $play->play_until($steps, $signature) };
    my @log = @{$play->{log}};
    my $check = $play->{check};
    eval { $play->close };
    return unless $finding;
    return {%$finding, log => \@log, check => $check};
}

sub reduce {
    my ($schema, $steps, $signature, $database, $until) = @_;
    my @steps = @$steps;
    my $best = undef;
    for (1 .. 5) { $best ||= again($schema, \@steps, $signature, $database) if time < $until }
    return (\@steps) unless $best;
    for (my $size = int(@steps / 2); $size >= 1;) {
        my $before = @steps;
        for (my $at = @steps - $size; $at > -$size && time < $until; $at -= $size) {
            my $from = $at < 0 ? 0 : $at;
            my @fewer = @steps;
            splice @fewer, $from, $at < 0 ? $size + $at : $size;
            my $found = again($schema, \@fewer, $signature, $database) or next;
            ($best, @steps) = ($found, @fewer);
        }
        last if time >= $until;
        $size = $size == 1 && @steps < $before ? 1 : int($size / 2);
    }
    return (\@steps, $best);
}

sub report {
    my ($schema, $steps, $finding, $database, $seconds, $file, $seed) = @_;
    my ($left, $best) = reduce($schema, $steps, $finding->{signature}, $database, time + $seconds);
    open my $out, '>', $file or die "$file: $!";
    print $out "-- seed $seed: $finding->{signature}\n";
    if ($best) {
        print $out map { "-- $_\n" } split /\n/, $best->{text};
        print $out "CREATE EXTENSION IF NOT EXISTS interlink;\n";
        print $out map { s/^-- // ? "-- $_\n" : "$_;\n" } @{$best->{log}};
        print $out "-- audit\nSELECT * FROM interlink.audit();\n";
        print $out "/* the check\n$best->{check}\n*/\n" if $best->{check};
    } else {
        print $out "-- did not come again\n", map { "-- $_\n" } split /\n/, $finding->{text};
        print $out map { /^--/ ? "$_\n" : "$_;\n" } @{$finding->{log}};
    }
    close $out;
    return "$file, " . @$left . ' steps' . ($best ? '' : ', did not come again');
}

1;
