#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Where there is little to live on.

load ../helpers

# bats test_tags=bare
@test "a root without /proc, /dev and everything else" {
	bare=$BATS_TEST_TMPDIR/root
	mkdir "$bare"
	cp "$PAUSE" "$bare/pause"
	chmod 555 "$bare/pause"
	chmod 755 "$bare"
	as_init unshare --root="$bare" /pause --log-reaped --guard
	in_pod sh -c 'kill 1'
	orphan=$(in_pod build/test/orphans exits)
	wait_until has_line "$ERR" "waitpid return, pid is: $orphan, exit status: 7"
	grep -q '^Refused signal: Terminated, from PID: ' "$ERR"
	stop_pause TERM
}

@test "uid 65535 without a capability and with no_new_privs" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, to be somebody else"
	as_init setpriv --reuid 65535 --regid 65535 --clear-groups --bounding-set -all --inh-caps -all \
		--no-new-privs "$PAUSE" --log-reaped --guard
	[ "$(status_of "$PID" CapEff)" = 0000000000000000 ]
	in_pod sh -c 'kill 1'
	orphan=$(in_pod build/test/orphans zombie)
	wait_until has_line "$ERR" "waitpid return, pid is: $orphan, exit status: 7"
	grep -q '^Refused signal: Terminated, from PID: ' "$ERR"
	stop_pause TERM
}
