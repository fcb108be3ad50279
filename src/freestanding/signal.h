// SPDX-License-Identifier: Apache-2.0
/*
 * Signals as the kernel sees them: sigset_t has 8 bytes, not a libc's 128. Where a
 * processor has them otherwise, its file has said so.
 */
#pragma once

#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SIGINT 2
#define SIGPIPE 13
#define SIGTERM 15
#ifndef SIGCHLD
#define SIGCHLD 17
#define SIGTTOU 22
#define SIGXFSZ 25
#define SIG_BLOCK 0
#define SIG_SETMASK 2
#define SIGSET_BYTES 8
#endif

#define SI_USER 0
#define SI_TKILL -6
#define SI_KERNEL 0x80

typedef struct {
	unsigned long bits[SIGSET_BYTES / sizeof(long)];
} sigset_t;

/* 128 bytes; what follows the code is aligned as a pointer is. */
typedef struct {
	int si_signo;
#ifdef SIGINFO_CODE_BEFORE_ERRNO
	int si_code;
	int si_errno;
#else
	int si_errno;
	int si_code;
#endif
	union {
		pid_t pid;
		long room[(128 - 3 * sizeof(int)) / sizeof(long)];
	} sender;
} siginfo_t;
#define si_pid sender.pid

typedef void (*sighandler_t)(int);
#define SIG_DFL ((sighandler_t)0)
#define SIG_IGN ((sighandler_t)1)
#define SIG_ERR ((sighandler_t)-1)

static inline void sigemptyset(sigset_t *set)
{
	*set = (sigset_t){0};
}

static inline void sigaddset(sigset_t *set, unsigned sig)
{
	const unsigned width = 8 * sizeof(long);

	set->bits[(sig - 1) / width] |= 1UL << (sig - 1) % width;
}

static inline int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	return (int)syscall4(SYS_rt_sigprocmask, how, (long)set, (long)old, sizeof *set);
}

/* Of rt_sigaction(2), which is not a libc's struct sigaction. The kernel reads no further. */
struct kernel_sigaction {
#ifdef SIGACTION_BEGINS_WITH_FLAGS
	unsigned flags;
	sighandler_t handler;
#else
	sighandler_t handler;
	unsigned long flags;
	void (*restorer)(void);
#endif
	sigset_t mask;
};

/* For SIG_DFL and SIG_IGN only. Does not say what was there before. */
static inline sighandler_t signal(int sig, sighandler_t handler)
{
	struct kernel_sigaction action;

	/* One by one: some compilers call memset() for an initializer. */
	action.handler = handler;
	action.flags = 0;
#ifndef SIGACTION_BEGINS_WITH_FLAGS
	action.restorer = NULL;
#endif
	sigemptyset(&action.mask);
	return syscall4(SYS_rt_sigaction, sig, (long)&action, 0, sizeof action.mask) < 0 ? SIG_ERR
	                                                                                 : SIG_DFL;
}

__attribute__((always_inline)) static inline int sigtimedwait(const sigset_t *set, siginfo_t *info,
                                                              const struct timespec *limit)
{
	int sig =
	    (int)syscall4(SYS_rt_sigtimedwait, (long)set, (long)info, (long)limit, sizeof *set);

	errno = (int)-(unsigned)sig; /* defined for every number */
	return sig;
}
