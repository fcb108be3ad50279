// SPDX-License-Identifier: Apache-2.0
/*
 * What Windows' loader reads for Control Flow Guard. A C runtime brings it otherwise; the linker
 * knows it by its name, and __guard_fids_* are the linker's table of all functions that may be
 * called by their address, of which the handler of console events is one. "PE Format" on
 * learn.microsoft.com has the layout and the flags; mingw-w64's headers got them in version 11.
 */
#include <stddef.h>
#include <windows.h>

#define CF_INSTRUMENTED 0x100
#define CF_FUNCTION_TABLE_PRESENT 0x400

struct load_config {
	DWORD size;
	DWORD unused[27];
	const void *check; /* where the loader puts its function that looks into the table */
	const void *dispatch;
	const void *table;
	const void *count;
	DWORD flags;
};
_Static_assert(offsetof(struct load_config, check) == 112, "its place in the PE format");

extern const char __guard_fids_table[];
extern const char __guard_fids_count[];
extern const struct load_config _load_config_used;

static const void *const checked_by;

const struct load_config _load_config_used = {
    .size = sizeof _load_config_used,
    .check = &checked_by,
    .table = __guard_fids_table,
    .count = __guard_fids_count,
    .flags = CF_INSTRUMENTED | CF_FUNCTION_TABLE_PRESENT,
};
