// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/syscall.h>

#define PR_SET_PDEATHSIG 1
#define PR_SET_DUMPABLE 4
#define PR_SET_CHILD_SUBREAPER 36

static inline int prctl(int option, unsigned long argument)
{
	return (int)syscall3(SYS_prctl, option, (long)argument, 0);
}
