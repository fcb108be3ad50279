# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # what the tests use, and what bats sets
#
# For tests that become another user: root's clone may be closed to other users, and a machine may
# refuse user namespaces to them.

# another_user: for root, sets ANOTHER, what runs a command as an ordinary user, and lets him
# into $BATS_TEST_TMPDIR; skips where that cannot be. An ordinary user is one already.
another_user() {
	ANOTHER=()
	[ "$(id -u)" -eq 0 ] || return 0
	ANOTHER=(setpriv --reuid nobody --regid nogroup --clear-groups)
	chmod 755 "$BATS_RUN_TMPDIR" "${BATS_TEST_TMPDIR%/*}" "$BATS_TEST_TMPDIR"
	"${ANOTHER[@]}" test -x "$BATS_TEST_TMPDIR" ||
		skip "another user cannot enter $BATS_TEST_TMPDIR; with another TMPDIR, such as /tmp, he can"
}

# user_namespaces: whether that user may make one, in which he is root, as buildah and the demo do.
user_namespaces() {
	"${ANOTHER[@]}" unshare --user --map-root-user --mount true 2>/dev/null
}
NO_USER_NAMESPACES='ordinary users get no user namespaces here: see user.max_user_namespaces and
kernel.apparmor_restrict_unprivileged_userns in sysctl(8); in a chroot there are none'
NO_USER_NAMESPACES=${NO_USER_NAMESPACES//$'\n'/ }
