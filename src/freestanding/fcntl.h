// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/syscall.h>

#define F_GETFL 3
#define F_SETFL 4
#ifndef O_NONBLOCK
#define O_NONBLOCK 04000
#endif

/* fcntl(fd, command) and fcntl(fd, command, argument), as the variadic one of POSIX. */
#define fcntl(...) fcntl_of(__VA_ARGS__, 0, 0)
#define fcntl_of(fd, command, argument, ...) ((int)syscall3(SYS_fcntl, fd, command, argument))
