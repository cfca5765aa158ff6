# What README.md and doc/*.md show is what happens: their SQL is run, its output compared.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use Test::More;

my $top = "$FindBin::Bin/../..";
my $node = PostgreSQL::Test::Cluster->new('documentation');
$node->init(extra => [ '--locale=C.UTF-8', '--encoding=UTF8' ]);
$node->start;
local $ENV{PGHOST} = $node->host;
local $ENV{PGPORT} = $node->port;

for my $file ("$top/README.md", sort glob("$top/doc/*.md"))
{
	my $output = `$^X $top/scripts/documentation.pl $file 2>&1`;
	is($?, 0, $file =~ s{.*/}{}r) or diag($output);
}

$node->stop;
done_testing();
