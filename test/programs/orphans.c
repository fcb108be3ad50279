// SPDX-License-Identifier: Apache-2.0
/*
 * orphans KIND [COUNT]: makes COUNT (1) orphans and prints the PID of each, one
 * to a line. It returns when their parents are gone. KIND:
 *
 *   exits     lives on when its parent ends, then exits with status 7
 *   killed    the same, but is killed by SIGKILL
 *   zombie    is already dead, with status 7, when its parent ends
 *   clone     as exits, but was made by clone(2) to die without a signal
 *   threads   as exits, but its first thread has ended before, and a second
 *             one exits for all
 *   traced    as exits, but dies under a tracer that ends without a wait for it
 *   released  as exits, but had a tracer that detached before
 *   namespace as exits, but is PID 1 of a PID namespace of its own, with a child
 *             that is killed when it ends
 *
 * Orphans of one parent, 500 at most, die at the same moment. Exit status: 0,
 * or 1 with a line on stderr.
 */
#define _GNU_SOURCE
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { AT_ONCE = 500, STATUS = 7 };

_Noreturn static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void until_end_of(int fd)
{
	char nothing;

	if (read(fd, &nothing, 1) < 0)
		die("read");
}

static void *second_thread(void *fd)
{
	until_end_of(*(int *)fd);
	_exit(STATUS);
}

/* What the orphan does; `parent` comes to its end when the parent does. */
_Noreturn static void live(const char *kind, int parent)
{
	pthread_t thread;

	if (strcmp(kind, "zombie") == 0)
		_exit(STATUS);
	if (strcmp(kind, "namespace") == 0) {
		pid_t child = fork();

		if (child < 0)
			die("fork");
		if (child == 0)
			for (;;)
				pause();
	}
	if (strcmp(kind, "threads") == 0) {
		if (pthread_create(&thread, NULL, second_thread, &parent) != 0)
			die("pthread_create");
		pthread_exit(NULL);
	}
	until_end_of(parent);
	if (strcmp(kind, "killed") == 0)
		kill(getpid(), SIGKILL);
	_exit(STATUS);
}

/* A tracer of `orphan`, which it lets go by its own end, or before. */
static void trace(const char *kind, pid_t orphan, const int parent[2])
{
	int attached[2];
	siginfo_t info;
	pid_t tracer;

	if (pipe(attached) < 0 || (tracer = fork()) < 0)
		die("fork");
	if (tracer == 0) {
		close(attached[0]);
		close(parent[1]);
		if (ptrace(PTRACE_SEIZE, orphan, NULL, NULL) < 0)
			die("ptrace");
		if (strcmp(kind, "released") == 0 &&
		    (ptrace(PTRACE_INTERRUPT, orphan, NULL, NULL) < 0 ||
		     waitpid(orphan, NULL, 0) < 0 || ptrace(PTRACE_DETACH, orphan, NULL, NULL) < 0))
			die("ptrace");
		close(attached[1]);
		if (strcmp(kind, "traced") == 0 &&
		    waitid(P_PID, (id_t)orphan, &info, WEXITED | WNOWAIT) < 0)
			die("waitid");
		_exit(0);
	}
	close(attached[1]);
	until_end_of(attached[0]);
	close(attached[0]);
}

/* The parent: makes its orphans and ends. */
_Noreturn static void make(const char *kind, int count)
{
	/* Not clone(2), whose arguments come in another order on s390x. */
	const struct clone_args how = {
	    .flags = strcmp(kind, "namespace") == 0 ? CLONE_NEWPID : 0,
	    .exit_signal = strcmp(kind, "clone") == 0 ? 0 : SIGCHLD,
	};
	const int traced = strcmp(kind, "traced") == 0 || strcmp(kind, "released") == 0;
	siginfo_t info;
	int parent[2];

	if (pipe(parent) < 0)
		die("pipe");
	for (int i = 0; i < count; i++) {
		pid_t orphan = (pid_t)syscall(SYS_clone3, &how, sizeof how);

		if (orphan < 0)
			die("clone");
		if (orphan == 0) {
			close(parent[1]);
			live(kind, parent[0]);
		}
		printf("%d\n", orphan);
		if (strcmp(kind, "zombie") == 0 &&
		    waitid(P_PID, (id_t)orphan, &info, WEXITED | WNOWAIT) < 0)
			die("waitid");
		if (traced)
			trace(kind, orphan, parent);
	}
	_exit(0);
}

int main(int argc, char **argv)
{
	static const char *const kinds[] = {"exits",   "killed", "zombie",   "clone",
	                                    "threads", "traced", "released", "namespace"};
	long left = argc > 2 ? strtol(argv[2], NULL, 10) : 1;
	int known = 0;

	/* An orphan that fails would else write its parent's lines once more. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; argc > 1 && i < sizeof kinds / sizeof *kinds; i++)
		known |= strcmp(argv[1], kinds[i]) == 0;
	if (!known || left < 1) {
		fprintf(stderr, "orphans: no such kind or count\n");
		return 1;
	}
	for (; left > 0; left -= AT_ONCE) {
		pid_t parent = fork();
		int status;

		if (parent < 0)
			die("fork");
		if (parent == 0)
			make(argv[1], left < AT_ONCE ? (int)left : AT_ONCE);
		if (waitpid(parent, &status, 0) < 0 || status != 0)
			return 1;
	}
	return 0;
}
