// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/syscall.h>
#include <time.h>

#define POLLOUT 4

struct pollfd {
	int fd;
	short events;
	short revents;
};

/* By ppoll(2): poll(2) is not a system call on every processor. `timeout` is in ms, from 0 up. */
static inline int poll(struct pollfd *fds, unsigned long count, int timeout)
{
	const struct timespec limit = {timeout / 1000, timeout % 1000 * 1000000L};

	return (int)syscall4(SYS_ppoll, (long)fds, (long)count, (long)&limit, 0);
}
