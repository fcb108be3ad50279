// SPDX-License-Identifier: Apache-2.0
/*
 * startup PROGRAM [ARGUMENT...]: counts what PROGRAM does from exec until it
 * first blocks, as PID 1 of a PID namespace of its own. Prints
 *
 *     user instructions: N
 *     system calls: N
 *
 * both with the call that blocks. It counts the stops of ptrace(2): one run
 * instruction by instruction, another from system call to system call. A string
 * instruction counts once for each repetition. Needs root, or user namespaces.
 *
 * Exit status: 0; 1 with a line on stderr if PROGRAM could not be run or ended
 * without blocking; 2 without PROGRAM.
 */
#include "first_process.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* Does nothing, but interrupts waitpid(2). */
static void look(int sig)
{
	(void)sig;
}

/* Looks every `interval` microseconds; 0 stops that: other waits do not retry after a signal. */
static void look_every(suseconds_t interval)
{
	const struct itimerval looks = {{0, interval}, {0, interval}};

	if (setitimer(ITIMER_REAL, &looks, NULL) < 0)
		die("setitimer");
}

/* Returns 1 when `child` has stopped, 0 when it has slept for 5 looks, 10 milliseconds apart. */
static int stops(pid_t child)
{
	int status;

	for (int slept = 0; slept < 5;) {
		const pid_t found = waitpid(child, &status, __WALL);

		if (found == child && WIFSTOPPED(status))
			return 1;
		if (found == child) {
			fprintf(stderr, "startup: the program ended without blocking\n");
			exit(1);
		}
		if (errno != EINTR)
			die("waitpid");
		slept = state_of(child) == 'S' ? slept + 1 : 0;
	}
	return 0;
}

/* Runs the program with one kind of ptrace request, and returns how often it stopped. */
static long run(char **argv, enum __ptrace_request request)
{
	const pid_t child = clone_first_process();
	struct __ptrace_syscall_info call;
	long count = 0;

	if (child == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
			die("ptrace");
		become(argv);
	}
	if (waitpid(child, NULL, __WALL) < 0)
		die("waitpid");
	if (ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD) < 0)
		exit(1); /* it did not start, and has said so itself */
	look_every(10000);
	for (;;) {
		if (ptrace(request, child, NULL, NULL) < 0)
			die("ptrace");
		if (!stops(child))
			break;
		/* A system call stops twice. */
		if (request == PTRACE_SINGLESTEP ||
		    (ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof call, &call) > 0 &&
		     call.op == PTRACE_SYSCALL_INFO_ENTRY))
			count++;
	}
	look_every(0);
	first_process_kill(child);
	return count;
}

int main(int argc, char **argv)
{
	const struct sigaction interrupt = {.sa_handler = look};

	if (argc < 2) {
		fprintf(stderr, "Usage: startup PROGRAM [ARGUMENT...]\n");
		return 2;
	}
	/* On one CPU, a stop wakes nobody on another one. */
	use_program_cpu();
	if (sigaction(SIGALRM, &interrupt, NULL) < 0)
		die("sigaction");
	/* The instruction that enters the blocking call never comes back to be counted. */
	printf("user instructions: %ld\n", run(argv + 1, PTRACE_SINGLESTEP) + 1);
	printf("system calls: %ld\n", run(argv + 1, PTRACE_SYSCALL));
	return 0;
}
