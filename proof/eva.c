// SPDX-License-Identifier: Apache-2.0
/*
 * What execve(2) leaves on the stack, for Eva: the arguments, NULL, and the environment, in any of
 * some shapes. A loop reads as many arguments as there are, each in the same way, so that more of
 * them are as harmless is not proved here.
 */
#ifdef INIT
#include "../src/init.c"
#else
#include "../src/pause.c"
#endif

enum { WORDS = 6 };

/* ? is any byte, also the last of a word; * is LENGTH of these; + is an x, LENGTH times. */
static const char *const shapes[][WORDS] = {
#if defined INIT && !defined LONG
    /* Each kind of option, with values. proof/eva makes FILE_ROOM 24. */
    {NULL},
    {"", "??", NULL, "??"},
    {"", "-?", "??", "/"},
    {"", "-p???", "/"},
    {"", "-g?", "-?", "/"},
    {"", "-r?????", "/"},
    {"", "-e????", "/"},
    {"", "--????????????", "/"},
    {"", "--install=??"},
    {"", "--install", "+?"},
    {"dumb-init", "-?", "/", NULL, "DUMB_INIT_SETSID=?"},
    {"?catatonit", "/", NULL, "TINI_KILL_PROCESS_GROUP=", "LISTEN_PID=??"},
    {"", "c?", NULL, "PATH=????", "?"},
    {"", "c", NULL, "PATH=+?:+"},
    {"", "+?"},
    {"", "-+++++++++++"},
#elif defined INIT
    {"", "c", NULL, "PATH=+:+"},
    {"", "--install", "+"},
#else
    /* More than say() reads of one. */
    {"*", "*", "*", "*"},
#endif
};

int eva(void);
int eva(void)
{
	static char word[WORDS][2 * LENGTH + 300];
	static long stack[WORDS + 3];
	long *top = stack + 1;
	int words = 0, shape = 0;

#ifdef SHAPE
	shape = SHAPE;
#else
	while (shape < (int)(sizeof shapes / sizeof *shapes) - 1 && any)
		shape++;
#endif
	while (words < WORDS && shapes[shape][words] != NULL)
		words++;
#ifndef INIT
	/* pause does not read the environment. */
	for (int rest = words; rest > 0; rest--)
		words -= any != 0;
#endif
	stack[0] = words;
	for (int i = 0; i < WORDS; i++) {
		const char *from = shapes[shape][i];
		char *to = word[i];

		for (; from != NULL && *from != '\0'; from++) {
			const int times = *from == '*' || *from == '+' ? LENGTH : 1;

			for (int j = 0; j < times; j++)
				*to++ = *from == '*' || *from == '?' ? (char)any
				        : *from == '+'               ? 'x'
				                                     : *from;
		}
		*top++ = from == NULL ? 0 : (long)word[i];
	}
	start(stack);
}
