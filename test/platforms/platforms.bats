#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What the build promises of build/linux-*/pause and pause-init.

# shellcheck disable=SC2046,SC2086,SC2183 # lists of words

bats_require_minimum_version 1.5.0

load headers

PLATFORMS='386 amd64 arm-v7 arm64 loong64 mips64le ppc64le riscv64 s390x'

@test "there are nine, and each is for the processor that its name says" {
	[ "$(cd build && ls -d linux-*)" = "$(printf 'linux-%s\n' $PLATFORMS)" ]
	while read -r platform machine data; do
		for program in pause pause-init; do
			readelf -hW "build/linux-$platform/$program" >"$BATS_TEST_TMPDIR/header"
			grep -q "Machine: *$machine" "$BATS_TEST_TMPDIR/header"
			grep -q "Data: *2's complement, $data endian" "$BATS_TEST_TMPDIR/header"
		done
	done <<-'TABLE'
		386 Intel.80386 little
		amd64 Advanced.Micro.Devices.X86-64 little
		arm-v7 ARM little
		arm64 AArch64 little
		loong64 LoongArch little
		mips64le MIPS.R3000 little
		ppc64le PowerPC64 little
		riscv64 RISC-V little
		s390x IBM.S/390 big
	TABLE
}

@test "pause: at most 3,072 bytes each, and 2,304 for amd64; pause-init: 9,216 and 6,144" {
	for platform in $PLATFORMS; do
		[ "$(stat -c %s "build/linux-$platform/pause")" -le 3072 ]
		[ "$(stat -c %s "build/linux-$platform/pause-init")" -le 9216 ]
	done
	[ "$(stat -c %s build/linux-amd64/pause)" -le 2304 ]
	[ "$(stat -c %s build/linux-amd64/pause-init)" -le 6144 ]
}

@test "one segment, read and execute; the stack not executable; static PIE but for mips64le" {
	for program in $(printf '%s/pause ' $PLATFORMS) $(printf '%s/pause-init ' $PLATFORMS); do
		platform=${program%/*}
		echo "$program"
		readelf -lW "build/linux-$program" >"$BATS_TEST_TMPDIR/headers"
		[ "$(awk '$1 == "LOAD" { print $7 $8 }' "$BATS_TEST_TMPDIR/headers")" = RE ]
		[ "$(awk '$1 == "GNU_STACK" { print $7 }' "$BATS_TEST_TMPDIR/headers")" = RW ]
		run ! grep -E 'INTERP|DYNAMIC' "$BATS_TEST_TMPDIR/headers"
		run -0 readelf -rW "build/linux-$program.elf"
		[[ $output == *'no relocations'* ]]
		type=DYN
		[ $platform != mips64le ] || type=EXEC
		grep -q "Elf file type is $type" "$BATS_TEST_TMPDIR/headers"
	done
}

@test "a platform that does not exist: a line with those that do" {
	run ! make -s platform/pdp11
	[ "${lines[0]}" = "no platform pdp11; there are: $PLATFORMS" ]
}

@test "each number and layout is that of the kernel's headers, where Debian has them" {
	for platform in $PLATFORMS; do
		[ $platform != loong64 ] || continue # bookworm has none: test/kernels/kernels.bats
		echo "$platform"
		agrees $platform
	done
}

@test "a wrong digit does not hide" {
	while read -r file wrong; do
		rm -rf "$BATS_TEST_TMPDIR/src"
		cp -R src "$BATS_TEST_TMPDIR/src"
		sed -i "$wrong" "$BATS_TEST_TMPDIR/src/freestanding/$file"
		run ! cmp -s "src/freestanding/$file" "$BATS_TEST_TMPDIR/src/freestanding/$file"
		cd "$BATS_TEST_TMPDIR"
		for platform in $PLATFORMS; do
			[ $platform != loong64 ] || continue
			agrees $platform 2>/dev/null || break
		done
		[ $platform != s390x ]
		cd "$OLDPWD"
	done <<-'WRONG'
		generic_numbers.h s/SYS_wait4 260/SYS_wait4 261/
		arch/i686.h s/SYS_fcntl 55/SYS_fcntl 56/
		arch/mips64el.h s/SIGCHLD 18/SIGCHLD 17/
		arch/mips64el.h /SIGINFO_CODE_BEFORE_ERRNO/d
		arch/mips64el.h /SIGACTION_BEGINS_WITH_FLAGS/d
		arch/mips64el.h s/SIGSET_BYTES 16/SIGSET_BYTES 8/
		signal.h s/SIGXFSZ 25/SIGXFSZ 24/
	WRONG
}
