// SPDX-License-Identifier: Apache-2.0
#pragma once

#define INT_MAX 0x7fffffff
