// SPDX-License-Identifier: Apache-2.0
/*
 * A processor for the proofs, in the place of one of src/freestanding/arch: the kernel
 * answers every system call with any value, also with values that no kernel gives. This file
 * is all that is assumed of the kernel:
 *
 *   - A call reads and writes only the memory that its manual page names. That this memory
 *     is there has to be proved: those are the assertions.
 *   - A write on stdout takes no more than it is given; and as many writes of one byte leave
 *     the program where a longer one does.
 *   - exit_group(2) does not return. That README lists its status has to be proved.
 *   - An address is no more than the largest long.
 */
#pragma once

#include <generic_numbers.h>

/* Eva takes what is read here for any value. */
static volatile long any;

static inline long kernel(long number, long a, long b, long c, long d)
{
	const long answer = any;

	switch (number) {
	case SYS_exit_group:
		/*@ assert documented: a == 0 || a == 1 || a == 3 || a == 42; */
		for (;;)
			;
	case SYS_write:
		/*@ assert memory: \valid_read((char *)b + (0 .. c - 1)); */
		return a == 1 && answer > 1 ? 1 : answer;
	case SYS_pwritev2:
		/*@ assert memory: c == 1 && \valid_read((long *)b + (0 .. 1)); */
		/*@ assert memory: \valid_read(*(char **)b + (0 .. ((long *)b)[1] - 1)); */
		break;
	case SYS_fcntl:
		/*@ assert memory: b == 3 || b == 4; */ /* F_GETFL and F_SETFL take none */
		break;
	case SYS_rt_sigprocmask:
		/*@ assert memory: \valid_read((char *)b + (0 .. d - 1)); */
		/*@ assert memory: c == 0 || \valid((long *)c) && d == 8; */
		if (c != 0)
			*(long *)c = any;
		break;
	case SYS_rt_sigaction:
		/* What it reads depends on the processor; two pointers, a word, and the set. */
		/*@ assert memory: \valid_read((char *)b + (0 .. 23 + d)) && c == 0; */
		break;
	case SYS_wait4:
		/*@ assert memory: \valid((int *)b) && d == 0; */
		*(int *)b = (int)any;
		break;
	case SYS_rt_sigtimedwait:
		/*@ assert memory: \valid_read((char *)a + (0 .. d - 1)); */
		/*@ assert memory: \valid((char *)b + (0 .. 127)); */
		/*@ assert memory: c == 0 || \valid_read((long *)c + (0 .. 1)); */
		for (int i = 0; i < 16; i++)
			((long *)b)[i] = any;
		break;
	}
	return answer;
}

/* src/freestanding/sys/syscall.h has the arguments in a0, a1 and so on, as many as there are. */
#define ARGUMENT_0 ""
#define ARGUMENT_1 ""
#define ARGUMENT_2 ""
#define ARGUMENT_3 ""
#define ARGUMENT_4 ""
#define ARGUMENT_5 ""
#define SYSCALL(number, ...)                                                                       \
	return SEVENTH(__VA_ARGS__, kernel(number, a0, a1, a2, a3), ,                              \
	               kernel(number, a0, a1, a2, a3), kernel(number, a0, a1, a2, 0), ,            \
	               kernel(number, a0, 0, 0, 0), )
#define SEVENTH(a, b, c, d, e, f, g, ...) g
