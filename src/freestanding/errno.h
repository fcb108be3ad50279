// SPDX-License-Identifier: Apache-2.0
#pragma once

#define EINTR 4
#define EAGAIN 11

/*
 * Whoever reads it has just made the call that wrote it, and that call is inline,
 * so the compiler hands the value on and keeps no variable. The program has no
 * writable segment to keep it in; should a compiler want to, pause.ld says so.
 */
static int errno;
