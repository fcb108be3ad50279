#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Each system call of a run gets each result instead of being made, one call at a time, every
# two, and all of a kind: build/test/refuse_calls. EVERY=1 makes pairs of every result: hours.

load helpers

# never_wrong SCENARIO: none of its runs is.
never_wrong() {
	local results=()

	case $(uname -m) in
	x86_64 | aarch64) ;;
	*) skip 'refuse_calls knows only the registers of amd64 and arm64' ;;
	esac
	# What no kernel gives, each libc turns into something else.
	[ "$PAUSE" = build/pause ] || results=(errors)
	[ -z "${EVERY-}" ] || results=(every)
	run build/test/refuse_calls "$PAUSE" "$1" "${results[@]}"
	echo "$output"
	[ "$status" -eq 0 ]
	echo "# ${lines[-1]}" >&3
}

@test "no option" {
	never_wrong no-option
}

@test "--log-reaped" {
	never_wrong log-reaped
}

@test "--guard" {
	never_wrong guard
}

@test "--log-reaped --guard" {
	never_wrong log-reaped-and-guard
}

@test "an unknown argument" {
	never_wrong unknown-argument
}

@test "-v" {
	never_wrong version
}

@test "-h" {
	never_wrong help
}

@test "as another PID, where the guard is off" {
	never_wrong not-the-first-process
}

@test "zombies from before" {
	never_wrong zombies-before
}

@test "a zombie from before, which is logged" {
	never_wrong zombie-before-logged
}

@test "an orphan that dies while it waits, which is logged" {
	never_wrong orphan-dies-logged
}

@test "SIGTERM from inside, which is refused" {
	never_wrong signal-from-inside
}

@test "these are all that there are" {
	[ "$(build/test/refuse_calls | sort)" = "$(sed -n 's/^\tnever_wrong \([^$]*\)$/\1/p' "$BATS_TEST_FILENAME" | sort)" ]
}

# wrong EDIT WHAT: of a pause.c with that edit of sed(1), a line says WHAT. Sets found to it.
wrong() {
	wrong_tree "$1"
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -C "$TREE"
	run -1 build/test/refuse_calls "$TREE/build/pause" no-option
	echo "$output"
	found=$(grep -m 1 -F -- "$2" <<<"$output")
}

@test "a wait that an EINTR ends: a line, by which it is done again" {
	wrong 's/errno != EINTR && //' '/pause no-option 6:rt_sigtimedwait=-4: another end after '
	[[ $found == *'; promised: no end'* ]]
	# shellcheck disable=SC2086 # its words
	run -1 build/test/refuse_calls ${found%%: another end*}
	[ "${lines[-1]}" = "$found" ]
}

@test "an EAGAIN that is taken for ever, a loop without a system call, a loop of them: it is seen" {
	wrong 's/errno == EAGAIN && pid > 0/errno == EAGAIN/' ' 6:rt_sigtimedwait=-11: another end after '
	wrong 's/return fail("Error: infinite loop.*/for (;;);/' ' 6:rt_sigtimedwait=-1: a second of CPU time'
	wrong 's/return fail("Error: infinite loop.*/continue;/' ' 6:rt_sigtimedwait=-1: another end after '
	run -1 build/test/refuse_calls "$TREE/build/pause" no-option rt_sigtimedwait=-38
	[[ ${lines[-1]} == *' rt_sigtimedwait=-38: a busy loop after '* ]]
}
