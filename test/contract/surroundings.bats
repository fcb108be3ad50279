#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Where there is little to live on.

load ../helpers

root_only() {
	[ "$(id -u)" -eq 0 ] || skip "needs root, to be somebody else"
}

# bare_root: makes $BARE, a file system with /pause in it and nothing else.
bare_root() {
	BARE=$BATS_TEST_TMPDIR/root
	mkdir "$BARE"
	cp "$PAUSE" "$BARE/pause"
	chmod 555 "$BARE/pause"
	chmod 755 "$BARE"
}

# bats test_tags=bare
@test "a root without /proc, /dev and everything else" {
	bare_root
	as_init unshare --root="$BARE" /pause --log-reaped --guard
	in_pod sh -c 'kill 1'
	orphan=$(in_pod build/test/orphans exits)
	wait_until has_line "$ERR" "waitpid return, pid is: $orphan, exit status: 7"
	grep -q '^Refused signal: Terminated, from PID: ' "$ERR"
	stop_pause TERM
}

# bats test_tags=bare
@test "a root that is mounted read-only" {
	bare_root
	as_init sh -c 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && exec unshare --root="$1" /pause' - "$BARE"
	in_pod build/test/orphans exits 10 >/dev/null
	wait_until pod_is_empty
	stop_pause TERM
	says "$ERR" "$TERMINATED"
}

@test "uid 65535 without a capability and with no_new_privs" {
	root_only
	as_init setpriv --reuid 65535 --regid 65535 --clear-groups --bounding-set -all --inh-caps -all \
		--no-new-privs "$PAUSE" --log-reaped --guard
	[ "$(status_of "$PID" CapEff)" = 0000000000000000 ]
	in_pod sh -c 'kill 1'
	orphan=$(in_pod build/test/orphans zombie)
	wait_until has_line "$ERR" "waitpid return, pid is: $orphan, exit status: 7"
	grep -q '^Refused signal: Terminated, from PID: ' "$ERR"
	stop_pause TERM
}

# bats test_tags=bare
@test "no more processes, files or locked memory allowed" {
	as_init bash -c 'ulimit -n 3 -u 1 -l 0 -s 64 && exec "$@"' - "$PAUSE" --log-reaped
	stop_pause TERM
	says "$ERR" "$TERMINATED"
}

