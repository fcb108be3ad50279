// SPDX-License-Identifier: Apache-2.0
/*
 * 64-bit Power, little-endian, ELFv2. The kernel enters with argc at the stack
 * pointer, r1. A system call: sc, number in r0, arguments in r3 to r8, result in
 * r3; an error is a positive errno, told by the summary overflow bit of cr0;
 * r0, r4 to r12, cr0, ctr and xer are lost. (OpenPOWER ELFv2 ABI; Linux's
 * Documentation/arch/powerpc/syscall64-abi.rst and
 * arch/powerpc/kernel/syscalls/syscall.tbl.)
 *
 * r2 must hold the address of the table of contents. The constants are reached
 * by it although the table itself is empty, so _start computes it from where
 * the kernel has mapped the program, which a branch to the next instruction
 * tells. A function finds the 32 bytes above its caller's stack pointer free
 * for its own use, and a zero there ends the chain of frames.
 */
#pragma once

#define SYS_write 4
#define SYS_close 6
#define SYS_execve 11
#define SYS_chdir 12
#define SYS_lseek 19
#define SYS_getpid 20
#define SYS_getuid 24
#define SYS_kill 37
#define SYS_ioctl 54
#define SYS_fcntl 55
#define SYS_setpgid 57
#define SYS_getppid 64
#define SYS_setsid 66
#define SYS_fchmod 94
#define SYS_wait4 114
#define SYS_clone 120
#define SYS_getpgid 132
#define SYS_prctl 171
#define SYS_rt_sigaction 173
#define SYS_rt_sigprocmask 174
#define SYS_rt_sigtimedwait 176
#define SYS_rt_sigqueueinfo 177
#define SYS_sendfile 186
#define SYS_exit_group 234
#define SYS_ppoll 281
#define SYS_openat 286
#define SYS_unlinkat 292
#define SYS_signalfd4 313
#define SYS_renameat2 357
#define SYS_pwritev2 381
#define SYS_pidfd_send_signal 424
#define SYS_close_range 436

#define TIOCGPGRP 0x40047477
#define TIOCSPGRP 0x80047476

__asm__(".pushsection .text._start,\"ax\",@progbits\n"
        ".globl _start\n"
        "_start:\n"
        "	bcl 20, 31, 1f\n"
        "1:	mflr 2\n"
        "	addis 2, 2, .TOC.-1b@ha\n"
        "	addi 2, 2, .TOC.-1b@l\n"
        "	mr 3, 1\n"
        "	li 0, 0\n"
        "	stdu 0, -32(1)\n"
        "	bl start\n"
        "	nop\n"
        ".popsection\n");

#define ARGUMENT_0 "r3"
#define ARGUMENT_1 "r4"
#define ARGUMENT_2 "r5"
#define ARGUMENT_3 "r6"
#define ARGUMENT_4 "r7"
#define ARGUMENT_5 "r8"
#define SYSCALL(number, ...)                                                                       \
	register long r0 __asm__("r0") = number;                                                   \
	register long result __asm__("r3");                                                        \
	register long lost4 __asm__("r4");                                                         \
	register long lost5 __asm__("r5");                                                         \
	register long lost6 __asm__("r6");                                                         \
	register long lost7 __asm__("r7");                                                         \
	register long lost8 __asm__("r8");                                                         \
	__asm__ volatile("sc\n"                                                                    \
	                 "	bns+ 1f\n"                                                              \
	                 "	neg 3, 3\n"                                                             \
	                 "1:"                                                                      \
	                 : "+r"(r0), "=r"(result), "=r"(lost4), "=r"(lost5), "=r"(lost6),          \
	                   "=r"(lost7), "=r"(lost8)                                                \
	                 : __VA_ARGS__                                                             \
	                 : "memory", "cr0", "ctr", "xer", "r9", "r10", "r11", "r12");              \
	return result
