#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Arguments that it does not know: named, and survived.

load ../helpers

@test "an unknown argument is named, one line each" {
	as_init "$PAUSE" run -x --logreaped '' --guard=yes
	wait_until has_line "$ERR" "Warning: unknown argument '--guard=yes'"
	stop_pause TERM
	says "$OUT"
	says "$ERR" "Warning: unknown argument 'run'" "Warning: unknown argument '-x'" \
		"Warning: unknown argument '--logreaped'" "Warning: unknown argument ''" \
		"Warning: unknown argument '--guard=yes'" "$TERMINATED"
}

@test "twenty arguments, each in its turn" {
	mapfile -t lines < <(printf "Warning: unknown argument '%s'\n" {a..t})
	as_init "$PAUSE" {a..t}
	stop_pause TERM
	says "$ERR" "${lines[@]}" "$TERMINATED"
}

@test "the options next to it hold" {
	as_init "$PAUSE" --log-reaped unknown --guard
	in_pod sh -c 'kill 1'
	orphan=$(in_pod build/test/orphans exits)
	wait_until has_line "$ERR" "waitpid return, pid is: $orphan, exit status: 7"
	grep -q '^Refused signal: Terminated' "$ERR"
	stop_pause TERM
}

@test "control characters become ?, and the letters of any script stay" {
	# C0, DEL, and C1 as UTF-8 has it, of which U+009B is CSI to a terminal.
	as_init "$PAUSE" $'two\nlines\e[2J' $'\x7f' $'a\xc2\x80b\xc2\x9b2J\xc2\x9f' $'\xc2\xa0é\xd0\x80中' $'\x80\xff\xc2'
	stop_pause TERM
	says "$ERR" "Warning: unknown argument 'two?lines?[2J'" "Warning: unknown argument '?'" \
		"Warning: unknown argument 'a?b?2J?'" "Warning: unknown argument '"$'\xc2\xa0é\xd0\x80中'"'" \
		"Warning: unknown argument '"$'\x80\xff\xc2'"'" "$TERMINATED"
}

@test "a name of 229 bytes is whole, and a longer one is cut there" {
	printf -v name '%229s' ''
	as_init "$PAUSE" "$name" "$name-"
	stop_pause TERM
	says "$ERR" "Warning: unknown argument '$name'" "Warning: unknown argument '$name'" "$TERMINATED"
}
