#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What the build promises of build/linux-*/pause.

# shellcheck disable=SC2046,SC2086,SC2183 # lists of words

bats_require_minimum_version 1.5.0

PLATFORMS='386 amd64 arm-v7 arm64 loong64 mips64le ppc64le riscv64 s390x'

@test "there are nine, and each is for the processor that its name says" {
	[ "$(cd build && ls -d linux-*)" = "$(printf 'linux-%s\n' $PLATFORMS)" ]
	while read -r platform machine data; do
		readelf -hW "build/linux-$platform/pause" >"$BATS_TEST_TMPDIR/header"
		grep -q "Machine: *$machine" "$BATS_TEST_TMPDIR/header"
		grep -q "Data: *2's complement, $data endian" "$BATS_TEST_TMPDIR/header"
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

@test "at most 4,096 bytes each" {
	for platform in $PLATFORMS; do
		[ "$(stat -c %s "build/linux-$platform/pause")" -le 4096 ]
	done
}

@test "one segment, read and execute; the stack not executable; static PIE but for mips64le" {
	for platform in $PLATFORMS; do
		echo "$platform"
		readelf -lW "build/linux-$platform/pause" >"$BATS_TEST_TMPDIR/headers"
		[ "$(awk '$1 == "LOAD" { print $7 $8 }' "$BATS_TEST_TMPDIR/headers")" = RE ]
		[ "$(awk '$1 == "GNU_STACK" { print $7 }' "$BATS_TEST_TMPDIR/headers")" = RW ]
		run ! grep -E 'INTERP|DYNAMIC' "$BATS_TEST_TMPDIR/headers"
		run -0 readelf -rW "build/linux-$platform/pause.elf"
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

# kernel_headers PLATFORM: prints the compiler's options for the kernel's headers of that platform.
kernel_headers() {
	local triple

	case $1 in
	386) triple=i686-linux-gnu ;;
	arm64) triple=aarch64-linux-gnu ;;
	arm-v7) triple=arm-linux-gnueabihf ;;
	ppc64le) triple=powerpc64le-linux-gnu ;;
	mips64le) triple=mips64el-linux-gnuabi64 ;;
	amd64) triple=x86_64-linux-gnu ;;
	*) triple=$1-linux-gnu ;;
	esac
	if [ -d "/usr/$triple/include/asm" ]; then
		echo "-isystem /usr/$triple/include"
	else
		echo "-isystem /usr/include/$triple -isystem /usr/include"
	fi
}

# agrees PLATFORM FILE: whether each number and layout that FILE and the rest of
# src/freestanding state for PLATFORM is that of the kernel's own headers.
agrees() {
	local names source=$BATS_TEST_TMPDIR/agrees.c flags

	names=$(sed -nE 's/^#define (SYS_[a-z0-9_]+|SIG[A-Z]+|SIG_BLOCK|SI_[A-Z]+|E[A-Z]+|[FO]_[A-Z]+|WNOHANG|__WALL|PR_[A-Z_]+) [-(0-9].*/\1/p' \
		"$2" src/freestanding/*.h src/freestanding/sys/*.h | grep -vE '^SIG(_DFL|_IGN|_ERR)$' | sort -u)
	[ "$(wc -w <<<"$names")" -ge 27 ]
	{
		echo '#define siginfo_t our_siginfo_t'
		echo '#define sigset_t our_sigset_t'
		echo '#define timespec our_timespec'
		printf '#include <%s>\n' errno.h fcntl.h signal.h sys/prctl.h sys/wait.h
		for name in $names; do
			echo "enum { our_$name = (int)($name) };"
		done
		echo 'enum { our_code = __builtin_offsetof(siginfo_t, si_code), our_pid = __builtin_offsetof(siginfo_t, si_pid) };'
		printf '#undef %s\n' $names siginfo_t sigset_t timespec si_pid NULL SIG_DFL SIG_IGN SIG_ERR fcntl
		printf '#include <%s>\n' asm/unistd.h asm/errno.h asm/signal.h asm/siginfo.h asm/fcntl.h linux/prctl.h linux/wait.h
		for name in $names; do
			echo "_Static_assert(our_$name == ${name/#SYS_/__NR_}, \"$name\");"
		done
		echo '_Static_assert(our_code == __builtin_offsetof(siginfo_t, si_code), "si_code");'
		echo '_Static_assert(our_pid == __builtin_offsetof(siginfo_t, _sifields._kill._pid), "si_pid");'
		echo '_Static_assert(sizeof(our_siginfo_t) == sizeof(siginfo_t), "siginfo_t");'
		echo '_Static_assert(__builtin_offsetof(struct kernel_sigaction, handler) == __builtin_offsetof(struct sigaction, sa_handler), "handler");'
		echo '#ifdef _NSIG_WORDS'
		echo '_Static_assert(sizeof(our_sigset_t) == sizeof(sigset_t), "sigset_t");'
		echo '#endif'
	} >"$source"
	flags=$(sed -nE 's/^ \* Platform: .*(--target=[^ ]*).*/\1/p' "$2")
	clang-19 "$flags" -std=c11 -ffreestanding -fsyntax-only -nostdinc -isystem src/freestanding \
		$(kernel_headers "$1") -isystem "$(clang-19 -print-resource-dir)/include" \
		-include src/freestanding/start.h "-DARCH_H=\"arch/${2##*/}\"" -Wno-undefined-internal "$source"
}

@test "each number and layout is that of the kernel's headers, where Debian has them" {
	for platform in $PLATFORMS; do
		[ $platform != loong64 ] || continue # Debian 12 has none; its numbers are the generic ones
		echo "$platform"
		agrees $platform "$(grep -l "^ \* Platform: $platform " src/freestanding/arch/*.h)"
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
			agrees $platform "$(grep -l "^ \* Platform: $platform " src/freestanding/arch/*.h)" 2>/dev/null || break
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
