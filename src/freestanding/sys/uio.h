// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#define RWF_NOWAIT 8

struct iovec {
	void *iov_base;
	size_t iov_len;
};
