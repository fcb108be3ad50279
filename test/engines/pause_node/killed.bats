#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# pause-node that is killed, has no space left, or runs twice: pods start, and the next run does
# what is left.

load ../../helpers
load node

setup_file() {
	node_setup_file
	without_podman
	# What containerd keeps is on a disk of its own.
	mkdir "$NODE/root"
	mount -t tmpfs -o size=64m tmpfs "$NODE/root"
	own_daemon
	node_start || return 0
	# ctr that kills all of pause-node when it has made its nth change.
	mv "$NODE/bin/ctr" "$NODE/bin/real-ctr"
	cat >"$NODE/bin/ctr" <<-END
		#!/bin/sh
		$NODE/bin/real-ctr "\$@"
		status=\$?
		case \$* in
		*' label '* | *' import '*-* | *' rm '*)
			case \$* in *--help) exit \$status ;; esac
			left=\$((\$(cat $NODE/left) - 1))
			echo \$left >$NODE/left
			[ \$left -ne 0 ] || pkill -KILL -s 0
			;;
		esac
		exit \$status
	END
	chmod +x "$NODE/bin/ctr"
	PATH=${CONTAINERD:+$CONTAINERD:}$PATH
	official "$NAME"
}

teardown_file() {
	node_end
	with_podman
}

setup() {
	can_run
	OUT=$BATS_TEST_TMPDIR/out ERR=$BATS_TEST_TMPDIR/err
	echo 0 >"$NODE/left"
	BEFORE=$(everything)
}

teardown() {
	[ -z "${CANNOT-}" ] || return 0
	remove_sandboxes
}

# killed N ARGUMENT...: pause-node is, after its Nth change. Status 1 where it has ended before.
killed() {
	local left

	echo "$1" >"$NODE/left"
	run setsid --wait "$NODE/pause-node" "${@:2}"
	left=$(cat "$NODE/left")
	echo 0 >"$NODE/left" # for who is not to be killed
	[ "$left" -le 0 ] || return
	[ "$status" -eq 137 ] || { echo "$output" && false; }
}

# starts: a pod does.
starts() {
	[ -n "$(pod)" ]
}

@test "install is killed after each of its changes: a pod starts, and install or remove finishes" {
	local n

	for ((n = 1; ; n++)); do
		killed $n install || break
		starts
		node 0 install
		node 0 remove
		is_as_before
		killed $n install
		node 0 remove
		is_as_before
	done
	node 0 remove
	is_as_before
	[ $n -gt 6 ]
}

@test "remove is killed after each of its changes: a pod starts, and remove finishes" {
	local n

	node 0 install
	for ((n = 1; ; n++)); do
		killed $n remove || break
		starts
		node 0 remove
		is_as_before
		node 0 install
	done
	is_as_before
	[ $n -gt 4 ]
}

@test "two at once: one waits for the other, and both succeed" {
	"$NODE/pause-node" install >"$OUT" 2>&1 3>&- &
	node 0 install
	wait $!
	cat "$OUT"
	[ "$(printf '%s\n' "$output" "$(cat "$OUT")" | grep -c 'is pause .* already$')" -eq 1 ]
	node 0 check
	node 0 remove
	is_as_before
}

@test "a full disk: install fails, all is as before, and it succeeds when there is space" {
	dd if=/dev/zero of="$NODE/root/full" bs=4k 2>/dev/null || true
	node 1 install
	complained 'pause-node: containerd: cannot *no space left on device*'
	[ "$(images ls | held "$NAME")" = "$(held "$NAME" <<<"$BEFORE")" ]
	rm "$NODE/root/full"
	runs "$OFFICIAL"
	node 0 install
	runs "$OURS"
	node 0 remove
	is_as_before
}
