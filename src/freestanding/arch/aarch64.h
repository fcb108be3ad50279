// SPDX-License-Identifier: Apache-2.0
/*
 * 64-bit Arm. The kernel enters with argc at the stack pointer, which is
 * 16-byte aligned. A system call: svc 0, number in x8, arguments in x0 to x5,
 * result in x0, an error as -errno; no other register is lost. (AAPCS64;
 * syscall(2).)
 *
 * Platform: arm64 --target=aarch64-linux-gnu
 */
#pragma once

#include <generic_numbers.h>

__asm__(".pushsection .text._start,\"ax\",@progbits\n"
        ".globl _start\n"
        "_start:\n"
        "	mov x0, sp\n"
        "	bl start\n"
        ".popsection\n");

static inline long syscall4(long number, long a, long b, long c, long d)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
	return x0;
}
