// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "first_process.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void die(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
	exit(1);
}

long number_of(const char *text)
{
	char *end;
	const long number = strtol(text, &end, 10);

	if (*end != '\0' || number < 1 || number > 1000000) {
		fprintf(stderr, "%s: no number from 1 to 1000000: %s\n",
		        program_invocation_short_name, text);
		exit(2);
	}
	return number;
}

int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

void sleep_millisecond(void)
{
	const struct timespec millisecond = {0, 1000000};

	nanosleep(&millisecond, NULL);
}

/* The first and the last CPU that this process may use, asked before it is bound to one. */
static void find_cpus(size_t *first, size_t *last)
{
	static cpu_set_t cpus;

	if (CPU_COUNT(&cpus) == 0 && sched_getaffinity(0, sizeof cpus, &cpus) < 0)
		die("sched_getaffinity");
	for (*first = 0; !CPU_ISSET(*first, &cpus);)
		++*first;
	for (*last = CPU_SETSIZE - 1; !CPU_ISSET(*last, &cpus);)
		--*last;
}

static void use_cpu(size_t cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof one, &one) < 0)
		die("sched_setaffinity");
}

int program_cpu(void)
{
	size_t first;
	size_t last;

	find_cpus(&first, &last);
	return (int)last;
}

void use_program_cpu(void)
{
	use_cpu((size_t)program_cpu());
}

int leave_program_cpu(void)
{
	size_t first;
	size_t last;

	find_cpus(&first, &last);
	use_cpu(first);
	return first != last;
}

pid_t clone_first_process(void)
{
	const unsigned long flags = CLONE_NEWPID | SIGCHLD | (geteuid() == 0 ? 0 : CLONE_NEWUSER);
	const pid_t pid = (pid_t)syscall(SYS_clone, flags, NULL, NULL, NULL, 0);

	if (pid < 0)
		die("clone, with a new PID namespace");
	return pid;
}

void become(char **argv)
{
	char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	char *const environment[] = {path, NULL};
	const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	const int complaints = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);

	use_program_cpu();
	/* PID 1 of a namespace has no parent in it, but is killed from outside all the same. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && dup2(null, STDIN_FILENO) >= 0 &&
	    dup2(null, STDOUT_FILENO) >= 0 && dup2(null, STDERR_FILENO) >= 0)
		execve(argv[0], argv, environment);
	dup2(complaints, STDERR_FILENO);
	die(argv[0]);
}

struct first_process first_process_new(char **argv)
{
	struct first_process process;
	int may_exec[2];
	int until_exec[2];

	if (pipe2(may_exec, O_CLOEXEC) < 0 || pipe2(until_exec, O_CLOEXEC | O_NONBLOCK) < 0)
		die("pipe");
	process.pid = clone_first_process();
	if (process.pid == 0) {
		char byte;

		close(may_exec[1]);
		if (read(may_exec[0], &byte, 1) != 1)
			_exit(1); /* whoever should have said so has ended, and has said why */
		become(argv);
	}
	close(may_exec[0]);
	close(until_exec[1]);
	process.may_exec = may_exec[1];
	process.until_exec = until_exec[0];
	return process;
}

void first_process_exec(const struct first_process *process)
{
	char nothing;

	if (write(process->may_exec, "", 1) != 1)
		die("write");
	while (read(process->until_exec, &nothing, 1) < 0)
		if (errno != EAGAIN)
			die("read");
	close(process->may_exec);
	close(process->until_exec);
}

char state_of(pid_t pid)
{
	char path[32];
	char state = '?';
	FILE *stat;

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	stat = fopen(path, "re");
	if (stat == NULL)
		return '?';
	if (fscanf(stat, "%*d (%*[^)]) %c", &state) != 1)
		state = '?';
	fclose(stat);
	return state;
}

void give_up_after(int64_t start, pid_t pid)
{
	if (now() - start < 10000000000)
		return;
	first_process_kill(pid);
	fprintf(stderr, "%s: the program does not get ready\n", program_invocation_short_name);
	exit(1);
}

void until_asleep(pid_t pid)
{
	const int64_t start = now();

	for (int asleep = 0; asleep < 10; sleep_millisecond()) {
		const char state = state_of(pid);

		if (state == 'Z' || state == '?') {
			fprintf(stderr, "%s: the program ended without blocking\n",
			        program_invocation_short_name);
			exit(1);
		}
		asleep = state == 'S' ? asleep + 1 : 0;
		give_up_after(start, pid);
	}
}

void first_process_kill(pid_t pid)
{
	kill(pid, SIGKILL);
	if (waitpid(pid, NULL, __WALL) < 0)
		die("waitpid");
}
