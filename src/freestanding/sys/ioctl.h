// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/syscall.h>

#ifndef TIOCNOTTY
#define TIOCNOTTY 0x5422
#define TIOCSCTTY 0x540e
#endif
#ifndef TIOCGPGRP
#define TIOCGPGRP 0x540f
#define TIOCSPGRP 0x5410
#endif

#define ioctl(fd, request, argument)                                                               \
	((int)syscall3(SYS_ioctl, fd, (long)(request), (long)(argument)))
