// SPDX-License-Identifier: Apache-2.0
/*
 * What the fuzzed programs wrote, or did, and what they should have: a text for each of some
 * descriptors, 0 for system calls. To be included before the program, whose system calls it
 * replaces.
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

struct text {
	char *bytes;
	size_t length;
};
static struct text written[3], expected[3];
static int odd; /* no pwritev2(2), and stdout takes a few bytes at a time */

static void add(struct text *text, const char *bytes, size_t length)
{
	text->bytes = realloc(text->bytes, text->length + length + 1);
	if (text->bytes == NULL)
		abort();
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
}

__attribute__((format(printf, 2, 3))) static void add_line(struct text *text, const char *format,
                                                           ...)
{
	char *line;
	va_list values;
	int length;

	va_start(values, format);
	length = vasprintf(&line, format, values);
	va_end(values);
	if (length < 0)
		abort();
	add(text, line, (size_t)length);
	free(line);
}

/* A line on stderr that names what nobody should trust: `before` is what stands before that. */
static void expect_line(const char *before, const char *name, const char *after)
{
	char cut[256];
	size_t length = 0;

	while (length < sizeof cut - strlen(before) && *name != '\0') {
		const unsigned char *byte = (const unsigned char *)name;
		const int c1 = byte[0] == 0xc2 && byte[1] >= 0x80 && byte[1] <= 0x9f;

		cut[length++] = (char)(c1 || *byte < ' ' || *byte == 0x7f ? '?' : *name);
		name += c1 ? 2 : 1;
	}
	add(&expected[2], before, strlen(before));
	add(&expected[2], cut, length);
	add(&expected[2], after, strlen(after));
}

/* Aborts unless all was as expected, and forgets it. */
static void compare(void)
{
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

static long note_pwritev2(va_list arguments)
{
	const int fd = va_arg(arguments, int);
	const struct iovec *from = va_arg(arguments, const struct iovec *);

	if (odd) {
		errno = ENOSYS;
		return -1;
	}
	return note_write(fd, from->iov_base, from->iov_len);
}

#define VERSION "fuzzed"
#define write note_write
#define fcntl(...) 0
#define lseek(...) (-1)
#define close(...) 0
#define getuid() 1
