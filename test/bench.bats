#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The benchmark: that it measures what it says, and says what it cannot. How fast
# anything is, is not for a test.

bats_require_minimum_version 1.5.0

load helpers

setup_file() {
	# A tree of its own, as results and documents are written there.
	export TREE=$BATS_FILE_TMPDIR/tree
	unset VERSION MAKEFLAGS MAKELEVEL MFLAGS
	tools/copy-sources "$TREE"
	chmod 755 "$BATS_FILE_TMPDIR" "$TREE"
}

setup() {
	unset VERSION MAKEFLAGS MAKELEVEL MFLAGS
	cd "$TREE" || return
	RESULTS=build/bench/results.json
	OUT=$BATS_TEST_TMPDIR/out ERR=$BATS_TEST_TMPDIR/err
}

# bench COMMAND...: make bench QUICK=1, by COMMAND; its output in $OUT and $ERR.
bench() {
	"$@" make -s bench QUICK=1 >"$OUT" 2>"$ERR" 3>&- || {
		tail -n 3 "$ERR"
		false
	}
}

# result FILTER: what jq(1) makes of the results.
result() {
	jq -r "$1" "$RESULTS"
}

# as_nobody COMMAND...: in the tree, which he owns then.
as_nobody() {
	chown -R nobody: "$TREE"
	HOME=$TREE/build setpriv --reuid nobody --regid nogroup --clear-groups "$@"
}

PROGRAMS='floor pause official-glibc official-musl catatonit tini-static dumb-init'

@test "a quick run measures every program, and leaves nothing behind" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	bench env
	[ "$(result '.programs | keys_unsorted | join(" ")')" = "$PROGRAMS" ]
	[ "$(result '[.programs[].missing] | unique | tojson')" = '[null]' ]
	# A quick run has half of the delays, and no large crowd.
	diff <(result '.samples | to_entries[] | select(.value.pause == null).key | select(test("_10000$|^lost_(25|75|150|300|600)$") | not)') - </dev/null ||
		{ result .missing && false; }

	[ "$(result '.samples.file.pause[0]')" = "$(stat -c %s build/linux-"$(make -s this-platform)"/pause)" ]
	[ "$(result '.samples.file["official-glibc"][0]')" = "$(stat -c %s build/bench/peers/official-glibc)" ]
	run -0 build/bench/startup build/linux-"$(make -s this-platform)"/pause
	[ "$(result '.samples | "user instructions: \(.instructions.pause[0])\nsystem calls: \(.system_calls.pause[0])"')" = "$output" ]

	# What is nothing with pause is something with others, so it is looked at.
	[ "$(result '[.samples | (.wakeups_1, .wakeups_16, .zombies_1, .idle_wakeups).pause[0]] | tojson')" = '[0,0,0,0]' ]
	[ "$(result '.samples.wakeups_1["official-glibc"][0] > 1000')" = true ]
	[ "$(result '.samples.idle_wakeups["tini-static"][0] > 0')" = true ]
	[ "$(result '.samples.lost_10["official-glibc"] | add > 0')" = true ]
	[ "$(result '[.samples | (.ready, .stop, .memory_1000, .slab_1000, .kernel_stack_1000, .cgroup) | .floor[]] | min > 0')" = true ]
	[ "$(result '.samples.sandboxes | keys | tojson')" = '["official-glibc","pause"]' ]
	[ "$(result '.missing | keys | tojson')" = '["bytes to pull","lost SIGTERMs","reaping"]' ]

	grep -qE '^size of the official file, to ours: [0-9.]+, met ' "$OUT"
	grep -q '^\[1/.*minutes left$' "$ERR"
	for picture in lost memory wakeups pull; do
		grep -q '</svg>' build/bench/$picture.svg
	done
	[ -z "$(find /sys/fs/cgroup -maxdepth 2 -name 'pause-bench-*')" ]
	[ -z "$(pgrep -f "$TREE/|^build/(bench|linux-)")" ]
}

@test "ended in the middle, it ends what it has started" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	for signal in INT TERM; do
		env --default-signal=INT bench/run --quick >"$OUT" 2>"$ERR" 3>&- &
		running=$!
		WAIT_SECONDS=100 wait_until grep -q 'instructions: floor' "$ERR" # it makes its peers first
		wait_until grep -q 'ready: official' "$ERR"
		kill -s $signal $running
		status=0
		wait $running || status=$?
		[ $status -eq $((128 + $(kill -l $signal))) ]
		wait_until nothing_runs
		run ! grep -q Traceback "$ERR"
	done
}

nothing_runs() {
	! pgrep -f '^build/(bench|linux-)' >/dev/null
}

@test "the documents take the results, and a second time nothing changes" {
	[ -e "$RESULTS" ] || skip "the quick run needs root"
	run -0 make -s bench-docs
	grep -qF "| size of the file, bytes | $(result '.samples.file.pause[0]' | sed 's/...$/,&/') |" README.md
	grep -qF 'Measured on '"$(result .date)"' by `make bench QUICK=1` on' docs/benchmark.md
	cmp docs/benchmark/lost.svg build/bench/lost.svg
	cp README.md docs/benchmark.md "$BATS_TEST_TMPDIR"
	run -0 make -s bench-docs
	cmp README.md "$BATS_TEST_TMPDIR/README.md"
	cmp docs/benchmark.md "$BATS_TEST_TMPDIR/benchmark.md"
}

@test "results of another machine, a noisy one: the documents say so" {
	[ -e "$RESULTS" ] || skip "the quick run needs root"
	jq '.machine.kernel = "5.0-other" | .busy = [0.7]' "$RESULTS" >"$RESULTS.other"
	mv "$RESULTS.other" "$RESULTS"
	run -0 --separate-stderr make -s bench-docs
	[[ $stderr == "document: these results are of another machine: "*5.0-other* ]]
	grep -q 'with Linux 5.0-other' README.md
	grep -q 'A noisy machine: others used up to 70% of a CPU' docs/benchmark.md
}

@test "no results, or damaged ones: a line" {
	mkdir -p build/bench
	for damage in '' '{' '{}' '[]' '{"programs": {}, "machine": {}, "samples": {}}'; do
		echo "$damage" >"$RESULTS"
		run -1 --separate-stderr bench/document
		[[ $stderr == "$RESULTS is not what make bench writes: "* ]]
		[ "${#stderr_lines[@]}" -eq 1 ]
		run -1 bench/draw
	done
	rm "$RESULTS"
	run -1 bench/document
	[ "$output" = "no $RESULTS: run make bench first" ]
}

@test "an ordinary user, without tini, on a busy machine: the rest is measured" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, to become another user"
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s /usr/sbin/* /usr/bin/* "$BATS_TEST_TMPDIR/bin/" 2>/dev/null || true
	rm "$BATS_TEST_TMPDIR/bin/tini-static"
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR"
	rm -rf build
	while :; do :; done 3>&- &
	busy=$!
	PATH=$BATS_TEST_TMPDIR/bin bench as_nobody || failed=1
	kill $busy
	[ -z "${failed-}" ]
	grep -qxF 'bench: tini is missing: missing; install with: sudo apt-get install -y tini' "$ERR"
	[ "$(result '.programs["tini-static"].missing')" = 'missing; install with: sudo apt-get install -y tini' ]
	grep -q '^bench: sandboxes a second: not measured of .*: an engine is started by root only$' "$ERR"
	grep -q '^bench: memory of a sandbox: not measured of .*: no cgroup of its own: Permission denied: ' "$ERR"
	[ "$(result '.samples | (.stop, .wakeups_1, .lost_10, .memory_1000) | .pause | length > 0' | sort -u)" = true ]
	grep -q '^bench: memory: not measured of .*: smaps_rollup: Permission denied$' "$ERR"
	grep -q '^a noisy machine: others used up to ' "$OUT"
}

@test "no PID namespaces: a line, and what needs none is measured" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, to forbid them"
	rm -rf build
	chown -R root: .
	# In a user namespace whose root may have no other namespace.
	bench unshare --user --map-root-user sh -c 'echo 0 >/proc/sys/user/max_pid_namespaces && exec "$@"' sh
	grep -q '^bench: ready: not measured of floor, pause, .*: ready: clone, with a new PID namespace: No space left' "$ERR"
	[ "$(result '.samples | [.stop, .wakeups_1, .lost_10] | unique | tojson')" = '[{}]' ]
	[ "$(result '.samples | (.file, .memory_1000) | .pause | length')" = $'1\n1' ]
}

@test "what a program costs does not depend on who starts it" {
	make -s build/bench/startup build/bench/peers/official-glibc
	run -0 env -i build/bench/startup build/bench/peers/official-glibc
	nothing=$output
	run -0 env {A..Z}=1 build/bench/startup build/bench/peers/official-glibc
	[ "$output" = "$nothing" ]
}

@test "no perf_event_open: a line, and nothing stays" {
	make -s build/bench/ready build/bench/peers/floor
	run -1 timeout 30 strace -qq -f -o /dev/null -e inject=perf_event_open:error=EACCES build/bench/ready 1 build/bench/peers/floor
	[ "$output" = 'ready: perf_event_open: Permission denied' ]
	wait_until nothing_runs
}

@test "the measuring programs name what is wrong" {
	make -s build/bench/ready build/bench/sigterm build/bench/orphans
	run -2 build/bench/ready 1
	[ "$output" = 'Usage: ready COUNT PROGRAM [ARGUMENT...]' ]
	run -2 build/bench/sigterm lost 5 1
	run -2 build/bench/sigterm slowly 1 /bin/true
	run -2 build/bench/ready 1x /bin/true
	[ "$output" = 'ready: no number from 1 to 1000000: 1x' ]
	run -2 build/bench/orphans
	# shellcheck disable=SC2086 # a command and its first arguments
	for measure in 'ready 1' 'sigterm stop 1' 'sigterm lost 100 1'; do
		run -1 build/bench/$measure /bin/true
		[ "$output" = "${measure%% *}: the program ended without blocking" ]
	done
	run -1 build/bench/sigterm stop 1 /missing
	[ "${lines[0]}" = 'sigterm: /missing: No such file or directory' ]
	run -1 build/bench/sigterm lost 100 1 /missing
	[ "${lines[0]}" = 'sigterm: /missing: No such file or directory' ]
	printf 'int main(void) { for (;;) ; }\n' | gcc -x c -o "$BATS_TEST_TMPDIR/busy" -
	# shellcheck disable=SC2086 # likewise
	for measure in 'ready 1' 'sigterm stop 1'; do
		run -1 build/bench/$measure "$BATS_TEST_TMPDIR/busy"
		[ "$output" = "${measure%% *}: the program does not sleep" ]
	done
	run ! pgrep -f "$BATS_TEST_TMPDIR/busy"
	run -2 bench/run --slow
	[ "$output" = 'Usage: bench/run [--quick]' ]
}
