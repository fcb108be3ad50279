// SPDX-License-Identifier: Apache-2.0
/*
 * RISC-V, 64 bits. The kernel enters with argc at the stack pointer, which is
 * 16-byte aligned. A system call: ecall, number in a7, arguments in a0 to a5,
 * result in a0, an error as -errno; no other register is lost. (RISC-V ELF
 * psABI; syscall(2); Linux's include/uapi/asm-generic/unistd.h.)
 *
 * Platform: riscv64 --target=riscv64-linux-gnu
 */
#pragma once

#define SYS_fcntl 25
#define SYS_write 64
#define SYS_exit_group 94
#define SYS_rt_sigaction 134
#define SYS_rt_sigprocmask 135
#define SYS_rt_sigtimedwait 137
#define SYS_prctl 167
#define SYS_getpid 172
#define SYS_wait4 260
#define SYS_close_range 436

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
