// SPDX-License-Identifier: Apache-2.0
/*
 * What stands around main() where there is no libc. The build includes it
 * before the first line of pause.c.
 */
#pragma once

#include <unistd.h>

static inline __attribute__((always_inline)) int main(int argc, char **argv);

/*
 * Called by _start with what the kernel left on the stack: argc, and above it argv (elf(5),
 * execve(2)). _start does not align the stack, as the kernel aligns it for every processor
 * (create_elf_tables() in Linux's fs/binfmt_elf.c). It does not clear the frame pointer either,
 * as the program is built without frames for a debugger to follow.
 */
_Noreturn void start(long *stack);
_Noreturn void start(long *stack)
{
	_exit(main((int)stack[0], (char **)(stack + 1)));
}
