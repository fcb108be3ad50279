// SPDX-License-Identifier: Apache-2.0
/*
 * send_signal WAY PID: sends SIGTERM to the process PID, and says nothing. WAY:
 *
 *   kill, tkill, tgkill, pidfd   the system call of that name (pidfd_send_signal(2))
 *   queue                        rt_sigqueueinfo(2), with a sender of 0 that is made up
 *   timer                        the same, as if a timer had expired
 *   sigio                        fcntl(2), F_SETSIG: the kernel sends it, for input on a pipe
 *
 * Exit status: 0 if the kernel took it, or 1 with a line on stderr.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static long send_by(const char *way, pid_t pid)
{
	siginfo_t info = {.si_signo = SIGTERM, .si_code = is(way, "timer") ? SI_TIMER : SI_QUEUE};
	int fds[2];

	if (is(way, "kill"))
		return kill(pid, SIGTERM);
	if (is(way, "tkill"))
		return syscall(SYS_tkill, pid, SIGTERM);
	if (is(way, "tgkill"))
		return syscall(SYS_tgkill, pid, pid, SIGTERM);
	if (is(way, "pidfd"))
		return syscall(SYS_pidfd_send_signal, syscall(SYS_pidfd_open, pid, 0), SIGTERM,
		               NULL, 0);
	if (is(way, "queue") || is(way, "timer"))
		return syscall(SYS_rt_sigqueueinfo, pid, SIGTERM, &info);
	if (is(way, "sigio") && pipe(fds) == 0 && fcntl(fds[0], F_SETOWN, pid) == 0 &&
	    fcntl(fds[0], F_SETSIG, SIGTERM) == 0 &&
	    fcntl(fds[0], F_SETFL, O_ASYNC | O_NONBLOCK) == 0)
		/* Left open until the end, it would be told of the writer's end, too. */
		return write(fds[1], "", 1) == 1 ? close(fds[0]) : -1;
	return -1;
}

int main(int argc, char **argv)
{
	if (argc == 3 && send_by(argv[1], (pid_t)strtol(argv[2], NULL, 10)) == 0)
		return 0;
	perror("send_signal");
	return 1;
}
