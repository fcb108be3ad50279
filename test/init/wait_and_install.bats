#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# pause-init's own two options.

# shellcheck disable=SC2086 # words

load ../helpers
load init

@test "--wait: as PID 1, what is left gets SIGTERM, also where it is stopped, and is waited for" {
	for way in "${WAYS[@]}"; do
		for options in '' -g -w; do
			# The command ends once two more are there: one takes its time to end, the other one has stopped.
			# shellcheck disable=SC2016 # the inner shell expands it
			as_init $way "$INIT" --wait $options sh -c '
				setsid sh -c "trap \"sleep 0.5; echo one; exit\" TERM; echo ready; while :; do sleep 0.1; done" &
				setsid sh -c "trap \"echo two; exit\" TERM; echo ready; kill -s STOP \$\$; while :; do sleep 0.1; done" &
				until [ -e "$0" ]; do sleep 0.1; done; exit 5' "$BATS_TEST_TMPDIR/end"
			wait_until both_are_ready
			touch "$BATS_TEST_TMPDIR/end"
			ends 5
			[ "$(sort "$OUT" | xargs)" = 'one ready ready two' ]
			rm "$BATS_TEST_TMPDIR/end"
		done
	done
}

both_are_ready() {
	[ "$(grep -c ready "$OUT")" -eq 2 ]
}

@test "--wait, as another process: it leaves the others alone" {
	# shellcheck disable=SC2016 # the inner shell expands it
	run -6 "$INIT" --wait sh -c 'sleep 3600 >/dev/null 2>&1 3>&- & echo $!; exit 6'
	kill "$output"
}

@test "--install copies the program, executable whatever the umask, over what is there" {
	folder=$BATS_TEST_TMPDIR/volume
	mkdir "$folder"
	echo former >"$folder/init"
	echo 'what an interrupted one has left' >"$folder/init~"
	for option in "--install=$folder/init" "--install $folder/init"; do
		# shellcheck disable=SC2086 # words
		(umask 077 && "$INIT" $option 3>&-)
		cmp "$INIT" "$folder/init"
		[ "$(stat -c %a "$folder/init")" = 755 ]
		[ "$(ls "$folder")" = init ]
		# It may be running.
		run -0 "$folder/init" "$folder/init" --install "$folder/init"
	done
}

@test "--install where it cannot: a line with the path and the reason, status 1, and what was there stays" {
	run -1 --separate-stderr "$INIT" --install /nonexistent/init
	[ "$stderr" = "Error: cannot use '/nonexistent/init~': errno 2" ]
	mkdir -p "$BATS_TEST_TMPDIR/folder/init"
	run -1 --separate-stderr "$INIT" --install "$BATS_TEST_TMPDIR/folder/init"
	[ "$stderr" = "Error: cannot use '$BATS_TEST_TMPDIR/folder/init': errno 21" ]
	[ -z "$output" ]
	echo former >"$BATS_TEST_TMPDIR/init"
	run -1 --separate-stderr bash -c "ulimit -f 1; exec '$INIT' --install '$BATS_TEST_TMPDIR/init'"
	[ "$stderr" = "Error: cannot use '$BATS_TEST_TMPDIR/init': errno 27" ]
	[ "$(cat "$BATS_TEST_TMPDIR/init")" = former ]
	[ ! -e "$BATS_TEST_TMPDIR/init~" ]
}
