#!/usr/bin/perl
# Reaper: starts one agent in a session of its own and can end every descendant of it, daemons included.
#   reaper.pl ATTEMPT_FOLDER MARK EPOCH ADOPT_SECONDS -- AGENT [ARGUMENT...]
# On Linux it is a sub-reaper: orphans become its children, so nothing below the agent is ever out of sight.
# Orders come through the FIFO `control`: T ends softly, K by force, A<epoch>\n adopts. A FIFO that nobody holds
# open for ADOPT_SECONDS means that nobody owns the agent: the tree is ended. The `exit` file is written only
# when nothing of the tree is left; it is the proof of that. Elsewhere than Linux daemons may escape.
use strict;
use warnings;
use Fcntl;
use IO::Handle;
use POSIX ();
use Time::HiRes ();

my ($folder, $mark, $epoch, $adopt_seconds, $dashes, @agent) = @ARGV;
die "usage: reaper.pl ATTEMPT_FOLDER MARK EPOCH ADOPT_SECONDS -- AGENT...\n" unless @agent && $dashes eq '--';

my @deaf_to = qw(HUP INT QUIT TERM PIPE TSTP TTIN TTOU);
$SIG{$_} = 'IGNORE' for @deaf_to;
$SIG{CHLD} = sub { };    # Only there to interrupt select().

# prctl(PR_SET_CHILD_SUBREAPER, 1), by number: perl has no name for it.
my $prctl = { x86_64 => 157, aarch64 => 167, riscv64 => 167 }->{ (POSIX::uname())[4] };
my $is_subreaper = $^O eq 'linux' && $prctl && syscall($prctl, 36, 1, 0, 0, 0) == 0;

sub now { return Time::HiRes::clock_gettime(Time::HiRes::CLOCK_MONOTONIC()) }

sub slurp {
    open(my $file, '<', $_[0]) or return '';
    local $/;
    return <$file> // '';
}

# Puts a whole file in place or leaves the old one; synced, with its folder, when asked to last.
sub install {
    my ($name, $text, $lasting) = @_;
    my $temporary = "$folder/.$name.tmp";
    open(my $file, '>', $temporary) or return 0;
    print {$file} $text and $file->flush or return 0;
    $file->sync or return 0 if $lasting;
    close $file and rename $temporary, "$folder/$name" or return 0;
    if ($lasting && open(my $parent, '<', $folder)) { $parent->sync }
    return 1;
}

# Start time of a process: with the pid and the boot id its identity. Never trust a pid alone.
sub start_of {
    my ($pid) = @_;
    my $stat = slurp("/proc/$pid/stat");
    if ($stat =~ s/.*\)//s) { return (split ' ', $stat)[19] }
    open(my $ps, '-|', 'ps', '-o', 'lstart=', '-p', $pid) or return '';
    my $line = join ' ', split ' ', <$ps> // '';
    return $line;
}

# Every descendant of a process, parents first.
sub descendants {
    my @found = @_;
    if (-e "/proc/$$/task/$$/children") {
        for (my $i = 0; $i < @found; $i++) {
            opendir(my $threads, "/proc/$found[$i]/task") or next;
            push @found, map { split ' ', slurp("/proc/$found[$i]/task/$_/children") } grep { /^\d/ } readdir $threads;
        }
    }
    else {
        my $ps_pid = open(my $ps, '-|', 'ps', '-axo', 'pid=,ppid=') or return;
        my %children;
        while (<$ps>) { push @{ $children{$2} }, $1 if /(\d+)\s+(\d+)/ && $1 != $ps_pid }
        for (my $i = 0; $i < @found; $i++) { push @found, @{ $children{ $found[$i] } // [] } }
    }
    shift @found;
    return @found;
}

$is_subreaper or warn "jetpack reaper: no sub-reaper on this system; daemons of the agent may outlive it\n";
-p "$folder/control" or POSIX::mkfifo("$folder/control", 0600) or die "Cannot make $folder/control: $!\n";
sysopen(my $control, "$folder/control", O_RDONLY | O_NONBLOCK) or die "Cannot open $folder/control: $!\n";
pipe(my $go_reader,    my $go_writer)    or die "Cannot make a pipe: $!\n";
pipe(my $fault_reader, my $fault_writer) or die "Cannot make a pipe: $!\n";

my $agent = fork // die "Cannot fork: $!\n";
if ($agent == 0) {
    POSIX::setsid();
    $SIG{$_} = 'DEFAULT' for @deaf_to, 'CHLD';
    # Agents are the kernel's preferred victims when memory runs out, not the orchestrator.
    if (open(my $oom, '>', '/proc/self/oom_score_adj')) { print {$oom} 800 }
    close $go_writer;
    if (open(STDIN, '<', "$folder/prompt.md")) {
        sysread($go_reader, my $go, 1) or POSIX::_exit(1);
        no warnings 'exec';
        exec { $agent[0] } @agent;
    }
    syswrite $fault_writer, "$!";
    POSIX::_exit(127);
}
close $go_reader;
close $fault_writer;

my $boot_id = slurp('/proc/sys/kernel/random/boot_id') || `sysctl -n kern.bootsessionuuid`;
chomp $boot_id;
my ($reaper_start, $agent_start, $started_ms) = (start_of($$), start_of($agent), int(1000 * Time::HiRes::time()));

sub save_state {
    my ($phase, $lasting) = @_;
    return install('state.json', sprintf(
        '{"phase":"%s","bootId":"%s","mark":"%s","epoch":%d,"reaper":{"pid":%d,"start":"%s"},'
            . '"agent":{"pid":%d,"start":"%s"},"startedAt":%d}' . "\n",
        $phase, $boot_id, $mark, $epoch, $$, $reaper_start, $agent, $agent_start, $started_ms), $lasting);
}

# Its identity is on the disk before the agent does anything.
save_state('starting', 1) or die "Cannot write $folder/state.json: $!\n";
syswrite $go_writer, 'g';
close $go_writer;
my $fault = '';
until (defined sysread($fault_reader, $fault, 500)) { last unless $!{EINTR} }
save_state('running', 0) if $fault eq '';

my ($ending, $status, $orders, $seen) = (0, 0, '', '');
my ($alone_since, $pause, $look_at) = (undef, 0.005, 0);
while (1) {
    my $pid;
    while (($pid = waitpid(-1, POSIX::WNOHANG())) > 0) {
        next if $pid != $agent;
        ($status, $ending) = ($?, 1);
    }
    last if $pid == -1 && ($is_subreaper || !descendants($$));

    my $got = sysread($control, my $bytes, 4096);
    $orders .= $bytes if $got;
    if   (defined $got && $got == 0) { $alone_since //= now() }
    else                             { undef $alone_since }
    $ending = 1 if defined $alone_since && now() - $alone_since >= $adopt_seconds;
    while ($orders ne '' && $orders !~ /^A\d{0,15}\z/) {
        if ($orders =~ s/^T//) {
            # A stopped process never sees TERM before CONT.
            my @tree = descendants($$);
            kill 'TERM', @tree;
            kill 'CONT', @tree;
        }
        elsif ($orders =~ s/^K//)              { $ending = 1 }
        elsif ($orders =~ s/^A(\d{1,15})\n//) { $epoch = $1; save_state('running', 1) }
        else                                   { $orders =~ s/^.//s }
    }

    if ($ending) {
        kill 'KILL', descendants($$);
        select undef, undef, undef, $pause;
        $pause = $pause * 2 > 0.5 ? 0.5 : $pause * 2;
        next;
    }
    # What a sweep needs should this reaper itself be killed: processes that wiped the mark from their environment.
    if (now() >= $look_at) {
        my $tree = join ',', map { sprintf '{"pid":%d,"start":"%s"}', $_, start_of($_) } descendants($$);
        install('tree.json', "[$tree]\n", 0) and $seen = $tree if $tree ne $seen;
        $look_at = now() + ($look_at ? 1 : 0.2);
    }
    my $waited_for = '';
    vec($waited_for, fileno($control), 1) = 1 unless defined $alone_since;
    select $waited_for, undef, undef, 0.1;
}

my $exit = '{"code":' . ($status >> 8) . '}';
if ($status & 127) {
    require Config;    # Slow to load, and rarely needed.
    no warnings 'once';
    $exit = '{"signal":"' . (split ' ', $Config::Config{sig_name})[ $status & 127 ] . '"}';
}
if ($fault ne '') {
    print STDERR "jetpack: cannot start $agent[0]: $fault\n";
    $fault =~ s/[^ !#-\[\]-~]/?/g;
    $exit = qq({"failed":"$fault"});
}
# A full disk passes; a folder that is gone does not come back.
for (1 .. 600) {
    last if install('exit', "$exit\n", 1) || !-d $folder;
    sleep 1;
}
save_state('ended', 0);    # Those who watch state.json look for the exit file now.
