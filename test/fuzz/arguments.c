// SPDX-License-Identifier: Apache-2.0
/*
 * Arguments of any bytes, length and number, for libFuzzer: pause.c with stand-ins for its system
 * calls, which note what it writes and send SIGTERM as soon as it waits. Output and status have to
 * be what README says of these arguments, worked out here a second time.
 *
 * An input is the arguments, with a NUL after each but the last. For inputs of an odd size the
 * kernel has no pwritev2(2), and stdout takes a few bytes at a time.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What was written to each descriptor, or should have been. */
struct text {
	char *bytes;
	size_t length;
};
static struct text written[3], expected[3];
static int odd;

static void add(struct text *text, const char *bytes, size_t length)
{
	text->bytes = realloc(text->bytes, text->length + length);
	if (text->bytes == NULL)
		abort();
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
}

static void add_line(struct text *text, const char *line)
{
	add(text, line, strlen(line));
}

static ssize_t note_write(int fd, const void *bytes, size_t length)
{
	if (length > 512 && fd == STDERR_FILENO)
		abort();
	if (odd && fd == STDOUT_FILENO && length > 5)
		length = 5;
	add(&written[fd], bytes, length);
	return (ssize_t)length;
}

static long note_call(long number, ...)
{
	const struct iovec *from;
	va_list arguments;
	int fd;

	if (number != SYS_pwritev2)
		return 0;
	if (odd) {
		errno = ENOSYS;
		return -1;
	}
	va_start(arguments, number);
	fd = va_arg(arguments, int);
	from = va_arg(arguments, const struct iovec *);
	va_end(arguments);
	return note_write(fd, from->iov_base, from->iov_len);
}

static int term_comes(const sigset_t *signals, siginfo_t *info, const struct timespec *timeout)
{
	if (!sigismember(signals, SIGTERM) || timeout != NULL)
		abort();
	/* From outside, which is what the guard lets through. */
	*info = (siginfo_t){.si_code = SI_USER};
	return SIGTERM;
}

#define VERSION "fuzzed"
#define main pause_main
#define write note_write
#define sigtimedwait term_comes
#define fcntl(...) 0
#define waitpid(...) (-1)
#define sigprocmask(how, set, old) ((void)(set), 0)
#define signal(...) SIG_DFL
#define prctl(...) 0
#define syscall note_call
#define lseek(...) (-1)
#define close(...) 0
#define getuid() 1
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
	static const char unknown[] = "Warning: unknown argument '";
	char name[256];
	size_t length = 0;

	if (is(argument, "-v", "-V") || strcmp(argument, "--version") == 0) {
		add_line(&expected[1], "pause.c fuzzed\n");
		return 1;
	}
	if (is(argument, "-h", "--help")) {
		add_line(&expected[1], USAGE);
		return 1;
	}
	if (is(argument, "--log-reaped", "--guard"))
		return 0;
	add_line(&expected[2], unknown);
	while (length < sizeof name - strlen(unknown) && *argument != '\0') {
		const unsigned char *byte = (const unsigned char *)argument;
		const int c1 = byte[0] == 0xc2 && byte[1] >= 0x80 && byte[1] <= 0x9f;

		name[length++] = (char)(c1 || *byte < ' ' || *byte == 0x7f ? '?' : *argument);
		argument += c1 ? 2 : 1;
	}
	add(&expected[2], name, length);
	add_line(&expected[2], "'\n");
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
	for (int fd = 0; fd < 3; fd++) {
		if (written[fd].length != expected[fd].length ||
		    (written[fd].length > 0 &&
		     memcmp(written[fd].bytes, expected[fd].bytes, written[fd].length) != 0)) {
			fprintf(stderr, "expected on descriptor %d: '%.*s', and not '%.*s'\n", fd,
			        (int)expected[fd].length, expected[fd].bytes,
			        (int)written[fd].length, written[fd].bytes);
			abort();
		}
		written[fd].length = expected[fd].length = 0;
	}
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	free(argv);
	return 0;
}
