// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <signal.h>
#include <time.h>
#include <unistd.h>

#define POLLIN 1

struct pollfd {
	int fd;
	short events, revents;
};

__attribute__((always_inline)) static inline int ppoll(struct pollfd *watched, unsigned long count,
                                                       const struct timespec *limit,
                                                       const sigset_t *mask)
{
	return (int)syscall_errno(syscall6(SYS_ppoll, (long)watched, (long)count, (long)limit,
	                                   (long)mask, sizeof *mask, 0));
}
