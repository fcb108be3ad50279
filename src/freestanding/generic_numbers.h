// SPDX-License-Identifier: Apache-2.0
/*
 * The system calls' numbers where a processor has none of its own: Linux's
 * include/uapi/asm-generic/unistd.h.
 */
#pragma once

#define SYS_fcntl 25
#define SYS_close 57
#define SYS_lseek 62
#define SYS_write 64
#define SYS_exit_group 94
#define SYS_rt_sigaction 134
#define SYS_rt_sigprocmask 135
#define SYS_rt_sigtimedwait 137
#define SYS_prctl 167
#define SYS_getpid 172
#define SYS_getuid 174
#define SYS_wait4 260
#define SYS_pwritev2 287
#define SYS_close_range 436
