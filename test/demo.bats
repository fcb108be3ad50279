#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The demo: with namespaces, with Docker and with Podman; that it fails when a
# claim does not hold; and that it leaves nothing behind.

bats_require_minimum_version 1.5.0

setup_file() {
	# Where the demo keeps its files, to see what it leaves.
	export TMPDIR=$BATS_FILE_TMPDIR/tmp
	mkdir "$TMPDIR"
	chmod 1777 "$TMPDIR"
	# A PATH that has everything but what the demo can do without.
	export BARE_PATH=$BATS_FILE_TMPDIR/bin
	mkdir "$BARE_PATH"
	ln -sf /bin/* /usr/bin/* "$BARE_PATH/"
	rm -f "$BARE_PATH"/{nginx,redis-server,docker,podman}
}

setup() {
	# shellcheck source=pod/pod.bash
	. pod/pod.bash
	# shellcheck source=test/engines/engines.bash
	. test/engines/engines.bash
	DOCKERD='' PODMAN=''
}

teardown() {
	[ -z "$DOCKERD" ] || docker_end "$BATS_TEST_TMPDIR"
	[ -z "$PODMAN" ] || podman_end "$BATS_TEST_TMPDIR"
	find "$TMPDIR" -mindepth 1 -delete
}

# plays COMMAND...: the demo runs to its end, all of it true, and leaves nothing.
plays() {
	run -0 "$@" 3>&-
	echo "$output"
	[ "$(grep -c '^  \[ok\]' <<<"$output")" -eq 13 ]
	[[ $output == *'All of it held.' ]]
	nothing_left
}

nothing_left() {
	[ -z "$(ls -A "$TMPDIR")" ]
	[ -z "$(pgrep -f "$TMPDIR")" ]
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

@test "with Docker" {
	root_only "to start a Docker daemon"
	docker_start_without_network "$BATS_TEST_TMPDIR"
	plays make -s demo ENGINE=docker
	[ -z "$(docker ps -aq)$(docker images -q)" ]
}

@test "with Podman" {
	root_only "to run Podman in this way"
	PODMAN=yes
	podman_configure "$BATS_TEST_TMPDIR"
	plays make -s demo ENGINE=podman
	[ -z "$(podman ps -aq)$(podman images -q)" ]
}

@test "an engine that does not answer, is not there, or does not exist is named" {
	DOCKER_HOST=unix://$BATS_TEST_TMPDIR/none run -1 demo/run docker
	[[ $output == 'demo: docker does not answer: '* ]]
	PATH=$BARE_PATH run -1 demo/run docker
	[ "$output" = 'demo: no docker; install with: apt-get install -y docker.io' ]
	PATH=$BARE_PATH run -1 demo/run podman
	[ "$output" = 'demo: no podman; install with: apt-get install -y podman' ]
	run -2 demo/run rkt
	[ "$output" = 'demo: ENGINE may be docker or podman, and is: rkt' ]
	nothing_left
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
