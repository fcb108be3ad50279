// SPDX-License-Identifier: Apache-2.0
/*
 * What execve(2) leaves on the stack, for Eva: nothing at all, or a name and up to three
 * arguments, of any bytes and of any length up to 600, which is more than say() reads of one.
 * That more arguments are as harmless is not proved here: one loop reads them all.
 */
#include "../src/pause.c"

enum { ARGUMENTS = 4, LENGTH = 600 };

int eva(void);
int eva(void)
{
	static char argument[ARGUMENTS][LENGTH + 1];
	static long stack[ARGUMENTS + 2];
	const int argc = (int)any;

	if (argc < 0 || argc > ARGUMENTS)
		return 0;
	stack[0] = argc;
	for (int i = 0; i < ARGUMENTS; i++) {
		for (int j = 0; j < LENGTH; j++)
			argument[i][j] = (char)any;
		stack[1 + i] = (long)argument[i];
	}
	start(stack);
}
