#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Only here: that the benchmark measures what it says, names what it cannot measure, and puts
# both into the documents. How fast anything is, is not for a test.

bats_require_minimum_version 1.5.0

load helpers
load another_user

setup_file() {
	# A tree of its own, as results and documents are written there. What is built is taken along.
	export TREE=$BATS_FILE_TMPDIR/tree
	unset VERSION MAKEFLAGS MAKELEVEL MFLAGS
	tools/copy-sources "$TREE"
	if [ -e build/version ]; then
		cp -a build "$TREE"
		rm -f "$TREE/build/bench/results.json"
	fi
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$TREE"
}

setup() {
	unset MAKEFLAGS MAKELEVEL MFLAGS
	cd "$TREE" || return
	[ ! -e build/version ] || VERSION=$(cat build/version)
	export VERSION
	RESULTS=build/bench/results.json
	OUT=$BATS_TEST_TMPDIR/out ERR=$BATS_TEST_TMPDIR/err
}

# result FILTER: what jq(1) makes of the results.
result() {
	jq -r "$1" "$RESULTS"
}

# measure PROGRAM MEASURE...: the figures that calls of bench/measures.py take of a program, by
# name, and why each takes no others. The command $as runs it.
measure() {
	"${as[@]}" python3 -B -c '
import sys, types
sys.path.append("bench")
import measures, programs
measures.adopt_orphans()
program = next(program for program in programs.all_programs() if program.name == sys.argv[1])
program.obtain()
task = types.SimpleNamespace(count=16)
for measure in sys.argv[2:]:
    try:
        if program.missing:
            raise programs.CannotHave(program.missing)
        print(*eval("measures." + measure))
    except (programs.CannotHave, OSError) as error:
        print(*getattr(error, "samples", {}), error)' "$@"
}

nothing_runs() {
	local process

	! pgrep -f "$TREE/" >/dev/null || return
	for process in $(pgrep -f '^build/(bench|linux-)'); do
		[ "$(readlink "/proc/$process/cwd")" != "$TREE" ] || return
	done
	[ -z "$(find /sys/fs/cgroup -maxdepth 2 -name 'pause-pod.*')" ]
}

PROGRAMS='floor pause official-glibc official-musl catatonit tini-static dumb-init'

@test "a quick run measures every program, and leaves nothing behind" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	make -s bench QUICK=1 >"$OUT" 2>"$ERR" 3>&- || { tail -n 3 "$ERR" && false; }
	[ "$(result '.programs | keys_unsorted | join(" ")')" = "$PROGRAMS" ]
	[ "$(result '[.programs[].missing] | unique | tojson')" = '[null]' ]
	# A quick run has a third of the delays, and a small crowd.
	diff <(result '.samples | to_entries[] | select(.value.pause == null).key | select(test("_10*000$|^lost_") | not)') - </dev/null ||
		{ result .missing && false; }

	[ "$(result '.samples.file["official-glibc"][0]')" = "$(stat -c %s build/bench/peers/official-glibc)" ]
	run -0 build/bench/startup build/linux-"$(make -s this-platform)"/pause
	[ "$(result '.samples | "user instructions: \(.instructions.pause[0])\nsystem calls: \(.system_calls.pause[0])"')" = "$output" ]

	# What is nothing with pause is something with others, so it is looked at.
	[ "$(result '[.samples | (.wakeups_1, .wakeups_16, .zombies_1, .idle_wakeups).pause[0]] | tojson')" = '[0,0,0,0]' ]
	[ "$(result '.samples.wakeups_1["official-glibc"][0] > 1000')" = true ]
	[ "$(result '.samples.idle_wakeups["tini-static"][0] > 0')" = true ]
	[ "$(result '.samples.lost_10["official-glibc"] | add > 0')" = true ]
	[ "$(result '[.samples | (.ready, .stop, .rss_500, .pss_500, .cgroup) | .floor[]] | min > 0')" = true ]
	# The CPU time of all processes is far more than that of PID 1, which has the smallest part.
	[ "$(result '.samples as $all | .orphans as $orphans | ["official-glibc", "catatonit"] |
		all($all.orphan_cpu_1[.][0] * $orphans / 1000 > 3 * $all.reaping_cpu_1[.][0] and $all.reaping_cpu_1[.][0] > 0)')" = true ]
	[ "$(result '.samples.sandboxes | keys | tojson')" = '["official-glibc","pause"]' ]
	[ "$(result '.missing | keys | tojson')" = '["lost SIGTERMs","reaping"]' ]

	grep -qE '^size of the official file, to ours: [0-9.]+, met ' "$OUT"
	grep -q '^\[1/.*minutes left$' "$ERR"
	wait_until nothing_runs
}

@test "ended in the middle, it ends what it has started" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	env --default-signal=INT bench/run --quick >"$OUT" 2>"$ERR" 3>&- &
	running=$!
	WAIT_SECONDS=100 wait_until grep -q 'instructions: pause' "$ERR" # it makes its peers first
	kill -s INT $running
	status=0
	wait $running || status=$?
	[ $status -eq 130 ]
	wait_until nothing_runs
	run ! grep -q Traceback "$ERR"
}

@test "the documents take the results, and a second time nothing changes" {
	[ -e "$RESULTS" ] || skip "the quick run needs root"
	run -0 make -s bench-docs
	grep -qF "| size of the file, bytes | $(result '.samples.file.pause[0]' | sed 's/...$/,&/') |" README.md
	grep -qE '^On a node of 110 pods, pause saves -?[0-9.]+ MiB of memory and ' README.md
	grep -qF 'Measured on '"$(result .date)"' by `make bench QUICK=1` on' docs/benchmark.md
	for picture in lost memory wakeups pull; do
		grep -q '</svg>' docs/benchmark/$picture.svg
	done
	cp README.md docs/benchmark.md "$BATS_TEST_TMPDIR"
	run -0 bench/document
	cmp README.md "$BATS_TEST_TMPDIR/README.md"
	cmp docs/benchmark.md "$BATS_TEST_TMPDIR/benchmark.md"
}

@test "results of another machine, a noisy one, damaged ones, none: the documents or a line say so" {
	[ -e "$RESULTS" ] || skip "the quick run needs root"
	jq '.machine.kernel = "5.0-other" | .busy = [0.7]' "$RESULTS" >"$RESULTS.other"
	mv "$RESULTS.other" "$RESULTS"
	run -0 --separate-stderr bench/document
	[[ $stderr == "document: these results are of another machine: "*5.0-other* ]]
	grep -q 'with Linux 5.0-other' README.md
	grep -q 'A noisy machine: others used up to 70% of a CPU' docs/benchmark.md
	for damage in '{' '[]' '{"programs": {}, "machine": {}, "samples": {}}'; do
		echo "$damage" >"$RESULTS"
		run -1 bench/document
		[[ $output == "$RESULTS is not what make bench writes: "* ]]
	done
	rm "$RESULTS"
	run -1 bench/draw
	[ "$output" = "no $RESULTS: run make bench first" ]
}

@test "an ordinary user, without tini, on a busy machine: why a figure is missing, and the others" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, to become another user"
	another_user
	user_namespaces || skip "$NO_USER_NAMESPACES"
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s /usr/sbin/* /usr/bin/* "$BATS_TEST_TMPDIR/bin/" 2>/dev/null || true
	rm "$BATS_TEST_TMPDIR/bin/tini-static"
	chmod 755 "$BATS_TEST_TMPDIR"
	chown -R nobody: .
	as=(env PATH="$BATS_TEST_TMPDIR/bin" HOME="$TREE/build" setpriv --reuid nobody --regid nogroup --clear-groups)
	run -0 measure tini-static 'stop(program, task)'
	[ "$output" = 'missing; install with: sudo apt-get install -y tini' ]

	while :; do :; done 3>&- &
	busy=$!
	run -0 measure pause 'reaping(program, task)' 'cgroup(program, task)' 'memory(program, task, [9])' \
		'density([program], task)' 'lost(program, task, [10])' 'busy() > 0.1 and ["busy"]'
	kill $busy
	[[ ${lines[0]} == orphans_1\ *\ zombies_16\ 'CPU time of all processes: no cgroup of its own: Permission denied: '* ]]
	[[ ${lines[1]} == 'no cgroup of its own: Permission denied: '* ]]
	[[ ${lines[2]} == *' memory_9 smaps_rollup: Permission denied' ]]
	[ "${lines[3]}" = 'an engine is started by root only' ]
	[ "${lines[4]}" = lost_10 ]
	[ "${lines[5]}" = busy ]
}

@test "what a program costs does not depend on who starts it" {
	make -s build/bench/startup build/bench/peers/official-glibc
	run -0 env -i build/bench/startup build/bench/peers/official-glibc
	nothing=$output
	run -0 env {A..Z}=1 build/bench/startup build/bench/peers/official-glibc
	[ "$output" = "$nothing" ]
}

@test "the measuring programs name what is wrong" {
	chown -R root: .
	make -s build/bench/ready build/bench/sigterm build/bench/orphans build/bench/peers/floor
	run -1 timeout 30 strace -qq -f -o /dev/null -e inject=perf_event_open:error=EACCES build/bench/ready 1 build/bench/peers/floor
	[ "$output" = 'ready: perf_event_open: Permission denied' ]
	# A user namespace whose root may have no other namespace.
	user_namespaces || skip "$NO_USER_NAMESPACES"
	run -1 unshare --user --map-root-user sh -c 'echo 0 >/proc/sys/user/max_pid_namespaces && exec build/bench/ready 1 /bin/true'
	[ "$output" = 'ready: clone, with a new PID namespace: No space left on device' ]
	run -2 build/bench/ready 1
	run -2 build/bench/ready 1x /bin/true
	[ "$output" = 'ready: no number from 1 to 1000000: 1x' ]
	run -2 build/bench/sigterm slowly 1 /bin/true
	run -2 build/bench/orphans
	run -2 bench/run --slow
	# shellcheck disable=SC2086 # a command and its first arguments
	for measure in 'ready 1' 'sigterm stop 1' 'sigterm lost 100 1'; do
		run -1 build/bench/$measure /bin/true
		[ "$output" = "${measure%% *}: the program ended without blocking" ]
		run -1 build/bench/$measure /missing
		[ "${lines[0]}" = "${measure%% *}: /missing: No such file or directory" ]
	done
	wait_until nothing_runs
}
