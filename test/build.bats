#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What the build promises of build/pause and build/pause-init, and of the build itself.

bats_require_minimum_version 1.5.0

PAUSE=build/pause

setup() {
	# The make that runs the tests has handed down its own.
	unset VERSION MAKEFLAGS MAKELEVEL MFLAGS
}

# copy_tree: makes $TREE, the sources as they are here, without git and without what was built.
copy_tree() {
	TREE=$BATS_TEST_TMPDIR/tree
	tools/copy-sources "$TREE"
}

@test "at most 2,048 bytes; pause-init: 6,144" {
	[ "$(uname -m)" = x86_64 ] || skip "the promise is for amd64"
	cc -Oz -E -x c /dev/null >/dev/null 2>&1 || skip "the promise is for compilers with -Oz, as gcc 12"
	[ "$(stat -c %s $PAUSE)" -le 2048 ]
	[ "$(stat -c %s build/pause-init)" -le 6144 ]
}

@test "a static PIE: one segment, read and execute, that is the whole file; the stack not executable" {
	for program in pause pause-init; do
		readelf -hW build/$program | grep -q 'Type: *DYN'
		run -0 readelf -rW build/$program.elf
		[[ $output == *'no relocations'* ]]
		headers=$(readelf -lW build/$program | awk '$1 ~ /^(LOAD|GNU_STACK|PHDR|NOTE|TLS|GNU_|DYNAMIC|INTERP)/ {
			sub(/0x[0-9a-f]+ 0x[0-9a-f]+ 0x[0-9a-f]+ /, ""); print }')
		[ "$(awk '{ print $1 }' <<<"$headers")" = $'LOAD\nGNU_STACK' ]
		read -r _ in_file in_memory flags <<<"$(head -n 1 <<<"$headers" | awk '{ print $1, $2, $3, $4 $5 }')"
		[ "$flags" = RE ]
		[ "$((in_file))" -eq "$((in_memory))" ]
		[ "$((in_file))" -eq "$(stat -c %s build/$program)" ]
		[[ $(tail -n 1 <<<"$headers") == *' RW '* ]]
	done
}

@test "at most 120 instructions and 10 system calls from exec to the wait" {
	[ "$(uname -m)" = x86_64 ] || skip "the promise is for amd64"
	run -0 build/bench/startup $PAUSE
	echo "$output"
	[ "$(sed -n 's/^user instructions: //p' <<<"$output")" -le 120 ]
	[ "$(sed -n 's/^system calls: //p' <<<"$output")" -le 10 ]
}

@test "its first system call is the one that keeps SIGTERM from being lost" {
	strace -qq -o "$BATS_TEST_TMPDIR/trace" -e inject=rt_sigtimedwait:signal=TERM $PAUSE 2>/dev/null
	[[ $(sed -n 1p "$BATS_TEST_TMPDIR/trace") == execve\(* ]]
	[[ $(sed -n 2p "$BATS_TEST_TMPDIR/trace") == "rt_sigprocmask(SIG_BLOCK, [INT "*"TERM "* ]]
	strace -qq -o "$BATS_TEST_TMPDIR/trace" build/pause-init true
	[[ $(sed -n 2p "$BATS_TEST_TMPDIR/trace") == 'rt_sigprocmask(SIG_SETMASK, ~[], '* ]]
}

@test "the version: from VERSION=, else from git, else HEAD; what cannot be one is refused by name" {
	copy_tree
	for bad in 'a b' '' '1/2' '"' '$(x)'; do
		run ! env VERSION="$bad" make -s -C "$TREE"
		[[ $output == *"VERSION may hold"*"'$bad'"* ]]
		[ ! -e "$TREE/build/pause" ]
	done
	make -s -C "$TREE" VERSION=1.2.3-linux+x~y # which is a macro, too
	[ "$("$TREE/build/pause" -v)" = 'pause.c 1.2.3-linux+x~y' ]
	make -s -C "$TREE" # the same tree again: what holds the old version is built anew
	[ "$("$TREE/build/pause" -v)" = 'pause.c HEAD' ]
	git init -q "$TREE"
	git -C "$TREE" -c user.name=t -c user.email=t@t commit -q --allow-empty -m t
	git -C "$TREE" tag 9.8
	make -s -C "$TREE"
	[ "$("$TREE/build/pause" -v)" = 'pause.c 9.8' ]
	# A tree inside somebody else's repository has no version of its own.
	tools/copy-sources "$BATS_TEST_TMPDIR/inner"
	mv "$BATS_TEST_TMPDIR/inner" "$TREE"
	make -s -C "$TREE/inner"
	[ "$("$TREE/inner/build/pause" -v)" = 'pause.c HEAD' ]
}

@test "a processor without a file of its own is refused by name" {
	copy_tree
	run ! make -s -C "$TREE" ARCH=pdp11
	[[ $output == *"no src/freestanding/arch/pdp11.h"* ]]
}

@test "the official program's command builds it, without a warning, with gcc, clang and musl" {
	for compiler in gcc clang musl-gcc; do
		for program in pause init; do
			run -0 $compiler -Os -Wall -Werror -static src/$program.c -o "$BATS_TEST_TMPDIR/$program"
			[ -z "$output" ]
		done
		[ "$("$BATS_TEST_TMPDIR/pause" -v)" = 'pause.c HEAD' ]
		[ "$("$BATS_TEST_TMPDIR/init" -V)" = 'tini version HEAD' ]
	done
}

@test "gcc and clang build it without a libc, without a warning" {
	copy_tree
	for compiler in gcc clang; do
		run -0 make -s -C "$TREE" CC=$compiler build/pause build/pause-init
		[ -z "$output" ]
		[[ $("$TREE/build/pause" -v) == 'pause.c '* ]]
		[[ $("$TREE/build/pause-init" -V) == 'tini version '* ]]
		rm -r "$TREE/build"
	done
}

@test "data that would have to be written, or an address to be filled in, does not link" {
	copy_tree
	cp "$TREE/src/pause.c" "$BATS_TEST_TMPDIR/good.c"
	sed 's/^int main(/int global = 3;\n&/; s/int guard = 0;/int guard = *(volatile int *)\&global;/' \
		"$BATS_TEST_TMPDIR/good.c" >"$TREE/src/pause.c"
	run ! make -s -C "$TREE" WARNINGS=
	[[ $output == *'no writable segment'* ]]
	sed 's/^int main(/const char *const table[] = {"a", "b"};\n&/; s/int guard = 0;/int guard = *table[argc];/' \
		"$BATS_TEST_TMPDIR/good.c" >"$TREE/src/pause.c"
	run ! make -s -C "$TREE" WARNINGS=
	[[ $output == *'nobody will apply these relocations'* ]]
}

@test "two builds in two folders are the same, byte for byte, also with a distribution's flags" {
	copy_tree
	make -s -C "$TREE" VERSION=1 build/pause build/pause-init
	tools/copy-sources "$BATS_TEST_TMPDIR/elsewhere"
	make -s -C "$BATS_TEST_TMPDIR/elsewhere" build/pause build/pause-init VERSION=1 CFLAGS='-g -O2 -fstack-protector-strong' \
		CPPFLAGS=-D_FORTIFY_SOURCE=2 LDFLAGS='-Wl,-z,relro -Wl,-z,now'
	for program in pause pause-init; do
		cmp "$TREE/build/$program" "$BATS_TEST_TMPDIR/elsewhere/build/$program"
	done
}
