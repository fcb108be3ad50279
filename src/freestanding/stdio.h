// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>

/* By renameat2(2), as newer processors have no older one. */
__attribute__((always_inline)) static inline int rename(const char *from, const char *to)
{
	return (int)syscall_errno(
	    syscall6(SYS_renameat2, AT_FDCWD, (long)from, AT_FDCWD, (long)to, 0, 0));
}
