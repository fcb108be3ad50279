// SPDX-License-Identifier: Apache-2.0
/*
 * exec_on_stalled_terminal HOW PROGRAM [ARGUMENT...]: becomes PROGRAM with a
 * stderr that is a terminal that does not get rid of what is written to it. HOW:
 *
 *   stopped  somebody has stopped its output, as with Ctrl-S
 *   unread   nobody reads it; it takes some kilobytes and no more
 *
 * A child keeps the terminal's other end open for as long as PROGRAM lives.
 * Exit status: 1 with a line on stderr, if it comes to that.
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

int main(int argc, char **argv)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	int terminal;

	if (argc < 3 || master < 0 || grantpt(master) < 0 || unlockpt(master) < 0 ||
	    (terminal = open(ptsname(master), O_RDWR | O_NOCTTY)) < 0 ||
	    (strcmp(argv[1], "stopped") == 0 && tcflow(terminal, TCOOFF) < 0))
		goto failed;
	switch (fork()) {
	case -1:
		goto failed;
	case 0:
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	default:
		if (dup2(terminal, STDERR_FILENO) >= 0)
			execv(argv[2], argv + 2);
	}
failed:
	perror("exec_on_stalled_terminal");
	return 1;
}
