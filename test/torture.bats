#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Only here: that torture finds what is wrong, names what it cannot do, and leaves nothing.

bats_require_minimum_version 1.5.0

load helpers

# is_clean: nothing that a torture by $PAUSE makes is there any more.
is_clean() {
	! pgrep -f "unshare.* $PAUSE" && [ -z "$(find /sys/fs/cgroup -maxdepth 2 -name 'pause-pod.*')" ]
}

# finds EDIT LOST SEED: torture finds what sed(1)'s EDIT makes of pause, in the round of that seed.
finds() {
	wrong_tree "$1"
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -C "$TREE"
	export PAUSE=$TREE/build/pause
	run ! --separate-stderr test/torture 60 "$3"
	grep -q "^lost: $2 .*(SEED=[0-9]*: " <<<"$stderr"
	[[ ${lines[-1]} =~ ^[0-9]+\ rounds,\ .*\ [1-9]\ lost$ ]]
	is_clean
}

@test "a pause that ends when it is stopped and continued, or that reaps on when it is told to end, is found" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, for cgroups"
	finds 's/errno != EINTR && //' 'not told to, it ended with status 42,' 1
	# It awaits the SIGPIPE of a broken pipe.
	finds 's/blocked = awaited;/sigaddset(\&awaited, SIGPIPE), &/' 'with SIG[A-Z]* pending it reaped on:' 575
}

@test "it is told to end: it leaves nothing" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, for cgroups"
	cp "$PAUSE" "$BATS_TEST_TMPDIR/pause"
	export PAUSE=$BATS_TEST_TMPDIR/pause
	test/torture 600 1 >"$OUT" 2>"$ERR" 3>&- &
	JOB=$!
	wait_until pgrep -f "unshare.* $PAUSE"
	kill -s TERM "$JOB"
	ends 1
	is_clean
}

@test "wrong arguments, no program, no root, no cgroup of its own: a line, status 2" {
	for arguments in '' x '1 2 3' -1; do
		# shellcheck disable=SC2086 # they are several
		run -2 test/torture $arguments
		[ "$output" = 'usage: torture SECONDS [SEED], whole numbers' ]
	done
	PAUSE=/no/pause run -2 test/torture 1
	[ "$output" = 'torture: /no/pause is not there, or no program: make builds it' ]
	[ "$(id -u)" -eq 0 ] || skip "needs root, to hide cgroups"
	run -2 unshare --mount --propagation unchanged sh -c '
		mount --make-rprivate /sys && mount -t tmpfs -o ro tmpfs /sys/fs/cgroup && exec test/torture 1'
	[[ $output == 'torture: no cgroup of its own: '*': /sys/fs/cgroup/'* ]]
	setpriv --reuid 65534 --clear-groups test -r "$PWD/pod/pod.py" || skip "another user cannot reach this clone"
	run -2 setpriv --reuid 65534 --clear-groups test/torture 1
	[ "$output" = 'torture: cgroups and full disks are made by root only' ]
}
