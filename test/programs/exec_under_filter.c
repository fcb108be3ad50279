// SPDX-License-Identifier: Apache-2.0
/*
 * exec_under_filter CALLS PROGRAM [ARGUMENT...]: becomes PROGRAM, under a seccomp
 * filter that allows the system calls in CALLS, by their names with a comma
 * between, and the execve that starts it. Any other one kills it by SIGSYS. With ! before CALLS,
 * the filter refuses these by ENOSYS, and allows all others.
 *
 * Exit status: that of PROGRAM, or 2 with a line on stderr.
 */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Noreturn static void cannot(const char *what)
{
	fprintf(stderr, "exec_under_filter: %s\n", what);
	exit(2);
}

int main(int argc, char **argv)
{
	const int refuses = argc > 2 && argv[1][0] == '!';
	scmp_filter_ctx filter = seccomp_init(refuses ? SCMP_ACT_ALLOW : SCMP_ACT_KILL_PROCESS);

	if (argc < 3 || filter == NULL)
		cannot("Usage: exec_under_filter [!]CALLS PROGRAM [ARGUMENT...]");
	for (char *name = strtok(argv[1] + refuses, ","); name != NULL; name = strtok(NULL, ",")) {
		const int call = seccomp_syscall_resolve_name(name);

		if (call == __NR_SCMP_ERROR ||
		    seccomp_rule_add(filter, refuses ? SCMP_ACT_ERRNO(ENOSYS) : SCMP_ACT_ALLOW,
		                     call, 0) != 0)
			cannot(name);
	}
	if (!refuses && seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(execve), 0) != 0)
		cannot("execve");
	if (seccomp_load(filter) != 0)
		cannot("the kernel takes no filter");
	execv(argv[2], argv + 2);
	cannot(argv[2]);
}
