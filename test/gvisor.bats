#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# pause as PID 1 of gVisor, a kernel that is not Linux: what it does there, and that nothing leaks.

bats_require_minimum_version 1.5.0

load helpers

@test "under runsc --platform=ptrace: it reaps, refuses, closes what leaked, and ends" {
	[ "$(id -u)" -eq 0 ] || skip "runsc(1) wants root here"
	command -v runsc >/dev/null || skip "needs runsc (Debian package runsc)"
	unshare --user true 2>/dev/null || skip "runsc needs a user namespace: see user.max_user_namespaces in sysctl(8)"
	case $(uname -m) in x86_64 | aarch64) ;; *) skip "gVisor knows amd64 and arm64 only" ;; esac
	# cat ends, as pause's child, when nobody has the pipe open any more.
	cat >"$BATS_TEST_TMPDIR/first" <<-'END'
		mkfifo /tmp/leaked
		cat /tmp/leaked &
		exec 77>/tmp/leaked
		(until grep -q pause /proc/1/comm; do sleep 0.1; done; kill 1) &
		exec "$@"
	END
	# runsc becomes nobody, who has to reach its files.
	STATE=$(mktemp -d)
	chmod 755 "$STATE"
	TMPDIR=$STATE runsc --platform=ptrace --network=none 'do' -force-overlay=true \
		bash "$BATS_TEST_TMPDIR/first" "$(realpath "$PAUSE")" --log-reaped --guard >"$OUT" 2>"$ERR" 3>&- &
	JOB=$!
	wait_until grep -q '^Refused signal: Terminated, from PID: ' "$ERR"
	wait_until reaped 2
	kill -s TERM "$JOB"
	ends 0
	[ "$(tail -n 1 "$ERR")" = "$TERMINATED" ]
}

teardown() {
	[ -z "$JOB" ] || kill -s TERM "$JOB" # which ends the sandbox
	[ -z "$JOB" ] || wait "$JOB" || true
	[ -z "${STATE-}" ] || rm -rf "$STATE"
}

# reaped COUNT: whether pause has logged so many processes.
reaped() {
	[ "$(grep -c '^waitpid return, pid is: [0-9]*, exit status: 0$' "$ERR")" -eq "$1" ]
}
