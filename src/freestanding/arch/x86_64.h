// SPDX-License-Identifier: Apache-2.0
/*
 * x86-64. The kernel enters with argc at the stack pointer, which is 16-byte
 * aligned. A system call: number in rax, arguments in rdi, rsi, rdx, r10, r8,
 * r9, result in rax, an error as -errno; rcx and r11 are lost. (System V ABI,
 * AMD64 supplement, 3.4.1 and A.2.1; Linux's arch/x86/entry/syscalls.)
 *
 * Platform: amd64 --target=x86_64-linux-gnu
 */
#pragma once

#define SYS_write 1
#define SYS_rt_sigaction 13
#define SYS_rt_sigprocmask 14
#define SYS_getpid 39
#define SYS_wait4 61
#define SYS_fcntl 72
#define SYS_rt_sigtimedwait 128
#define SYS_prctl 157
#define SYS_exit_group 231
#define SYS_close_range 436

__asm__(".pushsection .text._start,\"ax\",@progbits\n"
        ".globl _start\n"
        "_start:\n"
        "	mov %rsp, %rdi\n"
        "	call start\n"
        ".popsection\n");

static inline long syscall4(long number, long a, long b, long c, long d)
{
	register long r10 __asm__("r10") = d;
	long result;

	__asm__ volatile("syscall"
	                 : "=a"(result)
	                 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
	                 : "rcx", "r11", "memory");
	return result;
}
