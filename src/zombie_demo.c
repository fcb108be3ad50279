// SPDX-License-Identifier: Apache-2.0
/*
 * zombie_demo [SECONDS]: makes one orphan. The parent exits at once; the child
 * outlives it by SECONDS (5) and exits too, and then stays a zombie until the
 * process that adopted it reaps it.
 *
 * Exit status: 0; 1 if no child could be made; 2 if SECONDS is not a number
 * from 0 to 9999, with a line on stderr.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *seconds = argc > 1 ? argv[1] : "5";
	size_t digits = strspn(seconds, "0123456789");
	int parent_lives[2];
	pid_t child;

	if (argc > 2 || digits < 1 || digits > 4 || seconds[digits] != '\0') {
		fprintf(stderr, "zombie_demo: not a number of seconds from 0 to 9999: %s\n",
		        argv[argc - 1]);
		return 2;
	}
	if (pipe(parent_lives) < 0 || (child = fork()) < 0) {
		perror("zombie_demo");
		return 1;
	}
	if (child == 0) {
		char nothing;

		/* Ends when the parent does, so that the seconds count from there. */
		close(parent_lives[1]);
		if (read(parent_lives[0], &nothing, 1) < 0)
			perror("zombie_demo");
		sleep((unsigned)strtoul(seconds, NULL, 10));
		printf("Child process (PID=%d) exit\n", getpid());
		return 0;
	}
	printf("Parent process (PID=%d), child PID=%d\n", getpid(), child);
	return 0;
}
