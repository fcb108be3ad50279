// SPDX-License-Identifier: Apache-2.0
/*
 * exec_on KIND FD PROGRAM [ARGUMENT...]: becomes PROGRAM with a descriptor FD of that KIND:
 *
 *   stopped  a terminal whose output somebody has stopped, as with Ctrl-S
 *   unread   a terminal that nobody reads; it takes some kilobytes and no more
 *   full     a pipe that is full and that nobody reads
 *   broken   a pipe that nobody has open for reading
 *
 * The pipes have no name. To the kernel, what a shell opens by a name, /dev/fd/63 for one, is
 * another kind. A child keeps the other end open for as long as PROGRAM lives. Exit status: 1
 * with a line on stderr, if it comes to that.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <termios.h>
#include <unistd.h>

_Noreturn static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void make_terminal(const char *kind, int ends[2])
{
	ends[0] = posix_openpt(O_RDWR | O_NOCTTY);
	if (ends[0] < 0 || grantpt(ends[0]) < 0 || unlockpt(ends[0]) < 0 ||
	    (ends[1] = open(ptsname(ends[0]), O_RDWR | O_NOCTTY)) < 0 ||
	    (strcmp(kind, "stopped") == 0 && tcflow(ends[1], TCOOFF) < 0))
		die("a terminal");
}

static void make_pipe(const char *kind, int ends[2])
{
	static const char block[4096];

	if (pipe(ends) < 0)
		die("a pipe");
	if (strcmp(kind, "full") == 0) {
		fcntl(ends[1], F_SETFL, O_NONBLOCK);
		while (write(ends[1], block, sizeof block) > 0)
			;
		fcntl(ends[1], F_SETFL, 0);
	}
}

/* The child: has the other end. */
_Noreturn static void stay(const int ends[2], pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(ends[1]);
	while (getppid() == parent)
		pause();
	_exit(0);
}

int main(int argc, char **argv)
{
	const char *kind = argc > 3 ? argv[1] : "";
	const pid_t parent = getpid();
	int ends[2], fd;

	if (strcmp(kind, "stopped") == 0 || strcmp(kind, "unread") == 0)
		make_terminal(kind, ends);
	else if (strcmp(kind, "full") == 0 || strcmp(kind, "broken") == 0)
		make_pipe(kind, ends);
	else
		die("exec_on: arguments");
	if (strcmp(kind, "broken") != 0 && fork() == 0)
		stay(ends, parent);
	close(ends[0]);
	fd = (int)strtol(argv[2], NULL, 10);
	if (ends[1] != fd && (dup2(ends[1], fd) < 0 || close(ends[1]) < 0))
		die(argv[2]);
	execvp(argv[3], argv + 3);
	die(argv[3]);
}
