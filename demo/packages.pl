#!/usr/bin/perl
# Reads a Debian package index (apt-cache dumpavail) on its input and writes the rows of the demo's
# tables, one file a table, in the format of COPY, into the folder given.
use strict;
use warnings;

my ($folder) = @ARGV or die "usage: apt-cache dumpavail | $0 FOLDER\n";

# A paragraph of "Field: value" lines; a line that begins with a blank goes on with the field before.
sub read_paragraph
{
	local $/ = '';
	my $text = <STDIN> // return;
	$text =~ s/\n[ \t]+/ /g;
	return { $text =~ /^([A-Za-z0-9-]+):[ \t]*(.*)$/mg };
}

# Packages offered in several versions count once, with the newest.
my (%package, @names);
while (my $paragraph = read_paragraph())
{
	my $name = $paragraph->{Package} // next;
	my $other = $package{$name};
	push @names, $name unless $other;
	next if $other && system('dpkg', '--compare-versions', $paragraph->{Version}, 'lt', $other->{Version}) == 0;
	$package{$name} = $paragraph;
}
@names = sort @names;
my $n = 0;
my %id = map { $_ => ++$n } @names;

# Keys are given out in the order in which values are first seen.
my (%keys, %rows);

sub key_of
{
	my ($table, $value, @columns) = @_;
	my $known = $keys{$table} //= {};
	return $known->{$value} if $known->{$value};
	push @{ $rows{$table} }, [ $known->{$value} = 1 + keys %$known, $value, @columns ];
	return $known->{$value};
}

# "perl:any (>= 5.3) | perl-base, libc6" depends on perl and libc6: of alternatives the first that
# there is, and packages that are only virtual not at all.
sub dependencies
{
	my ($paragraph) = @_;
	my %found;
	for my $group (split /,/, join(',', grep { defined } @$paragraph{qw(Pre-Depends Depends)}))
	{
		my ($first) = grep { $id{$_} } map { /^\s*([a-z0-9][a-z0-9+.-]*)/ ? $1 : () } split /\|/, $group;
		$found{ $id{$first} } = 1 if $first && $first ne $paragraph->{Package};
	}
	return sort { $a <=> $b } keys %found;
}

# "role::program, implemented-in::{c,perl}" may fold several tags into one.
sub tags
{
	my ($text) = @_;
	my %found;
	while ($text =~ /([a-z0-9-]+)::(?:\{([^}]*)\}|([^\s,]+))/g)
	{
		$found{"$1::$_"} = 1 for split /\s*,\s*/, $2 // $3;
	}
	return sort keys %found;
}

for my $name (@names)
{
	my $p = $package{$name};
	my ($who, $email) = ($p->{Maintainer} // '') =~ /^\s*"?(.*?)"?\s*<([^<>]+)>/ or next;
	my ($source) = ($p->{Source} // $name) =~ /^(\S+)/;
	my ($file) = ($p->{Filename} // '') =~ m{([^/]+)$};
	push @{ $rows{package} }, [
		$id{$name}, $name, $p->{Version}, $p->{'Installed-Size'}, $p->{Description},
		key_of('maintainer', lc $email, $who),
		key_of('section', ($p->{Section} // 'unknown') =~ s{^.*/}{}r),
		key_of('source_package', $source),
		$file && $p->{Size} ? key_of('archive_file', $file, $p->{Size}) : undef ];
	push @{ $rows{package_tags} }, map { [ $id{$name}, key_of('tag', $_) ] } tags($p->{Tag} // '');
}
my %written = map { $_->[0] => 1 } @{ $rows{package} };
for my $name (grep { $written{ $id{$_} } } @names)
{
	push @{ $rows{package_depends_on} }, map { [ $id{$name}, $_ ] } grep { $written{$_} } dependencies($package{$name});
}

for my $table (sort keys %rows)
{
	open my $out, '>', "$folder/$table.tsv" or die "$folder/$table.tsv: $!\n";
	for my $row (@{ $rows{$table} })
	{
		print $out join("\t", map { defined ? s/([\\\t\n\r])/{"\\"=>"\\\\","\t"=>"\\t","\n"=>"\\n","\r"=>"\\r"}->{$1}/ger : '\N' } @$row), "\n";
	}
	close $out or die "$folder/$table.tsv: $!\n";
}
