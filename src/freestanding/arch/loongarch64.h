// SPDX-License-Identifier: Apache-2.0
/*
 * LoongArch, 64 bits. The kernel enters with argc at the stack pointer, which is
 * 16-byte aligned. A system call: syscall 0, number in a7, arguments in a0 to
 * a6, result in a0, an error as -errno; t0 to t8 are lost. (LoongArch ELF psABI;
 * syscall(2).)
 */
#pragma once

#include <generic_numbers.h>

__asm__(".pushsection .text._start,\"ax\",@progbits\n"
        ".globl _start\n"
        "_start:\n"
        "	move $a0, $sp\n"
        "	bl start\n"
        ".popsection\n");

#define ARGUMENT_0 "$a0"
#define ARGUMENT_1 "$a1"
#define ARGUMENT_2 "$a2"
#define ARGUMENT_3 "$a3"
#define ARGUMENT_4 "$a4"
#define ARGUMENT_5 "$a5"
#define SYSCALL(number, ...)                                                                       \
	register long a7 __asm__("$a7") = number;                                                  \
	register long result __asm__("$a0");                                                       \
	__asm__ volatile("syscall 0"                                                               \
	                 : "=r"(result)                                                            \
	                 : "r"(a7), __VA_ARGS__                                                    \
	                 : "$t0", "$t1", "$t2", "$t3", "$t4", "$t5", "$t6", "$t7", "$t8",          \
	                   "memory");                                                              \
	return result
