// SPDX-License-Identifier: Apache-2.0
/*
 * exec_on_stopped_terminal PROGRAM [ARGUMENT...]: becomes PROGRAM with a stderr
 * that is a terminal whose output somebody has stopped, as with Ctrl-S. A child
 * keeps the terminal's other end open for as long as PROGRAM lives. Exit
 * status: 1 with a line on stderr, if it comes to that.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <termios.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	int terminal;

	if (argc < 2 || master < 0 || grantpt(master) < 0 || unlockpt(master) < 0 ||
	    (terminal = open(ptsname(master), O_RDWR | O_NOCTTY)) < 0 ||
	    tcflow(terminal, TCOOFF) < 0)
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
			execv(argv[1], argv + 1);
	}
failed:
	perror("exec_on_stopped_terminal");
	return 1;
}
