// SPDX-License-Identifier: Apache-2.0
/*
 * exec_with_zombies COUNT PROGRAM [ARGUMENT...]: becomes PROGRAM with COUNT children
 * that are zombies, in turn one made by fork(2), with exit status 3, and one made by
 * clone(2) to die without a signal, with exit status 4. Only __WALL waits for
 * the second. Exit status: 1 with a line on stderr, if it comes to that.
 */
#define _GNU_SOURCE
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	/* Not clone(2), whose arguments come in another order on s390x. */
	const struct clone_args how[] = {{.exit_signal = SIGCHLD}, {.exit_signal = 0}};

	const long count = argc > 2 ? strtol(argv[1], NULL, 10) : 0;

	for (long i = 0; i < count; i++) {
		pid_t child = (pid_t)syscall(SYS_clone3, &how[i % 2], sizeof *how);
		siginfo_t info;

		if (child == 0)
			_exit(3 + (int)(i % 2));
		if (child < 0 || waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT | __WALL) < 0)
			break;
	}
	if (count > 0)
		execvp(argv[2], argv + 2);
	perror("exec_with_zombies");
	return 1;
}
