// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/syscall.h>
#include <unistd.h>

#define WNOHANG 1
#define WUNTRACED 2
#define __WALL 0x40000000

#define WTERMSIG(status) ((status)&0x7f)
#define WIFSTOPPED(status) (((status)&0xff) == 0x7f)
#define WIFSIGNALED(status) (WTERMSIG(status) != 0)
#define WEXITSTATUS(status) ((status) >> 8 & 0xff)

static inline pid_t waitpid(pid_t pid, int *status, int flags)
{
	return (pid_t)syscall4(SYS_wait4, pid, (long)status, flags, 0);
}
