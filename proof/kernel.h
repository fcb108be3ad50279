// SPDX-License-Identifier: Apache-2.0
/*
 * A processor for the proofs, in the place of one of src/freestanding/arch: the kernel
 * answers every system call with any value, also with values that no kernel gives. This file
 * is all that is assumed of the kernel:
 *
 *   - A call reads and writes only the memory that its manual page names. That this memory
 *     is there has to be proved: those are the assertions.
 *   - A write on stdout takes no more than it is given; and as many writes of one byte leave
 *     the program where a longer one does.
 *   - exit_group(2) does not return. That README lists its status has to be proved.
 *   - rt_sigtimedwait(2) tells of a signal with a number from 1 to 64.
 *   - An address is no more than the largest long.
 */
#pragma once

#include <generic_numbers.h>

/* The statuses that README lists; docs/init.md has them all, as a command may have any. */
#ifdef INIT
#define DOCUMENTED(status) (0 <= (status) && (status) <= 255)
#else
#define DOCUMENTED(status) ((status) == 0 || (status) == 1 || (status) == 3 || (status) == 42)
#endif

/* Eva takes what is read here for any value. */
static volatile long any;

/* A path, which ends in its memory. */
static inline void read_string(const char *path)
{
	while (*path != '\0')
		path++;
}

static inline long kernel(long number, long a, long b, long c, long d)
{
	const long answer = any;

	switch (number) {
	case SYS_exit_group:
		/*@ assert documented: DOCUMENTED(a); */
		for (;;)
			;
	case SYS_write:
		/*@ assert memory: \valid_read((char *)b + (0 .. c - 1)); */
		return a == 1 && answer > 1 ? 1 : answer;
	case SYS_pwritev2:
		/*@ assert memory: c == 1 && \valid_read((long *)b + (0 .. 1)); */
		/*@ assert memory: \valid_read(*(char **)b + (0 .. ((long *)b)[1] - 1)); */
		break;
	case SYS_fcntl:
		/*@ assert memory: b == 3 || b == 4; */ /* F_GETFL and F_SETFL take none */
		break;
	case SYS_rt_sigprocmask:
		/*@ assert memory: \valid_read((char *)b + (0 .. d - 1)); */
		/*@ assert memory: c == 0 || \valid((long *)c) && d == 8; */
		if (c != 0)
			*(long *)c = any;
		break;
	case SYS_rt_sigaction:
		/* Its size depends on the processor; two pointers, a word, and the set. */
		/*@ assert memory: b == 0 || \valid_read((char *)b + (0 .. 23 + d)); */
		/*@ assert memory: c == 0 || \valid((char *)c + (0 .. 23 + d)) && d == 8; */
		for (int i = 0; c != 0 && i < 4; i++)
			((long *)c)[i] = any;
		break;
	case SYS_wait4:
		/*@ assert memory: \valid((int *)b) && d == 0; */
		*(int *)b = (int)any;
		break;
	case SYS_rt_sigtimedwait:
		/*@ assert memory: \valid_read((char *)a + (0 .. d - 1)); */
		/*@ assert memory: b == 0 || \valid((char *)b + (0 .. 127)); */
		/*@ assert memory: c == 0 || \valid_read((long *)c + (0 .. 1)); */
		for (int i = 0; b != 0 && i < 16; i++)
			((long *)b)[i] = any;
		if (b != 0)
			*(int *)b = 1 + (int)((unsigned)any % 64);
		break;
	case SYS_clone:
		/*@ assert memory: a & 0x1000 ? \valid((int *)c) : c == 0; */
		if (c != 0)
			*(int *)c = (int)any;
		break;
	case SYS_execve:
		read_string((char *)a);
		break;
	case SYS_chdir:
		read_string((char *)a);
		break;
	case SYS_openat:
	case SYS_unlinkat:
		read_string((char *)b);
		break;
	case SYS_renameat2:
		read_string((char *)b);
		read_string((char *)d);
		break;
	case SYS_sendfile:
		/*@ assert memory: c == 0; */
		break;
	case SYS_signalfd4:
		/*@ assert memory: \valid_read((char *)b + (0 .. c - 1)); */
		break;
	case SYS_rt_sigqueueinfo:
	case SYS_pidfd_send_signal:
		/*@ assert memory: c == 0 || \valid_read((char *)c + (0 .. 127)); */
		break;
	case SYS_ppoll:
		/*@ assert memory: c == 0 || \valid_read((long *)c + (0 .. 1)); */
		for (int i = 0; i < b; i++) {
			/*@ assert memory: \valid((long *)a + i); */
			((short *)a)[4 * i + 3] = (short)any;
		}
		break;
	case SYS_ioctl:
		if (b == 0x540f) { /* TIOCGPGRP */
			/*@ assert memory: \valid((int *)c); */
			*(int *)c = (int)any;
		} else if (b == 0x5410) {     /* TIOCSPGRP */
					      /*@ assert memory: \valid_read((int *)c); */
		} else if (b == 0xc040ff0b) { /* PIDFD_GET_INFO */
			/*@ assert memory: \valid((char *)c + (0 .. 63)) && \initialized((long *)c);
			 */
			for (int i = 0; i < 8; i++)
				((long *)c)[i] = any;
		} else {
			/*@ assert memory: c == 0; */
		}
		break;
	}
	return answer;
}

/* src/freestanding/sys/syscall.h has the arguments in a0, a1 and so on, as many as there are. */
#define ARGUMENT_0 ""
#define ARGUMENT_1 ""
#define ARGUMENT_2 ""
#define ARGUMENT_3 ""
#define ARGUMENT_4 ""
#define ARGUMENT_5 ""
#define SYSCALL(number, ...)                                                                       \
	return SEVENTH(__VA_ARGS__, kernel(number, a0, a1, a2, a3), ,                              \
	               kernel(number, a0, a1, a2, a3), kernel(number, a0, a1, a2, 0), ,            \
	               kernel(number, a0, 0, 0, 0), )
#define SEVENTH(a, b, c, d, e, f, g, ...) g
