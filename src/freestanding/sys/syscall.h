// SPDX-License-Identifier: Apache-2.0
/*
 * System calls with one, three, four and six arguments; a call with fewer gets zeros. Each
 * returns what the kernel returns: an error is -errno.
 */
#pragma once

/* The processor's file, which the build names: SYS_ numbers, ARGUMENT_ registers, SYSCALL, _start.
 */
#include ARCH_H

#define ARGUMENT(n, value) register long a##n __asm__(ARGUMENT_##n) = value

static inline long syscall1(long number, long a)
{
	ARGUMENT(0, a);

	SYSCALL(number, "r"(a0));
}

static inline long syscall3(long number, long a, long b, long c)
{
	ARGUMENT(0, a);
	ARGUMENT(1, b);
	ARGUMENT(2, c);

	SYSCALL(number, "r"(a0), "r"(a1), "r"(a2));
}

static inline long syscall4(long number, long a, long b, long c, long d)
{
	ARGUMENT(0, a);
	ARGUMENT(1, b);
	ARGUMENT(2, c);
	ARGUMENT(3, d);

	SYSCALL(number, "r"(a0), "r"(a1), "r"(a2), "r"(a3));
}

static inline long syscall6(long number, long a, long b, long c, long d, long e, long f)
{
	ARGUMENT(0, a);
	ARGUMENT(1, b);
	ARGUMENT(2, c);
	ARGUMENT(3, d);
	ARGUMENT(4, e);
	ARGUMENT(5, f);

	SYSCALL(number, "r"(a0), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5));
}
