// SPDX-License-Identifier: Apache-2.0
/*
 * 32-bit Arm, EABI. The kernel enters with argc at the stack pointer, which is
 * 8-byte aligned. A system call: svc 0, number in r7, arguments in r0 to r5,
 * result in r0, an error as -errno; no other register is lost. (AAPCS32;
 * syscall(2); Linux's arch/arm/tools/syscall.tbl.)
 *
 * In Thumb code r7 may be the frame pointer, which a register variable must
 * not be; so the number goes there by hand, and r7 comes back as it was.
 */
#pragma once

#define SYS_write 4
#define SYS_close 6
#define SYS_execve 11
#define SYS_chdir 12
#define SYS_lseek 19
#define SYS_getpid 20
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
#define SYS_prctl 172
#define SYS_rt_sigaction 174
#define SYS_rt_sigprocmask 175
#define SYS_rt_sigtimedwait 177
#define SYS_rt_sigqueueinfo 178
#define SYS_sendfile 187
#define SYS_getuid 199
#define SYS_exit_group 248
#define SYS_openat 322
#define SYS_unlinkat 328
#define SYS_ppoll 336
#define SYS_signalfd4 355
#define SYS_renameat2 382
#define SYS_pwritev2 393
#define SYS_pidfd_send_signal 424
#define SYS_close_range 436

__asm__(".pushsection .text._start,\"ax\",%progbits\n"
        ".globl _start\n"
        ".type _start, %function\n"
        "_start:\n"
        "	mov r0, sp\n"
        "	bl start\n"
        ".popsection\n");

#define ARGUMENT_0 "r0"
#define ARGUMENT_1 "r1"
#define ARGUMENT_2 "r2"
#define ARGUMENT_3 "r3"
#define ARGUMENT_4 "r4"
#define ARGUMENT_5 "r5"
#define SYSCALL(number, ...)                                                                       \
	register long r12 __asm__("r12") = number;                                                 \
	register long result __asm__("r0");                                                        \
	__asm__ volatile("mov r6, r7\n"                                                            \
	                 "	mov r7, r12\n"                                                          \
	                 "	svc 0\n"                                                                \
	                 "	mov r7, r6"                                                             \
	                 : "=r"(result)                                                            \
	                 : "r"(r12), __VA_ARGS__                                                   \
	                 : "r6", "memory");                                                        \
	return result
