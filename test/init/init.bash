# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2086,SC2154 # the tests use them; words; bats sets them
#
# What the tests of pause-init share. To be sourced after test/helpers.bash, whose as_init, elsewhere
# and ends they use.

INIT=${INIT:-build/pause-init}

# The two ways to reap: the kernel, where it can, and init itself. On the kernels of test/kernels there
# is the older way only.
WAYS=('' 'build/test/exec_under_filter !signalfd4')
[ -z "${UNTRACED-}" ] || WAYS=('' '')

# called NAME: prints a path by which INIT has that name.
called() {
	ln -sf "$PWD/$INIT" "$BATS_TEST_TMPDIR/$1"
	echo "$BATS_TEST_TMPDIR/$1"
}

# starts COUNT WAY START [OPTION...]: INIT with print_signals COUNT as its command; returns when that is ready.
starts() {
	: >"$OUT"
	$3 $2 "$INIT" "${@:4}" build/test/print_signals "$1"
	wait_until has_line "$OUT" ready
}

# got [LINE...]: print_signals has got exactly these signals, and has ended.
got() {
	ends 3
	diff <(printf '%s\n' ready "$@") "$OUT"
}
