#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The demo without an engine: by every user, without what it can do without, with a pause that
# is wrong, and interrupted. It leaves nothing behind. With engines it is in test/engines.

bats_require_minimum_version 1.5.0

load demo
load another_user

setup_file() {
	demo_setup_file
}

setup() {
	# shellcheck source=pod/pod.bash
	. pod/pod.bash
	pod_possible 2>"$BATS_TEST_TMPDIR/why" || skip "no pod can be made here: $(cat "$BATS_TEST_TMPDIR/why")"
}

teardown() {
	find "$TMPDIR" -mindepth 1 -delete
}

root_only() {
	[ "$(id -u)" -eq 0 ] || skip "needs root, $1"
}

# own_copy: sets TREE, a copy of this one, with what was built.
own_copy() {
	TREE=$BATS_TEST_TMPDIR/tree
	tools/copy-sources "$TREE"
	cp -R build "$TREE"
}

@test "with namespaces, as root" {
	root_only "to be root"
	plays make -s demo
}

@test "with namespaces, as an ordinary user" {
	another_user
	user_namespaces || skip "$NO_USER_NAMESPACES"
	own_copy
	[ "$(id -u)" -ne 0 ] || chown -R nobody "$TREE"
	plays "${ANOTHER[@]}" make -s -C "$TREE" demo
}

@test "where neither nginx nor redis-server is installed" {
	root_only "to hide them"
	unshare --mount true 2>"$BATS_TEST_TMPDIR/why" || skip "needs a mount namespace: $(cat "$BATS_TEST_TMPDIR/why")"
	# It looks for nginx in /usr/sbin whatever the PATH is.
	plays unshare --mount sh -c 'mount -t tmpfs none /usr/sbin && PATH=$BARE_PATH exec demo/run'
	[[ $output == *'a tiny service and another tiny service'* ]]
}

@test "a pause that does not do its work is found out" {
	own_copy
	# One that reaps nothing, one that ends with another status, and one that says something else.
	while IFS='|' read -r wrong what; do
		sed "$wrong" src/pause.c >"$TREE/src/pause.c"
		run ! cmp -s src/pause.c "$TREE/src/pause.c"
		WAIT_SECONDS=10 run -2 make -s -C "$TREE" WARNINGS= demo 3>&-
		[[ $output == *"demo: $what"* ]] || { echo "$output" && false; }
		[[ $output != *'All of it held'* ]]
		nothing_left
	done <<-'END'
		s/waitpid(-1, &status, WNOHANG . __WALL)/0/|pause did not log the orphan
		s/return 0;$/return 7;/|a claim did not hold: and with exit status 0
		s/"Shutting down, got/"Going, got/|pause did not say that it ends
	END
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
