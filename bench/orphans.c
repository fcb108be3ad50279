// SPDX-License-Identifier: Apache-2.0
/*
 * orphans COUNT [MAKERS]: makes COUNT orphans, one after the other, in each of MAKERS (1)
 * processes at once. Each orphan has a parent of its own that ends at once, as with a
 * shell's `(command &)`. The scheduler decides which of the two ends first.
 *
 * Exit status: 0; 1 with a line on stderr if there can be no more processes; 2 for a
 * wrong argument.
 */
#include "first_process.h"
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t new_process(void)
{
	const pid_t pid = fork();

	if (pid < 0)
		die("fork");
	return pid;
}

/* Whether so many children ended well; the others have said why not. */
static int ended_well(long children)
{
	int status;

	for (; children > 0; children--)
		if (wait(&status) < 0 || status != 0)
			return 0;
	return 1;
}

int main(int argc, char **argv)
{
	long count = argc > 1 ? number_of(argv[1]) : 0;
	const long makers = argc > 2 ? number_of(argv[2]) : 1;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "Usage: orphans COUNT [MAKERS]\n");
		return 2;
	}
	for (long i = 0; i < makers; i++) {
		if (new_process() > 0)
			continue;
		for (; count > 0; count--) {
			if (new_process() == 0) {
				new_process();
				_exit(0);
			}
			if (!ended_well(1))
				return 1;
		}
		return 0;
	}
	return !ended_well(makers);
}
