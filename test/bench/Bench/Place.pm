package Bench::Place;
# Databases: each scene is built once per yardstick, and every sample works on a fresh copy of that,
# so that no round inherits dead rows, split pages or a longer file from another.
use strict;
use warnings;
use Bench::Session;

our ($folder, %size);    # the .sql files; the sizes that may stand in SQL as {name}
my %built;

# {parents}, {bulk}, … in a text, and whatever is given.
sub fill_in {
    my ($text, %more) = @_;
    my %value = (%size, %more);
    1 while $text =~ s/\{(\w+)\}/defined $value{$1} ? $value{$1} : die "no size \{$1\}\n"/ge;
    return $text;
}

sub psql {
    my ($database, $file, @variables) = @_;
    my @command = ('psql', '-qX', '-v', 'ON_ERROR_STOP=1', (map { ('-v', $_) } @variables), '-d', $database, '-o', '/dev/null', '-f', $file);
    local $ENV{PGOPTIONS} = '-c client_min_messages=warning';
    system(@command) == 0 or die "failed: @command\n";
    return;
}

sub create {
    my ($database, $template) = @_;
    $Bench::Session::control->run("CREATE DATABASE $database TEMPLATE $template STRATEGY file_copy");
    return;
}

sub drop { my ($database) = @_; $Bench::Session::control->run("DROP DATABASE IF EXISTS $database WITH (FORCE)"); return }

sub arrange {
    my ($database) = @_;
    my $session = Bench::Session->new($database);
    $session->run($_) for 'CREATE EXTENSION pg_prewarm SCHEMA pg_catalog', 'VACUUM (FULL)', 'VACUUM (FREEZE, ANALYZE)';
    $session->close;
    return;
}

# Databases that an earlier program has left here.
sub find_built {
    %built = map { $_->[0] => $_->[0] } @{$Bench::Session::control->rows("SELECT datname FROM pg_database WHERE datname LIKE 'scene%'")};
    return;
}

# The tables of a scene, filled; then what the yardstick derives from them.
sub template {
    my ($scene, $yardstick) = @_;
    my $base = "scene_$scene->{name}";
    my $database = "${base}_$yardstick";
    return $database if $built{$database};
    if (!$built{$base}++) {
        create($base, 'template0');
        my %given = %{$scene->{variables} || {}};
        psql($base, "$folder/$scene->{folder}/tables.sql", map { "$_=" . fill_in($given{$_}) } sort keys %given);
    }
    create($database, $base);
    psql($database, "$folder/$scene->{folder}/$yardstick.sql");
    arrange($database);
    return $built{$database} = $database;
}

# A copy to work on, its tables and indexes in memory.
sub copy {
    my ($scene, $yardstick) = @_;
    my $database = 'sample';
    create($database, template($scene, $yardstick));
    my $session = Bench::Session->new($database);
    $session->run("SELECT pg_prewarm(oid) FROM pg_class WHERE relkind IN ('r', 'i', 't') AND relnamespace IN ('public'::regnamespace, 'pg_toast'::regnamespace)");
    $session->close;
    return $database;
}

# What is wrong with a database after some work, as text, '' on a sound one: by plain SQL, and on demand by
# audit(), which takes its time. And one line that all yardsticks must agree on after the same work.
sub check {
    my ($database, $audit) = @_;
    my $session = Bench::Session->new($database);
    my @checks = map { $_->[0] } @{$session->rows("SELECT relname FROM pg_class WHERE relkind = 'v' AND relname LIKE 'wrong%'")};
    push @checks, 'interlink.audit()' if $audit && @{$session->rows("SELECT FROM pg_extension WHERE extname = 'interlink'")};
    my @faults;
    for my $check (@checks) {
        push @faults, "$check: " . as_line($_) for @{$session->rows("SELECT * FROM $check LIMIT 3")};
    }
    my $contents = as_line($session->rows('SELECT * FROM contents')->[0]);
    $session->close;
    return {faults => join("\n", @faults), contents => $contents};
}

sub as_line { my ($row) = @_; return join ' ', map { defined $_ ? $_ : 'NULL' } @$row }

1;
