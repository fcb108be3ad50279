// SPDX-License-Identifier: Apache-2.0
/*
 * print_signals COUNT: prints "ready", then a line for each of COUNT signals that it gets: the
 * number, and for one that sigqueue(3) sent the value. Then ends with status 3.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	/* Of the kernel, as a libc would keep two for itself: 64 signals, 128 for MIPS. */
	unsigned long long all[_NSIG > 65 ? 2 : 1];
	int rest = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 0;

	memset(all, 0xff, sizeof all);
	syscall(SYS_rt_sigprocmask, SIG_BLOCK, all, NULL, sizeof all);
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (puts("ready"); rest > 0; rest--) {
		siginfo_t info;
		const long sig = syscall(SYS_rt_sigtimedwait, all, &info, NULL, sizeof all);

		if (info.si_code == SI_QUEUE)
			printf("%ld value %d\n", sig, info.si_value.sival_int);
		else
			printf("%ld\n", sig);
	}
	return 3;
}
