// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

__attribute__((always_inline)) static inline ssize_t sendfile(int to, int from, long *offset,
                                                              size_t count)
{
	return syscall_errno(syscall4(SYS_sendfile, to, from, (long)offset, (long)count));
}
