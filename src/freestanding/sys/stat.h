// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

static inline int fchmod(int fd, unsigned mode)
{
	return (int)syscall3(SYS_fchmod, fd, (long)mode, 0);
}
