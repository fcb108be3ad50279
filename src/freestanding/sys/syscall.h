// SPDX-License-Identifier: Apache-2.0
#pragma once

/* The SYS_ numbers, syscall4() and _start: the file of the processor that the build names. */
#include ARCH_H
