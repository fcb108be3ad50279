#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The system calls that docs/verification.md lists, and no others: in the binary, and
# under a filter.

load helpers

THIS=build/linux-$(make -s this-platform)/pause

# documented: the calls that the document lists, sorted, a line each.
documented() {
	sed -n '/^## The binary is the source/,/^## Tested/ s/^- `\([a-z0-9_]*\)`: .*/\1/p' docs/verification.md | sort
}

@test "the programs for amd64 and arm64 contain these and no others" {
	for platform in amd64 arm64; do
		run -0 proof/system-calls $platform
		diff <(echo "$output") <(documented)
	done
}

@test "a call more, a hidden one, a jump to anywhere: it is seen" {
	TREE=$BATS_TEST_TMPDIR/tree
	unset MAKEFLAGS MAKELEVEL MFLAGS
	tools/copy-sources "$TREE"
	cd "$TREE"
	sed -i 's/guard = 0;$/guard = (int)syscall4(110, 0, 0, 0, 0);/' src/pause.c
	make -s build/linux-amd64/pause
	run -0 proof/system-calls amd64
	[ "$(diff <(echo "$output") <(documented) | sed -n 's/^[<>] //p')" = getppid ]

	sed -i 's/syscall4(110, /syscall4(argc, /' src/pause.c
	make -s build/linux-amd64/pause
	run -1 proof/system-calls amd64
	[[ $output == 'system-calls: the number of the call at 0x'*' is no constant' ]]

	sed -i 's/syscall4(argc, 0, 0, 0, 0)/((int (*)(void))argv)()/' src/pause.c
	make -s build/linux-amd64/pause
	run -1 proof/system-calls amd64
	[[ $output == 'system-calls: an indirect jump at 0x'* ]]

	sed -i 's/((int (.)(void))argv)()/argc ^ 0x0f050f05/' src/pause.c
	make -s build/linux-amd64/pause
	printf '\x0f\x05' | dd of=build/linux-amd64/pause bs=1 seek=4 conv=notrunc status=none
	run -1 proof/system-calls amd64
	[[ $output == 'system-calls: the bytes of one are at 0x4, too' ]]
}

@test "under a filter that allows exactly these it does all that it is there for" {
	filter=(build/test/exec_under_filter "$(documented | paste -s -d ,)" "$THIS")
	for option in '' --log-reaped --guard; do
		as_init "${filter[@]}" $option
		in_pod build/test/orphans exits 100 >"$BATS_TEST_TMPDIR/pids"
		wait_until pod_is_empty
		stop_pause TERM
	done
	run -0 "${filter[@]}" -v
	run -0 "${filter[@]}" --help
	elsewhere "${filter[@]}" --unknown
	stop_pause TERM
}
