// SPDX-License-Identifier: Apache-2.0
/*
 * MIPS, 64 bits, little-endian, n64. The kernel enters with argc at the stack
 * pointer, which is 16-byte aligned. A system call: syscall, number in v0,
 * arguments in a0 to a5, result in v0; a3 tells whether it is a positive errno;
 * at, v1, t0 to t9, hi and lo are lost. (MIPSpro N32 ABI Handbook; syscall(2);
 * Linux's arch/mips/kernel/syscalls/syscall_n64.tbl, which counts from 5000.)
 *
 * Signals have numbers of their own, a set of them has 16 bytes, sigaction
 * begins with the flags, and in siginfo_t the code comes before the errno
 * (Linux's arch/mips/include/uapi/asm/signal.h and siginfo.h). O_NONBLOCK is
 * another one, too (fcntl.h there).
 *
 * Position-independent code would reach its constants through a table of
 * addresses, which somebody would have to fill in. So this program lies at a
 * fixed address, the lowest that vm.mmap_min_addr allows, where 32 bits hold one.
 */
#pragma once

#define SYS_write 5001
#define SYS_close 5003
#define SYS_lseek 5008
#define SYS_rt_sigaction 5013
#define SYS_rt_sigprocmask 5014
#define SYS_ioctl 5015
#define SYS_getpid 5038
#define SYS_sendfile 5039
#define SYS_clone 5055
#define SYS_execve 5057
#define SYS_wait4 5059
#define SYS_kill 5060
#define SYS_fcntl 5070
#define SYS_chdir 5078
#define SYS_fchmod 5089
#define SYS_getuid 5100
#define SYS_setpgid 5107
#define SYS_getppid 5108
#define SYS_setsid 5110
#define SYS_getpgid 5119
#define SYS_rt_sigtimedwait 5126
#define SYS_rt_sigqueueinfo 5127
#define SYS_prctl 5153
#define SYS_exit_group 5205
#define SYS_openat 5247
#define SYS_unlinkat 5253
#define SYS_ppoll 5261
#define SYS_signalfd4 5283
#define SYS_renameat2 5311
#define SYS_pwritev2 5322
#define SYS_pidfd_send_signal 5424
#define SYS_close_range 5436

#define ENOSYS 89
#define EOPNOTSUPP 122
#define SIGBUS 10
#define SIGSYS 12
#define SIGUSR1 16
#define SIGUSR2 17
#define SIGCHLD 18
#define SIGWINCH 20
#define SIGURG 21
#define SIGSTOP 23
#define SIGTSTP 24
#define SIGCONT 25
#define SIGTTIN 26
#define SIGTTOU 27
#define SIGVTALRM 28
#define SIGPROF 29
#define SIGXCPU 30
#define SIGXFSZ 31
#define SIG_BLOCK 1
#define SIG_SETMASK 3
#define SIGSET_BYTES 16
#define O_NONBLOCK 0200
#define O_CREAT 0400
#define O_EXCL 02000
#define TIOCNOTTY 0x5471
#define TIOCGPGRP 0x40047477
#define TIOCSPGRP 0x80047476
#define TIOCSCTTY 0x5480
#define SIGACTION_BEGINS_WITH_FLAGS
#define SIGINFO_CODE_BEFORE_ERRNO

__asm__(".pushsection .text._start,\"ax\",@progbits\n"
        ".globl _start\n"
        "_start:\n"
        "	.set noreorder\n"
        "	move $4, $29\n"
        "	jal start\n"
        "	nop\n"
        "	.set reorder\n"
        ".popsection\n");

#define ARGUMENT_0 "$4"
#define ARGUMENT_1 "$5"
#define ARGUMENT_2 "$6"
#define ARGUMENT_3 "$7"
#define ARGUMENT_4 "$8"
#define ARGUMENT_5 "$9"
#define SYSCALL(number, ...)                                                                       \
	register long v0 __asm__("$2") = number;                                                   \
	register long failed __asm__("$7");                                                        \
	register long lost8 __asm__("$8");                                                         \
	register long lost9 __asm__("$9");                                                         \
	__asm__ volatile("syscall"                                                                 \
	                 : "+r"(v0), "=r"(failed), "=r"(lost8), "=r"(lost9)                        \
	                 : __VA_ARGS__                                                             \
	                 : "$1", "$3", "$10", "$11", "$12", "$13", "$14", "$15", "$24", "$25",     \
	                   "hi", "lo", "memory");                                                  \
	return failed ? -v0 : v0
