# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Compares what src/freestanding says of a platform with the kernel's headers. To
# be sourced by bash.

# shellcheck source=test/platforms/machines.bash
. test/platforms/machines.bash

# The Makefile that knows the platforms, wherever a test goes.
HEADERS_MAKE=(make -s -C "$PWD")

# kernel_headers PLATFORM: prints the compiler's options for the kernel's headers of that platform.
kernel_headers() {
	machine_of "$1"
	if [ "$DEBIAN" = "$(dpkg --print-architecture)" ]; then
		echo "-isystem /usr/include/$(uname -m)-linux-gnu -isystem /usr/include"
	else
		echo "-isystem $(dpkg -L "linux-libc-dev-$DEBIAN-cross" | sed -n 's,/asm/unistd\.h$,,p')"
	fi
}

# agrees PLATFORM [OPTION...]: whether each number and layout that src/freestanding
# states for PLATFORM is that of the kernel's own headers, which clang finds with
# the OPTIONs, or else with what kernel_headers says.
agrees() {
	local names source=$BATS_TEST_TMPDIR/agrees.c flags file platform=$1

	shift
	flags=$("${HEADERS_MAKE[@]}" "platform-flags/$platform") || return
	file=src/freestanding/arch/${flags%% *}.h
	# shellcheck disable=SC2046 # a list of options
	[ $# -gt 0 ] || set -- $(kernel_headers "$platform")
	names=$(sed -nE 's/^#define (SYS_[a-z0-9_]+|SIG[A-Z]+|SIG_BLOCK|SI_[A-Z]+|E[A-Z]+|[FO]_[A-Z]+|SEEK_CUR|WNOHANG|WUNTRACED|__WALL|PR_[A-Z_]+|TIOC[A-Z]+|POLL[A-Z]+|SFD_[A-Z]+) [-(0-9].*/\1/p' \
		"$file" src/freestanding/*.h src/freestanding/sys/*.h | grep -vE '^SIG(_DFL|_IGN|_ERR)$' | sort -u)
	[ "$(wc -w <<<"$names")" -ge 90 ]
	{
		echo '#define siginfo_t our_siginfo_t'
		echo '#define sigset_t our_sigset_t'
		echo '#define timespec our_timespec'
		echo '#define pollfd our_pollfd'
		echo '#define sigaction our_sigaction'
		printf '#include <%s>\n' errno.h fcntl.h poll.h signal.h sys/ioctl.h sys/prctl.h sys/signalfd.h sys/wait.h
		for name in $names; do
			echo "enum { our_$name = (int)($name) };"
		done
		echo 'enum { our_code = __builtin_offsetof(siginfo_t, si_code), our_pid = __builtin_offsetof(siginfo_t, si_pid),
			our_handler = __builtin_offsetof(struct sigaction, sa_handler) };'
		# shellcheck disable=SC2086 # a list of names
		printf '#undef %s\n' $names siginfo_t sigset_t timespec pollfd sigaction si_pid NULL SIG_DFL SIG_IGN SIG_ERR fcntl ioctl
		printf '#include <%s>\n' asm/unistd.h asm/errno.h asm/ioctls.h asm/poll.h asm/signal.h asm/siginfo.h asm/fcntl.h linux/fs.h linux/prctl.h linux/signalfd.h linux/wait.h
		# Where a user once had 16 bits, a libc's getuid(2) is this one.
		printf '%s\n' '#ifdef __NR_getuid32' '#undef __NR_getuid' '#define __NR_getuid __NR_getuid32' '#endif'
		for name in $names; do
			echo "_Static_assert(our_$name == (int)(${name/#SYS_/__NR_}), \"$name\");"
		done
		echo '_Static_assert(our_code == __builtin_offsetof(siginfo_t, si_code), "si_code");'
		echo '_Static_assert(our_pid == __builtin_offsetof(siginfo_t, _sifields._kill._pid), "si_pid");'
		echo '_Static_assert(sizeof(our_siginfo_t) == sizeof(siginfo_t), "siginfo_t");'
		echo '_Static_assert(our_handler == __builtin_offsetof(struct sigaction, sa_handler), "handler");'
		echo '_Static_assert(sizeof(struct our_pollfd) == sizeof(struct pollfd), "pollfd");'
		echo '_Static_assert(__builtin_offsetof(struct our_pollfd, revents) == __builtin_offsetof(struct pollfd, revents), "revents");'
		echo '#ifdef _NSIG_WORDS'
		echo '_Static_assert(sizeof(our_sigset_t) == sizeof(sigset_t), "sigset_t");'
		echo '#endif'
	} >"$source"
	clang-19 "$(grep -o -- "--target=[^ ]*" <<<"$flags")" -std=c11 -ffreestanding -fsyntax-only -nostdinc -isystem src/freestanding \
		"$@" -isystem "$(clang-19 -print-resource-dir)/include" \
		-include src/freestanding/start.h "-DARCH_H=\"arch/${file##*/}\"" -Wno-undefined-internal "$source"
}
