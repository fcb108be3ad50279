#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# test/isolated: what COMMAND has there, and that nothing of it stays, however it ends.

bats_require_minimum_version 1.5.0

load another_user
. pod/pod.bash

setup() {
	cannot=$(test/isolated true 2>&1) || skip "$cannot"
	# Names COMMAND's processes, mounts and files.
	MARK=$BATS_TEST_TMPDIR/marked.$RANDOM
	cp "$(type -P sleep)" "$MARK"
	jobs=()
}

teardown() {
	[ "${#jobs[@]}" -eq 0 ] || kill -KILL "${jobs[@]}" 2>/dev/null || true
}

# What an engine does: mounts, files, a bridge, a process of another session and control groups of
# pods. Says that it is done by the file of its first argument, and then sleeps.
# shellcheck disable=SC2016 # the inner shell expands it
MESS='
	mount -t tmpfs "$0" /mnt && mount -t tmpfs "$0" /etc/apt
	for dir in /dev/shm /etc /opt /run /var "$TMPDIR"; do : >"$dir/${0##*/}"; done
	ip link add cri-pods type bridge
	setsid "$0" 1000 &
	for procs in $(ls /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/*/cgroup.procs 2>/dev/null); do
		root=${procs%/*}
		for group in pod pod/container; do
			mkdir "$root/$group"
			for file in cpuset.cpus cpuset.mems; do
				[ ! -e "$root/$file" ] || cat "$root/$file" >"$root/$group/$file"
			done
		done
		echo $! >"$root/pod/container/cgroup.procs"
	done
	: >"$1"
	exec "$0" 1000'

# starts: MESS in the background, in a process group of its own, in which SIGINT is what it is in a
# terminal's. Sets ISOLATED.
starts() {
	rm -f "$BATS_TEST_TMPDIR/done"
	env --default-signal=INT setsid test/isolated bash -ec "$MESS" "$MARK" "$BATS_TEST_TMPDIR/done" 3>&- &
	ISOLATED=$! jobs+=($!)
	wait_until test -e "$BATS_TEST_TMPDIR/done"
	[ "$(pgrep -cf "^$MARK 1000")" -eq 2 ]
	[ -n "$(groups_of_isolated)" ]
	nothing_outside
}

groups_of_isolated() {
	find /sys/fs/cgroup -maxdepth 2 -name "pause-test.$ISOLATED"
}

# nothing_outside: no mount, file or network interface of MESS is in this shell's namespaces.
nothing_outside() {
	run ! grep -F "$MARK" /proc/self/mounts
	[ -z "$(find /dev/shm /etc /opt /run /var /tmp "${TMPDIR-/tmp}" -maxdepth 1 -name "${MARK##*/}")" ]
	[ ! -e /sys/class/net/cri-pods ]
}

# is_gone: whether no process and no control group is left, test/isolated's own included.
is_gone() {
	! pgrep -f "^$MARK 1000" && ! pgrep -f "pause-test[.]$ISOLATED" && [ -z "$(groups_of_isolated)" ]
}

@test "nothing is left when COMMAND ends, though its processes do not, and the status is COMMAND's" {
	for status in 0 1 7; do
		# shellcheck disable=SC2016 # the inner shell expands it
		run -$status bash -c 'echo $$ >"$0" && exec test/isolated "$@"' "$BATS_TEST_TMPDIR/pid" \
			bash -c "${MESS%exec*}exit $status" "$MARK" "$BATS_TEST_TMPDIR/done"
		[ -z "$output" ] || { echo "$output" && false; }
		rm "$BATS_TEST_TMPDIR/done"
		ISOLATED=$(cat "$BATS_TEST_TMPDIR/pid")
		is_gone
		nothing_outside
	done
	run -137 test/isolated sh -c 'kill -KILL $$'
	run -127 test/isolated "$BATS_TEST_TMPDIR/none"
	[ "$(echo text | test/isolated cat)" = text ]
}

@test "nothing is left after Ctrl-C, SIGTERM and SIGKILL" {
	starts
	kill -INT -- "-$ISOLATED"
	wait "$ISOLATED" || status=$?
	[ "$status" -eq 143 ]
	is_gone
	starts
	kill -TERM "$ISOLATED"
	wait "$ISOLATED" || status=$?
	[ "$status" -eq 143 ]
	is_gone
	starts
	kill -KILL "$ISOLATED"
	wait_until is_gone
	nothing_outside
}

@test "several at once do not see each other, and the end of one is not that of another" {
	# shellcheck disable=SC2016 # the inner shell expands it
	script='
		echo "$0" >/etc/marked && echo "$0" >/run/marked && echo "$0" >/var/marked
		ip link add cri-pods type bridge
		: >"$1.$0"
		until [ -e "$1.go" ]; do sleep 0.01; done
		[ "$(cat /etc/marked /run/marked /var/marked | sort -u)" = "$0" ]
		! pgrep -x marked'
	cp "$(type -P sleep)" "$BATS_TEST_TMPDIR/marked"
	test/isolated "$BATS_TEST_TMPDIR/marked" 1000 3>&- &
	ISOLATED=$! jobs+=($!)
	for number in 1 2; do
		test/isolated bash -ec "$script" "$number" "$BATS_TEST_TMPDIR/one" 3>&- &
		jobs+=($!)
	done
	wait_until test -e "$BATS_TEST_TMPDIR/one.1"
	wait_until test -e "$BATS_TEST_TMPDIR/one.2"
	wait_until pgrep -f "^$BATS_TEST_TMPDIR/marked 1000"
	touch "$BATS_TEST_TMPDIR/one.go"
	kill -KILL "$ISOLATED"
	wait "${jobs[1]}"
	wait "${jobs[2]}"
	wait_until is_gone
}

@test "COMMAND may use 8 GiB of memory" {
	# shellcheck disable=SC2016 # the inner shell expands it
	run -0 test/isolated bash -c '
		cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null
		grep -qx $$ /sys/fs/cgroup/memory/cgroup.procs || grep -qx $$ /sys/fs/cgroup/init/cgroup.procs'
	[ "${lines[0]}" -eq $((8 << 30)) ]
}

@test "without root, or control groups that it may change, it says so in one line" {
	cp test/isolated "$BATS_TEST_TMPDIR"
	another_user
	run -1 "${ANOTHER[@]}" "$BATS_TEST_TMPDIR/isolated" true
	[ "$output" = 'isolated: engines are started by root only' ]
	run -1 unshare --mount sh -c 'mount -t tmpfs none /sys/fs/cgroup && exec test/isolated true'
	[ "$output" = 'isolated: no control groups in /sys/fs/cgroup' ]
	run -1 unshare --mount bash -c '
		for dir in /sys/fs/cgroup /sys/fs/cgroup/*; do ! mountpoint -q "$dir" || mount -o remount,bind,ro "$dir"; done
		exec test/isolated true'
	[[ ${lines[0]} == 'isolated: cannot make control groups: mkdir: '*'Read-only file system' ]]
	[ "${#lines[@]}" -eq 1 ]
}
