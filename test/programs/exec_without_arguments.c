// SPDX-License-Identifier: Apache-2.0
/*
 * exec_without_arguments PROGRAM: becomes PROGRAM with argc 0, which Linux
 * since 5.18 turns into one empty argument. Exit status: 1 with a line on
 * stderr, if it comes to that.
 */
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc == 2)
		execv(argv[1], (char *[]){NULL});
	perror("exec_without_arguments");
	return 1;
}
