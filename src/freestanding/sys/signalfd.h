// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <signal.h>

#define SFD_CLOEXEC 02000000

static inline int signalfd(int fd, const sigset_t *set, int flags)
{
	return (int)syscall4(SYS_signalfd4, fd, (long)set, sizeof *set, flags);
}
