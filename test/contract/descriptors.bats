#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Descriptors above 2 that a runtime left open are closed, also without close_range(2).

load ../helpers

# bats test_tags=kernel
@test "descriptors that a runtime leaked are closed, the first three kept" {
	as_init bash -c 'exec 3</etc/passwd 9>/dev/null 200</; exec "$@"' - "$PAUSE"
	[ "$(ls "/proc/$PID/fd")" = $'0\n1\n2' ]
	stop_pause TERM
}

# without_close_range ERROR CALLS: pause where close_range(2) fails with ERROR; a trace of CALLS.
without_close_range() {
	local highest

	highest=$(($(ulimit -H -n) - 1))
	: >"$BATS_TEST_TMPDIR/trace"
	# --seccomp-bpf stops pause at these calls only.
	# shellcheck disable=SC2016 # the inner shell expands it
	elsewhere bash -c 'ulimit -n hard; eval "exec 3</etc/passwd 500</ $1<\"\$0\""; exec strace -D --seccomp-bpf -f -qq \
		-o "$0" -e trace="$3" -e inject=close_range:error="$2" "${@:4}"' "$BATS_TEST_TMPDIR/trace" \
		$((highest < 65535 ? highest : 65535)) "$1" "$2" "$PAUSE"
	grep -qF 'close_range(3, 2147483647, 0)' "$BATS_TEST_TMPDIR/trace" # gVisor takes no more
	# To an ordinary user, a pause that is not dumpable shows no descriptors.
	[ ! -r "/proc/$PID/fd" ] || [ "$(ls "/proc/$PID/fd")" = $'0\n1\n2' ]
	stop_pause TERM
}

# bats test_tags=native
@test "where close_range(2) is missing or refused, one by one up to 65,535" {
	for error in EINVAL EPERM; do
		without_close_range $error close_range
	done
	without_close_range ENOSYS close_range,close
	[ "$(tail -n 1 "$BATS_TEST_TMPDIR/trace" | sed 's/ *=.*//; s/^[0-9]* *//')" = 'close(65535)' ]
}
