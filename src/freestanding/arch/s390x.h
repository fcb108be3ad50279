// SPDX-License-Identifier: Apache-2.0
/*
 * IBM Z, 64 bits, big-endian. The kernel enters with argc at the stack pointer,
 * r15. A system call: svc 0, number in r1, arguments in r2 to r7, result in r2,
 * an error as -errno; no other register is lost. (ELF ABI, s390x supplement;
 * syscall(2); Linux's arch/s390/kernel/syscalls/syscall.tbl.)
 *
 * A function may save registers in the 160 bytes above its caller's stack
 * pointer.
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
#define SYS_openat 288
#define SYS_unlinkat 294
#define SYS_ppoll 302
#define SYS_signalfd4 322
#define SYS_renameat2 347
#define SYS_pwritev2 377
#define SYS_pidfd_send_signal 424
#define SYS_close_range 436

__asm__(".pushsection .text._start,\"ax\",@progbits\n"
        ".globl _start\n"
        "_start:\n"
        "	lgr %r2, %r15\n"
        "	aghi %r15, -160\n"
        "	brasl %r14, start\n"
        ".popsection\n");

#define ARGUMENT_0 "r2"
#define ARGUMENT_1 "r3"
#define ARGUMENT_2 "r4"
#define ARGUMENT_3 "r5"
#define ARGUMENT_4 "r6"
#define ARGUMENT_5 "r7"
#define SYSCALL(number, ...)                                                                       \
	register long r1 __asm__("r1") = number;                                                   \
	register long result __asm__("r2");                                                        \
	__asm__ volatile("svc 0" : "=r"(result) : "r"(r1), __VA_ARGS__ : "memory");                \
	return result
