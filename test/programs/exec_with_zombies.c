// SPDX-License-Identifier: Apache-2.0
/*
 * exec_with_zombies PROGRAM [ARGUMENT...]: becomes PROGRAM with two children
 * that are zombies: one made by fork(2), with exit status 3, and one made by
 * clone(2) to die without a signal, with exit status 4. Only __WALL waits for
 * the second. Exit status: 1 with a line on stderr, if it comes to that.
 */
#define _GNU_SOURCE
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	/* Not clone(2), whose arguments come in another order on s390x. */
	const struct clone_args how[] = {{.exit_signal = SIGCHLD}, {.exit_signal = 0}};

	for (int i = 0; argc > 1 && i < 2; i++) {
		pid_t child = (pid_t)syscall(SYS_clone3, &how[i], sizeof how[i]);
		siginfo_t info;

		if (child == 0)
			_exit(3 + i);
		if (child < 0 || waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT | __WALL) < 0)
			break;
	}
	if (argc > 1)
		execv(argv[1], argv + 1);
	perror("exec_with_zombies");
	return 1;
}
