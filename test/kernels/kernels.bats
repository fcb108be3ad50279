#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What stands around the tests on kernels: the headers of the platform that test/platforms has
# none of, and that a test that fails on a kernel is a failure of `boot`. Needs $FETCHED, the folder with
# what was fetched for each platform.

bats_require_minimum_version 1.5.0

load ../platforms/headers

@test "loong64: each number and layout is that of its kernel's headers" {
	include=$FETCHED/loong64/sysroot/usr/include
	agrees loong64 -isystem "$include/loongarch64-linux-gnu" -isystem "$include"
}

@test "a pause that is wrong fails there" {
	# In a copy of what `boot` needs, so that build/ stays as it is.
	mkdir -p "$BATS_TEST_TMPDIR/tree/build/linux-arm64"
	tools/copy-sources "$BATS_TEST_TMPDIR/tree"
	cp -R build/linux-arm64/{pause,pause-init,test} "$BATS_TEST_TMPDIR/tree/build/linux-arm64/"
	cp build/version "$BATS_TEST_TMPDIR/tree/build/"
	cd "$BATS_TEST_TMPDIR/tree"
	sed -i '/SYS_close_range/,/close(fd)/d' src/pause.c
	make -s build/linux-arm64/pause
	find test/contract test/init -name "*.bats" ! -name descriptors.bats -delete
	run -1 test/kernels/boot arm64 "$FETCHED/arm64"
	[[ $output == *'not ok 1 arm64: descriptors that a runtime leaked are closed, the first three kept'* ]]
}
