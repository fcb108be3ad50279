// SPDX-License-Identifier: Apache-2.0
/*
 * A processor for the proofs, in the place of one of src/freestanding/arch: the kernel
 * answers every system call with any value at all, also with those that no kernel gives.
 * What is assumed of it is this file, and no more:
 *
 *   - it reads and writes only the memory that the call's arguments name, by its manual
 *     page; that this memory is there has to be proved: those are the assertions;
 *   - exit_group(2) does not return; that its status is one that the README lists has to be
 *     proved;
 *   - an address is no more than the largest long.
 */
#pragma once

#include <generic_numbers.h>

/* Eva takes what is read here for any value. */
static volatile long any;

static inline long syscall4(long number, long a, long b, long c, long d)
{
	switch (number) {
	case SYS_exit_group:
		/*@ assert documented: a == 0 || a == 1 || a == 3 || a == 42; */
		for (;;)
			;
	case SYS_write:
		/*@ assert memory: \valid_read((char *)b + (0 .. c - 1)); */
		break;
	case SYS_rt_sigprocmask:
		/*@ assert memory: \valid_read((char *)b + (0 .. d - 1)) && c == 0; */
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
	return any;
}
