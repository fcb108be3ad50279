// SPDX-License-Identifier: Apache-2.0
/*
 * x86, 32 bits. The kernel enters with argc at the stack pointer. A system call:
 * number in eax, arguments in ebx, ecx, edx, esi, edi, ebp, result in eax, an
 * error as -errno; no other register is lost. (System V ABI, Intel386
 * supplement; syscall(2); Linux's arch/x86/entry/syscalls/syscall_32.tbl.)
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
#define SYS_exit_group 252
#define SYS_openat 295
#define SYS_unlinkat 301
#define SYS_ppoll 309
#define SYS_signalfd4 327
#define SYS_renameat2 353
#define SYS_pwritev2 379
#define SYS_pidfd_send_signal 424
#define SYS_close_range 436

/* The argument of start() goes onto the stack, which a call wants aligned to 16 bytes. ebp may hold
 * an argument because the build omits the frame pointer. */
__asm__(".pushsection .text._start,\"ax\",@progbits\n"
        ".globl _start\n"
        "_start:\n"
        "	mov %esp, %eax\n"
        "	sub $12, %esp\n"
        "	push %eax\n"
        "	call start\n"
        ".popsection\n");

#define ARGUMENT_0 "ebx"
#define ARGUMENT_1 "ecx"
#define ARGUMENT_2 "edx"
#define ARGUMENT_3 "esi"
#define ARGUMENT_4 "edi"
#define ARGUMENT_5 "ebp"
#define SYSCALL(number, ...)                                                                       \
	long result;                                                                               \
	__asm__ volatile("int $0x80" : "=a"(result) : "a"(number), __VA_ARGS__ : "memory");        \
	return result
