// SPDX-License-Identifier: Apache-2.0
/*
 * x86-64. The kernel enters with argc at the stack pointer, which is 16-byte
 * aligned. A system call: number in rax, arguments in rdi, rsi, rdx, r10, r8,
 * r9, result in rax, an error as -errno; rcx and r11 are lost. (System V ABI,
 * AMD64 supplement, 3.4.1 and A.2.1; Linux's arch/x86/entry/syscalls.)
 */
#pragma once

#define SYS_write 1
#define SYS_close 3
#define SYS_lseek 8
#define SYS_rt_sigaction 13
#define SYS_rt_sigprocmask 14
#define SYS_ioctl 16
#define SYS_getpid 39
#define SYS_sendfile 40
#define SYS_clone 56
#define SYS_execve 59
#define SYS_wait4 61
#define SYS_kill 62
#define SYS_fcntl 72
#define SYS_chdir 80
#define SYS_fchmod 91
#define SYS_getuid 102
#define SYS_setpgid 109
#define SYS_getppid 110
#define SYS_setsid 112
#define SYS_getpgid 121
#define SYS_rt_sigtimedwait 128
#define SYS_rt_sigqueueinfo 129
#define SYS_prctl 157
#define SYS_exit_group 231
#define SYS_openat 257
#define SYS_unlinkat 263
#define SYS_ppoll 271
#define SYS_signalfd4 289
#define SYS_renameat2 316
#define SYS_pwritev2 328
#define SYS_pidfd_send_signal 424
#define SYS_close_range 436

__asm__(".pushsection .text._start,\"ax\",@progbits\n"
        ".globl _start\n"
        "_start:\n"
        "	mov %rsp, %rdi\n"
        "	call start\n"
        ".popsection\n");

#define ARGUMENT_0 "rdi"
#define ARGUMENT_1 "rsi"
#define ARGUMENT_2 "rdx"
#define ARGUMENT_3 "r10"
#define ARGUMENT_4 "r8"
#define ARGUMENT_5 "r9"
#define SYSCALL(number, ...)                                                                       \
	long result;                                                                               \
	__asm__ volatile("syscall"                                                                 \
	                 : "=a"(result)                                                            \
	                 : "a"(number), __VA_ARGS__                                                \
	                 : "rcx", "r11", "memory");                                                \
	return result
