#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What stands around the tests on kernels: `fetch`, `boot`, and that a failure is
# one. Needs $FETCHED, the folder with what was fetched for each platform.

bats_require_minimum_version 1.5.0

load ../platforms/headers

@test "loong64: each number and layout is that of its kernel's headers" {
	include=$FETCHED/loong64/sysroot/usr/include
	agrees loong64 -isystem "$include/loongarch64-linux-gnu" -isystem "$include"
	rm -rf "$BATS_TEST_TMPDIR/src"
	cp -R src "$BATS_TEST_TMPDIR/src"
	sed -i 's/SYS_wait4 260/SYS_wait4 261/' "$BATS_TEST_TMPDIR/src/freestanding/generic_numbers.h"
	run ! cmp -s {,"$BATS_TEST_TMPDIR/"}src/freestanding/generic_numbers.h
	cd "$BATS_TEST_TMPDIR"
	run -1 agrees loong64 -isystem "$include/loongarch64-linux-gnu" -isystem "$include"
	[[ $output == *SYS_wait4* ]]
}

@test "a platform that does not exist: a line with those that do" {
	run ! make -s test-kernel/pdp11
	[ "${lines[0]}" = 'no platform pdp11; there are: 386 amd64 arm-v7 arm64 loong64 mips64le ppc64le riscv64 s390x' ]
}

@test "what cannot be fetched: a line, and nothing is left" {
	run -1 test/kernels/fetch arm64 file:///nowhere "$BATS_TEST_TMPDIR/fetched/arm64"
	[ "${lines[-1]}" = "fetch: cannot have Debian bookworm for arm64 from file:///nowhere" ]
	[ -z "$(ls "$BATS_TEST_TMPDIR/fetched")" ]
}

# tree: goes to a copy of what `boot` needs, so that build/ stays as it is.
tree() {
	mkdir -p "$BATS_TEST_TMPDIR/tree/build/linux-arm64"
	tools/copy-sources "$BATS_TEST_TMPDIR/tree"
	cp -R build/linux-arm64/{pause,test} "$BATS_TEST_TMPDIR/tree/build/linux-arm64/"
	cp build/version "$BATS_TEST_TMPDIR/tree/build/"
	cd "$BATS_TEST_TMPDIR/tree" || return
}

@test "a kernel that dies: the last lines of its console, and a failure" {
	tree
	mkdir fetched
	ln -s "$FETCHED/arm64/kernel" fetched/kernel
	: >fetched/userland.cpio
	run -1 test/kernels/boot arm64 fetched
	[[ ${lines[0]} == 'not ok 1 arm64: no "booted:" from its kernel within 60 seconds; the last lines of build/test/kernels/arm64/console:' ]]
	[[ $output == *'# '*'Kernel panic - not syncing: No working init found.'* ]]
}

@test "a kernel that says nothing: a failure in time, and no emulator left" {
	tree
	mkdir fetched
	head -c 1000000 /dev/zero >fetched/kernel
	: >fetched/userland.cpio
	BOOT_SECONDS=2 run -1 test/kernels/boot arm64 "$PWD/fetched"
	[ "${lines[0]}" = 'not ok 1 arm64: no "booted:" from its kernel within 2 seconds; the last lines of build/test/kernels/arm64/console:' ]
	run -1 pgrep -f "$PWD/fetched/kernel"
}

@test "a pause that is wrong fails there" {
	tree
	sed -i '/SYS_close_range/,/close(fd)/d' src/pause.c
	make -s build/linux-arm64/pause
	find test/contract -name "*.bats" ! -name descriptors.bats -delete
	run -1 test/kernels/boot arm64 "$FETCHED/arm64"
	[[ $output == *'not ok 1 arm64: descriptors that a runtime leaked are closed, the first three kept'* ]]
}
