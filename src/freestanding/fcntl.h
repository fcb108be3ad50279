// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/syscall.h>
#include <unistd.h>

#define F_GETFL 3
#define F_SETFL 4
#define O_RDONLY 0
#define O_WRONLY 1
#define O_CLOEXEC 02000000
#ifndef O_NONBLOCK
#define O_NONBLOCK 04000
#define O_CREAT 0100
#define O_EXCL 0200
#endif

/* fcntl(fd, command) and fcntl(fd, command, argument), as the variadic one of POSIX. */
#define fcntl(...) fcntl_of(__VA_ARGS__, 0, 0)
#define fcntl_of(fd, command, argument, ...) ((int)syscall3(SYS_fcntl, fd, command, argument))

__attribute__((always_inline)) static inline int open(const char *path, int flags, unsigned mode)
{
	return (int)syscall_errno(syscall4(SYS_openat, AT_FDCWD, (long)path, flags, (long)mode));
}
