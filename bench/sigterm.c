// SPDX-License-Identifier: Apache-2.0
/*
 * sigterm stop|kill COUNT PROGRAM [ARGUMENT...]
 * sigterm lost LAST STEP PROGRAM [ARGUMENT...]
 *
 * Starts PROGRAM again and again, each time as PID 1 of a PID namespace of its own, and
 * prints a line for each. COUNT times:
 *
 *   stop  nanoseconds from a SIGTERM, sent when it waits, until waitpid(2) says that it
 *         is gone, and with it its namespace. Sender and program share a CPU.
 *   kill  the same of a SIGKILL
 *
 * Once for every STEP-th microsecond from the first to the LAST:
 *
 *   lost  the microsecond after exec at which SIGTERM was sent, and 1 if the SIGTERM did not
 *         end the program, otherwise 0. The sender, on another CPU, waits for nothing but
 *         exec to close a descriptor. The kernel does that on its way back from execve(2),
 *         so the program's first instruction follows.
 *
 * Needs root, or user namespaces; for `lost` two CPUs. Exit status: 0; 1 with a line on
 * stderr if PROGRAM could not be run; 2 for a wrong argument.
 */
#include "first_process.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static int usage(void)
{
	fprintf(stderr, "Usage: sigterm stop|kill COUNT PROGRAM [ARGUMENT...]\n"
	                "       sigterm lost LAST STEP PROGRAM [ARGUMENT...]\n");
	return 2;
}

/* A program that ends by itself would pass for one that obeys. */
static void comes_to_wait(char **argv)
{
	const struct first_process process = first_process_new(argv);

	first_process_exec(&process);
	until_asleep(process.pid);
	first_process_kill(process.pid);
}

static int64_t time_to_end(char **argv, int sig)
{
	const struct first_process process = first_process_new(argv);
	int64_t sent;

	first_process_exec(&process);
	until_asleep(process.pid);
	sent = now();
	if (kill(process.pid, sig) < 0 || waitpid(process.pid, NULL, __WALL) < 0)
		die("kill");
	return now() - sent;
}

/* Whether a SIGTERM that the kernel has queued is still to be taken: proc(5). */
static int is_pending(pid_t pid)
{
	char path[32];
	char line[128];
	unsigned long long pending = 0;
	FILE *status;

	snprintf(path, sizeof path, "/proc/%d/status", pid);
	status = fopen(path, "re");
	while (status != NULL && fgets(line, sizeof line, status) != NULL)
		if (strncmp(line, "SigPnd:", 7) == 0 || strncmp(line, "ShdPnd:", 7) == 0)
			pending |= strtoull(line + 7, NULL, 16);
	if (status != NULL)
		fclose(status);
	return (pending >> (SIGTERM - 1) & 1) != 0;
}

/* An init forwards SIGTERM to its command and waits for the command's end: that takes time, too. */
static int is_lost(char **argv, int64_t delay)
{
	const int64_t enough = 20000000;
	const struct first_process process = first_process_new(argv);
	int64_t executed;
	int64_t sent;

	first_process_exec(&process);
	executed = now();
	do
		sent = now();
	while (sent - executed < delay);
	if (kill(process.pid, SIGTERM) < 0)
		die("kill");
	while (now() - sent < enough || state_of(process.pid) != 'S' || is_pending(process.pid)) {
		const pid_t ended = waitpid(process.pid, NULL, WNOHANG | __WALL);

		if (ended < 0)
			die("waitpid");
		if (ended > 0)
			return 0;
		sleep_millisecond();
	}
	first_process_kill(process.pid);
	return 1;
}

int main(int argc, char **argv)
{
	const int lost = argc > 1 && strcmp(argv[1], "lost") == 0;
	const int stop = argc > 1 && strcmp(argv[1], "stop") == 0;
	char **program = argv + (lost ? 4 : 3);
	long count;
	long step;

	if (argc < (lost ? 5 : 4) || (!lost && !stop && strcmp(argv[1], "kill") != 0))
		return usage();
	count = number_of(argv[2]);
	step = lost ? number_of(argv[3]) : 1;
	if (!lost) {
		leave_program_cpu();
		use_program_cpu();
	} else if (!leave_program_cpu()) {
		fprintf(stderr, "sigterm: there is one CPU only, and lost needs two\n");
		return 1;
	}
	comes_to_wait(program);
	for (long i = 1; i <= count; i += step) {
		if (lost)
			printf("%ld %d\n", i, is_lost(program, (int64_t)i * 1000));
		else
			printf("%lld\n", (long long)time_to_end(program, stop ? SIGTERM : SIGKILL));
	}
	return 0;
}
