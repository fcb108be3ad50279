// SPDX-License-Identifier: Apache-2.0
/*
 * The system calls' numbers where a processor has none of its own: Linux's
 * include/uapi/asm-generic/unistd.h.
 */
#pragma once

#define SYS_fcntl 25
#define SYS_ioctl 29
#define SYS_unlinkat 35
#define SYS_chdir 49
#define SYS_fchmod 52
#define SYS_openat 56
#define SYS_close 57
#define SYS_lseek 62
#define SYS_write 64
#define SYS_sendfile 71
#define SYS_ppoll 73
#define SYS_signalfd4 74
#define SYS_exit_group 94
#define SYS_kill 129
#define SYS_rt_sigaction 134
#define SYS_rt_sigprocmask 135
#define SYS_rt_sigtimedwait 137
#define SYS_rt_sigqueueinfo 138
#define SYS_setpgid 154
#define SYS_getpgid 155
#define SYS_setsid 157
#define SYS_prctl 167
#define SYS_getpid 172
#define SYS_getppid 173
#define SYS_getuid 174
#define SYS_clone 220
#define SYS_execve 221
#define SYS_wait4 260
#define SYS_renameat2 276
#define SYS_pwritev2 287
#define SYS_pidfd_send_signal 424
#define SYS_close_range 436
