// SPDX-License-Identifier: Apache-2.0
/*
 * forge_signal WAY: sends SIGTERM to PID 1 so that it looks as if nobody inside
 * the PID namespace had. WAY:
 *
 *   queue  rt_sigqueueinfo(2) with a sender of 0
 *   sigio  fcntl(2), F_SETSIG: the kernel sends it, for input on a pipe
 *
 * Exit status: 0 if the kernel took it, or 1 with a line on stderr.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	siginfo_t info = {.si_signo = SIGTERM, .si_code = SI_QUEUE};
	int fds[2];

	if (argc == 2 && strcmp(argv[1], "queue") == 0 &&
	    syscall(SYS_rt_sigqueueinfo, 1, SIGTERM, &info) == 0)
		return 0;
	if (argc == 2 && strcmp(argv[1], "sigio") == 0 && pipe(fds) == 0 &&
	    fcntl(fds[0], F_SETOWN, 1) == 0 && fcntl(fds[0], F_SETSIG, SIGTERM) == 0 &&
	    fcntl(fds[0], F_SETFL, O_ASYNC | O_NONBLOCK) == 0 && write(fds[1], "", 1) == 1)
		return 0;
	perror("forge_signal");
	return 1;
}
