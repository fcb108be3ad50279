# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # what bats sets
#
# A node that deploy/pause-node is run on: this machine's /etc and /var, which
# test/isolated keeps from being changed, and engines of the tests' own.

# node_setup_file: makes $NODE, the folder of what a test adds to the node, with pause-node
# and the archive beside it. Sets IMAGE, the plain image of the archive.
node_setup_file() {
	export NODE=$BATS_FILE_TMPDIR/node IMAGE

	IMAGE=localhost/pause:$(cat build/version)
	mkdir "$NODE" "$NODE/bin"
	cp deploy/pause-node build/pause.oci.tar "$NODE"
	ln -s "$PWD/test/engines/systemctl" "$NODE/bin"
	export PATH=$NODE/bin:$PATH
}

# node STATUS ARGUMENT...: pause-node has that exit status; $output and $stderr are what it wrote.
node() {
	run --separate-stderr "${LIMITED[@]}" "$NODE/pause-node" "${@:2}" 3>&-
	[ "$status" -eq "$1" ] || { printf '%s\n' "exit status $status, not $1" "$output" "$stderr" && false; }
}

# snapshot PATH...: what there is at each PATH, to the byte and with owner, mode and time, where
# a file is; and below /var/lib/pause-node.
snapshot() {
	find "$@" /var/lib/pause-node ! -type d -printf '%p %i %m %u %g %t\n' -exec cksum {} + 2>/dev/null | sort
	find "$@" /var/lib/pause-node -type d -printf '%p %m\n' 2>/dev/null | sort
}

# says_on_stderr PATTERN: pause-node, run by node, did.
says_on_stderr() {
	# shellcheck disable=SC2053 # a pattern
	[[ $stderr == $1 ]] || { echo "$stderr" && false; }
}
