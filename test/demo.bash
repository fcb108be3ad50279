# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # what bats sets
#
# What the demo's tests share, those without an engine and those in test/engines.

# demo_setup_file: sets TMPDIR, where the demo keeps its files, to see what it leaves,
# and BARE_PATH, a PATH that has everything but what the demo can do without.
demo_setup_file() {
	export TMPDIR=$BATS_FILE_TMPDIR/tmp BARE_PATH=$BATS_FILE_TMPDIR/bin

	mkdir "$TMPDIR" "$BARE_PATH"
	chmod 1777 "$TMPDIR"
	ln -sf /bin/* /usr/bin/* "$BARE_PATH/"
	rm -f "$BARE_PATH"/{nginx,redis-server,docker,podman}
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
	local output # that of plays is for the test

	run -0 find "$TMPDIR" -mindepth 1
	echo "$output"
	[ -z "$output" ]
	run -1 pgrep -af "$TMPDIR"
}
