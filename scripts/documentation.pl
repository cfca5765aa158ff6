#!/usr/bin/env perl
# Runs the SQL of Markdown files and compares what psql prints with the output shown.
#
#   scripts/documentation.pl [--write] FILE...      on the server that PGHOST and so on name
#
# Each file gets a database of its own and one psql session.  Its ```sql blocks run in order.  A
# ```text block right after one shows its output; where there is none the output is not compared,
# but must not hold an error.  --write puts the true output into the ```text blocks.
use strict;
use warnings;

my $write = @ARGV && $ARGV[0] eq '--write' && shift;
my $database = 'interlink_documentation';
my $marker = '==== end of block ====';
my $failed = 0;
$ENV{PGOPTIONS} = '-c statement_timeout=60s';      # no example takes long
die "usage: $0 [--write] FILE...\n" unless @ARGV;

# A file as a list of parts: [kind, text], the kinds being prose, sql and text.
sub parts_of
{
	my ($file) = @_;
	open my $handle, '<', $file or die "$file: $!\n";
	my @parts = ([ 'prose', '' ]);
	while (my $line = <$handle>)
	{
		if ($parts[-1][0] eq 'prose' && $line =~ /^```(sql|text)$/)
		{
			push @parts, [ $1, '' ];
		}
		elsif ($parts[-1][0] ne 'prose' && $line eq "```\n")
		{
			push @parts, [ 'prose', '' ];
		}
		else
		{
			$parts[-1][1] .= $line;
		}
	}
	return @parts;
}

sub on_server
{
	my (@statements) = @_;
	system('psql', '-qX', '-d', 'postgres', '-c', 'SET client_min_messages = warning', map { ('-c', $_) } @statements) == 0
		or die "psql failed\n";
}

# What psql prints for each of these blocks.
sub outputs_of
{
	my (@blocks) = @_;
	my $script = "/tmp/interlink_documentation.$$.sql";
	open my $handle, '>', $script or die "$script: $!\n";
	# \warn writes where errors are written: nothing is left in a buffer
	print $handle map { "$_\\warn '$marker'\n" } @blocks;
	close $handle;
	on_server("DROP DATABASE IF EXISTS $database", "CREATE DATABASE $database");
	my $output = `psql -qX -d $database < $script 2>&1`;
	unlink $script;
	on_server("DROP DATABASE $database");
	$output =~ s/[ \t]+$//mg;
	my @outputs = split /^\Q$marker\E\n/m, $output, -1;
	pop @outputs;
	s/\n+\z/\n/ for @outputs;
	return @outputs;
}

sub complain
{
	my ($file, $block, $shown, $output) = @_;
	$failed++;
	print "# $file: the output of\n$block# is not\n$shown# but\n$output\n";
}

sub check_file
{
	my ($file) = @_;
	my @parts = parts_of($file);
	my @sql = grep { $parts[$_][0] eq 'sql' } 0 .. $#parts;
	my @outputs = outputs_of(map { $parts[$_][1] } @sql);
	die "$file: psql ended early\n" unless @outputs == @sql;
	for my $i (0 .. $#sql)
	{
		my $at = $sql[$i];
		my $shows = $at + 2 <= $#parts && $parts[ $at + 1 ][1] =~ /^\s*$/ && $parts[ $at + 2 ][0] eq 'text';
		if (!$shows)
		{
			complain($file, $parts[$at][1], "without an error\n", $outputs[$i]) if $outputs[$i] =~ /^(ERROR|FATAL|PANIC):/m;
		}
		elsif ($write)
		{
			$parts[ $at + 2 ][1] = $outputs[$i];
		}
		elsif ($parts[ $at + 2 ][1] ne $outputs[$i])
		{
			complain($file, $parts[$at][1], $parts[ $at + 2 ][1], $outputs[$i]);
		}
	}
	return unless $write;
	open my $handle, '>', $file or die "$file: $!\n";
	print $handle map { $_->[0] eq 'prose' ? $_->[1] : "```$_->[0]\n$_->[1]```\n" } @parts;
	close $handle;
}

check_file($_) for @ARGV;
exit($failed ? 1 : 0);
