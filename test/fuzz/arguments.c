// SPDX-License-Identifier: Apache-2.0
/*
 * Arguments of any bytes, length and number, for libFuzzer: pause.c with stand-ins for its system
 * calls, which note what it writes and send SIGTERM as soon as it waits. Output and status have to
 * be what README says of these arguments, worked out here a second time.
 *
 * An input is the arguments, with a NUL after each but the last. For inputs of an odd size the
 * kernel has no pwritev2(2), and stdout takes a few bytes at a time.
 */
#define _GNU_SOURCE
#include "written.h"

static long note_call(long number, ...)
{
	va_list arguments;
	long taken = 0;

	va_start(arguments, number);
	if (number == SYS_pwritev2)
		taken = note_pwritev2(arguments);
	va_end(arguments);
	return taken;
}

static int term_comes(const sigset_t *signals, siginfo_t *info, const struct timespec *timeout)
{
	if (!sigismember(signals, SIGTERM) || timeout != NULL)
		abort();
	/* From outside, which is what the guard lets through. */
	*info = (siginfo_t){.si_code = SI_USER};
	return SIGTERM;
}

#define main pause_main
#define sigtimedwait term_comes
#define waitpid(...) (-1)
#define sigprocmask(how, set, old) ((void)(set), 0)
#define signal(...) SIG_DFL
#define prctl(...) 0
#define syscall note_call
#define getpid() 1
int pause_main(int argc, char **argv);
#include "../../src/pause.c" // NOLINT(bugprone-suspicious-include): it is one file

static int is(const char *argument, const char *first, const char *second)
{
	return strcmp(argument, first) == 0 || strcmp(argument, second) == 0;
}

/* README's words on `argument`: whether it is an answer and the end. */
static int expect(const char *argument)
{
	if (is(argument, "-v", "-V") || strcmp(argument, "--version") == 0) {
		add_line(&expected[1], "pause.c fuzzed\n");
		return 1;
	}
	if (is(argument, "-h", "--help")) {
		add_line(&expected[1], "%s", USAGE);
		return 1;
	}
	if (!is(argument, "--log-reaped", "--guard"))
		expect_line("Warning: unknown argument '", argument, "'\n");
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	char **argv = calloc(size + 3, sizeof *argv);
	int argc = 1;
	int answered = 0;

	if (argv == NULL)
		abort();
	odd = size % 2 != 0;
	argv[0] = strdup("pause");
	/* Each in memory of its own, behind whose end AddressSanitizer watches. */
	for (size_t start = 0; start <= size; argc++) {
		argv[argc] = strndup((const char *)input + start, size - start);
		if (argv[argc] == NULL)
			abort();
		start += strlen(argv[argc]) + 1;
	}
	for (int i = 1; i < argc && !answered; i++)
		answered = expect(argv[i]);
	if (!answered)
		add_line(&expected[2], "Shutting down, got signal: Terminated\n");

	if (pause_main(argc, argv) != 0)
		abort();
	compare();
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	free(argv);
	return 0;
}
