#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The demo without an engine; that it fails when a claim does not hold; and that it
# leaves nothing behind. With engines it is in test/engines.

bats_require_minimum_version 1.5.0

load demo

setup_file() {
	demo_setup_file
}

setup() {
	# shellcheck source=pod/pod.bash
	. pod/pod.bash
}

teardown() {
	find "$TMPDIR" -mindepth 1 -delete
}

root_only() {
	[ "$(id -u)" -eq 0 ] || skip "needs root, $1"
}

# as_user COMMAND...: COMMAND as an ordinary user, in a copy of this tree that is his.
as_user() {
	local home=$BATS_TEST_TMPDIR/home

	tools/copy-sources "$home"
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_TEST_TMPDIR"
	cp -R build "$home"
	chown -R 54321:54321 "$home"
	(cd "$home" && setpriv --reuid 54321 --regid 54321 --clear-groups "$@")
}

@test "with namespaces, as root" {
	root_only "to be root"
	plays make -s demo
}

@test "with namespaces, as an ordinary user" {
	if [ "$(id -u)" -ne 0 ]; then
		pod_possible || skip "no user namespaces for ordinary users here"
		plays make -s demo
	else
		as_user unshare --user --map-root-user true || skip "no user namespaces for ordinary users here"
		rm -rf "${BATS_TEST_TMPDIR:?}/home"
		plays as_user make -s demo
	fi
}

@test "where neither nginx nor redis-server is installed" {
	root_only "to hide them"
	# It looks for nginx in /usr/sbin whatever the PATH is.
	plays unshare --mount sh -c 'mount -t tmpfs none /usr/sbin && PATH=$BARE_PATH exec demo/run'
	[[ $output == *'a tiny service and another tiny service'* ]]
}

@test "a pause that does not do its work is found out" {
	# One that reaps nothing, and one that ends with another status.
	for wrong in 's/waitpid(-1, &status, WNOHANG | __WALL)/0/' 's/return 0;$/return 7;/' \
		's/"Shutting down, got/"Going, got/' 's/"waitpid return, pid is: #/"waitpid return, pid is: 1/'; do
		rm -rf "$BATS_TEST_TMPDIR/tree"
		tools/copy-sources "$BATS_TEST_TMPDIR/tree"
		cp -R build "$BATS_TEST_TMPDIR/tree"
		sed -i "$wrong" "$BATS_TEST_TMPDIR/tree/src/pause.c"
		run ! cmp -s src/pause.c "$BATS_TEST_TMPDIR/tree/src/pause.c"
		run ! make -s -C "$BATS_TEST_TMPDIR/tree" WARNINGS= demo 3>&-
		[[ $output == *'demo: '* ]]
		[[ $output != *'All of it held'* ]]
		nothing_left
	done
}

@test "Ctrl-C ends it, and it leaves nothing" {
	for moment in '1. A pod' '3. The containers' '4. An orphan'; do
		: >"$BATS_TEST_TMPDIR/out"
		env --default-signal=INT setsid demo/run >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
		demo=$!
		wait_until grep -q "^$moment" "$BATS_TEST_TMPDIR/out"
		kill -s INT -- -$demo
		status=0
		wait $demo || status=$?
		[ $status -eq 130 ]
		nothing_left
	done
}
