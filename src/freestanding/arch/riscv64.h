// SPDX-License-Identifier: Apache-2.0
/*
 * RISC-V, 64 bits. The kernel enters with argc at the stack pointer, which is
 * 16-byte aligned. A system call: ecall, number in a7, arguments in a0 to a5,
 * result in a0, an error as -errno; no other register is lost. (RISC-V ELF
 * psABI; syscall(2).)
 *
 * Platform: riscv64 --target=riscv64-linux-gnu
 */
#pragma once

#include <generic_numbers.h>

__asm__(".pushsection .text._start,\"ax\",@progbits\n"
        ".globl _start\n"
        "_start:\n"
        "	mv a0, sp\n"
        "	jal start\n"
        ".popsection\n");

static inline long syscall4(long number, long a, long b, long c, long d)
{
	register long a7 __asm__("a7") = number;
	register long a0 __asm__("a0") = a;
	register long a1 __asm__("a1") = b;
	register long a2 __asm__("a2") = c;
	register long a3 __asm__("a3") = d;

	__asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2), "r"(a3) : "memory");
	return a0;
}
