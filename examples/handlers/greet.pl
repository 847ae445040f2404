#!/usr/bin/env perl
# A handler in Perl: the job on stdin, the result on stdout, the log on stderr, the rest on descriptor 3.
use strict;
use warnings;
use JSON::PP;

my $json    = JSON::PP->new->utf8->canonical;
my $job     = $json->decode(do { local $/; <STDIN> });
open(my $control, '>&=', 3) or die "error: no descriptor 3: $!\n";
$control->autoflush(1);
sub say_line { print {$control} $json->encode({@_}), "\n" }

my $name = $job->{config}{name};
if (!defined $name || ref $name) {
    say_line(error => { type => 'no-name', message => 'config.name must be a string' });
    exit 65;    # trying again cannot help
}

print STDERR "debug: greeting $name\n";
say_line(update => 'greeted', meta => { name => $name });
print $json->encode({ greeting => "Hello, $name!" }), "\n";
