// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/syscall.h>

#define EPERM 1
#define ENOENT 2
#define ESRCH 3
#define EINTR 4
#define ENOEXEC 8
#define EAGAIN 11
#define EACCES 13
#define ENOTDIR 20
#ifndef ENOSYS
#define ENOSYS 38
#define EOPNOTSUPP 95
#endif

/*
 * errno is read right after an inlined call has set it, so the compiler keeps it in a register.
 * The program has no writable segment to keep it in: pause.ld would refuse it.
 */
static int errno;
