// SPDX-License-Identifier: Apache-2.0
/*
 * LoongArch, 64 bits. The kernel enters with argc at the stack pointer, which is
 * 16-byte aligned. A system call: syscall 0, number in a7, arguments in a0 to
 * a6, result in a0, an error as -errno; t0 to t8 are lost. (LoongArch ELF psABI;
 * syscall(2).)
 *
 * Platform: loong64 --target=loongarch64-linux-gnu -march=loongarch64
 */
#pragma once

#include <generic_numbers.h>

__asm__(".pushsection .text._start,\"ax\",@progbits\n"
        ".globl _start\n"
        "_start:\n"
        "	move $a0, $sp\n"
        "	bl start\n"
        ".popsection\n");

static inline long syscall4(long number, long a, long b, long c, long d)
{
	register long a7 __asm__("$a7") = number;
	register long a0 __asm__("$a0") = a;
	register long a1 __asm__("$a1") = b;
	register long a2 __asm__("$a2") = c;
	register long a3 __asm__("$a3") = d;

	__asm__ volatile("syscall 0"
	                 : "+r"(a0)
	                 : "r"(a7), "r"(a1), "r"(a2), "r"(a3)
	                 : "$t0", "$t1", "$t2", "$t3", "$t4", "$t5", "$t6", "$t7", "$t8", "memory");
	return a0;
}
