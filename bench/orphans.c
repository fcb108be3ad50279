// SPDX-License-Identifier: Apache-2.0
/*
 * orphans COUNT: makes COUNT orphans, one after the other, as a shell's `(command &)`
 * does: each has a parent of its own that ends at once. Which of the two ends first is
 * the scheduler's affair.
 *
 * Exit status: 0; 1 with a line on stderr if there can be no more processes; 2 for a
 * wrong argument.
 */
#include "first_process.h"
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "Usage: orphans COUNT\n");
		return 2;
	}
	for (long left = number_of(argv[1]); left > 0; left--) {
		const pid_t parent = fork();
		int status;

		if (parent == 0)
			_exit(fork() < 0);
		if (parent < 0 || waitpid(parent, &status, 0) < 0 || status != 0)
			die("fork");
	}
	return 0;
}
