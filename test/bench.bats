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
	cp -a build "$TREE"
	rm -f "$TREE/build/bench/results.json"
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$TREE"
}

setup() {
	unset MAKEFLAGS MAKELEVEL MFLAGS
	cd "$TREE" || return
	VERSION=$(cat build/version)
	export VERSION
	RESULTS=build/bench/results.json
	OUT=$BATS_TEST_TMPDIR/out ERR=$BATS_TEST_TMPDIR/err
}

# result FILTER: what jq(1) makes of the results.
result() {
	jq -r "$1" "$RESULTS"
}

nothing_runs() {
	local process

	! pgrep -f "$TREE/" >/dev/null || return
	for process in $(pgrep -f '^build/(bench|linux-)'); do
		[ "$(readlink "/proc/$process/cwd")" != "$TREE" ] || return
	done
	[ -z "$(find /sys/fs/cgroup -maxdepth 2 -name 'pause-pod.*')" ]
}

PROGRAMS='floor pause official-glibc official-musl catatonit pause-init tini-static catatonit-init dumb-init'

@test "a quick run measures every program, and leaves nothing behind" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	make -s bench QUICK=1 >"$OUT" 2>"$ERR" 3>&- || { tail -n 3 "$ERR" && false; }
	[ "$(result '.programs | keys_unsorted | join(" ")')" = "$PROGRAMS" ]
	[ "$(result '[.programs[].missing] | unique | tojson')" = '[null]' ]
	# A quick run has a small crowd, and pause has no command.
	[ "$(result '[.samples | to_entries[] | select(.value.pause == null).key | select(test("_10*000$|^command$") | not)] |
		length')" -eq 0 ] || { result .missing && false; }

	[ "$(result '.samples.file["official-glibc"][0]')" = "$(stat -c %s build/bench/peers/official-glibc)" ]
	run -0 build/bench/startup build/linux-"$(make -s this-platform)"/pause
	diff <(result '.samples | "user instructions: \(.instructions.pause[0])", "system calls: \(.system_calls.pause[0])"') \
		- <<<"$output"

	# What is nothing with pause is something with others, so it is looked at.
	[ "$(result '[.samples | (.wakeups_1, .wakeups_16, .zombies_1, .idle_wakeups).pause[0]] | tojson')" = '[0,0,0,0]' ]
	[ "$(result '.samples.wakeups_1["official-glibc"][0] > 1000')" = true ]
	[ "$(result '.samples.idle_wakeups["tini-static"][0] > 0')" = true ]
	[ "$(result '.samples.lost["official-glibc"][0] > 0')" = true ]
	# One SIGTERM at every 16th microsecond.
	[ "$(result '[.samples | to_entries[] | select(.key | startswith("lost_")).value["dumb-init"][]] | length')" -eq 63 ]
	[ "$(result '.samples.lost["dumb-init"][0] > 0')" = true ]
	[ "$(result '.samples.command | keys_unsorted | join(" ")')" = 'pause-init tini-static catatonit-init dumb-init' ]
	[ "$(result '[.samples.command[][]] | min > 0')" = true ]
	[ "$(result '.samples.libc | [."pause-init", ."dumb-init"] | tojson')" = '[[0],[1]]' ]
	[ "$(result '.samples.wakeups_1 | [."tini-static", ."catatonit-init", ."dumb-init"] | map(.[0] > 1000) | tojson')" = \
		'[true,true,true]' ]
	[ "$(result '.samples.idle_wakeups["pause-init"][0]')" = 0 ]
	if printf '%s\n' 6.15 "$(uname -r)" | sort --version-sort --check=silent; then
		[ "$(result '[.samples | (.wakeups_1, .wakeups_16)["pause-init"][0]] | tojson')" = '[0,0]' ]
	fi
	[ "$(result '[.samples | (.ready, .stop, .rss_500, .pss_500, .cgroup) | .floor[]] | min > 0')" = true ]
	# The CPU time of all processes is far more than that of PID 1, which has the smallest part.
	[ "$(result '.orphans as $orphans | .samples | .orphan_cpu_1["official-glibc"][0] * $orphans / 1000 >
		3 * .reaping_cpu_1["official-glibc"][0]')" = true ]
	[ "$(result '.samples.sandboxes | keys | tojson')" = '["official-glibc","pause"]' ]
	[ "$(result '.missing | keys | tojson')" = '["lost SIGTERMs","reaping"]' ]

	grep -qE '^size of the official file, to ours: [0-9.]+, met ' "$OUT"
	grep -q '^\[1/.*minutes left$' "$ERR"
	wait_until nothing_runs
}

@test "what loses SIGTERM is seen to lose SIGTERM, and what forwards SIGTERM is not" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	[ "$(nproc)" -gt 1 ] || skip "needs two CPUs"
	make -s build/bench/sigterm build/bench/peers/floor build/pause-init
	# PID 1 with a command that would end, and without a word to that command.
	run -0 build/bench/sigterm lost 1000 100 /bin/sh -c 'build/bench/peers/floor & wait'
	[ "$output" = "$(seq 1 100 1000 | sed 's/$/ 1/')" ]
	# No single one, as a start may have to wait for its CPU.
	run -0 build/bench/sigterm lost 1000 100 build/pause-init -- build/bench/peers/floor
	[[ $output == *' 0'* ]]
}

@test "an init is ready when its command is executed, and not when PID 1 executes something" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	make -s build/bench/ready build/bench/peers/floor
	run -0 build/bench/ready command 1 /usr/bin/perl -e \
		'select(undef, undef, undef, 0.1); fork or exec "build/bench/peers/floor"; wait'
	[ "$output" -ge 100000000 ]
	run -1 build/bench/ready command 1 /bin/sh -c 'exec build/bench/peers/floor'
	[ "$output" = 'ready: the program does not get ready' ]
	run -1 build/bench/ready command 1 /bin/true
	[ "$output" = 'ready: the program ended before it was ready' ]
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

@test "the documents take the results, and say that they are of a noisy machine; damaged ones or none: a line" {
	[ -e "$RESULTS" ] || skip "the quick run needs root"
	jq '.busy = [0.7] | .machine.kernel = "5.0-other"' "$RESULTS" >"$RESULTS.other"
	mv "$RESULTS.other" "$RESULTS"
	run -0 --separate-stderr make -s bench-docs
	[[ $stderr == "document: these results are of another machine: "*5.0-other* ]]
	grep -qF "| size of the file, bytes | $(result '.samples.file.pause[0]' | sed 's/...$/,&/') |" README.md
	grep -qE '^On a node of 110 pods, pause saves -?[0-9.]+ MiB of memory and ' README.md
	grep -qF 'Measured on '"$(result .date)"' by `make bench QUICK=1` on' docs/benchmark.md
	grep -q 'A noisy machine: others used up to 70% of a CPU' docs/benchmark.md
	size=$(result '.samples.file["pause-init"][0]' | sed 's/...$/,&/')
	sed '1,/^## As the init/d' docs/benchmark.md | grep -qF "| size of the file, bytes | $size |"
	sed -n '/^## Beside/,/^## Limits/p' docs/init.md | grep -q "^$size bytes (tini .*);"
	for picture in lost memory wakeups pull; do
		grep -q '</svg>' docs/benchmark/$picture.svg
	done
	# A second time nothing changes.
	before=$(cat README.md docs/benchmark.md docs/init.md)
	run -0 bench/document
	[ "$(cat README.md docs/benchmark.md docs/init.md)" = "$before" ]
	echo '{"programs": {}, "machine": {}, "samples": {}}' >"$RESULTS"
	run -1 bench/document
	[[ $output == "$RESULTS is not what make bench writes: "* ]]
	rm "$RESULTS"
	run -1 bench/draw
	[ "$output" = "no $RESULTS: run make bench first" ]
}

@test "an ordinary user: why a figure is missing, and the others" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, to become another user"
	another_user
	user_namespaces || skip "$NO_USER_NAMESPACES"
	chown -R nobody: .
	run -0 env HOME="$TREE/build" "${ANOTHER[@]}" /usr/bin/python3 -B - <<-'END'
		import sys, types
		sys.path.append("bench")
		import measures, programs
		measures.adopt_orphans()
		pause = next(program for program in programs.all_programs() if program.name == "pause")
		for name in "reaping", "cgroup", "lost":
		    try:
		        print(*getattr(measures, name)(pause, types.SimpleNamespace(count=16)))
		    except (programs.CannotHave, OSError) as why:
		        print(*getattr(why, "samples", {}), why)
	END
	[[ ${lines[0]} == orphans_1\ *\ zombies_16\ 'CPU time of all processes: no cgroup of its own: Permission denied: '* ]]
	[[ ${lines[1]} == 'no cgroup of its own: Permission denied: '* ]]
	[[ ${lines[2]} == 'lost '*' lost_800' ]]
}
