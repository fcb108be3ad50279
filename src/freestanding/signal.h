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

#define SIGHUP 1
#define SIGINT 2
#define SIGQUIT 3
#define SIGILL 4
#define SIGTRAP 5
#define SIGABRT 6
#define SIGFPE 8
#define SIGKILL 9
#define SIGSEGV 11
#define SIGPIPE 13
#define SIGALRM 14
#define SIGTERM 15
#ifndef SIGCHLD
#define SIGBUS 7
#define SIGUSR1 10
#define SIGUSR2 12
#define SIGCHLD 17
#define SIGCONT 18
#define SIGSTOP 19
#define SIGTSTP 20
#define SIGTTIN 21
#define SIGTTOU 22
#define SIGURG 23
#define SIGXCPU 24
#define SIGXFSZ 25
#define SIGVTALRM 26
#define SIGPROF 27
#define SIGWINCH 28
#define SIGSYS 31
#define SIG_BLOCK 0
#define SIG_SETMASK 2
#define SIGSET_BYTES 8
#endif

#define NSIG (8 * SIGSET_BYTES + 1)

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

static inline int kill(pid_t pid, int sig)
{
	return (int)syscall3(SYS_kill, pid, sig, 0);
}

typedef void (*sighandler_t)(int);
#define SIG_DFL ((sighandler_t)0)
#define SIG_IGN ((sighandler_t)1)
#define SIG_ERR ((sighandler_t)-1)

static inline void sigemptyset(sigset_t *set)
{
	*set = (sigset_t){0};
}

static inline void sigfillset(sigset_t *set)
{
	for (unsigned i = 0; i < sizeof set->bits / sizeof *set->bits; i++)
		set->bits[i] = ~0UL;
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

/* That of rt_sigaction(2), which is not a libc's. The kernel reads no further. */
struct sigaction {
#ifdef SIGACTION_BEGINS_WITH_FLAGS
	unsigned sa_flags;
	sighandler_t sa_handler;
#else
	sighandler_t sa_handler;
	unsigned long sa_flags;
	void (*sa_restorer)(void);
#endif
	sigset_t sa_mask;
};

static inline int sigaction(int sig, const struct sigaction *new, struct sigaction *old)
{
	return (int)syscall4(SYS_rt_sigaction, sig, (long)new, (long)old, sizeof old->sa_mask);
}

/* For SIG_DFL and SIG_IGN only. Does not say what was there before. */
static inline sighandler_t signal(int sig, sighandler_t handler)
{
	struct sigaction action;

	/* One by one: some compilers call memset() for an initializer. */
	action.sa_handler = handler;
	action.sa_flags = 0;
#ifndef SIGACTION_BEGINS_WITH_FLAGS
	action.sa_restorer = NULL;
#endif
	sigemptyset(&action.sa_mask);
	return sigaction(sig, &action, NULL) < 0 ? SIG_ERR : SIG_DFL;
}

__attribute__((always_inline)) static inline int sigtimedwait(const sigset_t *set, siginfo_t *info,
                                                              const struct timespec *limit)
{
	int sig =
	    (int)syscall4(SYS_rt_sigtimedwait, (long)set, (long)info, (long)limit, sizeof *set);

	errno = (int)-(unsigned)sig; /* defined for every number */
	return sig;
}
