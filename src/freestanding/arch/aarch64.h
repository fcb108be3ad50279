// SPDX-License-Identifier: Apache-2.0
/*
 * 64-bit Arm. The kernel enters with argc at the stack pointer, which is
 * 16-byte aligned. A system call: svc 0, number in x8, arguments in x0 to x5,
 * result in x0, an error as -errno; no other register is lost. (AAPCS64;
 * syscall(2).)
 */
#pragma once

#include <generic_numbers.h>

__asm__(".pushsection .text._start,\"ax\",@progbits\n"
        ".globl _start\n"
        "_start:\n"
        "	mov x0, sp\n"
        "	bl start\n"
        ".popsection\n");

#define ARGUMENT_0 "x0"
#define ARGUMENT_1 "x1"
#define ARGUMENT_2 "x2"
#define ARGUMENT_3 "x3"
#define ARGUMENT_4 "x4"
#define ARGUMENT_5 "x5"
#define SYSCALL(number, ...)                                                                       \
	register long x8 __asm__("x8") = number;                                                   \
	register long result __asm__("x0");                                                        \
	__asm__ volatile("svc 0" : "=r"(result) : "r"(x8), __VA_ARGS__ : "memory");                \
	return result
